"""The life of an assignment, and what the centre does with one invitation."""

import uuid
from datetime import date, datetime
from typing import Protocol, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments import transitions
from surveyapp.assignments.errors import AlreadySubmitted, AssignmentRevoked
from surveyapp.assignments.plan import LockedAssignment
from surveyapp.assignments.rules import DECLARED, Disposition
from surveyapp.campaigns.states import TAKING_LISTS, CampaignState
from surveyapp.db import Executes
from surveyapp.invitations import declarations
from surveyapp.invitations.errors import CampaignClosed, CampaignNotOpenYet
from surveyapp.invitations.issuing.issue import IssueProgress, issue
from surveyapp.invitations.issuing.reissue import Reissued, reissue, revoke
from surveyapp.invitations.mailing_file import MailingRow, mailing, mark_listed, mark_sent
from surveyapp.invitations.models import Declaration
from surveyapp.invitations.queries import Invited

__all__ = (
    "IssueProgress",
    "MailingRow",
    "Reissued",
    "begin",
    "check_open",
    "declare",
    "issue",
    "mailing",
    "mark_held_submitted",
    "mark_listed",
    "mark_sent",
    "mark_submitted",
    "reissue",
    "revoke",
    "start",
    "take_back",
)


class Window(Protocol):
    """When a campaign takes answers: a `Campaign`, or what was read of one under a lock."""

    @property
    def state(self) -> CampaignState: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def check_open(campaign: Window, now: datetime, *, begun: bool = False) -> None:
    """Raise `CampaignNotOpenYet` or `CampaignClosed` unless answers are taken at `now`.

    Of whoever has `begun` they are taken within the grace after the deadline too.
    """
    if campaign.state not in TAKING_LISTS:
        raise CampaignClosed(campaign.closes_at)
    if campaign.state == CampaignState.PREPARING or now < campaign.opens_at:
        raise CampaignNotOpenYet(campaign.opens_at)
    if now >= (campaign.ends_at if begun else campaign.closes_at):
        raise CampaignClosed(campaign.closes_at)


def begin(db: Executes, invited: Invited, *, today: date) -> None:
    """Note that the person came in: every questionnaire not yet submitted counts as begun."""
    for assignment in invited.assignments:
        if assignment.is_open and assignment.disposition != Disposition.BEGUN:
            start(db, assignment.id, today=today)


def start(
    db: Executes, assignment_id: UUID, *, today: date, disposition: str | None = None
) -> None:
    """Note that the person opened the questionnaire; again, and nothing changes.

    Whoever declared something and comes back to answer is counted as having begun. Whoever holds the
    assignment's lock gives its `disposition`: then nothing is asked of one that is begun.
    Raises `AlreadySubmitted` or `AssignmentRevoked`.
    """
    if disposition == Disposition.BEGUN:
        return
    assignment = transitions.lock(db, assignment_id)
    if assignment.disposition != Disposition.BEGUN:
        begun = Disposition.BEGUN
        begun_on = assignment.begun_on or today
        transitions.move_one(db, "begin", assignment, begun, today=today, begun_on=begun_on)


def mark_submitted(db: Executes, assignment_id: UUID, *, today: date) -> None:
    """Mark the assignment submitted, once, even if two phones press Submit together.

    Nothing of how much was answered is noted. Raises `AlreadySubmitted` or `AssignmentRevoked`.
    """
    mark_held_submitted(db, transitions.lock(db, assignment_id), today=today)


def mark_held_submitted(db: Executes, assignment: LockedAssignment, *, today: date) -> None:
    """The same of one that is locked already and open."""
    submitted = Disposition.SUBMITTED
    transitions.move_one(db, "submit", assignment, submitted, today=today, submitted_on=today)


_DECLARED = cast(Table, Declaration.__table__)
_SAID = select(_DECLARED.c.id).where(
    _DECLARED.c.invitation_id == bindparam("invitation"),
    _DECLARED.c.kind == bindparam("said"),
    _DECLARED.c.on == bindparam("day"),
)
_SAY = insert(_DECLARED)


def declare(db: Executes, invited: Invited, kind: str, *, today: date) -> None:
    """Keep what the person told the centre: `not_me`, `moved`, `wrong_group` or `decline`.

    The unsubmitted questionnaires take the disposition; for submitted ones it is a note only. The
    link goes on working, for people change their minds. Repeated on one day it is kept once.
    """
    disposition = DECLARED[kind]
    # The forms first, the note last: a note holds the invitation, which whoever replaces the code
    # wants to change once the forms are hers.
    for held in invited.assignments:
        try:
            assignment = transitions.lock(db, held.id)
        except (AlreadySubmitted, AssignmentRevoked):
            continue
        if assignment.disposition != disposition:
            transitions.move_one(db, "declare", assignment, disposition, today=today, note=kind)
    if not db.execute(
        _SAID, {"invitation": invited.invitation_id, "said": kind, "day": today}
    ).all():
        row = {"invitation_id": invited.invitation_id, "kind": kind, "on": today}
        db.execute(_SAY, {"id": uuid.uuid4(), **row})


def take_back(db: Session, invited: Invited, *, now: datetime) -> None:
    """What the person declared no longer stands: she is asked, and reminded, as before it.

    A note that the centre has dealt with stays. Done twice, the second time changes nothing. Raises
    `CampaignNotOpenYet` or `CampaignClosed` outside the window.
    """
    check_open(invited.campaign, now)
    today = clock.day(now)
    if declarations.standing(db, invited) is None:
        return
    for held in invited.assignments:
        try:
            assignment = transitions.lock(db, held.id)
        except (AlreadySubmitted, AssignmentRevoked):
            continue
        if assignment.disposition in DECLARED.values():
            before = _before_declaring(assignment)
            transitions.move_one(db, "take_back", assignment, before, today=today)
    db.execute(
        delete(Declaration).where(
            Declaration.invitation_id == invited.invitation_id, Declaration.settled_at.is_(None)
        )
    )


def _before_declaring(assignment: LockedAssignment) -> Disposition:
    if assignment.begun_on is not None:
        return Disposition.BEGUN
    return Disposition.NOT_SENT if assignment.channel == "none" else Disposition.SENT
