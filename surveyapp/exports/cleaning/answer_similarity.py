"""Evidence of coordinated answering: more equal answers in one unit than chance gives; never a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from surveyapp.exports.cleaning.answer_arrays import GroupAnswers, scores
from surveyapp.exports.cleaning.rule_concentration import concentrations, upper_tail
from surveyapp.exports.disclosure.row_labels import Cell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

PERMUTATIONS = 999
FEWEST = 5
"""Responses of a cell from which on it is looked at."""

ALIKE = 0.9
"""Share of the items that two near-identical responses answer alike."""

ANSWERED = 0.5
"""Share of the items that must be answered to be compared."""

RARE = 0.001
"""Share of all pairs of a group that count as partly alike: the most alike of a thousand pairs."""

SAMPLED = 200_000
"""Pairs drawn to see how alike the most alike of a thousand are."""

STRATA = 10
LARGEST_WORK = 4e8
"""Edges × permutations of a group at most; a group with more gets fewer permutations."""

FALSE_SHARE = 0.05
"""Share of false discoveries among those marked that is accepted (Benjamini and Hochberg, 1995)."""

COLUMNS = (
    "rated_unit", "group", "responses", "compared", "kind", "pairs", "expected", "p", "q", "marked"
)  # fmt: skip


@dataclass(frozen=True)
class SimilarityFinding:
    """One cell and one kind of likeness (pairs `identical`, `near`, `partly`) or of mark (responses with `one_answer`,
    `too_fast`): how many were found, how many expected by chance, the chance `p` of so many, and `q` after
    control of false discoveries over all cells and kinds."""

    cell: Cell
    responses: int
    compared: int
    kind: str
    pairs: int
    expected: float
    p: float
    q: float = 1.0

    @property
    def is_marked(self) -> bool:
        """More than chance explains, at the accepted share of false discoveries."""
        return self.q <= FALSE_SHARE


def study(groups: Mapping[str, GroupAnswers], *, seed: int = 1) -> list[SimilarityFinding]:
    """Every rated unit × group with `FEWEST` responses at least, the least likely first.

    Two responses are compared if both answer half of the items and neither gives one answer only:
    straight lines have a rule of their own. The null: unit labels are dealt anew within the group,
    among responses of a similar mean, so that a unit is not marked for being good or bad.
    """
    findings = [
        finding
        for number, answers in enumerate(groups.values())
        for finding in _of_group(answers, seed=seed + number)
    ]
    if not findings:
        return []
    controlled = false_discovery_shares([finding.p for finding in findings])
    marked = [replace(finding, q=q) for finding, q in zip(findings, controlled, strict=True)]
    return sorted(marked, key=lambda one: (one.q, one.p, -one.pairs, one.cell, one.kind))


def false_discovery_shares(chances: Sequence[float]) -> list[float]:
    """For each chance p the least share of false discoveries at which it is marked (Benjamini and Hochberg, 1995).

    `scipy.stats` has the same and takes over a second to import.
    """
    import numpy as np

    p = np.asarray(chances, dtype=float)
    falling = np.argsort(-p, kind="stable")
    shares = p[falling] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[falling] = np.minimum(np.minimum.accumulate(shares), 1.0)
    return [float(q) for q in adjusted]


def table(findings: Iterable[SimilarityFinding]) -> Iterator[tuple[str | int | float, ...]]:
    """Rows of `COLUMNS`."""
    for one in findings:
        yield (
            *one.cell, one.responses, one.compared, one.kind, one.pairs,
            one.expected, one.p, one.q, int(one.is_marked),
        )  # fmt: skip


def _of_group(answers: GroupAnswers, *, seed: int) -> Iterator[SimilarityFinding]:
    import numpy as np

    kept = _comparable(answers)
    units, codes = answers.unit[kept], answers.codes[kept]
    sizes = np.bincount(answers.unit, minlength=len(answers.units))
    compared = np.bincount(units, minlength=len(answers.units))
    strata = _strata(scores(answers)[kept])
    near, identical = _alike(codes)
    kinds = {"identical": near[identical], "near": near, "partly": _partly(codes, seed)}
    nulls = _nulls(units, strata, list(kinds.values()), len(answers.units), seed=seed)
    for (kind, pairs), drawn in zip(kinds.items(), nulls, strict=True):
        seen = _within(units, pairs, len(answers.units))
        for index in np.flatnonzero(sizes >= FEWEST):
            null = drawn[:, index]
            yield SimilarityFinding(
                answers.cell(int(index)),
                int(sizes[index]),
                int(compared[index]),
                kind,
                int(seen[index]),
                float(null.mean()),
                _chance(int(seen[index]), null),
            )
    yield from _of_marks(answers, sizes)


def _of_marks(answers: GroupAnswers, sizes: Ints) -> Iterator[SimilarityFinding]:
    for kind, index, hits, expected, p in concentrations(answers):
        if sizes[index] >= FEWEST:
            n = int(sizes[index])
            yield SimilarityFinding(answers.cell(index), n, n, kind, hits, expected, p)


def _chance(seen: int, null: Ints) -> float:
    """Counted among the permutations where that is precise, else from the curve through them."""
    beyond = int((null >= seen).sum())
    if beyond >= 10:
        return (1 + beyond) / (1 + len(null))
    mean = max(float(null.mean()), 1 / len(null))
    return upper_tail(seen, mean, float(null.var()))


def _comparable(answers: GroupAnswers) -> NDArray[np.bool_]:
    """Rows with enough answers that are not all the same."""
    import numpy as np

    codes = answers.codes
    given = codes > 0
    highest = codes.max(axis=1)
    lowest = np.where(given, codes, 127).min(axis=1)
    enough = given.sum(axis=1) >= ceil(ANSWERED * codes.shape[1])
    return np.asarray(enough & (highest != lowest))


def _strata(scored: NDArray[np.float64]) -> Ints:
    """Tenths of the responses by their mean; don't know alone is a stratum of its own."""
    import numpy as np

    n = (~np.isnan(scored)).sum(axis=1)
    means = np.where(n > 0, np.nansum(scored, axis=1) / np.maximum(n, 1), -1.0)
    if not len(means):
        return np.zeros(0, dtype=np.int64)
    edges = np.unique(np.quantile(means, np.arange(1, STRATA) / STRATA))
    return np.searchsorted(edges, means, side="right").astype(np.int64)


