"""What is told of one item: merged counts, a mean in a band, shares of the best and of "don't know".

Everything beside the merged counts and the band of the mean follows from these two, so it tells no
more than they do; figures over several units or groups are made of those told of each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from surveyapp.exports.disclosure.mean_rounding import MeanBand, edges
from surveyapp.exports.disclosure.option_merging import MergedCounts, OptionRow
from surveyapp.instruments.model import DONT_KNOW

Z95 = 1.959964
"""Of the normal distribution, for an interval that holds in 95 of 100 cases."""

Between = tuple[float, float]
"""The least and the most it can be, for all that is told."""


@dataclass(frozen=True)
class ItemFigures:
    """Figures of one item among the responses of a rated unit × group, or of several together.

    `counts` is how many chose a run of options (told as one), the least and the most; `mean` is 0 (worst) to 100, as
    a band, None where nobody answered on the scale; `error` the standard error of the mean, at most.
    """

    responses: int
    counts: Mapping[tuple[str, ...], tuple[int, int]]
    mean: Between | None
    top_two: tuple[int, int]
    dont_know: tuple[int, int] | None
    error: float = 0.0

    @cached_property
    def middle(self) -> float | None:
        """The middle of the band."""
        return None if self.mean is None else (self.mean[0] + self.mean[1]) / 2

    @cached_property
    def interval(self) -> Between | None:
        """Where the mean of all who might have answered lies, at 95 %: the band, widened by the error."""
        if self.mean is None:
            return None
        low, high = self.mean
        return max(0.0, low - Z95 * self.error), min(100.0, high + Z95 * self.error)

    def share(self, counted: tuple[int, int] | None) -> tuple[float | None, float | None]:
        """Counts as shares of all responses."""
        if counted is None or not self.responses:
            return None, None
        return counted[0] / self.responses, counted[1] / self.responses


def figures_of(told: MergedCounts, band: MeanBand, *, deff: float = 1.0) -> ItemFigures:
    """The figures of one rated unit × group; `deff` is the design effect of its lists, which no answer touches."""
    offered = DONT_KNOW in told.row.codes
    mean = edges(band)
    return ItemFigures(
        responses=told.responses,
        counts={run: (n, n) for run, n in told.runs},
        mean=mean,
        top_two=told.between(told.row.top),
        dont_know=told.between([DONT_KNOW]) if offered else None,
        error=min(_error(told, mean) * sqrt(deff), 100.0),
    )


def _error(told: MergedCounts, mean: Between) -> float:
    """Standard error of the mean as of a simple random sample, every merged answer as far off as its run
    allows: made of what is told, so it tells nothing more."""
    steps = len(told.row.scale) - 1
    score = {code: 100 * (steps - n) / steps for n, code in enumerate(told.row.scale)}
    squares = answered = 0.0
    for run, n in told.runs:
        scores = [score[code] for code in run if code in score]
        if scores:
            squares += n * max((one - end) ** 2 for one in scores for end in mean)
        if len(scores) == len(run):
            answered += n
    known = max(answered, 1.0)
    return min(sqrt(squares / known / max(known - 1, 1.0)), 100.0)


def averaged(groups: Sequence[Sequence[ItemFigures]]) -> tuple[float, float, float, float]:
    """Least and most of a mean over items and then over groups, and its interval at 95 %.

    The same people answer the items of a group, so their errors are taken to go together, which is the cautious
    side; those of two groups are independent.
    """
    ends = [
        sum(
            sum(one.mean[end] for one in of_group if one.mean) / len(of_group)
            for of_group in groups
        )
        / len(groups)
        for end in (0, 1)
    ]
    errors = [sum(one.error for one in of_group) / len(of_group) for of_group in groups]
    reach = Z95 * sqrt(sum(error * error for error in errors)) / len(groups)
    return ends[0], ends[1], max(0.0, ends[0] - reach), min(100.0, ends[1] + reach)


def together(row: OptionRow, parts: Sequence[ItemFigures]) -> ItemFigures:
    """Figures over several cells, each as large as its responses: sums of what is told of each."""
    total = sum(part.responses for part in parts)
    rated = [(part.responses, part.mean, part.error) for part in parts if part.mean is not None]
    weight = sum(n for n, _, _ in rated)
    mean = (
        (
            sum(n * low for n, (low, _), _ in rated) / weight,
            sum(n * high for n, (_, high), _ in rated) / weight,
        )
        if weight
        else None
    )
    unsure = [part.dont_know for part in parts if part.dont_know is not None]
    return ItemFigures(
        responses=total,
        counts={(code,): _sum([_within(part, code) for part in parts]) for code in row.codes},
        mean=mean,
        top_two=_sum([part.top_two for part in parts]),
        dont_know=_sum(unsure) if unsure else None,
        error=sqrt(sum((n * error) ** 2 for n, _, error in rated)) / weight if weight else 0.0,
    )


def _within(part: ItemFigures, code: str) -> tuple[int, int]:
    """How many chose one option, by the run it is told in."""
    run = next(run for run in part.counts if code in run)
    low, high = part.counts[run]
    return (low if len(run) == 1 else 0), high


def _sum(pairs: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(low for low, _ in pairs), sum(high for _, high in pairs)
