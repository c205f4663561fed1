"""What an operator is warned of before a wave goes: each warning is confirmed by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from uuid import UUID

from surveyapp import clock
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery import rules
from surveyapp.delivery.models import Wave
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import staggering
from surveyapp.delivery.waves.counting import DryRun

LATE = timedelta(minutes=30)
"""A start so long before it was described was not meant as "now"."""


@dataclass(frozen=True)
class Caution:
    """One thing about a wave that may be a mistake.

    past: it was to start before it was described; after_deadline: its start, or the last of its days, lies
    after the deadline, when nothing is sent; holiday: its first day is a holiday, so it waits for the next
    day; recently: so many of its people got a message within `days` days.
    """

    kind: str
    people: int = 0
    days: int = 0
    when: datetime | None = None
    day: date | None = None


def cautions(wave: Wave, campaign: Campaign, counted: DryRun, *, now: datetime) -> list[Caution]:
    """What to warn of, if the wave were confirmed at `now`."""
    raised = []
    if wave.starts_at < wave.created_at - LATE:
        raised.append(Caution("past", when=wave.starts_at))
    last = staggering.begins(wave, len(wave.spread) - 1)
    if max(last, now) >= campaign.closes_at and wave.kind != "thanks":
        raised.append(Caution("after_deadline", when=campaign.closes_at))
    first = clock.day(max(wave.starts_at, now))
    if first in campaign.holidays and wave.kind != "reissue":
        raised.append(Caution("holiday", day=first))
    if counted.recently and wave.kind != "reissue":
        days = campaign.least_days_between_messages
        raised.append(Caution("recently", people=counted.recently, days=days))
    return raised


def crowded(waves: Iterable[Wave], *, least_days: int) -> dict[UUID, Wave]:
    """Reminders that begin less than `least_days` after an earlier one which the same people may get, each
    with that earlier one; what was stopped counts no more."""
    standing = sorted(
        (one for one in waves if one.kind in rules.REMINDERS and one.state != WaveState.STOPPED),
        key=lambda one: one.starts_at,
    )
    return {
        later.id: earlier
        for earlier, later in combinations(standing, 2)
        if later.starts_at - earlier.starts_at < timedelta(days=least_days)
        and _may_meet(earlier, later)
    }


def _may_meet(one: Wave, other: Wave) -> bool:
    """Somebody may get both: their kinds, levels, units and groups do not exclude each other."""
    if {one.kind, other.kind} == {"reminder_not_started", "reminder_begun"}:
        return False
    levels = {one.audience.get("level") or "", other.audience.get("level") or ""} - {""}
    parts = (
        (set(one.audience.get(name) or ()), set(other.audience.get(name) or ()))
        for name in ("units", "groups", "invitations")
    )
    return len(levels) < 2 and not any(a and b and not a & b for a, b in parts)
