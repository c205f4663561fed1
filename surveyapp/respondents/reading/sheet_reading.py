"""What a workbook seems to say, before anything is judged: which sheets, header rows and columns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from surveyapp.respondents import errors
from surveyapp.respondents.context import COLUMNS, ListContext
from surveyapp.respondents.reading.column_guesses import OFFERED, complete, guess_table
from surveyapp.respondents.reading.header_rows import (
    SEARCHED,
    Header,
    blocks,
    find_header,
    find_nameless_header,
    headings_at,
)
from surveyapp.respondents.reading.headings import (
    GIVEN_NAME,
    HELPER_COLUMNS,
    MIDDLE_NAME,
    map_headings,
)
from surveyapp.respondents.reading.people_rows import OURS
from surveyapp.respondents.reading.titles import given_by_titles
from surveyapp.respondents.reading.workbook_reading import (
    MARK_SHEET,
    Override,
    SheetTable,
    WorkbookReading,
)
from surveyapp.respondents.rules.whole_list import other_kind
from surveyapp.respondents.sheet.workbook import Sheet, Workbook
from surveyapp.respondents.words.departments import index_for
from surveyapp.respondents.words.names import fold, tidy

__all__ = [
    "MARK_SHEET",
    "Override",
    "WorkbookReading",
    "headings_at",
    "is_our_template",
    "readable_sheets",
    "recall",
    "understand",
    "understand_as",
]
MARK = "par-index-list"
_GUIDES = re.compile(r"^(huong dan|guide|danh muc|huong dan .*|danh muc .*|mau)$")
_ALIKE = 0.8


def understand(workbook: Workbook, context: ListContext) -> WorkbookReading:
    """The sheets with people, their header rows, and what their columns mean.

    Sheets of one layout are read together, from the first that has most people's layout.
    Raises EmptyWorkbook, HeaderNotFound, WrongTemplate.
    """
    _refuse_foreign_template(workbook, context)
    visible = readable_sheets(workbook)
    hidden = _hidden_with_people(workbook, context)
    if not any(any(cell.strip() for cell in row) for s in visible for row in s.rows):
        if not hidden:
            raise errors.EmptyWorkbook
        visible, hidden = hidden, []
        left_hidden = [sheet.name for sheet in visible]
    else:
        left_hidden = [sheet.name for sheet in hidden]
    candidates = _with_people([s for s in visible if not _GUIDES.match(fold(s.name))], context)
    if not candidates and hidden:
        candidates, left_hidden = _with_people(hidden, context), [sheet.name for sheet in hidden]
    if not candidates:
        return _without_headings(visible, context, tuple(left_hidden))
    best = max(candidates, key=lambda f: (f[0], -f[1]))[2]
    alike = [reading for _, _, reading in candidates if _is_alike(reading, best, context)]
    first, *further = alike
    others = tuple(r.sheet for n, _, r in candidates if r not in alike and n > 0)
    more = [*first.more]
    for reading in further:
        more += [reading.table, *reading.more]
    return replace(first, others=others, more=tuple(more), hidden=tuple(left_hidden))


def _with_people(
    sheets: Sequence[Sheet], context: ListContext
) -> list[tuple[int, int, WorkbookReading]]:
    """Sheets with a header row: how many people, which in order, how it reads."""
    return [
        (_people(sheet, reading), order, reading)
        for order, sheet in enumerate(sheets)
        if (reading := _read_sheet(sheet, context)) is not None
    ]


def _hidden_with_people(workbook: Workbook, context: ListContext) -> list[Sheet]:
    sheets = [s for s in workbook.sheets if s.hidden and s.name not in OURS]
    return [
        sheet
        for sheet in sheets
        if not _GUIDES.match(fold(sheet.name))
        and (reading := _read_sheet(sheet, context)) is not None
        and _people(sheet, reading) > 0
    ]


def _is_alike(reading: WorkbookReading, best: WorkbookReading, context: ListContext) -> bool:
    """Whether a sheet is laid out like the best one and is no list of another kind."""
    if reading is best:
        return True
    said = [reading.sheet, *reading.titles]
    if other_kind(said, context) and not other_kind([best.sheet, *best.titles], context):
        return False
    headings = ({fold(h) for h in r.headings if h} for r in (reading, best))
    mine, its = headings
    if mine and len(mine & its) >= _ALIKE * max(len(mine), len(its)):
        return True
    columns = [{c for c in r.mapping if c in COLUMNS and c != "note"} for r in (reading, best)]
    return columns[0] == columns[1] and len(columns[0]) > 2


def _without_headings(
    sheets: Sequence[Sheet], context: ListContext, hidden: tuple[str, ...]
) -> WorkbookReading:
    """A sheet without a header row, its columns told by what stands in them. Raises HeaderNotFound."""
    for sheet in sorted(sheets, key=lambda s: -len(s.rows)):
        nameless = find_nameless_header(sheet, context)
        if nameless is not None:
            completed = complete(sheet, nameless.line, nameless.headings, nameless.mapping, context)
            if "full_name" in completed:
                mapping = {**nameless.mapping, "full_name": completed["full_name"]}
                reading = _reading(sheet, replace(nameless, mapping=mapping), context)
                by_content = ("full_name", *reading.by_content)
                return replace(reading, by_content=by_content, hidden=hidden)
        guessed = guess_table(sheet, context)
        if guessed is None:
            continue
        line, mapping = guessed
        header = Header(line, [""] * (max(mapping.values()) + 1), mapping, 0)
        reading = _reading(sheet, header, context)
        return replace(reading, guessed=True, hidden=hidden)
    raise errors.HeaderNotFound(kind=context.kind_name)


def understand_as(workbook: Workbook, context: ListContext, told: Override) -> WorkbookReading:
    """What a person says the workbook means. Raises HeaderNotFound without such a sheet or a name."""
    visible = readable_sheets(workbook)
    chosen = workbook.sheet(told.sheet) if told.sheet else next(iter(visible), None)
    if chosen is None or "full_name" not in told.mapping:
        raise errors.HeaderNotFound(kind=context.kind_name)
    headings = headings_at(chosen, told.header_line, context)
    width = max([len(headings), *(index + 1 for index in told.mapping.values())])
    headings += [""] * (width - len(headings))
    mapping = dict(told.mapping)
    for column, index in map_headings(headings, context).items():
        if column in HELPER_COLUMNS and index not in mapping.values():
            mapping.setdefault(column, index)
    first = _reading(chosen, Header(told.header_line, headings, mapping, 0), context, whole=False)
    first = replace(first, corrected=True)
    alike: list[SheetTable] = []
    for sheet in visible:
        if sheet is chosen or sheet.name in told.unread or _GUIDES.match(fold(sheet.name)):
            continue
        if (
            [h for h in headings_at(sheet, told.header_line, context) if h]
            == [h for h in headings if h]
            != []
        ):
            own = _reading(
                sheet, Header(told.header_line, headings, mapping, 0), context, whole=False
            )
            alike.append(own.table)
    return replace(first, more=tuple(alike))


def without_sheets(reading: WorkbookReading, unread: frozenset[str]) -> WorkbookReading:
    """The reading without the sheets that a person wants to leave aside, the first one excepted."""
    kept = tuple(table for table in reading.more if table.sheet not in unread)
    return replace(reading, more=kept)


def readable_sheets(workbook: Workbook) -> list[Sheet]:
    """Sheets that may hold people: visible, and none of those we put there ourselves."""
    return [s for s in workbook.sheets if not s.hidden and s.name not in OURS]


def is_our_template(workbook: Workbook) -> bool:
    """Whether the workbook began as a template of ours."""
    mark = workbook.sheet(MARK_SHEET)
    return mark is not None and bool(mark.rows) and mark.rows[0][:1] == [MARK]


def recall(
    workbook: Workbook, context: ListContext, remembered: WorkbookReading
) -> WorkbookReading | None:
    """The reading a person once corrected, wherever the same headings stand in this workbook."""
    headings = [heading for heading in remembered.headings if heading]
    sheets = readable_sheets(workbook)
    for sheet in sorted(sheets, key=lambda s: s.name != remembered.sheet):
        for line, _row in sheet.numbered():
            if line > sheet.first_line + SEARCHED:
                break
            row = headings_at(sheet, line, context)
            same = headings != [] and [h for h in row if h] == headings
            if same and _same_places(row, remembered):
                told = Override(sheet.name, line, remembered.mapping)
                return understand_as(workbook, context, told)
    return None


def _same_places(row: list[str], remembered: WorkbookReading) -> bool:
    return all(row[i] == h for i, h in enumerate(remembered.headings) if h and i < len(row))


def _refuse_foreign_template(workbook: Workbook, context: ListContext) -> None:
    mark = workbook.sheet(MARK_SHEET)
    if mark is None or not is_our_template(workbook):
        return
    _, campaign, kind, unit, *names = [*mark.rows[0], "", "", "", "", ""][:6]
    if (campaign, kind, unit) != (context.campaign, context.kind, context.unit):
        raise errors.WrongTemplate(
            kind=context.kind_name,
            unit=context.unit_name,
            found_kind=names[0] or kind,
            found_unit=names[1] or unit,
        )


def _read_sheet(sheet: Sheet, context: ListContext) -> WorkbookReading | None:
    """How a sheet with a header row reads: one table, or several side by side."""
    header = find_header(sheet, context)
    if header is None:
        return None
    parts = blocks(header.headings, context)
    if len(parts) == 1:
        return _reading(sheet, header, context)
    readings = []
    for left, right in parts:
        headings = [""] * left + header.headings[left:right]
        mapping = map_headings(headings, context)
        right = right if right < len(header.headings) else 0
        own = _reading(sheet, Header(header.line, headings, mapping, 0), context, whole=False)
        readings.append(replace(own, table=replace(own.table, left=left, right=right)))
    first, *beside = readings
    return replace(first, more=tuple(reading.table for reading in beside))


def _reading(
    sheet: Sheet, header: Header, context: ListContext, *, whole: bool = True
) -> WorkbookReading:
    """How the table below a header reads; a `whole` sheet's columns are told by their cells where no heading does."""
    mapping = dict(header.mapping)
    _split_name(sheet, header, mapping)
    by_content = _completed(sheet, header, mapping, context) if whole else {}
    mapping |= by_content
    columns = (*context.columns, *HELPER_COLUMNS, GIVEN_NAME)
    used = {i for c, i in mapping.items() if c in columns}
    titles = tuple(
        tidy(cell)
        for line, row in sheet.numbered()
        if line < header.line
        for cell in row
        if cell.strip()
    )
    given = given_by_titles(sheet.name, titles, mapping, context, index_for(context))
    return WorkbookReading(
        SheetTable(sheet.name, header.line, mapping, tuple(header.headings), given=given),
        unknown=tuple((i, h) for i, h in enumerate(header.headings) if h and i not in used),
        missing=tuple(c for c in context.required if c not in mapping and c not in given),
        titles=titles[:20] if len(titles) <= 40 else titles[-20:],
        by_content=tuple(by_content),
    )


