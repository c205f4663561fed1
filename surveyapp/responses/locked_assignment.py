"""The assignment in hand: locked, with all that saving and submitting must know about it."""

from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from surveyapp.assignments.errors import UnknownAssignment
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign


class AssignedForm(Protocol):
    """The assignment a person has in hand, such as `invitations.queries.AssignmentView`."""

    @property
    def id(self) -> UUID: ...
    @property
    def rated_unit_code(self) -> str: ...
    @property
    def group_code(self) -> str: ...


class Held(NamedTuple):
    """One assignment's state and disposition and its campaign, as they stand under the lock."""

    state: AssignmentState
    campaign: Campaign
    disposition: str

    @property
    def is_begun(self) -> bool:
        """Somebody is answering it."""
        return self.disposition == Disposition.BEGUN


_STANDING = (
    select(Assignment.state, Assignment.disposition, *Campaign.__table__.c)
    .join(Campaign, Campaign.id == Assignment.campaign_id)
    .where(Assignment.id == bindparam("assignment"))
)
# SQLite has no row locks and needs none: a writing transaction holds the whole file from its first
# statement. Other tables are read by later statements: on PostgreSQL these may have waited, and what
# they saw beside the locked rows would be older than the lock.
_SAVING = _STANDING.suffix_with("FOR UPDATE OF assignment", dialect="postgresql")
_SUBMITTING = _STANDING.suffix_with(
    "FOR SHARE OF campaign FOR UPDATE OF assignment", dialect="postgresql"
)


def for_saving(db: Session, assignment_id: UUID) -> Held:
    """Keep every other save and submission of this assignment waiting."""
    row = db.execute(_SAVING, {"assignment": assignment_id}).one_or_none()
    if row is None:
        raise UnknownAssignment(assignment_id)
    return _held(row)


def for_submitting(db: Session, campaign_id: int, assignment_id: UUID) -> Held:
    """The same, and keep the campaign from being closed meanwhile: closing locks it exclusively."""
    row = db.execute(_SUBMITTING, {"assignment": assignment_id}).one_or_none()
    held = _held(row) if row is not None else None
    if held is None or held.campaign.id != campaign_id:
        raise UnknownAssignment(assignment_id)
    return held


def _held(row: Row[Any]) -> Held:
    """The campaign is only read, so it is the one that all pages of this process share."""
    values = tuple(row)
    return Held(values[0], campaigns.read_as(values[2:]), values[1])
