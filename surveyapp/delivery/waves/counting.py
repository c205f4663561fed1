"""Whom a wave would reach: counted person by person by the rules of sending, and only read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery import rules
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.delivery.states import DeliveryState
from surveyapp.delivery.waves import audience, staggering
from surveyapp.delivery.waves.audience import Recipient
from surveyapp.keys import KeyRing

BATCH = 1000
SAMPLE = 10
MOVED_SHARE = 0.05
"""People answer while an operator reads: the count may move by so much before it is shown again."""


@dataclass
class DryRun:
    """Whom a wave would reach if it went out now, and whom it leaves out for which reason."""

    people: int = 0
    by_channel: Counter[str] = field(default_factory=Counter)
    by_day: Counter[int] = field(default_factory=Counter)
    """People by day of the wave, from 0."""
    skipped: Counter[str] = field(default_factory=Counter)
    recently: int = 0
    """Of `people`, those to whom a message went within the campaign's least days between messages."""


def dry_run(db: Session, wave: Wave, *, campaign: Campaign, keys: KeyRing) -> DryRun:
    """Count by the same rules as sending, person by person, and sending nothing."""
    result = DryRun()
    groups, day = audience.group_ids(db, wave), clock.day(wave.starts_at)
    day_of = staggering.days(db, wave)
    since = recent_since(wave, campaign)
    after: UUID | None = None
    while ids := audience.next_invitations(db, wave, after=after, limit=BATCH):
        reached = []
        for person, channel, reason in decided(db, wave, ids, groups, on=day, keys=keys):
            if reason:
                result.skipped[reason] += 1
                continue
            reached.append(person.invitation_id)
            result.by_channel[channel] += 1
            result.by_day[day_of.get(person.invitation_id, 0)] += 1
        result.people += len(reached)
        result.recently += len(written_to(db, ids, since=since) & set(reached))
        after = ids[-1]
    return result


def sample(db: Session, wave: Wave, *, keys: KeyRing) -> list[tuple[Recipient, str]]:
    """A few of the people the wave would reach now, with the channel of each."""
    groups, day = audience.group_ids(db, wave), clock.day(wave.starts_at)
    ids = audience.next_invitations(db, wave, after=None, limit=BATCH)
    decisions = decided(db, wave, ids, groups, on=day, keys=keys)
    return [(person, channel) for person, channel, reason in decisions if not reason][:SAMPLE]


def decided(
    db: Session,
    wave: Wave,
    ids: Sequence[UUID],
    groups: frozenset[int],
    *,
    on: date,
    keys: KeyRing,
) -> list[tuple[Recipient, str, str]]:
    """(person, channel, reason to skip) of each invitation as things stand, on that day."""
    people = audience.recipients(db, ids)
    dead = audience.dead_channels(db, people.values(), keys=keys)
    decisions = []
    for id_ in ids:
        person = people[id_]
        reason = rules.reason_to_skip(wave.kind, person.standing(groups, on=on))
        channel = rules.choose_channel(
            wave.channels, email=person.email, phone=person.phone, dead=dead.get(id_, ())
        )
        decisions.append((person, channel, reason or ("" if channel else "no_contact")))
    return decisions


def recent_since(wave: Wave, campaign: Campaign) -> datetime:
    """Whoever was written to after this moment was so within the least days between two messages."""
    return wave.starts_at - timedelta(days=campaign.least_days_between_messages)


def written_to(db: Session, ids: Sequence[UUID], *, since: datetime) -> set[UUID]:
    """Of these invitations, those to which a message was handed over after `since`."""
    told = select(Delivery.invitation_id).where(
        Delivery.invitation_id.in_(ids),
        Delivery.state.in_((DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)),
        Delivery.settled_at > since,
    )
    return set(db.scalars(told.distinct()))


def keep(wave: Wave, counted: DryRun, *, now: datetime) -> None:
    """Note the count with the draft: it is the number to type, and what the page shows."""
    wave.people, wave.counted_at = counted.people, now
    wave.counted = {
        "by_channel": dict(counted.by_channel),
        "by_day": {str(day): n for day, n in counted.by_day.items()},
        "skipped": dict(counted.skipped),
        "recently": counted.recently,
    }


def kept(wave: Wave) -> DryRun:
    """The count that was noted with the draft."""
    noted: dict[str, Any] = wave.counted or {}
    by_day = {int(day): n for day, n in noted.get("by_day", {}).items()}
    return DryRun(
        wave.people,
        Counter(noted.get("by_channel", {})),
        Counter(by_day),
        Counter(noted.get("skipped", {})),
        noted.get("recently", 0),
    )


def may_move(people: int) -> int:
    """By how many people the count may have moved between the page and the confirmation."""
    return ceil(people * MOVED_SHARE)
