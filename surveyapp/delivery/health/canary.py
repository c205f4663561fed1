"""The self-test: a message to each of the centre's own addresses must arrive, before a wave and daily.

`Trials` are the channels that can be judged on this server, each with the addresses it is tried on;
an empty address stands for a channel that ends here: a spool, a printed page.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import TAKING_LISTS
from surveyapp.db import rows_changed
from surveyapp.delivery.models import Canary, Wave
from surveyapp.delivery.states import GOING, ON_ITS_WAY, UNSEEN, CanaryState, WaveState

PATIENCE = timedelta(minutes=15)
FRESH = timedelta(hours=1)
"""A canary of the last hour still speaks for a wave that is about to begin."""
DAILY = timedelta(hours=24)

Trials = Mapping[str, Sequence[str]]


def latest(db: Session, channel: str, address: str | None = None) -> Canary | None:
    """The last canary of a channel, to one address if that is given."""
    query = select(Canary).where(Canary.channel == channel)
    if address is not None:
        query = query.where(Canary.address == address)
    return db.scalars(query.order_by(Canary.sent_at.desc()).limit(1)).first()


def last_of_each(db: Session, *channels: str) -> list[Canary]:
    """The last canary to each address that the channels were ever tried on, by channel and address."""
    newest = (
        select(Canary.channel, Canary.address, func.max(Canary.sent_at).label("sent_at"))
        .where(Canary.channel.in_(channels))
        .group_by(Canary.channel, Canary.address)
        .subquery()
    )
    of_the_same = (Canary.channel == newest.c.channel) & (Canary.address == newest.c.address)
    canaries = db.scalars(
        select(Canary)
        .join(newest, of_the_same & (Canary.sent_at == newest.c.sent_at))
        .order_by(Canary.channel, Canary.address)
    )
    return list({(one.channel, one.address): one for one in canaries}.values())


def to_send(db: Session, trials: Trials, *, now: datetime) -> list[Canary]:
    """The canaries to hand over now: new ones where one is due, and those not taken yet.

    One is due daily while a campaign is prepared or open, wave or no wave, and before a wave.
    """
    daily = _is_season(db)
    due = []
    for channel, addresses in trials.items():
        for address in addresses:
            last = latest(db, channel, address)
            if last is not None and last.is_on_its_way:
                if last.state == CanaryState.TRYING:
                    due.append(last)
                continue
            is_stale = last is None or last.sent_at < now - DAILY
            if (daily and is_stale) or _is_wanted(db, channel, last, now=now):
                due.append(_new(db, channel, address, now=now))
    return due


def _is_season(db: Session) -> bool:
    going = select(Campaign.id).where(Campaign.state.in_(TAKING_LISTS)).limit(1)
    return db.scalar(going) is not None


def _is_wanted(db: Session, channel: str, last: Canary | None, *, now: datetime) -> bool:
    """A wave waits for this channel's test, or it goes on for days after its campaign closed."""
    for wave in _waves(db, *GOING):
        if channel not in wave.channels or wave.starts_at > now + FRESH:
            continue
        if wave.state == WaveState.TESTING and not _has_arrived(last, now=now):
            return True
        if last is None or last.sent_at < now - DAILY:
            return True
    return False


def _has_arrived(canary: Canary | None, *, now: datetime) -> bool:
    return (
        canary is not None and canary.state == CanaryState.ARRIVED and canary.sent_at >= now - FRESH
    )


def _waves(db: Session, *states: WaveState) -> Sequence[Wave]:
    return db.scalars(select(Wave).where(Wave.state.in_(states)).order_by(Wave.starts_at)).all()


def _new(db: Session, channel: str, address: str, *, now: datetime) -> Canary:
    canary = Canary(
        id=uuid4(),
        channel=channel,
        address=address,
        state=CanaryState.TRYING,
        reason="",
        gateway_id="",
        sent_at=now,
        due_at=now + PATIENCE,
    )
    db.add(canary)
    db.flush()
    return canary


