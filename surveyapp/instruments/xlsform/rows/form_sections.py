"""Groups as sections: nested ones stand by themselves, notes go to the questions they explain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.xlsform.document import Path, SheetDocument
from surveyapp.instruments.xlsform.naming import distinct, our_code
from surveyapp.instruments.xlsform.rows.questions import Questions, add_hint
from surveyapp.instruments.xlsform.sheets import SheetRow


@dataclass(frozen=True)
class Note:
    """Words that explain a question beside them, and when they are shown."""

    row: SheetRow
    words: tuple[dict[str, str], ...]
    condition: dict[str, Any] | None
    depth: int
    """How many groups it stands in."""

    def explains(self, item: dict[str, Any]) -> bool:
        """Whether they are seen whenever the question is, and never without it where they have a condition."""
        return self.condition == item.get("shown_if") if self.condition else True


class FormSections:
    """The sections of a document while its rows are read; `above` are the groups that are open."""

    def __init__(self, document: SheetDocument, questions: Questions) -> None:
        self._document, self._questions = document, questions
        self.above: list[tuple[SheetRow, dict[str, Any] | None]] = []
        self._is_due = False
        self._notes: list[Note] = []

    def begin(self, row: SheetRow) -> None:
        """A group begins; its section is made with its first question."""
        self.above.append((row, self._questions.condition(row)))
        self._is_due = True
        if len(self.above) > 1:
            words = _("nhóm lồng ở dòng %(row)s thành một phần riêng", row=row.number)
            self._document.notices.append(words)

    def end(self) -> None:
        """It ends; what follows in the one around it is a section again, under its title. A note to which no question
        came has the condition of its group."""
        _row, condition = self.above.pop()
        self._notes = [
            replace(note, condition=note.condition or condition)
            if note.depth > len(self.above)
            else note
            for note in self._notes
        ]
        self._is_due = bool(self.above)

    def ask(self, row: SheetRow, item: dict[str, Any]) -> None:
        """A question of the innermost group."""
        if self._is_due:
            self._make()
        section = len(self._sections) - 1
        items = self._sections[section]["items"]
        self._document.rows["sections", section, "items", len(items)] = row
        for note in self._notes:
            self._explain(note, item)
        self._notes.clear()
        if not self._document.is_ours:
            self._tell_apart(row, item, items)
        items.append(item)

    def _tell_apart(
        self, row: SheetRow, item: dict[str, Any], before: list[dict[str, Any]]
    ) -> None:
        """Questions of a section that nothing tells apart are numbered."""
        what = ("text", "kind", "scale", "shown_if")
        plain = dict(item["text"])
        for number in count(2):
            if not plain or all(any(item.get(x) != one.get(x) for x in what) for one in before):
                return
            item["text"] = {code: f"{words} ({number})" for code, words in plain.items()}
            told = _("câu trùng lời với câu trước trong phần: thêm (%(n)s)", n=number)
            self._document.set_aside(row, told, row.filled("label"))

    def note(self, row: SheetRow) -> None:
        """Before all questions it is the introduction, or one more paragraph of it; else it explains the
        question before it in its group, or the one that comes next."""
        if reference := self._questions.shows_nothing_asked(row):
            words = _("note hiện một giá trị không câu nào hỏi (%(reference)s): không dùng",
                      reference=reference)  # fmt: skip
            self._document.set_aside(row, words, row.places.get("type"))
            return
        if row.get("calculation"):
            words = _("note hiện một giá trị do máy tính ra: không dùng")
            self._document.set_aside(row, words, row.places["calculation"])
            return
        spoken = (self._questions.words(row, x) for x in ("label", "hint", "guidance_hint"))
        note = Note(
            row, tuple(x for x in spoken if x), self._questions.condition(row), len(self.above)
        )
        if not self.above and not self._sections and not note.condition:
            before: dict[str, str] = self._document.root.setdefault("introduction", {})
            for spelled in note.words:
                for code, said in spelled.items():
                    before[code] = f"{before[code]}\n{said}" if code in before else said
            self._document.rows.setdefault(("introduction",), row)
            return
        before_it = None if self._is_due or not self._sections else self._sections[-1]["items"][-1]
        if (
            before_it is None
            or not note.explains(before_it)
            or (before_it.get("shown_if") and not note.condition)
        ):
            self._notes.append(note)
        else:
            self._explain(note, before_it)
        told = _("note thành gợi ý của câu hỏi bên cạnh")
        self._document.set_aside(row, told, row.places.get("type"))

    def close(self) -> None:
        """The last row was read."""
        for row, _condition in self.above:
            words = _("nhóm không khớp: mỗi begin_group cần một end_group")
            self._document.refuse(row, words, row.places.get("type"))
        if self._sections:
            for note in self._notes:
                self._explain(note, self._sections[-1]["items"][-1])

    def _explain(self, note: Note, item: dict[str, Any]) -> None:
        if not note.explains(item):
            words = _("note có điều kiện mà câu hỏi bên cạnh không có đúng điều kiện ấy: bỏ dòng này, hoặc ghi lời vào "
                      "hint của câu hỏi")  # fmt: skip
            self._document.refuse(note.row, words, note.row.places.get("relevant"))
        for words_of in note.words:
            add_hint(item, words_of)

    @property
    def _sections(self) -> list[dict[str, Any]]:
        sections: list[dict[str, Any]] = self._document.root["sections"]
        return sections

    def _make(self) -> None:
        self._is_due = False
        row, _own = self.above[-1]
        path: Path = ("sections", len(self._sections))
        section: dict[str, Any] = {
            "id": self._identifier(row),
            "title": self._questions.words(row, "label"),
            "items": [],
        }
        if row.get("area"):
            section["area"] = row.get("area")
        if shown_if := self._condition(row):
            section["shown_if"] = shown_if
        if not section["title"]:
            section["title"] = {"vi": row.get("name"), "en": row.get("name")}
            words = _("phần ở dòng %(row)s không có tên: lấy %(name)s",
                      row=row.number, name=row.get("name"))  # fmt: skip
            self._document.notices.append(words)
        self._sections.append(section)
        self._document.rows[path] = row

    def _identifier(self, row: SheetRow) -> str:
        name = row.get("name").removeprefix("section_")
        written = row.get("section_id") or distinct(our_code(name) or f"G{row.number}", ())
        if not row.get("section_id"):
            words = next(iter(row.text("label").values()), "")
            self._document.rename(row, row.get("name"), written, words)
        rows = [self._document.rows["sections", index] for index in range(len(self._sections))]
        again = sum(one is row for one in rows)
        return f"{written}-{again + 1}" if again else written

    def _condition(self, row: SheetRow) -> dict[str, Any] | None:
        """That of the group and of those around it, which must all hold."""
        conditions = [condition for _row, condition in self.above if condition]
        if len(conditions) < 2:
            return conditions[0] if conditions else None
        tests: list[Any] = []
        for condition in conditions:
            own_tests = condition.get("all") or condition["any"]
            if "any" in condition and len(own_tests) > 1:
                words = _("điều kiện của nhóm và của nhóm bao ngoài không gộp được thành một")
                self._document.refuse(row, words, row.places.get("relevant"))
            tests += own_tests
        return {"all": tests}
