"""Units on hold: their people get no message until an operator lets them go."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.delivery.models import UnitHold
from surveyapp.invitations.errors import ReasonMissing
from surveyapp.keys import KeyRing


def hold(
    db: Session,
    campaign: Campaign,
    unit: Unit,
    *,
    reason: str,
    actor: str,
    keys: KeyRing,
    now: datetime,
) -> None:
    """Send nothing to the unit's people from now on. Raises `ReasonMissing`."""
    if not reason.strip():
        raise ReasonMissing
    if db.scalar(select(UnitHold.unit_id).where(UnitHold.unit_id == unit.id)) is None:
        db.add(
            UnitHold(
                unit_id=unit.id,
                campaign_id=campaign.id,
                reason=reason.strip(),
                held_by=actor,
                held_at=now,
            )
        )
    _enter(db, campaign, unit, "held", reason.strip(), actor=actor, keys=keys, now=now)


def release(
    db: Session, campaign: Campaign, unit: Unit, *, actor: str, keys: KeyRing, now: datetime
) -> None:
    """Let the unit's people get messages again: those of later waves."""
    db.execute(delete(UnitHold).where(UnitHold.unit_id == unit.id))
    _enter(db, campaign, unit, "released", "", actor=actor, keys=keys, now=now)


def _enter(
    db: Session,
    campaign: Campaign,
    unit: Unit,
    act: str,
    reason: str,
    *,
    actor: str,
    keys: KeyRing,
    now: datetime,
) -> None:
    audit.record(
        db,
        actor=actor,
        action=f"unit.{act}",
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts={"reason": reason},
        now=now,
        keys=keys,
    )
