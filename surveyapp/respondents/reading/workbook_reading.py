"""What a file was understood to say, and what a person says instead: to be shown, stored, remembered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveyapp.respondents.line_numbers import line_of
from surveyapp.respondents.reading.headings import HELPER_COLUMNS

MARK_SHEET = "_mau"
"""The sheet by which our own template is known."""


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One table of a workbook: its sheet, header row, columns, and what its sheet or title says of all its people.

    `mapping` is column → index counted from A = 0; the table takes the columns from `left` to before
    `right` (0: to the end). `given` are values that no column holds: the department in the sheet's name.
    """

    sheet: str
    header_line: int
    mapping: Mapping[str, int]
    headings: tuple[str, ...] = ()
    left: int = 0
    right: int = 0
    given: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As stored with the list."""
        return {
            "sheet": self.sheet,
            "header_line": self.header_line,
            "mapping": dict(self.mapping),
            "headings": list(self.headings),
            "left": self.left,
            "right": self.right,
            "given": dict(self.given),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "SheetTable":
        """The reverse of `to_json`; what an earlier version did not store is as if there were none."""
        return cls(
            sheet=stored["sheet"],
            header_line=stored["header_line"],
            mapping=dict(stored["mapping"]),
            headings=tuple(stored.get("headings", ())),
            left=int(stored.get("left", 0)),
            right=int(stored.get("right", 0)),
            given=dict(stored.get("given", {})),
        )


@dataclass(frozen=True, slots=True)
class WorkbookReading:
    """The reading of a workbook that a person can correct and that is remembered for the unit.

    `table` is the first table, `more` are further ones of the same layout: on other sheets or beside it.
    `unknown` are (index, heading) left aside; `missing` required columns without a heading; `others`
    sheets that hold people too and were not read, `hidden` sheets that nobody sees, `notices` codes and facts
    of what is to be said of the whole. `guessed`: no headings, the columns told by what stands
    in them; `by_content` are single columns told so. `corrected`: a person said so, which is remembered for the unit's next files.
    """

    table: SheetTable
    unknown: tuple[tuple[int, str], ...] = ()
    missing: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    corrected: bool = False
    more: tuple[SheetTable, ...] = ()
    guessed: bool = False
    by_content: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    notices: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def sheet(self) -> str:
        """The sheet of the first table."""
        return self.table.sheet

    @property
    def header_line(self) -> int:
        """The header row of the first table."""
        return self.table.header_line

    @property
    def mapping(self) -> Mapping[str, int]:
        """Column → index in the first table."""
        return self.table.mapping

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the first table."""
        return self.table.headings

    def tables(self) -> Iterator[tuple[int, SheetTable]]:
        """Every table that is read, with its number."""
        return enumerate((self.table, *self.more))

    def place(self, number: int) -> tuple[str, int]:
        """Sheet and row of a line."""
        part, line = line_of(number)
        every = (self.table, *self.more)
        return (every[part].sheet if part < len(every) else self.sheet), line

    def to_json(self) -> dict[str, Any]:
        """As stored with the list."""
        return {
            **self.table.to_json(),
            "unknown": [list(u) for u in self.unknown],
            "missing": list(self.missing),
            "others": list(self.others),
            "titles": list(self.titles),
            "corrected": self.corrected,
            "more": [table.to_json() for table in self.more],
            "guessed": self.guessed,
            "by_content": list(self.by_content),
            "hidden": list(self.hidden),
            "notices": [[code, dict(facts)] for code, facts in self.notices],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "WorkbookReading":
        """The reverse of `to_json`."""
        return cls(
            table=SheetTable.from_json(stored),
            unknown=tuple((int(i), str(h)) for i, h in stored.get("unknown", ())),
            missing=tuple(stored.get("missing", ())),
            others=tuple(stored.get("others", ())),
            titles=tuple(stored.get("titles", ())),
            corrected=bool(stored.get("corrected")),
            more=tuple(SheetTable.from_json(table) for table in stored.get("more", ())),
            guessed=bool(stored.get("guessed")),
            by_content=tuple(stored.get("by_content", ())),
            hidden=tuple(stored.get("hidden", ())),
            notices=tuple((code, facts) for code, facts in stored.get("notices", ())),
        )


@dataclass(frozen=True, slots=True)
class Override:
    """What a person says of a workbook, which rules over what the reader understood: the sheet (empty: the first), header row, columns by index.

    `people` are lines that are persons whatever the reader thinks, `unread` sheets to leave aside.
    """

    sheet: str
    header_line: int
    mapping: Mapping[str, int]
    people: frozenset[int] = frozenset()
    unread: frozenset[str] = frozenset()
    answer: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is kept until the list is stored."""
        return {
            "sheet": self.sheet,
            "header_line": self.header_line,
            "mapping": dict(self.mapping),
            "people": sorted(self.people),
            "unread": sorted(self.unread),
            "answer": self.answer,
        }

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> "Override":
        """As `to_json` wrote it."""
        return Override(
            kept["sheet"],
            kept["header_line"],
            kept["mapping"],
            frozenset(kept["people"]),
            frozenset(kept["unread"]),
            kept["answer"],
        )

    def differs(self, reading: WorkbookReading) -> bool:
        """Whether a person says something else of the table than was understood."""
        chosen = {c: i for c, i in reading.mapping.items() if c not in HELPER_COLUMNS}
        header_place = (reading.sheet, reading.header_line)
        return (self.sheet, self.header_line) != header_place or dict(self.mapping) != chosen

    @property
    def adds(self) -> bool:
        """Whether something is said beside the place and the columns of the table."""
        return bool(self.people or self.unread or self.answer)
