"""The study of sensitivity over arrays: what `sensitivity.study` finds, quick enough to try thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning.answer_arrays import GroupAnswers, scores
from surveyapp.exports.cleaning.flags import contradicting, tails, touched
from surveyapp.exports.cleaning.sensitivity import (
    SHORTEST_TAIL,
    TOGETHER,
    VARIANTS,
    Effect,
    Sensitivity,
    units_of,
)
from surveyapp.exports.disclosure.row_labels import Cell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]


def study(
    groups: Mapping[str, GroupAnswers],
    rules: Sequence[CleaningRule],
    *,
    cells: Sequence[Cell],
    levels: Mapping[str, str],
) -> Sensitivity:
    """What `rules` would do to the responses of all groups; `cells` and `levels` as in `sensitivity`."""
    import numpy as np

    index = {cell: n for n, cell in enumerate(cells)}
    names = [*(rule.id for rule in rules), TOGETHER]
    every = np.zeros((len(cells), 2))
    away = {name: np.zeros((len(VARIANTS), len(cells), 2)) for name in names}
    hit: dict[str, Counter[Cell]] = {name: Counter() for name in names}
    responses: Counter[Cell] = Counter()
    excluded = 0
    for answers in groups.values():
        group = _Group(answers, rules)
        at = [index[answers.cell(n)] for n in range(len(answers.units))]
        for n, size in enumerate(np.bincount(answers.unit, minlength=len(answers.units))):
            responses[answers.cell(n)] = int(size)
        every[at] += group.sums(group.all_items)
        for name in names:
            variants = group.away(name)
            for variant, items in enumerate(variants, 1):
                away[name][variant][at] += group.sums(items)
            for n, count in enumerate(group.per_unit(group.rows[name])):
                if count:
                    hit[name][answers.cell(n)] = int(count)
        excluded += int(group.left_out.sum())
    effects = [
        Effect(name, hit[name], units_of(cells, levels, responses, hit[name], every - away[name]))
        for name in names
    ]
    return Sensitivity(responses, tuple(effects[:-1]), effects[-1], excluded)


class _Group:
    """The responses of one group with what the rules find in them."""

    def __init__(self, answers: GroupAnswers, rules: Sequence[CleaningRule]) -> None:
        import numpy as np

        self.answers, self.rules = answers, {rule.id: rule for rule in rules}
        scored = scores(answers)
        self.scored = ~np.isnan(scored)
        self.points = np.where(self.scored, scored, 0.0)
        self.all_items = np.ones(answers.codes.shape, dtype=bool)
        self.tail = tails(answers.codes, SHORTEST_TAIL)
        nobody = np.zeros(len(answers.unit), dtype=bool)
        self.rows = {rule.id: touched(rule, answers) for rule in rules}
        self.left_out = _any([self.rows[r.id] for r in rules if r.effect == "exclude"], nobody)
        self.rows[TOGETHER] = _any(list(self.rows.values()), nobody)

    def away(self, name: str) -> tuple[Flags, Flags, Flags]:
        """Rows × items that fall away as ruled, with the doubtful end out, with the response out."""
        import numpy as np

        rules = list(self.rules.values()) if name == TOGETHER else [self.rules[name]]
        nothing = np.zeros(self.answers.codes.shape, dtype=bool)
        found = {
            rule.id: contradicting(rule, self.answers)
            for rule in rules
            if rule.kind == "contradiction"
        }
        emptied = _any([found[r.id] for r in rules if r.effect == "set_missing"], nothing)
        left_out = [self.rows[rule.id] for rule in rules if rule.effect == "exclude"]
        doubted = [self.rows[rule.id] for rule in rules if rule.kind != "contradiction"]
        none = nothing[:, 0]
        return (
            emptied | _any(left_out, none)[:, None],
            _any(list(found.values()), nothing) | (self.tail & _any(doubted, none)[:, None]),
            self.all_items & self.rows[name][:, None],
        )

    def sums(self, items: Flags) -> NDArray[np.float64]:
        """Units × (sum, number) of the scored answers among these rows × items."""
        import numpy as np

        total = (self.points * items).sum(axis=1)
        number = (self.scored & items).sum(axis=1)
        return np.stack([self.per_unit(total), self.per_unit(number)], axis=1)

    def per_unit(self, weights: NDArray[np.float64] | Flags) -> NDArray[np.float64]:
        """What the rows of each unit add up to."""
        import numpy as np

        return np.bincount(self.answers.unit, weights, len(self.answers.units)).astype(float)


def _any(flags: Sequence[Flags], nothing: Flags) -> Flags:
    found = nothing
    for one in flags:
        found = found | one
    return found
