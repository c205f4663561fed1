"""Adding or mending one person of an approved list without a new file: a version that begins as a copy."""

import uuid

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, undefer

from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, ListKind, Unit
from surveyapp.respondents.errors import ListInOtherState, ListsNoLongerTaken, UnknownList
from surveyapp.respondents.lists.rechecking import recheck
from surveyapp.respondents.lists.staging import new_version, record
from surveyapp.respondents.models import ListLine, RespondentList
from surveyapp.respondents.states import MENDABLE, ListState


def amend(db: Session, list_id: uuid.UUID, *, unit: Unit, act: Act) -> RespondentList:
    """The next version as a copy of the approved one, to be mended line by line and confirmed again.

    A version already being mended is returned instead. What was approved stands until the copy is
    approved in turn. Raises `UnknownList`, `ListInOtherState`, `ListsNoLongerTaken`.
    """
    campaign = db.get_one(Campaign, unit.campaign_id)
    if not campaign.takes_lists:
        raise ListsNoLongerTaken(campaign.code, state=campaign.state)
    approved = db.scalar(
        select(RespondentList)
        .where(RespondentList.id == list_id, RespondentList.unit_id == unit.id)
        .options(undefer(RespondentList.file))
        .with_for_update()
    )
    if approved is None:
        raise UnknownList(list_id)
    if approved.state != ListState.APPROVED or not approved.file_sha256:
        raise ListInOtherState(list_id, state=approved.state, needed=(ListState.APPROVED,))
    latest = db.scalars(
        select(RespondentList)
        .where(
            RespondentList.unit_id == unit.id,
            RespondentList.kind_id == approved.kind_id,
            RespondentList.version > approved.version,
        )
        .order_by(RespondentList.version.desc())
    ).first()
    if latest is not None and latest.state in (*MENDABLE, ListState.ACCEPTED):
        return latest
    kind = db.get_one(ListKind, approved.kind_id)
    respondent_list = new_version(db, unit, kind, latest or approved, act=act)
    respondent_list.file_name, respondent_list.file_sha256 = (
        approved.file_name,
        approved.file_sha256,
    )
    respondent_list.file, respondent_list.understanding = approved.file, approved.understanding
    db.add(respondent_list)
    db.flush()
    columns = [c for c in ListLine.__table__.columns if c.name != "list_id"]
    rows = db.execute(select(*columns).where(ListLine.list_id == approved.id)).mappings()
    copies = [{**row, "list_id": respondent_list.id} for row in rows]
    if copies:
        db.execute(insert(ListLine), copies)
    recheck(db, campaign, unit, respondent_list)
    record(db, act, Action.LIST_AMENDED, respondent_list, campaign=campaign, unit=unit)
    return respondent_list
