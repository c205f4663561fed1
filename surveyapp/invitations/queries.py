"""What the pages of respondents and of the centre ask about invitations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BindParameter, LargeBinary, Select, Table, and_, bindparam, func, select
from sqlalchemy.orm import Session

from surveyapp.assignments.errors import UnknownAssignment
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import DECLARED, Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, Instrument, RespondentGroup, Unit
from surveyapp.db import PreparedStatement, Row, converted, read_once, reading
from surveyapp.instruments.model import Instrument as FrozenInstrument
from surveyapp.invitations.credentials import codes
from surveyapp.invitations.errors import LinkReplaced, LinkRevoked, UnknownCode, UnknownInvitation
from surveyapp.invitations.models import Invitation, RetiredTag
from surveyapp.invitations.states import InvitationState
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import Person, RespondentList
from surveyapp.respondents.people import person_search
from surveyapp.respondents.states import ListState

SEARCH_LIMIT = 50


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """One questionnaire as its respondent and the services see it."""

    id: UUID
    number: int
    state: AssignmentState
    begun_on: date | None
    disposition: str
    group_code: str
    rated_unit_code: str
    rated_name_vi: str
    rated_name_en: str
    instrument_id: int
    submitted_on: date | None
    instrument_sha256: str
    """Digest of the frozen questionnaire, by which a process knows whether it has parsed it."""

    @property
    def instrument(self) -> FrozenInstrument:
        """What it asks."""
        return campaigns.frozen(self.instrument_id, self.instrument_sha256)

    @property
    def is_open(self) -> bool:
        """It is still to be answered, or being answered."""
        return self.state == AssignmentState.ACTIVE

    @property
    def is_submitted(self) -> bool:
        return self.state == AssignmentState.SUBMITTED

    @property
    def is_revoked(self) -> bool:
        """It was taken back: no list or group names the person for it any more."""
        return self.state == AssignmentState.REVOKED


@dataclass(frozen=True)
class Invited:
    """Whoever holds the code: an invitation to one campaign and the questionnaires it holds."""

    invitation_id: UUID
    campaign: Campaign
    assignments: tuple[AssignmentView, ...]
    supplier_vi: str = ""
    supplier_en: str = ""

    def assignment(self, assignment_id: UUID) -> AssignmentView:
        """One of the questionnaires; raises `UnknownAssignment` if it is not this person's."""
        for assignment in self.assignments:
            if assignment.id == assignment_id:
                return assignment
        raise UnknownAssignment(assignment_id)

    def numbered(self, number: int) -> AssignmentView | None:
        """The questionnaire that the person's addresses show under this number."""
        return next((held for held in self.assignments if held.number == number), None)

    @property
    def is_begun(self) -> bool:
        """The person is answering one of them."""
        begun = Disposition.BEGUN
        return any(held.is_open and held.disposition == begun for held in self.assignments)

    @property
    def declared(self) -> frozenset[str]:
        """The kinds of declaration that would make of a questionnaire what became of one of these."""
        dispositions = {held.disposition for held in self.assignments if held.is_open}
        return frozenset(kind for kind, made in DECLARED.items() if made in dispositions)


# Made once, on tables: every page and every save runs it, and making one takes longer than running it.
_HELD, _ROUND = cast(Table, Invitation.__table__), cast(Table, Campaign.__table__)
_FORM, _GROUP = cast(Table, Assignment.__table__), cast(Table, RespondentGroup.__table__)
_ASKED, _PEOPLE = cast(Table, Instrument.__table__), cast(Table, Person.__table__)
_SUPPLIER = cast(Table, Unit.__table__).alias("supplier")
_RATED = cast(Table, Unit.__table__).alias("rated")
_CAMPAIGN_COLUMNS = tuple(_ROUND.c)
_VIEW = (
    _FORM.c.id,
    _FORM.c.number,
    _FORM.c.state,
    _FORM.c.begun_on,
    _FORM.c.disposition,
    _GROUP.c.code,
    _RATED.c.code,
    _RATED.c.name_vi,
    _RATED.c.name_en,
    _FORM.c.instrument_id,
    _FORM.c.submitted_on,
    _ASKED.c.sha256,
)
_WITH_NAMES = (
    _FORM.join(_GROUP, _GROUP.c.id == _FORM.c.group_id)
    .join(_RATED, _RATED.c.id == _FORM.c.rated_unit_id)
    .join(_ASKED, _ASKED.c.id == _FORM.c.instrument_id)
)
_STANDING = _FORM.c.state != AssignmentState.REVOKED
INVITED_COLUMNS = (
    _HELD.c.id,
    _HELD.c.state,
    _SUPPLIER.c.name_vi,
    _SUPPLIER.c.name_en,
    *_CAMPAIGN_COLUMNS,
    *_VIEW,
)
"""What is read of whoever holds a code: a row for each questionnaire, or one without any."""
INVITED_FROM = (
    _HELD.join(_ROUND, _ROUND.c.id == _HELD.c.campaign_id)
    .join(_PEOPLE, _PEOPLE.c.id == _HELD.c.person_id)
    .join(_SUPPLIER, _SUPPLIER.c.id == _PEOPLE.c.unit_id)
    # One after the other: of a join within the outer join SQLite makes a table each time.
    .outerjoin(_FORM, and_(_FORM.c.invitation_id == _HELD.c.id, _STANDING))
    .outerjoin(_GROUP, _GROUP.c.id == _FORM.c.group_id)
    .outerjoin(_RATED, _RATED.c.id == _FORM.c.rated_unit_id)
    .outerjoin(_ASKED, _ASKED.c.id == _FORM.c.instrument_id)
)


