"""Counts by day of every supplying unit × group, and the forecast made of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select, union_all
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.models import CountDelta
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.models import Wave
from surveyapp.delivery.rules import REMINDERS
from surveyapp.delivery.states import WaveState
from surveyapp.fieldwork.forecast.projection import Forecast, Key, UnitGroup
from surveyapp.fieldwork.forecast.response_curve import ReminderCalendar
from surveyapp.fieldwork.models import CountDay, CountTotal
from surveyapp.fieldwork.rules import ANSWERED, MAYBE_ELIGIBLE, SENT

UNDER_WAY = (
    WaveState.TESTING,
    WaveState.RUNNING,
    WaveState.PAUSED,
    WaveState.STOPPED,
    WaveState.DONE,
)


@dataclass(frozen=True)
class DayChange:
    """Net change of one supplying unit × group on one day."""

    day: date
    answered: int
    eligible: int
    sent: int


def changes(db: Session, campaign_id: int, *, until: date) -> dict[Key, list[DayChange]]:
    """Every day's net change up to the end of `until`, by (supplying unit, group), in order of days."""
    both = union_all(
        _sums(CountDay, CountDay.change, until).where(
            CountDay.campaign_id == campaign_id, CountDay.rollup == "supplying"
        ),
        _sums(CountDelta, CountDelta.change, until).where(CountDelta.campaign_id == campaign_id),
    ).subquery()
    keys = (both.c.supplying_unit_id, both.c.group_id, both.c.day)
    sums = (func.sum(both.c[name]) for name in ("answered", "eligible", "sent"))
    by_cell: dict[Key, list[DayChange]] = defaultdict(list)
    for unit, group, day, *counts in db.execute(select(*keys, *sums).group_by(*keys)):
        by_cell[unit, group].append(DayChange(day, *(int(n) for n in counts)))
    for each in by_cell.values():
        each.sort(key=lambda change: change.day)
    return dict(by_cell)


def tallies(
    db: Session, campaign_id: int, *, reachable: frozenset[Disposition]
) -> Iterator[tuple[int, ...]]:
    """(supplying unit, group, department, rated unit, eligible, answered, `reachable`) live, added up by
    the database."""
    sets = {"eligible": MAYBE_ELIGIBLE, "answered": ANSWERED, "reachable": reachable}

    def sums(table: type[CountTotal] | type[CountDelta], change: Any) -> Select[Any]:
        keys = (table.supplying_unit_id, table.group_id, table.department_id, table.rated_unit_id)
        added = [_within(table.disposition, change, ds, name) for name, ds in sets.items()]
        return select(*keys, *added).where(table.campaign_id == campaign_id).group_by(*keys)

    kept = sums(CountTotal, CountTotal.n).where(CountTotal.rollup == "cell")
    both = union_all(kept, sums(CountDelta, CountDelta.change)).subquery()
    keys = (
        both.c.supplying_unit_id,
        both.c.group_id,
        both.c.department_id,
        both.c.rated_unit_id,
    )
    totals = (func.sum(both.c[name]) for name in sets)
    for row in db.execute(select(*keys, *totals).group_by(*keys)):
        yield tuple(int(n) for n in row)


def _within(column: Any, change: Any, within: frozenset[Disposition], name: str) -> Any:
    values = [str(disposition) for disposition in within]
    return func.sum(case((column.in_(values), change), else_=0)).label(name)


def _sums(table: type[CountDay] | type[CountDelta], change: Any, until: date) -> Select[Any]:
    sets = {"answered": ANSWERED, "eligible": MAYBE_ELIGIBLE, "sent": SENT}
    keys = (table.supplying_unit_id, table.group_id, table.day)
    added = [_within(table.disposition, change, ds, name) for name, ds in sets.items()]
    return select(*keys, *added).where(table.day <= until).group_by(*keys)


def reminders(db: Session, campaign_id: int) -> list[date]:
    """Days on which a reminder to everybody went out, or will as confirmed by an operator."""
    rows = db.execute(
        select(Wave.starts_at, Wave.audience).where(
            Wave.campaign_id == campaign_id, Wave.kind.in_(REMINDERS), Wave.state.in_(UNDER_WAY)
        )
    )
    return sorted(
        {clock.day(starts_at) for starts_at, audience in rows if not any(audience.values())}
    )


def cells(changed: dict[Key, list[DayChange]]) -> dict[Key, UnitGroup]:
    """What the forecast needs of the changes: forms, the day of the first sending, answers by day."""
    return {key: _cell(each) for key, each in changed.items()}


def _cell(each: Iterable[DayChange]) -> UnitGroup:
    forms, sent, starts = 0, 0, None
    answered: dict[date, int] = {}
    for change in each:
        forms += change.eligible
        sent += change.sent
        if starts is None and sent > 0:
            starts = change.day
        if change.answered:
            answered[change.day] = change.answered
    return UnitGroup(forms, starts, answered)


def foresee(db: Session, campaign: Campaign, *, now: datetime) -> Forecast:
    """The forecast from the end of yesterday to the campaign's last day."""
    closes = clock.day(campaign.closes_at - timedelta(seconds=1))
    until = min(clock.day(now) - timedelta(days=1), closes)
    return foresee_from(db, campaign, until=until)


def foresee_from(db: Session, campaign: Campaign, *, until: date) -> Forecast:
    """The forecast from the end of `until`."""
    known = cells(changes(db, campaign.id, until=until))
    calendar = ReminderCalendar(tuple(reminders(db, campaign.id)), campaign.holidays)
    closes = clock.day(campaign.closes_at - timedelta(seconds=1))
    return Forecast(known, calendar, until=until, closes=closes)
