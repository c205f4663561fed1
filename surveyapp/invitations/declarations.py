"""What invited people told the centre instead of answering, and what the centre did about it.

A refusal asks nothing of anybody, for the person gets no more reminders: it is counted and never shown
with a name.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, update
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
from surveyapp.respondents.people import person_search

TO_SETTLE = ("not_me", "wrong_group", "moved")
"""The kinds after which the centre has something to do, the most pressing first."""
KINDS = (*TO_SETTLE, "decline")
PAGE = 15
_OPEN = (Declaration.settled_at.is_(None), Declaration.kind.in_(TO_SETTLE))
_WAITS = (*_OPEN, Invitation.state == InvitationState.ACTIVE)
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
    unit_code: str
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
    # Asked from the declarations, which are few: joined, SQLite would go through everybody invited.
    waiting = exists().where(
        Invitation.id == Declaration.invitation_id,
        Invitation.campaign_id == campaign_id,
        Invitation.state == InvitationState.ACTIVE,
    )
    query = select(func.count()).select_from(Declaration).where(*_OPEN, waiting)
    return db.execute(query).scalar_one()


@dataclass(frozen=True)
class WaitingChoice:
    """Which of the declarations that wait: of one kind, of one unit, of people found by `text`."""

    kind: str = ""
    unit_code: str = ""
    text: str = field(default="", repr=False)

    def criteria(self) -> list[ColumnElement[bool]]:
        """The same for a statement over declarations, invitations, persons and units."""
        chosen: list[ColumnElement[bool]] = []
        if self.kind:
            chosen.append(Declaration.kind == self.kind)
        if self.unit_code:
            chosen.append(Unit.code == self.unit_code)
        if self.text.strip():
            chosen.append(person_search.matches(self.text))
        return chosen


EVERYTHING = WaitingChoice()


def waiting(
    db: Session, campaign_id: int, choice: WaitingChoice = EVERYTHING, *, page: int = 1
) -> tuple[list[Declared], int]:
    """(a page of what the centre has not settled yet, the oldest day first; how many there are)."""
    of_choice = _waiting(campaign_id, choice)
    total = db.execute(of_choice.with_only_columns(func.count())).scalar_one()
    rows = db.execute(
        of_choice.order_by(Declaration.on, Unit.position, Person.name_key, Declaration.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Declared(*row) for row in rows], total


def waiting_units(
    db: Session, campaign_id: int, choice: WaitingChoice = EVERYTHING
) -> dict[str, int]:
    """How many wait by the code of their unit, in the order of units; `choice`'s own unit is not asked for."""
    of_all = _waiting(campaign_id, replace(choice, unit_code=""))
    counted = of_all.with_only_columns(Unit.code, func.count()).group_by(Unit.code, Unit.position)
    return {str(code): int(n) for code, n in db.execute(counted.order_by(Unit.position))}


def _waiting(campaign_id: int, choice: WaitingChoice) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Declaration.id,
            Declaration.invitation_id,
            Declaration.kind,
            Declaration.on,
            Person.full_name,
            Person.position,
            Unit.code,
            Unit.name_vi,
            Unit.name_en,
        )
        .join(Invitation, Invitation.id == Declaration.invitation_id)
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Invitation.campaign_id == campaign_id, *_WAITS, *choice.criteria())
    )


def waiting_mark(db: Session, campaign_id: int, choice: WaitingChoice) -> str:
    """A short text that is another as soon as anything else waits, though it be as many."""
    return _mark(_waiting_kinds(db, campaign_id, choice))


def settle_unit(
    db: Session, campaign: Campaign, choice: WaitingChoice, *, seen: str, act: Act
) -> int:
    """All that waits of one unit is done; gives how many.

    0 where its `waiting_mark` is not the one `seen` any more: nobody settles what she was not shown.
    """
    kinds = _waiting_kinds(db, campaign.id, choice)
    if not choice.unit_code or not kinds or _mark(kinds) != seen:
        return 0
    db.execute(
        update(Declaration)
        .where(
            Declaration.id.in_(_waiting(campaign.id, choice).with_only_columns(Declaration.id)),
            Declaration.settled_at.is_(None),
        )
        .values(settled_by=act.actor, settled_at=act.now)
        .execution_options(synchronize_session=False)
    )
    facts = {"kind": choice.kind, "n": len(kinds)}
    audit.record(
        db,
        act,
        Action.DECLARATIONS_SETTLED,
        campaign_code=campaign.code,
        unit_code=choice.unit_code,
        facts=facts,
    )
    return len(kinds)


def _waiting_kinds(db: Session, campaign_id: int, choice: WaitingChoice) -> dict[uuid.UUID, str]:
    of_choice = _waiting(campaign_id, choice)
    rows = db.execute(of_choice.with_only_columns(Declaration.id, Declaration.kind))
    return {declaration_id: str(kind) for declaration_id, kind in rows}


def _mark(kinds: Mapping[uuid.UUID, str]) -> str:
    told = "\n".join(sorted(f"{declaration_id} {kind}" for declaration_id, kind in kinds.items()))
    return sha256(told.encode()).hexdigest()[:16]


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
