"""What the centre does with one invitation: give it a new code, or end it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.assignments import transitions
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.plan import LockedAssignment
from surveyapp.assignments.rules import STARTED_OVER, Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.assignments.transitions import AssignmentChange
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.invitations.errors import NothingLeftToAnswer, ReasonMissing, UnknownInvitation
from surveyapp.invitations.issuing.issue import give_codes
from surveyapp.invitations.models import Invitation, RetiredTag
from surveyapp.invitations.states import InvitationState
from surveyapp.respondents.models import Person


@dataclass(frozen=True)
class Reissued:
    """A new code stands; what was saved under the old one is gone with it."""

    invitation_id: UUID
    issue_number: int


def reissue(
    db: Session, campaign: Campaign, invitation_id: UUID, *, reason: str, act: Act
) -> Reissued:
    """Replace the code: the old link is dead on the next request, the next mailing holds the new.

    What is not submitted starts over as not sent, for its draft was kept under the old code; what
    was refused or declared not eligible keeps its disposition. Raises `UnknownInvitation`,
    `NothingLeftToAnswer` and `ReasonMissing`.
    """
    invitation = _hold(db, campaign, invitation_id, reason)
    held = _active(db, invitation_id)
    if not held:
        raise NothingLeftToAnswer(invitation_id)
    renew(db, campaign, [invitation], held, act=act)
    facts = {"issue_number": invitation.issue_number + 1}
    audit.record(
        db,
        act,
        Action.INVITATION_REISSUED,
        campaign_code=campaign.code,
        unit_code=invitation.unit_code,
        facts={"invitation": str(invitation.id), "reason": reason.strip(), **facts},
    )
    return Reissued(invitation_id, invitation.issue_number + 1)


def renew(
    db: Session,
    campaign: Campaign,
    invitations: Sequence[Row[*tuple[Any, ...]]],
    held: Iterable[LockedAssignment],
    *,
    act: Act,
) -> None:
    """New codes for these invitations (id, tag, issue number), locked by the caller with their open forms `held`."""
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "key_number": act.keys.current,
            "issue_number": one.issue_number + 1,
            "counter": 0,
        }
        for one in invitations
    ]
    give_codes(db, campaign, rows, keys=act.keys)
    retired = [
        {"tag": one.tag, "campaign_id": campaign.id, "reason": "replaced"} for one in invitations
    ]
    db.execute(insert(RetiredTag), retired)
    names = ("tag", "key_number", "issue_number", "counter")
    db.connection().execute(
        update(Invitation)
        .where(Invitation.id == bindparam("which"))
        .values({name: bindparam(f"new_{name}") for name in names})
        .values(state=InvitationState.ACTIVE, issued_at=act.now, listed_at=None),
        [{"which": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows],
    )
    _start_over(db, held, today=act.today)


def revoke(db: Session, campaign: Campaign, invitation_id: UUID, *, reason: str, act: Act) -> None:
    """End the invitation for good; what was submitted stays, unfinished answers go.

    Issuing leaves the person alone from now on. Raises `UnknownInvitation`, `NothingLeftToAnswer` and `ReasonMissing`.
    """
    invitation = _hold(db, campaign, invitation_id, reason)
    held = _active(db, invitation_id)
    if not held:
        raise NothingLeftToAnswer(invitation_id)
    revoked = [AssignmentChange(each, Disposition.REMOVED) for each in held]
    transitions.write(db, {"revoke": revoked}, today=act.today)
    db.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id)
        .values(state=InvitationState.REVOKED)
    )
    facts = {"assignments": len(held)}
    audit.record(
        db,
        act,
        Action.INVITATION_REVOKED,
        campaign_code=campaign.code,
        unit_code=invitation.unit_code,
        facts={"invitation": str(invitation.id), "reason": reason.strip(), **facts},
    )


def _hold(
    db: Session, campaign: Campaign, invitation_id: UUID, reason: str
) -> Row[*tuple[Any, ...]]:
    if not reason.strip():
        raise ReasonMissing
    invitation = db.execute(
        select(Invitation.id, Invitation.tag, Invitation.issue_number, Unit.code.label("unit_code"))
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Invitation.id == invitation_id, Invitation.campaign_id == campaign.id)
        .with_for_update(of=Invitation, key_share=True)
    ).one_or_none()
    if invitation is None:
        raise UnknownInvitation(invitation_id)
    return invitation


def _active(db: Session, invitation_id: UUID) -> list[LockedAssignment]:
    return transitions.lock_all(
        db, Assignment.invitation_id == invitation_id, Assignment.state == AssignmentState.ACTIVE
    )


def _start_over(db: Session, held: Iterable[LockedAssignment], *, today: date) -> None:
    back, kept = [], []
    for each in held:
        if each.disposition in STARTED_OVER:
            fresh = {"begun_on": None, "channel": "none"}
            back.append(AssignmentChange(each, Disposition.NOT_SENT, fresh))
        else:
            kept.append(AssignmentChange(each, each.disposition, {"begun_on": None}))
    transitions.write(db, {"start_over": back, "give_new_code": kept}, today=today)