def with_code(query: Select[Any], live_keys: int) -> Select[Any]:
    """The rows of `query` that belong to a code, whose tags are given as `tag_values` says."""
    return query.where(_HELD.c.tag.in_(tag_binds(live_keys))).order_by(_FORM.c.number)


def tag_binds(live_keys: int) -> list[BindParameter[bytes]]:
    """The tags of a code in a statement, one for each live key."""
    return [bindparam(f"tag_{n}", type_=LargeBinary) for n in range(live_keys)]


def tag_values(code: str, *, keys: KeyRing) -> dict[str, bytes]:
    """The values of `tag_binds`."""
    return {f"tag_{n}": tag for n, tag in enumerate(codes.tags(keys, code))}


_INVITED = select(*INVITED_COLUMNS).select_from(INVITED_FROM)
_ASSIGNMENTS = (
    select(*_VIEW)
    .select_from(_WITH_NAMES)
    .where(_FORM.c.invitation_id == bindparam("invitation"), _STANDING)
    .order_by(_FORM.c.number)
)
_OWN = 4
"""Columns of an invitation before those of its campaign."""
_REST = _OWN + len(_CAMPAIGN_COLUMNS)
_END = _REST + len(_VIEW)


@cache
def _prepared(live_keys: int) -> PreparedStatement:
    return PreparedStatement(with_code(_INVITED, live_keys))


def find_at_once(code: str, *, keys: KeyRing) -> Invited:
    """As `find`, in one statement past any session: for pages, which only read."""
    query = _prepared(len(keys.roots))
    return from_rows(query, read_once(query, tag_values(code, keys=keys)), code, keys=keys)


def from_rows(
    query: PreparedStatement, rows: Sequence[Row], code: str, *, keys: KeyRing
) -> Invited:
    """What `find` gives, of the rows of a query whose first columns are `INVITED_COLUMNS`."""
    if not rows:
        with reading() as db:
            return find(db, code, keys=keys)  # which tells what became of it
    head = converted(query, rows[0], slice(0, _OWN))
    campaign = campaigns.read_raw(
        rows[0][_OWN:_REST], lambda: converted(query, rows[0], slice(_OWN, _REST))
    )
    views = [
        AssignmentView(*converted(query, row, slice(_REST, _END)))
        for row in rows
        if row[_REST] is not None
    ]
    return _invited(head, campaign, views)


def find(db: Session, code: str, *, keys: KeyRing) -> Invited:
    """Who holds this code, in one query; questionnaires taken back are not among the assignments.

    The campaign is only read, and shared by whoever reads it as it stands.

    Raises `UnknownCode`, or `LinkReplaced` and `LinkRevoked`, which only a signed link may be told.
    """
    live_keys = len(keys.roots)
    rows = db.execute(with_code(_INVITED, live_keys), tag_values(code, keys=keys)).all()
    if not rows:
        retired = db.scalars(
            select(Campaign)
            .join(RetiredTag, RetiredTag.campaign_id == Campaign.id)
            .where(RetiredTag.tag.in_(codes.tags(keys, code)))
        ).first()
        if retired:
            raise LinkReplaced(retired.settings)
        raise UnknownCode
    campaign = campaigns.read_as(tuple(rows[0][_OWN:_REST]))
    views = [AssignmentView(*row[_REST:]) for row in rows if row[_REST] is not None]
    return _invited(tuple(rows[0][:_OWN]), campaign, views)


def _invited(head: Row, campaign: Campaign, views: Sequence[AssignmentView]) -> Invited:
    invitation_id, state, supplier_vi, supplier_en = head
    if state != InvitationState.ACTIVE:
        raise LinkRevoked(campaign.settings)
    return Invited(invitation_id, campaign, tuple(views), supplier_vi, supplier_en)


def invited(db: Session, campaign: Campaign, invitation_id: UUID) -> Invited:
    """An invitation of the campaign as its holder's, for what is entered on her word."""
    return Invited(invitation_id, campaign, tuple(_assignments(db, invitation_id)))


