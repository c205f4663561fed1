"""The centre is told when a wave waits and nobody sends it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.db import reading, transaction
from surveyapp.delivery import labels
from surveyapp.delivery.health import worker_watch
from surveyapp.delivery.models import Wave, WorkerSign
from tests.delivery.sending import Sending, emails


@pytest.fixture
def survey(engine, keys, now, tmp_path):
    sending = Sending(keys, now, tmp_path / "outbox")
    sending.invite(*emails(2))
    return sending


def told(wave_id, now):
    with reading() as db:
        campaign_id = db.scalar(select(Wave.campaign_id).where(Wave.id == wave_id))
        return worker_watch.troubles(db, campaign_id, now=now)


def test_a_wave_whose_time_has_come_without_any_worker_is_named(survey):
    wave = survey.wave()
    assert told(wave, survey.now) == []
    (trouble,) = told(wave, survey.now + timedelta(minutes=11))
    assert (trouble.kind, trouble.wave_id, trouble.seen_at) == ("unattended", wave, None)


def test_a_wave_is_named_again_when_its_workers_fall_silent(survey):
    wave = survey.wave()
    survey.work(1)
    seen = survey.now
    with transaction() as db:
        db.get_one(Wave, wave).state = "running"
    assert told(wave, seen + timedelta(minutes=9)) == []
    (trouble,) = told(wave, seen + timedelta(minutes=12))
    assert trouble.seen_at == seen


def test_a_paused_wave_is_named_with_its_reason(survey):
    wave = survey.wave()
    with transaction() as db:
        paused = db.get_one(Wave, wave)
        paused.state, paused.reason = "paused", "canary:email"
    (trouble,) = told(wave, survey.now)
    assert "Tin thử qua kênh thư điện tử không đến" in labels.trouble(trouble)


def test_a_worker_not_seen_for_a_day_is_forgotten(engine, now):
    with transaction() as db:
        worker_watch.sign(db, "yesterday", now=now - timedelta(days=2))
        worker_watch.sign(db, "today", now=now)
        worker_watch.sign(db, "today", now=now + timedelta(seconds=30))
    with reading() as db:
        assert db.scalars(select(WorkerSign.worker)).all() == ["today"]
        assert worker_watch.last_seen(db) == now + timedelta(seconds=30)
