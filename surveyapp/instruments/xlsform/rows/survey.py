"""The survey sheet: groups are sections, select_one an item, the first notes the introduction, the last text the remark."""

from __future__ import annotations

from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.xlsform.columns import UNDERSTOOD
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.rows import lists, unsupported
from surveyapp.instruments.xlsform.rows.form_sections import FormSections
from surveyapp.instruments.xlsform.rows.questions import BY_WORD, Questions
from surveyapp.instruments.xlsform.rows.types import AskedType, read_type
from surveyapp.instruments.xlsform.sheets import SheetRow

AskedRow = tuple[SheetRow, AskedType]


def read_types(rows: list[SheetRow]) -> list[AskedRow]:
    """Every row with what it asks for."""
    return [(row, read_type(row.get("type"))) for row in rows]


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
        questions.tell(row, asked_type.kind)
        if asked_type.kind not in UNDERSTOOD:
            questions.refused.add(row.get("name"))
    sections = FormSections(document, questions)
    for row, asked_type in _in_groups(document, asked):
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
    if row.get("disabled").lower() in unsupported.YES:
        words = _("dòng %(row)s tắt (disabled): không hỏi", row=row.number)
        document.notices.append(words)
        return True
    facts = {"type": kind, "row": row.number, "name": row.get("name") or "–"}
    if kind.lower() in unsupported.METADATA:
        words = _("%(type)s ở dòng %(row)s: phiếu ẩn danh, không thu", **facts)
    elif kind.lower() in unsupported.COMPUTED:
        words = _("%(type)s ở dòng %(row)s (%(name)s): không ai trả lời, không tính, không giữ", **facts)  # fmt: skip
    elif kind in BY_WORD and row.get("appearance").lower() in unsupported.HEADINGS:
        words = _("dòng %(row)s chỉ là đầu bảng (appearance = label): không phải câu hỏi", **facts)
    else:
        return False
    document.notices.append(words)
    return True


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
