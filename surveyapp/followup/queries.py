"""What the pages of the telephone follow-up ask: whom to call, one person's card, calls by result."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import STARTED
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns.models import Campaign, RespondentGroup, Unit
from surveyapp.delivery.models import CallHold, ContactRequest, UnitHold
from surveyapp.followup.models import CallAttempt, CallLease
from surveyapp.followup.rules import CALLED, REACHED
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.states import InvitationState
from surveyapp.respondents.models import Person
from surveyapp.respondents.people import person_search
from surveyapp.respondents.states import PersonState

PAGE = 15
STATES = ("due", "away", "number")


@dataclass(frozen=True)
class CallForm:
    """One questionnaire that the person still has. `begun`: no more is told of a draft."""

    begun: bool
    group_code: str
    group_name_vi: str
    group_name_en: str
    rated_name_vi: str
    rated_name_en: str
    instrument_id: int


@dataclass(frozen=True)
class Called:
    """One call that was made."""

    at: datetime
    operator: str
    result: str
    away_until: date | None


@dataclass(frozen=True)
class ToCall:
    """A person who is asked and has not submitted everything, with what a caller needs."""

    invitation_id: UUID
    full_name: str = field(repr=False)
    position: str = field(repr=False)
    workplace: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    unit_code: str
    unit_name_vi: str
    unit_name_en: str
    operator: str | None
    """Who is calling the person now."""
    away_until: date | None
    forms: tuple[CallForm, ...] = ()
    calls: tuple[Called, ...] = ()
    """The last one first."""

    @property
    def begun(self) -> bool:
        """Whether the person has begun any of the questionnaires left."""
        return any(form.begun for form in self.forms)


@dataclass(frozen=True)
class Choice:
    """Which people are shown: of one unit and group where given, in which state, found by `text`.

    `due`: they can be called; `away`; `number`: no telephone number, or a wrong one that the unit's
    desk is asked to mend.
    """

    unit_code: str = ""
    group_code: str = ""
    state: str = "due"
    text: str = field(default="", repr=False)


def people(
    db: Session, campaign: Campaign, choice: Choice, *, page: int, now: datetime
) -> tuple[list[ToCall], int]:
    """(one page of people, how many there are in all): never called first, then the longest ago."""
    query = _invitations_to_call(campaign.id, choice, today=clock.day(now))
    total = db.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    made = (
        select(
            CallAttempt.invitation_id,
            func.count().label("n"),
            func.max(CallAttempt.at).label("last"),
        )
        .group_by(CallAttempt.invitation_id)
        .subquery()
    )
    ids = db.scalars(
        query.outerjoin(made, made.c.invitation_id == Invitation.id)
        .order_by(func.coalesce(made.c.n, 0), made.c.last, Unit.position, Person.name_key)
        .order_by(Invitation.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    cards = _read(db, ids, now=now)
    return [cards[id_] for id_ in ids], total


def person(db: Session, campaign: Campaign, invitation_id: UUID, *, now: datetime) -> ToCall | None:
    """One person who may be called, or is away; None where there is nothing to call about."""
    today = clock.day(now)
    for state in STATES:
        query = _invitations_to_call(campaign.id, Choice(state=state), today=today)
        if db.scalar(query.where(Invitation.id == invitation_id)) is not None:
            return _read(db, [invitation_id], now=now)[invitation_id]
    return None


def _invitations_to_call(campaign_id: int, choice: Choice, *, today: date) -> Select[UUID]:
    form = (
        select(Assignment.invitation_id)
        .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
        .where(Assignment.campaign_id == campaign_id, *_to_call())
    )
    if choice.group_code:
        form = form.where(RespondentGroup.code == choice.group_code)
    away = exists(
        select(CallHold.invitation_id).where(
            CallHold.invitation_id == Invitation.id, CallHold.until > today
        )
    )
    query = (
        select(Invitation.id)
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            Invitation.campaign_id == campaign_id,
            Invitation.state == InvitationState.ACTIVE,
            Person.state == PersonState.ACTIVE,
            Person.unit_id.not_in(select(UnitHold.unit_id)),
        )
    )
    if choice.unit_code:
        query = query.where(Unit.code == choice.unit_code)
    if choice.text:
        query = query.where(person_search.matches(choice.text))
    if (
        choice.state == "away"
    ):  # whoever is away for good counts as unavailable: the hold alone tells
        asked = exists(
            select(Assignment.id).where(
                Assignment.invitation_id == Invitation.id,
                Assignment.state == AssignmentState.ACTIVE,
            )
        )
        return query.where(away, asked)
    no_number = or_(Person.phone == "", exists(_asked_for_number()))
    query = query.where(Invitation.id.in_(form), ~away)
    return query.where(no_number if choice.state == "number" else ~no_number)


def _asked_for_number() -> Select[UUID]:
    return select(ContactRequest.id).where(
        ContactRequest.person_id == Person.id,
        ContactRequest.channel == "sms",
        ContactRequest.settled_on.is_(None),
    )


def _to_call() -> Sequence[ColumnElement[bool]]:
    return Assignment.state == AssignmentState.ACTIVE, Assignment.disposition.in_(CALLED)


def _read(db: Session, ids: Sequence[UUID], *, now: datetime) -> dict[UUID, ToCall]:
    rows = db.execute(
        select(
            Invitation.id.label("invitation_id"),
            Person.full_name,
            Person.position,
            Person.workplace,
            Person.email,
            Person.phone,
            Unit.code.label("unit_code"),
            Unit.name_vi.label("unit_name_vi"),
            Unit.name_en.label("unit_name_en"),
            CallLease.operator,
            CallHold.until.label("away_until"),
        )
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(CallLease, (CallLease.invitation_id == Invitation.id) & (CallLease.until > now))
        .outerjoin(
            CallHold,
            (CallHold.invitation_id == Invitation.id) & (CallHold.until > clock.day(now)),
        )
        .where(Invitation.id.in_(ids))
    )
    forms, calls = _forms(db, ids), _calls(db, ids)
    return {
        row.invitation_id: ToCall(
            **row._asdict(),
            forms=tuple(forms.get(row.invitation_id, ())),
            calls=tuple(calls.get(row.invitation_id, ())),
        )
        for row in rows
    }


def _forms(db: Session, ids: Sequence[UUID]) -> dict[UUID, list[CallForm]]:
    forms: dict[UUID, list[CallForm]] = {}
    for row in db.execute(
        select(
            Assignment.invitation_id,
            Assignment.disposition,
            RespondentGroup.code,
            RespondentGroup.name_vi,
            RespondentGroup.name_en,
            Unit.name_vi,
            Unit.name_en,
            Assignment.instrument_id,
        )
        .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
        .join(Unit, Unit.id == Assignment.rated_unit_id)
        .where(Assignment.invitation_id.in_(ids), Assignment.state == AssignmentState.ACTIVE)
        .order_by(Assignment.number)
    ):
        forms.setdefault(row[0], []).append(CallForm(row[1] in STARTED, *row[2:]))
    return forms


def _calls(db: Session, ids: Sequence[UUID]) -> dict[UUID, list[Called]]:
    calls: dict[UUID, list[Called]] = {}
    for invitation_id, at, operator, result, away_until in db.execute(
        select(
            CallAttempt.invitation_id,
            CallAttempt.at,
            CallAttempt.operator,
            CallAttempt.result,
            CallAttempt.away_until,
        )
        .where(CallAttempt.invitation_id.in_(ids))
        .order_by(CallAttempt.at.desc(), CallAttempt.id)
    ):
        calls.setdefault(invitation_id, []).append(Called(at, operator, result, away_until))
    return calls


@dataclass(frozen=True)
class CallTally:
    """Calls of the campaign, told without anybody: by result, and how many it took per person."""

    results: Counter[str]
    people: int
    reached: int
    """People who were spoken to themselves."""
    by_calls: Counter[int]
    """People by the number of calls made to them."""

    @property
    def calls(self) -> int:
        """All calls made."""
        return self.results.total()


def tally(db: Session, campaign_id: int) -> CallTally:
    """Contact attempts of the campaign."""
    of_campaign: Any = CallAttempt.campaign_id == campaign_id
    results: Counter[str] = Counter()
    for result, n in db.execute(
        select(CallAttempt.result, func.count()).where(of_campaign).group_by(CallAttempt.result)
    ):
        results[result] = n
    reached = db.execute(
        select(func.count(CallAttempt.invitation_id.distinct())).where(
            of_campaign, CallAttempt.result.in_(REACHED)
        )
    ).scalar_one()
    each = (
        select(func.count().label("n"))
        .where(of_campaign)
        .group_by(CallAttempt.invitation_id)
        .subquery()
    )
    by_calls: Counter[int] = Counter()
    for n, count in db.execute(select(each.c.n, func.count()).group_by(each.c.n)):
        by_calls[n] = count
    return CallTally(results, by_calls.total(), reached, by_calls)


def results_of_unit(db: Session, campaign_id: int, unit_id: int) -> Counter[str]:
    """Calls to the people of one unit, by result; nobody by name."""
    rows = db.execute(
        select(CallAttempt.result, func.count())
        .join(Invitation, Invitation.id == CallAttempt.invitation_id)
        .join(Person, Person.id == Invitation.person_id)
        .where(CallAttempt.campaign_id == campaign_id, Person.unit_id == unit_id)
        .group_by(CallAttempt.result)
    )
    return Counter({str(result): int(n) for result, n in rows})


def calls_to(db: Session, invitation_id: UUID) -> list[Called]:
    """The calls to one person, the latest first."""
    return _calls(db, [invitation_id]).get(invitation_id, [])
