"""The self-test without a wave, to several addresses, of texts and of letters; why a channel rests."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.campaigns.models import Campaign
from surveyapp.config import read_settings
from surveyapp.db import transaction
from surveyapp.delivery import labels
from surveyapp.delivery.health import canary, channels, circuit_breaker, worker_watch
from surveyapp.delivery.models import Canary, ChannelRest
from surveyapp.delivery.sending.outgoing import Post
from surveyapp.documents import letter_check
from surveyapp.messaging.model import Outcome, Reason
from tests.delivery.sending import Sending, emails
from tests.fakes import FakeMailbox

FIRST, SECOND = "mot@moha.example.vn", "hai@moha.example.vn"


@pytest.fixture
def survey(sqlite_engine, keys, now, tmp_path):
    survey = Sending(keys, now, tmp_path / "outbox")
    survey.post.canaries = {"email": (FIRST, SECOND)}
    return survey


@pytest.fixture
def on_both(engine, keys, now, tmp_path):
    survey = Sending(keys, now, tmp_path / "outbox")
    survey.post.canaries = {"email": (FIRST, SECOND)}
    return survey


def canaries():
    """(address, state) of every test message, in the order of sending."""
    with transaction() as db:
        in_order = select(Canary).order_by(Canary.sent_at, Canary.address)
        return [(one.address, one.state) for one in db.scalars(in_order)]


def arrives(address, survey):
    with transaction() as db:
        one = canary.latest(db, "email", address)
        assert canary.arrived(db, one.id, now=survey.now)


def test_each_mailbox_of_the_centre_gets_a_message_every_day_without_any_wave(on_both):
    on_both.work()
    assert on_both.email.recipients == [SECOND, FIRST]
    on_both.later(hours=23)
    on_both.work()
    assert len(on_both.email.taken) == 2
    on_both.later(hours=2)
    on_both.work()
    assert len(on_both.email.taken) == 4


def test_nobody_is_tested_when_the_survey_is_over(survey):
    with transaction() as db:
        db.scalars(select(Campaign)).one().state = "released"
    survey.work()
    assert survey.email.taken == []


def test_a_wave_waits_until_every_mailbox_has_its_message(survey):
    survey.invite(*emails(1))
    wave = survey.wave(channels=("email",))
    survey.work()
    arrives(FIRST, survey)
    survey.work(2)
    assert survey.state(wave) == ("testing", "")
    arrives(SECOND, survey)
    survey.later(seconds=31)
    survey.work(2)
    assert "nguoi0@so.example.vn" in survey.email.recipients


def test_the_one_mailbox_without_its_message_is_named(survey):
    survey.invite(*emails(1))
    wave = survey.wave(channels=("email",))
    survey.work()
    arrives(FIRST, survey)
    survey.later(minutes=16)
    survey.work()
    assert survey.state(wave) == ("paused", f"canary:email:{SECOND}")
    assert SECOND in labels.wave_reason(survey.state(wave)[1])
    with transaction() as db:
        (trouble,) = worker_watch.channel_troubles(db, now=survey.now)
    assert (trouble.kind, trouble.address) == ("lost", SECOND)


def test_test_messages_are_found_in_the_mailboxes_they_went_to(survey):
    survey.work()
    sent = {message.recipient: message.message_id for message in survey.email.taken}
    survey.post.canary_mailboxes = (FakeMailbox(away=True), FakeMailbox(sent[SECOND]))
    survey.later(seconds=31)
    survey.work()
    assert canaries() == [(SECOND, "arrived"), (FIRST, "sent")]


def test_the_gateway_is_tried_on_the_centres_own_number_and_its_receipt_counts(survey):
    survey.post.canaries = {"sms": ("+84912345678",)}
    survey.work()
    assert survey.sms.recipients == ["+84912345678"]
    assert canaries() == [("+84912345678", "sent")]
    with transaction() as db:
        assert not canary.receipt(db, "", has_arrived=True, now=survey.now)
        assert not canary.receipt(db, "khac", has_arrived=True, now=survey.now)
        assert canary.receipt(db, "ref1", has_arrived=True, now=survey.now)
    assert canaries() == [("+84912345678", "arrived")]


def test_a_receipt_that_the_text_did_not_arrive_is_a_lost_test(survey):
    survey.post.canaries = {"sms": ("+84912345678",)}
    survey.work()
    with transaction() as db:
        canary.receipt(db, "ref1", has_arrived=False, now=survey.now)
        (sms,) = [
            h for h in channels.health(db, there=("sms",), now=survey.now) if h.channel == "sms"
        ]
    assert sms.state == "lost"


def test_a_page_is_printed_daily_and_its_fault_pauses_a_wave_of_letters(survey, monkeypatch):
    survey.post.canaries, survey.post.prints = {}, True
    survey.invite(("", ""))
    monkeypatch.setattr(letter_check, "fault", lambda: "typst")
    wave = survey.wave(channels=("letter",))
    survey.work(2)
    assert survey.state(wave) == ("paused", "canary:letter")
    monkeypatch.setattr(letter_check, "fault", lambda: "")
    survey.later(hours=25)
    survey.work()
    assert canaries() == [("", "refused"), ("", "arrived")]


def test_a_page_of_a_letter_prints_here(tmp_path, monkeypatch):
    assert letter_check.fault() == ""
    monkeypatch.setattr(letter_check, "LINE", "Không có trên trang")
    monkeypatch.setattr(letter_check, "_letter", lambda: letter_check.Letter((), "", (), "x", "1"))
    assert letter_check.fault() == "page"
    monkeypatch.setattr(letter_check, "FONTS", tmp_path)
    assert letter_check.fault() == "fonts"


def test_why_a_channel_rests_is_kept_with_its_time_until_it_works_again(on_both):
    survey = on_both
    survey.post.canaries = {}
    survey.invite(*emails(2))
    survey.email.down = Outcome.later(Reason.AUTHENTICATION, "535")
    survey.wave(channels=("email",))
    worker = survey.worker()
    began = survey.now
    with worker.outbox:
        for _ in range(3):
            worker.round()
            survey.later(minutes=3)
        with transaction() as db:
            rest = circuit_breaker.last(db, "email")
            assert (rest.reason, rest.code, rest.since) == ("authentication", "535", began)
            assert rest.over_at is None
            (trouble,) = worker_watch.channel_troubles(db, now=survey.now)
            (email, *_) = channels.health(db, there=("email",), now=survey.now)
        assert "tên đăng nhập hoặc mật khẩu" in labels.trouble(trouble)
        assert email.state == "resting"
        survey.email.down = None
        survey.later(minutes=11)
        worker.round()
    with transaction() as db:
        assert circuit_breaker.last(db, "email").over_at == survey.now
        assert worker_watch.channel_troubles(db, now=survey.now) == []


def test_another_worker_that_sends_ends_the_rest_that_a_dead_one_noted(survey):
    survey.post.canaries = {}
    with transaction() as db:
        began = survey.now - timedelta(minutes=1)
        rest = ChannelRest(channel="email", reason="down", code="", since=began, until=survey.now)
        circuit_breaker.note(db, rest)
    survey.invite(*emails(1))
    survey.wave(channels=("email",))
    survey.work(2)
    with transaction() as db:
        assert circuit_breaker.last(db, "email").over_at == survey.now


def test_the_centres_addresses_are_read_from_the_settings(tmp_path):
    gateway = tmp_path / "gateway.json"
    gateway.write_text('{"url": "https://sms.example.vn", "body": {}, "success": ["0"]}')
    gateway.chmod(0o600)
    post = Post.of(
        read_settings(
            {
                "DATABASE_URL": "sqlite:////nowhere/survey.sqlite3",
                "SURVEYAPP_SMTP_URL": "smtp://127.0.0.1",
                "SURVEYAPP_MAIL_FROM": "a@example.vn",
                "SURVEYAPP_MAIL_BOUNCES": "tra-lai@example.vn",
                "SURVEYAPP_MAIL_CANARY": f"Trung tâm <{FIRST}>, {SECOND}",
                "SURVEYAPP_SMS_GATEWAY": str(gateway),
                "SURVEYAPP_SMS_CANARY": "+84912345678,+84987654321",
                "SURVEYAPP_CANARY_IMAP": "imaps://a:b@mail.example.vn/INBOX",
            }
        )
    )
    assert post.trials == {
        "email": (FIRST, SECOND),
        "sms": ("+84912345678", "+84987654321"),
        "letter": ("",),
    }
    assert [box.parts.hostname for box in post.canary_mailboxes] == ["mail.example.vn"]
