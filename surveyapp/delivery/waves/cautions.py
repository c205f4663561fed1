"""What an operator is warned of before a wave goes: each warning is confirmed by itself."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from surveyapp import clock
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.models import Wave
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
