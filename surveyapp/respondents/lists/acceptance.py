"""A mended list is accepted by its desk and approved, or sent back, by the centre."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

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
from surveyapp.respondents.lists.staging import record, supersede
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
    campaign, respondent_list = mendable(db, list_id, unit=unit)
    if respondent_list.must_count:
        raise ListUnfinished(list_id, must_count=respondent_list.must_count)
    if not respondent_list.line_count:
        raise NobodyLeft(list_id)
    respondent_list.state, respondent_list.accepted_by, respondent_list.accepted_at = (
        ListState.ACCEPTED,
        act.actor,
        act.now,
    )
    supersede(db, respondent_list, (ListState.ACCEPTED,))
    db.flush()
    form_counts.recount(db, campaign.id, [list_id])
    record(
        db,
        act,
        Action.LIST_ACCEPTED,
        respondent_list,
        campaign=campaign,
        unit=unit,
        checks=respondent_list.check_count,
        left_out=respondent_list.left_out_count,
    )
    return respondent_list


def withdraw(db: Session, list_id: uuid.UUID, *, unit: Unit, act: Act) -> RespondentList:
    """Before it is approved: an accepted list comes back to be mended, any other is dropped."""
    campaign = db.get_one(Campaign, unit.campaign_id)
    respondent_list = _locked(
        db,
        list_id,
        campaign,
        needed=(ListState.ACCEPTED, ListState.STAGED, ListState.RETURNED),
        unit=unit,
    )
    reopened = respondent_list.state == ListState.ACCEPTED and respondent_list.file_sha256
    respondent_list.state = ListState.STAGED if reopened else ListState.WITHDRAWN
    if reopened:
        respondent_list.accepted_by = respondent_list.accepted_at = None
    db.flush()
    action = Action.LIST_REOPENED if reopened else Action.LIST_WITHDRAWN
    record(db, act, action, respondent_list, campaign=campaign, unit=unit)
    return respondent_list


def return_list(
    db: Session, list_id: uuid.UUID, *, note: str, campaign: Campaign, act: Act
) -> RespondentList:
    """The centre sends an accepted list back with a note. Raises `NoteMissing` without one."""
    if not note.strip():
        raise NoteMissing
    respondent_list = _locked(db, list_id, campaign, needed=(ListState.ACCEPTED,))
    respondent_list.state, respondent_list.note, respondent_list.hold_note = (
        ListState.RETURNED,
        note.strip(),
        "",
    )
    respondent_list.decided_by, respondent_list.decided_at = act.actor, act.now
    db.flush()
    unit = db.get_one(Unit, respondent_list.unit_id)
    record(db, act, Action.LIST_RETURNED, respondent_list, campaign=campaign, unit=unit)
    return respondent_list


def hold(
    db: Session, list_id: uuid.UUID, *, note: str, campaign: Campaign, act: Act
) -> RespondentList:
    """Keep an accepted list from being approved until its review is over (an empty note ends it)."""
    respondent_list = _locked(db, list_id, campaign, needed=(ListState.ACCEPTED,))
    respondent_list.hold_note = note.strip()
    db.flush()
    unit = db.get_one(Unit, respondent_list.unit_id)
    action = Action.LIST_HELD if respondent_list.hold_note else Action.LIST_HOLD_ENDED
    record(db, act, action, respondent_list, campaign=campaign, unit=unit)
    return respondent_list


def approve(db: Session, list_id: uuid.UUID, *, campaign: Campaign, act: Act) -> Reconciled:
    """The lines become the unit's persons of that kind, in place of the version approved before.

    Raises `UnknownList`, `ListInOtherState`, `ListHeld`, `ListUnfinished`.
    """
    respondent_list = _locked(db, list_id, campaign, needed=(ListState.ACCEPTED,))
    if respondent_list.hold_note:
        raise ListHeld(list_id, hold_note=respondent_list.hold_note)
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
    query = select(RespondentList).where(
        RespondentList.campaign_id == campaign.id,
        RespondentList.state == ListState.ACCEPTED,
        RespondentList.must_count == 0,
        RespondentList.hold_note == "",
    )
    if list_ids is not None:
        query = query.where(RespondentList.id.in_(list_ids))
    query = query.order_by(RespondentList.unit_id, RespondentList.kind_id).with_for_update()
    respondent_lists = db.scalars(query).all()
    for unit_id, of_unit in groupby(
        respondent_lists, key=lambda respondent_list: respondent_list.unit_id
    ):
        unit = db.get_one(Unit, unit_id)
        people = known_people(db, unit_id)
        for respondent_list in of_unit:
            lines = places(db, respondent_list.id)
            changes = reconcile(
                db, people, unit, respondent_list.kind_id, list_id=respondent_list.id, lines=lines
            )
            respondent_list.state, respondent_list.decided_by, respondent_list.decided_at = (
                ListState.APPROVED,
                act.actor,
                act.now,
            )
            supersede(db, respondent_list, (ListState.APPROVED,))
            db.flush()
            form_counts.recount(db, campaign.id, [respondent_list.id])
            record(
                db,
                act,
                Action.LIST_APPROVED,
                respondent_list,
                campaign=campaign,
                unit=unit,
                kept=changes.kept,
                added=changes.added,
                removed=changes.removed,
            )
            yield respondent_list.id, changes


def _locked(
    db: Session,
    list_id: uuid.UUID,
    campaign: Campaign,
    *,
    needed: Sequence[ListState],
    unit: Unit | None = None,
) -> RespondentList:
    query = select(RespondentList).where(
        RespondentList.id == list_id, RespondentList.campaign_id == campaign.id
    )
    if unit is not None:
        query = query.where(RespondentList.unit_id == unit.id)
    respondent_list = db.scalar(query.with_for_update())
    if respondent_list is None:
        raise UnknownList(list_id)
    if respondent_list.state not in needed:
        raise ListInOtherState(list_id, state=respondent_list.state, needed=needed)
    return respondent_list
