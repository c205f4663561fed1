"""Who may see whom to call: for a reason, for some hours, and what was seen is on record."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign
from surveyapp.followup.errors import NoShift
from surveyapp.followup.models import CallShift
from surveyapp.followup.queries import Choice, ToCall
from surveyapp.followup.rules import SHIFT
from surveyapp.invitations.errors import ReasonMissing

SHORTEST = 10
"""Signs of a reason: a single word explains nothing to whoever reads the trail."""


def open_shift(db: Session, campaign: Campaign, *, reason: str, act: Act) -> CallShift:
    """Let the operator see the list from now on for `SHIFT`. Raises `ReasonMissing`."""
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST:
        raise ReasonMissing
    end_shift(db, campaign.id, act.actor, now=act.now)
    shift = CallShift(
        id=uuid4(),
        campaign_id=campaign.id,
        operator=act.actor,
        reason=reason,
        opened_at=act.now,
        ends_at=min(act.now + SHIFT, campaign.closes_at),
    )
    db.add(shift)
    db.flush()
    facts = {"reason": reason, "until": shift.ends_at}
    audit.record(db, act, Action.CALLS_OPENED, campaign_code=campaign.code, facts=facts)
    return shift


def current(db: Session, campaign: Campaign, operator: str, *, now: datetime) -> CallShift:
    """The operator's shift that is going on; raises `NoShift`, also once collection is over."""
    if not campaign.is_open:
        raise NoShift
    shift = db.scalars(
        select(CallShift)
        .where(
            CallShift.campaign_id == campaign.id,
            CallShift.operator == operator,
            CallShift.opened_at <= now,
            CallShift.ends_at > now,
        )
        .order_by(CallShift.opened_at.desc())
        .limit(1)
    ).one_or_none()
    if shift is None:
        raise NoShift
    return shift


def end_shift(db: Session, campaign_id: int, operator: str, *, now: datetime) -> None:
    """The operator has finished: the list is closed again."""
    db.execute(
        update(CallShift)
        .where(
            CallShift.campaign_id == campaign_id,
            CallShift.operator == operator,
            CallShift.ends_at > now,
        )
        .values(ends_at=now)
    )


def note_seen(
    db: Session,
    campaign: Campaign,
    shift: CallShift,
    *,
    seen: Sequence[ToCall],
    choice: Choice,
    page: int,
    act: Act,
) -> None:
    """Enter which people the operator is being shown, and by which choice."""
    facts = {
        "reason": shift.reason,
        "group": choice.group_code,
        "state": choice.state,
        "page": page,
        "invitations": [str(one.invitation_id) for one in seen],
    }
    audit.record(
        db,
        act,
        Action.CALLS_LISTED,
        campaign_code=campaign.code,
        unit_code=choice.unit_code,
        facts=facts,
    )