def _completed(
    sheet: Sheet, header: Header, mapping: Mapping[str, int], context: ListContext
) -> dict[str, int]:
    """Columns told by their cells, where a heading is missing or unknown."""
    missing = [c for c in OFFERED if c in context.columns and c not in mapping]
    return complete(sheet, header.line, header.headings, mapping, context) if missing else {}


def _split_name(sheet: Sheet, header: Header, mapping: dict[str, int]) -> None:
    """One heading over two or three columns: `Nguyễn Văn` and `An`, or `Nguyễn`, `Văn` and `An`."""
    name = mapping.get("full_name", -1)
    if name < 0 or GIVEN_NAME in mapping:
        return
    if _is_part(sheet, header, name + 1):
        if MIDDLE_NAME not in mapping and _is_part(sheet, header, name + 2):
            mapping[MIDDLE_NAME], mapping[GIVEN_NAME] = name + 1, name + 2
        else:
            mapping[GIVEN_NAME] = name + 1


def _is_part(sheet: Sheet, header: Header, column: int) -> bool:
    """Whether a column without a heading holds single words beside the names."""
    name = header.mapping["full_name"]
    if column < len(header.headings) and header.headings[column]:
        return False
    filled = single = 0
    for line, row in sheet.numbered():
        if line <= header.line or len(row) <= column or not row[name].strip():
            continue
        filled += 1
        given = row[column].split()
        single += len(given) == 1 and given[0].isalpha()
    return filled > 0 and single >= 0.8 * filled


def _people(sheet: Sheet, reading: WorkbookReading) -> int:
    """Rows below the header that have a name and something beside it."""
    name = reading.mapping["full_name"]
    parts = GIVEN_NAME in reading.mapping
    return sum(
        1
        for line, row in sheet.numbered()
        if line > reading.header_line
        and len(row) > name
        and len(row[name].split()) > (0 if parts else 1)
        and sum(1 for cell in row if cell.strip()) > 1
    )
