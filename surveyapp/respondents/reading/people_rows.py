"""Every row of a workbook, one by one: the people, and whatever else it holds with the reason why it is nobody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from surveyapp.respondents import errors
from surveyapp.respondents.context import COLUMNS, ListContext
from surveyapp.respondents.findings import Row
from surveyapp.respondents.line_numbers import line_of, number_of
from surveyapp.respondents.reading.headings import (
    GIVEN_NAME,
    MIDDLE_NAME,
    NUMBER,
    SPARES,
    columns_meant,
    map_headings,
)
from surveyapp.respondents.reading.own_counts import Numbering, Sums, counted, stated_count
from surveyapp.respondents.reading.rows import RowKind, RowReader, section_column, section_text
from surveyapp.respondents.reading.titles import department_in, named_in
from surveyapp.respondents.reading.workbook_reading import MARK_SHEET, SheetTable, WorkbookReading
from surveyapp.respondents.rules.contacts import says_nothing, split_contact
from surveyapp.respondents.sheet import Sheet, Workbook
from surveyapp.respondents.sheet.marks.marking import LEGEND_SHEET
from surveyapp.respondents.words.bearers import could_be_person, is_footnote, is_serial
from surveyapp.respondents.words.departments import DepartmentIndex, index_for
from surveyapp.respondents.words.ditto_marks import COLUMNS as DITTO_COLUMNS
from surveyapp.respondents.words.ditto_marks import is_ditto
from surveyapp.respondents.words.names import fold, tidy, without_bullet

_NOT_SPREAD = ("full_name", "note", NUMBER, GIVEN_NAME, MIDDLE_NAME)
_SHOWN = 200
_WITHOUT_MERGING = ("csv", "html", "docx")
_FEWEST = 3
OURS = (MARK_SHEET, LEGEND_SHEET)
"""Sheets that we put into workbooks ourselves."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that was not taken as a person: its number, its text, and why."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """All rows that hold anything: `people`, and `aside` the rest.

    `named` counts rows that hold a name, `numbered` how far the running number goes, `stated` the sum
    that the list itself gives; the last two are 0 where the list says nothing. `carried_down` are columns
    whose merged cells the file's format lost.
    """

    people: tuple[Row, ...]
    aside: tuple[Aside, ...]
    numbered: int = 0
    stated: int = 0
    doubtful: tuple[int, ...] = ()
    carried_down: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gathered:
    people: list[Row] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)
    doubtful: list[int] = field(default_factory=list)


def read_rows(
    workbook: Workbook,
    reading: WorkbookReading,
    context: ListContext,
    people: frozenset[int] = frozenset(),
) -> Taken:
    """Every row of the tables that are read, and what stands above, below and beside them.

    Section titles, vertically merged cells and what a ditto points to are carried to their rows.
    `people` are lines that somebody said are persons. Raises HeaderNotFound when a sheet of `reading`
    is not in the workbook, NobodyListed when there is no person below the headings.
    """
    index = index_for(context)
    gathered = _Gathered()
    numbered = 0
    for part, table in reading.tables():
        sheet = workbook.sheet(table.sheet)
        if sheet is None or "full_name" not in table.mapping:
            raise errors.HeaderNotFound(kind=context.kind_name)
        before = len(gathered.numbers)
        _Reader(sheet, table, part, context, index, people).read(gathered)
        own = gathered.numbers[before:]
        numbered += counted(own)
    lost = _carried_down(gathered.people, workbook, context)
    gathered.aside += _unread(workbook, reading)
    if not gathered.people:
        raise errors.NobodyListed(sheet=reading.sheet)
    return Taken(
        tuple(gathered.people),
        tuple(gathered.aside),
        numbered,
        gathered.sums.stated(len(gathered.people)),
        tuple(gathered.doubtful),
        lost,
    )


def _carried_down(people: list[Row], workbook: Workbook, context: ListContext) -> tuple[str, ...]:
    """Columns whose merged cells a format lost, each value now put beside everybody it stood for.

    Told by their look: a value begins each group and never comes again, and more rows are empty than filled.
    """
    kept = {s.name for s in workbook.sheets if s.spans}
    if workbook.format not in _WITHOUT_MERGING or kept:
        return ()
    parts = {line_of(row.number)[0] for row in people}
    lost: dict[str, None] = {}
    for part in sorted(parts):
        own = [i for i, row in enumerate(people) if line_of(row.number)[0] == part]
        for column in context.identifying:
            cells = [people[i].cells.get(column, "").strip() for i in own]
            values = [fold(cell) for cell in cells if cell]
            apart = len(values) == len(set(values)) and len(values) * 2 <= len(cells)
            if not values or not cells[0] or not apart or len(cells) < _FEWEST:
                continue
            lost[column] = None
            above = ""
            for i, cell in zip(own, cells, strict=True):
                above = cell or above
                people[i] = Row(people[i].number, {**people[i].cells, column: above})
    return tuple(lost)


