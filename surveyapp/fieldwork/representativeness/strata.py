"""The counts that representativeness is measured on, now and at the end of each day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Unit
from surveyapp.fieldwork.forecast import series
from surveyapp.fieldwork.representativeness.r_indicator import (
    DayPicture,
    Stratum,
    StratumCounts,
    WaveEffect,
    measure,
    wave_effect,
)

MINISTRIES = "*"
"""The region of units that stand in no region."""

_REACHABLE = frozenset(
    {
        Disposition.NOT_SENT,
        Disposition.SENT,
        Disposition.BOUNCED,
        Disposition.BEGUN,
    }
)


def strata(db: Session, campaign_id: int) -> dict[Stratum, StratumCounts]:
    """Live tallies by region and by the codes of group, department, supplying and rated unit; a form
    without department has an empty one."""
    units = {unit.id: unit for unit in campaigns.units(db, campaign_id)}
    groups = {group.id: group.code for group in campaigns.groups(db, campaign_id)}
    departments = {each.id: each.code for each in campaigns.departments(db, campaign_id)}
    by_stratum: dict[Stratum, StratumCounts] = defaultdict(StratumCounts)
    for unit, group, department, rated, *counts in series.tallies(
        db, campaign_id, reachable=_REACHABLE
    ):
        key = Stratum(
            _region(units[unit]),
            groups[group],
            departments.get(department, ""),
            units[unit].code,
            units[rated].code,
        )
        by_stratum[key] += StratumCounts(*counts)
    return dict(by_stratum)


@dataclass(frozen=True)
class ResponseCourse:
    """R and the rate by day, on supplying unit × group, and what the last sending did to them."""

    pictures: list[DayPicture]
    sendings: list[date]
    effect: WaveEffect | None


def course(db: Session, campaign_id: int, *, until: date) -> ResponseCourse:
    """The picture at the end of each day up to `until`, from the first answer on."""
    daily_changes = series.changes(db, campaign_id, until=until)
    by_day: dict[date, dict[Stratum, StratumCounts]] = defaultdict(
        lambda: defaultdict(StratumCounts)
    )
    first_sent: list[date] = []
    for (unit, group), changes in daily_changes.items():
        for change in changes:
            key = Stratum(group=str(group), supplying=str(unit))
            by_day[change.day][key] += StratumCounts(change.eligible, change.answered)
            if change.sent > 0:
                first_sent.append(change.day)
    sendings = series.reminders(db, campaign_id)
    if first_sent:
        sendings = [min(first_sent), *sendings]
    pictures = _pictures(by_day, until)
    return ResponseCourse(pictures, sendings, wave_effect(pictures, sendings))


def _pictures(
    by_day: Mapping[date, Mapping[Stratum, StratumCounts]], until: date
) -> list[DayPicture]:
    standing: dict[Stratum, StratumCounts] = defaultdict(StratumCounts)
    pictures = []
    day = min(by_day, default=until + timedelta(days=1))
    while day <= until:
        for key, change in by_day.get(day, {}).items():
            standing[key] += change
        measured = measure(standing)
        if measured is not None and measured.r is not None:
            pictures.append(DayPicture(day, measured.r, measured.whole.rate))
        day += timedelta(days=1)
    return pictures


def _region(unit: Unit) -> str:
    return unit.region_vi or MINISTRIES
