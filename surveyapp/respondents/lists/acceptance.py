"""A mended list is accepted by its desk and approved, or sent back, by the centre."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.keys import KeyRing
from surveyapp.respondents.errors import (
    ListHeld,
    ListInOtherState,
    ListUnfinished,
    NobodyLeft,
    NoteMissing,
    UnknownList,
)
from surveyapp.respondents.lists.mending import mendable
from surveyapp.respondents.lists.staging import record, supersede
from surveyapp.respondents.models import RespondentList
from surveyapp.respondents.people import form_counts
from surveyapp.respondents.people.reconcile import Reconciled, known_people, places, reconcile


def accept(
    db: Session,
    list_id: uuid.UUID,
    *,
    unit: Unit,
    actor: str,
    now: datetime,
    keys: KeyRing,
) -> RespondentList:
    """The desk hands the list to the centre; a version accepted earlier gives way to it.

    Raises `ListUnfinished` while a finding that must be mended is open, `NobodyLeft`,
    `ListInOtherState`, `UnknownList`, `ListsNoLongerTaken`.
    """
    # Not checked anew: the desk confirms what it was shown, and each mend was checked when it was made.
    campaign, subject = mendable(db, list_id, unit=unit)
    if subject.must_count:
        raise ListUnfinished(list_id, must_count=subject.must_count)
    if not subject.line_count:
        raise NobodyLeft(list_id)
    subject.state, subject.accepted_by, subject.accepted_at = "accepted", actor, now
    supersede(db, subject, ("accepted",))
    db.flush()
    form_counts.recount(db, campaign.id, [list_id])
    record(
        db,
        "list.accepted",
        campaign,
        unit,
        subject,
        actor=actor,
        now=now,
        keys=keys,
        checks=subject.check_count,
        left_out=subject.left_out_count,
    )
    return subject


def withdraw(
    db: Session,
    list_id: uuid.UUID,
    *,
    unit: Unit,
    actor: str,
    now: datetime,
    keys: KeyRing,
) -> RespondentList:
    """Before it is approved: an accepted list comes back to be mended, any other is dropped."""
    campaign = db.get_one(Campaign, unit.campaign_id)
    subject = _locked(db, list_id, campaign, needed=("accepted", "staged", "returned"), unit=unit)
    reopened = subject.state == "accepted" and subject.file_sha256
    subject.state = "staged" if reopened else "withdrawn"
    if reopened:
        subject.accepted_by = subject.accepted_at = None
    db.flush()
    action = "list.reopened" if reopened else "list.withdrawn"
    record(db, action, campaign, unit, subject, actor=actor, now=now, keys=keys)
    return subject


def return_list(
    db: Session,
    list_id: uuid.UUID,
    *,
    note: str,
    campaign: Campaign,
    actor: str,
    now: datetime,
    keys: KeyRing,
) -> RespondentList:
    """The centre sends an accepted list back with a note. Raises `NoteMissing` without one."""
    if not note.strip():
        raise NoteMissing
    subject = _locked(db, list_id, campaign, needed=("accepted",))
    subject.state, subject.note, subject.hold_note = "returned", note.strip(), ""
    subject.decided_by, subject.decided_at = actor, now
    db.flush()
    unit = db.get_one(Unit, subject.unit_id)
    record(db, "list.returned", campaign, unit, subject, actor=actor, now=now, keys=keys)
    return subject


def hold(
    db: Session,
    list_id: uuid.UUID,
    *,
    note: str,
    campaign: Campaign,
    actor: str,
    now: datetime,
    keys: KeyRing,
) -> RespondentList:
    """Keep an accepted list from being approved until its review is over (an empty note ends it)."""
    subject = _locked(db, list_id, campaign, needed=("accepted",))
    subject.hold_note = note.strip()
    db.flush()
    unit = db.get_one(Unit, subject.unit_id)
    action = "list.held" if subject.hold_note else "list.hold_ended"
    record(db, action, campaign, unit, subject, actor=actor, now=now, keys=keys)
    return subject


def approve(
    db: Session,
    list_id: uuid.UUID,
    *,
    campaign: Campaign,
    actor: str,
    now: datetime,
    keys: KeyRing,
) -> Reconciled:
    """The lines become the unit's persons of that kind, in place of the version approved before.

    Raises `UnknownList`, `ListInOtherState`, `ListHeld`, `ListUnfinished`.
    """
    subject = _locked(db, list_id, campaign, needed=("accepted",))
    if subject.hold_note:
        raise ListHeld(list_id, hold_note=subject.hold_note)
    done = dict(approve_many(db, campaign, list_ids=[list_id], actor=actor, now=now, keys=keys))
    if list_id not in done:
        raise ListUnfinished(list_id, must_count=db.get_one(RespondentList, list_id).must_count)
    return done[list_id]


def approve_many(
    db: Session,
    campaign: Campaign,
    *,
    list_ids: Sequence[uuid.UUID] | None = None,
    actor: str,
    now: datetime,
    keys: KeyRing,
) -> Iterator[tuple[uuid.UUID, Reconciled]]:
    """Approve accepted lists without open must findings and not held: those of `list_ids`, or all.

    A generator, unit by unit, so that a caller can show progress; it must be run to its end.
    """
    wanted = select(RespondentList).where(
        RespondentList.campaign_id == campaign.id,
        RespondentList.state == "accepted",
        RespondentList.must_count == 0,
        RespondentList.hold_note == "",
    )
    if list_ids is not None:
        wanted = wanted.where(RespondentList.id.in_(list_ids))
    wanted = wanted.order_by(RespondentList.unit_id, RespondentList.kind_id).with_for_update()
    subjects = db.scalars(wanted).all()
    for unit_id, of_unit in groupby(subjects, key=lambda subject: subject.unit_id):
        unit = db.get_one(Unit, unit_id)
        people = known_people(db, unit_id)
        for subject in of_unit:
            lines = places(db, subject.id)
            changes = reconcile(db, people, unit, subject.kind_id, list_id=subject.id, lines=lines)
            subject.state, subject.decided_by, subject.decided_at = "approved", actor, now
            supersede(db, subject, ("approved",))
            db.flush()
            form_counts.recount(db, campaign.id, [subject.id])
            record(
                db,
                "list.approved",
                campaign,
                unit,
                subject,
                actor=actor,
                now=now,
                keys=keys,
                kept=changes.kept,
                added=changes.added,
                removed=changes.removed,
            )
            yield subject.id, changes


def _locked(
    db: Session,
    list_id: uuid.UUID,
    campaign: Campaign,
    *,
    needed: Sequence[str],
    unit: Unit | None = None,
) -> RespondentList:
    wanted = select(RespondentList).where(
        RespondentList.id == list_id, RespondentList.campaign_id == campaign.id
    )
    if unit is not None:
        wanted = wanted.where(RespondentList.unit_id == unit.id)
    subject = db.scalar(wanted.with_for_update())
    if subject is None:
        raise UnknownList(list_id)
    if subject.state not in needed:
        raise ListInOtherState(list_id, state=subject.state, needed=needed)
    return subject
