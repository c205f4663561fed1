"""A file becomes a version of a list: lines, cells and findings."""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, ExpectedList, ListKind, Unit
from surveyapp.respondents.errors import ListNotExpected, ListsNoLongerTaken
from surveyapp.respondents.findings import WHOLE_LIST, Line
from surveyapp.respondents.lists import carry_over
from surveyapp.respondents.lists.rechecking import department_ids, derived, recheck, store_findings
from surveyapp.respondents.lists.versions import Kept
from surveyapp.respondents.models import LINES, RespondentList
from surveyapp.respondents.reading.checking import Checked
from surveyapp.respondents.sheet.formats.encodings import RECODED
from surveyapp.respondents.states import CURRENT, MENDABLE, ListState

# What stands until something newer takes its place; the same file again then changes nothing.


def stage(
    db: Session,
    campaign: Campaign,
    unit: Unit,
    kind: ListKind,
    *,
    content: bytes,
    file_name: str,
    act: Act,
    checked: Checked,
) -> RespondentList:
    """Store the file as the next version of the unit's list of that kind, with all findings.

    What the desk had mended, left out or added on the page is carried over to a file sent after it.
    The same file as the latest version returns that version untouched. `checked` is what reading
    the file found, before anybody held a write lock. Raises its refusal, `ListNotExpected`,
    `ListsNoLongerTaken`; nothing is stored then.
    """
    refuse_unasked(db, campaign, unit, kind)
    same = same_file(db, unit, kind, content)
    if same is not None:
        return same
    latest, sha256 = _latest(db, unit, kind), hashlib.sha256(content).hexdigest()
    if checked.refusal is not None:
        raise checked.refusal
    respondent_list = new_version(db, unit, kind, latest, act=act)
    respondent_list.file_name, respondent_list.file_sha256, respondent_list.file = (
        file_name,
        sha256,
        content,
    )
    db.add(respondent_list)
    db.flush()
    last = carry_over.version_before(db, respondent_list)
    before = carry_over.kept_lines(db, last.id) if last else []
    store_checked(db, campaign, unit, respondent_list, checked, before=before)
    record(db, act, Action.LIST_STAGED, respondent_list, campaign=campaign, unit=unit)
    return respondent_list


def store_checked(
    db: Session,
    campaign: Campaign,
    unit: Unit,
    respondent_list: RespondentList,
    checked: Checked,
    *,
    before: Sequence[Kept],
) -> None:
    """The lines and findings of a file as those of its version, with the mends of `before` that still hold."""
    respondent_list.understanding = understanding_of(checked)
    store_lines(db, respondent_list, checked.lines)
    if carry_over.carry_over(db, before, respondent_list):
        recheck(db, campaign, unit, respondent_list)
    else:
        store_findings(db, respondent_list, checked.lines, checked.findings)


def same_file(db: Session, unit: Unit, kind: ListKind, content: bytes) -> RespondentList | None:
    """The latest version of this list, if it still stands and came as exactly this file."""
    latest = _latest(db, unit, kind)
    sha256 = hashlib.sha256(content).hexdigest()
    stands = latest is not None and latest.state in CURRENT and latest.file_sha256 == sha256
    return latest if stands else None


def understanding_of(checked: Checked) -> dict[str, Any]:
    """How the file was read, with what the reader left aside: later checks need both."""
    notices = (
        {code for code, _ in checked.understanding.notices} if checked.understanding else set()
    )
    whole = [f.code for f in checked.findings if f.line == WHOLE_LIST and not f.facts]
    remarks = [code for code in whole if code not in notices]
    if any(f.code == RECODED for f in checked.findings):
        remarks.append(RECODED)
    stored = checked.understanding.to_json() if checked.understanding else {}
    return {**stored, "remarks": remarks, "marks": checked.marks.to_json()}