def _alike(codes: NDArray[np.int8]) -> tuple[Ints, NDArray[np.bool_]]:
    """Every near-identical pair of rows, and which of them are identical."""
    import numpy as np

    n, width = codes.shape
    digits = [digit for digit in np.unique(codes) if digit]
    flags = np.concatenate([codes == digit for digit in digits], axis=1) if n else codes
    flags = flags.astype(np.float32)
    needed = ceil(ALIKE * width)
    given = (codes > 0).sum(axis=1)
    firsts, seconds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    equal = [np.zeros(0, bool)]
    for start in range(0, n, 1024):
        block = flags[start : start + 1024]
        same = block @ flags[start:].T
        # two rows that left the same gaps can be identical without reaching `needed`
        least = np.minimum(needed, given[start : start + 1024]).astype(np.float32)
        first, second = np.divmod(np.flatnonzero(same >= least[:, None]), same.shape[1])
        agree = same[first, second]
        first, second = first + start, second + start
        twins = (agree == given[first]) & (agree == given[second])
        is_alike = (first < second) & (twins | (agree >= needed))
        firsts.append(first[is_alike])
        seconds.append(second[is_alike])
        equal.append(twins[is_alike])
    return np.stack([np.concatenate(firsts), np.concatenate(seconds)], axis=1), np.concatenate(
        equal
    )


def _partly(codes: NDArray[np.int8], seed: int) -> Ints:
    """Pairs that agree as the most alike of a thousand pairs of the group do, or more: copies of which each has
    answers of its own agree so, though in none of them nine in ten."""
    import numpy as np

    n = len(codes)
    if n < FEWEST:
        return np.zeros((0, 2), np.int64)
    chance = np.random.default_rng(seed)
    first, second = chance.integers(0, n, size=(2, SAMPLED))
    drawn = first != second
    agreed = ((codes[first] == codes[second]) & (codes[first] > 0)).sum(axis=1)[drawn]
    least = max(int(np.quantile(agreed, 1 - RARE)), 1)
    return _agreeing(codes, least)


def _agreeing(codes: NDArray[np.int8], least: int) -> Ints:
    """Pairs of rows with `least` equal answers or more."""
    import numpy as np

    flags = np.concatenate([codes == digit for digit in np.unique(codes) if digit], axis=1)
    flags = flags.astype(np.float32)
    found = [np.zeros((0, 2), np.int64)]
    for start in range(0, len(codes), 1024):
        same = flags[start : start + 1024] @ flags[start:].T
        first, second = np.divmod(np.flatnonzero(same >= least), same.shape[1])
        kept = first < second
        found.append(np.stack([first[kept] + start, second[kept] + start], axis=1))
    return np.concatenate(found)


def _within(units: Ints, pairs: Ints, n_units: int) -> Ints:
    """Pairs of which both rows belong to the unit, by unit."""
    import numpy as np

    first, second = units[pairs[:, 0]], units[pairs[:, 1]]
    return np.bincount(first[first == second], minlength=n_units)


def _nulls(
    units: Ints, strata: Ints, kinds: Sequence[Ints], n_units: int, *, seed: int
) -> list[Ints]:
    """For each kind of pairs the same count with the unit labels dealt anew within strata, once per row."""
    import numpy as np

    drawn = []
    for pairs in kinds:
        times = int(min(PERMUTATIONS, max(LARGEST_WORK / max(len(pairs), 1), 99)))
        drawn.append(np.zeros((times, n_units), dtype=np.int64))
    counted = [(pairs, counts) for pairs, counts in zip(kinds, drawn, strict=True) if len(pairs)]
    chance = np.random.default_rng(seed)
    in_order = units[np.argsort(strata, kind="stable")]
    dealt = np.empty_like(units)
    for n in range(max((len(counts) for _, counts in counted), default=0)):
        dealt[np.argsort(strata + chance.random(len(units)))] = in_order
        for pairs, counts in counted:
            if n < len(counts):
                counts[n] = _within(dealt, pairs, n_units)
    return drawn
