"""What the centre does with one invitation: give it a new code, or end it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.assignments.count_deltas import Cell, Deltas
from surveyapp.assignments.models import LOCK_ORDER, Assignment, AssignmentEvent
from surveyapp.assignments.rules import STARTED_OVER, Disposition
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.invitations.errors import NothingLeftToAnswer, ReasonMissing, UnknownInvitation
from surveyapp.invitations.issue import give_codes
from surveyapp.invitations.models import Invitation, RetiredTag
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import Person


@dataclass(frozen=True)
class Reissued:
    """A new code stands; the drafts of these assignments can no longer be read: discard them."""

    invitation_id: UUID
    issue_number: int
    assignment_ids: tuple[UUID, ...]


def reissue(
    db: Session,
    campaign: Campaign,
    invitation_id: UUID,
    *,
    reason: str,
    actor: str,
    keys: KeyRing,
    now: datetime,
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
    row = {
        "id": invitation_id,
        "key_number": keys.current,
        "issue_number": invitation.issue_number + 1,
        "counter": 0,
    }
    give_codes(db, campaign, [row], keys=keys)
    db.execute(
        insert(RetiredTag).values(tag=invitation.tag, campaign_id=campaign.id, reason="replaced")
    )
    values = {name: row[name] for name in ("tag", "key_number", "issue_number", "counter")}
    db.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id)
        .values(**values, state="active", issued_at=now, listed_at=None)
    )
    _start_over(db, campaign, held, today=clock.day(now))
    facts = {"issue_number": row["issue_number"]}
    _enter(db, campaign, invitation, "reissued", reason, facts, actor=actor, keys=keys, now=now)
    return Reissued(invitation_id, invitation.issue_number + 1, tuple(each.id for each in held))


def revoke(
    db: Session,
    campaign: Campaign,
    invitation_id: UUID,
    *,
    reason: str,
    actor: str,
    keys: KeyRing,
    now: datetime,
) -> tuple[UUID, ...]:
    """End the invitation for good; what was submitted stays. The assignments taken back.

    Issuing leaves the person alone from now on. Their drafts are no use to anybody: discard them.
    Raises `UnknownInvitation`, `NothingLeftToAnswer` and `ReasonMissing`.
    """
    invitation = _hold(db, campaign, invitation_id, reason)
    held = _active(db, invitation_id)
    if not held:
        raise NothingLeftToAnswer(invitation_id)
    deltas = Deltas()
    for assignment in held:
        deltas.move(_cell(assignment), assignment.disposition, Disposition.REMOVED)
    ids = tuple(assignment.id for assignment in held)
    _update(db, ids, state="revoked", disposition=Disposition.REMOVED)
    _note(db, ids, "revoked", today=clock.day(now))
    deltas.write(db, campaign.id, today=clock.day(now))
    db.execute(update(Invitation).where(Invitation.id == invitation_id).values(state="revoked"))
    facts = {"assignments": len(ids)}
    _enter(db, campaign, invitation, "revoked", reason, facts, actor=actor, keys=keys, now=now)
    return ids


def _hold(
    db: Session, campaign: Campaign, invitation_id: UUID, reason: str
) -> Row[*tuple[Any, ...]]:
    if not reason.strip():
        raise ReasonMissing
    found = db.execute(
        select(Invitation.id, Invitation.tag, Invitation.issue_number, Unit.code.label("unit_code"))
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Invitation.id == invitation_id, Invitation.campaign_id == campaign.id)
        .with_for_update(of=Invitation, key_share=True)
    ).one_or_none()
    if found is None:
        raise UnknownInvitation(invitation_id)
    return found


def _active(db: Session, invitation_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    return list(
        db.execute(
            select(
                Assignment.id,
                Assignment.disposition,
                Assignment.supplying_unit_id,
                Assignment.rated_unit_id,
                Assignment.group_id,
                Assignment.department_id,
                Assignment.channel,
            )
            .where(Assignment.invitation_id == invitation_id, Assignment.state == "active")
            .order_by(*LOCK_ORDER)
            .with_for_update()
        )
    )


def _start_over(
    db: Session, campaign: Campaign, held: Iterable[Row[*tuple[Any, ...]]], *, today: date
) -> None:
    deltas = Deltas()
    back, kept = [], []
    for assignment in held:
        if assignment.disposition in STARTED_OVER:
            before = assignment.disposition
            deltas.move(_cell(assignment), before, Disposition.NOT_SENT, channel="none")
            back.append(assignment.id)
        else:
            kept.append(assignment.id)
    _update(db, back, disposition=Disposition.NOT_SENT, progress="none", channel="none")
    _update(db, kept, progress="none")
    _note(db, [*back, *kept], "reissued", today=today)
    deltas.write(db, campaign.id, today=today)


def _update(db: Session, ids: Iterable[UUID], **values: Any) -> None:
    ids = list(ids)
    if ids:
        db.execute(update(Assignment).where(Assignment.id.in_(ids)).values(**values))


def _note(db: Session, ids: Iterable[UUID], event: str, *, today: date) -> None:
    rows = [
        {"id": uuid4(), "assignment_id": id_, "event": event, "on": today, "note": ""}
        for id_ in ids
    ]
    db.execute(insert(AssignmentEvent), rows)


def _cell(assignment: Row[*tuple[Any, ...]]) -> Cell:
    return Cell(
        assignment.supplying_unit_id,
        assignment.rated_unit_id,
        assignment.group_id,
        assignment.department_id or 0,
        assignment.channel,
    )


def _enter(
    db: Session,
    campaign: Campaign,
    invitation: Row[*tuple[Any, ...]],
    action: str,
    reason: str,
    facts: dict[str, Any],
    *,
    actor: str,
    keys: KeyRing,
    now: datetime,
) -> None:
    audit.record(
        db,
        actor=actor,
        action=f"invitation.{action}",
        campaign_code=campaign.code,
        unit_code=invitation.unit_code,
        facts={"invitation": str(invitation.id), "reason": reason.strip(), **facts},
        now=now,
        keys=keys,
    )
