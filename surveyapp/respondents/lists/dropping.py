"""Versions that their desk dropped: after a month the file and the names in it go, the numbers stay."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from surveyapp.db import rows_changed
from surveyapp.respondents.models import FINDINGS, LINES, RespondentList
from surveyapp.respondents.states import ListState

KEPT = timedelta(days=30)
"""Long enough for a desk that asks what it had sent; nobody is invited from such a version."""


def forget_dropped(db: Session, *, now: datetime) -> int:
    """Empty every dropped version that was sent longer ago; how many were emptied."""
    dropped = (
        (RespondentList.state == ListState.WITHDRAWN)
        & (RespondentList.staged_at < now - KEPT)
        & (RespondentList.file_name != "")
    )
    ids = select(RespondentList.id).where(dropped)
    db.execute(delete(FINDINGS).where(FINDINGS.c.list_id.in_(ids)))
    db.execute(delete(LINES).where(LINES.c.list_id.in_(ids)))
    emptied = db.execute(
        update(RespondentList)
        .where(dropped)
        .values(file=b"", file_name="", understanding={}, note="", hold_note="")
        .execution_options(synchronize_session=False)
    )
    return rows_changed(emptied)