def request(db: Session, channel: str, addresses: Sequence[str], *, now: datetime) -> list[Canary]:
    """An operator wants to see a test message now: to each address where none is under way."""
    canaries = []
    for address in addresses:
        last = latest(db, channel, address)
        if last is None or not last.is_on_its_way:
            canaries.append(_new(db, channel, address, now=now))
    return canaries


def handed_over(db: Session, canary_id: UUID, *, gateway_id: str = "") -> None:
    """The channel took it."""
    _set(
        db,
        canary_id,
        (CanaryState.TRYING,),
        state=CanaryState.SENT,
        reason="",
        gateway_id=gateway_id[:60],
    )


def refused(db: Session, canary_id: UUID, reason: str, *, for_good: bool) -> None:
    """The channel did not take it: for good, or it is tried again until its time is over."""
    _set(
        db,
        canary_id,
        (CanaryState.TRYING,),
        state=CanaryState.REFUSED if for_good else CanaryState.TRYING,
        reason=reason,
    )


def arrived(db: Session, canary_id: UUID, *, now: datetime) -> bool:
    """It was seen where it should be, by a program or by an operator. False if it is no canary."""
    return _set(
        db,
        canary_id,
        (CanaryState.TRYING, CanaryState.SENT, CanaryState.MISSED),
        state=CanaryState.ARRIVED,
        arrived_at=now,
    )


def receipt(db: Session, gateway_id: str, *, has_arrived: bool, now: datetime) -> bool:
    """A text gateway tells what became of a test message. False if it is none of ours."""
    mine = select(Canary.id).where(Canary.gateway_id == gateway_id, Canary.gateway_id != "")
    canary_id = db.scalar(mine.order_by(Canary.sent_at.desc()).limit(1))
    if canary_id is None:
        return False
    if has_arrived:
        return arrived(db, canary_id, now=now)
    return _set(db, canary_id, (CanaryState.SENT,), state=CanaryState.REFUSED, reason="gateway")


def on_their_way(db: Session, channel: str, *, now: datetime) -> list[UUID]:
    """Test messages of the last day that were handed over and not seen yet, late ones too."""
    query = select(Canary.id).where(
        Canary.channel == channel,
        Canary.state.in_(UNSEEN),
        Canary.sent_at > now - DAILY,
    )
    return list(db.scalars(query))


def _set(db: Session, canary_id: UUID, states: Sequence[CanaryState], **values: object) -> bool:
    changed = db.execute(
        update(Canary).where(Canary.id == canary_id, Canary.state.in_(states)).values(**values)
    )
    return rows_changed(changed) > 0


def judge(db: Session, trials: Trials, *, now: datetime) -> list[tuple[UUID, str]]:
    """Let tested waves go, and pause those of which a canary is lost: (wave, channel) of the paused.

    Every address of a channel must have got its own.
    """
    db.execute(
        update(Canary)
        .where(Canary.state.in_(ON_ITS_WAY), Canary.due_at <= now)
        .values(state=CanaryState.MISSED)
        .execution_options(synchronize_session=False)
    )
    db.expire_all()
    last = {
        channel: {address: latest(db, channel, address) for address in addresses}
        for channel, addresses in trials.items()
    }
    paused = []
    for wave in _waves(db, *GOING):
        used = [last[channel] for channel in wave.channels if channel in last]
        canaries = [canary for of_channel in used for canary in of_channel.values()]
        lost = next((one for one in canaries if one and _is_lost(one, wave)), None)
        if lost is not None:
            wave.state = WaveState.PAUSED
            wave.reason = f"canary:{lost.channel}:{lost.address}".rstrip(":")
            paused.append((wave.id, lost.channel))
        elif (
            wave.state == WaveState.TESTING
            and wave.starts_at <= now
            and all(_has_arrived(one, now=now) for one in canaries)
        ):
            wave.state = WaveState.RUNNING
    db.flush()
    return paused


def _is_lost(canary: Canary, wave: Wave) -> bool:
    since = wave.confirmed_at
    return canary.is_lost and (since is None or canary.sent_at >= since)
