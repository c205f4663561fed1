"""What a workbook was understood to say, with samples, for a person to confirm before it is judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.findings import Line, Row
from surveyapp.respondents.reading.column_guesses import guess
from surveyapp.respondents.reading.headings import map_headings
from surveyapp.respondents.reading.people_rows import Gap, Taken, gaps
from surveyapp.respondents.reading.sheet_reading import (
    WorkbookReading,
    headings_at,
    is_our_template,
    readable_sheets,
)
from surveyapp.respondents.rules.lines import LineJudge
from surveyapp.respondents.sheet import Sheet, Workbook
from surveyapp.respondents.words.departments import index_for
from surveyapp.respondents.words.ditto_marks import is_ditto
from surveyapp.respondents.words.names import tidy

CONVERSIONS = ("text_legacy", "text_decomposed", "text_invisible", "ditto", "carried",
               "phone_tidied", "email_tidied", "name_case", "name_honorific", "name_position",
               "department_recognised")  # fmt: skip
SAMPLES = 3
_SAMPLE_LENGTH = 60
_SEARCHED_FOR_SAMPLES = 300
_JUDGED = 1000
_SKIPPED_SHOWN = 5000
_ROWS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of the sheet: index from A = 0, heading, up to three different values below it."""

    index: int
    heading: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """Cells of one column that will be stored otherwise than written, with the first as example."""

    code: str
    column: str
    cells: int
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A reading with what it would make of the rows; nothing in it is a judgement.

    `judged` is the number of rows the conversions were counted in, `skipped` every row with text that is
    nobody: (line, text, reason), in the order of the file; `gaps` what the list itself says otherwise. `known` says why one may press on without reading on:
    `template` is our own form filled in, `as_before` the layout of this unit's last file, else empty.
    """

    people: int
    judged: int
    columns: tuple[SheetColumn, ...]
    conversions: tuple[Conversion, ...]
    skipped: tuple[tuple[int, str, str], ...]
    skipped_count: int
    gaps: tuple[Gap, ...]
    known: str


@dataclass(frozen=True, slots=True)
class Look:
    """One row of one sheet looked at as if it were the header row."""

    sheet: str
    header_line: int
    sheets: tuple[tuple[str, int], ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    columns: tuple[SheetColumn, ...]
    mapping: Mapping[str, int]

    def is_at(self, reading: WorkbookReading) -> bool:
        """Whether it is the row that was understood as the header row."""
        return (self.sheet, self.header_line) == (reading.sheet, reading.header_line)


def preview(
    workbook: Workbook,
    reading: WorkbookReading,
    taken: Taken,
    context: ListContext,
    before: WorkbookReading | None,
) -> Preview:
    """The reading with samples and conversions; `before` is how this unit's last file was read."""
    sheet = workbook.sheet(reading.sheet)
    assert sheet is not None
    rows = taken.people
    step = max(1, -(-len(rows) // _JUDGED))
    judged = rows[::step]
    return Preview(
        people=len(rows),
        judged=len(judged),
        columns=_columns(sheet, reading.header_line, reading.headings),
        conversions=tuple(_conversions(workbook, reading, judged, context)),
        skipped=tuple((a.number, a.text, a.reason) for a in taken.aside[:_SKIPPED_SHOWN]),
        skipped_count=len(taken.aside),
        gaps=tuple(gaps(taken)),
        known=_known(workbook, reading, before),
    )


def _known(workbook: Workbook, reading: WorkbookReading, before: WorkbookReading | None) -> str:
    if reading.missing or reading.others or reading.more or reading.guessed or reading.hidden:
        return ""
    if is_our_template(workbook) and not reading.unknown:
        return "template"
    if before and (before.headings, before.mapping) == (reading.headings, reading.mapping):
        return "as_before"
    return ""


def look(
    workbook: Workbook, context: ListContext, sheet_name: str, header_line: int | None
) -> Look:
    """A row as header row, with what its headings and cells could mean; by default the fullest sheet's."""
    visible = readable_sheets(workbook) or list(workbook.sheets)
    fullest = max(visible, key=lambda s: len(s.rows))
    sheet = next((s for s in visible if s.name == sheet_name), fullest)
    line = header_line if header_line is not None else _likeliest(sheet)
    headings = headings_at(sheet, line, context)
    columns = _columns(sheet, line, headings)
    samples = {column.index: column.samples for column in columns}
    first = max(sheet.first_line, min(line - 3, line))
    shown = [(n, sheet.row(n)) for n in range(first, first + _ROWS_SHOWN) if sheet.row(n)]
    return Look(
        sheet=sheet.name,
        header_line=line,
        sheets=tuple((s.name, len(s.rows)) for s in visible),
        rows=tuple((n, tuple(tidy(c)[:_SAMPLE_LENGTH] for c in row)) for n, row in shown),
        columns=columns,
        mapping=guess(samples, map_headings(headings, context), context),
    )


def _likeliest(sheet: Sheet) -> int:
    """The first of the fullest rows at the top of the sheet."""
    top = [(line, sum(1 for c in row if c.strip())) for line, row in sheet.numbered()][:60]
    return max(top, key=lambda counted: counted[1], default=(1, 0))[0]


def _columns(sheet: Sheet, header_line: int, headings: Sequence[str]) -> tuple[SheetColumn, ...]:
    """Columns with a heading or with something below it."""
    samples: dict[int, dict[str, None]] = {}
    width = len(headings)
    last = header_line + _SEARCHED_FOR_SAMPLES
    for line, row in sheet.numbered():
        if not header_line < line <= last:
            continue
        width = max(width, len(row))
        for index, cell in enumerate(row):
            texts = samples.setdefault(index, {})
            if len(texts) < SAMPLES and (text := tidy(cell)):
                texts[text[:_SAMPLE_LENGTH]] = None
    return tuple(
        SheetColumn(index, heading, tuple(samples.get(index, ())))
        for index in range(width)
        for heading in (headings[index] if index < len(headings) else "",)
        if heading or samples.get(index)
    )


def _conversions(
    workbook: Workbook, reading: WorkbookReading, rows: Sequence[Row], context: ListContext
) -> Iterator[Conversion]:
    conversions: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    judge = LineJudge(context, index_for(context))
    for row in rows:
        line, findings = judge.judge(row)
        filled_in = dict(_filled_in(workbook, reading, row))
        for finding in findings:
            if finding.code in CONVERSIONS and finding.column not in filled_in:
                after = finding.proposal or line.values.get(finding.column, "")
                seen = conversions.setdefault((finding.code, finding.column), [])
                seen.append((row.number, finding.value, after))
        for column, before in filled_in.items():
            code = "ditto" if before else "carried"
            after = _value(line, column)
            conversions.setdefault((code, column), []).append((row.number, before, after))
    for code in CONVERSIONS:
        for (named, column), cells in conversions.items():
            if named == code:
                line_number, before, after = cells[0]
                yield Conversion(code, column, len(cells), line_number, before[:80], after[:80])


def _value(line: Line, column: str) -> str:
    return line.values.get(column) or line.cells.get(column, "")


def _filled_in(workbook: Workbook, reading: WorkbookReading, row: Row) -> Iterator[tuple[str, str]]:
    """Columns whose text came from elsewhere, with what stands in the cell itself."""
    name, line = reading.place(row.number)
    sheet = workbook.sheet(name)
    cells = sheet.row(line) if sheet else []
    for column, value in row.cells.items():
        index = reading.mapping.get(column, -1)
        written = cells[index] if 0 <= index < len(cells) else ""
        if value.strip() and value != written and (not written.strip() or is_ditto(written)):
            yield column, written.strip()
