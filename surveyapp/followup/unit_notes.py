"""Notes of the centre about a unit: of its desk and its work, never of what a person said."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.followup.models import UnitNote

LONGEST = 1000


def write(db: Session, campaign: Campaign, unit: Unit, text: str, *, act: Act) -> UnitNote:
    """Keep a note, of at most a thousand characters."""
    note = UnitNote(
        id=uuid4(),
        campaign_id=campaign.id,
        unit_id=unit.id,
        text=text.strip()[:LONGEST],
        written_by=act.actor,
        written_at=act.now,
    )
    db.add(note)
    audit.record(
        db,
        act,
        Action.UNIT_NOTED,
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts={"note": str(note.id)},
    )
    return note


def of_unit(db: Session, unit_id: int) -> Sequence[UnitNote]:
    """The notes about a unit, the latest first."""
    query = select(UnitNote).where(UnitNote.unit_id == unit_id)
    return db.scalars(query.order_by(UnitNote.written_at.desc())).all()
