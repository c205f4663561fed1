"""A reminder of another program: on record with everybody it reached, and decided about once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.delivery.models import Delivery
from surveyapp.delivery.sending import sent_elsewhere
from surveyapp.delivery.waves import counting, exclusions, planning, queue_filling
from surveyapp.delivery.waves.planning import WavePlan
from tests.delivery.sending import Sending, emails


@pytest.fixture
def survey(engine, keys, now, tmp_path):
    return Sending(keys, now, tmp_path)


def test_it_is_kept_with_the_number_that_a_count_would_have_given(survey, monkeypatch):
    monkeypatch.setattr(queue_filling, "BATCH", 2)
    first, *_others = survey.invite(*emails(4), ("", "0912345678"), ("", ""))
    with transaction() as db:
        db.execute(update(Assignment).values(disposition="sent"))
        refused = update(Assignment).where(Assignment.invitation_id == first)
        db.execute(refused.values(disposition="refused"))
    for days in (0, 1):
        at = survey.now + timedelta(days=days)
        plan = WavePlan(kind="reminder_not_started", starts_at=at)
        with reading() as db:
            campaign = campaigns.campaign(db, "tiny")
            expected = planning.count(db, campaign, plan, keys=survey.keys)
        with transaction() as db:
            campaign = campaigns.campaign(db, "tiny")
            act = Act("centre", at, survey.keys)
            wave = sent_elsewhere.record(db, campaign, plan, act=act)
            kept, wave_id = counting.kept(wave), wave.id
        assert kept == expected
        assert (kept.people, kept.recently) == (4, 4 * days)
        with reading() as db:
            sent = select(Delivery.state, Delivery.settled_at).where(Delivery.wave_id == wave_id)
            assert db.execute(sent).all() == [("handed_over", at)] * 4
            assert exclusions.by_reason(db, wave_id) == {"declined": 1, "no_contact": 1}
