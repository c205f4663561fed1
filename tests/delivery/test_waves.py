"""Waves: who is asked, who is left out and why, by which channel, and that the self-test comes first."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import transaction
from surveyapp.delivery import rules, templates
from surveyapp.delivery.errors import (
    CountMistyped,
    NobodyToSendTo,
    TemplateRefused,
    WaveInOtherState,
    WaveRefused,
)
from surveyapp.delivery.health import canary
from surveyapp.delivery.models import Canary
from surveyapp.delivery.sending import housekeeping
from surveyapp.delivery.waves import lifecycle, wave_lookup
from surveyapp.invitations import service
from surveyapp.invitations.models import Invitation
from surveyapp.messaging.model import Outcome, Reason
from surveyapp.messaging.templates import MessageTemplate
from tests.delivery.sending import Sending, emails


@pytest.fixture
def survey(engine, keys, now, tmp_path):
    return Sending(keys, now, tmp_path / "outbox")


@pytest.fixture
def sqlite_survey(sqlite_engine, keys, now, tmp_path):
    return Sending(keys, now, tmp_path / "outbox")


def put(invitation, **values):
    with transaction() as db:
        db.execute(
            update(Assignment).where(Assignment.invitation_id == invitation).values(**values)
        )


BEGUN = {"disposition": "begun", "begun_on": date(2024, 1, 15)}
STANDINGS = [
    ("reminder_not_started", {"disposition": "sent"}, ""),
    ("reminder_not_started", BEGUN, "started"),
    ("reminder_not_started", {"disposition": "not_sent"}, "not_sent"),
    ("reminder_not_started", {"disposition": "refused"}, "declined"),
    ("reminder_not_started", {"disposition": "moved"}, "moved"),
    ("reminder_not_started", {"disposition": "unavailable"}, "not_me"),
    ("reminder_not_started", {"disposition": "wrong_group"}, "wrong_group"),
    ("reminder_begun", BEGUN, ""),
    ("reminder_begun", {"disposition": "sent"}, "not_started"),
    ("last_day", {"disposition": "sent"}, ""),
    ("last_day", BEGUN, ""),
    ("invitation", {"disposition": "sent"}, "already_sent"),
    ("invitation", {"disposition": "bounced"}, ""),
    ("thanks", {"disposition": "sent"}, "not_submitted"),
    (
        "thanks",
        {"state": "submitted", "disposition": "submitted", "submitted_on": date(2024, 1, 15)},
        "",
    ),
    (
        "last_day",
        {"state": "submitted", "disposition": "submitted", "submitted_on": date(2024, 1, 15)},
        "submitted",
    ),
    ("last_day", {"state": "revoked", "disposition": "removed"}, "revoked"),
]


@pytest.mark.parametrize(("kind", "standing", "reason"), STANDINGS)
def test_each_kind_of_message_goes_to_those_it_concerns(sqlite_survey, kind, standing, reason):
    (invited,) = sqlite_survey.invite(*emails(1))
    put(invited, **standing)
    wave_id = sqlite_survey.plan(kind=kind)
    counted = sqlite_survey.counted(wave_id)
    assert (counted.people, dict(counted.skipped)) == ((0, {reason: 1}) if reason else (1, {}))


def test_a_revoked_invitation_gets_nothing(survey):
    (_invited,) = survey.invite(*emails(1))
    with transaction() as db:
        db.execute(update(Invitation).values(state="revoked"))
    wave = survey.plan()
    assert dict(survey.counted(wave).skipped) == {"revoked": 1}


def test_a_wave_of_one_group_or_unit_leaves_the_others_alone(survey):
    survey.invite(*emails(2), unit="01", kind="council")
    survey.invite(("bo@moha.example.vn", ""), unit="BNV", kind="par-officers")
    for described, people in (
        ({"groups": ("P1",)}, 2),
        ({"groups": ("M4",)}, 1),
        ({"units": ("BNV",)}, 1),
        ({"level": "province"}, 2),
        ({}, 3),
    ):
        wave = survey.plan(**described)
        with transaction() as db:
            assert wave_lookup.wave(db, survey.campaign_id, wave).people == people


def test_a_confirmation_needs_the_very_number(survey):
    survey.invite(*emails(2))
    wave = survey.plan()
    with pytest.raises(CountMistyped):
        survey.confirm(wave, "20")
    survey.confirm(wave, " 2 ")
    with pytest.raises(WaveInOtherState):
        survey.confirm(wave, "2")


def test_a_wave_that_reaches_nobody_cannot_be_confirmed(survey):
    wave = survey.plan()
    with pytest.raises(NobodyToSendTo):
        survey.confirm(wave, "0")


def test_a_wave_without_a_channel_or_with_a_25th_hour_is_refused(survey):
    with pytest.raises(WaveRefused) as refused:
        survey.plan(channels=(), quiet_from=25, per_minute=0)
    assert set(refused.value.faults) == {"channels", "quiet_from", "per_minute"}


CONTACTS = [
    ("an@so.vn", "0912345678", "email"),
    ("", "0912 345 678", "sms"),
    ("an@so.vn; binh@so.vn", "84912345678", "sms"),
    ("an@so.vn\nBcc: x@y.vn", "", "letter"),
    ("không có", "024 3825 1234", "letter"),
]


@pytest.mark.parametrize(("email", "phone", "channel"), CONTACTS)
def test_the_channel_follows_from_the_contact(email, phone, channel):
    assert rules.choose_channel(("email", "sms", "letter"), email=email, phone=phone) == channel


def test_quiet_hours_pass_midnight_on_a_vietnamese_clock(now):
    night = now.replace(hour=14)  # 21:00 in Vietnam
    assert rules.is_quiet(night, quiet_from=20, quiet_until=7)
    assert rules.is_quiet(night + timedelta(hours=9), quiet_from=20, quiet_until=7)  # 06:00
    assert not rules.is_quiet(night + timedelta(hours=10), quiet_from=20, quiet_until=7)


def test_waits_grow_and_end_at_six_hours():
    waits = [rules.retry_after(n, spread=0) for n in range(1, 8)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(hours=6)


def tested(survey):
    survey.post.canaries = {"email": ("hop-thu@moha.example.vn",)}


def latest(channel="email"):
    with transaction() as db:
        newest = canary.latest(db, channel)
        assert newest is not None
        return newest.id, newest.state


def test_nothing_goes_out_before_the_test_message_has_arrived(survey):
    survey.invite(*emails(2))
    tested(survey)
    wave = survey.wave(channels=("email",))
    survey.work(3)
    assert survey.email.recipients == ["hop-thu@moha.example.vn"]
    assert survey.state(wave) == ("testing", "")
    with transaction() as db:
        assert canary.arrived(db, latest()[0], now=survey.now)
    survey.work(2)
    assert len(survey.email.taken) == 3
    assert latest()[1] == "arrived"


def test_the_test_message_is_known_by_its_message_id_in_the_mailbox(survey):
    survey.invite(*emails(1))
    tested(survey)
    survey.wave(channels=("email",))
    survey.work()
    sent = survey.email.taken[0]
    raw = f"From: a@b.vn\r\nMessage-ID: {sent.message_id}\r\n\r\nThu thu\r\n".encode()
    assert housekeeping.take_in(raw, survey.post, keys=survey.keys, now=survey.now) == "canary"
    assert latest()[1] == "arrived"


def test_a_test_message_that_does_not_arrive_pauses_the_wave_and_says_so(survey):
    survey.invite(*emails(1))
    tested(survey)
    wave = survey.wave(channels=("email",))
    survey.work()
    survey.later(minutes=16)
    survey.work()
    assert survey.state(wave) == ("paused", "canary:email:hop-thu@moha.example.vn")
    assert latest()[1] == "missed"


def test_a_resumed_wave_is_tested_anew(survey):
    survey.invite(*emails(1))
    tested(survey)
    wave = survey.wave(channels=("email",))
    survey.work()
    survey.later(minutes=16)
    survey.work()
    survey.act(lifecycle.resume, wave)
    survey.work()
    assert survey.state(wave) == ("testing", "")
    with transaction() as db:
        canary.arrived(db, latest()[0], now=survey.now)
    survey.work(2)
    assert "nguoi0@so.example.vn" in survey.email.recipients


def test_a_refused_test_message_stops_the_wave_at_once(survey):
    survey.invite(*emails(1))
    tested(survey)
    survey.email.answers["hop-thu@moha.example.vn"] = [Outcome.never(Reason.POLICY, "550 5.7.1")]
    wave = survey.wave(channels=("email",))
    survey.work()
    assert survey.state(wave) == ("paused", "canary:email:hop-thu@moha.example.vn")


def test_a_wave_that_lasts_days_is_tested_every_day(survey):
    survey.invite(*emails(3))
    tested(survey)
    wave = survey.wave(channels=("email",), per_day=1)
    survey.work()
    with transaction() as db:
        canary.arrived(db, latest()[0], now=survey.now)
    survey.work()
    survey.later(hours=25)
    survey.work()
    with transaction() as db:
        assert len(db.scalars(select(Canary)).all()) == 2
    survey.later(minutes=16)
    survey.work()
    assert survey.state(wave)[0] == "paused"


def test_words_that_ship_pass_their_own_check(survey):
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        faults = {
            kind_and_language: complaints
            for kind_and_language, template in templates.defaults().items()
            if (
                complaints := templates.check(
                    kind_and_language[0],
                    template,
                    base_url="https://khaosat.chinhquyen.example.vn",
                    campaign=campaign,
                )
            )
        }
    assert faults == {}


def test_every_kind_has_words_in_both_languages():
    every_kind = {(kind, language) for kind in rules.KINDS for language in ("vi", "en")}
    assert set(templates.defaults()) == every_kind


def test_words_without_the_link_are_refused(survey, keys, now):
    template = MessageTemplate("Mời", "Kính gửi {ten}", "Moi {lien_ket}")
    with transaction() as db, pytest.raises(TemplateRefused):
        templates.save(
            db,
            campaigns.campaign(db, "tiny"),
            "invitation",
            "vi",
            template,
            base_url="https://khaosat.example.vn",
            act=Act("operator", now, keys),
        )


def test_a_message_tells_how_to_say_not_me_and_how_to_decline(survey):
    survey.invite(*emails(1))
    survey.wave()
    survey.work(2)
    (message,) = survey.email.taken
    link = message.text.partition("https://khaosat.example.vn/t/")[2].split()[0]
    assert f"/t/{link}/not_me" in message.text
    assert f"/t/{link}/decline" in message.text
    assert "<img" not in message.html
    assert message.html.count("<a href=") == 3


def test_whoever_has_submitted_everything_is_thanked_only_by_a_wave_made_for_it(survey):
    (_invited,) = survey.invite(*emails(1))
    survey.wave()
    survey.work(2)
    with transaction() as db:
        for form in db.scalars(select(Assignment.id)).all():
            service.mark_submitted(db, form, today=date(2024, 1, 15))
    survey.wave(kind="thanks")
    survey.work(2)
    assert [m.subject for m in survey.email.taken][1:] == [
        "Cảm ơn Ông/Bà đã trả lời phiếu khảo sát"
    ]
