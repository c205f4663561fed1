"""Waves that meet trouble: refusals that pass or do not, counts that move, warnings, holidays, an end in any case."""

import pytest
from sqlalchemy import select, update

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns.models import Campaign
from surveyapp.db import is_snapshot, reading, transaction
from surveyapp.delivery import queries
from surveyapp.delivery.errors import CountMoved, WarningsUnread, WaveInOtherState
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.delivery.waves import cautions, counting, lifecycle, planning, wave_lookup
from surveyapp.invitations import service
from surveyapp.messaging.model import Outcome, Reason
from tests.delivery.sending import Sending, emails

BUSY = Outcome.later(Reason.BUSY, "421 4.3.2")
GONE = Outcome.never(Reason.NO_SUCH_ADDRESS, "550 5.1.1")


@pytest.fixture
def survey(engine, keys, now, tmp_path):
    return Sending(keys, now, tmp_path / "outbox")


def sent_before(survey, *contacts):
    """People whose invitation went out a week ago."""
    invited = survey.invite(*contacts)
    with transaction() as db:
        db.execute(update(Assignment).values(disposition="sent", channel="email"))
    return invited


def test_a_reminder_that_bounces_goes_on_by_text_message(survey):
    sent_before(survey, ("cu@so.example.vn", "0912345678"))
    survey.email.answers["cu@so.example.vn"] = [GONE]
    wave = survey.wave(kind="reminder_not_started")
    survey.work(3)
    assert survey.sms.recipients == ["+84912345678"]
    assert survey.states(wave) == {"hard_bounce no_such_address 550 5.1.1": 1, "handed_over": 1}


def test_a_new_code_that_bounces_goes_on_although_an_old_text_had_arrived(survey):
    (invited,) = survey.invite(("cu@so.example.vn", "0912345678"))
    survey.wave(channels=("sms",))
    survey.work(3)
    with transaction() as db:
        act = Act("operator", survey.now, survey.keys)
        service.reissue(db, survey.campaign, invited, reason="Thư thất lạc", act=act)
    survey.email.answers["cu@so.example.vn"] = [GONE]
    survey.wave(kind="reissue")
    survey.work(3)
    assert len(survey.sms.taken) == 2


def test_one_address_that_is_always_put_off_keeps_nobody_else_waiting(survey):
    survey.invite(*emails(20), ("la@khac.example.vn", "0912345678"))
    survey.email.answers["la@khac.example.vn"] = [BUSY] * 50
    wave = survey.wave()
    survey.work(2)
    assert len(survey.email.taken) == 20
    for _attempt in range(10):
        survey.later(hours=7)
        survey.work(2)
    assert survey.sms.recipients == ["+84912345678"]
    assert survey.state(wave) == ("done", "")


def test_a_domain_that_takes_nothing_rests_alone_and_its_people_are_reached_otherwise(survey):
    survey.invite(*[(f"n{i}@day.example.vn", f"091234567{i}") for i in range(9)], *emails(3))
    for i in range(9):
        survey.email.answers[f"n{i}@day.example.vn"] = [BUSY] * 50
    wave = survey.wave()
    worker = survey.worker()
    with worker.outbox:
        worker.round()
        worker.round()
        assert len(survey.email.taken) == 3
        assert survey.email.asked == 3 + 5  # then the domain is left alone
        for _hour in range(40):
            survey.later(hours=1)
            worker.round()
            worker.round()
    assert len(survey.sms.taken) == 9
    survey.work(2)
    assert survey.state(wave)[0] == "done"


def test_a_channel_that_stays_away_does_not_hold_a_wave_for_ever(survey):
    survey.invite(("an@so.example.vn", "0912345678"), ("binh@so.example.vn", ""))
    survey.email.down = Outcome.later(Reason.DOWN)
    wave = survey.wave()
    for _day in range(4):
        survey.work(2)
        survey.later(hours=25)
    survey.work(3)
    assert survey.sms.recipients == ["+84912345678"]
    assert survey.state(wave)[0] == "done"
    assert survey.states(wave) == {"failed gave_up": 2, "handed_over": 1}


def test_retry_now_asks_at_once_and_ends_every_rest(survey):
    survey.invite(("la@khac.example.vn", ""))
    survey.email.answers["la@khac.example.vn"] = [BUSY] * 3
    wave = survey.wave()
    worker = survey.worker()
    with worker.outbox:
        for _round in range(3):
            worker.round()
        assert survey.email.asked == 1
        with reading() as db:
            (waiting,) = queries.waiting_to_retry(db, wave, now=survey.now)
        assert (waiting.domain, waiting.messages, waiting.attempts) == ("khac.example.vn", 1, 1)
        survey.act(lifecycle.retry_now, wave)
        worker.round()
    assert survey.email.asked == 2


