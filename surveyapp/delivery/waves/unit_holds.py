"""Units on hold: their people get no message until an operator lets them go."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.delivery.models import UnitHold
from surveyapp.invitations.errors import ReasonMissing


def hold(db: Session, campaign: Campaign, unit: Unit, *, reason: str, act: Act) -> None:
    """Send nothing to the unit's people from now on. Raises `ReasonMissing`."""
    if not reason.strip():
        raise ReasonMissing
    if db.scalar(select(UnitHold.unit_id).where(UnitHold.unit_id == unit.id)) is None:
        db.add(
            UnitHold(
                unit_id=unit.id,
                campaign_id=campaign.id,
                reason=reason.strip(),
                held_by=act.actor,
                held_at=act.now,
            )
        )
    audit.record(
        db,
        act,
        Action.UNIT_HELD,
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts={"reason": reason.strip()},
    )


def release(db: Session, campaign: Campaign, unit: Unit, *, act: Act) -> None:
    """Let the unit's people get messages again: those of later waves."""
    db.execute(delete(UnitHold).where(UnitHold.unit_id == unit.id))
    audit.record(
        db,
        act,
        Action.UNIT_RELEASED,
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts={"reason": ""},
    )


def of_unit(db: Session, unit_id: int) -> UnitHold | None:
    """The hold under which the unit is, if any."""
    return db.scalar(select(UnitHold).where(UnitHold.unit_id == unit_id))
