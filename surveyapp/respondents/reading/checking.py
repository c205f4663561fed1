"""From the sheets of a file to lines and findings, all at once. Nothing is stored here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveyapp.respondents import errors
from surveyapp.respondents.context import IDENTIFYING, ListContext
from surveyapp.respondents.findings import Finding, Line, Row
from surveyapp.respondents.progress import Progress, untold
from surveyapp.respondents.reading.headings import GIVEN_NAME
from surveyapp.respondents.reading.rows import RowKind, RowReader, section_column, section_text
from surveyapp.respondents.reading.sheet_reading import (
    Told,
    Understanding,
    recall,
    understand,
    understand_as,
)
from surveyapp.respondents.rules import check_rows
from surveyapp.respondents.sheet import Sheet, Workbook
from surveyapp.respondents.words.charsets import converted
from surveyapp.respondents.words.departments import DepartmentIndex, index_for
from surveyapp.respondents.words.ditto_marks import COLUMNS as DITTO_COLUMNS
from surveyapp.respondents.words.ditto_marks import is_ditto
from surveyapp.respondents.words.names import fold, tidy

_NOT_SPREAD = ("full_name", "note", "number", GIVEN_NAME)
_TEXTS = ("full_name", "position", "department", "workplace", "district", "association", "note")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file says and what is wrong with it, or why it was refused."""

    readable: bool
    reason: str | None
    lines: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    understanding: Understanding | None = None
    refusal: errors.FileRefused | None = None

    @property
    def clean(self) -> int:
        """Lines without a must or a check."""
        return len(self.lines) - len({f.line for f in self.findings if f.counts and f.line > 0})


def check_workbook(
    workbook: Workbook,
    context: ListContext,
    *,
    told: Told | None = None,
    remembered: Understanding | None = None,
    progress: Progress = untold,
) -> Checked:
    """Lines and findings of a file that has been read. Raises what `take_in` raises."""
    reading, rows = take_in(workbook, context, told=told, remembered=remembered)
    lines, findings = check_rows(
        rows,
        context,
        titles=reading.titles,
        others=reading.others,
        remarks=workbook.remarks,
        progress=progress,
    )
    return Checked(True, None, tuple(lines), tuple(findings), reading)


def take_in(
    workbook: Workbook,
    context: ListContext,
    *,
    told: Told | None = None,
    remembered: Understanding | None = None,
) -> tuple[Understanding, list[Row]]:
    """What the workbook means and its people, nothing judged yet.

    Raises EmptyWorkbook, HeaderNotFound, NobodyListed, ColumnsMissing, WrongList, WrongTemplate.
    """
    reading = _understood(workbook, context, told, remembered)
    rows = read_lines(workbook, reading, context)
    refuse_wrong_list(reading, rows, context)
    return reading, rows


def _understood(
    workbook: Workbook,
    context: ListContext,
    told: Told | None,
    remembered: Understanding | None,
) -> Understanding:
    if told is not None:
        return understand_as(workbook, context, told)
    known = recall(workbook, context, remembered) if remembered is not None else None
    return known or understand(workbook, context)


def read_lines(workbook: Workbook, reading: Understanding, context: ListContext) -> list[Row]:
    """The people of the list, cells as written; `rules.check_rows` judges them.

    Section titles, vertically merged cells and what a ditto points to are carried to their rows.
    Raises HeaderNotFound when the sheet of `reading` is not in the workbook, NobodyListed when
    there is no person below the headings.
    """
    sheet = workbook.sheet(reading.sheet)
    if sheet is None or "full_name" not in reading.mapping:
        raise errors.HeaderNotFound(kind=context.kind_name)
    index = index_for(context)
    rows = list(_people(sheet, reading, context, index))
    if not rows:
        raise errors.NobodyListed(sheet=sheet.name)
    return rows