def test_what_was_given_up_is_tried_anew_by_retry_now_unless_another_channel_reached_her(survey):
    survey.invite(("an@so.example.vn", "0912345678"), ("binh@so.example.vn", ""))
    policy = Outcome.never(Reason.POLICY, "550 5.7.1")
    survey.email.answers = {"an@so.example.vn": [policy], "binh@so.example.vn": [policy]}
    wave = survey.wave()
    survey.work(3)
    survey.later(minutes=1)
    survey.work()
    assert survey.state(wave)[0] == "done"
    survey.act(lifecycle.retry_now, wave)
    survey.work(2)
    assert survey.email.recipients == ["binh@so.example.vn"]
    assert len(survey.sms.taken) == 1


def test_nobody_waits_for_the_count_of_a_wave(survey, monkeypatch):
    """Counting and deciding never happen while this process could hold the write lock."""
    survey.invite(*emails(3))
    looked = []
    decided = counting.decided

    def watched(db, *args, **kwargs):
        looked.append(is_snapshot(db))
        return decided(db, *args, **kwargs)

    monkeypatch.setattr(counting, "decided", watched)
    with reading() as db:
        campaign = db.scalars(select(Campaign)).one()
        plan = planning.WavePlan(kind="invitation", starts_at=survey.now)
        planning.count(db, campaign, plan, keys=survey.keys)
    wave = survey.wave()
    survey.work()
    assert len(looked) >= 3
    assert all(looked)
    assert survey.states(wave) == {"handed_over": 3}


def test_a_confirmation_holds_while_a_few_answer_and_not_when_the_count_jumps(survey):
    survey.invite(*emails(40))
    wave = survey.plan()
    few = counting.DryRun(people=39)
    many = counting.DryRun(people=60)
    with pytest.raises(CountMoved):
        survey.confirm(wave, counted=many)
    survey.confirm(wave, counted=few)
    with transaction() as db:
        assert wave_lookup.wave(db, survey.campaign_id, wave).people == 39


def kinds(survey, **described):
    wave = survey.plan(**described)
    with reading() as db:
        campaign = db.scalars(select(Campaign)).one()
        wave_row = wave_lookup.wave(db, campaign.id, wave)
        found_cautions = cautions.cautions(
            wave_row, campaign, counting.kept(wave_row), now=survey.now
        )
    return wave, [one.kind for one in found_cautions]


def test_the_same_people_again_within_days_are_counted_and_warned_of(survey):
    survey.invite(*emails(4))
    survey.wave()
    survey.work(2)
    survey.later(days=1)
    wave, warned = kinds(survey, kind="reminder_not_started")
    assert warned == ["recently"]
    with reading() as db:
        assert counting.kept(wave_lookup.wave(db, survey.campaign_id, wave)).recently == 4
    with pytest.raises(WarningsUnread):
        survey.confirm(wave, heeded=())
    survey.later(days=3)
    assert kinds(survey, kind="reminder_not_started")[1] == []


def test_a_start_in_the_past_or_after_the_deadline_is_warned_of(survey, now):
    survey.invite(*emails(2))
    with reading() as db:
        closes_at = db.scalars(select(Campaign.closes_at)).one()
    early = now.replace(year=now.year - 1)
    assert kinds(survey, starts_at=early)[1] == ["past"]
    assert kinds(survey, starts_at=closes_at)[1] == ["after_deadline"]


def test_nothing_goes_out_on_a_holiday_and_all_of_it_after(survey):
    survey.invite(*emails(2))
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        today = clock.day(survey.now).isoformat()
        campaign.settings = {**campaign.settings, "holidays": [today]}
    wave, warned = kinds(survey)
    assert warned == ["holiday"]
    survey.confirm(wave, heeded=("holiday",))
    survey.work(2)
    assert survey.email.taken == []
    survey.later(days=1)
    survey.work(2)
    assert len(survey.email.taken) == 2


def test_only_drafts_are_thrown_away(survey):
    survey.invite(*emails(1))
    draft, confirmed = survey.plan(), survey.wave()
    survey.act(planning.delete_draft, draft)
    with pytest.raises(WaveInOtherState):
        survey.act(planning.delete_draft, confirmed)
    with transaction() as db:
        assert db.scalars(select(Wave.id)).all() == [confirmed]
        assert db.scalars(select(Delivery.id)).all() == []


def test_mail_programs_are_told_of_a_page_to_decline_on_and_never_press_it_themselves(survey):
    survey.invite(*emails(1))
    survey.wave()
    survey.work(2)
    headers = dict(survey.email.taken[0].headers)
    assert headers["List-Unsubscribe"].startswith("<https://khaosat.example.vn/t/")
    assert "List-Unsubscribe-Post" not in headers
