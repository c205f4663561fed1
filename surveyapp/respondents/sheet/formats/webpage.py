"""Tables that are no workbook inside: web pages and XML of Excel 2003 under the name of one, and Word's."""

import email
import email.policy
import re
from html.parser import HTMLParser
from typing import Any

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import xml_walk

Sheets = list[dict[str, Any]]
_CHARSET = re.compile(rb"charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_-]{2,30})", re.IGNORECASE)
_HIDDEN = ("script", "style", "title", "head")
_MOST_SPANNED = 1000


class _Grid:
    """Rows under construction: cells put one after the other, merged ones kept free for what covers them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[list[str]] = []
        self.spans: list[list[int]] = []
        self._covered: dict[int, int] = {}

    def begin_row(self) -> None:
        """The next row."""
        if len(self.rows) > limits.ROWS:
            raise errors.TooManyRows(sheet=self.name, rows=len(self.rows), limit=limits.ROWS)
        self.rows.append([])

    def add(self, text: str, *, wide: int = 1, tall: int = 1) -> None:
        """The next cell of the row."""
        if not self.rows:
            self.begin_row()
        row, line = self.rows[-1], len(self.rows)
        while self._covered.get(len(row), 0) >= line:
            row.append("")
        column = len(row)
        row.append(text[: limits.CELL_CHARACTERS + 1])
        row.extend([""] * (min(wide, limits.COLUMNS) - 1))
        if len(row) > limits.COLUMNS * 4:
            raise errors.TooManyColumns(sheet=self.name, columns=len(row), limit=limits.COLUMNS)
        if tall > 1:
            last = line + min(tall, _MOST_SPANNED) - 1
            self.spans.append([line, column, last, column + wide - 1])
            for covered in range(column, min(column + wide, limits.COLUMNS)):
                self._covered[covered] = last

    def as_sheet(self) -> dict[str, Any]:
        """As the child process answers."""
        width = max(map(len, self.rows), default=0)
        if width > limits.COLUMNS:
            filled = max(
                (i for row in self.rows for i, c in enumerate(row, 1) if c.strip()), default=0
            )
            if filled > limits.COLUMNS:
                raise errors.TooManyColumns(sheet=self.name, columns=filled, limit=limits.COLUMNS)
        rows = [row[: limits.COLUMNS] for row in self.rows]
        return {
            "name": self.name,
            "hidden": False,
            "first_line": 1,
            "rows": rows,
            "spans": self.spans,
        }


class _Page(HTMLParser):
    """Gathers the outermost tables of a page, and the texts between them as rows of one cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grid = _Grid("Web")
        self.tables = 0
        self._depth = 0
        self._unseen = 0
        self._text: list[str] = []
        self._cell: tuple[int, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._unseen += 1
        elif tag == "table":
            self._depth += 1
            self.tables += 1
            if self._depth == 1:
                self._end_text()
        elif tag == "tr" and self._depth == 1:
            self._end_cell()
            self.grid.begin_row()
        elif tag in ("td", "th") and self._depth == 1:
            self._end_cell()
            told = dict(attrs)
            self._text = []
            self._cell = _span(told.get("colspan")), _span(told.get("rowspan"))
        elif tag in ("br", "p", "div"):
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "table":
            self._depth = max(0, self._depth - 1)
            if self._depth == 0:
                self._end_cell()
        elif tag in ("td", "th", "tr") and self._depth == 1:
            self._end_cell()
        elif tag in ("p", "div", "h1", "h2", "h3") and self._depth == 0:
            self._end_text()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._text.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None:
            lines = (" ".join(line.split()) for line in "".join(self._text).split("\n"))
            self.grid.add("\n".join(filter(None, lines)), wide=self._cell[0], tall=self._cell[1])
        self._cell, self._text = None, []

    def _end_text(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text = []
        if text:
            self.grid.begin_row()
            self.grid.add(text)


def _span(written: str | None) -> int:
    return int(written) if written and written.isdigit() and 0 < int(written[:6]) < 100_000 else 1


def read_page(content: bytes, text: str) -> Sheets:
    """The table of a web page or an XML of Excel 2003. Raises SavedAsWeb where there is none."""
    if re.match(r"\s{0,99}MIME-Version:", text, re.IGNORECASE):
        text = _page_in_mail(content)
    if "urn:schemas-microsoft-com:office:spreadsheet" in text[:4000]:
        return _workbook_2003(text)
    page = _Page()
    page.feed(text)
    page.close()
    if not page.tables or not any(any(cell for cell in row) for row in page.grid.rows):
        raise errors.SavedAsWeb
    return [page.grid.as_sheet()]


def declared(content: bytes) -> str:
    """The charset a page says it is written in; empty when it says none."""
    match = _CHARSET.search(content[:4096])
    return match[1].decode("ascii", "replace").lower() if match else ""


def _page_in_mail(content: bytes) -> str:
    """The page in a web archive (.mht)."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            raw = part.get_payload(decode=True)
            if isinstance(raw, bytes) and b"<table" in raw.lower():
                return raw.decode(part.get_content_charset() or declared(raw) or "utf-8", "replace")
    raise errors.SavedAsWeb


class _Workbook2003:
    """Follows worksheets, rows and cells of an XML spreadsheet of Excel 2003."""

    def __init__(self) -> None:
        self.grids: list[_Grid] = []
        self._text: list[str] | None = None
        self._cell = (1, 1)
        self._written = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        told = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "Worksheet":
            self.grids.append(_Grid(told.get("Name", "")[:100]))
        elif name == "Row" and self.grids:
            index = told.get("Index", "")
            grid = self.grids[-1]
            while index.isdigit() and len(grid.rows) < min(int(index[:7]), limits.ROWS) - 1:
                grid.begin_row()
            grid.begin_row()
        elif name == "Cell" and self.grids:
            index = told.get("Index", "")
            row = self.grids[-1].rows[-1] if self.grids[-1].rows else []
            while index.isdigit() and len(row) < min(int(index[:5]), limits.COLUMNS) - 1:
                row.append("")
            self._cell = 1 + _merged(told.get("MergeAcross")), 1 + _merged(told.get("MergeDown"))
            self._written = ""
        elif name == "Data":
            self._text = []

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "Data" and self._text is not None:
            self._written, self._text = "".join(self._text), None
        elif name == "Cell" and self.grids:
            self.grids[-1].add(self._written, wide=self._cell[0], tall=self._cell[1])

    def characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


def _merged(written: str | None) -> int:
    return int(written[:4]) if written and written.isdigit() else 0


def _workbook_2003(text: str) -> Sheets:
    walk = _Workbook2003()
    # What the declaration says of the encoding is past: the text is decoded.
    xml_walk.follow(re.sub(r"^\ufeff?\s{0,99}<\?xml[^>]{0,200}\?>", "", text).encode(), walk)
    sheets = [grid.as_sheet() for grid in walk.grids]
    if not any(any(any(cell for cell in row) for row in sheet["rows"]) for sheet in sheets):
        raise errors.SavedAsWeb
    return sheets


class _Document:
    """Follows the paragraphs and tables of a Word document: a row for each outside, a cell for each inside."""

    def __init__(self) -> None:
        self.grid = _Grid("Word")
        self.tables = 0
        self.struck: list[list[int]] = []
        self._depth = 0
        self._text: list[str] = []
        self._within = False
        self._wide, self._covered = 1, ""
        self._tops: dict[int, int] = {}
        self._is_struck = self._ran = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        value = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "val"), "")
        if name == "tbl":
            self._depth += 1
            self.tables += 1
            self._text = []
        elif name == "tr" and self._depth == 1:
            self.grid.begin_row()
        elif name == "tc" and self._depth == 1:
            self._text, self._wide, self._covered = [], 1, ""
            self._is_struck = self._ran = False
        elif name == "gridSpan" and value.isdigit():
            self._wide = max(1, int(value[:3]))
        elif name == "vMerge":
            self._covered = value or "continue"
        elif name == "t":
            self._within = True
        elif name in ("br", "cr"):
            self._text.append("\n")
        elif name == "tab":
            self._text.append(" ")
        elif name in ("strike", "dstrike") and value not in ("0", "false"):
            self._is_struck = True

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "t":
            self._within = False
        elif name == "p" and self._depth:
            self._text.append("\n")
        elif name == "p":
            text = " ".join("".join(self._text).split())
            self._text = []
            if text:
                self.grid.begin_row()
                self.grid.add(text)
        elif name == "tc" and self._depth == 1:
            self._end_cell()
        elif name == "tbl":
            self._depth = max(0, self._depth - 1)
            self._tops = {}

    def _end_cell(self) -> None:
        lines = (" ".join(line.split()) for line in "".join(self._text).split("\n"))
        text = "\n".join(filter(None, lines))
        column, line = len(self.grid.rows[-1]), len(self.grid.rows)
        if self._covered == "restart":
            self._tops[column] = line
        elif self._covered:
            top = self._tops.get(column, line)
            if self.grid.spans and self.grid.spans[-1][:2] == [top, column]:
                self.grid.spans[-1][2] = line
            elif top < line:
                self.grid.spans.append([top, column, line, column])
        if self._is_struck and text:
            self.struck.append([line, column])
        self.grid.add(text, wide=self._wide)

    def characters(self, text: str) -> None:
        if self._within:
            self._text.append(text)


def read_document(xml: bytes) -> Sheets:
    """The tables of a Word document with the titles around them. Raises NotAWorkbook without a table."""
    walk = _Document()
    xml_walk.follow(xml, walk)
    if not walk.tables:
        raise errors.NotAWorkbook(detected="Word")
    return [{**walk.grid.as_sheet(), "struck": walk.struck}]
