"""What fieldwork screens read: figures by any dimension, and the curve over days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import RespondentGroup, SamplePlan
from surveyapp.fieldwork import snapshots
from surveyapp.fieldwork.models import CUTS, KeptCount, KeptDay
from surveyapp.fieldwork.rules import Counts, Rates, coverage, outcome_rates
from surveyapp.fieldwork.where import Where as Where
from surveyapp.invitations.models import Assignment, CountDelta
from surveyapp.invitations.rules import Disposition
from surveyapp.respondents.models import ListForms, RespondentList

DIMENSIONS = ("group", "supplying", "rated", "department", "channel")
_COLUMN = {
    "group": "group_id",
    "supplying": "supplying_unit_id",
    "rated": "rated_unit_id",
    "department": "department_id",
    "channel": "channel",
}
_CAMPAIGN: BindParameter[int] = bindparam("campaign", type_=Integer)
_AFTER: BindParameter[date] = bindparam("after", type_=Date)
_UNTIL: BindParameter[date] = bindparam("until", type_=Date)
"""What differs from call to call: the statements themselves are made once."""
_DISPOSITION = {disposition.value: disposition for disposition in Disposition}
CELL = ("supplying", "rated", "group", "department", "channel")
"""The dimensions of the finest cell, in the order of `recounted`."""
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
    def coverage(self) -> float | None:
        """Complete forms per planned form; None without a plan."""
        return None if self.planned is None else coverage(self.counts, self.planned)

    def __add__(self, other: "Figures") -> "Figures":
        planned = (
            None
            if self.planned is None and other.planned is None
            else (self.planned or 0) + (other.planned or 0)
        )
        return Figures(
            planned,
            self.listed + other.listed,
            self.approved + other.approved,
            self.counts + other.counts,
        )


def figures(
    db: Session,
    campaign_id: int,
    *,
    by: tuple[str, ...],
    where: Where | None = None,
    until: date | None = None,
    lists: bool = True,
) -> dict[Key, Figures]:
    """Figures by the dimensions `by` (of `DIMENSIONS`), keyed by their ids in that order.

    Live when `until` is None: kept counts and the deltas not folded yet, from one snapshot. With
    `until`, the state at the end of that day; planned, listed and approved are then those of the last
    nightly snapshot up to that day, and those of now where none was taken by then. Plan and lists know
    no channel. Without `lists`, listed and approved are left at 0: they are the costly part.
    """
    part = where or Where()
    if "channel" in {*by, *part.dimensions}:
        found = counted(db, campaign_id, by=by, where=part, until=until)
        return {key: Figures(counts=counts) for key, counts in found.items()}
    then = None if until is None else snapshots.latest(db, campaign_id, until=until)
    planned = dict(_planned(db, campaign_id, by, part, then))
    forms: dict[Key, tuple[int, int]] = {}
    if lists and then is None:
        forms = {key: (n, m) for key, n, m in _forms(db, campaign_id, by, part)}
    elif lists and then is not None:
        past = snapshots.forms_then(db, campaign_id, by, part, until=then)
        forms = {key: (n, m) for key, n, m in past}
    counts = counted(db, campaign_id, by=by, where=part, until=until)
    return {
        key: Figures(planned.get(key), *forms.get(key, (0, 0)), counts.get(key, Counts()))
        for key in {**planned, **forms, **counts}
    }


def total(rows: Iterable[Figures]) -> Figures:
    """The sum of rows that do not overlap."""
    return sum(rows, start=Figures())


def counted(
    db: Session,
    campaign_id: int,
    *,
    by: tuple[str, ...],
    where: Where | None = None,
    until: date | None = None,
) -> dict[Key, Counts]:
    """Assignments by disposition, keyed as in `figures`, without plan and lists."""
    statement = _counted(by, where or Where(), until is None)
    return _by_key(db.execute(statement, {"campaign": campaign_id, "until": until}))


@lru_cache(maxsize=256)
def _counted(by: tuple[str, ...], part: Where, is_now: bool) -> Select[Any]:
    names = [_COLUMN[name] for name in by]
    parts = [
        _kept(KeptCount, KeptCount.n, names, _CAMPAIGN, by, part),
        _deltas(names, _CAMPAIGN, part, None if is_now else _UNTIL),
    ]
    if not is_now:
        # The past is the present less what came after: near days touch few rows, whatever the size.
        after = _kept(KeptDay, -KeptDay.change, names, _CAMPAIGN, by, part)
        parts.append(after.where(KeptDay.day > _UNTIL))
    return _summed(parts, names)


def _summed(parts: Sequence[Select[Any]], names: Sequence[str]) -> Select[Any]:
    every = union_all(*parts).subquery()
    keys = [every.c[name] for name in names]
    n = func.sum(every.c.change)
    statement = select(*keys, every.c.disposition, n).group_by(*keys, every.c.disposition)
    return statement.having(n != 0)


def _by_key(rows: Iterable[Any]) -> dict[Key, Counts]:
    found: dict[Key, dict[Disposition, int]] = defaultdict(dict)
    for *key, disposition, count in rows:
        found[tuple(key)][_DISPOSITION[disposition]] = int(count)
    return {key: Counts(by_disposition) for key, by_disposition in found.items()}


def changed(
    db: Session, campaign_id: int, *, by: tuple[str, ...], after: date, until: date | None = None
) -> dict[Key, Counts]:
    """Net changes since the end of `after` (up to the end of `until`), keyed as in `figures`.

    Counts may be negative: what left a disposition. Reads the rows of those days alone.
    """
    days = {"campaign": campaign_id, "after": after, "until": until}
    return _by_key(db.execute(_changed(by, until is None), days))


@lru_cache(maxsize=64)
def _changed(by: tuple[str, ...], is_open: bool) -> Select[Any]:
    names = [_COLUMN[name] for name in by]
    kept = _kept(KeptDay, KeptDay.change, names, _CAMPAIGN, by, Where())
    kept = kept.where(KeptDay.day > _AFTER)
    waiting = _deltas(names, _CAMPAIGN, Where(), None if is_open else _UNTIL)
    waiting = waiting.where(CountDelta.day > _AFTER)
    return _summed([kept if is_open else kept.where(KeptDay.day <= _UNTIL), waiting], names)


@dataclass(frozen=True)
class DayFigures:
    """State at the end of one day."""

    day: date
    counts: Counts


def curve(
    db: Session, campaign_id: int, *, where: Where | None = None, until: date | None = None
) -> list[DayFigures]:
    """The state at the end of every day on which something changed, in order of days."""
    part = where or Where()
    kept = select(KeptDay.day, KeptDay.disposition, KeptDay.change).where(
        KeptDay.cut == _cut((), part), *_filters(KeptDay, campaign_id, part)
    )
    kept = kept if until is None else kept.where(KeptDay.day <= until)
    both = union_all(kept, _deltas(["day"], campaign_id, part, until)).subquery()
    n = func.sum(both.c.change)
    days: dict[date, dict[Disposition, int]] = defaultdict(dict)
    for day, disposition, change in db.execute(
        select(both.c.day, both.c.disposition, n).group_by(both.c.day, both.c.disposition)
    ):
        days[day][_DISPOSITION[disposition]] = int(change)
    state = Counts()
    points = []
    for day in sorted(days):
        state = state + Counts(days[day])
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
        cells[tuple(cell)][_DISPOSITION[disposition]] = n
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


def _cut(by: tuple[str, ...], part: Where) -> str:
    """The smallest cut that keeps apart all that is asked about."""
    used = {_COLUMN[name] for name in (*by, *part.dimensions)}
    return next(cut for cut, kept in CUTS.items() if used <= set(kept))


def _filters(
    table: type[KeptCount] | type[KeptDay] | type[CountDelta],
    campaign_id: int | BindParameter[int],
    part: Where,
) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = [table.campaign_id == campaign_id]
    if part.groups is not None:
        tests.append(table.group_id.in_(part.groups))
    if part.supplying is not None:
        tests.append(table.supplying_unit_id == part.supplying)
    if part.rated is not None:
        tests.append(table.rated_unit_id == part.rated)
    if part.department is not None:
        tests.append(table.department_id == part.department)
    if part.channel is not None:
        tests.append(table.channel == part.channel)
    return tests


def _kept(
    table: type[KeptCount] | type[KeptDay],
    change: Any,
    names: list[str],
    campaign_id: int | BindParameter[int],
    by: tuple[str, ...],
    part: Where,
) -> Select[Any]:
    columns = [getattr(table, name) for name in names]
    return select(*columns, table.disposition, change.label("change")).where(
        table.cut == _cut(by, part), *_filters(table, campaign_id, part)
    )


def _deltas(
    names: list[str],
    campaign_id: int | BindParameter[int],
    part: Where,
    until: date | BindParameter[date] | None,
) -> Select[Any]:
    columns = [getattr(CountDelta, name) for name in names]
    statement = select(*columns, CountDelta.disposition, CountDelta.change.label("change")).where(
        *_filters(CountDelta, campaign_id, part)
    )
    return statement if until is None else statement.where(CountDelta.day <= until)


def _planned(
    db: Session, campaign_id: int, by: tuple[str, ...], part: Where, then: date | None
) -> Iterable[tuple[Key, int]]:
    cut = _cut(by, part)
    if cut not in ("group", "supplying", "rated"):
        return
    side = "rated" if cut == "rated" else "supplying"
    if then is not None:
        yield from snapshots.planned_then(db, campaign_id, by, part, side=side, until=then)
        return
    column: dict[str, Any] = {"group": SamplePlan.group_id, side: SamplePlan.unit_id}
    keys: list[Any] = [column[name] for name in by]
    statement = (
        select(*keys, func.sum(SamplePlan.planned))
        .join(RespondentGroup, RespondentGroup.id == SamplePlan.group_id)
        .where(RespondentGroup.campaign_id == campaign_id, SamplePlan.side == side)
        .group_by(*(keys or [literal(0)]))
    )
    if part.groups is not None:
        statement = statement.where(SamplePlan.group_id.in_(part.groups))
    unit = part.rated if side == "rated" else part.supplying
    if unit is not None:
        statement = statement.where(SamplePlan.unit_id == unit)
    for *key, planned in db.execute(statement):
        yield tuple(key), int(planned)


def _forms(
    db: Session, campaign_id: int, by: tuple[str, ...], part: Where
) -> Iterable[tuple[Key, int, int]]:
    """Forms that handed-in and approved lists yield.

    Listed are those of a unit's latest version that was handed in, approved those of the version
    approved last.
    """
    latest = (
        select(
            RespondentList.unit_id,
            RespondentList.kind_id,
            func.max(RespondentList.version).label("version"),
        )
        .where(
            RespondentList.campaign_id == campaign_id,
            RespondentList.state.in_(("accepted", "approved")),
        )
        .group_by(RespondentList.unit_id, RespondentList.kind_id)
        .subquery()
    )
    is_latest = RespondentList.version == latest.c.version
    is_approved = RespondentList.state == "approved"
    column: dict[str, Any] = {
        "group": ListForms.group_id,
        "supplying": RespondentList.unit_id,
        "rated": ListForms.rated_unit_id,
        "department": ListForms.department_id,
    }
    keys: list[Any] = [column[name] for name in by]
    statement = (
        select(
            *keys,
            func.sum(case((is_latest, ListForms.listed), else_=0)),
            func.sum(case((is_approved, ListForms.approved), else_=0)),
        )
        .join(RespondentList, RespondentList.id == ListForms.list_id)
        .join(
            latest,
            (latest.c.unit_id == RespondentList.unit_id)
            & (latest.c.kind_id == RespondentList.kind_id),
        )
        .where(RespondentList.campaign_id == campaign_id, is_latest | is_approved)
        .group_by(*(keys or [literal(0)]))
    )
    if part.groups is not None:
        statement = statement.where(ListForms.group_id.in_(part.groups))
    for name in ("supplying", "rated", "department"):
        wanted = getattr(part, name)
        if wanted is not None:
            statement = statement.where(column[name] == wanted)
    for *key, listed, approved in db.execute(statement):
        yield tuple(key), int(listed), int(approved)
