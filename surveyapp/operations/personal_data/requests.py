"""Taking, putting off and answering what people ask about the data held on them; each step is an entry, its words are not."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.invitations.errors import UnknownInvitation
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.states import InvitationState
from surveyapp.operations.models import DataRequest
from surveyapp.operations.personal_data import rules
from surveyapp.operations.personal_data.errors import (
    DataRequestAnswered,
    DataRequestRefused,
    PeopleForgotten,
    UnknownDataRequest,
)
from surveyapp.operations.personal_data.states import (
    DataRequestKind,
    DataRequestOutcome,
    DataRequestWay,
)
from surveyapp.respondents.models import Person


@dataclass(frozen=True)
class AskedFor:
    """A request as it was written down."""

    kind: DataRequestKind
    way: DataRequestWay
    received_on: date
    wish: str
    identity: str


@dataclass(frozen=True)
class WhoAsked:
    """The person of a request: as an operator sees whose it is."""

    person_id: uuid.UUID
    full_name: str
    position: str
    unit_code: str
    unit_vi: str
    unit_en: str
    invitation_id: uuid.UUID | None


def receive(
    db: Session,
    campaign: Campaign,
    asked: AskedFor,
    *,
    invitation_id: uuid.UUID | None,
    act: Act,
) -> DataRequest:
    """Enter a request; without an invitation it is of somebody whom no list names.

    Raises `DataRequestRefused` with the fields, `UnknownInvitation`, and `PeopleForgotten` after the erasure.
    """
    _check(asked, today=act.today)
    if campaign.people_erased_on is not None and invitation_id is not None:
        raise PeopleForgotten(campaign.people_erased_on)
    person = _invited(db, campaign, invitation_id) if invitation_id is not None else None
    entered = DataRequest(
        id=uuid.uuid4(),
        campaign_id=campaign.id,
        person_id=person.id if person else None,
        kind=asked.kind,
        way=asked.way,
        wish=asked.wish,
        identity=asked.identity,
        received_on=asked.received_on,
        received_by=act.actor,
        entered_at=act.now,
        first_answer_by=rules.first_answer_by(campaign, asked.received_on),
        finish_by=rules.finish_by(asked.kind, asked.received_on),
    )
    db.add(entered)
    db.flush()
    _enter(db, campaign, entered, Action.DATA_REQUEST_RECEIVED, act)
    return entered


def _check(asked: AskedFor, *, today: date) -> None:
    wrong: dict[str, str] = {}
    if not asked.wish and rules.says_what(asked.kind):
        wrong["wish"] = "missing"
    if not asked.identity:
        wrong["identity"] = "missing"
    if not today - timedelta(days=rules.OLDEST_DAYS) <= asked.received_on <= today:
        wrong["received_on"] = "day"
    if wrong:
        raise DataRequestRefused(wrong)


def _invited(db: Session, campaign: Campaign, invitation_id: uuid.UUID) -> Person:
    person = db.scalars(
        select(Person)
        .join(Invitation, Invitation.person_id == Person.id)
        .where(Invitation.id == invitation_id, Invitation.campaign_id == campaign.id)
    ).first()
    if person is None:
        raise UnknownInvitation(invitation_id)
    return person


def acknowledge(db: Session, campaign: Campaign, request_id: uuid.UUID, *, act: Act) -> None:
    """The person was told that her request is here and how it goes on. Raises `DataRequestAnswered`."""
    one = waiting(db, campaign, request_id)
    if one.acknowledged_at is not None:
        raise DataRequestAnswered(request_id)
    one.acknowledged_at, one.acknowledged_by = act.now, act.actor
    _enter(db, campaign, one, Action.DATA_REQUEST_ACKNOWLEDGED, act)


def put_off(
    db: Session, campaign: Campaign, request_id: uuid.UUID, *, reason: str, act: Act
) -> None:
    """The one extension, with its reason, before the term is over. Raises `DataRequestRefused`, `DataRequestAnswered`."""
    one = waiting(db, campaign, request_id)
    if one.put_off_at is not None:
        raise DataRequestAnswered(request_id)
    if not reason:
        raise DataRequestRefused({"reason": "missing"})
    if act.today > one.finish_by:
        raise DataRequestRefused({"reason": "late"})
    one.put_off_at, one.put_off_by, one.reason = act.now, act.actor, reason
    one.finish_by = rules.put_off(one.kind, one.finish_by)
    _enter(db, campaign, one, Action.DATA_REQUEST_PUT_OFF, act)


def answer(
    db: Session,
    campaign: Campaign,
    request_id: uuid.UUID,
    outcome: DataRequestOutcome,
    *,
    words: str,
    act: Act,
) -> None:
    """What the person was answered; the first answer is given with it where there was none.

    Raises `DataRequestRefused` for an outcome that does not belong to the request, for a refusal without words
    and for a removal while the invitation stands; `DataRequestAnswered` for the second answer.
    """
    one = waiting(db, campaign, request_id)
    if outcome not in outcomes_of(one):
        raise DataRequestRefused({"outcome": "outcome"})
    if outcome == DataRequestOutcome.REMOVED and _is_asked(db, one):
        raise DataRequestRefused({"outcome": "asked"})
    if outcome == DataRequestOutcome.REFUSED and not words:
        raise DataRequestRefused({"answer": "missing"})
    if one.acknowledged_at is None:
        one.acknowledged_at, one.acknowledged_by = act.now, act.actor
    one.outcome, one.answer = outcome, words
    one.answered_at, one.answered_by = act.now, act.actor
    _enter(db, campaign, one, Action.DATA_REQUEST_ANSWERED, act)


def outcomes_of(one: DataRequest) -> tuple[DataRequestOutcome, ...]:
    """What can be answered to it."""
    return rules.outcomes(one.kind, is_known=one.person_id is not None)


def _is_asked(db: Session, one: DataRequest) -> bool:
    """The person's invitation stands: she is still written to."""
    stands = select(Invitation.id).where(
        Invitation.person_id == one.person_id, Invitation.state == InvitationState.ACTIVE
    )
    return db.scalar(stands) is not None


