"""The survey sheet: groups are sections, select_one an item, the first notes the introduction, the last text the remark."""

from __future__ import annotations

from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.model import variable_name
from surveyapp.instruments.xlsform import lists, unsupported
from surveyapp.instruments.xlsform.document import Path, SheetDocument
from surveyapp.instruments.xlsform.naming import our_code, our_identifier
from surveyapp.instruments.xlsform.questions import BY_WORD, Questions
from surveyapp.instruments.xlsform.sheets import SheetRow
from surveyapp.instruments.xlsform.types import AskedType, read_type


def read_survey(document: SheetDocument, rows: list[SheetRow], known: lists.Lists) -> set[str]:
    """Every row into the document or among its faults; gives the names of the lists that are asked."""
    document.root["sections"] = []
    asked = [(row, read_type(row.get("type"))) for row in rows]
    for row, found in asked:
        for cell, words in unsupported.of_survey(row, found.kind):
            document.refuse(row, words, cell)
    if all(found.kind != "begin_group" for _row, found in asked):
        asked = _in_one_group(document, asked)
    group: SheetRow | None = None
    questions = Questions(document, known)
    for row, found in asked:
        if row.get("beside") and group is not None:
            questions.beside(row)
        elif found.kind == "begin_group" and group is None:
            group = row
            _begin(document, row, questions)
        elif found.kind == "end_group" and group is not None:
            group = None
        elif found.kind in BY_WORD and group is not None:
            _item(document, row, questions.item(row, found))
        elif found.kind == "text" and group is None and "remark" not in document.root:
            _remark(document, row)
        elif found.kind == "note" and not document.root["sections"]:
            _introduce(document, row)
        elif found.kind == "note" and group is not None:
            _explain(document, row)
        else:
            document.refuse(row, _misplaced(found.kind), row.places.get("type"))
    if group is not None:
        document.refuse(group, _misplaced("begin_group"), group.places.get("type"))
    for section in document.root["sections"]:
        for words in section.pop("notes", []):
            if section["items"]:
                _hint(section["items"][0], words)
    return {found.list_name for _row, found in asked if found.list_name}


def _in_one_group(
    document: SheetDocument, asked: list[tuple[SheetRow, AskedType]]
) -> list[tuple[SheetRow, AskedType]]:
    """A form without groups is one section, with the form's own title."""
    places = [
        place
        for place, (row, found) in enumerate(asked)
        if found.kind in BY_WORD and not _is_remark(row, found, last=place == len(asked) - 1)
    ]
    if not places:
        return asked
    title = {f"label_{code}": words for code, words in document.root["title"].items()}
    group = SheetRow("survey", asked[places[0]][0].number, {"name": "A", **title})
    document.notices.append(
        _("phiếu không có nhóm (begin_group): mọi câu vào một phần, mang tên phiếu")
    )
    start, end = places[0], places[-1] + 1
    return [
        *asked[:start],
        (group, AskedType("begin_group")),
        *asked[start:end],
        (group, AskedType("end_group")),
        *asked[end:],
    ]


def _is_remark(row: SheetRow, found: AskedType, *, last: bool) -> bool:
    """The open question at the end, which has the warning not to name anyone as its hint."""
    return last and found.kind == "text" and bool(row.text("hint"))


def _misplaced(kind: str) -> str:
    match kind:
        case "begin_group" | "end_group":
            return _(
                "nhóm không khớp: mỗi phần là một begin_group và một end_group, không lồng nhau"
            )
        case kind if kind in BY_WORD and kind != "text":
            return _("câu hỏi phải nằm trong một phần (begin_group … end_group)")
        case "text":
            return _("chỉ có một câu mở, đặt ở cuối và ngoài các phần; bỏ dòng này hoặc dời nó")
        case "note":
            return _("note chỉ là lời mở đầu, trước các phần; đưa lời giải thích vào cột hint")
        case "":
            return _("thiếu kiểu câu hỏi ở cột type")
    return unsupported.type_refused(kind)


def _begin(document: SheetDocument, row: SheetRow, questions: Questions) -> None:
    path: Path = ("sections", len(document.root["sections"]))
    identifier = row.get("section_id") or our_code(row.get("name").removeprefix("section_"))
    if not row.get("section_id"):
        document.rename(row, row.get("name"), identifier, _words(row))
    section = {"id": identifier, "title": row.text("label"), "items": []}
    if row.get("area"):
        section["area"] = row.get("area")
    if shown_if := questions.condition(row):
        section["shown_if"] = shown_if
    if not section["title"]:
        section["title"] = {"vi": row.get("name"), "en": row.get("name")}
        words = _("phần ở dòng %(row)s không có tên: lấy %(name)s",
                  row=row.number, name=row.get("name"))  # fmt: skip
        document.notices.append(words)
    document.root["sections"].append(section)
    document.rows[path] = row


def _item(document: SheetDocument, row: SheetRow, item: dict[str, Any]) -> None:
    section = len(document.root["sections"]) - 1
    items = document.root["sections"][section]["items"]
    document.rows["sections", section, "items", len(items)] = row
    items.append(item)


def _explain(document: SheetDocument, row: SheetRow) -> None:
    """A note between questions goes with the question before it, as its hint."""
    items = document.root["sections"][-1]["items"]
    if not items:
        document.root["sections"][-1].setdefault("notes", []).append(row.text("label"))
        return
    _hint(items[-1], row.text("label"))
    words = _("note ở dòng %(row)s thành gợi ý của câu hỏi trước nó", row=row.number)
    document.notices.append(words)


def _hint(item: dict[str, Any], words: dict[str, str]) -> None:
    hint = item.setdefault("hint", {})
    for code, said in words.items():
        hint[code] = f"{hint[code]}\n{said}" if code in hint else said


def _remark(document: SheetDocument, row: SheetRow) -> None:
    most = row.get("max_length")
    document.rows["remark",] = row
    remark: dict[str, Any] = {
        "id": _identifier(document, row),
        "prompt": row.text("label"),
        "warning": row.text("hint"),
    }
    if most:
        remark["max_length"] = int(most) if most.isdecimal() else most
    document.root["remark"] = remark


def _introduce(document: SheetDocument, row: SheetRow) -> None:
    """A note before the sections: the introduction, or one more paragraph of it."""
    before: dict[str, str] = document.root.setdefault("introduction", {})
    for code, words in row.text("label").items():
        before[code] = f"{before[code]}\n{words}" if code in before else words
    document.rows.setdefault(("introduction",), row)


def _identifier(document: SheetDocument, row: SheetRow) -> str:
    """Our permanent id; a form from elsewhere has only its variable's name."""
    identifier = row.get("item_id") or our_identifier(row.get("name"))
    if row.get("name") != variable_name(identifier):
        document.rename(row, row.get("name"), identifier, _words(row))
    return identifier


def _words(row: SheetRow) -> str:
    return next(iter(row.text("label").values()), "")
