"""Issuing: batch by batch, invitations and assignments are brought to what the lists say."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments import transitions
from surveyapp.assignments.models import Assignment, AssignmentEvent
from surveyapp.assignments.plan import Form, LockedAssignment, Plan, reconcile
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.assignments.transitions import AssignmentChange
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import WrongState
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import TAKING_LISTS
from surveyapp.invitations.credentials import codes
from surveyapp.invitations.issuing import outstanding
from surveyapp.invitations.models import Invitation, RetiredTag
from surveyapp.invitations.states import InvitationState
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import Person

BATCH = 1000
_LOCK = 0x4953_5355  # with the campaign's id: one batch of a campaign at a time


@dataclass(frozen=True)
class IssueProgress:
    """One batch: people dealt with, assignments created and revoked, people that remain."""

    done: int
    created: int
    revoked: int
    remaining: int


@dataclass
class _Batch:
    """Everything one batch is going to write."""

    campaign: Campaign
    instruments: Mapping[int, int]
    now: datetime
    invitations: list[dict[str, Any]] = field(default_factory=list)
    invitation_changes: list[dict[str, Any]] = field(default_factory=list)
    assignments: list[dict[str, Any]] = field(default_factory=list)
    taken_off: list[AssignmentChange] = field(default_factory=list)
    restored: list[AssignmentChange] = field(default_factory=list)
    moved: list[AssignmentChange] = field(default_factory=list)

    @property
    def today(self) -> date:
        return clock.day(self.now)


def issue(
    db: Session, campaign: Campaign, *, keys: KeyRing, now: datetime, limit: int = BATCH
) -> IssueProgress:
    """Reconcile up to `limit` people; call again, each time in a transaction, until none remain.

    New people get an invitation, new entries assignments, removed ones lose what they have not
    submitted. Repeating it changes nothing; a crash loses one batch; two operators take turns.
    Raises `WrongState` once collection is over.
    """
    if not campaign.takes_lists:
        raise WrongState(
            campaign.code,
            state=campaign.state,
            needed=TAKING_LISTS,
        )
    if db.get_bind().dialect.name == "postgresql":
        db.execute(
            text("select pg_advisory_xact_lock(:survey, :campaign)"),
            {"survey": _LOCK, "campaign": campaign.id},
        )
    people = outstanding.next_people(db, campaign, limit=limit)
    batch = reconcile_people(db, campaign, people, keys=keys, now=now)
    live = sum(row["disposition"] == Disposition.NOT_SENT for row in batch.assignments)
    return IssueProgress(
        done=len(people),
        created=live + len(batch.restored),
        revoked=len(batch.taken_off),
        remaining=outstanding.count(db, campaign),
    )


def reconcile_people(
    db: Session,
    campaign: Campaign,
    people: Sequence[UUID],
    *,
    keys: KeyRing,
    now: datetime,
) -> _Batch:
    """Write what the lists ask for these people, in a dozen statements however many they are."""
    groups = campaigns.groups(db, campaign.id)
    batch = _Batch(campaign, {group.id: group.instrument_id for group in groups}, now)
    if not people:
        return batch
    second_form_allowed = campaign.settings.get("second_form_on_same_unit") == "both"
    wanted_by = outstanding.wanted_forms(db, people)
    units = _units(db, people)
    invitations = _invitations(db, people)
    standing = _standing(db, [row.id for row in invitations.values()])
    sent = _sent(
        db, [a.id for rows in standing.values() for a in rows if a.state == AssignmentState.REVOKED]
    )
    fresh: list[tuple[UUID, UUID]] = []
    for person_id in people:
        invitation = invitations.get(person_id)
        kept = standing.get(invitation.id, []) if invitation else []
        ended = invitation is not None and invitation.state == InvitationState.REVOKED
        asked_forms = {} if ended else wanted_by.get(person_id, {})
        plan = reconcile(asked_forms, kept, second_form_allowed=second_form_allowed)
        if invitation is None:
            invitation_id = uuid.uuid4()
            if plan.create:
                fresh.append((invitation_id, person_id))
        else:
            invitation_id = invitation.id
            _settle_invitation(batch, invitation, plan)
        _settle_assignments(batch, invitation_id, units[person_id], kept, plan, sent)
    batch.invitations = _with_codes(db, campaign, fresh, keys=keys, now=now)
    _write(db, batch)
    return batch


def _units(db: Session, people: Sequence[UUID]) -> dict[UUID, int]:
    """The unit that lists each person."""
    rows = db.execute(select(Person.id, Person.unit_id).where(Person.id.in_(people)))
    return {row.id: row.unit_id for row in rows}


def _invitations(db: Session, people: Sequence[UUID]) -> dict[UUID, Row[*tuple[Any, ...]]]:
    rows = db.execute(
        select(Invitation.id, Invitation.person_id, Invitation.state)
        .where(Invitation.person_id.in_(people))
        .order_by(Invitation.id)
        .with_for_update(key_share=True)
    )
    return {row.person_id: row for row in rows}


def _standing(db: Session, invitation_ids: Sequence[UUID]) -> dict[UUID, list[LockedAssignment]]:
    assignments: dict[UUID, list[LockedAssignment]] = {}
    if invitation_ids:
        for each in transitions.lock_all(db, Assignment.invitation_id.in_(invitation_ids)):
            assignments.setdefault(each.invitation_id, []).append(each)
    return assignments


def _sent(db: Session, assignment_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the revoked assignments that had been sent before."""
    if not assignment_ids:
        return set()
    return set(
        db.scalars(
            select(AssignmentEvent.assignment_id).where(
                AssignmentEvent.assignment_id.in_(assignment_ids), AssignmentEvent.event == "sent"
            )
        )
    )


