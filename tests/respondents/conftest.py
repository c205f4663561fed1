"""A campaign in preparation, a desk and the centre."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.keys import KeyRing
from tests import factories


@pytest.fixture
def campaign(db: Session, now: datetime) -> Campaign:
    """The tiny campaign, in preparation."""
    return factories.campaign(db, now)


@pytest.fixture
def by_desk(db: Session, campaign: Campaign, now: datetime, keys: KeyRing) -> dict[str, Any]:
    """What the desk of Hà Nội signs what it does with."""
    unit = campaigns.unit(db, campaign.id, "01")
    return {"unit": unit, "act": Act("desk", now, keys)}


@pytest.fixture
def by_centre(campaign: Campaign, now: datetime, keys: KeyRing) -> dict[str, Any]:
    """What the centre signs what it decides with."""
    return {"campaign": campaign, "act": Act("centre", now, keys)}


@pytest.fixture
def stored(campaign: Campaign, now: datetime, keys: KeyRing) -> tuple[Any, ...]:
    """Campaign, moment and keys, as `factories.approved_list` takes them."""
    return campaign, now, keys
