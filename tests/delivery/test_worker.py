"""Workers send what a wave holds: once, to those it still concerns, whatever breaks on the way."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.db import transaction
from surveyapp.delivery.models import ContactRequest, Delivery
from surveyapp.delivery.sending.outbox import Outbox
from surveyapp.delivery.waves import lifecycle
from surveyapp.invitations import queries, service
from surveyapp.invitations.credentials import links
from surveyapp.invitations.models import Invitation
from surveyapp.messaging.model import Outcome, Reason
from tests.delivery.sending import Sending, emails
from tests.invitations.roster import counted, standing


@pytest.fixture
def survey(engine, keys, now, tmp_path):
    return Sending(keys, now, tmp_path / "outbox")


def test_each_person_gets_one_message_whose_link_opens_her_questionnaires(survey, keys):
    invited = survey.invite(*emails(3))
    wave = survey.wave()
    survey.work(3)
    assert survey.email.recipients == [f"nguoi{i}@so.example.vn" for i in range(3)]
    assert survey.states(wave) == {"handed_over": 3}
    opened = set()
    for message in survey.email.taken:
        token = message.text.partition("/t/")[2].split()[0]
        with transaction() as db:
            opened.add(queries.find(db, links.read(keys, token), keys=keys).invitation_id)
    assert opened == set(invited)
    survey.work()
    assert survey.state(wave) == ("done", "")


def test_handing_over_makes_questionnaires_sent_and_the_counts_follow(survey):
    (invited,) = survey.invite(*emails(1))
    survey.wave()
    survey.work(2)
    assert survey.dispositions(invited) == {"sent"}
    with transaction() as db:
        assert counted(db) == standing(db)
        assert db.scalar(select(Invitation.listed_at)) == survey.now


def test_whoever_submits_while_a_wave_is_going_is_not_reminded(survey):
    first, _second = survey.invite(*emails(2))
    survey.wave()
    survey.work(2)
    survey.email.taken.clear()
    wave = survey.wave(kind="reminder_not_started")
    survey.work()  # queued
    survey.email.taken.clear()
    with transaction() as db:
        forms = db.scalars(select(Assignment.id).where(Assignment.invitation_id == first)).all()
        for form in forms:
            service.mark_submitted(db, form, today=date(2024, 1, 15))
        db.execute(update(Delivery).where(Delivery.wave_id == wave).values(state="queued"))
    survey.work()
    assert survey.email.recipients == ["nguoi1@so.example.vn"]
    assert survey.states(wave) == {"handed_over": 1, "suppressed submitted": 1}


def test_whoever_submits_while_a_slow_server_is_served_is_not_reminded_either(survey):
    survey.invite(*emails(3))
    survey.wave()
    survey.work(2)
    survey.email.taken.clear()
    wave = survey.wave(kind="last_day")

    def everybody_submits() -> None:
        survey.later(seconds=11)
        with transaction() as db:
            forms = select(Assignment.id).where(Assignment.state == "active")
            for form in db.scalars(forms).all():
                service.mark_submitted(db, form, today=date(2024, 1, 15))

    survey.email.before_each = everybody_submits
    survey.work(2)
    assert len(survey.email.taken) == 1
    assert survey.states(wave) == {"handed_over": 1, "suppressed submitted": 2}


def test_a_new_code_is_sent_to_those_who_got_one(survey):
    first, _second = survey.invite(*emails(2))
    survey.wave()
    survey.work(2)
    old = survey.email.taken[0].text
    survey.email.taken.clear()
    with transaction() as db:
        facts = Act("operator", survey.now, survey.keys)
        service.reissue(db, survey.campaign, first, reason="Thư thất lạc", act=facts)
    wave = survey.wave(kind="reissue")
    survey.work(2)
    (message,) = survey.email.taken
    assert message.recipient == "nguoi0@so.example.vn"
    assert message.text.partition("/t/")[2].split()[0] not in old
    assert survey.states(wave) == {"handed_over": 1}


def test_a_refused_address_falls_back_to_the_phone_and_the_desk_is_asked(survey):
    (invited,) = survey.invite(("cu@so.example.vn", "0912 345 678"))
    survey.email.answers["cu@so.example.vn"] = [Outcome.never(Reason.NO_SUCH_ADDRESS, "550 5.1.1")]
    wave = survey.wave()
    survey.work()
    assert survey.dispositions(invited) == {"bounced"}
    survey.work()
    assert survey.sms.recipients == ["+84912345678"]
    assert survey.dispositions(invited) == {"sent"}
    assert survey.states(wave) == {"hard_bounce no_such_address 550 5.1.1": 1, "handed_over": 1}
    with transaction() as db:
        assert db.scalars(select(ContactRequest.channel)).all() == ["email"]
        assert counted(db) == standing(db)


def test_a_temporary_refusal_is_tried_again_later_with_the_same_message_id(survey):
    survey.invite(*emails(1))
    survey.email.answers["nguoi0@so.example.vn"] = [Outcome.later(Reason.BUSY, "450")]
    wave = survey.wave()
    survey.work(2)
    assert survey.states(wave) == {"queued busy 450": 1}
    survey.later(seconds=30)
    assert survey.work() == 0
    survey.later(minutes=2)
    survey.work()
    with transaction() as db:
        (id_,) = db.scalars(select(Delivery.id))
    assert survey.email.taken[0].message_id == f"<{id_.hex}@khaosat.example.vn>"
    assert survey.states(wave) == {"handed_over": 1}


def test_a_server_that_is_down_costs_nobody_an_attempt(survey):
    survey.invite(*emails(5))
    survey.email.down = Outcome.later(Reason.DOWN)
    wave = survey.wave()
    worker = survey.worker()
    with worker.outbox:
        worker.round()
        assert survey.email.asked == 1  # the first failure rests the channel
        survey.email.down = None
        survey.later(minutes=1)
        worker.round()
    with transaction() as db:
        assert set(db.scalars(select(Delivery.attempts))) == {1}
    assert survey.states(wave) == {"handed_over": 5}


def test_the_limit_per_minute_holds_for_all_workers_together(survey):
    survey.invite(*emails(10))
    survey.wave(per_minute=4)
    assert survey.work() + survey.work(name="second") == 4
    survey.later(seconds=61)
    assert survey.work() == 4


def test_no_domain_is_stormed(survey):
    survey.invite(*emails(6, domain="tinh.example.vn"), *emails(2, domain="bo.example.vn"))
    survey.wave(per_domain=3)
    survey.work(2)
    assert len([r for r in survey.email.recipients if r.endswith("tinh.example.vn")]) == 3
    assert len([r for r in survey.email.recipients if r.endswith("bo.example.vn")]) == 2


def test_nobody_is_written_to_at_night(survey):
    survey.invite(*emails(1))
    survey.wave(quiet_from=20, quiet_until=7)
    survey.now = survey.now.replace(hour=15)  # 22:00 in Vietnam
    assert survey.work() == 0
    survey.later(hours=9, minutes=5)
    assert survey.work() == 1


def test_what_a_killed_worker_handed_over_is_not_sent_again(survey):
    survey.invite(*emails(3))
    wave = survey.wave()
    killed = survey.worker("killed")
    killed._report_owed = lambda: None  # it dies before it can tell the database
    killed.round()
    assert len(survey.email.taken) == 3
    assert survey.states(wave) == {"leased": 3}
    import os

    os.close(killed.outbox._file)
    survey.work()
    assert len(survey.email.taken) == 3
    assert survey.states(wave) == {"handed_over recovered": 3}


def test_what_a_killed_worker_had_not_sent_is_sent_by_another_at_once(survey):
    survey.invite(*emails(3))
    survey.wave()

    def dies() -> None:
        if survey.email.asked == 1:
            raise KeyboardInterrupt

    survey.email.before_each = dies
    killed = survey.worker("killed")
    with pytest.raises(KeyboardInterrupt), killed.outbox:
        killed.round()
    survey.email.before_each = lambda: None
    survey.work()
    assert survey.email.recipients == [f"nguoi{i}@so.example.vn" for i in range(3)]


def test_a_worker_that_lost_its_machine_gives_its_messages_back_after_the_lease(survey):
    survey.invite(*emails(1))
    survey.wave()
    survey.email.before_each = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    lost = survey.worker("lost")
    with pytest.raises(KeyboardInterrupt):
        lost.round()  # its outbox stays locked: as if it were on another machine
    survey.email.before_each = lambda: None
    assert survey.work() == 0
    survey.later(minutes=6)
    assert survey.work() == 1
    lost.outbox.close()


def test_a_paused_wave_sends_nothing_and_goes_on_when_resumed(survey):
    survey.invite(*emails(4))
    wave = survey.wave(per_minute=2)
    survey.work()
    survey.act(lifecycle.pause, wave)
    survey.later(minutes=2)
    assert survey.work() == 0
    survey.act(lifecycle.resume, wave)
    survey.work()
    assert len(survey.email.taken) == 4


def test_a_stopped_wave_gives_up_what_is_left(survey):
    survey.invite(*emails(4))
    wave = survey.wave(per_minute=1)
    survey.work()
    survey.act(lifecycle.stop, wave)
    assert survey.states(wave) == {"handed_over": 1, "suppressed stopped": 3}


def test_a_wave_ends_with_the_campaign(survey):
    survey.invite(*emails(2))
    wave = survey.wave(per_minute=1)
    survey.work()
    survey.now = survey.campaign.closes_at
    survey.work()
    assert survey.state(wave) == ("stopped", "closed")


def test_a_worker_told_to_stop_finishes_the_message_and_gives_the_rest_back(survey):
    survey.invite(*emails(5))
    wave = survey.wave()
    worker = survey.worker()
    survey.email.before_each = worker.stop.set
    worker.round()
    worker.outbox.close()
    assert survey.states(wave) == {"handed_over": 1, "queued": 4}
    assert survey.work() == 4


def test_no_body_link_code_or_address_is_stored(survey):
    survey.invite(("an@so.example.vn", "0912345678"))
    survey.wave()
    survey.work(2)
    with transaction() as db:
        row = db.execute(select(Delivery.__table__)).one()
    kept = " ".join(str(value) for value in row)
    assert "an@so" not in kept
    assert "/t/" not in kept
    assert "912345678" not in kept


def test_a_thousand_and_more_people_are_queued_batch_by_batch(survey):
    survey.invite(*emails(1100))
    wave = survey.wave(per_minute=60)
    survey.work()
    assert sum(survey.states(wave).values()) == 1000
    survey.work()
    with transaction() as db:
        assert db.scalar(select(func.count()).select_from(Delivery)) == 1100


def test_an_outbox_left_torn_in_the_middle_of_a_line_is_read_up_to_there(tmp_path):
    (tmp_path / "dead.outbox").write_text('["' + "a" * 32 + '", "' + "b" * 32 + '", "r"]\n["cc')
    with Outbox(tmp_path, "living") as outbox:
        ((worker, handed),) = outbox.orphans()
    assert (worker, len(handed)) == ("dead", 1)
