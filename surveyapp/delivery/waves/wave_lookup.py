"""One wave of a campaign: to read, or to change in this transaction alone."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.errors import UnknownWave
from surveyapp.delivery.models import Wave


def wave(db: Session, campaign_id: int, wave_id: UUID) -> Wave:
    """One wave of the campaign; raises `UnknownWave`."""
    wave_row = db.scalars(
        select(Wave).where(Wave.id == wave_id, Wave.campaign_id == campaign_id)
    ).one_or_none()
    if wave_row is None:
        raise UnknownWave(wave_id)
    return wave_row


def locked(db: Session, campaign: Campaign, wave_id: UUID) -> Wave:
    """The wave for this transaction alone; raises `UnknownWave`."""
    wave_row = db.scalars(
        select(Wave)
        .where(Wave.id == wave_id, Wave.campaign_id == campaign.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if wave_row is None:
        raise UnknownWave(wave_id)
    return wave_row
