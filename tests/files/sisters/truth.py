"""People who do not exist, and what a careful clerk says of the files they stand in."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import xlsxwriter

from tests.files import writers

Rows = Sequence[Sequence[str]]
HEAD = ["STT", "Họ và tên", "Chức vụ", "Sở, ban, ngành", "Điện thoại", "Email", "Ghi chú"]
HEAD_5 = ["STT", "Họ và tên", "Chức vụ", "Điện thoại", "Email"]
OFFICES = ("Sở Nội vụ", "Sở Tư pháp", "Sở Y tế", "Sở Tài chính", "Sở Công Thương")
_FAMILY = "Đinh Hà Lê Mai Tô Vũ Ngô Hồ Trần Bùi Trương Đoàn Phan".split()
_MIDDLE = "Minh Văn Thu Đức Hữu Xuân Hải Thị".split()
_GIVEN = "Tâm Sơn Lan Bình Yến Nga Hòa Dũng Tú Mai Vân Phúc Giang Khánh Linh Oanh Quý".split()


@dataclass(frozen=True)
class Person:
    """The n-th of them: name, telephone and address are nobody else's."""

    n: int

    @property
    def name(self) -> str:
        return f"{_FAMILY[self.n % 13]} {_MIDDLE[self.n % 8]} {_GIVEN[self.n % 17]}"

    @property
    def department(self) -> str:
        return OFFICES[self.n % 5]

    @property
    def phone(self) -> str:
        return f"0912{self.n * 7919 % 1_000_000:06d}"

    @property
    def email(self) -> str:
        return f"nguoi{self.n * 31}x@haiduong.gov.vn"

    def cells(self, order: str = "nNpdte-", **other: str) -> list[str]:
        """Her row: number, Name, position, department, telephone, e-mail, `-` nothing; some cells otherwise."""
        cells = {"n": str(self.n), "N": self.name, "p": "Phó Giám đốc", "d": self.department,
                 "t": self.phone, "e": self.email, "-": ""}  # fmt: skip
        return [other.get(c, cells[c]) for c in order]


def crowd(count: int, first: int = 1) -> list[Person]:
    """So many of them."""
    return [Person(n) for n in range(first, first + count)]


@dataclass(frozen=True)
class Sister:
    """A file and what it holds; what is None is not looked at.

    `asked` are the places (from 0) of people about whom something must be asked, `either` of those where it may be;
    `whole` findings about the list, alternatives parted by `|`, `silent` such as there must not be; `refused` why
    the file cannot be read.
    """

    name: str
    content: bytes
    names: Sequence[str] | None = None
    departments: Sequence[str] | None = None
    phones: Sequence[str] | None = None
    emails: Sequence[str] | None = None
    positions: Sequence[str] | None = None
    asked: frozenset[int] = frozenset()
    either: frozenset[int] = frozenset()
    unblocked: frozenset[int] = frozenset()
    whole: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    refused: str = ""
    kind: str = "agency-leaders"
    unit: str = "30"
    column: str = "department"


def of(name: str, content: bytes, people: Sequence[Person], **more: object) -> Sister:
    """A file that holds just these people, faultless unless said otherwise."""
    told = {"names": [p.name for p in people], "departments": [p.department for p in people],
            "phones": [p.phone for p in people], "emails": [p.email for p in people]}  # fmt: skip
    return Sister(name, content, **{**told, **more})  # type: ignore[arg-type]


def xlsx(*sheets: Rows, names: Sequence[str] = (), merged: Sequence[tuple[int, int, int, int]] = (), hidden: Sequence[int] = (), unseen: Sequence[str] = ()) -> bytes:  # fmt: skip
    """A workbook of texts; `merged` are ranges from 0, `hidden` rows and `unseen` sheets."""
    buffer = io.BytesIO()
    told = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(buffer, told)
    for n, rows in enumerate(sheets):
        sheet = book.add_worksheet(names[n] if names else None)
        for top, left, bottom, right in merged:
            sheet.merge_range(top, left, bottom, right, rows[top][left])
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(line, column, cell)
        for line in hidden:
            sheet.set_row(line, options={"hidden": True})
        if sheet.name in unseen:
            sheet.hide()
    book.close()
    return buffer.getvalue()


def page(*parts: Rows | str, charset: str = "utf-8") -> bytes:
    """A web page of tables and of texts between them, as systems export it under the name of .xls."""
    body = ""
    for part in parts:
        if isinstance(part, str):
            body += f"<p>{escape(part)}</p>"
            continue
        rows = ("".join(f"<td>{escape(c)}</td>" for c in row) for row in part)
        body += "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    return f"<html><head>{meta}</head><body>{body}</body></html>".encode(charset)


def docx(*parts: Rows | str) -> bytes:
    """A Word document of tables and of paragraphs between them."""

    def paragraph(text: str) -> str:
        return "".join(f"<w:p><w:r><w:t>{escape(t)}</w:t></w:r></w:p>" for t in text.split("\n"))

    body = ""
    for part in parts:
        if isinstance(part, str):
            body += paragraph(part)
            continue
        rows = ("".join(f"<w:tc>{paragraph(c)}</w:tc>" for c in row) for row in part)
        body += "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    document = f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>'
    return writers.archive_of({"[Content_Types].xml": "<Types/>", "word/document.xml": document})
