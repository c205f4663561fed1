"""What is done with a received file inside the guarded child: understood, looked at, checked.

Nothing of this runs in the server itself. Each function answers in pieces of JSON (the kept sheets are
bytes of their own); `upload` takes them apart again.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from operator import attrgetter
from typing import Any

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.errors import FileRefused
from surveyapp.respondents.findings import Finding, Line, Row
from surveyapp.respondents.lists.uploads import preview
from surveyapp.respondents.progress import tell_parent
from surveyapp.respondents.reading.checking import check_workbook, take_in
from surveyapp.respondents.reading.sheet_reading import Override, WorkbookReading
from surveyapp.respondents.rules import check_rows
from surveyapp.respondents.sheet import child
from surveyapp.respondents.sheet.packed_sheets import pack, unpack
from surveyapp.respondents.sheet.workbook import Workbook, workbook_from_reply

_PIECE = 1000
"""Lines in one answer: the server takes them apart with a breath between two pieces."""


def understand(
    content: bytes,
    *,
    file_name: str,
    context: ListContext,
    remembered: WorkbookReading | None,
    before: WorkbookReading | None,
) -> Iterator[bytes]:
    """The sheets to be kept; then the reading with its preview, or why there is no list in them."""
    workbook = _read(content, file_name)
    yield pack(workbook, content)
    try:
        reading, taken, _marks = take_in(workbook, context, remembered=remembered)
    except FileRefused as refusal:
        yield _json({"refused": {"code": refusal.code, "facts": refusal.facts}})
        return
    shown = preview.preview(workbook, reading, taken, context, before)
    yield _json({"reading": reading.to_json(), "preview": asdict(shown)})


def look(
    content: bytes,
    *,
    file_name: str,
    table: bytes,
    context: ListContext,
    sheet: str,
    header_line: int | None,
) -> Iterator[bytes]:
    """One row of one sheet as if it were the header row."""
    workbook = _sheets(content, file_name, table)
    yield _json(asdict(preview.look(workbook, context, sheet, header_line)))


def check(
    content: bytes,
    *,
    file_name: str,
    table: bytes,
    context: ListContext,
    told: Override | None,
    remembered: WorkbookReading | None,
) -> Iterator[bytes]:
    """The reading; then lines and findings, so many at a time."""
    checked = check_workbook(
        _sheets(content, file_name, table),
        context,
        told=told,
        remembered=remembered,
        progress=tell_parent,
    )
    reading = checked.understanding
    yield _json({"reading": reading and reading.to_json(), "marks": checked.marks.to_json()})
    yield from _judged(checked.lines, checked.findings)


def check_again(_content: bytes, *, rows: Sequence[Row], **how: Any) -> Iterator[bytes]:
    """Lines and findings of rows that are stored already; `how` is what `check_rows` takes."""
    yield from _judged(*check_rows(rows, **how))


def _sheets(content: bytes, file_name: str, table: bytes) -> Workbook:
    """As they were kept, or read anew."""
    return unpack(table, content, file_name) or _read(content, file_name)


def _read(content: bytes, file_name: str) -> Workbook:
    return workbook_from_reply(file_name, child.read(content, file_name))


def _judged(lines: Sequence[Line], findings: Sequence[Finding]) -> Iterator[bytes]:
    for what, kind in ((lines, Line), (findings, Finding)):
        row = attrgetter(*(field.name for field in fields(kind)))
        for start in range(0, len(what), _PIECE):
            piece = [row(each) for each in what[start : start + _PIECE]]
            yield _json({kind.__name__: piece})


def _json(told: Any) -> bytes:
    # Letters as they are, not as escapes three times as long; a cell may hold half a pair of UTF-16.
    return json.dumps(told, ensure_ascii=False).encode(errors="surrogatepass")
