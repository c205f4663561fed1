"""Which neighbouring options of an item are told as one, so that every number told holds the threshold.

The options stand from best to worst, then those off the scale. Of all ways to cut that row into runs
of at least the threshold the one that loses least is taken: a shortest way through the cuts (dynamic
programming), exact, not a rule of thumb.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from surveyapp.instruments.kinds.kind import NOT_ASKED
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import DONT_KNOW, InstrumentItem

MISSING = "missing"
"""Stands as option for answers that were not given."""

Run = tuple[str, ...]
"""Codes told as one, in the order of the row."""

Loss = tuple[int, int, int]
"""What a cut loses: runs that mix scale and no answer, answers merged for a neighbour's sake, runs merged."""


@dataclass(frozen=True)
class OptionRow:
    """The options of an item: on the scale from best to worst, those that count as good, off the scale."""

    scale: Run
    top: Run
    off: Run

    @classmethod
    def of(cls, item: InstrumentItem) -> "OptionRow":
        """As the item was asked: the best two are the top, of a scale under four the best alone."""
        return cls.with_codes(item, kind_of(item).option_codes(item))

    @classmethod
    def with_codes(
        cls, item: InstrumentItem, codes: Sequence[str], *, is_conditional: bool = False
    ) -> "OptionRow":
        """The same of a column with these codes; where not everybody is asked, who was not stands among them."""
        scale = tuple(codes) if item.best != codes[-1] else tuple(codes)[::-1]
        off: Run = (DONT_KNOW, MISSING) if item.dont_know else (MISSING,)
        off += (NOT_ASKED,) if is_conditional else ()
        return cls(scale, scale[: 2 if len(scale) > 3 else 1], off)

    @property
    def codes(self) -> Run:
        """All of them."""
        return (*self.scale, *self.off)


@dataclass(frozen=True)
class MergedCounts:
    """Counts of one item that may be published: of each run of options, in the order of the row."""

    row: OptionRow
    runs: tuple[tuple[Run, int], ...]

    @property
    def responses(self) -> int:
        """How many they are in all."""
        return sum(n for _, n in self.runs)

    def between(self, codes: Sequence[str]) -> tuple[int, int]:
        """The least and the most that chose one of `codes`, for all that the runs tell."""
        chosen = set(codes)
        inside = sum(n for run, n in self.runs if chosen.issuperset(run))
        return inside, sum(n for run, n in self.runs if chosen.intersection(run))


def merge_options(row: OptionRow, counts: Mapping[str, int], minimum: int) -> MergedCounts | None:
    """The cut that loses least, each run of `minimum` or more; None where all together are fewer.

    The share of the top and that of "don't know" are kept whole wherever both they and the rest hold
    the minimum, the top first.
    """
    total = sum(counts[code] for code in row.codes)
    if total < minimum:
        return None
    kept: list[frozenset[str]] = []
    for codes in (frozenset(row.top), frozenset([DONT_KNOW])):
        rest = total - sum(counts[code] for one in (*kept, codes) for code in one)
        chosen = sum(counts.get(code, 0) for code in codes)
        if codes <= set(row.codes) and chosen >= minimum and rest >= minimum:
            kept.append(codes)
    cuts = [
        cut
        for off in permutations(row.off)
        if (cut := _best_cut((*row.scale, *off), row, counts, minimum, kept))
    ]
    _, runs = min(cuts)
    return MergedCounts(row, tuple((run, sum(counts[code] for code in run)) for run in runs))


def _best_cut(
    codes: Run,
    row: OptionRow,
    counts: Mapping[str, int],
    minimum: int,
    kept: Sequence[frozenset[str]],
) -> tuple[Loss, tuple[Run, ...]] | None:
    """The least loss up to each place, from the one before the run that ends there."""
    best: list[tuple[Loss, tuple[Run, ...]] | None] = [((0, 0, 0), ())]
    for end in range(1, len(codes) + 1):
        ways = [
            (_add(before[0], loss), (*before[1], codes[start:end]))
            for start in range(end)
            if (before := best[start]) is not None
            for loss in _loss(codes[start:end], row, counts, minimum, kept)
        ]
        best.append(min(ways, default=None))
    return best[-1]


def _loss(
    run: Run,
    row: OptionRow,
    counts: Mapping[str, int],
    minimum: int,
    kept: Sequence[frozenset[str]],
) -> Iterator[Loss]:
    """What a run loses; nothing where it may not be."""
    inside = [counts[code] for code in run]
    if sum(inside) < minimum or any(not codes.isdisjoint(run) and not codes.issuperset(run) for codes in kept):  # fmt: skip
        return
    if len(run) == 1:
        yield 0, 0, 0
        return
    mixed = any(code in row.off for code in run) and any(code in row.scale for code in run)
    yield int(mixed), sum(n for n in inside if n >= minimum), 1


def _add(one: Loss, other: Loss) -> Loss:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]
