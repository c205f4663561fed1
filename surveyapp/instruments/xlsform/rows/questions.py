"""One row of the survey sheet as an item: its kind, its limits, and when it is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.kinds.registry import DEFAULT
from surveyapp.instruments.model import is_reserved, variable_name
from surveyapp.instruments.xlsform import xpath
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.headings import MEDIA
from surveyapp.instruments.xlsform.naming import distinct, our_identifier
from surveyapp.instruments.xlsform.rows import limits, lists, unsupported
from surveyapp.instruments.xlsform.rows.limits import BY_WORD
from surveyapp.instruments.xlsform.rows.types import AskedType
from surveyapp.instruments.xlsform.sheets import SheetRow


class Questions:
    """The questions read so far, by the names that conditions of later ones use."""

    def __init__(self, document: SheetDocument, known: lists.Lists) -> None:
        self._document, self._known = document, known
        self._asked: dict[str, xpath.EarlierQuestion] = {}
        self._words: dict[str, dict[str, str]] = {}
        self.computed: set[str] = set()
        """Names of rows that nobody answers: conditions cannot rest on them."""
        self.refused: set[str] = set()
        """Names of rows that were refused: what rests on them is no fault of its own."""
        self._ids: dict[str, str] = {}
        self.used: set[str] = set()
        """The lists that are asked."""

    def item(self, row: SheetRow, asked_type: AskedType) -> dict[str, Any]:
        """The item that a row asks for; what does not fit is refused."""
        if asked_type.kind == "select_multiple" and self._is_box(asked_type):
            asked_type = replace(asked_type, kind="select_one")
        kind = BY_WORD[asked_type.kind]
        item: dict[str, Any] = {"id": self.identifier(row), "text": self.words(row, "label")}
        choices = self._choices(row, asked_type) if kind.has_options else None
        if kind.has_options:
            item["scale"] = choices.scale if choices else asked_type.list_name
        item["dont_know"] = choices.dont_know if choices else False
        if kind.code != DEFAULT:
            item["kind"] = kind.code
        if row.get("criterion"):
            item["criterion"] = row.get("criterion")
        if hint := self.words(row, "hint"):
            item["hint" if item["text"] else "text"] = hint
            if item["text"] is hint:
                told = _("câu không có lời (label): gợi ý của nó là lời câu hỏi")
                self._document.set_aside(row, told, row.filled("hint"))
        if not item["text"]:
            self._say_nothing(row, item)
        if guidance := self.words(row, "guidance_hint"):
            add_hint(item, guidance)
            told = _("lời giải thích thêm (guidance_hint) vào gợi ý của câu hỏi")
            self._document.set_aside(row, told, row.filled("guidance_hint"))
        if row.get("matrix"):
            item["matrix"] = row.get("matrix")
        if settings := limits.read_limits(
            self._document,
            row,
            asked_type.kind,
            kind,
            item,
            choices.names() if choices else frozenset(),
        ):
            item["settings"] = settings
        if shown_if := self.condition(row):
            item["shown_if"] = shown_if
        self._words[row.get("name")] = item["text"]
        codes = choices.codes() if choices else {}
        self._asked[row.get("name")] = xpath.EarlierQuestion(
            item["id"], codes, kind.is_several, "decimals" not in item.get("settings", {})
        )
        return item

    def _say_nothing(self, row: SheetRow, item: dict[str, Any]) -> None:
        """A question without words is refused once, and for nothing else."""
        item["text"] = dict.fromkeys(unsupported.ANSWER_TO, row.get("name") or "–")
        if not any(row.filled(column) for column in MEDIA):
            words = _("câu hỏi không có lời: ghi vào cột label")
            self._document.refuse(row, words, row.places.get("type"))

    def words(self, row: SheetRow, column: str) -> dict[str, str]:
        """What a spoken column says; an earlier answer that it would show is named by its question instead."""
        said = row.text(column)
        for code, text in said.items():
            for match in unsupported.REFERENCE.finditer(text):
                named = self._words.get(match[1])
                if named is None:
                    if match[1] not in self.refused:
                        cell = row.filled(column)
                        self._document.refuse(row, unsupported.reference_refused(match[0]), cell)
                    continue
                question = named.get(code) or next(iter(named.values()), match[1])
                said[code] = said[code].replace(match[0], unsupported.ANSWER_TO[code] % question)
                told = _("lời lấy câu trả lời của câu trước (${…}): ghi tên câu ấy thay vào")
                self._document.set_aside(row, told, row.filled(column))
        return said

    def shows_nothing_asked(self, row: SheetRow) -> str:
        """The first reference in a row's words to what no earlier question asked; "" where there is none."""
        words = " ".join([*row.text("label").values(), *row.text("hint").values()])
        names = (match for match in unsupported.REFERENCE.finditer(words))
        return next((match[0] for match in names if match[1] not in self._words), "")

    def condition(self, row: SheetRow) -> dict[str, Any] | None:
        """When a group or a question is asked: as our own column says, else as the converter reads it."""
        if ours := row.get("shown_if"):
            shown_if = limits.read_json(ours)
            if shown_if is None:
                self._document.refuse(row, _("cột shown_if không đọc được"), row.places["shown_if"])
            return shown_if
        said = row.get("relevant")
        if not said:
            return None
        try:
            return xpath.read(said, self._asked.get)
        except xpath.NotOurs as exc:
            if exc.name not in self.refused:
                words = self._not_ours(exc, column=row.places["relevant"].heading)
                self._document.refuse(row, words, row.places["relevant"])
            return None

    def _not_ours(self, exc: xpath.NotOurs, *, column: str) -> str:
        facts = {"column": column, "part": exc.part, "name": exc.name, "value": exc.value}
        if exc.value:
            return _("cột %(column)s: câu %(name)s không có phương án %(value)s: %(part)s", **facts)
        if exc.name in self.computed:
            return _("cột %(column)s: %(name)s là giá trị do máy tính ra, không ai trả lời: %(part)s",
                     **facts)  # fmt: skip
        if exc.name:
            return _("cột %(column)s: %(name)s không phải câu hỏi đứng trước: %(part)s", **facts)
        return _(
            "cột %(column)s: điều kiện không chuyển được: %(part)s; chỉ nhận chọn hay không chọn phương án, khoảng số hoặc có "
            "trả lời của câu đứng trước, nối bằng toàn and hoặc toàn or",
            **facts,
        )

    def beside(self, row: SheetRow) -> None:
        """The words beside "other" of an item of ours: part of that item, not a question."""
        if row.get("beside") not in {asked.item for asked in self._asked.values()}:
            words = _("cột beside phải nêu một câu hỏi đứng trước")
            self._document.refuse(row, words, row.places["beside"])

    def _is_box(self, asked_type: AskedType) -> bool:
        """Whether one option is all there is to choose: a box to tick, or not."""
        choices = self._known.get(asked_type.list_name)
        return (
            choices is not None
            and len(choices.option_rows) == 1
            and not (choices.dont_know or asked_type.or_other or self._document.is_ours)
        )

    def _choices(self, row: SheetRow, asked_type: AskedType) -> lists.Choices | None:
        choices = self._known.get(asked_type.list_name)
        if choices is None:
            words = _("trang choices không có danh sách %(name)s", name=asked_type.list_name or "–")
            self._document.refuse(row, words, row.places.get("type"))
            return None
        alone, _rest = limits.exclusives(row.get("constraint"))
        if asked_type.kind != "select_multiple":
            alone = frozenset()
        elif unknown := alone - choices.names():
            words = unsupported.option_unknown(row.places["constraint"].heading, *sorted(unknown))
            self._document.refuse(row, words, row.places["constraint"])
        with_no = self._is_box(asked_type)
        if with_no:
            words = _("danh sách %(name)s chỉ có một phương án: thêm “Không” để trả lời có hay không",
                      name=choices.name)  # fmt: skip
            self._document.set_aside(row, words, row.places.get("type"))
        used = lists.variant(
            self._known, choices, with_other=asked_type.or_other, with_no=with_no, alone=alone
        )
        if asked_type.or_other:
            words = _("or_other: thêm phương án “Khác” có ghi rõ vào danh sách %(name)s",
                      name=choices.name)  # fmt: skip
            self._document.set_aside(row, words, row.places.get("type"))
        self.used.add(used.key)
        return used

    def identifier(self, row: SheetRow) -> str:
        """Our permanent id; a form from elsewhere has only its variable's name."""
        name = row.get("name")
        identifier = row.get("item_id") or self._ids.get(name, "")
        if not identifier:
            ours = our_identifier(name) if name else f"Q{row.number}"
            ours = f"{ours}-1" if is_reserved(ours) else ours
            identifier = self._ids[name] = distinct(ours, set(self._ids.values()))
        if name != variable_name(identifier):
            words = next(iter(row.text("label").values()), "")
            self._document.rename(row, name, identifier, words)
        return identifier


def add_hint(item: dict[str, Any], words: dict[str, str]) -> None:
    """One more paragraph of the hint."""
    hint = item.setdefault("hint", {})
    for code, said in words.items():
        hint[code] = f"{hint[code]}\n{said}" if code in hint else said
