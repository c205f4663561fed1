"""What cleaning rules do to results, told before they are accepted: who is touched, what would move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning.answer_arrays import GroupAnswers, scores
from surveyapp.exports.cleaning.applied_rules import RuleHits, apply_rules
from surveyapp.exports.disclosure.row_labels import Cell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

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
class RuleEffect:
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
        n = VARIANTS.index(variant)
        return sum(u.means[0] is not None and u.means[n] is None for u in self.units)


@dataclass(frozen=True)
class Sensitivity:
    """The effects of each rule alone, in the order of the rules, and of all together."""

    responses: Counter[Cell]
    alone: tuple[RuleEffect, ...]
    together: RuleEffect
    excluded: int = 0
    """Responses that the effects of the rules leave out of every count."""


class Study:
    """Reads responses, a group or a part of it at a time, and tells what rules would do, each alone
    and all together.

    `cells` are all that can come, `levels` the level of each group: units are ranked within it.
    """

    def __init__(
        self,
        rules: Sequence[CleaningRule],
        *,
        cells: Sequence[Cell],
        levels: Mapping[str, str],
    ) -> None:
        import numpy as np

        self.cells, self.levels = cells, levels
        self.index = {cell: n for n, cell in enumerate(cells)}
        names = [*(rule.id for rule in rules), TOGETHER]
        self.every = np.zeros((len(cells), 2))
        self.away = {name: np.zeros((len(VARIANTS), len(cells), 2)) for name in names}
        self.touched = {name: np.zeros(len(cells), dtype=np.int64) for name in names}
        self.responses = np.zeros(len(cells), dtype=np.int64)
        self.excluded = 0

    def add(self, answers: GroupAnswers, rule_hits: Sequence[RuleHits]) -> None:
        """Count responses as they were stored, with what the rules find in them."""
        import numpy as np

        scored = _Scored.read(
            answers, [self.index[answers.cell(n)] for n in range(len(answers.units))]
        )
        self.responses += np.bincount(scored.cell, minlength=len(self.cells))
        self.every += scored.sums(np.arange(len(scored.cell)), len(self.cells))
        left_out = _any_rows(
            rule_hits, lambda hits: hits.rule.effect == "exclude", len(scored.cell)
        )
        self.excluded += int(left_out.sum())
        for name, hits in (*((one.rule.id, [one]) for one in rule_hits), (TOGETHER, rule_hits)):
            rows = np.flatnonzero(_any_rows(hits, lambda _: True, len(scored.cell)))
            if len(rows):
                self.touched[name] += np.bincount(scored.cell[rows], minlength=len(self.cells))
                for variant, items in enumerate(_away(answers, hits, rows), 1):
                    self.away[name][variant] += scored.sums(rows, len(self.cells), items)

    def result(self) -> Sensitivity:
        """What was found in the responses so far."""
        responses = self._by_cell(self.responses)
        effects = []
        for name, touched in self.touched.items():
            by_cell = self._by_cell(touched)
            left = self.every - self.away[name]
            units = _units_of(self.cells, self.levels, responses, by_cell, left)
            effects.append(RuleEffect(name, by_cell, units))
        return Sensitivity(responses, tuple(effects[:-1]), effects[-1], self.excluded)

    def _by_cell(self, counts: Ints) -> Counter[Cell]:
        return Counter({cell: int(n) for cell, n in zip(self.cells, counts, strict=True) if n})


@dataclass(frozen=True)
class _Scored:
    """Responses of a group by their cell, with the scores of their answers (0 where there is none)."""

    cell: Ints
    points: Floats
    has_score: Flags

    @classmethod
    def read(cls, answers: GroupAnswers, cells: Sequence[int]) -> _Scored:
        import numpy as np

        scored = scores(answers)
        has_score = ~np.isnan(scored)
        return cls(np.array(cells)[answers.unit], np.where(has_score, scored, 0.0), has_score)

    def sums(self, rows: Ints, n_cells: int, items: Flags | None = None) -> Floats:
        """Cells × (sum, number) of the scored answers of these rows, or of some `items` of theirs."""
        import numpy as np

        points, has_score = self.points[rows], self.has_score[rows]
        if items is not None:
            points, has_score = points * items, has_score & items
        parts = (points.sum(axis=1), has_score.sum(axis=1))
        return np.stack([np.bincount(self.cell[rows], part, n_cells) for part in parts], axis=1)


def _away(
    answers: GroupAnswers, rule_hits: Sequence[RuleHits], rows: Ints
) -> tuple[Flags, Flags, Flags]:
    """What falls away of these rows × items: as ruled, with the doubtful end out, with all of them out."""
    import numpy as np

    size = len(answers.unit)
    doubted = np.zeros((len(rows), answers.asked), dtype=bool)
    emptied = doubted.copy()
    for hits in rule_hits:
        if hits.items is not None:
            doubted |= hits.items[rows]
            emptied |= hits.items[rows] & hits.empties
    left_out = _any_rows(rule_hits, lambda hits: hits.rule.effect == "exclude", size)[rows]
    flat = _any_rows(rule_hits, lambda hits: hits.items is None, size)[rows]
    return (
        emptied | left_out[:, None],
        doubted | (tails(answers.codes[rows], SHORTEST_TAIL) & flat[:, None]),
        np.ones_like(doubted),
    )


def _any_rows(
    rule_hits: Sequence[RuleHits], counts: Callable[[RuleHits], bool], size: int
) -> Flags:
    """The rows that any of the wanted rules touches."""
    import numpy as np

    touched = np.zeros(size, dtype=bool)
    for hits in rule_hits:
        if counts(hits):
            touched |= hits.rows
    return touched


def tails(codes: NDArray[np.int8], shortest: int) -> Flags:
    """Rows × items: the doubtful end of each row, from its first longest run of equal answers on, if
    that run is of `shortest` at least."""
    import numpy as np

    rows, items = codes.shape
    length, best = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    first, begins = np.zeros(rows, dtype=np.int64), np.full(rows, items)
    for n in range(items):
        given = codes[:, n] > 0
        goes_on = given & (codes[:, n] == codes[:, n - 1]) if n else np.zeros(rows, dtype=bool)
        length = np.where(goes_on, length + 1, given)
        first = np.where(goes_on, first, n)
        longer = length > best
        best, begins = np.where(longer, length, best), np.where(longer, first, begins)
    begins = np.where(best < shortest, items, begins)
    return np.asarray(np.arange(items)[None, :] >= begins[:, None])


def study(
    groups: Mapping[str, GroupAnswers],
    rules: Sequence[CleaningRule],
    *,
    cells: Sequence[Cell],
    levels: Mapping[str, str],
) -> Sensitivity:
    """What `rules` would do to the results of all groups."""
    made = Study(rules, cells=cells, levels=levels)
    for answers in groups.values():
        made.add(answers, apply_rules(rules, answers))
    return made.result()


def table(study: Sensitivity) -> Iterator[tuple[str | int | float | None, ...]]:
    """Rows of `COLUMNS`: every rule alone, then all together under `*`, by unit."""
    for effect in (*study.alone, study.together):
        for unit in effect.units:
            yield (
                effect.rule_id or "*", unit.unit, unit.responses, unit.touched,
                *unit.means, *unit.ranks,
            )  # fmt: skip


def _units_of(
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
