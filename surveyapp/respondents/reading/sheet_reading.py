"""What a workbook seems to say, before anything is judged: which sheet, header row and columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from surveyapp.respondents import errors
from surveyapp.respondents.context import COLUMNS, ListContext
from surveyapp.respondents.reading.headings import GIVEN_NAME, NUMBER, map_headings
from surveyapp.respondents.sheet.marks.marking import LEGEND_SHEET
from surveyapp.respondents.sheet.workbook import Sheet, Workbook
from surveyapp.respondents.words.names import fold, tidy

MARK_SHEET = "_mau"
MARK = "par-index-list"
_OURS = (MARK_SHEET, LEGEND_SHEET)
_GUIDES = re.compile(r"^(huong dan|guide|danh muc|huong dan .*|danh muc .*|mau)$")
_HEADER_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Understanding:
    """The reading of a workbook that a person can correct and that is remembered for the unit.

    `mapping` is column → index counted from A = 0; `unknown` are (index, heading) left aside;
    `missing` required columns without a heading; `others` sheets that hold people too. `corrected`:
    a person said so, which is remembered for the unit's next files.
    """

    sheet: str
    header_line: int
    mapping: Mapping[str, int]
    headings: tuple[str, ...] = ()
    unknown: tuple[tuple[int, str], ...] = ()
    missing: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    titles: tuple[str, ...] = field(default=())
    corrected: bool = False

    def to_json(self) -> dict[str, Any]:
        """As stored with the list."""
        return {
            "sheet": self.sheet,
            "header_line": self.header_line,
            "mapping": dict(self.mapping),
            "headings": list(self.headings),
            "unknown": [list(u) for u in self.unknown],
            "missing": list(self.missing),
            "others": list(self.others),
            "titles": list(self.titles),
            "corrected": self.corrected,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Understanding":
        """The reverse of `to_json`."""
        return cls(
            sheet=stored["sheet"],
            header_line=stored["header_line"],
            mapping=dict(stored["mapping"]),
            headings=tuple(stored.get("headings", ())),
            unknown=tuple((int(i), str(h)) for i, h in stored.get("unknown", ())),
            missing=tuple(stored.get("missing", ())),
            others=tuple(stored.get("others", ())),
            titles=tuple(stored.get("titles", ())),
            corrected=bool(stored.get("corrected")),
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says about a workbook: the sheet (empty: the first), header row, columns by index."""

    sheet: str
    header_line: int
    mapping: Mapping[str, int]

    def differs(self, reading: Understanding) -> bool:
        """Whether a person says something else than was understood."""
        chosen = {c: i for c, i in reading.mapping.items() if c != NUMBER}
        place = (reading.sheet, reading.header_line)
        return (self.sheet, self.header_line) != place or dict(self.mapping) != chosen


def understand(workbook: Workbook, context: ListContext) -> Understanding:
    """The sheet with most people, its header row, and what its columns mean.

    Raises EmptyWorkbook, HeaderNotFound, WrongTemplate.
    """
    _refuse_foreign_template(workbook, context)
    visible = readable_sheets(workbook)
    if not any(any(cell.strip() for cell in row) for s in visible for row in s.rows):
        raise errors.EmptyWorkbook
    guides = [s for s in visible if _GUIDES.match(fold(s.name))]
    found = [
        (count, -order, reading)
        for order, sheet in enumerate(s for s in visible if s not in guides)
        if (reading := _read_sheet(sheet, context)) is not None
        for count in (_people(sheet, reading),)
    ]
    if not found:
        raise errors.HeaderNotFound(kind=context.kind_name)
    best = max(found, key=lambda f: (f[0], f[1]))
    others = tuple(r.sheet for n, _, r in found if r is not best[2] and n > 0)
    reading = best[2]
    return Understanding(
        reading.sheet,
        reading.header_line,
        reading.mapping,
        reading.headings,
        reading.unknown,
        reading.missing,
        others,
        reading.titles,
    )


def understand_as(workbook: Workbook, context: ListContext, told: Told) -> Understanding:
    """What a person says the workbook means. Raises HeaderNotFound without such a sheet or a name."""
    visible = readable_sheets(workbook)
    chosen = workbook.sheet(told.sheet) if told.sheet else next(iter(visible), None)
    if chosen is None or "full_name" not in told.mapping:
        raise errors.HeaderNotFound(kind=context.kind_name)
    headings = headings_at(chosen, told.header_line, context)
    width = max([len(headings), *(index + 1 for index in told.mapping.values())])
    headings += [""] * (width - len(headings))
    mapping = dict(told.mapping)
    number = map_headings(headings, context).get(NUMBER)
    if number is not None and number not in mapping.values():
        mapping.setdefault(NUMBER, number)
    reading = _reading(chosen, told.header_line, headings, mapping, context)
    return replace(reading, corrected=True)


def headings_at(sheet: Sheet, line: int, context: ListContext) -> list[str]:
    """The headings if that row is the header row, or the lower of two header rows."""
    headings = [tidy(cell) for cell in sheet.row(line)]
    above = [tidy(cell) for cell in sheet.row(line - 1)]
    return _joined(above, headings, context) or headings


