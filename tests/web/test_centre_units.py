"""The page of one unit: its figures, what was sent, what to do, and notes."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp import clock
from surveyapp.accounts.models import AuditEntry
from surveyapp.db import transaction
from surveyapp.messaging.model import Outcome, Reason
from tests import factories
from tests.delivery.sending import Sending
from tests.web.browsing import person_card, post, sign_in
from tests.web.test_centre_rates import count, words

PAGE = "/centre/tiny/units/01/"


@pytest.fixture
def survey(engine, keys, now, tmp_path, moment):
    survey = Sending(keys, now, tmp_path / "outbox")
    with transaction() as db:
        for role in ("operator", "viewer"):
            factories.staff(db, now, role)
    return survey


def test_a_unit_is_told_on_one_page_with_reasons_and_the_next_step(survey, client, now):
    today = clock.day(now)
    count(survey.campaign, today - timedelta(days=1), group="P2", sent=30, submitted=9, begun=4)
    count(survey.campaign, today, group="P2", sent=-1, bounced=20)
    sign_in(client, "operator")
    page = client.get(PAGE)
    told = words(page)
    assert "53 phiếu chưa nộp trên 62 phiếu" in told.replace("Còn thiếu 53", "53").replace(
        "  ", " "
    )
    assert "thư bị trả lại 20" in told
    assert f'href="{PAGE}#contacts"' in page.text
    assert "kind=reminder_not_started&amp;unit=01" in page.text


def test_what_was_sent_and_came_back_stands_on_the_page_and_names_are_for_operators(
    survey, app, client
):
    survey.invite(("cu@so.example.vn", "0912345678"), ("an@so.example.vn", ""))
    survey.email.answers["cu@so.example.vn"] = [Outcome.never(Reason.NO_SUCH_ADDRESS, "550")]
    survey.wave()
    survey.work(3)
    sign_in(client, "operator")
    page = client.get(PAGE)
    cells = re.findall(r"<td class=.number.>(\d+)</td>", page.text)
    assert cells[-4:] == ["2", "2", "3", "1"]
    assert "cu@so.example.vn" in page.text
    viewer = app.test_client()
    sign_in(viewer, "viewer")
    seen = viewer.get(PAGE)
    assert "cu@so.example.vn" not in seen.text
    assert "1 người có thư bị trả lại" in words(seen)


def test_a_note_is_kept_with_who_wrote_it_and_entered_in_the_trail(survey, client):
    sign_in(client, "operator")
    assert post(client, PAGE, PAGE + "notes", note="  ").status_code == 422
    post(client, PAGE, PAGE + "notes", note="Đầu mối nghỉ đến thứ Hai")
    assert "Đầu mối nghỉ đến thứ Hai" in client.get(PAGE).text
    with transaction() as db:
        assert "unit.noted" in db.scalars(select(AuditEntry.action)).all()


def test_an_unknown_unit_is_no_page(survey, client):
    sign_in(client, "viewer")
    assert client.get("/centre/tiny/units/99/").status_code == 404


def test_a_persons_page_tells_what_she_was_sent_by_day_and_neither_code_nor_hour(
    survey, client, now
):
    (invited,) = survey.invite(("cu@so.example.vn", "0912345678"))
    survey.email.answers["cu@so.example.vn"] = [Outcome.never(Reason.NO_SUCH_ADDRESS, "550")]
    survey.wave()
    survey.work(3)
    sign_in(client, "operator")
    page = person_card(client, f"/centre/tiny/invitations/{invited}/")
    told = words(page)
    assert "15/01/2024 Lời mời Tin nhắn đã chuyển đi" in told
    assert "15/01/2024 Lời mời Thư điện tử bị trả lại:" in told
    assert "/t/" not in page.text
    assert "0912345678" not in page.text