def _unread(workbook: Workbook, reading: WorkbookReading) -> Iterator[Aside]:
    """Every row of the sheets that are not read: they too are looked at before anything is confirmed."""
    tables = [table for _, table in reading.tables()]
    read = {table.sheet for table in tables}
    others = [s for s in workbook.sheets if s.name not in read and s.name not in OURS]
    for part, sheet in enumerate(others, start=len(tables)):
        for line, row in sheet.numbered():
            text = _text(row)
            if text:
                shown = f"{sheet.name}: {text}"[:_SHOWN]
                yield Aside(number_of(part, line), shown, RowKind.UNREAD.value)


_MAY_HIDE_SOMEBODY = (RowKind.SECTION, RowKind.TOTAL, RowKind.NOBODY, RowKind.LETTER)


class _Reader:
    """Reads one table, top to bottom."""

    def __init__(
        self,
        sheet: Sheet,
        table: SheetTable,
        part: int,
        context: ListContext,
        index: DepartmentIndex,
        people: frozenset[int],
    ) -> None:
        self._sheet, self._table, self._part = sheet, table, part
        self._context, self._index, self._forced = context, index, people
        self._columns = context.columns
        self._mapping = dict(table.mapping)
        self._rows = self._row_reader(table.headings)
        self._section = dict(table.given)
        self._above: dict[str, str] = {}
        self._is_entered = False  # a section's title stands right above

    def read(self, gathered: _Gathered) -> None:
        """Add every row that holds anything to what was gathered."""
        spread, below_names = _spread(self._sheet, self._table)
        for line, whole in self._sheet.numbered():
            number = number_of(self._part, line)
            if line <= self._table.header_line:
                row = whole
                if self._table.left == 0 and any(map(tidy, row)):
                    kind = RowKind.HEADER if line == self._table.header_line else RowKind.TITLE
                    gathered.aside.append(Aside(number, _text(row), kind.value))
                continue
            row = self._own_cells(whole)
            kind = self._rows.kind(row, below_name=line in below_names)
            if number in self._forced:
                kind = RowKind.PERSON
            if kind is RowKind.BLANK:
                continue
            if kind in (RowKind.PERSON, RowKind.HEADER) and self._begins_anew(row):
                kind = RowKind.HEADER
            if kind is RowKind.PERSON:
                self._person(row, number, spread.get(line, {}), gathered)
                continue
            self._aside(row, number, kind, gathered)

    def _row_reader(self, headings: Sequence[str]) -> RowReader:
        below = (
            self._own_cells(row)
            for line, row in self._sheet.numbered()
            if line > self._table.header_line
        )
        numbering = Numbering(below, self._mapping)
        return RowReader(self._mapping, headings, self._context, self._index, numbering)

    def _own_cells(self, row: list[str]) -> list[str]:
        left, right = self._table.left, self._table.right
        if right:
            row = row[:right]
        return [""] * left + row[left:] if left else row

    def _person(
        self, row: list[str], number: int, spread: Mapping[str, str], gathered: _Gathered
    ) -> None:
        cells = _cells(row, self._mapping, spread, self._columns)
        for column, title in self._section.items():
            if column in cells and not cells[column].strip():
                cells[column] = title
        _as_above(cells, self._above)
        gathered.people.append(Row(number, cells))
        self._is_entered = False
        number_column = self._mapping.get(NUMBER, -1)
        serial = row[number_column].strip() if 0 <= number_column < len(row) else ""
        digits = "".join(c for c in serial if c.isdigit())
        if digits and len(digits) < 6 and is_serial(serial):
            gathered.numbers.append(int(digits))

    def _aside(self, row: list[str], number: int, kind: RowKind, gathered: _Gathered) -> None:
        gathered.aside.append(Aside(number, _text(row), kind.value))
        if kind is RowKind.SECTION:
            _enter(self._section, row, self._context, self._index, below_title=self._is_entered)
            self._is_entered = True
        elif kind is RowKind.CONTINUED and gathered.people:
            _add_contacts(gathered.people, row, self._mapping)
        elif kind in (RowKind.TOTAL, RowKind.SIGNATURE):
            said = stated_count(_text(row))
            if said is not None:
                gathered.sums.add(said, len(gathered.people))
        name = self._mapping["full_name"]
        in_name = tidy(row[name]) if name < len(row) else ""
        # Whoever signs below the list has a name too, and is not missed.
        is_sum = kind is RowKind.TOTAL and fold(in_name).startswith(("cong ", "tong "))
        nobody = is_sum or is_footnote(in_name)
        if kind in _MAY_HIDE_SOMEBODY and not nobody and could_be_person(without_bullet(in_name)):
            gathered.doubtful.append(number)

    def _begins_anew(self, row: list[str]) -> bool:
        """A further table below the first, its columns in another order: its headings count from here."""
        if any("@" in cell or cell[-3:].isdigit() for cell in row if cell):
            return False  # nearly every row, told at a glance: headings hold no contact
        headings = [tidy(cell) for cell in row]
        if not any("full_name" in columns_meant(h) for h in headings if h and len(h) < 60):
            return False
        mapping = map_headings(headings, self._context)
        known = [c for c in mapping if c in COLUMNS]
        if "full_name" not in mapping or len(known) < 3:
            return False
        if mapping.items() <= self._mapping.items():
            return True  # the same headings again, on the next page
        self._mapping.clear()
        self._mapping.update(mapping)
        self._rows = self._row_reader(headings)
        if not self._is_entered:
            self._section = dict(self._table.given)
        return True


