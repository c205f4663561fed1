"""Whose invitations do not yet say what the lists say: the questions issuing asks the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from surveyapp.assignments.models import Assignment
from surveyapp.assignments.plan import Department as DepartmentRule
from surveyapp.assignments.plan import Group, Scheme
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, Department, ListKind
from surveyapp.invitations.models import Invitation
from surveyapp.respondents.models import Person, PersonEntry


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


def scheme(db: Session, campaign: Campaign) -> Scheme:
    """Who rates whom in this campaign."""
    groups = {
        group.id: Group(group.id, group.position, group.rates, group.instrument_id)
        for group in campaigns.groups(db, campaign.id)
    }
    return Scheme(
        groups=groups,
        groups_of_kind={
            kind_id: [groups[group_id] for group_id in group_ids]
            for kind_id, group_ids in _yields(db, campaign.id).items()
        },
        departments={
            department.id: DepartmentRule(department.rated_unit_id, department.rates_province)
            for department in campaigns.departments(db, campaign.id)
        },
        second_form_allowed=campaign.settings.get("second_form_on_same_unit") == "both",
    )


def _yields(db: Session, campaign_id: int) -> dict[int, list[int]]:
    codes = {group.code: group.id for group in campaigns.groups(db, campaign_id)}
    kinds = db.execute(
        select(ListKind.id, ListKind.groups).where(ListKind.campaign_id == campaign_id)
    )
    return {kind_id: [codes[code] for code in groups] for kind_id, groups in kinds}


def state(db: Session, campaign: Campaign) -> IssueState:
    """Counts for the screen that issues; the heaviest reading here, for people only."""
    rules = scheme(db, campaign)
    invited = (Invitation.campaign_id == campaign.id, Invitation.state == "active")
    return IssueState(
        people=_count(db, _asked(campaign.id, rules)),
        invited=_count(db, select(Invitation.id).where(*invited)),
        to_invite=_count(db, _uninvited(campaign.id, rules)),
        to_change=_count(db, _changed(campaign.id, rules)),
    )


def count(db: Session, campaign: Campaign, rules: Scheme) -> int:
    """How many people remain to be dealt with."""
    return _count(db, _uninvited(campaign.id, rules)) or _count(db, _changed(campaign.id, rules))


def next_people(db: Session, campaign: Campaign, rules: Scheme, *, limit: int) -> Sequence[UUID]:
    """Up to `limit` people: first those without an invitation, then those whose lists changed."""
    found = list(db.scalars(_uninvited(campaign.id, rules).limit(limit)))
    return found or list(db.scalars(_changed(campaign.id, rules).limit(limit)))


def _count(db: Session, people: Select[Any]) -> int:
    return db.execute(select(func.count()).select_from(people.subquery())).scalar_one()


def _uninvited(campaign_id: int, rules: Scheme) -> Select[UUID]:
    invited = exists(select(Invitation.id).where(Invitation.person_id == Person.id))
    return _asked(campaign_id, rules).where(~invited)


def _asked(campaign_id: int, rules: Scheme) -> Select[UUID]:
    """People whom the lists give at least one form."""
    ministry: set[int] = set()
    own: set[int] = set()
    for kind_id, groups in rules.groups_of_kind.items():
        for group in groups:
            (ministry if group.rates == "department_ministry" else own).add(kind_id)
    form = (
        select(PersonEntry.id)
        .outerjoin(Department, Department.id == PersonEntry.department_id)
        .where(
            PersonEntry.person_id == Person.id,
            PersonEntry.state == "active",
            or_(
                and_(PersonEntry.kind_id.in_(ministry), Department.rated_unit_id.is_not(None)),
                and_(
                    PersonEntry.kind_id.in_(own), func.coalesce(Department.rates_province, true())
                ),
            ),
        )
    )
    return select(Person.id).where(
        Person.campaign_id == campaign_id, Person.state == "active", exists(form)
    )


def _changed(campaign_id: int, rules: Scheme) -> Select[UUID]:
    """People with a form that no assignment stands for, or an assignment that no list yields.

    An invitation that an operator ended is left as it is.
    """
    wanted, yielded = _wanted(campaign_id, rules), _wanted(campaign_id, rules)
    stands = select(Assignment.id).where(
        Assignment.invitation_id == Invitation.id,
        Assignment.group_id == wanted.c.group_id,
        Assignment.rated_unit_id == wanted.c.rated_unit_id,
        Assignment.disposition != Disposition.REMOVED,
    )
    lacking = select(Invitation.person_id).where(
        Invitation.campaign_id == campaign_id,
        Invitation.state != "revoked",
        exists(
            select(wanted.c.person_id).where(
                wanted.c.person_id == Invitation.person_id,
                ~exists(stands.correlate(Invitation, wanted)),
            )
        ),
    )
    surplus = (
        select(Invitation.person_id)
        .join(Assignment, Assignment.invitation_id == Invitation.id)
        .where(
            Assignment.campaign_id == campaign_id,
            Invitation.state != "revoked",
            or_(Assignment.state == "active", Assignment.disposition == Disposition.DUPLICATE),
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


def _wanted(campaign_id: int, rules: Scheme) -> Subquery:
    """(person, group, rated unit, department) of every form the approved lists yield.

    The same rule as `forms.wanted_forms`; a test holds the two together.
    """
    yields = union_all(
        *(
            select(
                literal(kind_id, Integer).label("kind_id"),
                literal(group.id, Integer).label("group_id"),
                literal(int(group.rates == "department_ministry"), Integer).label("by_department"),
            )
            for kind_id, groups in rules.groups_of_kind.items()
            for group in groups
        )
    ).subquery()
    by_department = yields.c.by_department == 1
    rated_unit = case((by_department, Department.rated_unit_id), else_=Person.unit_id)
    rates_own = func.coalesce(Department.rates_province, true())
    return (
        select(
            PersonEntry.person_id,
            yields.c.group_id,
            rated_unit.label("rated_unit_id"),
            PersonEntry.department_id,
        )
        .join(Person, Person.id == PersonEntry.person_id)
        .join(yields, yields.c.kind_id == PersonEntry.kind_id)
        .outerjoin(Department, Department.id == PersonEntry.department_id)
        .where(
            Person.campaign_id == campaign_id,
            Person.state == "active",
            PersonEntry.state == "active",
            or_(
                and_(by_department, Department.rated_unit_id.is_not(None)),
                and_(~by_department, rates_own),
            ),
        )
        .subquery()
    )