def readable_sheets(workbook: Workbook) -> list[Sheet]:
    """Sheets that may hold people: visible, and none of those we put there ourselves."""
    return [s for s in workbook.sheets if not s.hidden and s.name not in _OURS]


def is_our_template(workbook: Workbook) -> bool:
    """Whether the workbook began as a template of ours."""
    mark = workbook.sheet(MARK_SHEET)
    return mark is not None and bool(mark.rows) and mark.rows[0][:1] == [MARK]


def recall(
    workbook: Workbook, context: ListContext, remembered: Understanding
) -> Understanding | None:
    """The reading a person once corrected, wherever the same headings stand in this workbook."""
    wanted = [heading for heading in remembered.headings if heading]
    sheets = readable_sheets(workbook)
    for sheet in sorted(sheets, key=lambda s: s.name != remembered.sheet):
        for line, _row in sheet.numbered():
            if line > sheet.first_line + _HEADER_WITHIN:
                break
            row = headings_at(sheet, line, context)
            same = [h for h in row if h] == wanted
            if same and _same_places(row, remembered):
                told = Told(sheet.name, line, remembered.mapping)
                return understand_as(workbook, context, told)
    return None


def _same_places(row: list[str], remembered: Understanding) -> bool:
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


def _read_sheet(sheet: Sheet, context: ListContext) -> Understanding | None:
    """The best header row of the sheet: the first that names most columns, a name among them."""
    best: tuple[float, int, list[str], dict[str, int]] | None = None
    for line, row in sheet.numbered():
        if line > sheet.first_line + _HEADER_WITHIN:
            break
        candidates = [(line, [tidy(c) for c in row])]
        below = sheet.row(line + 1)
        if below and any(below):
            joined = _joined(candidates[0][1], [tidy(c) for c in below], context)
            candidates += [(line + 1, joined)] if joined else []
        for at, headings in candidates:
            mapping = map_headings(headings, context)
            # Two header rows say more than the upper alone: `Liên hệ` above `Email`, `Điện thoại`.
            known = len([c for c in mapping if c in COLUMNS]) + (at - line) / 2
            if "full_name" in mapping and known >= 2 and (best is None or known > best[0]):
                best = (known, at, headings, mapping)
    if best is None:
        return None
    _, line, headings, mapping = best
    return _reading(sheet, line, headings, mapping, context)


def _joined(top: list[str], below: list[str], context: ListContext) -> list[str] | None:
    """Two header rows as one, when the lower names columns that the upper does not."""
    lower = map_headings(below, context)
    upper = map_headings(top, context)
    named = len(set(lower.values()))
    if named < 2 or "full_name" in lower or "full_name" not in upper:
        return None
    # `Nam`, `Nữ` under `Năm sinh` are no column of a list; a person would have a name in her row.
    has_name = "".join(below[upper["full_name"] :][:1])
    if has_name and len([c for c in below if c]) > named + 1:
        return None
    width = max(len(top), len(below))
    top, below = top + [""] * (width - len(top)), below + [""] * (width - len(below))
    return [
        b if i in lower.values() else t for i, (t, b) in enumerate(zip(top, below, strict=True))
    ]


def _reading(
    sheet: Sheet,
    header_line: int,
    headings: list[str],
    mapping: dict[str, int],
    context: ListContext,
) -> Understanding:
    name = mapping.get("full_name", -1)
    if name >= 0 and GIVEN_NAME not in mapping and _splits_name(sheet, header_line, headings, name):
        mapping[GIVEN_NAME] = name + 1
    used = {i for c, i in mapping.items() if c in (*context.columns, NUMBER, GIVEN_NAME)}
    titles = [
        tidy(cell)
        for line, row in sheet.numbered()
        if line < header_line
        for cell in row
        if cell.strip()
    ]
    return Understanding(
        sheet.name,
        header_line,
        mapping,
        tuple(headings),
        tuple((i, h) for i, h in enumerate(headings) if h and i not in used),
        tuple(c for c in context.required if c not in mapping),
        (),
        tuple(titles[:20]),
    )


def _splits_name(sheet: Sheet, header_line: int, headings: list[str], name: int) -> bool:
    """Whether one heading stands over two columns: `Nguyễn Văn` and `An`."""
    if name + 1 < len(headings) and headings[name + 1]:
        return False
    filled = single = 0
    for line, row in sheet.numbered():
        if line <= header_line or len(row) <= name + 1 or not row[name].strip():
            continue
        filled += 1
        given = row[name + 1].split()
        single += len(given) == 1 and given[0].isalpha()
    return filled > 0 and single >= 0.8 * filled


def _people(sheet: Sheet, reading: Understanding) -> int:
    """Rows below the header that have a name and something beside it."""
    name = reading.mapping["full_name"]
    return sum(
        1
        for line, row in sheet.numbered()
        if line > reading.header_line
        and len(row) > name
        and len(row[name].split()) > 1
        and sum(1 for cell in row if cell.strip()) > 1
    )
