"""Evidence that one unit's forms meet a mark of poor quality more often than those of the others: "everybody tick 1"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from surveyapp.exports.cleaning.answer_arrays import GroupAnswers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MEDIAN_OF_SQUARE = 0.4549
"""Median of the square of a standard normal (chi-square with one degree of freedom)."""

FEWEST_ANSWERS = 3
"""Answers that a form must have for all of them to be the same."""


def upper_tail(n: int, mean: float, variance: float) -> float:
    """The chance of `n` or more of a count with this mean and variance: negative binomial, and
    Poisson where the variance is not above the mean."""
    from scipy.special import betainc, gammainc

    if n <= 0:
        return 1.0
    if variance <= mean * 1.001:
        return float(gammainc(n, mean))
    size = mean * mean / (variance - mean)
    return float(betainc(n, size, mean / (size + mean)))


def marks(answers: GroupAnswers) -> dict[str, Flags]:
    """For each kind of mark which responses have it: one answer throughout (`one_answer`), too fast (`too_fast`)."""
    given = answers.asked - answers.missing
    same = (answers.most_alike == given) | (answers.dont_know == given)
    return {"one_answer": same & (given >= FEWEST_ANSWERS), "too_fast": answers.under_floor}


def concentrations(answers: GroupAnswers) -> Iterator[tuple[str, int, int, float, float]]:
    """Kind, index of the unit, responses with the mark, how many were to be expected, the chance of so many.

    Expected is the share in all other units of the group. Units differ by nature, so the variance is that of a
    binomial times what the middle unit shows (median of squared residuals): a few coordinated units do not move it.
    """
    import numpy as np

    sizes = np.bincount(answers.unit, minlength=len(answers.units)).astype(float)
    for kind, flags in marks(answers).items():
        hits = np.bincount(answers.unit, weights=flags, minlength=len(answers.units))
        others = np.maximum(sizes.sum() - sizes, 1.0)
        # one more hit and one more miss: a mark that nobody else has is rare, not impossible
        share = (hits.sum() - hits + 0.5) / (others + 1.0)
        expected = sizes * share
        plain = np.maximum(expected * (1 - share), 1e-9)
        residuals = (hits - expected) ** 2 / plain
        spread = max(1.0, float(np.median(residuals[sizes > 0])) / MEDIAN_OF_SQUARE)
        for index in np.flatnonzero(sizes):
            yield (
                kind,
                int(index),
                int(hits[index]),
                float(expected[index]),
                upper_tail(int(hits[index]), float(expected[index]), float(plain[index]) * spread),
            )
