"""The figures of a quality report: complete for the scoring stage, of published ones alone for everybody.

Both come as `QualityFigures`, so that the two reports are written by the same words. In the public one
every figure over cells is made of what `public/` tells of each, and a count that is in no public table is a
multiple of `table_minimum`, or hidden.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from surveyapp.exports.cleaning.answer_arrays import GroupAnswers
from surveyapp.exports.cleaning.rule_concentration import marks
from surveyapp.exports.disclosure.option_merging import MISSING
from surveyapp.exports.disclosure.public_tables import PublicTables
from surveyapp.exports.disclosure.rounded_counts import rounded_down
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.release.results import AnswerTally, Frame
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.representativeness import r_indicator
from surveyapp.fieldwork.representativeness.r_indicator import (
    Representativeness,
    Stratum,
    StratumCounts,
)
from surveyapp.fieldwork.rules import CompletenessCounts, Counts, outcome_rates
from surveyapp.instruments.kinds.registry import kind_of

Share = tuple[float, float]
"""The least and the most that a share can be."""

NO_REGION = "*"


class MarkTally:
    """Responses with a mark of poor quality, by group and kind of mark; fed while responses are read."""

    def __init__(self) -> None:
        self.responses: Counter[str] = Counter()
        self.marked: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, answers: GroupAnswers) -> None:
        """Count responses of one group as they were stored."""
        self.responses[answers.group] += len(answers.unit)
        for kind, flags in marks(answers).items():
            self.marked[kind][answers.group] += int(flags.sum())


@dataclass(frozen=True)
class ItemQuality:
    """How often an item was left without an answer, and answered "don't know", of all who were asked."""

    group: str
    variable: str
    missing: Share
    dont_know: Share | None


@dataclass(frozen=True)
class GroupQuality:
    """One respondent group; None where it is hidden. `forms` may be eligible; shares are of them or of the plan."""

    group: str
    cells: int
    cells_told: int
    planned: int
    responses: int
    coverage: float | None
    rate: float | None
    missing: Share | None
    dont_know: Share | None
    one_answer: int | None = None
    too_fast: int | None = None
    rates: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class DisclosureCost:
    """What protection takes: cells not told, published answers told together with others, width of the means' bands."""

    cells: int
    cells_told: int
    merged: float | None
    width: float | None


@dataclass(frozen=True)
class QualityFigures:
    """All figures of one report."""

    groups: tuple[GroupQuality, ...]
    items: tuple[ItemQuality, ...]
    r: Representativeness | None
    one_answer: int | None
    too_fast: int | None
    marked_of: int
    cost: DisclosureCost
    half_width: float | None
    """Of the intervals on published means, the middle one's half."""

    is_public: bool


@dataclass(frozen=True)
class QualityInputs:
    """What both reports are worked out from; `figures` by (group id, rated unit id)."""

    frame: Frame
    tally: AnswerTally
    figures: Mapping[tuple[int, ...], Figures]
    completeness: Mapping[Cell, Mapping[str, int]]
    marks: MarkTally
    withheld: frozenset[Cell]
    tables: PublicTables

    def by_cell(self) -> dict[Cell, Figures]:
        """Figures by the codes of rated unit and group."""
        frame = self.frame
        return {
            (frame.units[unit].code, frame.groups[group].code): row
            for (group, unit), row in self.figures.items()
        }


def complete_figures(inputs: QualityInputs) -> QualityFigures:
    """Those of the scoring stage: every cell that left the box, small ones too."""
    frame, by_cell = inputs.frame, inputs.by_cell()
    items = tuple(_counted_items(inputs))
    groups = tuple(
        _complete_group(inputs, code, {c: row for c, row in by_cell.items() if c[1] == code}, items)
        for code in frame.groups_by_code
    )
    of = inputs.marks
    return QualityFigures(
        groups=groups,
        items=items,
        r=r_indicator.measure(_strata(frame, {c: (row.counts, row.counts.submitted) for c, row in by_cell.items()})),
        one_answer=of.marked["one_answer"].total(),
        too_fast=of.marked["too_fast"].total(),
        marked_of=of.responses.total(),
        cost=_cost(inputs),
        half_width=_half_width(inputs.tables),
        is_public=False,
    )  # fmt: skip


def public_figures(inputs: QualityInputs) -> QualityFigures:
    """Those for everybody."""
    frame, by_cell, least = inputs.frame, inputs.by_cell(), inputs.frame.table_minimum
    told = {cell: inputs.tables.participation[cell] or 0 for cell in inputs.tables.told}
    items = tuple(_told_items(inputs.tables))
    total = inputs.marks.responses.total()
    return QualityFigures(
        groups=tuple(
            _public_group(inputs, code, {c: n for c, n in told.items() if c[1] == code}, items)
            for code in frame.groups_by_code
        ),
        items=items,
        r=r_indicator.measure(
            _strata(frame, {c: (by_cell[c].counts, n) for c, n in told.items() if c in by_cell})
        ),
        one_answer=rounded_down(inputs.marks.marked["one_answer"].total(), total, least),
        too_fast=rounded_down(inputs.marks.marked["too_fast"].total(), total, least),
        marked_of=sum(told.values()),
        cost=_cost(inputs),
        half_width=_half_width(inputs.tables),
        is_public=True,
    )


