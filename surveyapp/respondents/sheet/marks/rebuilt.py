"""A workbook written anew with its marks: for lists that did not come as XLSX."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.marks.marking import (
    AUTHOR,
    COLOURS,
    LEGEND_SHEET,
    STYLES,
    Mark,
    Marking,
    formula,
    linked,
)
from surveyapp.respondents.sheet.workbook import Sheet, Workbook

_WIDEST, _NARROWEST, _SAMPLE = 48, 8, 400
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def rebuild(workbook: Workbook, marking: Marking, *, header_line: int) -> bytes:
    """An XLSX with the same sheets, rows and columns, every cell as text so that no digit is lost."""
    import xlsxwriter

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        names: set[str] = {LEGEND_SHEET.lower()}
        written: dict[str, str] = {}
        marked = marking.by_sheet()
        for sheet in workbook.sheets:
            if sheet.name == LEGEND_SHEET:
                continue
            name = _sheet_name(sheet.name, names)
            page = book.add_worksheet(name)
            written[sheet.name] = name
            is_list = sheet.name == marking.sheet
            _copy(book, page, sheet, header_line if is_list else 0)
            if sheet.hidden:
                page.hide()
            if is_list:
                page.activate()
                page.set_first_sheet()
            _mark(book, page, marked.get(sheet.name, ()))
        _explain(book, marking, written)
    return buffer.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name Excel allows and the book does not have yet."""
    plain = name.translate(_FORBIDDEN)[:28].strip(" '") or "Sheet"
    chosen, number = plain, 2
    while chosen.lower() in taken:
        chosen, number = f"{plain[:26]} {number}", number + 1
    taken.add(chosen.lower())
    return chosen


def _copy(book: Any, page: Any, sheet: Sheet, header_line: int) -> None:
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "border": 1})
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    taken: dict[int, int] = {}
    for top, left, bottom, right in sorted(sheet.spans):
        columns = range(left, min(right, limits.COLUMNS) + 1)
        if all(taken.get(c, 0) < top for c in columns):  # a damaged file may merge what is merged
            covered[top, left] = (bottom, right)
            taken |= dict.fromkeys(columns, bottom)
    for line, row in sheet.numbered():
        for column, cell in enumerate(row):
            style = bold if line == header_line else text
            if (line, column) in covered:
                bottom, right = covered[line, column]
                page.merge_range(line - 1, column, bottom - 1, right, cell, style)
            elif cell:
                page.write_string(line - 1, column, cell, style)
    for column in range(max((len(row) for row in sheet.rows[:_SAMPLE]), default=0)):
        longest = max((len(r[column]) for r in sheet.rows[:_SAMPLE] if column < len(r)), default=0)
        page.set_column(column, column, min(max(longest + 2, _NARROWEST), _WIDEST))


def _mark(book: Any, page: Any, marks: tuple[Mark, ...]) -> None:
    if not marks:
        return
    looks = {tone: book.add_format({"bg_color": f"#{colour}"}) for tone, colour in COLOURS.items()}
    page.set_comments_author(AUTHOR)
    for mark in marks:
        row, column = mark.line - 1, mark.column
        rule = {"type": "formula", "criteria": f"={formula(mark)}", "format": looks[mark.tone]}
        page.conditional_format(row, column, row, column, rule)
        lines = 3 + len(mark.comment) // 40
        page.write_comment(row, column, mark.comment, {"x_scale": 2.2, "y_scale": lines / 4})


def _explain(book: Any, marking: Marking, names: Mapping[str, str]) -> None:
    page = book.add_worksheet(LEGEND_SHEET)
    looks = {style: book.add_format({"text_wrap": True, "valign": "top"}) for style in STYLES}
    looks["bold"].set_bold()
    looks["title"].set_bold()
    looks["title"].set_font_size(14)
    looks["title"].set_text_wrap(False)
    for tone, colour in COLOURS.items():
        looks[tone].set_bg_color(f"#{colour}")
    for column, width in enumerate(marking.widths):
        page.set_column(column, column, width)
    for row, cells in enumerate(marking.legend):
        for column, cell in enumerate(cells):
            if cell.link:
                target = f"internal:{linked(names[cell.sheet or marking.sheet], cell.link)}"
                page.write_url(row, column, target, looks[cell.style], cell.text)
            elif cell.text:
                page.write_string(row, column, cell.text, looks[cell.style])
