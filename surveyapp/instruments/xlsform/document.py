"""A questionnaire as collected from sheets: where everything stood, what is refused, what was taken to be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault
from surveyapp.instruments.xlsform.sheets import SheetCell, SheetRow
from surveyapp.instruments.yaml_document import Step, YamlDocument

Path = tuple[Step, ...]
Told = dict[tuple[str, str, str], dict[int, None]]
"""By sheet, column and words the rows in which it stands."""

_NAME = re.compile(r"[^\W\d][\w.-]*")


@dataclass(frozen=True)
class MappedName:
    """A name of the form that became another in our questionnaire; `sheet` and `row` say where it stands."""

    sheet: str
    row: int
    written: str
    ours: str
    words: str


class SheetDocument(YamlDocument):
    """A questionnaire as collected from sheets: every field knows its row in place of a line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: dict[str, Any] = {}
        self.rows: dict[Path, SheetRow] = {}
        self.notices: list[str] = []
        self.mapped: list[MappedName] = []
        self.is_ours = False
        """It has our own ids: what it leaves out was forgotten, and nothing is filled in."""
        self.allows_double_codes = False
        """Its settings say that one code of a list may stand for several options."""
        self.copies: dict[str, str] = {}
        """Names of rows that were written out several times, and what they are called in the form."""
        self._refused: Told = {}
        self._aside: Told = {}

    def line(self, path: Sequence[Step]) -> int:
        """The row of the field at `path`, or of the nearest thing around it."""
        row = self._row(path)
        return row.number if row else 1

    def place(self, path: Sequence[Step]) -> str:
        """Sheet and field, as `survey, sections[A].items[M1-101].text`."""
        row = self._row(path)
        return f"{row.sheet}, {super().place(path)}" if row else super().place(path)

    def refuse(self, row: SheetRow, message: str, cell: SheetCell | None = None) -> None:
        """Note a fault of a row, or of one cell of it; the same fault of a column is told once, with its rows."""
        _tell(self._refused, row, self._as_typed(message), cell)

    def set_aside(self, row: SheetRow, message: str, cell: SheetCell | None = None) -> None:
        """Note what of a row, or of one cell of it, is not used; the same of a column is told once, with its rows."""
        _tell(self._aside, row, self._as_typed(message), cell)

    def _as_typed(self, message: str) -> str:
        """The message with the names that stand in the form; a copy of a copy has one too."""
        while (typed := _NAME.sub(lambda m: self.copies.get(m[0], m[0]), message)) != message:
            message = typed
        return message

    def left_aside(self) -> Iterator[str]:
        """What was set aside, each with its place."""
        for (sheet, letter, message), numbers in self._aside.items():
            rows = sorted(numbers)
            column = f"!{letter}" if letter else ""
            yield f"{sheet}{column} {', '.join(_runs(rows))}: {message}"

    def refusals(self) -> Iterator[Fault]:
        """What was refused, each at the first of its rows."""
        for (sheet, letter, message), numbers in self._refused.items():
            first, *others = sorted(numbers)
            cell = f"{sheet}!{letter}{first}" if letter else sheet
            if others:
                shown = ", ".join(_runs(others))
                message = _("%(fault)s (cả ở dòng %(rows)s)", fault=message, rows=shown)
            yield Fault(self.file, first, cell, message)

    def rename(self, row: SheetRow, written: str, ours: str, words: str) -> None:
        """Keep for the table that a name became another."""
        if written != ours:
            self.mapped.append(MappedName(row.sheet, row.number, written, ours, words))

    def _row(self, path: Sequence[Step]) -> SheetRow | None:
        for length in range(len(path), -1, -1):
            if tuple(path[:length]) in self.rows:
                return self.rows[tuple(path[:length])]
        return None


def _tell(told: Told, row: SheetRow, message: str, cell: SheetCell | None) -> None:
    rows = told.setdefault((row.sheet, cell.letter if cell else "", message), {})
    rows[row.number] = None


def _runs(rows: list[int]) -> Iterator[str]:
    """3, 4, 5, 9 as 3–5 and 9."""
    start = before = rows[0]
    for number in [*rows[1:], 0]:
        if number != before + 1:
            yield str(start) if start == before else f"{start}–{before}"
            start = number
        before = number