def _complete_group(
    inputs: QualityInputs, code: str, by_cell: Mapping[Cell, Figures], items: Iterable[ItemQuality]
) -> GroupQuality:
    row = sum(by_cell.values(), start=Figures())
    given = [cell for cell in by_cell if cell not in inputs.withheld]
    counted = Counter[str]()
    for cell in given:
        counted.update(inputs.completeness.get(cell, {}))
    completed = CompletenessCounts(*(counted[name] for name in CompletenessCounts._fields))
    # a cell of which the number alone left the box would make its forms look broken off
    rates = outcome_rates(sum((by_cell[cell].counts for cell in given), start=Counts()), completed)
    told = _is_of(code, inputs.tables.told)
    return GroupQuality(
        group=code,
        cells=_is_of(code, inputs.tables.participation),
        cells_told=told,
        planned=row.planned or 0,
        responses=sum(n for cell, n in inputs.tally.responses.items() if cell[1] == code),
        coverage=row.coverage,
        rate=rates.rr2,
        missing=_average([one.missing for one in items if one.group == code]),
        dont_know=_average([one.dont_know for one in items if one.group == code and one.dont_know]),
        one_answer=inputs.marks.marked["one_answer"][code],
        too_fast=inputs.marks.marked["too_fast"][code],
        rates={f"rr{n}": getattr(rates, f"rr{n}") for n in range(1, 7)},
    )


def _public_group(
    inputs: QualityInputs, code: str, told: Mapping[Cell, int], items: Iterable[ItemQuality]
) -> GroupQuality:
    """Of the cells that are told: their published responses, out of the plan and of the forms of these cells."""
    by_cell, least = inputs.by_cell(), inputs.frame.table_minimum
    rows = [by_cell[cell] for cell in told if cell in by_cell]
    planned = sum(row.planned or 0 for row in rows)
    forms = sum(row.counts.maybe_eligible for row in rows)
    responses = sum(told.values())
    return GroupQuality(
        group=code,
        cells=_is_of(code, inputs.tables.participation),
        cells_told=len(told),
        planned=planned,
        responses=responses,
        coverage=round(responses / planned, 2) if planned else None,
        # a few who did not answer, or were left out by cleaning, are not told
        rate=round(responses / forms, 2) if forms - responses >= least else None,
        missing=_average([one.missing for one in items if one.group == code]),
        dont_know=_average([one.dont_know for one in items if one.group == code and one.dont_know]),
    )


def _is_of(code: str, cells: Collection[Cell]) -> int:
    return sum(cell[1] == code for cell in cells)


def _counted_items(inputs: QualityInputs) -> Iterable[ItemQuality]:
    frame, tally = inputs.frame, inputs.tally
    for code in frame.groups_by_code:
        cells = [c for c in tally.responses if c[1] == code and c not in inputs.withheld]
        for column in frame.columns_of(frame.instrument(code)):
            if column.option:
                continue
            counts = [tally.column(cell, column) for cell in cells]
            asked = sum(one.answered + one.dont_know + one.missing for one in counts)
            if not asked:
                continue
            missing = sum(one.missing for one in counts) / asked
            unsure = sum(one.dont_know for one in counts) / asked
            offered = (unsure, unsure) if column.item.dont_know else None
            yield ItemQuality(code, column.name, (missing, missing), offered)


def _told_items(tables: PublicTables) -> Iterable[ItemQuality]:
    for (group, name), of_item in tables.questions.items():
        column = tables.columns[group][name]
        if column.option or kind_of(column.item).is_several:
            continue
        low, high = of_item.counts.get((MISSING,), (0, 0))
        n = of_item.responses
        unsure = of_item.dont_know
        yield ItemQuality(
            group,
            name,
            (low / n, high / n),
            None if unsure is None else (unsure[0] / n, unsure[1] / n),
        )


def _average(shares: Collection[Share]) -> Share | None:
    if not shares:
        return None
    least, most = (sum(one[end] for one in shares) / len(shares) for end in (0, 1))
    return least, most


def _strata(
    frame: Frame, by_cell: Mapping[Cell, tuple[Counts, int]]
) -> dict[Stratum, StratumCounts]:
    """Forms and answers by rated unit, its region, and group."""
    strata: dict[Stratum, StratumCounts] = defaultdict(StratumCounts)
    for (unit, group), (counts, answered) in by_cell.items():
        region = frame.units_by_code[unit].region_vi or NO_REGION
        strata[Stratum(region, group, rated=unit)] += StratumCounts(counts.maybe_eligible, answered)
    return dict(strata)


def _cost(inputs: QualityInputs) -> DisclosureCost:
    """Of the public tables alone: what anybody can work out from them."""
    told = total = 0
    for of_item in inputs.tables.figures.values():
        for run, (low, _high) in of_item.counts.items():
            total += low
            told += low * (len(run) > 1)
    bands = [
        one.mean[1] - one.mean[0] for one in inputs.tables.figures.values() if one.mean is not None
    ]
    return DisclosureCost(
        cells=len(inputs.tables.participation),
        cells_told=len(inputs.tables.told),
        merged=told / total if total else None,
        width=median(bands) if bands else None,
    )


def _half_width(tables: PublicTables) -> float | None:
    widths = [
        one.interval[1] - one.interval[0]
        for one in tables.figures.values()
        if one.interval is not None
    ]
    return median(widths) / 2 if widths else None
