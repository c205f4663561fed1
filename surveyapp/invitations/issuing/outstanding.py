"""Whose invitations do not yet say what the lists say: the questions issuing asks the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from surveyapp.assignments.models import Assignment
from surveyapp.assignments.plan import Form
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns.models import Campaign, Rating, RespondentGroup
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.states import InvitationState
from surveyapp.respondents.models import Person, PersonEntry
from surveyapp.respondents.states import PersonState


@dataclass(frozen=True)
class IssueState:
    """How far issuing is: people on approved lists, invited, to invite, and to bring up to date."""

    people: int
    invited: int
    to_invite: int
    to_change: int

    @property
    def remaining(self) -> int:
        """People whom the next batches will deal with."""
        return self.to_invite + self.to_change


def state(db: Session, campaign: Campaign) -> IssueState:
    """Counts for the screen that issues; the heaviest reading here, for people only."""
    invited = (Invitation.campaign_id == campaign.id, Invitation.state == InvitationState.ACTIVE)
    return IssueState(
        people=_count(db, _asked(campaign.id)),
        invited=_count(db, select(Invitation.id).where(*invited)),
        to_invite=_count(db, _uninvited(campaign.id)),
        to_change=_count(db, _changed(campaign.id)),
    )


def count(db: Session, campaign: Campaign) -> int:
    """How many people remain to be dealt with."""
    return _count(db, _uninvited(campaign.id)) or _count(db, _changed(campaign.id))


def next_people(db: Session, campaign: Campaign, *, limit: int) -> Sequence[UUID]:
    """Up to `limit` people: first those without an invitation, then those whose lists changed."""
    people = list(db.scalars(_uninvited(campaign.id).limit(limit)))
    return people or list(db.scalars(_changed(campaign.id).limit(limit)))


def _count(db: Session, people: Select[Any]) -> int:
    return db.execute(select(func.count()).select_from(people.subquery())).scalar_one()


def _uninvited(campaign_id: int) -> Select[UUID]:
    invited = exists(select(Invitation.id).where(Invitation.person_id == Person.id))
    return _asked(campaign_id).where(~invited)


def _asked(campaign_id: int) -> Select[UUID]:
    """People whom the lists give at least one form."""
    form = (
        select(PersonEntry.id)
        .join(Rating, _yields_by(PersonEntry, Person.unit_id))
        .where(PersonEntry.person_id == Person.id, PersonEntry.state == PersonState.ACTIVE)
    )
    return select(Person.id).where(
        Person.campaign_id == campaign_id, Person.state == PersonState.ACTIVE, exists(form)
    )


def _changed(campaign_id: int) -> Select[UUID]:
    """People with a form that no assignment stands for, or an assignment that no list yields.

    An invitation that an operator ended is left as it is.
    """
    listed, yielded = _wanted(campaign_id), _wanted(campaign_id)
    stands = select(Assignment.id).where(
        Assignment.invitation_id == Invitation.id,
        Assignment.group_id == listed.c.group_id,
        Assignment.rated_unit_id == listed.c.rated_unit_id,
        Assignment.disposition != Disposition.REMOVED,
    )
    lacking = select(Invitation.person_id).where(
        Invitation.campaign_id == campaign_id,
        Invitation.state != InvitationState.REVOKED,
        exists(
            select(listed.c.person_id).where(
                listed.c.person_id == Invitation.person_id,
                ~exists(stands.correlate(Invitation, listed)),
            )
        ),
    )
    surplus = (
        select(Invitation.person_id)
        .join(Assignment, Assignment.invitation_id == Invitation.id)
        .where(
            Assignment.campaign_id == campaign_id,
            Invitation.state != InvitationState.REVOKED,
            or_(
                Assignment.state == AssignmentState.ACTIVE,
                Assignment.disposition == Disposition.DUPLICATE,
            ),
            ~exists(
                select(yielded.c.person_id).where(
                    yielded.c.person_id == Invitation.person_id,
                    yielded.c.group_id == Assignment.group_id,
                    yielded.c.rated_unit_id == Assignment.rated_unit_id,
                    _number(yielded.c.department_id) == _number(Assignment.department_id),
                )
            ),
        )
    )
    return select(union(lacking, surplus).subquery().c.person_id)


def _number(department_id: ColumnElement[Any] | Any) -> ColumnElement[int]:
    return func.coalesce(department_id, 0)


def _yields_by(entry: type[PersonEntry], unit_id: ColumnElement[int] | Any) -> ColumnElement[bool]:
    """The rows of who rates whom that an entry of a unit's list stands for."""
    return and_(
        Rating.supplying_unit_id == unit_id,
        Rating.kind_id == entry.kind_id,
        Rating.department_id == _number(entry.department_id),
    )


def _forms() -> Select[UUID, int, int, int | None]:
    """(person, group, rated unit, department) of every form that active entries of active people yield."""
    return (
        select(
            PersonEntry.person_id,
            Rating.group_id,
            Rating.rated_unit_id,
            PersonEntry.department_id,
        )
        .join(Person, Person.id == PersonEntry.person_id)
        .join(Rating, _yields_by(PersonEntry, Person.unit_id))
        .where(Person.state == PersonState.ACTIVE, PersonEntry.state == PersonState.ACTIVE)
    )


def _wanted(campaign_id: int) -> Subquery:
    """The forms that the approved lists of a campaign yield."""
    return _forms().where(Person.campaign_id == campaign_id).subquery()


def wanted_forms(db: Session, people: Sequence[UUID]) -> dict[UUID, dict[Form, list[int | None]]]:
    """Every form these people's entries yield, in the campaign's order of groups, with its departments."""
    rows = db.execute(
        _forms()
        .join(RespondentGroup, RespondentGroup.id == Rating.group_id)
        .where(PersonEntry.person_id.in_(people))
        .order_by(RespondentGroup.position, PersonEntry.kind_id, PersonEntry.line, PersonEntry.id)
    )
    forms_by_person: dict[UUID, dict[Form, list[int | None]]] = {}
    for person_id, group_id, rated_unit_id, department_id in rows:
        forms = forms_by_person.setdefault(person_id, {})
        forms.setdefault(Form(group_id, rated_unit_id), []).append(department_id)
    return forms_by_person
