"""The part of a release that may be published: three kinds of table, small cells hidden.

Which tables there are is fixed here, before any box is opened. They are protected together: a cell
of participation that is hidden hides its whole row in the tables of answers, and the totals that
those tables share with participation are never counted on to hide anything.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from surveyapp.exports.disclosure.cell_suppression import (
    TOTAL,
    TableCell,
    hidden_cells,
    with_totals,
)
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.formats.csv_files import Value, write_csv
from surveyapp.exports.release.results import AnswerTally, Frame, ItemColumn
from surveyapp.instruments.kinds.kind import NOT_ASKED
from surveyapp.instruments.model import DONT_KNOW

PARTICIPATION = ("level", "rated_unit", "group", "responses")
ANSWERS = ("level", "rated_unit", "group", "item", "variable", "option", "n")
ALL = "all"
"""Stands for the total over units or groups."""

HIDDEN = None
"""A hidden cell is empty."""

MISSING = "missing"
"""Stands as option for answers that were not given."""

_SMALL_UNITS = "small units"
"""The row of a table of answers that adds up the units hidden in participation; never published."""

Shown = dict[TableCell, int | None]


def participation(frame: Frame, tally: AnswerTally, level: str) -> Shown:
    """Responses by rated unit × group of one level, with totals; None where hidden."""
    cells: dict[TableCell, int] = {
        cell: tally.responses[cell]
        for cell in frame.planned | set(tally.responses)
        if frame.groups_by_code[cell[1]].level == level
    }
    table = with_totals(cells)
    hidden = hidden_cells(table, frame.table_minimum)
    return {cell: HIDDEN if cell in hidden else n for cell, n in table.items()}


def answers(
    frame: Frame,
    tally: AnswerTally,
    column: ItemColumn,
    group: str,
    *,
    responses_shown: Mapping[TableCell, int | None],
) -> Shown:
    """Answers in one column by rated unit × option, with the total over units; None where hidden.

    `responses_shown` is the participation of the group's level. Empty when even the group's total is hidden.
    """
    if responses_shown.get((TOTAL, group)) is None:
        return {}
    units = [unit for unit, of in responses_shown if of == group and unit is not TOTAL]
    small = {unit for unit in units if responses_shown[unit, group] is None}
    routed = frame.instrument(group).is_routed
    table = with_totals(_by_option(tally, column, group, units=units, small=small, routed=routed))
    forced = {cell for cell in table if cell[0] == _SMALL_UNITS and cell[1] is not TOTAL}
    known = {cell for cell in table if cell[1] is TOTAL}
    hidden = hidden_cells(table, frame.table_minimum, forced=forced, known=known)
    shown: Shown = {
        cell: HIDDEN if cell in hidden else n
        for cell, n in table.items()
        if cell[0] != _SMALL_UNITS and cell[1] is not TOTAL
    }
    options = {option for _, option in shown}
    return shown | {(unit, option): HIDDEN for unit in small for option in options}


def _by_option(
    tally: AnswerTally,
    column: ItemColumn,
    group: str,
    *,
    units: list[object],
    small: set[object],
    routed: bool,
) -> dict[TableCell, int]:
    cells: dict[TableCell, int] = {}
    for unit in units:
        counts = tally.column((str(unit), group), column)
        by_option = {**counts.options, MISSING: counts.missing}
        if column.item.dont_know:
            by_option[DONT_KNOW] = counts.dont_know
        if routed:
            by_option[NOT_ASKED] = counts.not_asked
        row = _SMALL_UNITS if unit in small else unit
        for option, n in by_option.items():
            cells[row, option] = cells.get((row, option), 0) + n
    return cells


def write_public(folder: Path, frame: Frame, tally: AnswerTally) -> None:
    """Write every table of `public/`."""
    responses_shown = {
        level: participation(frame, tally, level)
        for level in sorted({group.level for group in frame.groups.values()})
    }
    write_csv(
        folder / "participation.csv", PARTICIPATION, _participation_rows(frame, responses_shown)
    )
    write_csv(folder / "answers.csv", ANSWERS, _answer_rows(frame, tally, responses_shown))


def _participation_rows(
    frame: Frame, responses_shown: Mapping[str, Shown]
) -> Iterator[tuple[Value, ...]]:
    units, groups = [*frame.units_by_code, TOTAL], [*frame.groups_by_code, TOTAL]
    for level, shown in responses_shown.items():
        for unit in units:
            for group in groups:
                if (unit, group) in shown:
                    yield level, unit or ALL, group or ALL, shown[unit, group]


def _answer_rows(
    frame: Frame, tally: AnswerTally, responses_shown: Mapping[str, Shown]
) -> Iterator[tuple[Value, ...]]:
    for group, of in frame.groups_by_code.items():
        for column in frame.columns_of(frame.instrument(group)):
            shown = answers(frame, tally, column, group, responses_shown=responses_shown[of.level])
            options = [*column.options, DONT_KNOW, MISSING, NOT_ASKED]
            for unit in (*frame.units_by_code, TOTAL):
                for option in options:
                    if (unit, option) in shown:
                        cell: Cell = (unit or ALL, group)
                        yield (
                            of.level, *cell, column.item.id, column.name, option, shown[unit, option],
                        )  # fmt: skip
