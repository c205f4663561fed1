"""New codes for many at once: links of a unit, of a group or of persons named were lost, or others have them.

What two persons agree to is the choice as it was counted: people and a moment. Whoever got a code after that
moment has one that is not lost, so it may be gone on with after a break and nobody gets two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.assignments import transitions
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns.errors import WrongState
from surveyapp.campaigns.models import Campaign, RespondentGroup, Unit
from surveyapp.campaigns.states import TAKING_LISTS
from surveyapp.invitations.errors import MoreThanAgreed, ReasonMissing
from surveyapp.invitations.issuing.reissue import renew
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.states import InvitationState
from surveyapp.respondents.models import Person
from surveyapp.respondents.people import person_search

BATCH = 500
NAMED_LIMIT = 500


@dataclass(frozen=True)
class Chosen:
    """Whose links are replaced; what is not given restricts nothing."""

    unit_code: str = ""
    group_code: str = ""
    invitation_ids: frozenset[UUID] | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """As the audit trail tells it."""
        named = {} if self.invitation_ids is None else {"named": len(self.invitation_ids)}
        return {"group": self.group_code, **named}


@dataclass(frozen=True)
class ReissueCount:
    """What a reissue would do, in people."""

    people: int
    """Get a new code."""
    begun: int
    """Of them have begun: what they saved is discarded."""
    answered: int
    """Are left out: all that they were asked is submitted."""


def count(
    db: Session, campaign: Campaign, chosen: Chosen, *, issued_before: datetime
) -> ReissueCount:
    """How many would get a new code now."""
    waiting = _waiting(campaign, chosen, issued_before)
    begun = Assignment.invitation_id == Invitation.id, Assignment.disposition == Disposition.BEGUN
    submitted = (
        Assignment.invitation_id == Invitation.id,
        Assignment.state == AssignmentState.SUBMITTED,
    )
    answered = and_(*_chosen(campaign, chosen), ~_has_open_form(), exists().where(*submitted))
    return ReissueCount(
        people=_count(db, waiting),
        begun=_count(db, waiting, exists().where(*begun)),
        answered=_count(db, answered),
    )


def reissue_batch(
    db: Session,
    campaign: Campaign,
    chosen: Chosen,
    *,
    issued_before: datetime,
    at_most: int,
    reason: str,
    act: Act,
) -> int:
    """New codes for up to a batch of them; how many. Call again, each time in a transaction, until none.

    `at_most`: so many were agreed to and remain. Raises `ReasonMissing`, `WrongState` once collection is
    over, and `MoreThanAgreed`.
    """
    if not reason.strip():
        raise ReasonMissing
    if not campaign.takes_lists:
        raise WrongState(campaign.code, state=campaign.state, needed=TAKING_LISTS)
    waiting = _waiting(campaign, chosen, issued_before)
    if _count(db, waiting) > at_most:
        raise MoreThanAgreed(at_most)
    invitations = db.execute(
        select(Invitation.id, Invitation.tag, Invitation.issue_number)
        .join(Person, Person.id == Invitation.person_id)
        .where(waiting)
        .order_by(Invitation.id)
        .limit(BATCH)
        .with_for_update(of=Invitation, key_share=True)
    ).all()
    held = transitions.lock_all(
        db,
        Assignment.invitation_id.in_([one.id for one in invitations]),
        Assignment.state == AssignmentState.ACTIVE,
    )
    still_open = {each.invitation_id for each in held}
    invitations = [one for one in invitations if one.id in still_open]
    if not invitations:
        return 0
    renew(db, campaign, invitations, held, act=act)
    facts = {"people": len(invitations), "reason": reason.strip(), **chosen.facts}
    audit.record(
        db,
        act,
        Action.INVITATIONS_REISSUED,
        campaign_code=campaign.code,
        unit_code=chosen.unit_code,
        facts=facts,
    )
    return len(invitations)


@dataclass(frozen=True)
class NamedPeople:
    """Whom typed addresses and numbers belong to, and which of them belong to nobody."""

    invitation_ids: frozenset[UUID]
    unknown: tuple[str, ...]


def named(db: Session, campaign: Campaign, typed: Iterable[str]) -> NamedPeople:
    """Everybody invited who has one of these e-mail addresses or telephone numbers: all who share an office's."""
    written = {line: person_search.contact(line) for line in typed if line.strip()}
    contacts = {contact for contact in written.values() if contact}
    rows = db.execute(
        select(Invitation.id, func.lower(Person.email), Person.phone)
        .join(Person, Person.id == Invitation.person_id)
        .where(
            Invitation.campaign_id == campaign.id,
            or_(func.lower(Person.email).in_(contacts), Person.phone.in_(contacts)),
        )
    ).all()
    known = {contact for _, email, phone in rows for contact in (email, phone) if contact}
    unknown = tuple(line.strip() for line, contact in written.items() if contact not in known)
    return NamedPeople(frozenset(one.id for one in rows), unknown)


def _chosen(campaign: Campaign, chosen: Chosen) -> list[ColumnElement[bool]]:
    conditions = [
        Invitation.campaign_id == campaign.id,
        Invitation.state == InvitationState.ACTIVE,
    ]
    if chosen.unit_code:
        unit = select(Unit.id).where(Unit.campaign_id == campaign.id, Unit.code == chosen.unit_code)
        conditions.append(Person.unit_id.in_(unit))
    if chosen.group_code:
        group = (
            select(Assignment.id)
            .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
            .where(
                Assignment.invitation_id == Invitation.id,
                Assignment.state != AssignmentState.REVOKED,
                RespondentGroup.code == chosen.group_code,
            )
        )
        conditions.append(exists(group))
    if chosen.invitation_ids is not None:
        conditions.append(Invitation.id.in_(chosen.invitation_ids))
    return conditions


def _waiting(campaign: Campaign, chosen: Chosen, issued_before: datetime) -> ColumnElement[bool]:
    return and_(*_chosen(campaign, chosen), Invitation.issued_at < issued_before, _has_open_form())


def _has_open_form() -> ColumnElement[bool]:
    return exists().where(
        Assignment.invitation_id == Invitation.id, Assignment.state == AssignmentState.ACTIVE
    )


def _count(db: Session, *conditions: ColumnElement[bool]) -> int:
    people: Select[Any] = (
        select(func.count())
        .select_from(Invitation)
        .join(Person, Person.id == Invitation.person_id)
        .where(*conditions)
    )
    return db.scalar(people) or 0
