"""Whether the sending goes on: signs of life of the workers, and waves that need somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from surveyapp.delivery.health import channels, circuit_breaker
from surveyapp.delivery.models import Wave, WorkerSign
from surveyapp.delivery.rules import CHANNELS
from surveyapp.delivery.states import NOT_OVER, WaveState

SILENT_AFTER = timedelta(minutes=10)
"""Workers sign every half minute; one that waits for a slow mail server may be late."""
FORGOTTEN_AFTER = timedelta(days=1)
TOLD_AFTER = timedelta(minutes=5)
"""A channel that rests for seconds is nobody's business."""


@dataclass(frozen=True)
class Trouble:
    """A wave that does not go on by itself, or a channel that does not carry messages.

    paused: `reason` says why, empty when an operator did it; unattended: its time has come and no
    worker has given a sign since `seen_at` (never, if that is None). resting: `channel` is at fault
    since `seen_at`, for `reason`; lost: its self-test of `seen_at` did not arrive at `address`.
    """

    kind: str
    wave_id: UUID | None = None
    wave_kind: str = ""
    reason: str = ""
    seen_at: datetime | None = None
    channel: str = ""
    address: str = ""


def sign(db: Session, worker: str, *, now: datetime) -> None:
    """Note that the worker is there, and forget those not seen for a day."""
    db.execute(delete(WorkerSign).where(WorkerSign.seen_at < now - FORGOTTEN_AFTER))
    db.merge(WorkerSign(worker=worker, seen_at=now))


def last_seen(db: Session) -> datetime | None:
    """When any worker gave its last sign."""
    return db.scalar(select(func.max(WorkerSign.seen_at)))


def troubles(db: Session, campaign_id: int, *, now: datetime) -> list[Trouble]:
    """Waves of the campaign that are paused, or that nobody sends though their time has come."""
    seen_at = last_seen(db)
    is_silent = seen_at is None or seen_at < now - SILENT_AFTER
    waves: Sequence[Wave] = db.scalars(
        select(Wave)
        .where(
            Wave.campaign_id == campaign_id,
            Wave.state.in_(NOT_OVER),
        )
        .order_by(Wave.starts_at)
    ).all()
    standing_troubles = []
    for wave in waves:
        if wave.state == WaveState.PAUSED:
            standing_troubles.append(Trouble("paused", wave.id, wave.kind, wave.reason, seen_at))
        elif is_silent and wave.starts_at <= now - SILENT_AFTER:
            standing_troubles.append(Trouble("unattended", wave.id, wave.kind, "", seen_at))
    return standing_troubles


def channel_troubles(db: Session, *, now: datetime) -> list[Trouble]:
    """Channels at fault for minutes, and those whose last self-test did not arrive, wave or no wave."""
    channel_faults = []
    rests, tests = circuit_breaker.last_of_each(db), channels.tests(db, *CHANNELS, now=now)
    for channel in CHANNELS:
        rest = rests.get(channel)
        if rest and circuit_breaker.goes_on(rest, now=now) and rest.since <= now - TOLD_AFTER:
            channel_faults.append(
                Trouble("resting", reason=rest.reason, seen_at=rest.since, channel=channel)
            )
        channel_faults += [
            Trouble("lost", seen_at=one.sent_at, channel=channel, address=one.address)
            for one in tests
            if one.channel == channel and one.is_lost
        ]
    return channel_faults
