"""Counts by day of every supplying unit × group, and the forecast made of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.models import CountDelta
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.delivery.rules import REMINDERS
from surveyapp.delivery.states import NOT_OVER, DeliveryState, WaveState
from surveyapp.delivery.waves import staggering
from surveyapp.fieldwork.forecast.projection import Forecast, Key, UnitGroup
from surveyapp.fieldwork.forecast.response_curve import ReminderCalendar
from surveyapp.fieldwork.models import CountDay, CountTotal
from surveyapp.fieldwork.rules import ANSWERED, MAYBE_ELIGIBLE, SENT

HALF = 50
"""Per cent of a wave, at whose sending its day is counted."""

UNDER_WAY = (*NOT_OVER, WaveState.DONE)


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


@dataclass(frozen=True)
class ReminderRecord:
    """The reminders of a campaign: days on which one went to everybody, and those to a part alone.

    A part is a level, units and groups by code; empty stands for all.
    """

    everybody: tuple[date, ...]
    parts: tuple[tuple[date, str, frozenset[str], frozenset[str]], ...]


def reminders(db: Session, campaign_id: int) -> list[date]:
    """Days on which a reminder to everybody went out, or will as confirmed by an operator."""
    return list(reminder_record(db, db.get_one(Campaign, campaign_id)).everybody)


def reminder_record(
    db: Session, campaign: Campaign, *, drafts_after: datetime | None = None
) -> ReminderRecord:
    """Reminders that went out, or will as confirmed by an operator; what was stopped before it sent is none.

    With `drafts_after` those that are only planned count too, if they are to begin later than that.
    """
    sent = exists(
        select(Delivery.id).where(
            Delivery.wave_id == Wave.id,
            Delivery.state.in_((DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)),
        )
    )
    counted = [Wave.state.in_(UNDER_WAY), and_(Wave.state == WaveState.STOPPED, sent)]
    if drafts_after is not None:
        counted.append(and_(Wave.state == WaveState.DRAFT, Wave.starts_at > drafts_after))
    waves = db.scalars(
        select(Wave)
        .where(Wave.campaign_id == campaign.id, Wave.kind.in_(REMINDERS))
        .where(or_(*counted))
        .order_by(Wave.starts_at)
    )
    everybody, parts = [], []
    for wave in waves:
        on, part = main_day(wave, campaign), wave.audience
        if not any(part.values()):
            everybody.append(on)
        elif not part.get("invitations"):
            units, groups = (frozenset(part.get(name) or ()) for name in ("units", "groups"))
            parts.append((on, part.get("level") or "", units, groups))
    return ReminderRecord(tuple(sorted(set(everybody))), tuple(parts))


def main_day(wave: Wave, campaign: Campaign) -> date:
    """The day by whose end a wave is half sent: over several days, and put off by holidays."""
    passed = accumulate(wave.spread)
    position = next((n for n, share in enumerate(passed) if share >= HALF), 0)
    on = clock.day(staggering.begins(wave, position))
    while on in campaign.holidays:
        on += timedelta(days=1)
    return on


def reminded_by_themselves(
    db: Session, campaign_id: int, record: ReminderRecord
) -> Callable[[Key], tuple[date, ...]]:
    """Of a supplying unit × group, the days of reminders that went to a part it belongs to."""
    if not record.parts:
        return lambda _key: ()
    units = {unit.id: unit for unit in campaigns.units(db, campaign_id)}
    groups = {group.id: group.code for group in campaigns.groups(db, campaign_id)}

    def days(key: Key) -> tuple[date, ...]:
        unit, group = units[key[0]], groups[key[1]]
        return tuple(
            on
            for on, level, of_units, of_groups in record.parts
            if level in ("", unit.kind)
            and (not of_units or unit.code in of_units)
            and (not of_groups or group in of_groups)
        )

    return days


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
    return foresee_from(db, campaign, until=_known_until(campaign, now))


def foresee_planned(db: Session, campaign: Campaign, *, now: datetime) -> Forecast:
    """The same if every reminder on the calendar goes out, those that nobody has confirmed yet too."""
    return foresee_from(db, campaign, until=_known_until(campaign, now), drafts_after=now)


def _known_until(campaign: Campaign, now: datetime) -> date:
    """The last day of which everything is known: yesterday, or the campaign's last."""
    closes = clock.day(campaign.closes_at - timedelta(seconds=1))
    return min(clock.day(now) - timedelta(days=1), closes)


def foresee_from(
    db: Session, campaign: Campaign, *, until: date, drafts_after: datetime | None = None
) -> Forecast:
    """The forecast from the end of `until`; with `drafts_after` as if the drafts after it were sent."""
    record = reminder_record(db, campaign, drafts_after=drafts_after)
    by_themselves = reminded_by_themselves(db, campaign.id, record)
    known = {
        key: replace(cell, reminders=by_themselves(key))
        for key, cell in cells(changes(db, campaign.id, until=until)).items()
    }
    calendar = ReminderCalendar(record.everybody, campaign.holidays)
    closes = clock.day(campaign.closes_at - timedelta(seconds=1))
    return Forecast(known, calendar, until=until, closes=closes)
