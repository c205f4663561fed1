"""Which rows of a sheet are headings: one row or up to four, one table or several side by side."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from surveyapp.respondents.context import COLUMNS, ListContext
from surveyapp.respondents.reading.headings import (
    GIVEN_NAME,
    MIDDLE_NAME,
    NUMBER,
    columns_meant,
    map_headings,
)
from surveyapp.respondents.sheet.workbook import Sheet
from surveyapp.respondents.words.names import tidy

SEARCHED = 400
"""Rows in which a heading is looked for: cover pages are long, lists longer."""
_BEYOND_FIRST = 60
_DEEPEST = 4
_NO_HEADING = re.compile(r"@|\d{6}")


@dataclass(frozen=True, slots=True)
class Header:
    """A header row: the last of its rows, one text for every column, and what the columns mean."""

    line: int
    headings: list[str]
    mapping: Mapping[str, int]
    known: float


def find_header(sheet: Sheet, context: ListContext) -> Header | None:
    """The row, or rows together, that name most columns, a name among them; the first of equals."""
    best: Header | None = None
    last = sheet.first_line + SEARCHED
    for line, row in sheet.numbered():
        if line > last or (best is not None and line > best.line + _BEYOND_FIRST):
            break
        if sum(1 for cell in row if cell and not cell.isspace()) < 2:
            continue
        for header in _headers_at(sheet, line, [tidy(c) for c in row], context):
            if best is None or header.known > best.known:
                best = header
    return best


def find_nameless_header(sheet: Sheet, context: ListContext) -> Header | None:
    """The first row that names three columns or more, the one of the names under a heading nobody knows."""
    for line, row in sheet.numbered():
        if line > sheet.first_line + SEARCHED:
            break
        headings = [tidy(cell) for cell in row]
        mapping = map_headings(headings, context)
        known = len([c for c in mapping if c in COLUMNS])
        if known >= 3 and not any(_NO_HEADING.search(cell) for cell in headings):
            return Header(line, headings, mapping, known)
    return None


def _headers_at(sheet: Sheet, line: int, top: list[str], context: ListContext) -> Iterator[Header]:
    header = _header(line, top, context)
    if header is None:
        return
    # Of a council its names are enough: `TT`, `Họ và tên`.
    if header.known >= 2 or (NUMBER in header.mapping and len(context.required) == 1):
        yield header
    for depth, headings in _deeper(sheet, line, top, header.mapping):
        deeper = _header(line + depth, headings, context)
        # The lower rows say more than the upper alone: `Liên hệ` above `Email`, `Điện thoại`.
        if deeper is not None and deeper.known >= max(2, header.known):
            yield Header(deeper.line, headings, deeper.mapping, deeper.known + depth / 2)


def _header(line: int, headings: list[str], context: ListContext) -> Header | None:
    mapping = map_headings(headings, context)
    known = len([c for c in mapping if c in COLUMNS])
    return Header(line, headings, mapping, known) if "full_name" in mapping else None


def _deeper(
    sheet: Sheet, line: int, top: list[str], mapping: Mapping[str, int]
) -> Iterator[tuple[int, list[str]]]:
    """Two, three and four rows as one: every column says what stands above it and what below."""
    name, number = mapping["full_name"], mapping.get(NUMBER)
    headings = list(top)
    groups = list(top)
    for depth in range(1, _DEEPEST):
        below = [tidy(cell) for cell in sheet.row(line + depth)]
        filled = [cell for cell in below if cell]
        kept_free = [i for i in (name, number) if i is not None]
        # One text alone is a section's title. A merged heading may be repeated, and a name has parts.
        if len(filled) < 2 or any(
            not _goes_on(headings[i], below[i]) for i in kept_free if i < len(below) and below[i]
        ):
            return
        if any(_NO_HEADING.search(cell) or len(cell) > 60 for cell in filled):
            return
        width = max(len(headings), len(below))
        headings += [""] * (width - len(headings))
        groups += [""] * (width - len(groups))
        below += [""] * (width - len(below))
        _spread(groups)
        joined = []
        for index, lower in enumerate(below):
            above = groups[index] if lower else headings[index]
            joined.append(_together(above, lower))
        named = sum(1 for index, cell in enumerate(below) if cell and columns_meant(joined[index]))
        if not named or named < len(filled) - 2:
            return
        headings = joined
        groups = [j if b else g for j, b, g in zip(joined, below, groups, strict=True)]
        yield depth, list(headings)


_NAMES = ("full_name", GIVEN_NAME, MIDDLE_NAME)


def _goes_on(above: str, below: str) -> bool:
    """Whether what stands below the heading of a name or number is still heading: the same, or a part of the name."""
    return above == below or any(column in _NAMES for column in columns_meant(below))


def _spread(groups: list[str]) -> None:
    """A heading over several columns stands in the first; the empty cells after it are its own."""
    for index in range(1, len(groups)):
        if not groups[index]:
            groups[index] = groups[index - 1]


def _together(above: str, lower: str) -> str:
    """`Điện thoại` over `Di động`: the lower where it says enough by itself, else both."""
    if not lower:
        return above
    alone, both = columns_meant(lower), columns_meant(f"{above} {lower}")
    if above and both and set(both) & {"phone", "email"} and not set(alone) & {"phone", "email"}:
        return f"{above} {lower}"
    if len(columns_meant(above)) == 1 and columns_meant(above)[0] in ("phone", "email") and alone:
        return f"{above} {lower}"
    return lower if alone else f"{above} {lower}".strip()


def headings_at(sheet: Sheet, line: int, context: ListContext) -> list[str]:
    """The headings if that row is the header row, or the lowest of several header rows."""
    for depth in range(_DEEPEST - 1, 0, -1):
        top = [tidy(cell) for cell in sheet.row(line - depth)]
        mapping = map_headings(top, context)
        if "full_name" not in mapping:
            continue
        columns = dict(_deeper(sheet, line - depth, top, mapping))
        if depth in columns:
            return columns[depth]
    return [tidy(cell) for cell in sheet.row(line)]


def blocks(headings: Sequence[str], context: ListContext) -> list[tuple[int, int]]:
    """Columns of the tables that stand side by side under one row of headings, as (left, right).

    One block where there is one table. A second needs a name and the better part of the first's columns.
    """
    names = [i for i, heading in enumerate(headings) if columns_meant(heading) == ("full_name",)]
    starts = [0]
    for before, name in pairwise(names):
        start = _start(headings, before, name)
        first = map_headings(headings[starts[0] : names[1]], context)
        own = map_headings(headings[start:], context)
        columns = {c for c in first if c in COLUMNS}
        shared = columns & set(own)
        if len(shared) >= 2 and len(shared) * 3 >= len(columns) * 2:
            starts.append(start)
    ends = [*starts[1:], len(headings)]
    return list(zip(starts, ends, strict=True))


def _start(headings: Sequence[str], before: int, name: int) -> int:
    """Where the table of that name begins: at its running number, after a gap, else at the name."""
    for index in range(name - 1, before, -1):
        if columns_meant(headings[index]) == (NUMBER,):
            return index
    for index in range(name - 1, before, -1):
        if not headings[index]:
            return index + 1
    return name
