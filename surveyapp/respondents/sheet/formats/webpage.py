"""Tables that are no workbook inside: web pages and XML of Excel 2003 under the name of one."""

import email
import email.policy
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import xml_walk
from surveyapp.respondents.sheet.formats.xlsx_details import linked_address

Sheets = list[dict[str, Any]]
_CHARSET = re.compile(rb"charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_-]{2,30})", re.IGNORECASE)
_HIDDEN = ("script", "style", "title", "head")
_STRIKES = ("s", "strike", "del")
_INLINE = (*_STRIKES, "span", "font", "a", "b", "i", "u", "em", "strong")
_LINED, _UNSEEN = "line-through", "display:none"
_MOST_SPANNED, _MOST_MARKS, _DEEPEST = 1000, 20_000, 50


class PageGrid:
    """Rows under construction: cells put one after the other, merged ones kept free for what covers them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[list[str]] = []
        self.spans: list[list[int]] = []
        self.struck: list[list[int]] = []
        self.links: list[list[Any]] = []
        self.hidden: list[int] = []
        self._covered: dict[int, int] = {}

    def begin_row(self, *, hidden: bool = False) -> None:
        """The next row."""
        if len(self.rows) > limits.ROWS:
            raise errors.TooManyRows(sheet=self.name, rows=len(self.rows), limit=limits.ROWS)
        self.rows.append([])
        if hidden:
            self.hidden.append(len(self.rows))

    def add(self, text: str, *, wide: int = 1, tall: int = 1, struck: bool = False, link: str = "") -> None:  # fmt: skip
        """The next cell of the row."""
        if not self.rows:
            self.begin_row()
        row, line = self.rows[-1], len(self.rows)
        while self._covered.get(len(row), 0) >= line:
            row.append("")
        column = len(row)
        if struck and text and len(self.struck) < _MOST_MARKS:
            self.struck.append([line, column])
        if link and len(self.links) < _MOST_MARKS:
            self.links.append([line, column, link])
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
            "links": self.links,
            "hidden_lines": self.hidden,
            "struck": self.struck,
        }


class _Page(HTMLParser):
    """Gathers the outermost tables of a page, and the texts between them as rows of one cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grid = PageGrid("Web")
        self.tables = 0
        self._depth = 0
        self._unseen = 0
        self._text: list[str] = []
        self._cell: tuple[int, int] | None = None
        self._struck_classes: set[str] = set()
        self._around: list[tuple[str, bool]] = []
        self._row_lined = self._cell_lined = False
        self._plain = self._lined = 0
        self._link = ""

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
            told = dict(attrs)
            self._row_lined = self._is_lined(tag, told)
            self.grid.begin_row(hidden="hidden" in told or _UNSEEN in _style(told))
        elif tag in ("td", "th") and self._depth == 1:
            self._end_cell()
            told = dict(attrs)
            self._text = []
            self._cell = _span(told.get("colspan")), _span(told.get("rowspan"))
            self._cell_lined = self._row_lined or self._is_lined(tag, told)
        elif tag in ("br", "p", "div"):
            self._text.append("\n")
        elif tag in _INLINE and self._cell is not None and len(self._around) < _DEEPEST:
            told = dict(attrs)
            self._around.append((tag, self._is_lined(tag, told)))
            self._link = self._link or linked_address(told.get("href") or "")

    def _is_lined(self, tag: str, told: dict[str, str | None]) -> bool:
        classes = (told.get("class") or "").split()
        return tag in _STRIKES or _LINED in _style(told) or not self._struck_classes.isdisjoint(classes)  # fmt: skip

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
        elif tag in _INLINE and any(tag == open_tag for open_tag, _ in self._around):
            while self._around.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._text.append(data)
            if data.strip() and (self._cell_lined or any(lined for _, lined in self._around)):
                self._lined += 1
            elif data.strip():
                self._plain += 1
        elif _LINED in data:
            self._struck_classes |= set(_struck_classes(data))

    def _end_cell(self) -> None:
        if self._cell is not None:
            lines = (" ".join(line.split()) for line in "".join(self._text).split("\n"))
            self.grid.add(
                "\n".join(filter(None, lines)),
                wide=self._cell[0],
                tall=self._cell[1],
                struck=bool(self._lined and not self._plain),
                link=self._link,
            )
        self._cell, self._text, self._around, self._link = None, [], [], ""
        self._plain = self._lined = 0

    def _end_text(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text = []
        self._plain = self._lined = 0
        if text:
            self.grid.begin_row()
            self.grid.add(text)


def _style(told: dict[str, str | None]) -> str:
    return (told.get("style") or "").casefold().replace(" ", "")


def _struck_classes(sheet: str) -> Iterator[str]:
    """The classes that a style sheet strikes out, as Excel writes them (`.xl66 {text-decoration:line-through}`)."""
    for rule in sheet.split("}"):
        names, _, told = rule.partition("{")
        if _LINED in told:
            yield from (name.rpartition(".")[2].strip() for name in names.split(","))


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
        self.grids: list[PageGrid] = []
        self._text: list[str] | None = None
        self._cell = (1, 1)
        self._written = self._link = self._style = ""
        self._struck_styles: set[str] = set()
        self._is_lined = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        told = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "Worksheet":
            self.grids.append(PageGrid(told.get("Name", "")[:100]))
        elif name == "Row" and self.grids:
            index = told.get("Index", "")
            grid = self.grids[-1]
            while index.isdigit() and len(grid.rows) < min(int(index[:7]), limits.ROWS) - 1:
                grid.begin_row()
            grid.begin_row(hidden=told.get("Hidden") == "1")
        elif name == "Cell" and self.grids:
            index = told.get("Index", "")
            row = self.grids[-1].rows[-1] if self.grids[-1].rows else []
            while index.isdigit() and len(row) < min(int(index[:5]), limits.COLUMNS) - 1:
                row.append("")
            self._cell = 1 + _merged(told.get("MergeAcross")), 1 + _merged(told.get("MergeDown"))
            self._written, self._link = "", linked_address(told.get("HRef", ""))
            self._is_lined = told.get("StyleID", "") in self._struck_styles
        elif name == "Data":
            self._text = []
        elif name == "Style":
            self._style = told.get("ID", "")
        elif name == "Font" and told.get("StrikeThrough") == "1":
            self._struck_styles.add(self._style)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "Data" and self._text is not None:
            self._written, self._text = "".join(self._text), None
        elif name == "Cell" and self.grids:
            self.grids[-1].add(
                self._written,
                wide=self._cell[0],
                tall=self._cell[1],
                struck=self._is_lined,
                link=self._link,
            )

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
