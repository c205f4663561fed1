"""`scoring/counts.csv` read once, for all that is held against it."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..faults import ReleaseFault
from ..layout import DONT_KNOW, REASONS

Cell = tuple[str, str]
Recount = dict[Cell, dict[str, Counter[str]]]


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table as text by column."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


class ReleasedCounts:
    """`counts.csv` by cell and variable."""

    PATH = "scoring/counts.csv"

    def __init__(self, folder: Path, *, tells_missing: bool = False) -> None:
        self.tells_missing = tells_missing
        self.options: Recount = defaultdict(lambda: defaultdict(Counter))
        self.totals: dict[tuple[Cell, str], tuple[int, int, int, int]] = {}
        self.rows: dict[Cell, int] = {}
        for row in rows_of(folder / self.PATH):
            cell = (row["rated_unit"], row["group"])
            self.options[cell][row["variable"]][row["option"]] += int(row["n_option"])
            answered, unsure = int(row["n_answered"]), int(row["n_dont_know"])
            missing, n = int(row["n_missing"]), int(row["n_responses"])
            self.totals[cell, row["variable"]] = (answered, unsure, missing, n)
            self.rows[cell] = n

    def faults(self, codes: Mapping[str, list[str]]) -> Iterator[ReleaseFault]:
        """Counts that contradict one another, or are not complete."""
        for (cell, variable), (answered, unsure, missing, n) in self.totals.items():
            where = "/".join((*cell, variable))
            options = self.options[cell][variable]
            away = n - answered - unsure - missing  # whom the routing did not lead to the question
            is_whole = away >= 0 if self.tells_missing else away == 0
            if options.total() != answered or missing < 0 or not is_whole:
                yield ReleaseFault(self.PATH, "counts_do_not_add_up", where)
            if set(options) != set(codes.get(variable, ())) - {DONT_KNOW, *REASONS}:
                yield ReleaseFault(self.PATH, "counts_incomplete", where)

    def of(self, cell: Cell, variable: str) -> Counter[str]:
        """Answers by code, don't know among them."""
        unsure = self.totals[cell, variable][1]
        return +Counter({**self.options[cell][variable], DONT_KNOW: unsure})
