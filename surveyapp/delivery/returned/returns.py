"""What comes back after a message was handed over: dead addresses, bounces, complaints, receipts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.bulk_transitions import move_forms
from surveyapp.assignments.rules import Disposition
from surveyapp.delivery import rules
from surveyapp.delivery.models import ContactRequest, DeadAddress, Delivery, Wave
from surveyapp.delivery.sending import queue
from surveyapp.delivery.states import DeliveryState, WaveState
from surveyapp.delivery.waves import audience
from surveyapp.invitations.models import Invitation
from surveyapp.keys import KeyRing
from surveyapp.messaging import registry
from surveyapp.messaging.channel_kinds import ContactDetails
from surveyapp.messaging.email.bounces import BounceKind, Report
from surveyapp.respondents.models import Person

SOFT_TRIES = 3
SOFT_WAIT = timedelta(hours=4)
HANDED = (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.SOFT_BOUNCE)


def address_failed(
    db: Session,
    *,
    invitation_id: UUID,
    channel: str,
    address_tag: bytes,
    reason: str,
    now: datetime,
) -> None:
    """Nothing goes to this address again; the desk is asked for a better one.

    Unsubmitted forms of a person whom nothing else has reached count as bounced.
    """
    person = _of_invitation(db, invitation_id)
    _ask(db, person, channel=channel, address_tag=address_tag, reason=reason, now=now)
    _count_bounced(db, person.campaign_id, invitation_id, address_tag, channel=channel, now=now)


def wrong_number(db: Session, *, invitation_id: UUID, address_tag: bytes, now: datetime) -> None:
    """The number is somebody else's: as after a bounce, if that is where the invitation went."""
    person = _of_invitation(db, invitation_id)
    _ask(db, person, channel="sms", address_tag=address_tag, reason="wrong_number", now=now)
    went_there = select(Delivery.id).where(
        Delivery.invitation_id == invitation_id, Delivery.address_tag == address_tag
    )
    if db.scalar(went_there.limit(1)) is not None:
        _count_bounced(db, person.campaign_id, invitation_id, address_tag, channel="sms", now=now)


def _of_invitation(db: Session, invitation_id: UUID) -> Row[*tuple[Any, ...]]:
    return db.execute(
        select(Person.id, Person.unit_id, Person.campaign_id)
        .join(Invitation, Invitation.person_id == Person.id)
        .where(Invitation.id == invitation_id)
    ).one()


def _ask(
    db: Session,
    person: Row[*tuple[Any, ...]],
    *,
    channel: str,
    address_tag: bytes,
    reason: str,
    now: datetime,
) -> None:
    known = db.scalar(select(DeadAddress).where(DeadAddress.address_tag == address_tag))
    if known is None:
        db.execute(insert(DeadAddress).values(address_tag=address_tag, reason=reason, since=now))
    asked = select(ContactRequest.id).where(
        ContactRequest.person_id == person.id, ContactRequest.address_tag == address_tag
    )
    if db.scalar(asked) is None:
        db.execute(
            insert(ContactRequest).values(
                id=uuid4(),
                campaign_id=person.campaign_id,
                unit_id=person.unit_id,
                person_id=person.id,
                channel=channel,
                address_tag=address_tag,
                asked_on=clock.day(now),
            )
        )


def _count_bounced(
    db: Session,
    campaign_id: int,
    invitation_id: UUID,
    address_tag: bytes,
    *,
    channel: str,
    now: datetime,
) -> None:
    elsewhere = select(Delivery.id).where(
        Delivery.invitation_id == invitation_id,
        Delivery.state.in_((DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)),
        Delivery.address_tag != address_tag,
    )
    if db.scalar(elsewhere.limit(1)) is None:
        move_forms(
            db,
            campaign_id,
            [invitation_id],
            "bounce",
            after=Disposition.BOUNCED,
            today=clock.day(now),
            channel=channel,
        )


def next_channel(
    db: Session, wave: Wave, invitation_id: UUID, *, keys: KeyRing, now: datetime
) -> str:
    """Queue the message on the next channel that may reach the person; an empty string if none is left."""
    person = audience.recipients(db, [invitation_id])[invitation_id]
    tried = set(
        db.scalars(
            select(Delivery.channel).where(
                Delivery.wave_id == wave.id, Delivery.invitation_id == invitation_id
            )
        )
    )
    dead = audience.dead_channels(db, [person], keys=keys).get(invitation_id, set())
    channel = rules.choose_channel(
        wave.channels, email=person.email, phone=person.phone, dead=dead | tried
    )
    if channel and wave.state in (
        WaveState.TESTING,
        WaveState.RUNNING,
        WaveState.PAUSED,
        WaveState.DONE,
    ):
        domain = registry.domain(channel, person.contact)
        queue.add(db, wave, [(invitation_id, channel, domain)], now=now)
        if wave.state == WaveState.DONE:
            wave.state = WaveState.RUNNING
    return channel


def apply(db: Session, report: Report, *, keys: KeyRing, now: datetime) -> str:
    """Enter what a returned mail says about one of our messages; the delivery's state then, or empty.

    A report about no message of ours, an automatic reply and anything not understood change nothing.
    A report that comes twice changes nothing the second time.
    """
    message_row = _reported(db, report.token)
    if message_row is None or message_row.state not in HANDED:
        return ""
    match report.kind:
        case BounceKind.DELIVERED:
            return _set(db, message_row, DeliveryState.DELIVERED, report.status, now=now)
        case BounceKind.HARD:
            return _bounced(
                db, message_row, DeliveryState.HARD_BOUNCE, report.status, keys=keys, now=now
            )
        case BounceKind.COMPLAINT:
            return _bounced(db, message_row, "complaint", report.status, keys=keys, now=now)
        case BounceKind.SOFT:
            return _soft(db, message_row, report.status, keys=keys, now=now)
    return ""


