"""The people a wave is meant for, with what is true of them at the moment of asking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from surveyapp.assignments.models import Assignment
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns.models import RespondentGroup, Unit
from surveyapp.delivery.models import CallHold, DeadAddress, UnitHold, Wave
from surveyapp.delivery.rules import FormInMessage, InvitationFacts
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.states import InvitationState
from surveyapp.keys import KeyRing
from surveyapp.messaging import registry
from surveyapp.messaging.channel_kinds import ContactDetails
from surveyapp.respondents.models import Person

TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class HeldForm(FormInMessage):
    """One questionnaire of a recipient, with what a message says about it."""

    instrument_id: int
    rated_name_vi: str
    rated_name_en: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """One invited person: contact, code ingredients and forms. Lives only while a message is made."""

    forms: tuple[HeldForm, ...]
    invitation_id: UUID
    person_id: UUID
    unit_id: int
    unit_name_vi: str
    unit_name_en: str
    full_name: str = field(repr=False)
    position: str = field(repr=False)
    workplace: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    invitation_state: InvitationState
    issue_number: int
    counter: int
    key_number: int
    held: bool
    away_until: date | None

    def standing(self, group_ids: frozenset[int], *, on: date) -> InvitationFacts:
        """What decides about a message on that day; of `group_ids` only, where the wave names groups."""
        forms = [f for f in self.forms if not group_ids or f.group_id in group_ids]
        state, number = self.invitation_state, self.issue_number
        is_away = self.away_until is not None and on < self.away_until
        return InvitationFacts(self.invitation_id, state, self.held, forms, number, is_away)

    @property
    def open_forms(self) -> tuple[HeldForm, ...]:
        """The questionnaires still to be answered."""
        return tuple(form for form in self.forms if form.state == AssignmentState.ACTIVE)

    def address(self, channel: str) -> str:
        """Where the channel reaches the person; letters go by the workplace."""
        return registry.address(channel, self.contact)

    @property
    def contact(self) -> ContactDetails:
        """Where the lists say she is reached."""
        return ContactDetails(self.email, self.phone)


def address_tag(keys: KeyRing, channel: str, address: str) -> bytes:
    """What the database remembers of an address that failed: 16 bytes of HMAC-SHA-256.

    Under the oldest live key, so that adding a key forgets nothing.
    """
    said = f"{channel}:{address.strip().lower()}"
    return keys.mac("address", said.encode(), min(keys.roots))[:TAG_BYTES]


def group_ids(db: Session, wave: Wave) -> frozenset[int]:
    """The groups a wave is limited to; empty for all."""
    codes = wave.audience.get("groups") or []
    if not codes:
        return frozenset()
    query = select(RespondentGroup.id).where(
        RespondentGroup.campaign_id == wave.campaign_id, RespondentGroup.code.in_(codes)
    )
    return frozenset(db.scalars(query))


def next_invitations(db: Session, wave: Wave, *, after: UUID | None, limit: int) -> list[UUID]:
    """The next invitations of the wave's audience, in an order that mixes units and mail domains."""
    query = meant_for(wave).order_by(Invitation.id).limit(limit)
    if after is not None:
        query = query.where(Invitation.id > after)
    return list(db.scalars(query))


def meant_for(wave: Wave) -> Select[UUID]:
    """The invitations of the wave's audience, joined to their persons, in no order."""
    audience = wave.audience
    query = select(Invitation.id).where(Invitation.campaign_id == wave.campaign_id)
    query = query.join(Person, Person.id == Invitation.person_id)
    units, level = audience.get("units") or [], audience.get("level") or ""
    if units or level:
        query = query.join(Unit, Unit.id == Person.unit_id)
    if units:
        query = query.where(Unit.code.in_(units))
    if level:
        query = query.where(Unit.kind == level)
    if audience.get("groups"):
        form = (
            select(Assignment.id)
            .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
            .where(
                Assignment.invitation_id == Invitation.id,
                RespondentGroup.code.in_(audience["groups"]),
            )
        )
        query = query.where(exists(form))
    if audience.get("invitations"):
        ids = [UUID(text) for text in audience["invitations"]]
        query = query.where(Invitation.id.in_(ids))
    return query


def recipients(db: Session, invitation_ids: Sequence[UUID]) -> dict[UUID, Recipient]:
    """These invitations' people and forms as they are now, in two statements."""
    if not invitation_ids:
        return {}
    forms: dict[UUID, list[HeldForm]] = {}
    for row in db.execute(
        select(
            Assignment.invitation_id,
            Assignment.group_id,
            Assignment.state,
            Assignment.disposition,
            Assignment.instrument_id,
            Unit.name_vi,
            Unit.name_en,
        )
        .join(Unit, Unit.id == Assignment.rated_unit_id)
        .where(Assignment.invitation_id.in_(invitation_ids))
        .order_by(Assignment.number)
    ):
        forms.setdefault(row[0], []).append(HeldForm(*row[1:]))
    people = db.execute(
        select(
            Invitation.id,
            Person.id,
            Person.unit_id,
            Unit.name_vi,
            Unit.name_en,
            Person.full_name,
            Person.position,
            Person.workplace,
            Person.email,
            Person.phone,
            Invitation.state,
            Invitation.issue_number,
            Invitation.counter,
            Invitation.key_number,
            UnitHold.unit_id.is_not(None),
            CallHold.until,
        )
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(UnitHold, UnitHold.unit_id == Person.unit_id)
        .outerjoin(CallHold, CallHold.invitation_id == Invitation.id)
        .where(Invitation.id.in_(invitation_ids))
    )
    return {row[0]: _recipient(tuple(row), forms.get(row[0], [])) for row in people}


def _recipient(row: Any, forms: list[HeldForm]) -> Recipient:
    return Recipient(tuple(forms), *row)


def dead_tags(db: Session, tags: Iterable[bytes]) -> set[bytes]:
    """Which of these addresses refused a message for good or complained."""
    asked = list(tags)
    query = select(DeadAddress.address_tag).where(DeadAddress.address_tag.in_(asked))
    return set(db.scalars(query)) if asked else set()


def dead_channels(
    db: Session, people: Iterable[Recipient], *, keys: KeyRing
) -> dict[UUID, set[str]]:
    """By invitation, the channels whose present address is known to be dead."""
    tags: dict[bytes, list[tuple[UUID, str]]] = {}
    for person in people:
        for channel in registry.SENT_BY_WORKER:
            if address := person.address(channel):
                pair = (person.invitation_id, channel)
                tags.setdefault(address_tag(keys, channel, address), []).append(pair)
    dead: dict[UUID, set[str]] = {}
    for tag in dead_tags(db, tags):
        for invitation_id, channel in tags[tag]:
            dead.setdefault(invitation_id, set()).add(channel)
    return dead
