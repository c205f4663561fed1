"""A table as a file to download: CSV that Excel opens with its letters right, and XLSX."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A heading and what stands under it: `text`, `count`, `share` (0..1, shown as a percentage) or
    `index` (a number with three decimals)."""

    label: str
    kind: str = "text"


FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")
"""A text that begins with one of these is written behind one apostrophe: a spreadsheet would run it,
and some spreadsheets of East Asia take the full-width signs for the plain ones.
The apostrophe itself is among them, so that readers undo it by taking one leading apostrophe away."""


def write(
    kind: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str,
    notes: Sequence[str] = (),
) -> bytes:
    """The table as `csv` or `xlsx`. `notes` say what it is of and when: above it in a workbook only,
    for programs read a CSV whose first line is its heading."""
    if kind == "csv":
        return _csv(columns, rows)
    return _xlsx(columns, rows, title=title, notes=notes)


def _csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([column.label for column in columns])
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _plain(cell: Cell) -> Cell:
    """A share keeps the digits that matter."""
    if isinstance(cell, float):
        return round(cell, 6)
    return inert(cell) if isinstance(cell, str) else cell


def inert(text: str) -> str:
    """The text of a cell that no spreadsheet runs as a formula: in every CSV that leaves the house."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _xlsx(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str,
    notes: Sequence[str],
) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    look = {
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "head": workbook.add_format(
            {"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"}
        ),
        "text": workbook.add_format({"text_wrap": True, "valign": "top"}),
        "count": workbook.add_format({"num_format": "#,##0"}),
        "share": workbook.add_format({"num_format": "0.0%"}),
        "points": workbook.add_format({"num_format": "0.0"}),
        "index": workbook.add_format({"num_format": "0.000"}),
    }
    sheet = workbook.add_worksheet(_sheet_name(title))
    sheet.write_string(0, 0, title, look["title"])
    for line, note in enumerate(notes, 1):
        sheet.write_string(line, 0, note)
    head = len(notes) + 2
    for index, column in enumerate(columns):
        sheet.write_string(head, index, column.label, look["head"])
        sheet.set_column(index, index, 42 if column.kind == "text" and index else 12)
    for line, row in enumerate(rows, head + 1):
        _write_row(sheet, line, row, columns, look)
    sheet.freeze_panes(head + 1, 1)
    workbook.close()
    return buffer.getvalue()


def _write_row(
    sheet: Any, line: int, row: Sequence[Cell], columns: Sequence[Column], look: dict[str, Any]
) -> None:
    for index, (cell, column) in enumerate(zip(row, columns, strict=True)):
        if isinstance(cell, str):
            sheet.write_string(line, index, cell, look["text"])
        elif cell is not None:
            sheet.write_number(line, index, cell, look[column.kind])


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters without []:*?/\\ in the name of a sheet."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in title)[:31].strip() or "1"
