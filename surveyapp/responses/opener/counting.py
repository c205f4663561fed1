"""What leaves the box of each rated unit × group: rows and counts, counts alone, or the number alone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .forms import Form
from .row_rules import Cell, PlainMarks, ResponseLike, RuleLike, emptied, excludes, hits

COMPLETENESS = ("complete", "partial", "break_off")


class AnsweredLike(ResponseLike, Protocol):
    """A response with how many of the items that applied were answered."""

    @property
    def answered(self) -> int: ...
    @property
    def applying(self) -> int: ...


@dataclass(frozen=True)
class Minimums:
    """From `rows` responses on a cell gives rows and counts, from `counts` on counts alone."""

    rows: int
    counts: int

    def gives(self, n: int) -> str:
        """`rows`, `counts`, or `n`: the number alone."""
        return "rows" if n >= self.rows else "counts" if n >= self.counts else "n"


LEAST = Minimums(rows=5, counts=2)
"""No export may ask for less. Whoever can write to the server's database could lower a campaign's own
numbers, and have each lone sheet leave the box with its unit and group."""


@dataclass(frozen=True)
class Thresholds:
    """Shares of the items answered from which a form is complete, and partial (AAPOR)."""

    complete: float
    partial: float

    def of(self, answered: int, items: int) -> str:
        """`complete`, `partial`, or `break_off`, by the share of the applicable items answered.

        Asked of opened responses only: beside a name it would lead to the answers.
        """
        share = answered / items if items else 1.0
        if share >= self.complete:
            return "complete"
        return "partial" if share >= self.partial else "break_off"


@dataclass
class CellTally:
    """One cell, counted as its responses were given (`raw`) and as the row rules leave them."""

    n: int = 0
    excluded: int = 0
    completeness: Counter[str] = field(default_factory=Counter)
    touched: Counter[str] = field(default_factory=Counter)
    raw: dict[str, Counter[str]] = field(default_factory=dict)
    cleaned: dict[str, Counter[str]] = field(default_factory=dict)


@dataclass
class Counting:
    """Counts responses one by one; `told` says of each cell what may leave."""

    rules: Sequence[RuleLike]
    thresholds: Thresholds
    minimums: Minimums
    dont_know: str
    cells: dict[Cell, CellTally] = field(default_factory=dict)

    def add(self, row: AnsweredLike, asked: Form) -> None:
        """Count one response, raw and after the rules."""
        tally = self.cells.setdefault((row.rated_unit_code, row.group_code), CellTally())
        tally.n += 1
        tally.completeness[self.thresholds.of(row.answered, row.applying)] += 1
        _count(tally.raw, asked.counts(row.answers))
        marks = PlainMarks(row, asked.item_ids, self.dont_know, asked.ladder_ids)
        hit_rules = hits(self.rules, marks)
        for rule in hit_rules:
            tally.touched[rule.id] += 1
        if excludes(hit_rules):
            tally.excluded += 1
            return
        gone = emptied(hit_rules, marks) if hit_rules else ()
        kept = {item: code for item, code in row.answers.items() if item not in gone}
        _count(tally.cleaned, asked.counts(kept))

    def told(self, cell: Cell, *, submitted: int) -> dict[str, Any]:
        """All that leaves of a cell, in the form of a bundle.

        Of a cell under the row minimum one set of counts leaves, the cleaned: beside the raw one, the
        difference would be the whole sheet of whoever a rule excluded. Under the count minimum, before
        the rules or after them, the number alone.
        """
        tally = self.cells.get(cell, CellTally())
        gives = self.minimums.gives(tally.n)
        if gives == "counts" and tally.n - tally.excluded < self.minimums.counts:
            gives = "n"
        whole, some = gives == "rows", gives != "n"
        cleaned = {"n": tally.n - tally.excluded, "items": _plain(tally.cleaned)}
        return {
            "unit": cell[0],
            "group": cell[1],
            "submitted": submitted,
            "n": tally.n,
            "gives": gives,
            "completeness": {name: tally.completeness[name] for name in COMPLETENESS}
            if some
            else None,
            "raw": {"n": tally.n, "items": _plain(tally.raw)} if whole else None,
            "cleaned": cleaned if some else None,
            "touched": {rule.id: tally.touched[rule.id] for rule in self.rules} if whole else None,
        }


def _count(items: dict[str, Counter[str]], answers: Iterable[tuple[str, str]]) -> None:
    for item, code in answers:
        counted = items.get(item)
        if counted is None:
            counted = items[item] = Counter()
        counted[code] += 1


def _plain(items: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {item: dict(codes) for item, codes in items.items()}
