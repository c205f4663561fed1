"""XLSX, XLS and ODS through calamine: values as text, merged cells, cells that hold errors."""

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine as calamine

from surveyapp.respondents import errors
from surveyapp.respondents.progress import tell_parent
from surveyapp.respondents.sheet import limits, opendocument, zipped

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")
_WORKBOOK = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
# A cell that holds something: `<c r="AB12" …>` that is not closed at once.
_FILLED = re.compile(rb'<c\b(?=[^<>]*?\br="([A-Z]{2,3})(\d+)")[^<>]*+(?<!/)>(?=<[vifV])')
_ODD_CELL = re.compile(
    rb'<c\b(?=[^<>]*?\br="([A-Z]+)(\d+)")([^<>]*+)(?<!/)>((?:[^<]++|<(?!/?c\b))*+)</c>'
)
_VALUE = re.compile(rb"<v>([^<]*+)</v>")
NOT_COMPUTED = "#FORMULA!"

Sheets = list[dict[str, Any]]


def read_archive(content: bytes, archive: zipfile.ZipFile, kind: str) -> Sheets:
    """Sheets of an XLSX, XLSM or ODS file. Raises FileRefused."""
    if kind == "ods":
        opendocument.refuse_vast(archive)
        sheets = _read(content, {})
        opendocument.add_untold(archive, sheets)
        return sheets
    return _read(content, _odd_cells(archive))


def read_ole(content: bytes) -> Sheets:
    """Sheets of an XLS file. Raises FileRefused."""
    if _ENCRYPTED in content:
        raise errors.PasswordProtected
    if not any(name in content for name in _WORKBOOK):
        detected = "Word" if _WORD in content else "OLE"
        raise errors.NotAWorkbook(detected=detected)
    return _read(content, {})


def _read(content: bytes, odd: dict[str, dict[tuple[int, int], str]]) -> Sheets:
    try:
        book = calamine.load_workbook(io.BytesIO(content))
        return [
            _sheet(book.get_sheet_by_name(m.name), m, odd.get(m.name, {}))
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
    odd: dict[tuple[int, int], str],
) -> dict[str, Any]:
    name = metadata.name[:100]
    start = sheet.start or (0, 0)
    if sheet.height > limits.ROWS:
        raise errors.TooManyRows(sheet=name, rows=sheet.height, limit=limits.ROWS)
    if start[1] + sheet.width > limits.COLUMNS:
        raise errors.TooManyColumns(
            sheet=name, columns=start[1] + sheet.width, limit=limits.COLUMNS
        )
    margin, most = [""] * start[1], limits.CELL_CHARACTERS
    rows = []
    for done, row in enumerate(sheet.to_python(skip_empty_area=True)):
        tell_parent("reading", done, sheet.height)
        # Nearly every cell is text already; a call for each would be a quarter of the reading.
        rows.append(margin + [c if type(c) is str and len(c) <= most else text(c) for c in row])
    for (line, column), value in odd.items():
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
    }


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


def _odd_cells(archive: zipfile.ZipFile) -> dict[str, dict[tuple[int, int], str]]:
    """Cells calamine shows as empty though they are not: errors, formulas never computed.

    Also refuses a cell far to the right before a dense table is built around it.
    """
    found = {}
    for name, part in sheet_parts(archive).items():
        xml = zipped.read_part(archive, part, limits.UNPACKED_BYTES)
        _refuse_far_cells(name, xml)
        if b't="e"' not in xml and b"<f" not in xml:
            continue
        odd = {}
        for match in _ODD_CELL.finditer(xml):
            column, line, attributes, inside = match.groups()
            value = _VALUE.search(inside)
            if b't="e"' in attributes and value:
                odd[int(line), column_index(column)] = value[1].decode("utf-8", "replace")[:20]
            elif (
                b"<f" in inside and (value is None or not value[1]) and b't="str"' not in attributes
            ):
                odd[int(line), column_index(column)] = NOT_COMPUTED
        found[name] = odd
    return found


def _refuse_far_cells(name: str, xml: bytes) -> None:
    for match in _FILLED.finditer(xml):
        column = column_index(match[1]) + 1
        if column > limits.COLUMNS:
            raise errors.TooManyColumns(sheet=name, columns=column, limit=limits.COLUMNS)
    last = 0
    for match in re.finditer(
        rb'<c\b[^<>]*?\br="[A-Z]+(\d+)"[^<>]*+(?<!/)>(?=<[vifV])', xml[-200_000:]
    ):
        last = max(last, int(match[1]))
    if last > limits.ROWS + 1000:
        raise errors.TooManyRows(sheet=name, rows=last, limit=limits.ROWS)


def column_index(letters: bytes) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → its part in the archive, by the workbook's own relations."""
    book = zipped.read_part(archive, "xl/workbook.xml", limits.MEGABYTE).decode("utf-8", "replace")
    relations = zipped.read_part(archive, "xl/_rels/workbook.xml.rels", limits.MEGABYTE).decode(
        "utf-8", "replace"
    )
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^<>]*+>", relations):
        ident, target = re.search(r'\bId="([^"]*)"', tag), re.search(r'\bTarget="([^"]*)"', tag)
        if ident and target:
            path = target[1].lstrip("/")
            targets[ident[1]] = path if path.startswith("xl/") else f"xl/{path}"
    parts = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^<>]*+>", book):
        name, ident = re.search(r'\bname="([^"]*)"', tag), re.search(r'\b\w+:id="([^"]*)"', tag)
        if name and ident and ident[1] in targets:
            parts[_unescape(name[1])] = targets[ident[1]]
    return parts


def _unescape(text_in_xml: str) -> str:
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'")):
        text_in_xml = text_in_xml.replace(entity, letter)
    return text_in_xml.replace("&amp;", "&")
