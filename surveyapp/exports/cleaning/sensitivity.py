"""What cleaning rules do to results, told before they are accepted: who is touched, what would move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning import row_rules
from surveyapp.exports.cleaning.answer_arrays import item_scores
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.instruments.model import Instrument
from surveyapp.responses.queries import ResponseRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VARIANTS = ("all_in", "as_ruled", "tail_out", "person_out")
"""Everything counts; the rules do what their effects say; of a touched response the doubtful end is left
out; a touched response is left out whole."""

TOGETHER = ""
"""Stands where a rule id would: all rules at once."""

SHORTEST_TAIL = 3
"""Fewest equal answers in a row that begin a doubtful end."""

COLUMNS = (
    "rule", "rated_unit", "responses", "touched",
    *(f"mean_{name}" for name in VARIANTS), *(f"rank_{name}" for name in VARIANTS),
)  # fmt: skip


@dataclass(frozen=True)
class UnitShift:
    """One rated unit: mean (0–100, groups weighted equally) and rank (1 is best, among the units of
    its level) under each variant, in the order of `VARIANTS`; None where nothing is left to count."""

    unit: str
    level: str
    responses: int
    touched: int
    means: tuple[float | None, ...]
    ranks: tuple[int | None, ...]

    def shift(self, variant: str) -> float | None:
        """How far the mean moves from that of all responses."""
        before, after = self.means[0], self.means[VARIANTS.index(variant)]
        return None if before is None or after is None else after - before

    def rank_shift(self, variant: str) -> int | None:
        """How many places the unit falls (positive) or climbs."""
        before, after = self.ranks[0], self.ranks[VARIANTS.index(variant)]
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Effect:
    """What one rule, or all together, do: responses touched by cell, and every unit."""

    rule_id: str
    touched: Counter[Cell]
    units: tuple[UnitShift, ...]

    def largest(self, variant: str) -> float:
        """The largest move of a unit's mean, without its sign."""
        return max((abs(unit.shift(variant) or 0) for unit in self.units), default=0.0)

    def moved(self, variant: str) -> int:
        """How many units change their rank."""
        return sum(1 for unit in self.units if unit.rank_shift(variant))

    def lost(self, variant: str) -> int:
        """How many units would have nothing left to count."""
        place = VARIANTS.index(variant)
        return sum(u.means[0] is not None and u.means[place] is None for u in self.units)


@dataclass(frozen=True)
class Sensitivity:
    """The effects of each rule alone, in the order of the rules, and of all together."""

    responses: Counter[Cell]
    alone: tuple[Effect, ...]
    together: Effect
    excluded: int = 0
    """Responses that the effects of the rules leave out of every count."""


class _Sums:
    """Sums of scores and numbers of scored answers, cell by cell, that a variant takes away."""

    def __init__(self, n_cells: int) -> None:
        import numpy as np

        self.away = np.zeros((len(VARIANTS), n_cells, 2))

    def add(self, cell: int, whole: _Part, ruled: _Part, tail: _Part) -> None:
        for n, part in ((1, ruled), (2, tail), (3, whole)):
            self.away[n, cell, 0] += part[0]
            self.away[n, cell, 1] += part[1]


_Part = tuple[float, int]
NOTHING: _Part = (0.0, 0)


class Study:
    """Reads responses one by one and tells what `rules` would do, each alone and all together.

    `cells` are all that can come, `levels` the level of each group: units are ranked within it.
    """

    def __init__(
        self,
        rules: Sequence[CleaningRule],
        instruments: Mapping[str, Instrument],
        *,
        cells: Sequence[Cell],
        levels: Mapping[str, str],
    ) -> None:
        import numpy as np

        self.cells, self.levels = cells, levels
        self.index = {cell: n for n, cell in enumerate(cells)}
        self.worth = {group: _worth(form) for group, form in instruments.items()}
        self.every = np.zeros((len(cells), 2))
        names = [*(rule.id for rule in rules), TOGETHER]
        self.sums = {name: _Sums(len(cells)) for name in names}
        self.touched: dict[str, Counter[Cell]] = {name: Counter() for name in names}
        self.responses: Counter[Cell] = Counter()
        self.excluded = 0

    def add(self, row: ResponseRow, found: Sequence[CleaningRule]) -> None:
        """Count one response as it was stored, with the rules that touch it."""
        cell = (row.rated_unit_code, row.group_code)
        place, scored = self.index[cell], self.worth[row.group_code]
        self.responses[cell] += 1
        whole = _part(row, scored, row.answers)
        self.every[place] += whole
        if not found:
            return
        self.excluded += any(rule.effect == "exclude" for rule in found)
        for name, hit in (*((rule.id, [rule]) for rule in found), (TOGETHER, found)):
            self.touched[name][cell] += 1
            ruled = _ruled(row, hit, scored, whole)
            self.sums[name].add(place, whole, ruled, _part(row, scored, tail(row, hit, scored)))

    def result(self) -> Sensitivity:
        """What was found in the responses so far."""
        effects = [
            Effect(name, touched, self._units(touched, self.every - self.sums[name].away))
            for name, touched in self.touched.items()
        ]
        return Sensitivity(self.responses, tuple(effects[:-1]), effects[-1], self.excluded)

    def _units(self, touched: Counter[Cell], left: Floats) -> tuple[UnitShift, ...]:
        return units_of(self.cells, self.levels, self.responses, touched, left)


