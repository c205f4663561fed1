"""What one unit's people were sent, by wave, and whose contacts are asked for: counts, no person."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.delivery.models import ContactRequest, Delivery, Wave
from surveyapp.delivery.states import DeliveryState
from surveyapp.invitations.models import Invitation
from surveyapp.respondents.models import Person

TAKEN = (
    DeliveryState.HANDED_OVER,
    DeliveryState.DELIVERED,
    DeliveryState.SOFT_BOUNCE,
    DeliveryState.HARD_BOUNCE,
)
"""A channel has taken it, whatever came back."""


@dataclass
class UnitWave:
    """One wave as it concerned the unit: messages by state, and people."""

    wave: Wave
    states: Counter[str] = field(default_factory=Counter)
    people: int = 0
    reached: int = 0
    """People to whom some message of the wave went out and did not come back."""

    @property
    def sent(self) -> int:
        return sum(self.states[state] for state in TAKEN)


def waves_of_unit(db: Session, unit_id: int) -> list[UnitWave]:
    """The waves that had a message for the unit's people, the latest first."""
    of_unit = (
        select(Delivery)
        .join(Invitation, Invitation.id == Delivery.invitation_id)
        .join(Person, Person.id == Invitation.person_id)
        .where(Person.unit_id == unit_id)
    )
    waves: dict[UUID, UnitWave] = {}
    for wave in db.scalars(
        select(Wave)
        .where(Wave.id.in_(of_unit.with_only_columns(Delivery.wave_id)))
        .order_by(Wave.starts_at.desc())
    ):
        waves[wave.id] = UnitWave(wave)
    states = of_unit.with_only_columns(Delivery.wave_id, Delivery.state, func.count())
    for wave_id, state, n in db.execute(states.group_by(Delivery.wave_id, Delivery.state)):
        waves[wave_id].states[state] = n
    people = of_unit.with_only_columns(
        Delivery.wave_id, func.count(Delivery.invitation_id.distinct())
    ).group_by(Delivery.wave_id)
    for wave_id, n in db.execute(people):
        waves[wave_id].people = n
    arrived = people.where(Delivery.state.in_((DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)))
    for wave_id, n in db.execute(arrived):
        waves[wave_id].reached = n
    return list(waves.values())


def asked_contacts(db: Session, campaign_id: int) -> list[tuple[int, int]]:
    """(unit, how many of its people need a better contact)."""
    rows = db.execute(
        select(ContactRequest.unit_id, func.count())
        .where(ContactRequest.campaign_id == campaign_id, ContactRequest.settled_on.is_(None))
        .group_by(ContactRequest.unit_id)
    )
    return [(unit_id, n) for unit_id, n in rows]
