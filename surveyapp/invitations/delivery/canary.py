"""The self-test: a message to the centre's own mailbox must arrive before a wave goes, and daily."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveyapp.invitations.delivery.rules import SENT_BY_WORKER
from surveyapp.invitations.models import Canary, Wave

PATIENCE = timedelta(minutes=15)
FRESH = timedelta(hours=1)
"""A canary of the last hour still speaks for a wave that is about to begin."""
DAILY = timedelta(hours=24)
OPEN = ("trying", "sent")


def latest(db: Session, channel: str) -> Canary | None:
    """The last canary of a channel."""
    return db.scalars(
        select(Canary).where(Canary.channel == channel).order_by(Canary.sent_at.desc()).limit(1)
    ).first()


def to_send(db: Session, channels: Collection[str], *, now: datetime) -> list[Canary]:
    """The canaries to hand over now: new ones where one is due, and those not taken yet."""
    found = []
    for channel in channels:
        last = latest(db, channel)
        if last is not None and last.state in OPEN:
            if last.state == "trying":
                found.append(last)
            continue
        if _is_due(db, channel, last, now=now):
            found.append(_new(db, channel, now=now))
    return found


def _is_due(db: Session, channel: str, last: Canary | None, *, now: datetime) -> bool:
    for wave in _waves(db, "testing", "running"):
        if channel not in wave.channels or wave.starts_at > now + FRESH:
            continue
        if wave.state == "testing" and not _has_arrived(last, now=now):
            return True
        if last is None or last.sent_at < now - DAILY:
            return True
    return False


def _has_arrived(canary: Canary | None, *, now: datetime) -> bool:
    return canary is not None and canary.state == "arrived" and canary.sent_at >= now - FRESH


def _waves(db: Session, *states: str) -> Sequence[Wave]:
    return db.scalars(select(Wave).where(Wave.state.in_(states)).order_by(Wave.starts_at)).all()


def _new(db: Session, channel: str, *, now: datetime) -> Canary:
    canary = Canary(
        id=uuid4(), channel=channel, state="trying", reason="", sent_at=now, due_at=now + PATIENCE
    )
    db.add(canary)
    db.flush()
    return canary


def request(db: Session, channel: str, *, now: datetime) -> Canary:
    """An operator wants to see a test message now."""
    last = latest(db, channel)
    return last if last is not None and last.state in OPEN else _new(db, channel, now=now)


def handed_over(db: Session, canary_id: UUID) -> None:
    """The channel took it."""
    _set(db, canary_id, ("trying",), state="sent", reason="")


def refused(db: Session, canary_id: UUID, reason: str, *, for_good: bool) -> None:
    """The channel did not take it: for good, or it is tried again until its time is over."""
    _set(db, canary_id, ("trying",), state="refused" if for_good else "trying", reason=reason)


def arrived(db: Session, canary_id: UUID, *, now: datetime) -> bool:
    """It was seen in the mailbox, by a program or by an operator. False if it is no canary."""
    return _set(db, canary_id, ("trying", "sent", "missed"), state="arrived", arrived_at=now)


def _set(db: Session, canary_id: UUID, states: Sequence[str], **values: object) -> bool:
    changed = db.execute(
        update(Canary).where(Canary.id == canary_id, Canary.state.in_(states)).values(**values)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def judge(db: Session, tested: Collection[str], *, now: datetime) -> list[tuple[UUID, str]]:
    """Let tested waves go, and pause those whose canary is lost: (wave, channel) of the paused.

    `tested` are the channels whose arrival can be seen on this server; the others cannot be judged.
    """
    db.execute(
        update(Canary)
        .where(Canary.state.in_(OPEN), Canary.due_at <= now)
        .values(state="missed")
        .execution_options(synchronize_session=False)
    )
    db.expire_all()
    last = {channel: latest(db, channel) for channel in SENT_BY_WORKER}
    paused = []
    for wave in _waves(db, "testing", "running"):
        lost = [c for c in _used(wave, tested) if _is_lost(last[c], wave)]
        if lost:
            wave.state, wave.reason = "paused", f"canary:{lost[0]}"
            paused.append((wave.id, lost[0]))
        elif (
            wave.state == "testing"
            and wave.starts_at <= now
            and all(_has_arrived(last[c], now=now) for c in _used(wave, tested))
        ):
            wave.state = "running"
    db.flush()
    return paused


def _used(wave: Wave, tested: Collection[str]) -> list[str]:
    return [channel for channel in wave.channels if channel in tested]


def _is_lost(canary: Canary | None, wave: Wave) -> bool:
    since = wave.confirmed_at
    return (
        canary is not None
        and canary.state in ("missed", "refused")
        and (since is None or canary.sent_at >= since)
    )
