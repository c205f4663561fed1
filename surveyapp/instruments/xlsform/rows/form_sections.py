"""Groups as sections: nested ones stand by themselves, notes go to the questions they explain."""

from __future__ import annotations

from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.xlsform.document import Path, SheetDocument
from surveyapp.instruments.xlsform.naming import distinct, our_code
from surveyapp.instruments.xlsform.rows.questions import Questions, add_hint
from surveyapp.instruments.xlsform.sheets import SheetRow


class FormSections:
    """The sections of a document while its rows are read; `above` are the groups that are open."""

    def __init__(self, document: SheetDocument, questions: Questions) -> None:
        self._document, self._questions = document, questions
        self.above: list[tuple[SheetRow, dict[str, Any] | None]] = []
        self._is_due = False
        self._notes: list[dict[str, str]] = []

    def begin(self, row: SheetRow) -> None:
        """A group begins; its section is made with its first question."""
        self.above.append((row, self._questions.condition(row)))
        self._is_due = True
        if len(self.above) > 1:
            words = _("nhóm lồng ở dòng %(row)s thành một phần riêng", row=row.number)
            self._document.notices.append(words)

    def end(self) -> None:
        """It ends; what follows in the one around it is a section again, under its title."""
        self.above.pop()
        self._is_due = bool(self.above)

    def ask(self, row: SheetRow, item: dict[str, Any]) -> None:
        """A question of the innermost group."""
        if self._is_due:
            self._make()
        section = len(self._sections) - 1
        items = self._sections[section]["items"]
        self._document.rows["sections", section, "items", len(items)] = row
        for words in self._notes:
            add_hint(item, words)
        self._notes.clear()
        items.append(item)

    def note(self, row: SheetRow) -> None:
        """Before all questions it is the introduction, or one more paragraph of it; else it explains the
        question before it in its group, or the one that comes next."""
        words = row.text("label")
        if not self.above and not self._sections:
            before: dict[str, str] = self._document.root.setdefault("introduction", {})
            for code, said in words.items():
                before[code] = f"{before[code]}\n{said}" if code in before else said
            self._document.rows.setdefault(("introduction",), row)
            return
        if self._is_due or not self._sections:
            self._notes.append(words)
        else:
            add_hint(self._sections[-1]["items"][-1], words)
        told = _("note ở dòng %(row)s thành gợi ý của câu hỏi bên cạnh", row=row.number)
        self._document.notices.append(told)

    def close(self) -> None:
        """The last row was read."""
        for row, _condition in self.above:
            words = _("nhóm không khớp: mỗi begin_group cần một end_group")
            self._document.refuse(row, words, row.places.get("type"))
        if self._notes and self._sections:
            for note in self._notes:
                add_hint(self._sections[-1]["items"][-1], note)

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
            "title": row.text("label"),
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
