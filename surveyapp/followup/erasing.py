"""Forgetting whom operators were calling, once a campaign is over."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveyapp.followup.models import CallLease
from surveyapp.invitations.models import Invitation


def forget(db: Session, campaign_id: int) -> None:
    """Nobody has anybody in hand any more; the results of calls stay, under invitations of nobody."""
    invitations = select(Invitation.id).where(Invitation.campaign_id == campaign_id)
    db.execute(delete(CallLease).where(CallLease.invitation_id.in_(invitations)))