def _people(
    sheet: Sheet, reading: Understanding, context: ListContext, index: DepartmentIndex
) -> Iterator[Row]:
    spread = _spread(sheet, reading)
    rows = RowReader(reading.mapping, reading.headings, context, index)
    section: dict[str, str] = {}
    above: dict[str, str] = {}
    columns = context.columns
    for number, row in sheet.numbered():
        if number <= reading.header_line:
            continue
        kind = rows.kind(row)
        if kind is RowKind.SECTION:
            _enter(section, row, context, index)
        elif kind is RowKind.PERSON:
            cells = _cells(row, reading.mapping, spread.get(number, {}), columns)
            for column, title in section.items():
                if not cells.get(column, "").strip():
                    cells[column] = title
            _as_above(cells, above)
            yield Row(number, cells)


def _as_above(cells: dict[str, str], above: dict[str, str]) -> None:
    """Put what stands above in place of a ditto, and remember this row for the next one."""
    for column in DITTO_COLUMNS:
        written = cells.get(column, "")
        if written and is_ditto(written) and above.get(column):
            cells[column] = above[column]
        elif column in cells:
            above[column] = written


def _enter(
    section: dict[str, str], row: list[str], context: ListContext, index: DepartmentIndex
) -> None:
    """Begin a section; a new department ends the units of the one before."""
    title = section_text(row)
    column = section_column(title, context, index)
    if column == "department":
        section.clear()
    if column:
        section[column] = title


def _spread(sheet: Sheet, reading: Understanding) -> dict[int, dict[str, str]]:
    """Line → column → the value of the merged cell that covers it."""
    spread: dict[int, dict[str, str]] = {}
    columns = {i: c for c, i in reading.mapping.items() if c not in _NOT_SPREAD}
    for line, index, top in sheet.merged():
        column = columns.get(index)
        if column is None or top <= reading.header_line:
            continue
        first = sheet.row(top)
        spread.setdefault(line, {})[column] = first[index] if index < len(first) else ""
    return spread


def _cells(
    row: list[str], mapping: Mapping[str, int], spread: Mapping[str, str], columns: Sequence[str]
) -> dict[str, str]:
    """The row's cells by column, as written."""
    cells = {}
    for column in columns:
        index = mapping.get(column, -1)
        cell = row[index] if 0 <= index < len(row) else ""
        cells[column] = cell if cell.strip() else spread.get(column, "")
    given = mapping.get(GIVEN_NAME, -1)
    if 0 <= given < len(row) and row[given].strip():
        cells["full_name"] = f"{cells['full_name'].strip()} {row[given].strip()}"
    if mapping.get("phone", -1) == mapping.get("email", -2):
        cells["email"], cells["phone"] = _shared_cell(cells["email"])
    return cells


def _shared_cell(cell: str) -> tuple[str, str]:
    """The address and the number out of one `Liên hệ` cell."""
    words = tidy(cell).replace(";", " ").replace(",", " ").split()
    addresses = [w for w in words if "@" in w]
    numbers = [w for w in words if "@" not in w and any(c.isdigit() for c in w)]
    return "; ".join(addresses), " ".join(numbers)


def refuse_wrong_list(reading: Understanding, rows: list[Row], context: ListContext) -> None:
    """Raise WrongList or ColumnsMissing when nothing says where people belong.

    A list of associations under "council" gives itself away by a column this list has no use for.
    """
    empty = [
        c
        for c in context.identifying
        if c not in reading.mapping and not any(row.cells.get(c, "").strip() for row in rows)
    ]
    foreign = [c for c in IDENTIFYING if c in reading.mapping and c not in context.columns]
    if "district" in foreign and not empty and not _led_by_chairmen(rows):
        foreign.remove("district")
    if foreign and (empty or not context.identifying):
        heading = _heading(reading, foreign[0])
        raise errors.WrongList(kind=context.kind_name, column=foreign[0], heading=heading)
    if empty:
        found = [h for h in reading.headings if h]
        raise errors.ColumnsMissing(kind=context.kind_name, missing=empty, found=found[:12])


def _led_by_chairmen(rows: list[Row]) -> bool:
    """Whether most positions are those of a district's committee, not just where people live."""
    chairs = sum("chu tich" in fold(row.cells.get("position", "")) for row in rows)
    return chairs * 10 >= len(rows) * 6


def _heading(reading: Understanding, column: str) -> str:
    index = reading.mapping[column]
    heading = reading.headings[index] if index < len(reading.headings) else ""
    return tidy(converted(heading) or heading)