def _text(row: Sequence[str]) -> str:
    return " | ".join(filter(None, map(tidy, row)))[:_SHOWN]


def _add_contacts(people: list[Row], row: Sequence[str], mapping: Mapping[str, int]) -> None:
    """A contact in the second row of a person, where her first has none."""
    last = people[-1]
    cells = dict(last.cells)
    for column in ("phone", "email"):
        index = mapping.get(column, -1)
        written = row[index] if 0 <= index < len(row) else ""
        if written.strip() and column in cells and not cells[column].strip():
            cells[column] = written
    people[-1] = Row(last.number, cells)


def _as_above(cells: dict[str, str], above: dict[str, str]) -> None:
    """Put what stands above in place of a ditto, and remember this row for the next one."""
    for column in DITTO_COLUMNS:
        written = cells.get(column, "")
        if written and is_ditto(written) and above.get(column):
            cells[column] = above[column]
        elif column in cells:
            above[column] = written


def _enter(
    section: dict[str, str],
    row: list[str],
    context: ListContext,
    index: DepartmentIndex,
    *,
    below_title: bool,
) -> None:
    """Begin a section; a new department ends the units of the one before.

    What stands right below the title of a department for certain is none itself: `HỎA TỐC`, `DANH SÁCH BỔ SUNG`.
    """
    title = section_text(row, context)
    column = section_column(title, context, index)
    certain = "department" in context.columns and index.certainly(title) is not None
    if "department" in context.columns and not certain:
        # `DANH SÁCH LÃNH ĐẠO SỞ TÀI CHÍNH` above the next table of the sheet.
        named = department_in(title.split(), index)
        column, title, certain = ("department", named, True) if named else (column, title, False)
    if not certain and fold(title).startswith("danh sach"):
        title = named_in(column, title, index, context)
    if not certain and column == "department" and below_title:
        return
    if column == "department" or not title:
        section.clear()
    if column and title:
        section[column] = title


def _spread(sheet: Sheet, table: SheetTable) -> tuple[dict[int, dict[str, str]], set[int]]:
    """Line → column → the value of the merged cell that covers it; and the lines below merged names."""
    spread: dict[int, dict[str, str]] = {}
    below_names: set[int] = set()
    columns = {i: c for c, i in table.mapping.items() if c not in _NOT_SPREAD}
    name = table.mapping["full_name"]
    last = sheet.first_line + len(sheet.rows) - 1
    covered: dict[int, int] = {}
    # Every line of a column once, however the ranges overlap: a file may hold thousands of tall ones.
    for top, left, bottom, _right in sorted(sheet.spans):
        column = columns.get(left)
        if top <= table.header_line or (column is None and left != name):
            continue
        first = sheet.row(top)
        value = first[left] if left < len(first) else ""
        bottom = min(bottom, last)
        for line in range(max(top, covered.get(left, 0)) + 1, bottom + 1):
            if column is None:
                below_names.add(line)
            else:
                spread.setdefault(line, {})[column] = value
        covered[left] = max(bottom, covered.get(left, 0))
    return spread, below_names


def _cells(
    row: list[str], mapping: Mapping[str, int], spread: Mapping[str, str], columns: Sequence[str]
) -> dict[str, str]:
    """The row's cells by column, as written."""

    width, cells = len(row), {}

    def at(column: str) -> str:
        index = mapping.get(column, width)
        return row[index] if index < width else ""

    for column in columns:
        index = mapping.get(column, width)
        cell = row[index] if index < width else ""
        cells[column] = cell if cell and not cell.isspace() else spread.get(column, "")
    for part in (MIDDLE_NAME, GIVEN_NAME):
        if part in mapping and (written := at(part).strip()):
            cells["full_name"] = f"{cells['full_name'].strip()} {written}".strip()
    if mapping.get("phone", -1) == mapping.get("email", -2):
        cells["email"], cells["phone"] = split_contact(cells["email"])
    for column, others in SPARES.items():
        for other in others:
            if other in mapping and column in cells and _is_empty(cells[column]):
                cells[column] = at(other) or cells[column]
    return cells


def _is_empty(cell: str) -> bool:
    return not cell.strip() or (len(cell) < 25 and says_nothing(cell))


@dataclass(frozen=True, slots=True)
class Gap:
    """What the list says of its own size, otherwise than it was read. `kind`: numbering, total, names."""

    kind: str
    read: int
    said: int


def gaps(taken: Taken) -> Iterator[Gap]:
    """Where the people read are fewer or more than the running number, the sum, or the rows with a name."""
    people = len(taken.people)
    if taken.numbered > people:
        yield Gap("numbering", people, taken.numbered)
    if taken.stated and taken.stated != people:
        yield Gap("total", people, taken.stated)
    if taken.doubtful:
        yield Gap("names", people, people + len(taken.doubtful))
