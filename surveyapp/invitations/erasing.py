"""Forgetting the ways in, once a campaign is over."""

import os
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from surveyapp.invitations.models import Handoff, Invitation, RetiredTag


def forget(db: Session, campaign_id: int, *, now: datetime) -> None:
    """No code, link or passed-on code leads to an invitation any more, nor can one be made again."""
    db.execute(delete(RetiredTag).where(RetiredTag.campaign_id == campaign_id))
    db.execute(delete(Handoff).where(Handoff.expires_at <= now))
    _forget_codes(db, campaign_id)


def _forget_codes(db: Session, campaign_id: int) -> None:
    """A random tag in place of each."""
    ids = db.scalars(select(Invitation.id).where(Invitation.campaign_id == campaign_id)).all()
    if ids:
        db.connection().execute(
            update(Invitation)
            .where(Invitation.id == bindparam("forgotten"))
            .values(tag=bindparam("random")),
            [{"forgotten": id_, "random": os.urandom(32)} for id_ in ids],
        )
