"""The rows of a file, every cell as text, numbered as a spreadsheet numbers them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `rows[0]` is line `first_line`; columns count from A = 0.

    `spans` are vertically merged cells as (top line, left, bottom line, right), inclusive. `links` are
    the addresses behind cells by (line, column), `hidden_lines` rows that are not shown, `struck` cells
    that are struck out; `filtered`: a filter was left on.
    """

    name: str
    hidden: bool
    first_line: int
    rows: list[list[str]]
    spans: tuple[tuple[int, int, int, int], ...] = ()
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden_lines: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()
    filtered: bool = False

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Every row with its line number."""
        return enumerate(self.rows, start=self.first_line)

    def merged(self) -> Iterator[tuple[int, int, int]]:
        """(line, column, line of the top) of every cell below the top of the merged cell it belongs to.

        Each cell once, however the ranges overlap: a file may hold thousands of tall ones.
        """
        covered: dict[int, int] = {}
        last = self.first_line + len(self.rows) - 1
        for top, left, bottom, _right in sorted(self.spans):
            bottom = min(bottom, last)
            for line in range(max(top, covered.get(left, 0)) + 1, bottom + 1):
                yield line, left, top
            covered[left] = max(bottom, covered.get(left, 0))

    def row(self, line: int) -> list[str]:
        """The row of that line number; empty outside the sheet."""
        index = line - self.first_line
        return self.rows[index] if 0 <= index < len(self.rows) else []


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that was read. `remarks` names what was left out: macros, external links."""

    file_name: str
    format: str
    sheets: tuple[Sheet, ...]
    remarks: tuple[str, ...] = ()

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name."""
        return next((s for s in self.sheets if s.name == name), None)


def reply_from_workbook(workbook: Workbook) -> dict[str, Any]:
    """The reverse of `workbook_from_reply`."""
    sheets = [
        {
            "name": s.name,
            "hidden": s.hidden,
            "first_line": s.first_line,
            "rows": s.rows,
            "spans": s.spans,
            "links": [[line, column, link] for (line, column), link in s.links.items()],
            "hidden_lines": sorted(s.hidden_lines),
            "struck": sorted(map(list, s.struck)),
            "filtered": s.filtered,
        }
        for s in workbook.sheets
    ]
    return {"format": workbook.format, "remarks": workbook.remarks, "sheets": sheets}


def workbook_from_reply(file_name: str, reply: dict[str, Any]) -> Workbook:
    """What the child process sent, as a workbook."""
    sheets = tuple(
        Sheet(
            name=s["name"],
            hidden=s["hidden"],
            first_line=s["first_line"],
            rows=s["rows"],
            spans=tuple((a, b, c, d) for a, b, c, d in s["spans"]),
            links={(line, column): link for line, column, link in s.get("links", ())},
            hidden_lines=frozenset(s.get("hidden_lines", ())),
            struck=frozenset((line, column) for line, column in s.get("struck", ())),
            filtered=bool(s.get("filtered")),
        )
        for s in reply["sheets"]
    )
    return Workbook(file_name, reply["format"], sheets, tuple(reply["remarks"]))
