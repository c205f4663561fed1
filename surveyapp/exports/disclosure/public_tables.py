"""The part of a release that may be published: who answered, how each item was answered, its mean.

Which tables there are is fixed here, before any box is opened. Each rated unit × group is protected
by itself (`option_merging`, `mean_rounding`, `linked_columns`); every total is made of what is published, so that
nothing can be subtracted from it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from surveyapp.exports.disclosure.item_figures import ItemFigures, averaged, figures_of, together
from surveyapp.exports.disclosure.linked_columns import (
    ToldColumn,
    by_code,
    conditions,
    merge_columns,
)
from surveyapp.exports.disclosure.mean_rounding import exact_mean, mean_bands
from surveyapp.exports.disclosure.option_merging import MISSING, OptionRow
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.formats.csv_files import Value, write_csv
from surveyapp.exports.release.results import AnswerTally, Frame, ItemColumn

PARTICIPATION = ("level", "rated_unit", "group", "responses")
ANSWERS = ("level", "rated_unit", "group", "item", "variable", "options", "n_low", "n_high")
MEANS = (
    "level", "rated_unit", "group", "item", "variable", "responses", "mean", "mean_low", "mean_high",
    "interval_low", "interval_high", "top_two_low", "top_two_high", "dont_know_low", "dont_know_high",
)  # fmt: skip
CRITERIA = (
    "level", "rated_unit", "criterion", "groups", "items", "mean", "mean_low", "mean_high", "interval_low",
    "interval_high",
)  # fmt: skip
ALL = "all"
"""Stands for all published units or groups together."""

NOBODY = Fraction(-1)

Question = tuple[str, str, str]
"""Rated unit, group, column."""

__all__ = (
    "ALL", "ANSWERS", "CRITERIA", "MEANS", "MISSING", "PARTICIPATION", "PublicTables", "write_public",
)  # fmt: skip


@dataclass(frozen=True)
class PublicTables:
    """What may be published of the results. Cells in `withheld` are told nothing of."""

    frame: Frame
    tally: AnswerTally
    withheld: Collection[Cell] = field(default=frozenset())
    deffs: Mapping[Cell, float] = field(default_factory=dict)
    """Design effects of the cells that have one, from the lists alone."""

    @cached_property
    def participation(self) -> dict[Cell, int | None]:
        """Responses by rated unit × group; None under the threshold."""
        cells = self.frame.in_order(self.frame.planned | set(self.tally.responses))
        least = self.frame.table_minimum
        told = {cell: self.tally.responses[cell] for cell in cells}
        return {
            cell: n if n >= least and cell not in self.withheld else None
            for cell, n in told.items()
        }

    @cached_property
    def told(self) -> list[Cell]:
        """Cells whose answers may be told: as many responses as give rows."""
        least = max(self.frame.row_minimum, self.frame.table_minimum)
        return [cell for cell, n in self.participation.items() if (n or 0) >= least]

    @cached_property
    def figures(self) -> dict[Question, ItemFigures]:
        """Figures of every item of every cell that is told, in the order of the tables."""
        merged = {
            (*cell, name): (column, self.tally.column(cell, self.columns[cell[1]][name]))
            for cell in self.told
            for name, column in self._merged(cell).items()
        }
        # where nobody answered the lowest band is told: no mean would tell that every option has none
        means = [
            (column.asked, NOBODY if mean is None else mean)
            for column, counts in merged.values()
            for mean in [exact_mean(by_code(counts), column.asked.row.scale)]
        ]
        return {
            key: figures_of(column.told, band, deff=self.deffs.get(key[:2], 1.0))
            for (key, (column, _)), band in zip(merged.items(), mean_bands(means), strict=True)
        }

    def _merged(self, cell: Cell) -> dict[str, ToldColumn]:
        columns = self.columns[cell[1]]
        counts = {name: self.tally.column(cell, column) for name, column in columns.items()}
        form = self.frame.instrument(cell[1])
        return merge_columns(form, columns, counts, self.frame.table_minimum)

    @cached_property
    def questions(self) -> dict[tuple[str, str], ItemFigures]:
        """By group and item, over the units that are told."""
        parts: dict[tuple[str, str], list[ItemFigures]] = defaultdict(list)
        for (_, group, item), figures in self.figures.items():
            parts[group, item].append(figures)
        return {
            (group, name): together(self._row(group, self.columns[group][name]), of_units)
            for (group, name), of_units in parts.items()
        }

    @cached_property
    def columns(self) -> dict[str, dict[str, ItemColumn]]:
        """Of each group what it was asked, by the name of the column."""
        return {
            group: {one.name: one for one in self.frame.columns_of(self.frame.instrument(group))}
            for group in self.frame.groups_by_code
        }

    def _row(self, group: str, column: ItemColumn) -> OptionRow:
        tests = conditions(self.frame.instrument(group))[column.item.id]
        return OptionRow.with_codes(column.item, column.options, is_conditional=bool(tests))

    def is_averaged(self, group: str, name: str) -> bool:
        """Whether a mean and a share of the best mean anything."""
        column = self.columns[group][name]
        ends = (column.options[0], column.options[-1])
        return not column.option and column.item.best in ends

    def level(self, group: str) -> str:
        """Of the units that a group rates."""
        return self.frame.groups_by_code[group].level


def write_public(folder: Path, tables: PublicTables) -> None:
    """Write every table of `public/`."""
    write_csv(folder / "participation.csv", PARTICIPATION, participation_rows(tables))
    write_csv(folder / "answers.csv", ANSWERS, answer_rows(tables))
    write_csv(folder / "means.csv", MEANS, mean_rows(tables))
    write_csv(folder / "criteria.csv", CRITERIA, criterion_rows(tables))


def participation_rows(tables: PublicTables) -> Iterator[tuple[Value, ...]]:
    """Each cell, each group over units, each unit over groups, each level: sums of what is told."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for cell, n in tables.participation.items():
        level, (unit, group) = tables.level(cell[1]), cell
        for key in ((level, ALL, group), (level, unit, ALL), (level, ALL, ALL)):
            sums[key] += n or 0
        yield level, unit, group, n
    for key, n in sums.items():
        yield (*key, n or None)


