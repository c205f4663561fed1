"""A campaign's states, and what is asked of them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import CampaignState
from tests import factories

QUESTIONS = ("takes_lists", "is_preparing", "is_open", "is_closed", "is_box_opened", "is_released")


@pytest.mark.parametrize(
    ("state", "answered_yes"),
    [
        (CampaignState.PREPARING, {"takes_lists", "is_preparing"}),
        (CampaignState.OPEN, {"takes_lists", "is_open"}),
        (CampaignState.CLOSED, {"is_closed"}),
        (CampaignState.OPENED, {"is_box_opened"}),
        (CampaignState.RELEASED, {"is_box_opened", "is_released"}),
    ],
)
def test_each_state_answers_every_question(state, answered_yes):
    campaign = Campaign(state=state)
    assert {question for question in QUESTIONS if getattr(campaign, question)} == answered_yes


@pytest.mark.parametrize(
    ("state", "hours", "collects"),
    [
        (CampaignState.OPEN, 0, True),
        (CampaignState.OPEN, -1, False),
        (CampaignState.OPEN, 24, False),
        (CampaignState.CLOSED, 1, False),
        (CampaignState.PREPARING, 1, False),
    ],
)
def test_answers_are_taken_in_the_window_of_an_open_campaign(now, state, hours, collects):
    campaign = Campaign(state=state, opens_at=now, closes_at=now + timedelta(hours=24))
    assert campaign.is_collecting(now + timedelta(hours=hours)) is collects


def test_a_state_is_stored_by_its_letters_and_read_as_its_member(db, now):
    campaign = factories.campaign(db, now)
    db.flush()
    assert db.execute(text("select state from campaign")).scalar_one() == "preparing"
    stored_state = db.scalar(select(Campaign.state).where(Campaign.id == campaign.id))
    assert stored_state is CampaignState.PREPARING
