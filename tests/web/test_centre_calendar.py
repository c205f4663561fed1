"""The calendar of the waves: planned ones are added, moved and deleted there, and the forecast knows of them."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from surveyapp import clock
from surveyapp.accounts.models import AuditEntry
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading, transaction
from surveyapp.delivery.models import Wave
from surveyapp.fieldwork.forecast import series
from tests import factories
from tests.delivery.sending import Sending, emails
from tests.web.browsing import post, sign_in
from tests.web.test_centre_rates import count

PAGE = "/centre/tiny/messages/calendar"


@pytest.fixture
def survey(engine, keys, now, tmp_path, moment):
    survey = Sending(keys, now, tmp_path / "outbox")
    survey.invite(*emails(3))
    with transaction() as db:
        db.execute(update(Assignment).values(disposition="sent"))
        for role in ("operator", "viewer"):
            factories.staff(db, now, role)
    return survey


@pytest.fixture
def operator(client, survey):
    sign_in(client, "operator")
    return client


def at(now, days: int, hour: str = "08:00") -> str:
    return f"{hour} {clock.day(now) + timedelta(days=days):%d/%m/%Y}"


def add(operator, now, days: int, kind: str = "reminder_not_started") -> str:
    """Put a reminder on the calendar; its id."""
    answer = post(operator, PAGE, PAGE, kind=kind, starts_at=at(now, days))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("wave-")[2]


def waves() -> list[Wave]:
    with reading() as db:
        return list(db.scalars(select(Wave).order_by(Wave.starts_at)))


def test_a_reminder_is_put_on_a_day_moved_to_another_and_taken_off(operator, now):
    wave_id = add(operator, now, 3)
    page = operator.get(PAGE).text
    assert re.search(rf'<section class="act planned-wave" id="wave-{wave_id}">', page)
    assert 'class="event planned" title="Nhắc người chưa bắt đầu"' in page
    (planned,) = waves()
    assert (planned.state, planned.people) == ("draft", 3)
    move = f"/centre/tiny/messages/wave/{wave_id}/move"
    post(operator, PAGE, move, **{f"starts_at-{wave_id}": at(now, 5, "09:30")})
    (moved,) = waves()
    assert moved.starts_at - planned.starts_at == timedelta(days=2, hours=1.5)
    gone = f"/centre/tiny/messages/wave/{wave_id}/delete"
    answer = post(operator, PAGE, gone, **{"from": "calendar"})
    assert answer.headers["Location"].endswith("/messages/calendar")
    assert waves() == []
    with reading() as db:
        actions = db.scalars(select(AuditEntry.action)).all()
    assert {"wave.moved", "wave.deleted"} <= set(actions)


def test_what_was_confirmed_is_a_draft_again_once_it_is_moved(operator, survey, now):
    wave_id = survey.wave(kind="reminder_not_started", starts_at=now + timedelta(days=2))
    (confirmed,) = waves()
    assert confirmed.state == "testing"
    move = f"/centre/tiny/messages/wave/{wave_id}/move"
    post(operator, PAGE, move, **{f"starts_at-{wave_id}": at(now, 4)})
    (moved,) = waves()
    assert (moved.state, moved.confirmed_at) == ("draft", None)
    survey.later(days=5)
    assert survey.work(2) == 0


def test_a_wave_that_has_begun_stays_where_it_is(operator, survey, now):
    wave_id = survey.wave(kind="reminder_not_started")
    survey.work(2)
    move = f"/centre/tiny/messages/wave/{wave_id}/move"
    answer = post(operator, PAGE, move, **{f"starts_at-{wave_id}": at(now, 4)})
    assert answer.status_code == 409
    assert waves()[0].starts_at == now


def test_a_moment_that_cannot_be_read_is_asked_for_again_beside_its_field(operator, now):
    answer = post(operator, PAGE, PAGE, kind="last_day", starts_at="mai")
    assert answer.status_code == 422
    assert 'value="mai"' in answer.text
    wave_id = add(operator, now, 3)
    field = f"starts_at-{wave_id}"
    answer = post(operator, PAGE, f"/centre/tiny/messages/wave/{wave_id}/move", **{field: "mốt"})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert 'value="mốt"' in answer.text


def test_the_calendar_warns_of_holidays_of_the_deadline_and_of_reminders_too_close(operator, now):
    holiday = clock.day(now) + timedelta(days=6)
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        campaign.settings = {**campaign.settings, "holidays": [holiday.isoformat()]}
        last = (clock.day(campaign.closes_at) - clock.day(now)).days
    add(operator, now, 6)
    add(operator, now, last + 3)
    add(operator, now, last + 4)
    page = operator.get(PAGE).text
    assert "là ngày nghỉ lễ" in page
    assert page.count("rơi vào sau hạn nộp phiếu") == 2
    assert page.count("Quá gần đợt") == 1
    assert f"{holiday:%d/%m/%Y}, nghỉ lễ" in page


def test_who_only_reads_sees_the_calendar_and_can_put_nothing_on_it(survey, client, now):
    survey.plan(kind="last_day", starts_at=now + timedelta(days=3))
    sign_in(client, "viewer")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Thêm bản thảo" not in page.text
    assert "Dời" not in page.text


def test_a_day_that_was_pressed_stands_in_the_form(operator, now):
    pressed = clock.day(now) + timedelta(days=2)
    page = operator.get(f"{PAGE}?day={pressed}").text
    assert f'name="starts_at" value="08:00 {pressed:%d/%m/%Y}"' in page


def test_the_forecast_with_the_calendar_is_higher_than_without(app, client, now, moment):
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        factories.staff(db, now, "operator")
    today = clock.day(now)
    for ago, answers in ((8, 300), (7, 200), (6, 120), (5, 70), (4, 40), (3, 25), (2, 15), (1, 9)):
        count(
            campaign, today - timedelta(days=ago), group="P1", unit="01",
            sent=3000 if ago == 8 else 0, submitted=answers,
        )  # fmt: skip
    sign_in(client, "operator")
    add(client, now, 1)
    with reading() as db:
        campaign = db.scalars(select(Campaign)).one()
        sure = series.foresee(db, campaign, now=now).of()
        planned = series.foresee_planned(db, campaign, now=now).of()
    assert sure is not None
    assert planned is not None
    assert planned.final > sure.final * 1.01
    page = client.get(PAGE).text
    rates = re.findall(r'figure-number">([\d,]+)', page)
    assert len(set(rates)) == 2
    assert 'class="mark"' in page
    assert isinstance(today, date)
