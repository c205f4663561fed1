"""What calamine does not tell about ODS: merged cells, errors in cells, sheets of repeated emptiness."""

import zipfile
from typing import Any
from xml.parsers import expat

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import zipped

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_VALUE_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_CELLS = (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell")


class _Walk:
    """Follows rows and cells of content.xml, counting repetitions instead of unfolding them."""

    def __init__(self) -> None:
        self.spans: list[list[list[int]]] = []
        self.wrong: list[dict[tuple[int, int], str]] = []
        self.hidden: list[list[int]] = []
        self.is_error = False
        self.name = ""
        self.line = 0
        self.column = 0
        self.row_repeats = 1
        self.cell: tuple[int, int] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        def number(name: str) -> int:
            value = attributes.get(f"{_TABLE} {name}", "1")
            return max(int(value), 1) if value.isdigit() else 1

        if tag == f"{_TABLE} table":
            self.spans.append([])
            self.wrong.append({})
            self.hidden.append([])
            self.name = attributes.get(f"{_TABLE} name", "")
            self.line = 0
        elif tag == f"{_TABLE} table-row":
            self.row_repeats = number("number-rows-repeated")
            self.line += 1
            self.column = 0
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
            self.cell = (self.line, self.column + repeats)
            self.is_error = attributes.get(_VALUE_TYPE) == "error"
            self.column += repeats

    def end(self, tag: str) -> None:
        if tag == f"{_TABLE} table-row":
            self.line += self.row_repeats - 1
            self.row_repeats = 1
        elif tag in _CELLS:
            self.cell = None

    def characters(self, text: str) -> None:
        """Only cells with text count: an empty sheet is often a million repeated rows."""
        if self.cell is None or not text.strip():
            return
        line, columns = self.cell
        line += self.row_repeats - 1
        if line > limits.ROWS + 1000:
            raise errors.TooManyRows(sheet=self.name[:100], rows=line, limit=limits.ROWS)
        if columns > limits.COLUMNS:
            raise errors.TooManyColumns(
                sheet=self.name[:100], columns=columns, limit=limits.COLUMNS
            )
        if self.is_error:
            place = line, columns - 1
            self.wrong[-1][place] = (self.wrong[-1].get(place, "") + text)[:20]


def _walk(archive: zipfile.ZipFile) -> _Walk:
    walk = _Walk()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.characters
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(zipped.read_part(archive, "content.xml", limits.UNPACKED_BYTES), True)
    except expat.ExpatError as exc:
        raise errors.BrokenWorkbook(detected="ODS") from exc
    return walk


def _refuse_entity(*_: object) -> None:
    raise errors.EntitiesRefused


def refuse_vast(archive: zipfile.ZipFile) -> None:
    """Raise TooManyRows or TooManyColumns before a dense table is built. Raises BrokenWorkbook."""
    _walk(archive)


def add_untold(archive: zipfile.ZipFile, sheets: list[dict[str, Any]]) -> None:
    """Give each sheet its vertically merged cells, and to cells that hold errors their text."""
    walk = _walk(archive)
    for sheet, spans, wrong, hidden in zip(
        sheets, walk.spans, walk.wrong, walk.hidden, strict=False
    ):
        first = sheet["first_line"]
        last = first + len(sheet["rows"]) - 1
        sheet["hidden_lines"] = [line for line in hidden if first <= line <= last]
        sheet["spans"] = [[a, b, min(c, last), d] for a, b, c, d in spans if a < last]
        for (line, column), text in wrong.items():
            row = sheet["rows"][line - first] if first <= line <= last else []
            if column < len(row) and not row[column]:
                row[column] = text
