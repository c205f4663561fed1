"""A mended list is accepted by its desk and approved, or sent back, by the centre."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.respondents.errors import (
    ListHeld,
    ListInOtherState,
    ListUnfinished,
    NobodyLeft,
    NoteMissing,
    UnknownList,
)
from surveyapp.respondents.lists.corrections.mending import mendable
from surveyapp.respondents.lists.staging import list_facts, supersede
from surveyapp.respondents.models import RespondentList
from surveyapp.respondents.people import form_counts
from surveyapp.respondents.people.reconcile import Reconciled, known_people, places, reconcile
from surveyapp.respondents.states import ListState


def accept(db: Session, list_id: uuid.UUID, *, unit: Unit, act: Act) -> RespondentList:
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
    subject.state, subject.accepted_by, subject.accepted_at = ListState.ACCEPTED, act.actor, act.now
    supersede(db, subject, (ListState.ACCEPTED,))
    db.flush()
    form_counts.recount(db, campaign.id, [list_id])
    audit.record(
        db,
        act,
        Action.LIST_ACCEPTED,
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts=list_facts(subject, checks=subject.check_count, left_out=subject.left_out_count),
    )
    return subject


def withdraw(db: Session, list_id: uuid.UUID, *, unit: Unit, act: Act) -> RespondentList:
    """Before it is approved: an accepted list comes back to be mended, any other is dropped."""
    campaign = db.get_one(Campaign, unit.campaign_id)
    subject = _locked(
        db,
        list_id,
        campaign,
        needed=(ListState.ACCEPTED, ListState.STAGED, ListState.RETURNED),
        unit=unit,
    )
    reopened = subject.state == ListState.ACCEPTED and subject.file_sha256
    subject.state = ListState.STAGED if reopened else ListState.WITHDRAWN
    if reopened:
        subject.accepted_by = subject.accepted_at = None
    db.flush()
    action = Action.LIST_REOPENED if reopened else Action.LIST_WITHDRAWN
    audit.record(
        db, act, action, campaign_code=campaign.code, unit_code=unit.code, facts=list_facts(subject)
    )
    return subject


def return_list(
    db: Session, list_id: uuid.UUID, *, note: str, campaign: Campaign, act: Act
) -> RespondentList:
    """The centre sends an accepted list back with a note. Raises `NoteMissing` without one."""
    if not note.strip():
        raise NoteMissing
    subject = _locked(db, list_id, campaign, needed=(ListState.ACCEPTED,))
    subject.state, subject.note, subject.hold_note = ListState.RETURNED, note.strip(), ""
    subject.decided_by, subject.decided_at = act.actor, act.now
    db.flush()
    unit = db.get_one(Unit, subject.unit_id)
    audit.record(
        db,
        act,
        Action.LIST_RETURNED,
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts=list_facts(subject),
    )
    return subject


def hold(
    db: Session, list_id: uuid.UUID, *, note: str, campaign: Campaign, act: Act
) -> RespondentList:
    """Keep an accepted list from being approved until its review is over (an empty note ends it)."""
    subject = _locked(db, list_id, campaign, needed=(ListState.ACCEPTED,))
    subject.hold_note = note.strip()
    db.flush()
    unit = db.get_one(Unit, subject.unit_id)
    action = Action.LIST_HELD if subject.hold_note else Action.LIST_HOLD_ENDED
    audit.record(
        db, act, action, campaign_code=campaign.code, unit_code=unit.code, facts=list_facts(subject)
    )
    return subject


def approve(db: Session, list_id: uuid.UUID, *, campaign: Campaign, act: Act) -> Reconciled:
    """The lines become the unit's persons of that kind, in place of the version approved before.

    Raises `UnknownList`, `ListInOtherState`, `ListHeld`, `ListUnfinished`.
    """
    subject = _locked(db, list_id, campaign, needed=(ListState.ACCEPTED,))
    if subject.hold_note:
        raise ListHeld(list_id, hold_note=subject.hold_note)
    done = dict(approve_many(db, campaign, list_ids=[list_id], act=act))
    if list_id not in done:
        raise ListUnfinished(list_id, must_count=db.get_one(RespondentList, list_id).must_count)
    return done[list_id]


def approve_many(
    db: Session, campaign: Campaign, *, list_ids: Sequence[uuid.UUID] | None = None, act: Act
) -> Iterator[tuple[uuid.UUID, Reconciled]]:
    """Approve accepted lists without open must findings and not held: those of `list_ids`, or all.

    A generator, unit by unit, so that a caller can show progress; it must be run to its end.
    """
    wanted = select(RespondentList).where(
        RespondentList.campaign_id == campaign.id,
        RespondentList.state == ListState.ACCEPTED,
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
            subject.state, subject.decided_by, subject.decided_at = (
                ListState.APPROVED,
                act.actor,
                act.now,
            )
            supersede(db, subject, (ListState.APPROVED,))
            db.flush()
            form_counts.recount(db, campaign.id, [subject.id])
            audit.record(
                db,
                act,
                Action.LIST_APPROVED,
                campaign_code=campaign.code,
                unit_code=unit.code,
                facts=list_facts(
                    subject, kept=changes.kept, added=changes.added, removed=changes.removed
                ),
            )
            yield subject.id, changes


def _locked(
    db: Session,
    list_id: uuid.UUID,
    campaign: Campaign,
    *,
    needed: Sequence[ListState],
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
