"""Answers still to come, as mixtures that can be added up: their interval on the last day, and on every day before.

What all cells share (the curve's reach, fit and drift) stands in nodes that every cell has in the same order; what is
a cell's own stands in the parts of each node. Sums keep what is shared and let what is own even out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import erf, sqrt

LEVEL = 0.9
"""How often the interval should hold what comes."""

SHARED_NODES = 9
Part = tuple[float, float]
"""Mean and variance of a normal."""


@dataclass(frozen=True)
class ComingAnswers:
    """One cell's coming answers: mean and variance at each node of what all cells share.

    `most` is how many may still come, `reminder` how many more a reminder tomorrow brings, `shares` which part
    of what comes until the last day has come by the end of each day.
    """

    most: int
    nodes: tuple[tuple[Part, ...], ...]
    reminder: float
    shares: tuple[float, ...]

    def mean(self) -> float:
        """Expected until the last day."""
        return mean([m for node in self.nodes for m, _ in node])


@dataclass(frozen=True)
class ExpectedDay:
    """Answered forms expected at the end of a day; `low` and `high` bound `LEVEL` of what may be."""

    day: date
    expected: float
    low: float
    high: float


def interval(cells: Sequence[ComingAnswers]) -> tuple[float, float]:
    """Quantiles of what comes to these cells until the last day."""
    return _bounds(_added_up(cells)(None), sum(cell.most for cell in cells))


def by_day(
    cells: Sequence[ComingAnswers], days: Sequence[date], *, so_far: int
) -> list[ExpectedDay]:
    """What is expected at the end of each of `days`; on the last one the bounds are those of `interval`."""
    added, most = _added_up(cells), sum(cell.most for cell in cells)
    expected = []
    for position, each in enumerate(days):
        low, high = _bounds(added(position), most)
        came = sum(cell.mean() * cell.shares[position] for cell in cells)
        expected.append(ExpectedDay(each, so_far + came, so_far + low, so_far + high))
    return expected


def mean(values: Sequence[float]) -> float:
    """Their mean; nothing has the mean 0."""
    return sum(values) / len(values) if values else 0.0


def _added_up(cells: Sequence[ComingAnswers]) -> Callable[[int | None], list[Part]]:
    """The parts of the sum at the end of the n-th day, or of the last for None.

    A cell's answers are binomial with variance L·p·(1 − p). Of them the share s has come by a day: s·L·p in the
    mean, with variance s·L·p − s²·(L·p)·p, so that three sums by node and share are enough for every day.
    """
    if len(cells) == 1:
        (cell,) = cells
        return lambda n: [
            _so_far(m, m - v, 0.0, 1.0 if n is None else cell.shares[n])
            for node in cell.nodes
            for m, v in node
        ]
    together: dict[tuple[float, ...], list[list[float]]] = defaultdict(
        lambda: [[0.0, 0.0, 0.0] for _ in range(SHARED_NODES)]
    )
    for cell in cells:
        for sums, node in zip(together[cell.shares], cell.nodes, strict=True):
            centre = mean([m for m, _ in node])
            sums[0] += centre
            sums[1] += mean([m - v for m, v in node])
            sums[2] += mean([(m - centre) ** 2 for m, _ in node])

    def parts(n: int | None) -> list[Part]:
        at = [(1.0 if n is None else shares[n], sums) for shares, sums in together.items()]
        nodes = (
            [_so_far(sums[j][0], sums[j][1], sums[j][2], share) for share, sums in at]
            for j in range(SHARED_NODES)
        )
        return [(sum(m for m, _ in node), sum(v for _, v in node)) for node in nodes]

    return parts


def _so_far(whole: float, chance: float, own: float, share: float) -> Part:
    return share * whole, share * whole - share**2 * (chance - own)


def _bounds(parts: Sequence[Part], most: int) -> tuple[float, float]:
    tail = (1 - LEVEL) / 2
    return _quantile(parts, tail, most), _quantile(parts, 1 - tail, most)


def _quantile(parts: Iterable[Part], share: float, most: int) -> float:
    """The whole number of answers at which the mixture passes `share`, with continuity correction."""
    mixed = [(m, sqrt(2 * v) if v > 1e-12 else 0.0) for m, v in parts]
    low, high = 0, most
    if not mixed:
        return 0.0

    def below(n: int) -> float:
        return mean(
            [
                0.5 * (1 + erf((n + 0.5 - m) / wide)) if wide else float(m <= n + 0.5)
                for m, wide in mixed
            ]
        )

    while low < high:
        middle = (low + high) // 2
        if below(middle) >= share:
            high = middle
        else:
            low = middle + 1
    return float(low)
