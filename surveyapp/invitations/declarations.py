"""What invited people told the centre instead of answering, and what the centre did about it.

A refusal asks nothing of anybody, for the person gets no more reminders: it is counted and never shown
with a name.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.invitations.errors import UnknownDeclaration
from surveyapp.invitations.models import Declaration, Invitation
from surveyapp.invitations.queries import Invited
from surveyapp.invitations.states import InvitationState
from surveyapp.respondents.models import Person

TO_SETTLE = ("not_me", "wrong_group", "moved")
"""The kinds after which the centre has something to do, the most pressing first."""
KINDS = (*TO_SETTLE, "decline")
SHOWN = 200
_WAITS = (
    Declaration.settled_at.is_(None),
    Declaration.kind.in_(TO_SETTLE),
    Invitation.state == InvitationState.ACTIVE,
)
"""Whoever was taken off the lists, or whose invitation was ended, waits for nothing any more."""


@dataclass(frozen=True)
class DeclarationTally:
    """How many people said it, and how many of these declarations wait for the centre."""

    people: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Declared:
    """One declaration that waits, as operators see it."""

    id: uuid.UUID
    invitation_id: uuid.UUID
    kind: str
    on: date
    full_name: str
    position: str
    unit_vi: str
    unit_en: str


def tally(db: Session, campaign_id: int) -> dict[str, DeclarationTally]:
    """By kind, every kind of `KINDS`."""
    rows = db.execute(
        select(
            Declaration.kind,
            func.count(Declaration.invitation_id.distinct()),
            func.count().filter(*_WAITS),
        )
        .join(Invitation, Invitation.id == Declaration.invitation_id)
        .where(Invitation.campaign_id == campaign_id)
        .group_by(Declaration.kind)
    )
    tallies = {kind: DeclarationTally(people, waiting) for kind, people, waiting in rows}
    return {kind: tallies.get(kind, DeclarationTally()) for kind in KINDS}


def count_waiting(db: Session, campaign_id: int) -> int:
    """How many declarations wait for the centre."""
    query = select(func.count()).select_from(Declaration).join(Invitation)
    return db.execute(query.where(Invitation.campaign_id == campaign_id, *_WAITS)).scalar_one()


def waiting(db: Session, campaign_id: int, *, limit: int = SHOWN) -> list[Declared]:
    """What the centre has not settled yet, the oldest day first."""
    rows = db.execute(
        select(
            Declaration.id,
            Declaration.invitation_id,
            Declaration.kind,
            Declaration.on,
            Person.full_name,
            Person.position,
            Unit.name_vi,
            Unit.name_en,
        )
        .join(Invitation, Invitation.id == Declaration.invitation_id)
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Invitation.campaign_id == campaign_id, *_WAITS)
        .order_by(Declaration.on, Unit.position, Person.name_key, Declaration.id)
        .limit(limit)
    )
    return [Declared(*row) for row in rows]


def settle(db: Session, campaign: Campaign, declaration_id: uuid.UUID, *, act: Act) -> bool:
    """The centre has done what was to do; False if somebody had said so before.

    Raises `UnknownDeclaration`, also for another campaign's and for a refusal.
    """
    kind = db.execute(
        select(Declaration.kind)
        .join(Invitation, Invitation.id == Declaration.invitation_id)
        .where(Declaration.id == declaration_id, Invitation.campaign_id == campaign.id)
    ).scalar_one_or_none()
    if kind not in TO_SETTLE:
        raise UnknownDeclaration(declaration_id)
    changed = db.execute(
        update(Declaration)
        .where(Declaration.id == declaration_id, Declaration.settled_at.is_(None))
        .values(settled_by=act.actor, settled_at=act.now)
        .returning(Declaration.id)
    ).all()
    if changed:
        facts = {"declaration": str(declaration_id), "kind": kind}
        audit.record(db, act, Action.DECLARATION_SETTLED, campaign_code=campaign.code, facts=facts)
    return bool(changed)


def of_person(db: Session, invitation_id: uuid.UUID) -> list[tuple[str, date, bool]]:
    """(what was said, on which day, whether it is dealt with) of one person; who declines is not named."""
    rows = db.execute(
        select(Declaration.kind, Declaration.on, Declaration.settled_at.is_not(None))
        .where(Declaration.invitation_id == invitation_id, Declaration.kind != "decline")
        .order_by(Declaration.on.desc())
    )
    return [(kind, on, bool(settled)) for kind, on, settled in rows]


def standing(db: Session, invited: Invited) -> tuple[str, date] | None:
    """(what, on which day) the person said and still stands, for her own page.

    Who came back to answer has taken it back; of whoever declared nothing the database is not asked.
    """
    if not invited.declared:
        return None
    row = db.execute(
        select(Declaration.kind, Declaration.on)
        .where(
            Declaration.invitation_id == invited.invitation_id,
            Declaration.kind.in_(invited.declared),
        )
        .order_by(Declaration.on.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None
