"""Tables of a Word document, with the titles around them."""

from collections.abc import Mapping
from typing import Any

from surveyapp.respondents import errors
from surveyapp.respondents.sheet.formats import xlsx_details, xml_walk
from surveyapp.respondents.sheet.formats.webpage import PageGrid

_FIELD = "HYPERLINK"


class _Document:
    """Follows the paragraphs and tables of a Word document: a row for each outside, a cell for each inside."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        self.grid = PageGrid("Word")
        self.tables = 0
        self._targets = targets
        self._depth = 0
        self._text: list[str] = []
        self._within = self._in_run = self._in_field = False
        self._wide, self._covered = 1, ""
        self._tops: dict[int, int] = {}
        self._run_lined = False
        self._plain = self._lined = 0
        self._link = ""

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
            self._plain = self._lined = 0
            self._link = ""
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
        else:
            self._mark(name, value, attributes)

    def _mark(self, name: str, value: str, attributes: dict[str, str]) -> None:
        """What strikes a run out, and where a link leads."""
        if name == "r":
            self._in_run, self._run_lined = True, False
        elif name in ("strike", "dstrike") and self._in_run and value not in ("0", "false"):
            self._run_lined = True
        elif name == "hyperlink":
            ident = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            self._link = self._link or xlsx_details.linked_address(self._targets.get(ident, ""))
        elif name == "instrText":
            self._in_field = True

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "t":
            self._within = False
        elif name == "r":
            self._in_run = False
        elif name == "instrText":
            self._in_field = False
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
        struck = bool(self._lined and not self._plain)
        self.grid.add(text, wide=self._wide, struck=struck, link=self._link)
        self._text = []

    def characters(self, text: str) -> None:
        if self._within:
            self._text.append(text)
            if text.strip() and self._run_lined:
                self._lined += 1
            elif text.strip():
                self._plain += 1
        elif self._in_field and _FIELD in text and not self._link:
            self._link = xlsx_details.linked_address(text.partition('"')[2].partition('"')[0])


def read_document(xml: bytes, relations: bytes) -> list[dict[str, Any]]:
    """The tables of a Word document with the titles around them. Raises NotAWorkbook without a table."""
    walk = _Document(xlsx_details.relations(relations))
    xml_walk.follow(xml, walk)
    if not walk.tables:
        raise errors.NotAWorkbook(detected="Word")
    return [walk.grid.as_sheet()]