def withdrawn(db: Session, invitation_id: UUID, number: int) -> UUID | None:
    """The questionnaire of this number if it was taken back since; None if there never was one."""
    return db.scalar(
        select(Assignment.id).where(
            Assignment.invitation_id == invitation_id,
            Assignment.number == number,
            Assignment.state == AssignmentState.REVOKED,
        )
    )


def find_typed(db: Session, code: str, *, keys: KeyRing) -> Invited:
    """Who holds a typed code. Unknown, replaced and revoked are one answer: `UnknownCode`."""
    try:
        return find(db, code, keys=keys)
    except (LinkReplaced, LinkRevoked) as exc:
        raise UnknownCode from exc


def submitted_counts(db: Session, campaign_id: int) -> dict[tuple[str, str], int]:
    """Submitted assignments by (rated unit code, group code): what the sealed box must hold."""
    rows = db.execute(
        select(Unit.code, RespondentGroup.code, func.count())
        .select_from(Assignment)
        .join(Unit, Unit.id == Assignment.rated_unit_id)
        .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
        .where(Assignment.campaign_id == campaign_id, Assignment.state == AssignmentState.SUBMITTED)
        .group_by(Unit.code, RespondentGroup.code)
    )
    return {(unit, group): n for unit, group, n in rows}


def _assignments(db: Session, invitation_id: UUID) -> list[AssignmentView]:
    rows: Any = db.execute(_ASSIGNMENTS, {"invitation": invitation_id})
    return [AssignmentView(*row) for row in rows]


@dataclass(frozen=True)
class InvitationCard:
    """One person's invitation as operators see it: never the code, never an answer."""

    invitation_id: UUID
    full_name: str
    position: str
    unit_code: str
    unit_name_vi: str
    unit_name_en: str
    state: str
    issue_number: int
    issued_at: datetime
    listed_at: datetime | None
    forms: tuple[str, ...]
    """Group codes of the questionnaires that still stand."""
    open_forms: int
    """How many of them are not submitted."""


def lists_approved_since(db: Session, campaign_id: int, invitation_id: UUID) -> bool:
    """A list of the person's unit was approved after her code was made: her contact may be another."""
    later = (
        select(RespondentList.id)
        .join(Person, Person.unit_id == RespondentList.unit_id)
        .join(Invitation, Invitation.person_id == Person.id)
        .where(
            Invitation.id == invitation_id,
            Invitation.campaign_id == campaign_id,
            RespondentList.state == ListState.APPROVED,
            RespondentList.decided_at > Invitation.issued_at,
        )
    )
    return db.scalar(later.limit(1)) is not None


def search(
    db: Session, campaign_id: int, text: str, *, unit_code: str = "", limit: int = SEARCH_LIMIT
) -> list[InvitationCard]:
    """Invited people whose name, e-mail or phone contains `text`, of one unit where given."""
    query = (
        select(Invitation.id)
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Invitation.campaign_id == campaign_id)
        .order_by(Unit.position, Person.name_key, Invitation.id)
        .limit(limit)
    )
    if unit_code:
        query = query.where(Unit.code == unit_code)
    if text.strip():
        query = query.where(person_search.matches(text))
    return _cards(db, db.scalars(query).all())


def card(db: Session, campaign_id: int, invitation_id: UUID) -> InvitationCard:
    """One invitation of the campaign; raises `UnknownInvitation`."""
    ids = db.scalars(
        select(Invitation.id).where(
            Invitation.id == invitation_id, Invitation.campaign_id == campaign_id
        )
    ).all()
    if not ids:
        raise UnknownInvitation(invitation_id)
    return _cards(db, ids)[0]


def _cards(db: Session, invitation_ids: Sequence[UUID]) -> list[InvitationCard]:
    people = db.execute(
        select(
            Invitation.id.label("invitation_id"),
            Person.full_name,
            Person.position,
            Unit.code.label("unit_code"),
            Unit.name_vi.label("unit_name_vi"),
            Unit.name_en.label("unit_name_en"),
            Invitation.state,
            Invitation.issue_number,
            Invitation.issued_at,
            Invitation.listed_at,
        )
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Invitation.id.in_(invitation_ids))
        .order_by(Unit.position, Person.name_key, Invitation.id)
    )
    forms: dict[UUID, list[tuple[str, str]]] = {}
    for invitation_id, group_code, state in db.execute(
        select(Assignment.invitation_id, RespondentGroup.code, Assignment.state)
        .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
        .where(
            Assignment.invitation_id.in_(invitation_ids),
            Assignment.state != AssignmentState.REVOKED,
        )
        .order_by(Assignment.number)
    ):
        forms.setdefault(invitation_id, []).append((group_code, state))
    return [_card(person._asdict(), forms.get(person.invitation_id, [])) for person in people]


def _card(person: dict[str, Any], forms: Sequence[tuple[str, str]]) -> InvitationCard:
    still_open = sum(state == AssignmentState.ACTIVE for _, state in forms)
    return InvitationCard(**person, forms=tuple(code for code, _ in forms), open_forms=still_open)
