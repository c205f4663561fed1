"""What the pages of the centre and of the desks ask about messages."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.assignments.models import Assignment
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns.models import Unit
from surveyapp.delivery.models import ContactRequest, Delivery, UnitHold, Wave
from surveyapp.delivery.rules import REMINDERS
from surveyapp.delivery.states import GOING, DeliveryState, WaveState
from surveyapp.delivery.waves import exclusions as left_out_counts
from surveyapp.messaging import registry
from surveyapp.messaging.channel_kinds import ContactDetails
from surveyapp.respondents.models import Person
from surveyapp.respondents.states import PersonState


@dataclass(frozen=True)
class WaveProgress:
    """A wave and where its messages stand."""

    wave: Wave
    states: Counter[str]
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(state, reason) of what was not handed over."""
    left_out: Counter[str] = field(default_factory=Counter)
    """People for whom nothing was queued, by reason."""

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def handed_over(self) -> int:
        """Taken by a channel, whatever came back later."""
        return sum(
            self.states[s]
            for s in (
                DeliveryState.HANDED_OVER,
                DeliveryState.DELIVERED,
                DeliveryState.SOFT_BOUNCE,
                DeliveryState.HARD_BOUNCE,
            )
        )

    @property
    def waiting(self) -> int:
        """Not settled yet."""
        return self.states[DeliveryState.QUEUED] + self.states[DeliveryState.LEASED]


def waves_of(db: Session, campaign_id: int) -> list[WaveProgress]:
    """Every wave of the campaign, the latest first."""
    wave_rows = db.scalars(
        select(Wave).where(Wave.campaign_id == campaign_id).order_by(Wave.created_at.desc())
    ).all()
    states: dict[UUID, Counter[str]] = {}
    for wave_id, state, n in db.execute(
        select(Delivery.wave_id, Delivery.state, func.count())
        .where(Delivery.campaign_id == campaign_id)
        .group_by(Delivery.wave_id, Delivery.state)
    ):
        states.setdefault(wave_id, Counter())[state] = n
    return [WaveProgress(wave, states.get(wave.id, Counter())) for wave in wave_rows]


def progress(db: Session, wave: Wave) -> WaveProgress:
    """One wave with the reasons of what did not go out."""
    states: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for state, reason, n in db.execute(
        select(Delivery.state, Delivery.reason, func.count())
        .where(Delivery.wave_id == wave.id)
        .group_by(Delivery.state, Delivery.reason)
    ):
        states[state] += n
        if reason and reason != "recovered":
            reasons[state, reason.partition(" ")[0]] += n
    return WaveProgress(wave, states, reasons, left_out_counts.by_reason(db, wave.id))


@dataclass(frozen=True)
class Reminded:
    """Whom the reminders of late were for, and when they begin: units and groups by code; empty stands for all."""

    audiences: Sequence[tuple[datetime, frozenset[str], frozenset[str]]]

    def last(self, *, unit: str = "", group: str = "") -> datetime | None:
        """When the last reminder to all of that unit, or of that group, began or is to begin."""
        began = [
            starts_at
            for starts_at, units, groups in self.audiences
            if (not units or unit in units) and (not groups or group in groups)
        ]
        return max(began, default=None)


def reminded(db: Session, campaign_id: int, *, since: datetime, until: datetime) -> Reminded:
    """The reminders that began, or are confirmed to begin, between two moments."""
    waves = db.execute(
        select(Wave.starts_at, Wave.audience).where(
            Wave.campaign_id == campaign_id,
            Wave.kind.in_(REMINDERS),
            Wave.state.in_((*GOING, WaveState.DONE)),
            Wave.starts_at >= since,
            Wave.starts_at <= until,
        )
    )
    return Reminded(
        [
            (starts_at, frozenset(one.get("units") or ()), frozenset(one.get("groups") or ()))
            for starts_at, one in waves
            if not one.get("invitations") and not one.get("level")
        ]
    )


@dataclass(frozen=True)
class RetryGroup:
    """Messages to one mail domain (empty for texts) that wait for another attempt."""

    domain: str
    messages: int
    attempts: int
    """The most attempts that any of them has had."""
    next_at: datetime
    reason: str


def waiting_to_retry(db: Session, wave_id: UUID, *, now: datetime) -> list[RetryGroup]:
    """What waits for another attempt, by mail domain, the most messages first."""
    rows = db.execute(
        select(
            Delivery.domain,
            func.count(),
            func.max(Delivery.attempts),
            func.min(Delivery.not_before),
            func.max(Delivery.reason),
        )
        .where(
            Delivery.wave_id == wave_id,
            Delivery.state == DeliveryState.QUEUED,
            Delivery.first_attempt_at.is_not(None),
            Delivery.not_before > now,
        )
        .group_by(Delivery.domain)
        .order_by(func.count().desc(), Delivery.domain)
    )
    return [RetryGroup(*row) for row in rows]


def people_told(db: Session, campaign_id: int) -> int:
    """People with an open questionnaire whose last message has named a deadline to them."""
    told = (
        select(func.count(Delivery.invitation_id.distinct()))
        .join(Assignment, Assignment.invitation_id == Delivery.invitation_id)
        .where(
            Delivery.campaign_id == campaign_id,
            Delivery.state.in_((DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)),
            Assignment.state == AssignmentState.ACTIVE,
        )
    )
    return db.execute(told).scalar_one()


@dataclass(frozen=True)
class AskedContact:
    """A person of the desk's own list whose address does not take our messages. Nothing else of her."""

    full_name: str
    position: str
    channel: str
    address: str
    asked_on: date


def contact_requests(db: Session, unit_id: int) -> list[AskedContact]:
    """Whose contact the unit's desk is asked to mend, by name."""
    rows = db.execute(
        select(
            Person.full_name,
            Person.position,
            ContactRequest.channel,
            Person.email,
            Person.phone,
            ContactRequest.asked_on,
        )
        .join(Person, Person.id == ContactRequest.person_id)
        .where(
            ContactRequest.unit_id == unit_id,
            ContactRequest.settled_on.is_(None),
            Person.state == PersonState.ACTIVE,
        )
        .order_by(Person.name_key, ContactRequest.asked_on)
    )
    return [
        AskedContact(
            name,
            position,
            channel,
            registry.address(channel, ContactDetails(email, phone)),
            asked_on,
        )
        for name, position, channel, email, phone, asked_on in rows
    ]


def requests_per_unit(db: Session, campaign_id: int) -> Sequence[tuple[Unit, int]]:
    """Units that are asked for better contacts, and for how many people."""
    rows = db.execute(
        select(Unit, func.count())
        .join(ContactRequest, ContactRequest.unit_id == Unit.id)
        .where(Unit.campaign_id == campaign_id, ContactRequest.settled_on.is_(None))
        .group_by(Unit.id)
        .order_by(func.count().desc(), Unit.position)
    )
    return [(unit, n) for unit, n in rows]


def holds(db: Session, campaign_id: int) -> Sequence[tuple[UnitHold, Unit]]:
    """Units whose people get no messages for now."""
    rows = db.execute(
        select(UnitHold, Unit)
        .join(Unit, Unit.id == UnitHold.unit_id)
        .where(UnitHold.campaign_id == campaign_id)
        .order_by(Unit.position)
    )
    return [(hold, unit) for hold, unit in rows]
