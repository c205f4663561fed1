"""The survey sheet: groups are sections, select_one an item, the first notes the introduction, the last text the remark."""

from __future__ import annotations

from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.model import variable_name
from surveyapp.instruments.xlsform import lists, unsupported
from surveyapp.instruments.xlsform.document import Path, SheetDocument
from surveyapp.instruments.xlsform.naming import our_code, our_identifier
from surveyapp.instruments.xlsform.sheets import SheetRow
from surveyapp.instruments.xlsform.types import AskedType, read_type


def read_survey(document: SheetDocument, rows: list[SheetRow], known: lists.Lists) -> set[str]:
    """Every row into the document or among its faults; gives the names of the lists that are asked."""
    document.root["sections"] = []
    asked = [(row, read_type(row.get("type"))) for row in rows]
    for row, kind in asked:
        for cell, words in unsupported.of_survey(row, kind.kind):
            document.refuse(row, words, cell)
    if all(kind.kind != "begin_group" for _row, kind in asked):
        asked = _in_one_group(document, asked)
    group: SheetRow | None = None
    for row, kind in asked:
        if kind.kind == "begin_group" and group is None:
            group = row
            _begin(document, row)
        elif kind.kind == "end_group" and group is not None:
            group = None
        elif kind.kind == "select_one" and group is not None:
            _item(document, row, kind, known)
        elif kind.kind == "text" and group is None and "remark" not in document.root:
            _remark(document, row)
        elif kind.kind == "note" and not document.root["sections"]:
            _introduce(document, row)
        else:
            document.refuse(row, _misplaced(kind.kind), row.places.get("type"))
    if group is not None:
        document.refuse(group, _misplaced("begin_group"), group.places.get("type"))
    return {kind.list_name for _row, kind in asked if kind.kind == "select_one"}


def _in_one_group(
    document: SheetDocument, asked: list[tuple[SheetRow, AskedType]]
) -> list[tuple[SheetRow, AskedType]]:
    """A form without groups is one section, with the form's own title."""
    places = [index for index, (_row, kind) in enumerate(asked) if kind.kind == "select_one"]
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


def _misplaced(kind: str) -> str:
    match kind:
        case "begin_group" | "end_group":
            return _(
                "nhóm không khớp: mỗi phần là một begin_group và một end_group, không lồng nhau"
            )
        case "select_one":
            return _("câu hỏi phải nằm trong một phần (begin_group … end_group)")
        case "text":
            return _("chỉ có một câu mở, đặt ở cuối và ngoài các phần; bỏ dòng này hoặc dời nó")
        case "note":
            return _("note chỉ là lời mở đầu, trước các phần; đưa lời giải thích vào cột hint")
        case "":
            return _("thiếu kiểu câu hỏi ở cột type")
    return unsupported.type_refused(kind)


def _begin(document: SheetDocument, row: SheetRow) -> None:
    path: Path = ("sections", len(document.root["sections"]))
    identifier = row.get("section_id") or our_code(row.get("name").removeprefix("section_"))
    if not row.get("section_id"):
        document.rename(row, row.get("name"), identifier, _words(row))
    section = {"id": identifier, "title": row.text("label"), "items": []}
    if row.get("area"):
        section["area"] = row.get("area")
    document.root["sections"].append(section)
    document.rows[path] = row


def _item(
    document: SheetDocument, row: SheetRow, asked_type: AskedType, known: lists.Lists
) -> None:
    section = len(document.root["sections"]) - 1
    items = document.root["sections"][section]["items"]
    document.rows["sections", section, "items", len(items)] = row
    cell_name = row.places.get("type")
    if asked_type.or_other:
        document.refuse(row, unsupported.or_other_refused(), cell_name)
    choices = known.get(asked_type.list_name)
    if choices is None:
        words = _("trang choices không có danh sách %(name)s", name=asked_type.list_name or "–")
        document.refuse(row, words, cell_name)
    item: dict[str, Any] = {
        "id": _identifier(document, row),
        "text": row.text("label"),
        "scale": choices.scale if choices else asked_type.list_name,
        "dont_know": choices.dont_know if choices else True,
    }
    if row.get("criterion"):
        item["criterion"] = row.get("criterion")
    if hint := row.text("hint"):
        item["hint"] = hint
    items.append(item)


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
