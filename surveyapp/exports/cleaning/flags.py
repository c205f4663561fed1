"""Cleaning rules over all responses of a group at once: the same findings as `cleaning.hits`, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from surveyapp.campaigns.pack.cleaning_rules import Answered, CleaningRule
from surveyapp.exports.cleaning.answer_arrays import DONT_KNOW_DIGIT, GroupAnswers, digit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]


def touched(rule: CleaningRule, answers: GroupAnswers) -> Flags:
    """Which rows of the group the rule touches."""
    import numpy as np

    rows = len(answers.unit)
    if rule.groups and answers.group not in rule.groups:
        return np.zeros(rows, dtype=bool)
    if rule.kind == "under_floor":
        return np.asarray(answers.under_floor)
    if rule.kind == "longest_run":
        return np.asarray(longest_runs(answers.codes) >= (rule.at_least or 0))
    if rule.kind == "contradiction":
        return np.asarray(contradicting(rule, answers).any(axis=1))
    if rule.kind in ("test", "held"):
        wanted = set(rule.units) | {c.unit for c in rule.cells if c.group == answers.group}
        return np.isin(np.array(answers.units)[answers.unit], np.array(sorted(wanted), str))
    return _by_share(rule, answers)


def _by_share(rule: CleaningRule, answers: GroupAnswers) -> Flags:
    """Rules that weigh how many items have what."""
    import numpy as np

    codes, items = answers.codes, answers.codes.shape[1]
    scaled = (codes > 0) & (codes != DONT_KNOW_DIGIT)
    n = scaled.sum(axis=1)
    if rule.kind == "low_variation":
        values = np.where(scaled, codes, 0).astype(np.int64)
        # n² times the variance is a whole number, so that a form on the threshold is on its right side
        spread = n * (values**2).sum(axis=1) - values.sum(axis=1) ** 2
        return np.asarray((n > 1) & (np.sqrt(spread) / np.maximum(n, 1) < (rule.below or 0)))
    shares = {
        "missing_share": (codes == 0).sum(axis=1) / items,
        "dont_know_share": (codes == DONT_KNOW_DIGIT).sum(axis=1) / items,
        "identical_share": _most_alike(codes) / np.maximum(n, 1),
    }
    return np.asarray(shares[rule.kind] >= (rule.at_least or 0))


def _most_alike(codes: NDArray[np.int8]) -> NDArray[np.int64]:
    """How often the most frequent code of the scale stands in each row."""
    import numpy as np

    counts = [(codes == code).sum(axis=1) for code in range(1, DONT_KNOW_DIGIT)]
    return np.asarray(np.max(counts, axis=0))


def contradicting(rule: CleaningRule, answers: GroupAnswers) -> Flags:
    """Rows × items: the items of every contradiction found."""
    import numpy as np

    place = {item.id: n for n, item in enumerate(answers.instrument.items)}
    found = np.zeros(answers.codes.shape, dtype=bool)
    if rule.groups and answers.group not in rule.groups:
        return found
    for pair in rule.pairs:
        if pair.first.item in place and pair.second.item in place:
            both = _chosen(pair.first, answers, place) & _chosen(pair.second, answers, place)
            found[both, place[pair.first.item]] = True
            found[both, place[pair.second.item]] = True
    return found


def _chosen(half: Answered, answers: GroupAnswers, place: dict[str, int]) -> Flags:
    import numpy as np

    return np.isin(answers.codes[:, place[half.item]], [digit(code) for code in half.codes])


def longest_runs(codes: NDArray[np.int8]) -> NDArray[np.int64]:
    """Of each row the most items in a row with the same answer."""
    import numpy as np

    length = best = np.zeros(codes.shape[0], dtype=np.int64)
    for n in range(codes.shape[1]):
        given = codes[:, n] > 0
        goes_on = given & (codes[:, n] == codes[:, n - 1]) if n else np.zeros_like(given)
        length = np.where(goes_on, length + 1, given)
        best = np.maximum(best, length)
    return best


def tails(codes: NDArray[np.int8], shortest: int) -> Flags:
    """Rows × items: everything from the first of a row's longest runs of equal answers on, if the run
    is of `shortest` at least."""
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
