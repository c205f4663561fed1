"""What is released, gathered once: the campaign's frame and the counts of its responses."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, RespondentGroup, Unit
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.instruments.kinds.kind import (
    LEFT_EMPTY,
    MISSING_CATEGORIES,
    NOT_ASKED,
    WITHHELD,
    AnswerCategory,
)
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import DONT_KNOW, Instrument, InstrumentItem, variable_name
from surveyapp.responses.queries import ResponseRow


@dataclass(frozen=True)
class Frame:
    """Everything of a campaign that its results are told by; no result itself."""

    campaign: Campaign
    units: dict[int, Unit]
    groups: dict[int, RespondentGroup]
    instruments: dict[int, Instrument]
    planned: frozenset[Cell]

    @cached_property
    def row_minimum(self) -> int:
        """Fewest rows that may share a label."""
        return self.campaign.row_minimum

    @cached_property
    def table_minimum(self) -> int:
        """Smallest count that a public table may show."""
        return self.campaign.table_minimum

    @cached_property
    def groups_by_code(self) -> dict[str, RespondentGroup]:
        """The groups in the campaign's order."""
        return {group.code: group for group in self.groups.values()}

    @cached_property
    def units_by_code(self) -> dict[str, Unit]:
        """The units in the registry's order."""
        return {unit.code: unit for unit in self.units.values()}

    def instrument(self, group_code: str) -> Instrument:
        """What the group was asked."""
        return self.instruments[self.groups_by_code[group_code].instrument_id]

    @cached_property
    def asked(self) -> tuple[Instrument, ...]:
        """The instruments in the order of the groups that answer them, each once."""
        ids = dict.fromkeys(group.instrument_id for group in self.groups.values())
        return tuple(self.instruments[id_] for id_ in ids)

    @cached_property
    def items(self) -> tuple[InstrumentItem, ...]:
        """Every item of the campaign whose answers stay in rows, in the order of the columns of `responses.csv`."""
        return tuple(
            item
            for instrument in self.asked
            for item in instrument.items
            if not kind_of(item).leaves_row
        )

    @cached_property
    def columns(self) -> tuple["ItemColumn", ...]:
        """The columns of `responses.csv` after the labels, instrument by instrument."""
        return tuple(column for instrument in self.asked for column in self.columns_of(instrument))

    def columns_of(self, instrument: Instrument) -> list["ItemColumn"]:
        """Those of one instrument."""
        missing = () if instrument.is_plain else MISSING_CATEGORIES
        return [
            ItemColumn(
                name=variable_name(item.id) + (f"_{one.option}" if one.option else ""),
                item=item,
                label=one.label,
                measure=one.measure,
                categories=(*one.categories, *missing),
                option=one.option,
            )
            for item in instrument.items
            for one in kind_of(item).columns(item)
        ]

    @cached_property
    def tells_missing(self) -> bool:
        """Whether rows say by a code why an answer is missing."""
        return not all(instrument.is_plain for instrument in self.asked)

    @cached_property
    def has_texts(self) -> bool:
        """Whether any question is answered in words."""
        return any(
            field != item.id or kind_of(item).leaves_row
            for instrument in self.asked
            for field, item in instrument.fields.items()
        )

    @cached_property
    def several(self) -> frozenset[str]:
        """Ids of the items that may have several answers."""
        return frozenset(item.id for item in self.items if kind_of(item).is_several)

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Names of `columns`: valid names in SPSS, unique in the campaign."""
        return tuple(column.name for column in self.columns)

    def in_order(self, cells: Iterable[Cell]) -> list[Cell]:
        """Cells by group and then by unit, both in the campaign's order."""
        units = {code: n for n, code in enumerate(self.units_by_code)}
        groups = {code: n for n, code in enumerate(self.groups_by_code)}
        return sorted(cells, key=lambda cell: (groups[cell[1]], units[cell[0]]))