def note_shown(db: Session, campaign: Campaign, one: DataRequest, action: Action, act: Act) -> None:
    """Somebody looked at what is held on the person, or took it away as a file."""
    _enter(db, campaign, one, action, act)


def _enter(db: Session, campaign: Campaign, one: DataRequest, action: Action, act: Act) -> None:
    facts = {"request": str(one.id), "kind": str(one.kind), "due": one.due.isoformat()}
    if one.outcome is not None:
        facts["outcome"] = str(one.outcome)
        facts["days"] = str((act.today - one.received_on).days)
    audit.record(db, act, action, campaign_code=campaign.code, facts=facts)


def forget(db: Session, campaign_id: int) -> None:
    """That somebody asked, and when it was answered, stays; who it was and what was said goes."""
    db.execute(
        update(DataRequest)
        .where(DataRequest.campaign_id == campaign_id)
        .values(person_id=None, wish="", identity="", reason="", answer="")
    )


# ---- reading


def one_request(
    db: Session, campaign: Campaign, request_id: uuid.UUID, *, lock: bool = False
) -> DataRequest:
    """A request of the campaign. Raises `UnknownDataRequest`."""
    sought = select(DataRequest).where(
        DataRequest.id == request_id, DataRequest.campaign_id == campaign.id
    )
    listed = db.scalars(sought.with_for_update() if lock else sought).first()
    if listed is None:
        raise UnknownDataRequest(request_id)
    return listed


def waiting(db: Session, campaign: Campaign, request_id: uuid.UUID) -> DataRequest:
    """The request, held until the end of the transaction. Raises `DataRequestAnswered` if it is answered."""
    listed = one_request(db, campaign, request_id, lock=True)
    if not listed.is_open:
        raise DataRequestAnswered(request_id)
    return listed


def all_requests(db: Session, campaign_id: int) -> Sequence[DataRequest]:
    """Those that wait first, by the day of their next step; then the answered, the latest first."""
    listed = db.scalars(select(DataRequest).where(DataRequest.campaign_id == campaign_id)).all()
    waits = sorted(
        (one for one in listed if one.is_open), key=lambda one: (one.due, one.entered_at)
    )
    done = sorted(
        (one for one in listed if not one.is_open),
        key=lambda one: one.answered_at or one.entered_at,
        reverse=True,
    )
    return [*waits, *done]


def who_asked(db: Session, one: DataRequest) -> WhoAsked | None:
    """Whose request it is; None where no list names the person."""
    if one.person_id is None:
        return None
    row = db.execute(
        select(
            Person.id,
            Person.full_name,
            Person.position,
            Unit.code,
            Unit.name_vi,
            Unit.name_en,
            Invitation.id,
        )
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(Invitation, Invitation.person_id == Person.id)
        .where(Person.id == one.person_id)
    ).one()
    return WhoAsked(*row)


def corrections_of_unit(db: Session, unit_id: int) -> list[tuple[DataRequest, str]]:
    """What people of a unit want corrected and nobody has answered, each with the name: for its desk, which has the list."""
    rows = db.execute(
        select(DataRequest, Person.full_name)
        .join(Person, Person.id == DataRequest.person_id)
        .where(
            Person.unit_id == unit_id,
            DataRequest.kind == DataRequestKind.CORRECT,
            DataRequest.answered_at.is_(None),
        )
        .order_by(DataRequest.finish_by, DataRequest.entered_at)
    )
    return [(one, name) for one, name in rows]


def was_in_time(one: DataRequest) -> bool:
    """Both answers were given by their day."""
    if one.acknowledged_at is None or one.answered_at is None:
        return False
    first, last = clock.day(one.acknowledged_at), clock.day(one.answered_at)
    return first <= one.first_answer_by and last <= one.finish_by


def are_late(listed: Sequence[DataRequest], *, today: date) -> int:
    """How many of them wait for a step whose day is over."""
    return sum(one.is_open and one.due < today for one in listed)
