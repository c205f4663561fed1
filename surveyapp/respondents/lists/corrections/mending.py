"""The desk mends a staged list: proposals taken, lines written anew, added or left out."""

import uuid
from collections.abc import Mapping

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, ListKind, Unit
from surveyapp.respondents.errors import (
    ListInOtherState,
    ListsNoLongerTaken,
    NothingWritten,
    UnknownLine,
    UnknownList,
)
from surveyapp.respondents.lists.lines import shown
from surveyapp.respondents.lists.rechecking import recheck
from surveyapp.respondents.lists.staging import record
from surveyapp.respondents.models import ListFinding, ListLine, RespondentList
from surveyapp.respondents.states import MENDABLE

LONGEST_CELL = 500
_BATCH = 1000


def mendable(db: Session, list_id: uuid.UUID, *, unit: Unit) -> tuple[Campaign, RespondentList]:
    """The unit's list, locked, while its desk may mend it.

    Raises `UnknownList`, `ListInOtherState`, `ListsNoLongerTaken`.
    """
    campaign = db.get_one(Campaign, unit.campaign_id)
    if not campaign.takes_lists:
        raise ListsNoLongerTaken(campaign.code, state=campaign.state)
    respondent_list = db.scalar(
        select(RespondentList)
        .where(RespondentList.id == list_id, RespondentList.unit_id == unit.id)
        .with_for_update()
    )
    if respondent_list is None:
        raise UnknownList(list_id)
    if not respondent_list.is_mendable:
        raise ListInOtherState(list_id, state=respondent_list.state, needed=MENDABLE)
    return campaign, respondent_list


def _mend(
    db: Session, respondent_list: RespondentList, mends: Mapping[int, Mapping[str, str]]
) -> None:
    """Write cells anew, by line and column. Raises `UnknownLine`."""
    lines = list(mends)
    stored: dict[int, Mapping[str, str]] = {}
    for start in range(0, len(lines), _BATCH):
        rows = db.execute(
            select(ListLine.line, ListLine.mends).where(
                ListLine.list_id == respondent_list.id,
                ListLine.line.in_(lines[start : start + _BATCH]),
            )
        )
        stored |= {row.line: row.mends for row in rows}
    unknown = mends.keys() - stored.keys()
    if unknown:
        raise UnknownLine(respondent_list.id, min(unknown))
    rows_to_write = [
        {
            "list_id": respondent_list.id,
            "line": line,
            "mends": {**stored[line], **cells},
            "left_out": False,
        }
        for line, cells in mends.items()
    ]
    if rows_to_write:
        db.execute(update(ListLine), rows_to_write)


def take_proposal(
    db: Session,
    list_id: uuid.UUID,
    *,
    unit: Unit,
    line: int,
    column: str,
    code: str,
    alike: bool = False,
    act: Act,
) -> int:
    """Put the proposal in place of the cell, or with `alike` every proposal of that column and code.

    Returns how many cells changed: 0 when someone else took it a moment ago.
    """
    campaign, respondent_list = mendable(db, list_id, unit=unit)
    query = select(ListFinding.line, ListFinding.proposal).where(
        ListFinding.list_id == list_id,
        ListFinding.column == column,
        ListFinding.code == code,
        ListFinding.proposal != "",
        ListFinding.line > 0,
    )
    rows = db.execute(query if alike else query.where(ListFinding.line == line)).all()
    _mend(db, respondent_list, {row.line: {column: row.proposal} for row in rows})
    if rows:
        recheck(db, campaign, unit, respondent_list)
        facts = {"column": column, "code": code, "cells": len(rows)}
        record(db, act, Action.LIST_MENDED, respondent_list, campaign=campaign, unit=unit, **facts)
    return len(rows)


def edit_line(
    db: Session,
    list_id: uuid.UUID,
    line: int | None,
    cells: Mapping[str, str],
    *,
    unit: Unit,
    act: Act,
) -> int:
    """Write one line anew, or add one (`line` None) below the sheet; returns its number.

    Columns the list kind does not know are ignored; an unchanged cell is not a mend. Raises
    `NothingWritten` for a new line without a word in it.
    """
    campaign, respondent_list = mendable(db, list_id, unit=unit)
    kind = db.get_one(ListKind, respondent_list.kind_id)
    allowed = {*kind.required, *kind.optional}
    typed = {c: v.strip()[:LONGEST_CELL] for c, v in cells.items() if c in allowed}
    if line is None:
        if not any(typed.values()):
            raise NothingWritten(list_id)
        line = _add_line(db, respondent_list)
    stored = db.get(ListLine, (respondent_list.id, line))
    if stored is None:
        raise UnknownLine(list_id, line)
    changed = {c: v for c, v in typed.items() if v != shown(stored, c)}
    _mend(db, respondent_list, {line: changed})
    recheck(db, campaign, unit, respondent_list)
    record(db, act, Action.LIST_MENDED, respondent_list, campaign=campaign, unit=unit, line=line)
    return line


def _add_line(db: Session, respondent_list: RespondentList) -> int:
    last = (
        db.scalar(select(func.max(ListLine.line)).where(ListLine.list_id == respondent_list.id))
        or 0
    )
    db.add(
        ListLine(
            list_id=respondent_list.id,
            line=last + 1,
            cells={},
            values={},
            mends={},
            left_out=False,
            name_key="",
            department_id=None,
        )
    )
    db.flush()
    return last + 1


def leave_out(
    db: Session, list_id: uuid.UUID, line: int, *, left_out: bool, unit: Unit, act: Act
) -> None:
    """Leave a line out of the list, or take it back in. It stays visible and on record."""
    campaign, respondent_list = mendable(db, list_id, unit=unit)
    stored = db.get(ListLine, (respondent_list.id, line))
    if stored is None:
        raise UnknownLine(list_id, line)
    stored.left_out = left_out
    db.flush()
    recheck(db, campaign, unit, respondent_list)
    action = Action.LIST_LINE_LEFT_OUT if left_out else Action.LIST_LINE_TAKEN_BACK
    record(db, act, action, respondent_list, campaign=campaign, unit=unit, line=line)
