"""Columns of one rated unit × group that tell of each other, merged so that none tells a small count of another.

Two things tie columns together. Who is asked follows from other answers: people who were not asked one item
are those who chose certain options of another. And a question with several answers is a column an option:
all of them share who gave no answer, and nobody chooses more than so many. So

- a column is merged among those who were asked, each run of at least the minimum of them, as if everybody
  knew how many were not; how many were not is told by itself only where the item that decides tells the same
  sum already, and is else added to the run that holds who gave no answer;
- the columns of one question tell those without an answer in the same way, and as many columns tell
  their option as leave three values at least for each that does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from surveyapp.exports.disclosure.mean_rounding import APART
from surveyapp.exports.disclosure.option_merging import (
    MISSING,
    MergedCounts,
    OptionRow,
    Run,
    merge_options,
)
from surveyapp.exports.release.results import ItemColumn, ItemCounts
from surveyapp.instruments.kinds.kind import NOT_ASKED
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import (
    DONT_KNOW,
    Condition,
    Instrument,
    InstrumentItem,
    variable_name,
)

NEAR = 6
"""How far from what is true is looked for other numbers that fit: fewer found is more withheld."""


@dataclass(frozen=True)
class ToldColumn:
    """A column merged among those who were asked, and as it is told."""

    asked: MergedCounts
    told: MergedCounts


def merge_columns(
    form: Instrument,
    columns: Mapping[str, ItemColumn],
    counts: Mapping[str, ItemCounts],
    minimum: int,
) -> dict[str, ToldColumn]:
    """Every column by name; those of which fewer than `minimum` were asked are told nothing of."""
    told: dict[str, ToldColumn] = {}
    of_item: dict[str, list[str]] = {}
    for name, column in columns.items():
        of_item.setdefault(column.item.id, []).append(name)
    for item, tests in conditions(form).items():
        mine = {name: (columns[name], counts[name]) for name in of_item.get(item, ())}
        for name, asked in _among_asked(form.item(item), mine, minimum).items():
            away = counts[name].not_asked
            is_apart = away >= minimum and len(tests) == 1 and _is_told(form, tests[0], told)
            whole = _with_away(asked, away, is_apart=is_apart) if tests else asked
            told[name] = ToldColumn(asked, whole)
    return told


def conditions(form: Instrument) -> dict[str, list[Condition]]:
    """Every item by id with all that it and its section ask of other answers, in the order asked."""
    return {
        item.id: [
            test
            for shown_if in (section.shown_if, item.shown_if)
            if shown_if
            for test in shown_if.any or shown_if.all
        ]
        for section in form.sections
        for item in section.items
    }


def _among_asked(
    item: InstrumentItem, columns: Mapping[str, tuple[ItemColumn, ItemCounts]], minimum: int
) -> dict[str, MergedCounts]:
    if kind_of(item).is_several:
        return _Several(item, columns, minimum).merged()
    merged = {
        name: merge_options(OptionRow.with_codes(item, column.options), by_code(counts), minimum)
        for name, (column, counts) in columns.items()
    }
    return {name: one for name, one in merged.items() if one is not None}


def by_code(counts: ItemCounts) -> dict[str, int]:
    """Counts of one item by option, with those off the scale."""
    return {**counts.options, DONT_KNOW: counts.dont_know, MISSING: counts.missing}


def _is_told(form: Instrument, test: Condition, told: Mapping[str, ToldColumn]) -> bool:
    """Whether how many meet the condition can be read from the item it asks about: every run of that lies on
    one side."""
    source = form.item(test.item)
    met, column = kind_of(source).categories_met(source, test), told.get(variable_name(source.id))
    if met is None or column is None:
        return False
    return all(met.issuperset(run) or met.isdisjoint(run) for run, _n in column.told.runs)


def _with_away(asked: MergedCounts, away: int, *, is_apart: bool) -> MergedCounts:
    """Those who were not asked, as a run of their own or with those who gave no answer."""
    row = OptionRow(asked.row.scale, asked.row.top, (*asked.row.off, NOT_ASKED))
    if is_apart:
        return MergedCounts(row, (*asked.runs, ((NOT_ASKED,), away)))
    runs = [((*run, NOT_ASKED), n + away) if MISSING in run else (run, n) for run, n in asked.runs]
    return MergedCounts(row, tuple(runs))


class _Several:
    """The columns of one question with several answers."""

    def __init__(
        self,
        item: InstrumentItem,
        columns: Mapping[str, tuple[ItemColumn, ItemCounts]],
        minimum: int,
    ) -> None:
        self.item, self.columns, self.minimum = item, columns, minimum
        column, first = next(iter(columns.values()))
        self.yes, self.no = column.options
        self.chosen = {name: counts.options[self.yes] for name, (_, counts) in columns.items()}
        self.answered, self.dont_know, self.missing = first.answered, first.dont_know, first.missing
        self.without = first.dont_know + first.missing
        alone = {option.code for option in item.options if option.alone}
        self.alone = {name for name, (column, _n) in columns.items() if column.option in alone}

    @property
    def is_apart(self) -> bool:
        """Those without an answer are told by themselves, the same in every column."""
        return min(self.without, self.answered) >= self.minimum

    def merged(self) -> dict[str, MergedCounts]:
        asked = self.answered + self.without
        if asked < self.minimum:
            return {}
        base = self.answered if self.is_apart else asked
        told = [n for n, c in self.chosen.items() if min(c, base - c) >= self.minimum]
        told.sort(key=lambda name: min(self.chosen[name], base - self.chosen[name]))
        while told and not self._is_safe(frozenset(told)):
            told.pop(0)
        return {name: self._column(name, name in told) for name in self.columns}

    def _column(self, name: str, is_told: bool) -> MergedCounts:
        column, _counts = self.columns[name]
        row = OptionRow.with_codes(self.item, column.options)
        chosen = self.chosen[name]
        if self.is_apart:
            runs: list[tuple[Run, int]] = (
                [((self.yes,), chosen), ((self.no,), self.answered - chosen)]
                if is_told
                else [(row.scale, self.answered)]
            )
            return MergedCounts(row, (*runs, *self._without(row)))
        asked = self.answered + self.without
        if is_told:
            rest = (self.no, *row.off)
            return MergedCounts(row, (((self.yes,), chosen), (rest, asked - chosen)))
        return MergedCounts(row, ((row.codes, asked),))

    def _without(self, row: OptionRow) -> list[tuple[Run, int]]:
        if min(self.dont_know, self.missing) >= self.minimum:
            return [((DONT_KNOW,), self.dont_know), ((MISSING,), self.missing)]
        return [(row.off, self.without)]

    def _is_safe(self, told: frozenset[str]) -> bool:
        """Whether three values at least, or only large ones, are left for each number that is not told."""
        seen: dict[tuple[str, str], list[int]] = {}
        for possible in self._ways(told):
            for key, (low, high) in possible.items():
                ends = seen.setdefault(key, [low, high])
                ends[:] = min(ends[0], low), max(ends[1], high)
        return all(high >= self.minimum or high - low >= APART for low, high in seen.values())

    def _ways(self, told: frozenset[str]) -> Iterator[dict[tuple[str, str], tuple[int, int]]]:
        """What each number that is not told may be, for every number of people near the true one who answered,
        and who chose what stands alone."""
        asked = self.answered + self.without
        hidden_alone = self.alone - told
        true_alone = sum(self.chosen[name] for name in hidden_alone)
        near = range(-NEAR, NEAR + 1)
        people = [self.answered] if self.is_apart else [self.answered + n for n in near]
        lonely = [true_alone + n for n in near] if hidden_alone else [0]
        for answered, alone in product(people, lonely):
            free = answered - alone - sum(self.chosen[name] for name in self.alone & told)
            if not (0 <= alone <= answered <= asked and free >= 0):
                continue
            ways = self._of_free(told, free)
            if ways is None:
                continue
            possible: dict[tuple[str, str], tuple[int, int]] = {}
            for name, (low, high) in ways.items():
                if name not in told:
                    possible[name, self.yes] = low, high
                if name not in told or not self.is_apart:
                    possible[name, self.no] = answered - high, answered - low
            for name in hidden_alone:
                least = alone if len(hidden_alone) == 1 else 0
                possible[name, self.yes] = least, alone
                possible[name, self.no] = answered - alone, answered - least
            if not self.is_apart:
                possible["", MISSING] = asked - answered, asked - answered
            yield possible

    def _of_free(self, told: frozenset[str], free: int) -> dict[str, tuple[int, int]] | None:
        """How many chose each option that does not stand alone, if `free` people chose among these; None where
        that cannot be."""
        fewest, most = kind_of(self.item).choices(self.item)
        names = [name for name in self.columns if name not in self.alone]
        hidden = [name for name in names if name not in told]
        shown = [self.chosen[name] for name in names if name in told]
        if any(n > free for n in shown):
            return None
        low = max(fewest * free - sum(shown), 0)
        high = min(most * free - sum(shown), len(hidden) * free)
        if low > high:
            return None
        others = max(len(hidden) - 1, 0) * free
        ends = max(low - others, 0), min(high, free)
        return {name: (self.chosen[name],) * 2 if name in told else ends for name in names}
