"""`scoring/weights.csv` and `scoring/means.csv`: what every response stands for, every mean with its intervals."""

from collections.abc import Iterator, Mapping

from surveyapp.exports.cleaning.answer_arrays import item_scores
from surveyapp.exports.disclosure.public_tables import ALL
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.formats.csv_files import Value
from surveyapp.exports.quality.precision import (
    ICC,
    CellScores,
    CellWeight,
    Estimate,
    estimate,
    stratum,
)
from surveyapp.exports.release.results import AnswerTally, Frame, ItemColumn

WEIGHTS = (
    "level", "rated_unit", "group", "forms", "responses", "weight", "suppliers", "cluster_size", "icc",
    "deff",
)  # fmt: skip
CELL_MEANS = (
    "level", "rated_unit", "group", "item", "variable", "n_answered", "mean", "error_finite", "finite_low",
    "finite_high", "error_wide", "wide_low", "wide_high",
)  # fmt: skip


def weight_rows(frame: Frame, weights: Mapping[Cell, CellWeight]) -> Iterator[tuple[Value, ...]]:
    """Rows of `WEIGHTS`, one for every rated unit × group with responses that are counted."""
    for cell in frame.in_order(weights):
        one = weights[cell]
        level = frame.groups_by_code[cell[1]].level
        yield (level, *cell, one.forms, one.responses, one.weight,
               len(one.clusters), one.cluster_size, ICC, one.deff)  # fmt: skip


def mean_rows(
    frame: Frame,
    tally: AnswerTally,
    weights: Mapping[Cell, CellWeight],
) -> Iterator[tuple[Value, ...]]:
    """Rows of `CELL_MEANS`: of every item on a scale by rated unit × group, and over the units of a group."""
    cells = frame.in_order(weights)
    for group in frame.groups_by_code:
        of_group = [cell for cell in cells if cell[1] == group]
        columns = [
            one
            for one in frame.columns_of(frame.instrument(group))
            if not one.option and item_scores(one.item)
        ]
        for cell in of_group:
            for column in columns:
                told = estimate([_stratum(tally, cell, column, weights)])
                yield from _row(frame, cell, column, told)
        for column in columns:
            told = estimate([_stratum(tally, cell, column, weights) for cell in of_group])
            yield from _row(frame, (ALL, group), column, told)


def _stratum(
    tally: AnswerTally, cell: Cell, column: ItemColumn, weights: Mapping[Cell, CellWeight]
) -> CellScores:
    counts = tally.column(cell, column).options
    return stratum(counts, item_scores(column.item), weights[cell])


def _row(
    frame: Frame, cell: Cell, column: ItemColumn, told: Estimate | None
) -> Iterator[tuple[Value, ...]]:
    if told is not None:
        yield (
            frame.groups_by_code[cell[1]].level, *cell, column.item.id, column.name, told.n, told.mean,
            told.error_finite, *told.interval(told.error_finite),
            told.error_wide, *told.interval(told.error_wide),
        )  # fmt: skip
