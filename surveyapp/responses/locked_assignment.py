"""The assignment in hand: locked, with all that saving and submitting must know about it."""

from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select

from surveyapp.assignments.errors import UnknownAssignment
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.plan import LockedAssignment
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.db import Executes


class AssignedForm(Protocol):
    """The assignment a person has in hand, such as `invitations.queries.AssignmentView`."""

    @property
    def id(self) -> UUID: ...
    @property
    def rated_unit_code(self) -> str: ...
    @property
    def group_code(self) -> str: ...


class Held(NamedTuple):
    """One assignment and its campaign, as they stand under the lock."""

    assignment: LockedAssignment
    campaign: Campaign

    @property
    def state(self) -> AssignmentState:
        return self.assignment.state

    @property
    def is_begun(self) -> bool:
        """Somebody is answering it."""
        return self.assignment.disposition == Disposition.BEGUN


_FORM, _ROUND = cast(Table, Assignment.__table__), cast(Table, Campaign.__table__)
_OWN = len(LockedAssignment._fields)
_STANDING = (
    select(*(_FORM.c[name] for name in LockedAssignment._fields), *_ROUND.c)
    .select_from(_FORM.join(_ROUND, _ROUND.c.id == _FORM.c.campaign_id))
    .where(_FORM.c.id == bindparam("assignment"))
)
# SQLite has no row locks and needs none: a writing transaction holds the whole file from its first
# statement. Other tables are read by later statements: on PostgreSQL these may have waited, and what
# they saw beside the locked rows would be older than the lock.
_SAVING = _STANDING.suffix_with("FOR UPDATE OF assignment", dialect="postgresql")
_SUBMITTING = _STANDING.suffix_with(
    "FOR SHARE OF campaign FOR UPDATE OF assignment", dialect="postgresql"
)


def for_saving(db: Executes, assignment_id: UUID) -> Held:
    """Keep every other save and submission of this assignment waiting."""
    row = db.execute(_SAVING, {"assignment": assignment_id}).one_or_none()
    if row is None:
        raise UnknownAssignment(assignment_id)
    return _held(row)


def for_submitting(db: Executes, campaign_id: int, assignment_id: UUID) -> Held:
    """The same, and keep the campaign from being closed meanwhile: closing locks it exclusively."""
    row = db.execute(_SUBMITTING, {"assignment": assignment_id}).one_or_none()
    held = _held(row) if row is not None else None
    if held is None or held.campaign.id != campaign_id:
        raise UnknownAssignment(assignment_id)
    return held


def _held(row: Any) -> Held:
    """The campaign is only read, so it is the one that all pages of this process share."""
    values = tuple(row)
    return Held(LockedAssignment._make(values[:_OWN]), campaigns.read_as(values[_OWN:]))
