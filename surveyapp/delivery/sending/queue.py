"""The queue of messages: leases, so that any number of workers share it, and what they report back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Boolean, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.bulk_transitions import move_forms
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import CampaignState
from surveyapp.db import rows_changed
from surveyapp.delivery import rules
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.delivery.states import DeliveryState, WaveState
from surveyapp.delivery.waves.rate_limits import Limits, room, take_turn
from surveyapp.invitations.mailing_file import note_told

LEASE = timedelta(minutes=5)
SOFT_BOUNCE = "soft_bounce"
"""How the reason begins of a message that is queued again because it came back."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that one worker may send until `until`."""

    id: UUID
    invitation_id: UUID
    channel: str
    attempts: int
    until: datetime
    domain: str = ""
    reason: str = ""
    """Why it was queued again."""

    @property
    def came_back(self) -> bool:
        """It was handed over before and returned for a reason that passes."""
        return self.reason.startswith(SOFT_BOUNCE)

    def given_back(self, not_before: datetime | None = None) -> "Settled":
        """Nothing was tried: it stays as it is, to be tried from `not_before` on."""
        return Settled(
            self.id,
            self.invitation_id,
            DeliveryState.QUEUED,
            self.reason,
            self.attempts,
            not_before,
            self.domain,
            channel=self.channel,
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a leased message. `queued` gives it back for `not_before`."""

    delivery_id: UUID
    invitation_id: UUID
    became: DeliveryState
    reason: str = ""
    attempts: int = 0
    not_before: datetime | None = None
    domain: str = ""
    address_tag: bytes | None = None
    gateway_id: str = ""
    channel: str = ""


def running(db: Session, *, now: datetime) -> Sequence[Wave]:
    """Waves that may send at `now`: of a campaign that takes answers (thanks
    always), at no quiet hour and on no holiday, but for
    the new links that somebody asked for."""
    takes_answers = and_(
        Campaign.state == CampaignState.OPEN, Campaign.opens_at <= now, Campaign.closes_at > now
    )
    waves = db.execute(
        select(Wave, Campaign)
        .join(Campaign, Campaign.id == Wave.campaign_id)
        .where(Wave.state == WaveState.RUNNING, Wave.starts_at <= now)
        .where(or_(takes_answers, Wave.kind == "thanks"))
        .order_by(Wave.starts_at)
    )
    today = clock.day(now)
    return [
        wave
        for wave, campaign in waves
        if not is_quiet(wave, now) and (wave.kind == "reissue" or today not in campaign.holidays)
    ]


def is_quiet(wave: Wave, now: datetime) -> bool:
    """The wave rests at this hour."""
    return rules.is_quiet(now, quiet_from=wave.quiet_from, quiet_until=wave.quiet_until)


def has_due(
    db: Session,
    wave_id: UUID,
    *,
    channels: Collection[str],
    now: datetime,
    avoid: Collection[str] = (),
) -> bool:
    """Something of the wave may be leased now, whatever the limits say. It only reads: a worker with nothing
    to do asks this every second, and nobody who writes waits for that."""
    due = and_(
        Delivery.state == DeliveryState.QUEUED,
        Delivery.not_before <= now,
        Delivery.channel.in_(channels),
        Delivery.domain.not_in(avoid),
    )
    expired = and_(Delivery.state == DeliveryState.LEASED, Delivery.lease_until <= now)
    of_wave = select(Delivery.id).where(Delivery.wave_id == wave_id)
    return any(
        db.execute(of_wave.where(which).limit(1)).first() is not None for which in (due, expired)
    )


def lease(
    db: Session,
    wave_id: UUID,
    *,
    worker: str,
    channels: Collection[str],
    now: datetime,
    limit: int,
    limits: Limits | None = None,
    avoid: Collection[str] = (),
) -> list[Leased]:
    """Up to `limit` messages of the wave for this worker alone, within its limits and the server's.

    None goes to the mail domains of `avoid`.

    Workers take turns, so the limits hold however many workers and waves there are; what a dead
    worker held comes back once its lease is over.
    """
    wave = take_turn(db, wave_id)
    if wave is None or not channels:
        return []
    _take_back_expired(db, wave_id, now=now)
    allowed = room(db, wave, limits or Limits(), now=now)
    if allowed.messages <= 0:
        return []
    spare = allowed.spare
    candidates = db.execute(
        select(
            Delivery.id,
            Delivery.invitation_id,
            Delivery.channel,
            Delivery.attempts,
            Delivery.domain,
            Delivery.reason,
        )
        .where(
            Delivery.wave_id == wave_id,
            Delivery.state == DeliveryState.QUEUED,
            Delivery.not_before <= now,
            Delivery.channel.in_(channels),
            Delivery.domain.not_in(
                {*avoid, *(domain for domain, left in spare.items() if left <= 0)}
            ),
        )
        .order_by(Delivery.not_before)
        .limit(min(limit, allowed.messages))
        .with_for_update(skip_locked=True)
    ).all()
    taken: list[Leased] = []
    for id_, invitation_id, channel, attempts, domain, reason in candidates:
        if domain and spare.setdefault(domain, allowed.other_domains) <= 0:
            continue
        if domain:
            spare[domain] -= 1
        until = now + LEASE
        taken.append(Leased(id_, invitation_id, channel, attempts, until, domain, reason))
    if taken:
        db.execute(
            update(Delivery)
            .where(Delivery.id.in_([one.id for one in taken]))
            .values(
                state=DeliveryState.LEASED,
                leased_by=worker,
                lease_until=now + LEASE,
                attempted_at=now,
                first_attempt_at=func.coalesce(Delivery.first_attempt_at, now),
            )
            .execution_options(synchronize_session=False)
        )
    return taken


def _take_back_expired(db: Session, wave_id: UUID, *, now: datetime) -> None:
    db.execute(
        update(Delivery)
        .where(
            Delivery.wave_id == wave_id,
            Delivery.state == DeliveryState.LEASED,
            Delivery.lease_until <= now,
        )
        .values(state=DeliveryState.QUEUED, leased_by="", lease_until=None)
        .execution_options(synchronize_session=False)
    )


def release_worker(db: Session, worker: str) -> int:
    """Give back at once what a worker that is known to be dead had leased. How many."""
    freed = db.execute(
        update(Delivery)
        .where(Delivery.state == DeliveryState.LEASED, Delivery.leased_by == worker)
        .values(state=DeliveryState.QUEUED, leased_by="", lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(freed)


def settle(
    db: Session, campaign_id: int, settled: Sequence[Settled], *, worker: str, now: datetime
) -> None:
    """Write what became of messages; forms whose message was handed over count as sent.

    A message that went to another worker meanwhile keeps that worker's lease unless this one handed
    it over: then it must not go out again.
    """
    if not settled:
        return
    table = Delivery.__table__
    mine = or_(table.c.leased_by == worker, bindparam("b_is_sent", type_=Boolean))
    db.connection().execute(
        update(Delivery)
        .where(
            table.c.id == bindparam("b_id"),
            or_(table.c.state == DeliveryState.QUEUED, table.c.state == DeliveryState.LEASED),
            mine,
        )
        .values(
            state=bindparam("b_state"),
            reason=bindparam("b_reason"),
            attempts=bindparam("b_attempts"),
            not_before=func.coalesce(
                bindparam("b_not_before", type_=table.c.not_before.type), table.c.not_before
            ),
            domain=bindparam("b_domain"),
            address_tag=bindparam("b_tag"),
            gateway_id=bindparam("b_gateway_id"),
            settled_at=now,
            leased_by="",
            lease_until=None,
        ),
        [_parameters(one) for one in settled],
    )
    _mark_sent(
        db, campaign_id, [s for s in settled if s.became == DeliveryState.HANDED_OVER], now=now
    )


def _parameters(one: Settled) -> dict[str, object]:
    return {
        "b_id": one.delivery_id,
        "b_is_sent": one.became == DeliveryState.HANDED_OVER,
        "b_state": one.became,
        "b_reason": one.reason[:120],
        "b_attempts": one.attempts,
        "b_not_before": one.not_before,
        "b_domain": one.domain,
        "b_tag": one.address_tag,
        "b_gateway_id": one.gateway_id,
    }


def _mark_sent(db: Session, campaign_id: int, sent: Sequence[Settled], *, now: datetime) -> None:
    reached = [one.invitation_id for one in sent]
    if not reached:
        return
    # Invitations before their forms, as issuing takes them: else the two could wait for each other.
    note_told(db, reached, now=now)
    by_channel: dict[str, list[UUID]] = defaultdict(list)
    for channel, invitation_id in db.execute(
        select(Delivery.channel, Delivery.invitation_id)
        .where(Delivery.id.in_([one.delivery_id for one in sent]))
        .order_by(Delivery.invitation_id)
    ):
        by_channel[channel].append(invitation_id)
    for channel, of_it in by_channel.items():
        mark_forms_sent(db, campaign_id, of_it, channel=channel, now=now)


def mark_forms_sent(
    db: Session, campaign_id: int, invitation_ids: Collection[UUID], *, channel: str, now: datetime
) -> int:
    """Forms not sent, or whose earlier message came back, count as sent by `channel`. How many."""
    return move_forms(
        db,
        campaign_id,
        invitation_ids,
        "send",
        after=Disposition.SENT,
        today=clock.day(now),
        channel=channel,
    )


def add(
    db: Session,
    wave: Wave,
    messages: Iterable[tuple[UUID, str, str]],
    *,
    now: datetime,
    not_before: Mapping[UUID, datetime] | None = None,
) -> int:
    """Queue messages, each (invitation, channel, mail domain), once however often it is asked.

    `not_before` gives the moment from which an invitation's message may go; the wave's start otherwise.
    """
    begins = not_before or {}
    domains = {(invitation_id, channel): domain for invitation_id, channel, domain in messages}
    if not domains:
        return 0
    there = db.execute(
        select(Delivery.invitation_id, Delivery.channel).where(
            Delivery.wave_id == wave.id,
            Delivery.invitation_id.in_({invitation_id for invitation_id, _ in domains}),
        )
    )
    for invitation_id, channel in there:
        domains.pop((invitation_id, channel), None)
    rows = [
        {
            "id": uuid4(),
            "campaign_id": wave.campaign_id,
            "wave_id": wave.id,
            "invitation_id": invitation_id,
            "channel": channel,
            "state": DeliveryState.QUEUED,
            "not_before": max(now, begins.get(invitation_id, wave.starts_at)),
            "domain": domain,
        }
        for (invitation_id, channel), domain in domains.items()
    ]
    if rows:
        db.execute(insert(Delivery), rows)
    return len(rows)
