"""A provider reports by a call: whoever holds the token is heard, and nobody else."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from surveyapp import create_app
from surveyapp.db import transaction
from surveyapp.delivery.models import ContactRequest, Delivery
from tests.delivery.sending import Sending

TOKEN = "vi-du-cua-mot-khoa-that-dai"
CALLED = "vi-du-cua-mot-khoa-khac-trong-dia-chi"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
SHAPE = {
    "url": "https://sms.example.vn/send",
    "body": {"phone": "{phone}", "text": "{text}"},
    "success": ["0"],
    "receipt": {"message": "smsId", "status": "status", "delivered": ["1"], "failed": ["2"]},
}


@pytest.fixture
def survey(engine, keys, now, tmp_path, moment):
    survey = Sending(keys, now, tmp_path / "outbox")
    survey.invite(("an@so.example.vn", "0912345678"), ("", "0987654321"))
    survey.wave()
    survey.work(2)
    return survey


@pytest.fixture
def provider(survey, settings, keys, engine, tmp_path):
    """A client as a provider's server is one: no cookie, no token of a page."""
    shape = tmp_path / "gateway.json"
    shape.write_text(json.dumps(SHAPE))
    shape.chmod(0o600)
    with_token = replace(
        settings, delivery_token=TOKEN, sms_receipt_token=CALLED, sms_gateway=shape
    )
    return create_app(with_token, keys=keys, engine=engine).test_client()


def sent(channel):
    with transaction() as db:
        return db.scalars(select(Delivery).where(Delivery.channel == channel)).all()


def report(provider, channel, *reports, headers=HEADERS):
    content = list(reports) if len(reports) != 1 else reports[0]
    return provider.post(f"/api/v1/delivery/{channel}", json=content, headers=headers)


def test_a_bounce_reported_by_call_asks_the_desk_and_goes_on_by_text(provider, survey):
    (mail,) = sent("email")
    notice = {"kind": "failed", "status": "5.1.1", "reference": mail.id.hex}
    assert report(provider, "mail", notice).json == {"became": ["hard_bounce"]}
    assert report(provider, "mail", notice).json == {"became": [""]}
    survey.work(2)
    assert survey.sms.recipients == ["+84912345678", "+84987654321"]
    with transaction() as db:
        assert db.scalars(select(ContactRequest.channel)).all() == ["email"]


def test_a_gateways_receipt_says_that_a_text_has_arrived(provider):
    (text,) = sent("sms")
    trying = {"smsId": text.gateway_id, "status": "ENROUTE"}
    arrived = {"smsId": text.gateway_id, "status": 1}
    answer = report(provider, "sms", trying, arrived)
    assert answer.json == {"became": ["", "delivered"]}
    assert [one.state for one in sent("sms")] == ["delivered"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer khong-phai-khoa"}])
def test_nobody_without_the_token_is_heard(provider, headers):
    (mail,) = sent("email")
    notice = {"kind": "hard", "reference": mail.id.hex}
    assert report(provider, "mail", notice, headers=headers).status_code == 404
    assert [one.state for one in sent("email")] == ["handed_over"]


def test_a_report_about_nothing_is_refused_and_nothing_of_the_call_entered(provider):
    (mail,) = sent("email")
    sound = {"kind": "hard", "reference": mail.id.hex}
    answer = report(provider, "mail", sound, {"kind": "hard"})
    assert (answer.status_code, answer.json["field"]) == (400, "reference")
    assert report(provider, "mail", sound, []).status_code == 400
    assert [one.state for one in sent("email")] == ["handed_over"]


def test_a_report_that_comes_before_the_workers_own_is_asked_for_again(provider):
    (mail,) = sent("email")
    with transaction() as db:
        leased = db.get(Delivery, mail.id)
        leased.state, leased.leased_by = "leased", "first"
    answer = report(provider, "mail", {"kind": "hard", "reference": mail.id.hex})
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


def test_a_gateway_that_only_fetches_an_address_is_heard_by_the_token_in_it(provider):
    (text,) = sent("sms")
    receipt = {"smsId": text.gateway_id, "status": "1"}
    address = f"/api/v1/delivery/sms/{CALLED}"
    assert provider.head(address, query_string=receipt).status_code == 200
    assert [one.state for one in sent("sms")] == ["handed_over"]
    assert provider.get(address, query_string=receipt).json == {"became": ["delivered"]}
    assert provider.get(address, query_string=receipt).json == {"became": ["delivered"]}
    assert provider.get(address).status_code == 400
    assert [one.state for one in sent("sms")] == ["delivered"]


def test_a_gateway_may_post_its_receipt_as_a_form_to_that_address(provider):
    (text,) = sent("sms")
    form = {"smsId": text.gateway_id, "status": "2"}
    assert provider.post(f"/api/v1/delivery/sms/{CALLED}", data=form).json == {"became": ["failed"]}


@pytest.mark.parametrize("token", ["khong-phai-khoa", TOKEN])
def test_neither_a_guess_nor_the_other_token_opens_the_address(provider, token):
    (text,) = sent("sms")
    receipt = {"smsId": text.gateway_id, "status": "1"}
    answer = provider.get(f"/api/v1/delivery/sms/{token}", query_string=receipt)
    assert answer.status_code == 404
    assert [one.state for one in sent("sms")] == ["handed_over"]


def test_a_receipt_that_comes_before_the_worker_has_reported_is_asked_for_again(provider):
    (text,) = sent("sms")
    with transaction() as db:
        leased = db.get(Delivery, text.id)
        leased.state, leased.leased_by, leased.gateway_id = "leased", "first", ""
    receipt = {"smsId": text.gateway_id, "status": "1"}
    assert provider.get(f"/api/v1/delivery/sms/{CALLED}", query_string=receipt).status_code == 503
