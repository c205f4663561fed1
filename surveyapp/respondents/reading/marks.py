"""What a sheet shows of its rows beside their cells: struck out, hidden, an address behind another."""

from collections.abc import Mapping, Sequence

from surveyapp.respondents.findings import NO_MARKS, Row, SheetMarks
from surveyapp.respondents.line_numbers import line_of
from surveyapp.respondents.reading.workbook_reading import WorkbookReading
from surveyapp.respondents.sheet import Sheet, Workbook


def marks_of(workbook: Workbook, reading: WorkbookReading, rows: Sequence[Row]) -> SheetMarks:
    """The marks of the people's rows."""
    sheets = {s.name: s for s in workbook.sheets if s.struck or s.hidden_lines or s.links}
    if not sheets:
        return NO_MARKS
    tables = dict(reading.tables())
    struck, hidden, links = set(), set(), {}
    for row in rows:
        name, line = reading.place(row.number)
        sheet = sheets.get(name)
        if sheet is None:
            continue
        mapping = tables[line_of(row.number)[0]].mapping
        if line in sheet.hidden_lines:
            hidden.add(row.number)
        if _is_struck(sheet, line, mapping):
            struck.add(row.number)
        link = sheet.links.get((line, mapping.get("email", -1)), "").strip().lower()
        if link and link != row.cells.get("email", "").strip().lower():
            links[row.number] = link
    return SheetMarks(frozenset(struck), frozenset(hidden), links)


def _is_struck(sheet: Sheet, line: int, mapping: Mapping[str, int]) -> bool:
    """Whether the name is struck out, or most of what the row holds."""
    if (line, mapping["full_name"]) in sheet.struck:
        return True
    filled = [column for column, cell in enumerate(sheet.row(line)) if cell.strip()]
    return sum((line, column) in sheet.struck for column in filled) * 2 > len(filled)