def answer_rows(tables: PublicTables) -> Iterator[tuple[Value, ...]]:
    """How many chose each run of options; over units, each option, the least and the most."""
    for key, item_figures in _all_figures(tables):
        for run, (low, high) in item_figures.counts.items():
            yield (*key, " ".join(run), low, high)


def mean_rows(tables: PublicTables) -> Iterator[tuple[Value, ...]]:
    """Mean, its band and interval, and the shares, of every item."""
    for key, item_figures in _all_figures(tables):
        if not tables.is_averaged(key[2], key[4]):
            continue
        yield (
            *key, item_figures.responses, item_figures.middle,
            *(item_figures.mean or (None, None)), *(item_figures.interval or (None, None)),
            *item_figures.share(item_figures.top_two), *item_figures.share(item_figures.dont_know),
        )  # fmt: skip


def _all_figures(tables: PublicTables) -> Iterator[tuple[tuple[str, ...], ItemFigures]]:
    for (unit, group, name), item_figures in tables.figures.items():
        item = tables.columns[group][name].item.id
        yield (tables.level(group), unit, group, item, name), item_figures
    for (group, name), item_figures in tables.questions.items():
        item = tables.columns[group][name].item.id
        yield (tables.level(group), ALL, group, item, name), item_figures


def criterion_rows(tables: PublicTables) -> Iterator[tuple[Value, ...]]:
    """Mean of a rated unit, and over units, per criterion: of the items within a group, then of the groups,
    each counting the same; with an interval."""
    parts: dict[tuple[str, str, str], dict[str, list[ItemFigures]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for (level, unit, group, item, name), item_figures in _all_figures(tables):
        if item_figures.mean is not None and tables.is_averaged(group, name):
            criterion = tables.frame.instrument(group).item(item).criterion
            parts[level, unit, criterion][group].append(item_figures)
    units = {code: n for n, code in enumerate([*tables.frame.units_by_code, ALL])}
    for (level, unit, criterion), groups in sorted(
        parts.items(), key=lambda part: (part[0][0], units[part[0][1]], _numbered(part[0][2]))
    ):
        items = sum(len(of_group) for of_group in groups.values())
        low, high, *interval = averaged(list(groups.values()))
        yield (
            level, unit, criterion, " ".join(groups), items, (low + high) / 2, low, high, *interval,
        )  # fmt: skip


def _numbered(criterion: str) -> list[tuple[int, str]]:
    """`M1.10` stands after `M1.9`."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in criterion.split(".")]
