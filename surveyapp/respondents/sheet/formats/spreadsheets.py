"""XLSX, XLS and ODS through calamine: values as text, merged cells, cells that hold errors."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import python_calamine as calamine

from surveyapp.respondents import errors
from surveyapp.respondents.progress import tell_parent
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import old_excel, opendocument, xlsx_details, zipped
from surveyapp.respondents.sheet.formats.repaired import FAR_CELLS, STRAY
from surveyapp.respondents.sheet.formats.xlsx_details import SheetDetails

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")
_WORKBOOK = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_BEGINNING = b"\x09\x08\x10\x00\x00\x06\x05\x00"  # BOF of a workbook's globals in BIFF8
_FILEPASS, _RECORDS = 0x2F, 12
Sheets = list[dict[str, Any]]


def far_cells(sheets: Sheets) -> list[str]:
    """What is to be remarked where cells beyond the limits were left out."""
    return [FAR_CELLS] if sum(sheet.pop("far", 0) for sheet in sheets) else []


def read_archive(content: bytes, archive: zipfile.ZipFile, kind: str) -> Sheets:
    """Sheets of an XLSX, XLSM or ODS file. Raises FileRefused."""
    if kind == "ods":
        opendocument.refuse_vast(archive)
        sheets = _read(content, {})
        opendocument.add_details(archive, sheets)
        return sheets
    return _read(content, xlsx_details.details(archive, sheet_parts(archive)))


def read_ole(content: bytes) -> Sheets:
    """Sheets of an XLS file. Raises FileRefused."""
    if _ENCRYPTED in content:
        raise errors.PasswordProtected
    if not any(name in content for name in _WORKBOOK):
        detected = "Word" if _WORD in content else "OLE"
        raise errors.NotAWorkbook(detected=detected)
    if _is_locked(content):
        raise errors.PasswordProtected
    return _read(content, old_excel.details(content))


def _is_locked(content: bytes) -> bool:
    """Whether the workbook's stream begins with the record of a password (FILEPASS), as Excel 97 to 2003 write it."""
    at = content.find(_BEGINNING)
    for _ in range(_RECORDS if at >= 0 else 0):
        kind = int.from_bytes(content[at : at + 2], "little")
        if kind == _FILEPASS:
            return True
        at += 4 + int.from_bytes(content[at + 2 : at + 4], "little")
    return False


def _read(content: bytes, details_by_sheet: Mapping[str, SheetDetails]) -> Sheets:
    try:
        book = calamine.load_workbook(io.BytesIO(content))
        return [
            _sheet(book.get_sheet_by_name(m.name), m, details_by_sheet.get(m.name, SheetDetails()))
            for m in book.sheets_metadata
            if m.typ == calamine.SheetTypeEnum.WorkSheet
        ]
    except calamine.PasswordError as exc:
        raise errors.PasswordProtected from exc
    except calamine.CalamineError as exc:
        if "assword" in str(exc):
            raise errors.PasswordProtected from exc
        raise errors.BrokenWorkbook(detected="") from exc


def _sheet(
    sheet: calamine.CalamineSheet,
    metadata: calamine.SheetMetadata,
    details: SheetDetails,
) -> dict[str, Any]:
    name = metadata.name[:100]
    start = sheet.start or (0, 0)
    read, far = _within_limits(sheet, name)
    margin, most = [""] * min(start[1], limits.COLUMNS), limits.CELL_CHARACTERS
    rows = []
    for done, row in enumerate(read):
        tell_parent("reading", done, sheet.height)
        # Nearly every cell is text already; a call for each would be a quarter of the reading.
        rows.append(margin + [c if type(c) is str and len(c) <= most else text(c) for c in row])
    for (line, column), value in details.odd.items():
        index = line - 1 - start[0]
        if 0 <= index < len(rows) and column < len(rows[index]) and not rows[index][column]:
            rows[index][column] = value
    spans = [
        [top + 1, left, min(bottom, start[0] + len(rows)) + 1, right]
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
        if bottom > top and left < limits.COLUMNS
    ]
    return {
        "name": name,
        "hidden": metadata.visible != calamine.SheetVisibleEnum.Visible,
        "first_line": start[0] + 1,
        "rows": rows,
        "spans": spans[: limits.ROWS],
        "links": [[line, column, link] for (line, column), link in details.links.items()],
        "hidden_lines": details.hidden,
        "struck": [list(cell) for cell in details.struck],
        "filtered": details.filtered,
        "far": far,
    }


def _within_limits(sheet: calamine.CalamineSheet, name: str) -> tuple[list[list[Any]], int]:
    """The rows within the limits, and how many cells beyond them hold something.

    Raises TooManyRows, TooManyColumns where not some stray cells but a table lies there.
    """
    start = sheet.start or (0, 0)
    rows = sheet.to_python(skip_empty_area=True, nrows=limits.ROWS)
    below = 0
    if sheet.height > limits.ROWS:
        below = sum(map(_filled, islice(sheet.iter_rows(), start[0] + limits.ROWS, None)))
        if below > STRAY:
            raise errors.TooManyRows(sheet=name, rows=sheet.height, limit=limits.ROWS)
    width = start[1] + sheet.width
    if width <= limits.COLUMNS:
        return rows, below
    within = max(limits.COLUMNS - start[1], 0)
    beside = sum(_filled(row[within:]) for row in rows)
    if beside > STRAY:
        raise errors.TooManyColumns(sheet=name, columns=width, limit=limits.COLUMNS)
    return [row[:within] for row in rows], below + beside


def _filled(row: list[Any]) -> int:
    return sum(1 for cell in row if not isinstance(cell, str) or cell.strip())


def text(cell: object) -> str:
    """A cell as a person reads it; 912345678.0 is a number somebody typed as 912345678."""
    if isinstance(cell, str):
        return cell[: limits.CELL_CHARACTERS + 1]
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


class _BookWalk:
    """Names and relations of the sheets of a workbook."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            ident = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            self.sheets.append((attributes.get("name", ""), ident))

    def end(self, _tag: str) -> None:
        pass

    def characters(self, _text: str) -> None:
        pass


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → its part in the archive, by the workbook's own relations."""
    walk = _BookWalk()
    xlsx_details.parse(zipped.read_part(archive, "xl/workbook.xml", limits.MEGABYTE), walk)
    targets = xlsx_details.relations(
        zipped.read_part(archive, "xl/_rels/workbook.xml.rels", limits.MEGABYTE)
    )
    parts = {}
    for name, ident in walk.sheets:
        path = targets.get(ident, "").lstrip("/")
        if path:
            parts[name] = path if path.startswith("xl/") else f"xl/{path}"
    return parts
