"""What fieldwork screens read: figures by any dimension, and the curve over days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import (
    func,
    select,
)
from sqlalchemy.orm import Session

from surveyapp.assignments.models import Assignment, CountDelta
from surveyapp.assignments.rules import Disposition
from surveyapp.fieldwork.counts import planned_forms, totals_sql
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.forecast import snapshots
from surveyapp.fieldwork.rules import Counts, Rates, coverage, headline, outcome_rates

DIMENSIONS = ("group", "supplying", "rated", "department", "channel")
DISPOSITION = {disposition.value: disposition for disposition in Disposition}
"""Dispositions by what stands in the tables."""
CELL = ("supplying", "rated", "group", "department", "channel")
"""The dimensions of the finest cell, in the order of `recounted`."""
Id = TypeVar("Id")
Key = tuple[Any, ...]
"""Ids of what a row is about (a channel by its code), in the order of the dimensions asked for."""


@dataclass(frozen=True)
class Figures:
    """One row of a table of rates. `planned` is None where the plan has no such cell."""

    planned: int | None = None
    listed: int = 0
    approved: int = 0
    counts: Counts = field(default_factory=Counts)

    @cached_property
    def rates(self) -> Rates:
        """All AAPOR outcome rates of the row."""
        return outcome_rates(self.counts)

    @property
    def rate(self) -> float | None:
        """RR2, the rate that pages lead with, without the others."""
        return headline(self.counts)

    @property
    def coverage(self) -> float | None:
        """Submitted forms per planned form; None without a plan."""
        return None if self.planned is None else coverage(self.counts, self.planned)

    def __add__(self, other: "Figures") -> "Figures":
        planned_forms = (
            None
            if self.planned is None and other.planned is None
            else (self.planned or 0) + (other.planned or 0)
        )
        return Figures(
            planned_forms,
            self.listed + other.listed,
            self.approved + other.approved,
            self.counts + other.counts,
        )


def figures(
    db: Session,
    campaign_id: int,
    *,
    by: tuple[str, ...],
    where: Scope | None = None,
    until: date | None = None,
) -> dict[Key, Figures]:
    """Figures by the dimensions `by` (of `DIMENSIONS`), keyed by their ids in that order.

    Live when `until` is None: kept counts and the deltas not folded yet, from one snapshot. With
    `until`, the state at the end of that day; planned, listed and approved are then those of the last
    nightly snapshot up to that day, and those of now where none was taken by then. Plan and lists know
    no channel.
    """
    scope = where or Scope()
    counts = counted(db, campaign_id, by=by, where=scope, until=until)
    if "channel" in {*by, *scope.dimensions}:
        return joined({}, {}, counts)
    then = None if until is None else snapshots.latest(db, campaign_id, until=until)
    planned = planned_forms.planned(db, campaign_id, by=by, part=scope, then=then)
    forms = planned_forms.forms(db, campaign_id, by=by, part=scope, then=then)
    return joined(planned, forms, counts)


def joined(
    planned: Mapping[Id, int], forms: Mapping[Id, tuple[int, int]], counts: Mapping[Id, Counts]
) -> dict[Id, Figures]:
    """A row for everything that the plan, the lists or the counts know: here alone they meet."""
    return {
        id_: Figures(planned.get(id_), *forms.get(id_, (0, 0)), counts.get(id_, Counts()))
        for id_ in {**planned, **forms, **counts}
    }


def total(rows: Iterable[Figures]) -> Figures:
    """The sum of rows that do not overlap."""
    return sum(rows, start=Figures())


def counted(
    db: Session,
    campaign_id: int,
    *,
    by: tuple[str, ...],
    where: Scope | None = None,
    until: date | None = None,
) -> dict[Key, Counts]:
    """Assignments by disposition, keyed as in `figures`, without plan and lists."""
    statement = totals_sql.counted(by, where or Scope(), until is None)
    return _by_key(db.execute(statement, {"campaign": campaign_id, "until": until}).all())


def _by_key(rows: Iterable[Any]) -> dict[Key, Counts]:
    by_key: dict[Key, dict[Disposition, int]] = defaultdict(dict)
    for *key, disposition, n in rows:
        by_key[tuple(key)][DISPOSITION[disposition]] = int(n)
    return {key: Counts(by_disposition) for key, by_disposition in by_key.items()}


def changed(
    db: Session, campaign_id: int, *, by: tuple[str, ...], after: date, until: date | None = None
) -> dict[Key, Counts]:
    """Net changes since the end of `after` (up to the end of `until`), keyed as in `figures`.

    Counts may be negative: what left a disposition. Reads the rows of those days alone.
    """
    days = {"campaign": campaign_id, "after": after, "until": until}
    return _by_key(db.execute(totals_sql.changed(by, until is None), days).all())


@dataclass(frozen=True)
class DayFigures:
    """State at the end of one day."""

    day: date
    counts: Counts


def curve(
    db: Session, campaign_id: int, *, where: Scope | None = None, until: date | None = None
) -> list[DayFigures]:
    """The state at the end of every day on which something changed, in order of days."""
    statement = totals_sql.by_day(where or Scope(), until is None)
    changes = _by_key(db.execute(statement, {"campaign": campaign_id, "until": until}).all())
    return accumulated({day: counts for (day,), counts in changes.items()})


def accumulated(changes: Mapping[date, Counts]) -> list[DayFigures]:
    """The state at the end of each day, from what changed on it."""
    state = Counts()
    points = []
    for day in sorted(changes):
        state = state + changes[day]
        points.append(DayFigures(day, state))
    return points


def recounted(db: Session, campaign_id: int) -> dict[Key, Counts]:
    """Assignments counted one by one, by supplying unit, rated unit, group, department (0: none), channel.

    Slow at full size: for proving that the kept counts are right.
    """
    department = func.coalesce(Assignment.department_id, 0)
    keys = (
        Assignment.supplying_unit_id,
        Assignment.rated_unit_id,
        Assignment.group_id,
        department,
        Assignment.channel,
        Assignment.disposition,
    )
    cells: dict[Key, dict[Disposition, int]] = defaultdict(dict)
    for *cell, disposition, n in db.execute(
        select(*keys, func.count()).where(Assignment.campaign_id == campaign_id).group_by(*keys)
    ):
        cells[tuple(cell)][DISPOSITION[disposition]] = n
    return {cell: Counts(by_disposition) for cell, by_disposition in cells.items()}


def differences(db: Session, campaign_id: int) -> list[Key]:
    """Cells, keyed as in `recounted`, whose kept counts are not what a recount finds: none, ever."""
    right = recounted(db, campaign_id)
    kept = counted(db, campaign_id, by=CELL)
    cells = sorted({*right, *kept})
    return [cell for cell in cells if right.get(cell, Counts()) != kept.get(cell, Counts())]


def unfolded(db: Session, *, at_most: int) -> int:
    """Deltas waiting to be folded, counted up to `at_most`."""
    waiting = select(CountDelta.id).limit(at_most).subquery()
    return db.scalar(select(func.count()).select_from(waiting)) or 0