def _reported(db: Session, token: str) -> Row[*tuple[Any, ...]] | None:
    try:
        delivery_id = UUID(hex=token)
    except ValueError:
        return None
    return db.execute(
        select(
            Delivery.id,
            Delivery.wave_id,
            Delivery.invitation_id,
            Delivery.channel,
            Delivery.state,
            Delivery.attempts,
            Delivery.address_tag,
        )
        .where(Delivery.id == delivery_id)
        .with_for_update()
    ).one_or_none()


def _set(
    db: Session,
    message_row: Row[*tuple[Any, ...]],
    state: DeliveryState,
    reason: str,
    *,
    now: datetime,
    **values: Any,
) -> str:
    db.execute(
        update(Delivery)
        .where(Delivery.id == message_row.id)
        .values(state=state, reason=reason[:120], settled_at=now, **values)
        .execution_options(synchronize_session=False)
    )
    return state


def _bounced(
    db: Session,
    message_row: Row[*tuple[Any, ...]],
    reason: str,
    status: str,
    *,
    keys: KeyRing,
    now: datetime,
) -> str:
    """A complaint is a wish to be left alone at that address: no contact is asked for, no channel tried."""
    state = _set(db, message_row, DeliveryState.HARD_BOUNCE, f"{reason} {status}".strip(), now=now)
    if reason == "complaint":
        tag = message_row.address_tag
        if tag and db.scalar(select(DeadAddress).where(DeadAddress.address_tag == tag)) is None:
            db.execute(insert(DeadAddress).values(address_tag=tag, reason=reason, since=now))
        return state
    if message_row.address_tag:
        address_failed(
            db,
            invitation_id=message_row.invitation_id,
            channel=message_row.channel,
            address_tag=message_row.address_tag,
            reason=reason,
            now=now,
        )
    wave = db.scalars(select(Wave).where(Wave.id == message_row.wave_id)).one()
    next_channel(db, wave, message_row.invitation_id, keys=keys, now=now)
    return state


def _soft(
    db: Session, message_row: Row[*tuple[Any, ...]], status: str, *, keys: KeyRing, now: datetime
) -> str:
    """A full mailbox or a server that was away: again after some hours, then by another channel."""
    wave = db.scalars(select(Wave).where(Wave.id == message_row.wave_id)).one()
    attempts = message_row.attempts + 1
    if attempts >= SOFT_TRIES or wave.is_over:
        state = _set(db, message_row, DeliveryState.SOFT_BOUNCE, status, now=now, attempts=attempts)
        _never_arrived(db, wave, message_row.invitation_id, now=now)
        next_channel(db, wave, message_row.invitation_id, keys=keys, now=now)
        return state
    later = {"attempts": attempts, "not_before": now + SOFT_WAIT * attempts}
    return _set(
        db,
        message_row,
        DeliveryState.QUEUED,
        f"{queue.SOFT_BOUNCE} {status}".strip(),
        now=now,
        **later,
    )


def _never_arrived(db: Session, wave: Wave, invitation_id: UUID, *, now: datetime) -> None:
    """What counted as sent has reached nobody: forms go back to bounced, so that the next channel may try."""
    move_forms(
        db,
        wave.campaign_id,
        [invitation_id],
        "bounce",
        before=(Disposition.SENT,),
        after=Disposition.BOUNCED,
        today=clock.day(now),
    )


def delivered(
    db: Session,
    gateway_id: str,
    *,
    channel: str = "sms",
    arrived: bool,
    keys: KeyRing,
    now: datetime,
) -> bool:
    """Enter the receipt a provider gives for one of its messages. False if it is none of ours.

    A message that did not arrive goes out on the next channel.
    """
    row = db.execute(
        select(Delivery.id, Delivery.state, Delivery.wave_id, Delivery.invitation_id).where(
            Delivery.gateway_id == gateway_id,
            Delivery.gateway_id != "",
            Delivery.channel == channel,
        )
    ).first()
    if row is None or row.state not in HANDED:
        return False
    _set(
        db,
        row,
        DeliveryState.DELIVERED if arrived else DeliveryState.FAILED,
        "" if arrived else "gateway",
        now=now,
    )
    if not arrived:
        wave = db.scalars(select(Wave).where(Wave.id == row.wave_id)).one()
        _never_arrived(db, wave, row.invitation_id, now=now)
        next_channel(db, wave, row.invitation_id, keys=keys, now=now)
    return True


def settle_requests(db: Session, campaign_id: int, *, keys: KeyRing, now: datetime) -> int:
    """Close the requests whose person has another address by now. How many."""
    rows = db.execute(
        select(
            ContactRequest.id,
            ContactRequest.channel,
            ContactRequest.address_tag,
            Person.email,
            Person.phone,
        )
        .join(Person, Person.id == ContactRequest.person_id)
        .where(ContactRequest.campaign_id == campaign_id, ContactRequest.settled_on.is_(None))
    )
    mended = []
    for id_, channel, tag, email, phone in rows:
        present = registry.address(channel, ContactDetails(email, phone))
        if present and audience.address_tag(keys, channel, present) != tag:
            mended.append(id_)
    if mended:
        db.execute(
            update(ContactRequest)
            .where(ContactRequest.id.in_(mended))
            .values(settled_on=clock.day(now))
            .execution_options(synchronize_session=False)
        )
    return len(mended)
