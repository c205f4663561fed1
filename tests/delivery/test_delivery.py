"""What comes back: bounces, complaints, receipts and automatic replies, matched to the message they answer."""

import pytest
from sqlalchemy import select

from surveyapp.db import transaction
from surveyapp.delivery import queries
from surveyapp.delivery.models import ContactRequest, DeadAddress, Delivery
from surveyapp.delivery.returned import returns
from surveyapp.delivery.sending import housekeeping
from surveyapp.messaging.email.bounces import BounceKind, Report
from surveyapp.respondents.models import Person
from tests.delivery.sending import Sending, emails
from tests.invitations.roster import counted, standing
from tests.messaging import returned
from tests.messaging.mails import TOKEN


@pytest.fixture
def survey(engine, keys, now, tmp_path):
    survey = Sending(keys, now, tmp_path / "outbox")
    survey.post.bounce_address = returned.BOUNCES
    return survey


def sent(survey, *contacts, **described):
    """An invitation that was handed over; its wave, the delivery and the invitation."""
    (invited,) = survey.invite(*(contacts or emails(1)))
    wave = survey.wave(**described)
    survey.work(2)
    with transaction() as db:
        (delivery,) = db.scalars(select(Delivery.id))
    return wave, delivery, invited


def comes_back(survey, raw, delivery):
    """The mail `raw`, written about the token of the tests, returns about this delivery."""
    mail = raw.replace(TOKEN.encode(), delivery.hex.encode())
    return housekeeping.take_in(mail, survey.post, keys=survey.keys, now=survey.now)


def requests(unit_id=None):
    with transaction() as db:
        contact_requests = db.scalars(select(ContactRequest)).all()
        return [(one.channel, one.settled_on is not None) for one in contact_requests]


def test_a_hard_bounce_sets_the_disposition_and_asks_the_desk(survey):
    wave, delivery, invited = sent(survey)
    assert comes_back(survey, returned.GMAIL_GONE, delivery) == "hard_bounce"
    assert survey.dispositions(invited) == {"bounced"}
    assert requests() == [("email", False)]
    assert survey.states(wave) == {"hard_bounce hard_bounce 5.1.1": 1}
    with transaction() as db:
        assert counted(db) == standing(db)


def test_a_bounce_is_matched_by_the_message_id_where_the_envelope_is_lost(survey):
    _wave, delivery, _invited = sent(survey)
    raw = returned.report(to="someone@else.example.vn").replace(
        b"@example.vn>", f"@{survey.post.domain}>".encode()
    )
    assert comes_back(survey, raw, delivery) == "hard_bounce"


def test_a_bounce_falls_back_to_the_phone(survey):
    _wave, delivery, invited = sent(survey, ("an@so.example.vn", "0912345678"))
    comes_back(survey, returned.GMAIL_GONE, delivery)
    survey.work()
    assert survey.sms.recipients == ["+84912345678"]
    assert survey.dispositions(invited) == {"sent"}


def test_the_same_report_twice_changes_nothing(survey):
    _wave, delivery, _invited = sent(survey)
    comes_back(survey, returned.GMAIL_GONE, delivery)
    assert comes_back(survey, returned.GMAIL_GONE, delivery) == ""
    assert requests() == [("email", False)]


def test_a_full_mailbox_is_tried_again_with_the_same_message_id(survey):
    _wave, delivery, invited = sent(survey)
    assert comes_back(survey, returned.GMAIL_FULL, delivery) == "queued"
    assert survey.dispositions(invited) == {"sent"}
    assert survey.work() == 0
    survey.later(hours=9)
    survey.work()
    first, second = survey.email.taken
    assert first.message_id == second.message_id
    assert first.text == second.text
    assert requests() == []


def test_a_mailbox_that_stays_full_falls_back_to_the_phone(survey):
    _wave, delivery, invited = sent(survey, ("an@so.example.vn", "0912345678"))
    comes_back(survey, returned.GMAIL_FULL, delivery)
    survey.later(hours=9)
    survey.work()
    assert comes_back(survey, returned.GMAIL_FULL, delivery) == "soft_bounce"
    assert survey.dispositions(invited) == {"bounced"}
    survey.work()
    assert survey.sms.recipients == ["+84912345678"]


def test_a_complaint_ends_mail_to_that_address_and_asks_nobody(survey):
    _wave, delivery, _invited = sent(survey)
    with transaction() as db:
        report = Report(BounceKind.COMPLAINT, token=delivery.hex)
        assert returns.apply(db, report, keys=survey.keys, now=survey.now) == "hard_bounce"
    assert requests() == []
    with transaction() as db:
        assert db.scalars(select(DeadAddress.reason)).all() == ["complaint"]
    survey.wave(kind="last_day", channels=("email", "letter"))
    survey.work(2)
    assert len(survey.email.taken) == 1


@pytest.mark.parametrize("kind", [BounceKind.AUTO_REPLY, BounceKind.UNKNOWN])
def test_an_automatic_reply_changes_nothing(survey, kind):
    wave, delivery, invited = sent(survey)
    with transaction() as db:
        report = Report(kind, token=delivery.hex)
        assert returns.apply(db, report, keys=survey.keys, now=survey.now) == ""
    assert survey.states(wave) == {"handed_over": 1}
    assert survey.dispositions(invited) == {"sent"}


def test_a_report_about_no_message_of_ours_changes_nothing(survey):
    wave, _delivery, _invited = sent(survey)
    assert (
        housekeeping.take_in(returned.GMAIL_GONE, survey.post, keys=survey.keys, now=survey.now)
        == ""
    )
    assert survey.states(wave) == {"handed_over": 1}


def test_a_bounce_after_the_person_has_begun_leaves_the_disposition(survey):
    from datetime import date

    from sqlalchemy import update

    from surveyapp.assignments.models import Assignment

    _wave, delivery, invited = sent(survey)
    with transaction() as db:
        db.execute(update(Assignment).values(disposition="begun", begun_on=date(2024, 1, 15)))
    comes_back(survey, returned.GMAIL_GONE, delivery)
    assert survey.dispositions(invited) == {"begun"}


def test_a_better_address_settles_the_request_and_gets_the_next_invitation(survey):
    _wave, delivery, invited = sent(survey, channels=("email",))
    comes_back(survey, returned.GMAIL_GONE, delivery)
    with transaction() as db:
        person = db.scalars(select(Person)).one()
        assert [one.full_name for one in queries.contact_requests(db, person.unit_id)] == [
            "Người Thứ 0"
        ]
        person.email = "moi@so.example.vn"
    survey.work()
    assert requests() == [("email", True)]
    survey.wave(channels=("email",))
    survey.work(2)
    assert survey.email.recipients[0] == "moi@so.example.vn"
    assert survey.dispositions(invited) == {"sent"}


def test_nothing_goes_to_an_address_known_to_be_dead(survey):
    _wave, delivery, _invited = sent(survey, channels=("email",))
    comes_back(survey, returned.GMAIL_GONE, delivery)
    wave = survey.plan(channels=("email",))
    assert dict(survey.counted(wave).skipped) == {"no_contact": 1}


def test_a_gateway_tells_that_a_text_has_arrived(survey):
    wave, _delivery, _invited = sent(survey, ("", "0912345678"))
    with transaction() as db:
        (reference,) = db.scalars(select(Delivery.gateway_id))
        facts = {"arrived": True, "keys": survey.keys, "now": survey.now}
        assert returns.delivered(db, reference, **facts)
        assert not returns.delivered(db, "unknown", **facts)
    assert survey.states(wave) == {"delivered": 1}