def study(
    rows: Iterable[ResponseRow],
    rules: Sequence[CleaningRule],
    instruments: Mapping[str, Instrument],
    *,
    cells: Sequence[Cell],
    levels: Mapping[str, str],
) -> Sensitivity:
    """What `rules` would do to the results of `rows`, read once."""
    made = Study(rules, instruments, cells=cells, levels=levels)
    for row in rows:
        made.add(row, row_rules.hits(row, rules, instruments[row.group_code]))
    return made.result()


def tail(row: ResponseRow, hit: Sequence[CleaningRule], asked: Mapping[str, object]) -> set[str]:
    """The doubtful end of a response: all answers from the beginning of its longest run of equal ones
    (if of `SHORTEST_TAIL` at least), and the items of the contradictions found."""
    doubtful = {item for rule in hit for item in row_rules.contradicting(rule, row)}
    if all(rule.kind == "contradiction" for rule in hit):
        return doubtful
    items = list(asked)
    best = first = 0
    length = 0
    for n, item in enumerate(items):
        code = row.answers.get(item)
        if n and code is not None and code == row.answers.get(items[n - 1]):
            length += 1
        else:
            length, first = int(code is not None), n
        if length > best:
            best, begins = length, first
    if best < SHORTEST_TAIL:
        return doubtful
    return doubtful | set(items[begins:])


def table(study: Sensitivity) -> Iterator[tuple[str | int | float | None, ...]]:
    """Rows of `COLUMNS`: every rule alone, then all together under `*`, by unit."""
    for effect in (*study.alone, study.together):
        for unit in effect.units:
            yield (
                effect.rule_id or "*", unit.unit, unit.responses, unit.touched,
                *unit.means, *unit.ranks,
            )  # fmt: skip


def _worth(form: Instrument) -> dict[str, dict[str, float]]:
    return {item.id: item_scores(item) for item in form.items}


def _part(
    row: ResponseRow, worth: Mapping[str, Mapping[str, float]], items: Iterable[str]
) -> _Part:
    """Sum and number of the scored answers to `items`."""
    total, n = 0.0, 0
    for item in items:
        score = worth[item].get(row.answers.get(item, ""))
        if score is not None:
            total += score
            n += 1
    return total, n


def _ruled(
    row: ResponseRow,
    hit: Sequence[CleaningRule],
    worth: Mapping[str, Mapping[str, float]],
    whole: _Part,
) -> _Part:
    """What the effects of the rules take away from the counts."""
    if any(rule.effect == "exclude" for rule in hit):
        return whole
    emptied = {
        item
        for rule in hit
        if rule.effect == "set_missing"
        for item in row_rules.contradicting(rule, row)
    }
    return _part(row, worth, emptied) if emptied else NOTHING


def units_of(
    cells: Sequence[Cell],
    levels: Mapping[str, str],
    responses: Counter[Cell],
    touched: Counter[Cell],
    left: Floats,
) -> tuple[UnitShift, ...]:
    """Every unit that has responses, under each variant; `left` by variant, cell, (sum, number)."""
    of_unit: dict[tuple[str, str], list[int]] = {}
    for n, (unit, group) in enumerate(cells):
        if responses[unit, group]:
            of_unit.setdefault((levels[group], unit), []).append(n)
    means = {
        key: tuple(_mean(left[variant], places) for variant in range(len(VARIANTS)))
        for key, places in of_unit.items()
    }
    return tuple(
        UnitShift(
            unit,
            level,
            sum(responses[cells[n]] for n in places),
            sum(touched[cells[n]] for n in places),
            means[level, unit],
            tuple(_rank(means, level, unit, variant) for variant in range(len(VARIANTS))),
        )
        for (level, unit), places in of_unit.items()
    )


def _mean(sums: Floats, places: Sequence[int]) -> float | None:
    """The mean of the means of the unit's groups."""
    of_groups = [float(sums[n, 0] / sums[n, 1]) for n in places if sums[n, 1] > 0.5]
    return sum(of_groups) / len(of_groups) if of_groups else None


def _rank(
    means: Mapping[tuple[str, str], tuple[float | None, ...]], level: str, unit: str, variant: int
) -> int | None:
    """Place among the units of the level; equal means share the better place."""
    own = means[level, unit][variant]
    if own is None:
        return None
    others = (values[variant] for (of, _), values in means.items() if of == level)
    return 1 + sum(1 for other in others if other is not None and other > own + 1e-9)
