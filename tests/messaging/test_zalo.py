"""Zalo notifications against a stub of the service: tokens, templates, its error codes, its signed events."""

import hashlib
import json

import pytest

from surveyapp.messaging.errors import ChannelMisconfigured, NoticeRefused
from surveyapp.messaging.model import Outcome, Reason
from surveyapp.messaging.zalo import notifications
from surveyapp.messaging.zalo.notifications import Notification, ZaloAccount, ZaloNotifications
from tests.messaging import zaloserver


@pytest.fixture
def service():
    with zaloserver.running() as state:
        yield state


def account_file(service, folder, **changes):
    written = {
        "app_id": "4001",
        "app_secret": "app-secret",
        "oa_secret": "oa-secret-1",
        "refresh_token": "refresh-0",
        "templates": {
            "*": {"id": "281", "data": {"ten": "{ten}", "lien_ket": "{lien_ket}"}},
            "test": {"id": "9", "data": {"ma": ""}},
        },
        "canary": ["0912345670"],
        "send_url": f"{service.url}/message/template",
        "token_url": f"{service.url}/v4/oa/access_token",
        **changes,
    }
    path = folder / "zalo.json"
    path.write_text(json.dumps(written))
    path.chmod(0o600)
    return path


def opened(service, folder) -> ZaloNotifications:
    account = ZaloAccount.read(account_file(service, folder))
    return ZaloNotifications(account, folder / "zalo_tokens.json")


def to(phone: str) -> Notification:
    return Notification(phone=phone, template="281", data={"ten": "An"}, reference="r1")


def test_a_notification_carries_the_template_what_fills_it_and_our_reference(service, tmp_path):
    sent = opened(service, tmp_path).send(to("84912345670"))
    assert (sent.is_handed_over, sent.reference) == (True, "msg1")
    assert service.sent == [
        {"phone": "84912345670", "template_id": "281", "template_data": {"ten": "An"}, "tracking_id": "r1"}
    ]  # fmt: skip


def test_an_access_token_that_is_over_is_renewed_once_and_the_refresh_token_kept(service, tmp_path):
    channel = opened(service, tmp_path)
    channel.send(to("84912345670"))
    service.access = "another"  # the service has ended it
    assert channel.send(to("84912345671")).is_handed_over
    assert service.renewed == 2
    after_a_restart = opened(service, tmp_path)
    assert after_a_restart.send(to("84912345672")).is_handed_over
    assert service.renewed == 2
    assert (tmp_path / "zalo_tokens.json").stat().st_mode & 0o077 == 0


def test_two_workers_do_not_spend_the_refresh_token_twice(service, tmp_path):
    one, other = opened(service, tmp_path), opened(service, tmp_path)
    assert one.send(to("84912345670")).is_handed_over
    assert other.send(to("84912345671")).is_handed_over
    assert service.renewed == 1


def test_a_refresh_token_that_is_not_good_rests_the_channel(service, tmp_path):
    service.refresh = "spent elsewhere"
    refused = opened(service, tmp_path).send(to("84912345670"))
    assert refused == Outcome.later(Reason.AUTHENTICATION, "-14014")
    assert refused.concerns_channel


@pytest.mark.parametrize(
    ("phone", "reason", "for_good", "of_channel"),
    [
        ("84912345678", Reason.REFUSED, True, False),
        ("84912345677", Reason.REFUSED, True, False),
        ("84912345676", Reason.SENDER_REFUSED, False, True),
        ("84912345675", Reason.BUSY, False, False),
        ("123", Reason.BAD_ADDRESS, True, False),
    ],
)
def test_what_the_service_says_becomes_our_states(
    service, tmp_path, phone, reason, for_good, of_channel
):
    said = opened(service, tmp_path).send(to(phone))
    assert (said.reason, said.is_refused, said.concerns_channel) == (reason, for_good, of_channel)


def test_a_service_that_is_away_rests_the_channel(tmp_path):
    with zaloserver.running() as service:
        channel = opened(service, tmp_path)
    assert channel.send(to("84912345670")).concerns_channel


def test_an_event_is_taken_only_with_the_signature_of_the_account(service, tmp_path):
    account = ZaloAccount.read(account_file(service, tmp_path))
    body = json.dumps(
        {"event_name": "user_received_message", "timestamp": "1700", "message": {"msg_id": "m9"}}
    ).encode()
    mac = hashlib.sha256(b"4001" + body + b"1700" + b"oa-secret-1").hexdigest()
    assert notifications.is_genuine(account, {"X-ZEvent-Signature": f"mac={mac}"}, body)
    assert not notifications.is_genuine(account, {"X-ZEvent-Signature": f"mac={mac}"}, body + b" ")
    assert not notifications.is_genuine(account, {}, body)
    assert notifications.read_event(json.loads(body)) == ("m9", True)
    assert notifications.read_event({"event_name": "user_seen_message"}) == ("", None)
    with pytest.raises(NoticeRefused):
        notifications.read_event({"event_name": "user_received_message", "message": {}})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [({"app_secret": ""}, "app_secret"), ({"send_url": "http://zalo.example"}, "send_url")],
)
def test_an_account_that_cannot_work_is_refused_with_what_is_wrong(
    service, tmp_path, changes, fault
):
    with pytest.raises(ChannelMisconfigured) as refused:
        ZaloAccount.read(account_file(service, tmp_path, **changes))
    assert refused.value.fault == fault


def test_a_file_with_secrets_is_its_owners_alone(service, tmp_path):
    path = account_file(service, tmp_path)
    path.chmod(0o644)
    with pytest.raises(ChannelMisconfigured, match="readable_by_others"):
        ZaloAccount.read(path)
