"""How each channel is doing: its self-tests, its last rest and what it did since yesterday."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.delivery.health import canary, circuit_breaker
from surveyapp.delivery.models import Canary, ChannelRest, Delivery
from surveyapp.delivery.rules import CHANNELS
from surveyapp.delivery.states import LOST, ON_ITS_WAY, DeliveryState

WINDOW = timedelta(hours=24)
RECENT = timedelta(hours=48)
"""A self-test older than this says nothing any more: its address may have been given up."""


@dataclass(frozen=True)
class ChannelHealth:
    """One channel. `state` is good, resting, lost, trying, untested or missing, the worst that is true."""

    channel: str
    state: str
    canaries: list[Canary]
    rest: ChannelRest | None
    last_handed_over: datetime | None
    handed_over: int
    failed: int
    bounced: int
    waiting_to_retry: int


def health(db: Session, *, there: Collection[str], now: datetime) -> list[ChannelHealth]:
    """Every channel, over all campaigns; `there` are those this server has settings for."""
    return [_of(db, channel, there=there, now=now) for channel in CHANNELS]


def _of(db: Session, channel: str, *, there: Collection[str], now: datetime) -> ChannelHealth:
    recent: Counter[DeliveryState] = Counter()
    for state, n in db.execute(
        select(Delivery.state, func.count())
        .where(Delivery.channel == channel, Delivery.settled_at > now - WINDOW)
        .group_by(Delivery.state)
    ):
        recent[state] = n
    last = db.scalar(
        select(func.max(Delivery.settled_at)).where(
            Delivery.channel == channel,
            Delivery.state.in_((DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)),
        )
    )
    canaries = tests(db, channel, now=now)
    rest = circuit_breaker.last(db, channel)
    return ChannelHealth(
        channel=channel,
        state=_state(channel in there, canaries, rest, now=now),
        canaries=canaries,
        rest=rest,
        last_handed_over=last,
        handed_over=recent[DeliveryState.HANDED_OVER] + recent[DeliveryState.DELIVERED],
        failed=recent[DeliveryState.FAILED],
        bounced=recent[DeliveryState.HARD_BOUNCE] + recent[DeliveryState.SOFT_BOUNCE],
        waiting_to_retry=recent[DeliveryState.QUEUED],
    )


def tests(db: Session, *channels: str, now: datetime) -> list[Canary]:
    """The last self-test of the channels to each address, of those young enough to tell."""
    return [one for one in canary.last_of_each(db, *channels) if one.sent_at > now - RECENT]


def _state(
    is_there: bool, canaries: list[Canary], rest: ChannelRest | None, *, now: datetime
) -> str:
    if not is_there:
        return "missing"
    if circuit_breaker.goes_on(rest, now=now):
        return "resting"
    states = {one.state for one in canaries}
    if states & set(LOST):
        return "lost"
    if states & set(ON_ITS_WAY):
        return "trying"
    return "good" if states else "untested"