def _settle_invitation(batch: _Batch, invitation: Row[*tuple[Any, ...]], plan: Plan) -> None:
    if invitation.state == InvitationState.REVOKED:
        return
    state = InvitationState.ACTIVE if plan.has_forms else InvitationState.LAPSED
    if state != invitation.state or plan.create or plan.restore:
        batch.invitation_changes.append({"which": invitation.id, "new_state": state})


def _settle_assignments(
    batch: _Batch,
    invitation_id: UUID,
    unit_id: int,
    standing: Sequence[LockedAssignment],
    plan: Plan,
    sent: set[UUID],
) -> None:
    number = max((assignment.number for assignment in standing), default=0)
    for forms, disposition in (
        (plan.create, Disposition.NOT_SENT),
        (plan.create_duplicates, Disposition.DUPLICATE),
    ):
        for form, department_id in forms.items():
            number += 1
            row = _new_assignment(batch, form, disposition)
            row |= {"invitation_id": invitation_id, "number": number}
            row |= {"supplying_unit_id": unit_id, "department_id": department_id}
            row["second_form"] = disposition == Disposition.NOT_SENT and form in plan.second
            batch.assignments.append(row)
    moved = {assignment.id: department for assignment, department in plan.move}

    def change(assignment: LockedAssignment, disposition: str, **values: Any) -> AssignmentChange:
        if assignment.id in moved:
            values["department_id"] = moved.pop(assignment.id)
        return AssignmentChange(assignment, disposition, values, note=str(disposition))

    for assignment, reason in plan.revoke:
        batch.taken_off.append(change(assignment, reason))
    for assignment in plan.restore:
        again = (
            Disposition.BEGUN
            if assignment.begun_on is not None
            else Disposition.SENT
            if assignment.id in sent
            else Disposition.NOT_SENT
        )
        second = assignment.form in plan.second
        batch.restored.append(change(assignment, again, second_form=second))
    for assignment, _ in plan.move:
        if assignment.id in moved:
            batch.moved.append(change(assignment, assignment.disposition))


def _new_assignment(batch: _Batch, form: Form, disposition: Disposition) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "group_id": form.group_id,
        "instrument_id": batch.instruments[form.group_id],
        "rated_unit_id": form.rated_unit_id,
        "disposition": disposition,
    }


def _with_codes(
    db: Session,
    campaign: Campaign,
    people: Sequence[tuple[UUID, UUID]],
    *,
    keys: KeyRing,
    now: datetime,
) -> list[dict[str, Any]]:
    """Rows of new invitations, each with a code that no other invitation has or had."""
    rows = []
    for invitation_id, person_id in people:
        rows.append(
            {
                "id": invitation_id,
                "campaign_id": campaign.id,
                "person_id": person_id,
                "key_number": keys.current,
                "issue_number": 1,
                "counter": 0,
                "state": InvitationState.ACTIVE,
                "issued_at": now,
                "listed_at": None,
            }
        )
    give_codes(db, campaign, rows, keys=keys)
    return rows


def give_codes(
    db: Session, campaign: Campaign, invitations: Sequence[dict[str, Any]], *, keys: KeyRing
) -> None:
    """Set `tag` and `counter` of each row, stepping over codes that are taken under any key."""
    waiting = list(invitations)
    given: set[bytes] = set()
    while waiting:
        chosen: list[tuple[dict[str, Any], list[bytes]]] = []
        for row in waiting:
            code, row["counter"] = codes.choose_code(
                keys,
                campaign_code=campaign.code,
                invitation_id=row["id"],
                issue_number=row["issue_number"],
                key_number=row["key_number"],
                counter=row["counter"],
            )
            row["tag"] = codes.tag(keys, code, row["key_number"])
            chosen.append((row, codes.tags(keys, code)))
        taken = given | _taken(db, [tag for _, tags in chosen for tag in tags])
        waiting = []
        for row, tags in chosen:
            if taken.isdisjoint(tags):
                given.update(tags)
                taken.update(tags)
            else:
                row["counter"] += 1
                waiting.append(row)


def _taken(db: Session, tags: Sequence[bytes]) -> set[bytes]:
    live = set(db.scalars(select(Invitation.tag).where(Invitation.tag.in_(tags))))
    return live | set(db.scalars(select(RetiredTag.tag).where(RetiredTag.tag.in_(tags))))


def _write(db: Session, batch: _Batch) -> None:
    """Revocations first: the place on a rated unit must be free before another form takes it."""
    if batch.invitations:
        db.execute(insert(Invitation), batch.invitations)
    if batch.invitation_changes:
        db.connection().execute(
            update(Invitation)
            .where(Invitation.id == bindparam("which"))
            .values(state=bindparam("new_state"), listed_at=None),
            batch.invitation_changes,
        )
    changes = {
        "take_off": batch.taken_off,
        "restore": batch.restored,
        "count_elsewhere": batch.moved,
    }
    transitions.write(db, changes, today=batch.today)
    transitions.create(db, batch.campaign.id, batch.assignments, today=batch.today)
