"""Files that must be refused: bombs, strangers, protected, damaged and misplaced ones."""

import io
import zipfile
from collections.abc import Iterator

import xlsxwriter

from surveyapp.respondents.handback.template import write_template
from tests.files import writers
from tests.files.layouts import Grid, Style, lay_out
from tests.files.people import Crowd, context

_XML_2003 = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell>
<Data>Họ và tên</Data></Cell></Row></Table></Worksheet></Workbook>"""
LEADERS = "agency-leaders"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _list(kind: str, seed: int = 900) -> Grid:
    crowd = Crowd(seed)
    return lay_out([crowd.person(kind, i) for i in range(12)], kind, Style(shuffled=False), crowd)


def _with_part(content: bytes, name: str, part: bytes) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return buffer.getvalue()


def _replaced(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            part = source.read(entry)
            target.writestr(
                entry.filename, part.replace(old, new, 1) if entry.filename == name else part
            )
    return buffer.getvalue()


def _wide() -> bytes:
    grid = _list(LEADERS)
    grid.rows[3] = [*grid.rows[3], *[f"Cột {n}" for n in range(200)]]
    return writers.xlsx(grid)


def _far_cell() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "Họ và tên")
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    return buffer.getvalue()


def _many_entries() -> bytes:
    return writers.archive_of(
        {"xl/workbook.xml": "<workbook/>"} | {f"xl/p{n}.xml": "x" for n in range(400)}
    )


def files() -> Iterator[tuple[str, str, str, bytes]]:
    """Name, list kind, code of the refusal, content."""
    good = writers.xlsx(_list(LEADERS))
    yield (
        "bomb.xlsx",
        LEADERS,
        "unpacks_too_large",
        _with_part(good, "xl/media/a.xml", b"0" * 80_000_000),
    )
    yield (
        "ratio.xlsx",
        LEADERS,
        "unpacks_too_large",
        _with_part(good, "xl/a.xml", b" " * 20_000_000),
    )
    yield "entries.xlsx", LEADERS, "unpacks_too_large", _many_entries()
    yield "heavy.csv", LEADERS, "file_too_large", b"a,b\n" * 3_000_000
    yield "wide.xlsx", LEADERS, "too_many_columns", _wide()
    yield "far.xlsx", LEADERS, "header_not_found", _far_cell()
    yield "wide.csv", LEADERS, "too_many_columns", (",".join(["Họ và tên"] * 200) + "\n").encode()
    yield (
        "long.csv",
        LEADERS,
        "too_many_rows",
        "Họ và tên,Chức vụ\n".encode() + b"An Binh,X\n" * 61_000,
    )
    yield "photo.xlsx", LEADERS, "not_a_workbook", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    yield "scan.pdf", LEADERS, "not_a_workbook", b"%PDF-1.7\n" + b"1 0 obj <<>> endobj\n" * 50
    yield (
        "page.xls",
        LEADERS,
        "saved_as_web",
        "<html><body><p>Trang này có khung, bảng ở tệp khác.</p></body></html>".encode(),
    )
    yield "excel-2003.xls", LEADERS, "header_not_found", _XML_2003.encode()
    yield "utf16.xls", LEADERS, "header_not_found", _XML_2003.encode("utf-16")
    yield (
        "archive.xls",
        LEADERS,
        "saved_as_web",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>",
    )
    yield (
        "letter.docx",
        LEADERS,
        "not_a_workbook",
        writers.archive_of({"word/document.xml": "<w:document/>"}),
    )
    yield (
        "text.odt",
        LEADERS,
        "not_a_workbook",
        writers.archive_of(
            {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}
        ),
    )
    yield (
        "noise.csv",
        LEADERS,
        "not_a_workbook",
        bytes((n * 7919 + n // 3) % 256 for n in range(4000)),
    )
    yield "truncated.xlsx", LEADERS, "broken_workbook", good[: len(good) // 2]
    yield (
        "torn.xlsx",
        LEADERS,
        "broken_workbook",
        _replaced(good, "xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetData"),
    )
    yield (
        "entity.xlsx",
        LEADERS,
        "entities",
        _replaced(
            good,
            "xl/worksheets/sheet1.xml",
            b"<worksheet",
            b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet',
        ),
    )
    yield (
        "locked.xlsx",
        LEADERS,
        "password_protected",
        _OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000,
    )
    yield "empty.xlsx", LEADERS, "empty_workbook", writers.xlsx(Grid())
    yield "nothing.csv", LEADERS, "empty_workbook", b"\n\n"
    yield (
        "prose.csv",
        LEADERS,
        "header_not_found",
        "Kính gửi Vụ CCHC,\nXin gửi danh sách sau.\n".encode(),
    )
    yield "nobody.xlsx", LEADERS, "nobody_listed", writers.xlsx(Grid(rows=_list(LEADERS).rows[:3]))
    yield (
        "associations-as-council.xlsx",
        "council",
        "wrong_list",
        writers.xlsx(_list("associations")),
    )
    yield (
        "associations-as-bureaus.xlsx",
        "department-leaders",
        "wrong_list",
        writers.xlsx(_list("associations")),
    )
    yield "leaders-as-council.xlsx", "council", "wrong_list", writers.xlsx(_list(LEADERS))
    yield (
        "council-as-districts.xlsx",
        "district-leaders",
        "columns_missing",
        writers.xlsx(
            Grid([["Họ và tên", "Chức vụ", "Email"], ["Lê Văn An", "Đại biểu", "a@x.example.vn"]])
        ),
    )
    yield (
        "leaders-as-subunits.xlsx",
        "subunit-leaders",
        "columns_missing",
        writers.xlsx(_list(LEADERS)),
    )
    yield (
        "template-elsewhere.xlsx",
        LEADERS,
        "wrong_template",
        write_template(context("subunit-leaders")),
    )
