"""Grids written as the files offices send: XLSX, XLSM, ODS and CSV in several encodings."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

import xlsxwriter

from tests.files.layouts import Grid

MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2"'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry'
    ' manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


def xlsx(
    grid: Grid,
    *,
    before: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    as_numbers: bool = True,
) -> bytes:
    """An Excel workbook; digits become numbers, `#REF!` a real error, spans real merged cells."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    for name in before:
        book.add_worksheet(name).write(0, 0, "Trang này không có danh sách")
    sheet = book.add_worksheet("DS")
    covered = {(top - 1, column): bottom - 1 for top, bottom, column in grid.spans}
    for index, row in enumerate(grid.rows):
        for column, cell in enumerate(row):
            if (index, column) in covered:
                sheet.merge_range(index, column, covered[index, column], column, cell)
            elif cell.startswith("#"):
                sheet.write_formula(index, column, "=1/0", None, cell)
            elif as_numbers and cell.isascii() and cell.isdigit() and not cell.startswith("0"):
                sheet.write_number(index, column, int(cell))
            elif cell:
                sheet.write_string(index, column, cell)
    for name in after:
        book.add_worksheet(name).write(0, 0, "Danh mục")
    book.get_worksheet_by_name("DS").activate()
    book.close()
    return buffer.getvalue()


def xlsm(grid: Grid) -> bytes:
    """The same with a macro project inside."""
    buffer = io.BytesIO(xlsx(grid))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 no macro that runs")
    return buffer.getvalue()


def ods(grid: Grid) -> bytes:
    """An OpenDocument sheet with real spans."""
    spans = {(top - 1, column): bottom - top + 1 for top, bottom, column in grid.spans}
    rows = []
    for index, row in enumerate(grid.rows):
        cells = "".join(_ods_cell(cell, spans.get((index, c), 1)) for c, cell in enumerate(row))
        rows.append(f"<table:table-row>{cells or '<table:table-cell/>'}</table:table-row>")
    rows.append(
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
        ' office:version="1.2">'
        '<office:body><office:spreadsheet><table:table table:name="DS">'
        f"{''.join(rows)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return archive_of(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": MANIFEST,
        }
    )


_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?")


def _ods_cell(cell: str, rows: int) -> str:
    span = (
        f' table:number-rows-spanned="{rows}" table:number-columns-spanned="1"' if rows > 1 else ""
    )
    if not cell:
        return f"<table:table-cell{span}/>"
    if cell in _ERRORS:  # as LibreOffice writes it
        span += ' office:string-value="" calcext:value-type="error"'
    paragraphs = "".join(f"<text:p>{escape(p)}</text:p>" for p in cell.split("\n"))
    return f'<table:table-cell{span} office:value-type="string">{paragraphs}</table:table-cell>'


def archive_of(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def delimited(
    grid: Grid, *, encoding: str = "utf-8-sig", delimiter: str = ",", said: bool = False
) -> bytes:
    """A CSV file. Merged cells leave blanks, as they do when Excel saves one."""
    out = io.StringIO()
    if said:
        out.write(f"sep={delimiter}\r\n")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(grid.rows)
    if encoding == "cp1258":
        return to_cp1258(out.getvalue())
    return out.getvalue().encode(encoding)


def to_cp1258(text: str) -> bytes:
    """Windows-1258 writes the letter first and its tone as a mark of its own."""
    out = ""
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tone = "".join(m for m in marks if m in _TONES)
        out += unicodedata.normalize("NFC", "".join(m for m in marks if m not in _TONES)) + tone
    return out.encode("cp1258", "replace")
