"""From one version of a list to the next: mends that still hold, and what became different."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.respondents.lists.versions import Changes, Kept, carried_over, compared
from surveyapp.respondents.models import ListLine, RespondentList
from surveyapp.respondents.states import ListState


def version_before(db: Session, respondent_list: RespondentList) -> RespondentList | None:
    """The latest version before this one that came as a file and was not dropped."""
    return db.scalar(
        select(RespondentList)
        .where(
            RespondentList.unit_id == respondent_list.unit_id,
            RespondentList.kind_id == respondent_list.kind_id,
            RespondentList.version < respondent_list.version,
            RespondentList.file_sha256 != "",
            RespondentList.state != ListState.WITHDRAWN,
        )
        .order_by(RespondentList.version.desc())
        .limit(1)
    )


def kept_lines(db: Session, list_id: uuid.UUID) -> list[Kept]:
    """Every line of a version in the order of the sheet."""
    rows = db.execute(
        select(
            ListLine.line,
            ListLine.cells,
            ListLine.values,
            ListLine.name_key,
            ListLine.mends,
            ListLine.left_out,
        )
        .where(ListLine.list_id == list_id)
        .order_by(ListLine.line)
    )
    return [Kept(*row) for row in rows]


def carry_over(db: Session, before: Sequence[Kept], respondent_list: RespondentList) -> int:
    """Write what the desk did on the earlier version and still holds; how many lines it touches.

    The caller checks the list anew.
    """
    if not any(kept.mends or kept.left_out for kept in before):
        return 0
    holding = carried_over(before, kept_lines(db, respondent_list.id))
    changes = [
        {
            "list_id": respondent_list.id,
            "line": line,
            "mends": dict(holding.mends.get(line, {})),
            "left_out": line in holding.left_out,
        }
        for line in sorted(holding.mends.keys() | holding.left_out)
    ]
    if changes:
        db.execute(update(ListLine), changes)
    last = (
        db.scalar(select(func.max(ListLine.line)).where(ListLine.list_id == respondent_list.id))
        or 0
    )
    added = [
        {
            "list_id": respondent_list.id,
            "line": line,
            "cells": {},
            "mends": dict(mends),
            "values": {},
            "left_out": False,
            "name_key": "",
            "department_id": None,
        }
        for line, mends in enumerate(holding.added, start=last + 1)
    ]
    if added:
        db.execute(insert(ListLine), added)
    db.expire_all()
    return len(changes) + len(added)


def changes_between(db: Session, before_id: uuid.UUID, list_id: uuid.UUID) -> Changes:
    """Who came, whose line says something else, who went from one version to another."""
    return compared(kept_lines(db, before_id), kept_lines(db, list_id))


def replaced_by(db: Session, respondent_list: RespondentList) -> RespondentList | None:
    """What approving the version would replace: the approved one; without one, the file before it."""
    approved = db.scalar(
        select(RespondentList)
        .where(
            RespondentList.unit_id == respondent_list.unit_id,
            RespondentList.kind_id == respondent_list.kind_id,
            RespondentList.version < respondent_list.version,
            RespondentList.state == ListState.APPROVED,
        )
        .order_by(RespondentList.version.desc())
        .limit(1)
    )
    return approved or version_before(db, respondent_list)


@dataclass(frozen=True, slots=True)
class Summary:
    """How many came, changed and went from that version on, as the lines stand now."""

    version: int
    added: int
    changed: int
    removed: int


def summary(db: Session, respondent_list: RespondentList) -> Summary | None:
    """What is different from the version it would replace; None for the first one."""
    before = replaced_by(db, respondent_list)
    if before is None:
        return None
    changes = changes_between(db, before.id, respondent_list.id)
    return Summary(before.version, len(changes.added), len(changes.changed), len(changes.removed))


def removes_somebody(db: Session, campaign_id: int, *, list_id: uuid.UUID | None = None) -> bool:
    """Approving the accepted lists of the campaign, or this one of them, takes somebody out."""
    accepted = select(RespondentList).where(
        RespondentList.campaign_id == campaign_id, RespondentList.state == ListState.ACCEPTED
    )
    if list_id is not None:
        accepted = accepted.where(RespondentList.id == list_id)
    summaries = (summary(db, one) for one in db.scalars(accepted))
    return any(one is not None and one.removed for one in summaries)
