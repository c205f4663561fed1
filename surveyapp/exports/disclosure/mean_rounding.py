"""How finely the mean of an item may be told beside its merged counts, so that no merged count shows.

The range of means that the runs allow is cut into bands, from the best mean downwards: each as narrow
as it can be while every option of a merged run may still have been chosen by nobody and by `APART`
or more, for whatever mean in the band. The bands follow from the published runs
alone, so it tells nothing that just this band and no narrower one is told.

Means are 0 (worst) to 100 (best), in tenths. To have a set of possible means that is a plain
progression, only some of the ways to share out a run are looked at: more ways exist, so a band is at
most wider than it must be, never narrower.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from surveyapp.exports.disclosure.option_merging import MergedCounts, Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TENTHS = 10
APART = 2
"""How far apart the least and the most must stay that a merged option can have: three values at least."""

_FIGURES = 1e-7
_WAYS = 6
"""Progressions looked at for one demand at most."""

Progression = tuple[int, int, int, int]
"""Sums of scores from the first to the last by a step, and how many answers share them."""


@dataclass(frozen=True)
class MeanBand:
    """From which mean to which, in tenths, both included; equal where the mean is told exactly."""

    low: int
    high: int


@dataclass(frozen=True)
class _Shared:
    """Part of the answers shared out freely: sums from `low` to `high`, every `step`."""

    low: int
    high: int
    step: int

    def beside(self, other: _Shared) -> _Shared:
        """Both together, as far as that is a plain progression."""
        if self.low == self.high:
            return _Shared(self.low + other.low, self.low + other.high, other.step)
        if other.low == other.high:
            return other.beside(self)
        wide, narrow = sorted((self, other), key=lambda one: one.step)
        if wide.high - wide.low >= narrow.step - wide.step:
            return _Shared(self.low + other.low, self.high + other.high, wide.step)
        return _Shared(narrow.low + wide.low, narrow.high + wide.low, narrow.step)


class _RunsOfMeans:
    """The runs of one item, by what they add to the mean."""

    def __init__(self, told: MergedCounts) -> None:
        self.score = {code: n for n, code in enumerate(reversed(told.row.scale))}
        self.top = len(told.row.scale) - 1
        self.runs = [(self._on_scale(run), run, n) for run, n in told.runs]

    def _on_scale(self, run: Run) -> tuple[int, ...]:
        return tuple(sorted(self.score[code] for code in run if code in self.score))

    def demands(self) -> Iterator[list[Progression]]:
        """For every option of a merged run, for "nobody" and for `APART`: the means that allow it."""
        for at, (_, run, _n) in enumerate(self.runs):
            if len(run) > 1 and self._on_scale(run):
                for code in run:
                    for chosen in (0, APART):
                        yield list(self._ways(at, code, chosen))

    def whole(self) -> list[Progression]:
        """The greatest and the least mean of all, as the runs allow them."""
        return list(self._ways(-1, "", 0))

    def _ways(self, fixed: int, code: str, chosen: int) -> Iterator[Progression]:
        total: list[tuple[int, _Shared]] = [(0, _Shared(0, 0, 1))]
        for at, (scores, run, n) in enumerate(self.runs):
            if at == fixed:
                ways = list(self._with(code, chosen, scores, run, n))
            else:
                ways = list(_shared(scores, len(run) > len(scores), n))
            total = [
                (answered + more, shared.beside(other))
                for answered, shared in total
                for more, other in ways
            ]
        for answered, shared in total:
            if answered:
                yield shared.low, shared.high, shared.step, answered

    def _with(
        self, code: str, chosen: int, scores: tuple[int, ...], run: Run, n: int
    ) -> Iterator[tuple[int, _Shared]]:
        """The run with `chosen` of its answers on one option, the others on the rest of it."""
        off = len(run) - len(scores)
        if code not in self.score:
            yield from _shared(scores, off > 1, n - chosen)
            return
        own = self.score[code]
        others = tuple(score for score in scores if score != own)
        for answered, shared in _shared(others, off > 0, n - chosen):
            yield chosen + answered, shared.beside(_Shared(own * chosen, own * chosen, 1))


def _shared(scores: tuple[int, ...], has_off: bool, n: int) -> Iterator[tuple[int, _Shared]]:
    """Ways to share `n` answers over `scores`, some of them off the scale where it has such options."""
    if not scores:
        if has_off or not n:
            yield 0, _Shared(0, 0, 1)
        return
    for answered in {n, n // 2, 0} if has_off else {n}:
        for block in _blocks(scores):
            step = block[1] - block[0] if len(block) > 1 else 1
            yield answered, _Shared(answered * block[0], answered * block[-1], step)


def _blocks(scores: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Scores one after the other; two alone are one block whatever lies between."""
    if len(scores) <= 2:
        return [scores]
    blocks = [[scores[0]]]
    for score in scores[1:]:
        if score == blocks[-1][-1] + 1:
            blocks[-1].append(score)
        else:
            blocks.append([score])
    return [tuple(block) for block in blocks]


