"""A wave by Zalo: approved templates, text messages where Zalo does not reach, signed events that say it arrived."""

import hashlib
import json

import pytest
from sqlalchemy import select

from surveyapp.config import Settings
from surveyapp.db import transaction
from surveyapp.delivery.models import Delivery
from surveyapp.delivery.returned import provider_reports
from surveyapp.messaging import registry
from tests.delivery.sending import Sending
from tests.messaging import zaloserver
from tests.messaging.test_zalo import account_file


@pytest.fixture
def service():
    with zaloserver.running() as state:
        yield state


@pytest.fixture
def survey(engine, keys, now, tmp_path, service):
    survey = Sending(keys, now, tmp_path / "outbox")
    settings = Settings(instance=tmp_path, zalo=account_file(service, tmp_path))
    survey.post.transports["zalo"] = registry.BY_CODE["zalo"].open(settings)
    return survey


def test_who_has_zalo_gets_a_notification_and_who_has_not_a_text(survey, service):
    with_zalo, without = survey.invite(("", "0912345670"), ("", "0912345678"))
    wave = survey.wave(channels=("zalo", "sms"))
    survey.work(3)
    (sent,) = service.sent
    assert sent["phone"] == "84912345670"
    assert "/t/" in sent["template_data"]["lien_ket"]
    assert survey.sms.recipients == ["+84912345678"]
    assert survey.states(wave) == {"handed_over": 2, "failed refused -118": 1}
    assert survey.dispositions(with_zalo) == survey.dispositions(without) == {"sent"}


def test_quota_that_is_used_up_rests_zalo_and_costs_nobody_an_attempt(survey):
    survey.invite(("", "0912345676"))
    wave = survey.wave(channels=("zalo", "sms"))
    survey.work(2)
    assert survey.states(wave) == {"queued sender_refused -144": 1}
    with transaction() as db:
        assert db.scalars(select(Delivery.attempts)).one() == 0


def test_an_event_says_that_the_notification_arrived(survey, tmp_path):
    survey.invite(("", "0912345670"))
    wave = survey.wave(channels=("zalo",))
    survey.work(2)
    event = {"event_name": "user_received_message", "message": {"msg_id": "msg1"}}
    with transaction() as db:
        became = provider_reports.take_receipt(
            db,
            event,
            channel="zalo",
            settings=Settings(instance=tmp_path),
            keys=survey.keys,
            now=survey.now,
        )
    assert became == "delivered"
    assert survey.states(wave) == {"delivered": 1}


def test_every_channel_answers_the_same_questions():
    for kind in registry.KINDS:
        assert kind.code and str(kind.label)
        assert kind.is_sent_by_worker == (kind.compose is not None)
        assert not (kind.reports_by_reference and kind.receipt is None)
    assert len(registry.BY_CODE) == len(registry.KINDS)


def test_a_signed_event_comes_in_by_its_address_and_an_unsigned_one_finds_nothing(
    survey, service, settings, keys, engine, tmp_path
):
    from dataclasses import replace

    from surveyapp import create_app

    survey.invite(("", "0912345670"))
    wave = survey.wave(channels=("zalo",))
    survey.work(2)
    told = replace(settings, zalo=account_file(service, tmp_path))
    client = create_app(told, keys=keys, engine=engine).test_client()
    event = {"event_name": "user_received_message", "timestamp": "1", "message": {"msg_id": "msg1"}}
    body = json.dumps(event).encode()
    mac = hashlib.sha256(b"4001" + body + b"1" + b"oa-secret-1").hexdigest()
    given = {"Content-Type": "application/json", "X-ZEvent-Signature": "mac=wrong"}
    address = "/api/v1/delivery/signed/zalo"
    assert client.post(address, data=body, headers=given).status_code == 404
    given["X-ZEvent-Signature"] = f"mac={mac}"
    assert client.post(address, data=body, headers=given).status_code == 200
    assert survey.states(wave) == {"delivered": 1}
    assert (
        client.post("/api/v1/delivery/signed/letter", data=body, headers=given).status_code == 404
    )
