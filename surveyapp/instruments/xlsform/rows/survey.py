"""The survey sheet: groups are sections, select_one an item, the first notes the introduction, the last text the remark."""

from __future__ import annotations

from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.model import variable_name
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.naming import our_identifier
from surveyapp.instruments.xlsform.rows import lists, unsupported
from surveyapp.instruments.xlsform.rows.form_sections import FormSections
from surveyapp.instruments.xlsform.rows.questions import BY_WORD, Questions
from surveyapp.instruments.xlsform.rows.types import AskedType, read_type
from surveyapp.instruments.xlsform.sheets import SheetRow


def read_survey(document: SheetDocument, rows: list[SheetRow], known: lists.Lists) -> set[str]:
    """Every row into the document or among its faults; gives the names of the lists that are asked."""
    document.root["sections"] = []
    asked = [(row, read_type(row.get("type"))) for row in rows]
    asked = [(row, found) for row, found in asked if not _is_left_aside(document, row, found.kind)]
    for row, found in asked:
        for cell, words in unsupported.of_survey(row, found.kind):
            document.refuse(row, words, cell)
    questions = Questions(document, known)
    sections = FormSections(document, questions)
    for row, found in _in_groups(document, asked):
        if row.get("beside") and sections.above:
            questions.beside(row)
        elif found.kind == "begin_group":
            sections.begin(row)
        elif found.kind == "end_group" and sections.above:
            sections.end()
        elif found.kind in BY_WORD and sections.above:
            sections.ask(row, questions.item(row, found))
        elif found.kind == "text" and "remark" not in document.root:
            _remark(document, row)
        elif found.kind == "note":
            sections.note(row)
        else:
            document.refuse(row, _misplaced(found.kind), row.places.get("type"))
    sections.close()
    return {found.list_name for _row, found in asked if found.list_name}


def _in_groups(
    document: SheetDocument, asked: list[tuple[SheetRow, AskedType]]
) -> list[tuple[SheetRow, AskedType]]:
    """Questions outside of groups are sections with the form's own title."""
    title = {f"label_{code}": words for code, words in document.root["title"].items()}
    found: list[tuple[SheetRow, AskedType]] = []
    depth, run, is_open = 0, 0, False
    for place, (row, of) in enumerate(asked):
        is_item = of.kind in BY_WORD and not _is_remark(row, of, last=0 < place == len(asked) - 1)
        if is_open and not is_item and of.kind != "note":
            found.append((row, AskedType("end_group")))
            is_open = False
        if depth == 0 and is_item and not is_open:
            run += 1
            group = SheetRow(
                "survey", row.number, {"name": "A" if run == 1 else f"A{run}", **title}
            )
            found.append((group, AskedType("begin_group")))
            is_open = True
        depth += (of.kind == "begin_group") - (of.kind == "end_group" and depth > 0)
        found.append((row, of))
    if is_open:
        found.append((asked[-1][0], AskedType("end_group")))
    if run:
        words = _("câu hỏi ngoài các nhóm (begin_group): vào phần mang tên phiếu")
        document.notices.append(words)
    return found


def _is_left_aside(document: SheetDocument, row: SheetRow, kind: str) -> bool:
    if kind.lower() not in unsupported.METADATA:
        return False
    words = _("%(type)s ở dòng %(row)s: phiếu ẩn danh, không thu", type=kind, row=row.number)
    document.notices.append(words)
    return True


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


def _identifier(document: SheetDocument, row: SheetRow) -> str:
    """Our permanent id; a form from elsewhere has only its variable's name."""
    identifier = row.get("item_id") or our_identifier(row.get("name"))
    if row.get("name") != variable_name(identifier):
        document.rename(row, row.get("name"), identifier, _words(row))
    return identifier


def _words(row: SheetRow) -> str:
    return next(iter(row.text("label").values()), "")