def mean_bands(items: Sequence[tuple[MergedCounts, Fraction]]) -> list[MeanBand]:
    """The band of each item; `items` with the true mean (0 to 100) of each, of which only its band is told."""
    import numpy as np

    bands = [MeanBand(_nearest(mean), _nearest(mean)) for _, mean in items]
    guarded = [n for n, (told, _) in enumerate(items) if _has_merged_scale(told)]
    runs = [_RunsOfMeans(items[n][0]) for n in guarded]
    demands = [list(one.demands()) for one in runs]
    if not guarded:
        return bands
    width = max(len(of_item) for of_item in demands)
    ways = np.full((4, len(guarded), width, _WAYS), np.nan)
    asked = np.zeros((len(guarded), width), dtype=bool)
    for n, of_item in enumerate(demands):
        for m, progressions in enumerate(of_item):
            asked[n, m] = True
            for k, way in enumerate(progressions[:_WAYS]):
                ways[:, n, m, k] = way
    unit = np.array([100 / one.top for one in runs])
    true = np.array([floor(items[n][1] * TENTHS) for n in guarded])
    ends = [_ends(one.whole(), one.top) for one in runs]
    band = _walk(ways, asked, unit, true, np.array(ends))
    for n, (low, high) in zip(guarded, band.tolist(), strict=True):
        bands[n] = MeanBand(int(low), int(high))
    return bands


def _nearest(mean: Fraction) -> int:
    return floor(mean * TENTHS + Fraction(1, 2))


def _has_merged_scale(told: MergedCounts) -> bool:
    """Whether some option that counts in the mean, or in how many answered, is told with another."""
    scale = set(told.row.scale)
    return any(len(run) > 1 and scale.intersection(run) for run, _ in told.runs)


def _ends(whole: Iterable[Progression], top: int) -> tuple[int, int]:
    """Least and greatest mean in tenths."""
    means = [Fraction(100 * end, top * way[3]) for way in whole for end in way[:2]]
    return floor(min(means) * TENTHS), floor(max(means) * TENTHS)


def _walk(ways: Floats, asked: Floats, unit: Floats, true: Floats, ends: Floats) -> Floats:
    """Band by band downwards until each item's true mean lies in one; the last takes in what is left."""
    import numpy as np

    bounds = np.zeros((len(true), 2))
    going = np.arange(len(true))
    high, above = ends[:, 1].astype(float), ends[:, 1].astype(float)
    while len(going):
        low = _reached(ways[:, going], asked[going], unit[going], high[going])
        rest = ~(low >= ends[going, 0])
        here = ~rest & (true[going] >= low)
        bounds[going[here]] = np.column_stack([low, high[going]])[here]
        # what is left below the last whole band goes to it
        last = going[rest]
        bounds[last] = np.column_stack([ends[last, 0], above[last]])
        above[going] = high[going]
        high[going] = low - 1
        going = going[~rest & ~here]
    return bounds


def _reached(ways: Floats, asked: Floats, unit: Floats, high: Floats) -> Floats:
    """How far down a band from `high` must go to meet every demand, in tenths; -inf where it cannot."""
    import numpy as np

    first, last, step, answered = ways
    edge = (high + 1)[:, None, None] / TENTHS * answered / unit[:, None, None]
    most = np.ceil(edge - _FIGURES) - 1
    most = np.minimum(first + np.floor((most - first) / step) * step, last)
    tenth = np.floor(most * unit[:, None, None] / answered * TENTHS + _FIGURES)
    tenth = np.where(most >= first, tenth, -np.inf)
    best = np.nanmax(np.where(np.isnan(tenth), -np.inf, tenth), axis=2)
    reached: Floats = np.where(asked, best, np.inf).min(axis=1)
    return reached


def exact_mean(counts: dict[str, int], scale: Run) -> Fraction | None:
    """Mean of the answers on the scale, 0 (worst, the last) to 100; None where nobody answered."""
    answered = sum(counts[code] for code in scale)
    if not answered:
        return None
    points = sum((len(scale) - 1 - n) * counts[code] for n, code in enumerate(scale))
    return Fraction(100 * points, (len(scale) - 1) * answered)


def edges(band: MeanBand) -> tuple[float, float]:
    """The band as means: from, to."""
    return band.low / TENTHS, (min(band.high + (band.low < band.high), 100 * TENTHS)) / TENTHS
