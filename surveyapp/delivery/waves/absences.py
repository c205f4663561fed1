"""People who are away: left alone until a day, by reminders and callers alike."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.bulk_transitions import move_forms
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.models import CallHold


def leave_alone(
    db: Session, campaign: Campaign, invitation_id: UUID, *, until: date, today: date
) -> None:
    """No reminder before `until`; away until collection is over counts as unavailable (AAPOR 2.26)."""
    for_good = until >= clock.day(campaign.closes_at)
    db.execute(
        insert(CallHold).values(
            invitation_id=invitation_id, campaign_id=campaign.id, until=until, for_good=for_good
        )
    )
    if for_good:
        unavailable = Disposition.UNAVAILABLE
        ids = [invitation_id]
        move_forms(db, campaign.id, ids, "set_aside", after=unavailable, today=today)


def lift(db: Session, *, now: datetime) -> int:
    """Let go the people whose day has come, in every campaign. How many.

    Reminders go by the day itself and wait for nobody; this puts right what counts as unavailable
    because collection was to end earlier than it does.
    """
    today = clock.day(now)
    over = db.execute(
        select(CallHold.campaign_id, CallHold.invitation_id, CallHold.for_good).where(
            CallHold.until <= today
        )
    ).all()
    if not over:
        return 0
    db.execute(delete(CallHold).where(CallHold.until <= today))
    back: dict[int, list[UUID]] = {}
    for campaign_id, invitation_id, for_good in over:
        if for_good:
            back.setdefault(campaign_id, []).append(invitation_id)
    for campaign_id, ids in back.items():
        _come_back(db, campaign_id, ids, today=today)
    return len(over)


def end(db: Session, campaign_id: int, invitation_id: UUID, *, today: date) -> None:
    """Whoever was away was called all the same: what comes of this call counts from now on."""
    of_person = CallHold.invitation_id == invitation_id
    if db.scalar(select(CallHold.for_good).where(of_person)):
        _come_back(db, campaign_id, [invitation_id], today=today)
    db.execute(delete(CallHold).where(of_person))


def _come_back(db: Session, campaign_id: int, ids: Sequence[UUID], *, today: date) -> None:
    """Forms that counted as unavailable are asked for again."""
    for after, begun in ((Disposition.SENT, False), (Disposition.BEGUN, True)):
        move_forms(db, campaign_id, ids, "come_back", after=after, today=today, begun=begun)
