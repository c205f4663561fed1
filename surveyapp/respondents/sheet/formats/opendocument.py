"""What calamine does not tell about ODS: merged cells, errors, links, what is hidden or struck out, repeated emptiness."""

import zipfile
from typing import Any
from xml.parsers import expat

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import zipped
from surveyapp.respondents.sheet.formats.repaired import STRAY
from surveyapp.respondents.sheet.formats.xlsx_details import linked_address

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_VALUE_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_HREF = "http://www.w3.org/1999/xlink href"
_CELLS = (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell")
_STRIKES = (f"{_STYLE} text-line-through-style", f"{_STYLE} text-line-through-type")
_MOST = 20_000


class _Walk:
    """Follows rows and cells of content.xml, counting repetitions instead of unfolding them."""

    def __init__(self) -> None:
        self.spans: list[list[list[int]]] = []
        self.wrong: list[dict[tuple[int, int], str]] = []
        self.hidden: list[list[int]] = []
        self.struck: list[list[list[int]]] = []
        self.links: list[list[list[Any]]] = []
        self.is_error = False
        self.name = ""
        self.line = 0
        self.column = 0
        self.row_repeats = 1
        self.cell: tuple[int, int] | None = None
        self._styles = _Strikes()
        self._cell_style = self._row_style = ""
        self._column_styles: list[str] = []
        self._span_style = ""
        self._plain = self._lined = 0
        self._far, self._repeats = 0, 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        def number(name: str) -> int:
            value = attributes.get(f"{_TABLE} {name}", "1")
            return max(int(value), 1) if value.isdigit() else 1

        if tag == f"{_TABLE} table":
            self.spans.append([])
            self.wrong.append({})
            self.hidden.append([])
            self.struck.append([])
            self.links.append([])
            self._column_styles = []
            self.name = attributes.get(f"{_TABLE} name", "")
            self.line = 0
        elif tag == f"{_TABLE} table-row":
            self.row_repeats = number("number-rows-repeated")
            self.line += 1
            self.column = 0
            self._row_style = attributes.get(f"{_TABLE} default-cell-style-name", "")
            if attributes.get(f"{_TABLE} visibility") in ("collapse", "filter") and self.hidden:
                # The emptiness below a table may be a million hidden rows.
                room = limits.ROWS - len(self.hidden[-1])
                self.hidden[-1].extend(range(self.line, self.line + min(self.row_repeats, room)))
        elif tag in _CELLS and self.spans:
            rows = number("number-rows-spanned")
            repeats = number("number-columns-repeated")
            if rows > 1 and self.column < limits.COLUMNS:
                right = self.column + number("number-columns-spanned") - 1
                self.spans[-1].append([self.line, self.column, self.line + rows - 1, right])
            self.cell, self._repeats = (self.line, self.column + repeats), repeats
            self.is_error = attributes.get(_VALUE_TYPE) == "error"
            self._cell_style = self._style_of(attributes)
            self._plain = self._lined = 0
            self.column += repeats
        else:
            self._beside(tag, attributes, number("number-columns-repeated"))

    def _beside(self, tag: str, attributes: dict[str, str], repeats: int) -> None:
        """Styles, which come before the tables, and what a cell holds beside its text."""
        if tag == f"{_TABLE} table-column":
            room = limits.COLUMNS - len(self._column_styles)
            style = attributes.get(f"{_TABLE} default-cell-style-name", "")
            self._column_styles += [style] * min(repeats, room)
        elif tag == f"{_TEXT} span":
            self._span_style = attributes.get(f"{_TEXT} style-name", "")
        elif tag == f"{_TEXT} a" and self.cell:
            line, columns = self.cell
            address = linked_address(attributes.get(_HREF, ""))
            if address and len(self.links[-1]) < _MOST:
                self.links[-1].append([line + self.row_repeats - 1, columns - 1, address])
        else:
            self._styles.start(tag, attributes)

    def _style_of(self, attributes: dict[str, str]) -> str:
        own = attributes.get(f"{_TABLE} style-name", "") or self._row_style
        if not own and self.column < len(self._column_styles):
            return self._column_styles[self.column]
        return own

    def end(self, tag: str) -> None:
        if tag == f"{_TABLE} table-row":
            self.line += self.row_repeats - 1
            self.row_repeats = 1
        elif tag == f"{_TEXT} span":
            self._span_style = ""
        elif tag in _CELLS and self.cell:
            if self._lined and not self._plain:
                line, columns = self.cell
                if len(self.struck[-1]) < _MOST:
                    self.struck[-1].append([line + self.row_repeats - 1, columns - 1])
            self.cell = None

    def characters(self, text: str) -> None:
        """Only cells with text count: an empty sheet is often a million repeated rows."""
        if self.cell is None or not text.strip():
            return
        line, columns = self.cell
        line += self.row_repeats - 1
        if line > limits.ROWS + 1000 or columns > limits.COLUMNS:
            self._count_far(line, columns)
            return
        of_span = self._styles.strikes(self._span_style)
        if of_span or (of_span is None and self._styles.strikes(self._cell_style)):
            self._lined += 1
        else:
            self._plain += 1
        if self.is_error:
            cell = line, columns - 1
            self.wrong[-1][cell] = (self.wrong[-1].get(cell, "") + text)[:20]

    def _count_far(self, line: int, columns: int) -> None:
        """Some stray cells are left out; a table beyond the limits, or one text in thousands of cells, is not read."""
        self._far += self.row_repeats * self._repeats
        if self._far > STRAY and line > limits.ROWS:
            raise errors.TooManyRows(sheet=self.name[:100], rows=line, limit=limits.ROWS)
        if self._far > STRAY:
            raise errors.TooManyColumns(
                sheet=self.name[:100], columns=columns, limit=limits.COLUMNS
            )


class _Strikes:
    """Which styles strike their text out, on their own or by their parent's wish."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._struck: dict[str, bool] = {}
        self._name = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_STYLE} style":
            self._name = attributes.get(f"{_STYLE} name", "")
            self._parents[self._name] = attributes.get(f"{_STYLE} parent-style-name", "")
        elif tag == f"{_STYLE} text-properties":
            lines = [attributes[name] for name in _STRIKES if name in attributes]
            if lines:
                self._struck[self._name] = any(line != "none" for line in lines)

    def strikes(self, name: str) -> bool | None:
        """Whether a style strikes its text out; None where it says nothing of it."""
        for _ in range(5):  # deeper families of styles are nobody's, and a circle is a trap
            if name in self._struck:
                return self._struck[name]
            name = self._parents.get(name, "")
        return None


def _walk(archive: zipfile.ZipFile) -> _Walk:
    walk = _Walk()
    _follow(walk, zipped.read_part(archive, "styles.xml", limits.UNPACKED_BYTES))
    _follow(walk, zipped.read_part(archive, "content.xml", limits.UNPACKED_BYTES) or b" ")
    return walk


def _follow(walk: _Walk, xml: bytes) -> None:
    if not xml:
        return
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.characters
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as exc:
        raise errors.BrokenWorkbook(detected="ODS") from exc


def _refuse_entity(*_: object) -> None:
    raise errors.EntitiesRefused


def refuse_vast(archive: zipfile.ZipFile) -> None:
    """Raise TooManyRows or TooManyColumns before a dense table is built. Raises BrokenWorkbook."""
    _walk(archive)


def add_details(archive: zipfile.ZipFile, sheets: list[dict[str, Any]]) -> None:
    """Give each sheet its vertically merged cells, hidden rows, struck-out cells and links; to errors their text."""
    walk = _walk(archive)
    for sheet, spans, wrong, hidden, struck, links in zip(
        sheets, walk.spans, walk.wrong, walk.hidden, walk.struck, walk.links, strict=False
    ):
        first = sheet["first_line"]
        last = first + len(sheet["rows"]) - 1
        sheet["hidden_lines"] = [line for line in hidden if first <= line <= last]
        sheet["struck"], sheet["links"] = struck, links
        sheet["spans"] = [[a, b, min(c, last), d] for a, b, c, d in spans if a < last]
        for (line, column), text in wrong.items():
            row = sheet["rows"][line - first] if first <= line <= last else []
            if column < len(row) and not row[column]:
                row[column] = text
