"""One row of the survey sheet as an item: its kind, its limits, and when it is asked."""

from __future__ import annotations

import json
import re
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.kinds.kind import QuestionKind
from surveyapp.instruments.kinds.number import MOST
from surveyapp.instruments.kinds.registry import DEFAULT, KINDS
from surveyapp.instruments.model import is_reserved, variable_name
from surveyapp.instruments.xlsform import xpath
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.naming import distinct, our_identifier
from surveyapp.instruments.xlsform.rows import lists, unsupported
from surveyapp.instruments.xlsform.rows.types import AskedType
from surveyapp.instruments.xlsform.sheets import SheetRow

BY_WORD: dict[str, QuestionKind] = {kind.form_word: kind for kind in KINDS.values()}
BY_WORD["range"] = BY_WORD["integer"]
UNKNOWN = "or . = -98"


class Questions:
    """The questions read so far, by the names that conditions of later ones use."""

    def __init__(self, document: SheetDocument, known: lists.Lists) -> None:
        self._document, self._known = document, known
        self._asked: dict[str, xpath.EarlierQuestion] = {}
        self._told: set[str] = set()
        self.computed: set[str] = set()
        """Names of rows that nobody answers: conditions cannot rest on them."""
        self.refused: set[str] = set()
        """Names of rows that were refused: what rests on them is no fault of its own."""
        self._ids: dict[str, str] = {}
        self.used: set[str] = set()
        """The lists that are asked."""

    def item(self, row: SheetRow, asked_type: AskedType) -> dict[str, Any]:
        """The item that a row asks for; what does not fit is refused."""
        kind = BY_WORD[asked_type.kind]
        item: dict[str, Any] = {"id": self.identifier(row), "text": row.text("label")}
        choices = self._choices(row, asked_type) if kind.has_options else None
        if kind.has_options:
            item["scale"] = choices.scale if choices else asked_type.list_name
        item["dont_know"] = choices.dont_know if choices else False
        if kind.code != DEFAULT:
            item["kind"] = kind.code
        if row.get("criterion"):
            item["criterion"] = row.get("criterion")
        if hint := row.text("hint"):
            item["hint" if item["text"] else "text"] = hint
            if item["text"] is hint:
                self._tell_once(_("câu không có lời (label): gợi ý của nó là lời câu hỏi"))
        if guidance := row.text("guidance_hint"):
            add_hint(item, guidance)
            self._tell_once(_("lời giải thích thêm (guidance_hint) vào gợi ý của câu hỏi"))
        if row.get("matrix"):
            item["matrix"] = row.get("matrix")
        if asked_type.kind == "range":
            self._range(row, item)
        else:
            self._limit(row, kind, item)
        if shown_if := self.condition(row):
            item["shown_if"] = shown_if
        codes = choices.codes() if choices else {}
        self._asked[row.get("name")] = xpath.EarlierQuestion(item["id"], codes, kind.is_several)
        return item

    def condition(self, row: SheetRow) -> dict[str, Any] | None:
        """When a group or a question is asked: as our own column says, else as the converter reads it."""
        if ours := row.get("shown_if"):
            shown_if = _json(ours)
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

    def _choices(self, row: SheetRow, asked_type: AskedType) -> lists.Choices | None:
        self.used.add(asked_type.list_name)
        choices = self._known.get(asked_type.list_name)
        if choices is None:
            words = _("trang choices không có danh sách %(name)s", name=asked_type.list_name or "–")
            self._document.refuse(row, words, row.places.get("type"))
        elif asked_type.or_other and not choices.with_other:
            choices.with_other = True
            words = _("or_other: thêm phương án “Khác” có ghi rõ vào danh sách %(name)s",
                      name=choices.name)  # fmt: skip
            self._document.notices.append(words)
        return choices

    def _limit(self, row: SheetRow, kind: QuestionKind, item: dict[str, Any]) -> None:
        """The kind's own settings: of our column, else of the constraint."""
        said = " ".join(row.get("constraint").split())
        if kind.is_number and said.endswith(UNKNOWN):
            item["dont_know"] = True
            said = said.removesuffix(UNKNOWN).strip()
        ours = row.get("settings")
        settings = (
            _json(ours) if ours else {} if _is_implied(kind, said) else kind.settings_of(said)
        )
        if settings is None:
            cell = row.places["settings" if ours else "constraint"]
            words = _("cột %(column)s: không hiểu giới hạn %(said)s của loại câu hỏi này",
                      said=ours or said, column=cell.heading)  # fmt: skip
            self._document.refuse(row, words, cell)
        elif settings:
            item["settings"] = settings
        if kind.is_number and not said and not ours:
            item["settings"] = {"least": 0, "most": MOST}
            words = _("câu %(name)s không ghi giới hạn: nhận số từ 0 đến %(most)s",
                      name=row.get("name"), most=MOST)  # fmt: skip
            self._document.notices.append(words)

    def _range(self, row: SheetRow, item: dict[str, Any]) -> None:
        """A number between two others, in whole steps: the converter's 1 to 10 where it says nothing."""
        settings = read_range(row.get("parameters"))
        if settings is None:
            words = _("cột %(column)s: chỉ nhận số nguyên không âm cách nhau 1 (start, end, step)",
                      column=row.places["parameters"].heading)  # fmt: skip
            self._document.refuse(row, words, row.places["parameters"])
        item["settings"] = settings or {"least": 0, "most": 1}
        self._tell_once(_("câu hỏi range: ghi số vào ô, không kéo thanh trượt"))

    def tell(self, row: SheetRow, kind: str) -> None:
        """What of a row changes nothing of what is asked is told once."""
        told = [str(unsupported.TOLD[name]) for name in unsupported.TOLD if row.get(name)]
        if row.get("required").lower() in unsupported.YES:
            told.append(
                _("câu bắt buộc (required): người trả lời vẫn được bỏ trống, trang xem lại nhắc")
            )
        if kind != "range" and unsupported.is_order(row.get("parameters")):
            told.append(_("thứ tự và cỡ ô (parameters) do phiếu quyết định: không dùng"))
        told += [
            _("ô %(column)s ở dòng %(type)s không có tác dụng: không dùng", column=name, type=kind)
            for name in unsupported.OF_NOTHING.get(kind, ())
            if row.get(name) or row.text(name)
        ]
        for words in told:
            self._tell_once(words)

    def _tell_once(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self._document.notices.append(words)

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


def read_range(parameters: str) -> dict[str, Any] | None:
    """The bounds of a `range`; None where its steps are not whole ones from 0 upwards."""
    said = dict(part.split("=", 1) for part in re.split(r"[\s,;]+", parameters) if "=" in part)
    start, end, step = said.get("start", "1"), said.get("end", "10"), said.get("step", "1")
    if not (start.isdecimal() and end.isdecimal() and step == "1"):
        return None
    least, most = sorted((int(start), int(end)))
    return {"least": least, "most": most} if least < most <= MOST else None


def add_hint(item: dict[str, Any], words: dict[str, str]) -> None:
    """One more paragraph of the hint."""
    hint = item.setdefault("hint", {})
    for code, said in words.items():
        hint[code] = f"{hint[code]}\n{said}" if code in hint else said


def _is_implied(kind: QuestionKind, constraint: str) -> bool:
    """Exclusions that we write out for the converter, and that our options say by their marks."""
    return kind.is_several and "not(selected(., " in constraint and "count-selected(.) <" not in constraint and "count-selected(.) >" not in constraint  # fmt: skip


def _json(text: str) -> dict[str, Any] | None:
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