def declare_nobody(
    db: Session, campaign: Campaign, unit: Unit, kind: ListKind, *, reason: str, act: Act
) -> RespondentList:
    """Declare that the unit has nobody for this list: an accepted version without file or lines."""
    refuse_unasked(db, campaign, unit, kind)
    respondent_list = new_version(db, unit, kind, _latest(db, unit, kind), act=act)
    respondent_list.state, respondent_list.accepted_by, respondent_list.accepted_at = (
        ListState.ACCEPTED,
        act.actor,
        act.now,
    )
    respondent_list.note = reason
    supersede(db, respondent_list, (ListState.ACCEPTED,))
    db.add(respondent_list)
    db.flush()
    record(db, act, Action.LIST_NOBODY_DECLARED, respondent_list, campaign=campaign, unit=unit)
    return respondent_list


def refuse_unasked(db: Session, campaign: Campaign, unit: Unit, kind: ListKind) -> None:
    """Raise `ListNotExpected` or `ListsNoLongerTaken` where no file is wanted."""
    if not campaign.takes_lists:
        raise ListsNoLongerTaken(campaign.code, state=campaign.state)
    if db.get(ExpectedList, (unit.id, kind.id)) is None:
        raise ListNotExpected(unit.code, kind.code)


def _latest(db: Session, unit: Unit, kind: ListKind) -> RespondentList | None:
    # Two uploads at the same moment would both become version n; the unit's row keeps them apart.
    db.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update())
    return db.scalar(
        select(RespondentList)
        .where(RespondentList.unit_id == unit.id, RespondentList.kind_id == kind.id)
        .order_by(RespondentList.version.desc())
        .limit(1)
    )


def new_version(
    db: Session, unit: Unit, kind: ListKind, latest: RespondentList | None, *, act: Act
) -> RespondentList:
    """The version after `latest`, without file and lines; what was being mended gives way to it."""
    respondent_list = RespondentList(
        id=uuid.uuid4(),
        campaign_id=unit.campaign_id,
        unit_id=unit.id,
        kind_id=kind.id,
        version=latest.version + 1 if latest else 1,
        state=ListState.STAGED,
        file_name="",
        file_sha256="",
        file=b"",
        understanding={},
        line_count=0,
        left_out_count=0,
        must_count=0,
        check_count=0,
        staged_by=act.actor,
        staged_at=act.now,
        note="",
    )
    supersede(db, respondent_list, MENDABLE)
    return respondent_list


def supersede(db: Session, respondent_list: RespondentList, states: Sequence[ListState]) -> None:
    """Mark the other versions of this list that are in one of `states` as superseded."""
    db.execute(
        update(RespondentList)
        .where(
            RespondentList.unit_id == respondent_list.unit_id,
            RespondentList.kind_id == respondent_list.kind_id,
            RespondentList.id != respondent_list.id,
            RespondentList.state.in_(states),
        )
        .values(state=ListState.SUPERSEDED)
    )


def store_lines(db: Session, respondent_list: RespondentList, lines: Sequence[Line]) -> None:
    """Write the lines as they were read; findings are the caller's."""
    departments = department_ids(db, respondent_list.campaign_id)
    rows = [
        {
            "list_id": respondent_list.id,
            "line": line.number,
            "cells": dict(line.cells),
            "mends": {},
            "left_out": False,
            **derived(line, departments),
        }
        for line in lines
    ]
    if rows:
        db.execute(insert(LINES), rows)
    respondent_list.line_count = len(rows)


def record(
    db: Session,
    act: Act,
    action: Action,
    respondent_list: RespondentList,
    *,
    campaign: Campaign,
    unit: Unit,
    **more: Any,
) -> None:
    """Enter what was done with a list in the audit trail: ids and counts, never a name."""
    facts = {
        "list": str(respondent_list.id),
        "version": respondent_list.version,
        "lines": respondent_list.line_count,
        **more,
    }
    codes = {"campaign_code": campaign.code, "unit_code": unit.code}
    audit.record(db, act, action, facts=facts, **codes)
