"""The survey sheet: groups are sections, select_one an item, the first notes the introduction, the last text the remark."""

from __future__ import annotations

from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.xlsform.columns import UNDERSTOOD
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.rows import left_aside, lists, unsupported
from surveyapp.instruments.xlsform.rows.form_sections import FormSections
from surveyapp.instruments.xlsform.rows.limits import BY_WORD
from surveyapp.instruments.xlsform.rows.questions import Questions
from surveyapp.instruments.xlsform.rows.types import AskedType, read_type
from surveyapp.instruments.xlsform.sheets import SheetRow

AskedRow = tuple[SheetRow, AskedType]
NEVER = ("0", "false()", "1=0", "(false())")
"""Conditions that hold for nobody."""


def read_types(rows: list[SheetRow]) -> list[AskedRow]:
    """Every row with what it asks for."""
    return [(row, _shown_only(row, read_type(row.get("type")))) for row in rows]


def _shown_only(row: SheetRow, asked_type: AskedType) -> AskedType:
    """A text that cannot be written in is a note: to the converter too."""
    is_shown = asked_type.kind == "text" and row.get("read_only").lower() in left_aside.YES
    return AskedType("note") if is_shown else asked_type


def read_survey(document: SheetDocument, rows: list[AskedRow], known: lists.Lists) -> set[str]:
    """Every row into the document or among its faults; gives the names of the lists that are asked."""
    document.root["sections"] = []
    questions = Questions(document, known)
    asked = []
    for row, asked_type in rows:
        if _is_left_aside(document, row, asked_type.kind):
            questions.computed.add(row.get("name"))
            continue
        asked.append((row, asked_type))
        for cell, words in unsupported.of_survey(row, asked_type.kind):
            document.refuse(row, words, cell)
        for cell, words in left_aside.of_survey(row, asked_type.kind):
            document.set_aside(row, words, cell)
        if asked_type.kind not in UNDERSTOOD:
            questions.refused.add(row.get("name"))
    sections = FormSections(document, questions)
    for row, asked_type in _in_groups(document, _without_empty_groups(document, asked)):
        if row.get("beside") and sections.above:
            questions.beside(row)
        elif asked_type.kind == "begin_group":
            sections.begin(row)
        elif asked_type.kind == "end_group" and sections.above:
            sections.end()
        elif asked_type.kind in BY_WORD and sections.above:
            sections.ask(row, questions.item(row, asked_type))
        elif asked_type.kind == "text" and "remark" not in document.root:
            _remark(document, row, questions)
        elif asked_type.kind == "note":
            sections.note(row)
        else:
            document.refuse(row, _misplaced(asked_type.kind), row.places.get("type"))
    sections.close()
    return questions.used


def _without_empty_groups(document: SheetDocument, asked: list[AskedRow]) -> list[AskedRow]:
    """The rows without groups in which nothing stands: all that was in them was left aside."""
    kept: list[AskedRow] = []
    for row, asked_type in asked:
        if asked_type.kind == "end_group" and kept and kept[-1][1].kind == "begin_group":
            begun, _type = kept.pop()
            words = _("nhóm không có câu hỏi nào: không dùng")
            document.set_aside(begun, words, begun.places.get("type"))
        else:
            kept.append((row, asked_type))
    return kept


def _in_groups(document: SheetDocument, asked: list[AskedRow]) -> list[AskedRow]:
    """Questions outside of groups are sections with the form's own title."""
    title = {f"label_{code}": words for code, words in document.root["title"].items()}
    grouped: list[AskedRow] = []
    depth, run, is_open = 0, 0, False
    for index, (row, asked_type) in enumerate(asked):
        is_item = asked_type.kind in BY_WORD and not _is_remark(
            row, asked_type, last=0 < index == len(asked) - 1
        )
        if is_open and not is_item and asked_type.kind != "note":
            grouped.append((row, AskedType("end_group")))
            is_open = False
        if depth == 0 and is_item and not is_open:
            run += 1
            group = SheetRow(
                "survey", row.number, {"name": "A" if run == 1 else f"A{run}", **title}
            )
            grouped.append((group, AskedType("begin_group")))
            is_open = True
        depth += (asked_type.kind == "begin_group") - (asked_type.kind == "end_group" and depth > 0)
        grouped.append((row, asked_type))
    if is_open:
        grouped.append((asked[-1][0], AskedType("end_group")))
    if run:
        words = _("câu hỏi ngoài các nhóm (begin_group): vào phần mang tên phiếu")
        document.notices.append(words)
    return grouped


def _is_left_aside(document: SheetDocument, row: SheetRow, kind: str) -> bool:
    facts = {"type": kind, "name": row.get("name") or "–"}
    if not kind and not row.get("name") and not row.text("label"):
        words = _("dòng ghi chú, không có kiểu, tên và lời: không đọc")
    elif row.get("disabled").lower() in left_aside.YES:
        words = _("dòng tắt (disabled): không hỏi")
    elif "".join(row.get("relevant").lower().split()) in NEVER:
        words = _("điều kiện không bao giờ đúng (%(condition)s): không hỏi",
                  condition=row.get("relevant"))  # fmt: skip
    elif kind.lower() in left_aside.METADATA:
        words = _("%(type)s: phiếu ẩn danh, không thu", **facts)
    elif kind.lower() in left_aside.COMPUTED or (kind in BY_WORD and is_computed(row)):
        words = _("%(type)s (%(name)s): không ai trả lời, không tính, không giữ", **facts)
    elif kind in BY_WORD and row.get("appearance").lower() in left_aside.HEADINGS:
        words = _("dòng chỉ là đầu bảng (appearance = label): không phải câu hỏi")
    else:
        return False
    document.set_aside(row, words, row.places.get("type"))
    return True


def is_computed(row: SheetRow) -> bool:
    """Whether a question is a value that is computed and shown to nobody."""
    is_silent = not (row.text("label") or row.text("hint"))
    return is_silent and bool(row.get("calculation") or row.get("trigger"))


def _is_remark(row: SheetRow, asked_type: AskedType, *, last: bool) -> bool:
    """The open question at the end, which has the warning not to name anyone as its hint."""
    return last and asked_type.kind == "text" and bool(row.text("hint"))


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


def _remark(document: SheetDocument, row: SheetRow, questions: Questions) -> None:
    most = row.get("max_length")
    document.rows["remark",] = row
    remark: dict[str, Any] = {
        "id": questions.identifier(row),
        "prompt": row.text("label"),
        "warning": row.text("hint"),
    }
    if most:
        remark["max_length"] = int(most) if most.isdecimal() else most
    document.root["remark"] = remark
