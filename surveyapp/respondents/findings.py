"""A line of a list and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MUST, CHECK, NOTE = "must", "check", "note"
WHOLE_LIST = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One person's row as read: `number` as a spreadsheet shows it, `cells` as written, by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One person's row, understood.

    `values` are what the survey would store after safe normalisation: composed letters, collapsed
    blanks, a phone as `0912345678`, an address in small letters, a department as its official
    name with its code beside it under `department_code`. `department` is that code, or None where
    it was not recognised.
    """

    number: int
    cells: Mapping[str, str]
    values: Mapping[str, str]
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or remark. `line` 0 is the whole list, `column` empty the whole line.

    `value` is the cell as written, `proposal` what one click would put in its place.
    """

    line: int
    column: str
    severity: str
    code: str
    value: str = ""
    proposal: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether the line is no longer clean because of it."""
        return self.severity != NOTE


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """By line: who is struck out, who is hidden, and the address behind a cell that shows another text."""

    struck: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    links: Mapping[int, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As stored with the list."""
        return {
            "struck": sorted(self.struck),
            "hidden": sorted(self.hidden),
            "links": {str(line): link for line, link in self.links.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "SheetMarks":
        """The reverse of `to_json`."""
        return cls(
            frozenset(stored.get("struck", ())),
            frozenset(stored.get("hidden", ())),
            {int(line): link for line, link in stored.get("links", {}).items()},
        )


NO_MARKS = SheetMarks()
