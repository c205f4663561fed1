"""Whom a person can call who has opened no questionnaire yet."""

import pytest
from sqlalchemy import Engine, insert, select, update

from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.db import transaction
from tests import factories


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def two_rounds(engine, now, moment):
    """Two that collect at once, the narrow one of a later year: each with a telephone of its own."""
    with transaction() as db:
        for code, year, phone in (("wide", 2023, "024 1111"), ("pilot", 2025, "024 2222")):
            campaign = factories.campaign(db, now, code=code, opened=True)
            settings = {**campaign.settings, "contact": {"name": {"vi": code}, "phone": phone}}
            db.execute(
                update(Campaign)
                .where(Campaign.id == campaign.id)
                .values(year=year, settings=settings)
            )
        wide = db.scalars(select(Campaign.id).where(Campaign.code == "wide")).one()
        more = {"kind": "province", "name_vi": "Tỉnh", "name_en": "Province", "ranked": True}
        db.execute(insert(Unit), [{"campaign_id": wide, "code": "X", "position": 99, **more}])


def test_of_two_rounds_that_collect_the_wide_one_answers_the_telephone_of_the_front_page(
    two_rounds, client
):
    page = client.get("/").text
    assert "024 1111" in page
    assert "024 2222" not in page


def test_an_official_round_goes_before_a_wider_one(two_rounds, client):
    with transaction() as db:
        db.execute(
            update(Campaign)
            .where(Campaign.code == "pilot")
            .values(official=True, custody="offline")
        )
    assert "024 2222" in client.get("/").text


def test_while_none_collects_the_latest_answers(two_rounds, client, moment):
    with transaction() as db:
        db.execute(update(Campaign).values(state="preparing"))
    assert "024 2222" in client.get("/").text