@dataclass(frozen=True)
class ItemColumn:
    """One column of rows: of which item, in which words (`label` speaks both languages), with which codes."""

    name: str
    item: InstrumentItem
    label: Any
    measure: str
    categories: tuple[AnswerCategory, ...]
    option: str = ""
    """Whether this option was chosen is told, of a question with several answers."""

    @property
    def options(self) -> list[str]:
        """The codes that are answers."""
        return [one.code for one in self.categories if one.role == "option"]

    @property
    def codes(self) -> list[str]:
        """Every code that may stand in it."""
        return [one.code for one in self.categories]

    @property
    def missing(self) -> list[str]:
        """Those of them that are no answer."""
        return [one.code for one in self.categories if one.role != "option"]


def read_frame(db: Session, campaign: Campaign) -> Frame:
    """The frame of a campaign; `planned` are the rated unit × group cells that its plan names."""
    units = {unit.id: unit for unit in campaigns.units(db, campaign.id)}
    groups = {group.id: group for group in campaigns.groups(db, campaign.id)}
    plan = campaigns.plan(db, campaign.id, side="rated")
    return Frame(
        campaign=campaign,
        units=units,
        groups=groups,
        instruments=campaigns.instruments(db, campaign.id),
        planned=frozenset(
            (units[unit].code, groups[group].code) for (group, unit), n in plan.items() if n
        ),
    )


@dataclass
class AnswerTally:
    """Counts of answers: responses per cell and, per cell and item, how many chose each code."""

    responses: Counter[Cell] = field(default_factory=Counter)
    codes: dict[Cell, dict[str, Counter[str]]] = field(default_factory=dict)
    several: frozenset[str] = frozenset()
    """Items whose answers count under more than one code, and under one of their own where none was given."""

    def add(self, row: ResponseRow) -> None:
        """Count one response."""
        cell = (row.rated_unit_code, row.group_code)
        self.responses[cell] += 1
        by_item = self.codes.setdefault(cell, {})
        for item_id, value in row.answers.items():
            counted = by_item.get(item_id)
            if counted is None:
                counted = by_item[item_id] = Counter()
            if item_id in self.several:
                counted.update(value.split())
            else:
                counted[value] += 1
        for item_id in self.several - row.answers.keys():
            by_item.setdefault(item_id, Counter())[LEFT_EMPTY] += 1

    def add_counted(self, cell: Cell, n: int, items: Mapping[str, Mapping[str, int]]) -> None:
        """Take in a cell of which the opening gave counts and no rows."""
        self.responses[cell] += n
        by_item = self.codes.setdefault(cell, {})
        for item_id, codes in items.items():
            by_item.setdefault(item_id, Counter()).update(codes)

    def item(self, cell: Cell, item: InstrumentItem) -> "ItemCounts":
        """The counts of one item among the responses of one cell."""
        chosen = self.codes.get(cell, {}).get(item.id, Counter())
        kind = kind_of(item)
        options = {code: chosen[code] for code in kind.option_codes(item)}
        dont_know, not_asked = chosen[DONT_KNOW], chosen[NOT_ASKED]
        asked = self.responses[cell] - not_asked
        if kind.is_several:  # who gave none is counted of these, since their options do not add up
            answered = asked - dont_know - chosen[LEFT_EMPTY] - chosen[WITHHELD]
        else:
            answered = sum(options.values())
        return ItemCounts(options, answered, dont_know, asked - answered - dont_know, not_asked)

    def column(self, cell: Cell, column: ItemColumn) -> "ItemCounts":
        """The counts of one column: of its item, or of who chose one option of it and who did not."""
        counts = self.item(cell, column.item)
        if not column.option:
            return counts
        chosen = counts.options[column.option]
        answers = zip(column.options, (chosen, counts.answered - chosen), strict=True)
        return replace(counts, options=dict(answers))


@dataclass(frozen=True)
class ItemCounts:
    """How the responses of a cell fall on one item; answered + don't know + missing + not asked = responses."""

    options: dict[str, int]
    answered: int
    dont_know: int
    missing: int
    not_asked: int = 0
