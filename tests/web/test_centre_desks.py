"""The centre reminds late desks, grants later days and holds a list for review."""

from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveyapp.accounts.actions import Action
from surveyapp.accounts.models import AuditEntry
from surveyapp.db import reading, transaction
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import DeskReminder, Headcount, RespondentList
from tests import factories
from tests.web.browsing import HERE, sign_in, token
from tests.web.test_desk import text

LATE = "/centre/tiny/lists/late"
DESK = "/desk/tiny/01/"


@pytest.fixture
def office(client: FlaskClient, now: datetime, keys: KeyRing) -> FlaskClient:
    """An operator and the coordinator of Hà Nội, whose one list is confirmed and one approved."""
    with transaction() as db:
        campaign = factories.campaign(db, now)
        factories.staff(db, now, "operator", username="vu")
        factories.staff(db, now, "coordinator", unit="01", username="desk01")
        factories.approved_list(db, campaign, now, keys, kind="agency-leaders")
        factories.accepted_list(db, campaign, now, keys, kind="council")
    return client


def post(client: FlaskClient, page: str, url: str, **fields: str) -> Any:
    return client.post(url, data={"csrf_token": token(client.get(page)), **fields}, headers=HERE)


def other(office: FlaskClient, username: str) -> FlaskClient:
    """Somebody else in a browser of her own."""
    client = office.application.test_client()
    sign_in(client, username)
    return client


def the_list(state: str) -> RespondentList:
    with reading() as db:
        return db.scalars(select(RespondentList).where(RespondentList.state == state)).one()


def test_a_desk_says_where_it_is_reminded_and_the_centre_asks(office: FlaskClient) -> None:
    sign_in(office, "desk01")
    assert post(office, DESK, f"{DESK}address", email="cchc@hanoi.example.vn").status_code == 303
    centre = other(office, "vu")
    assert "cchc@hanoi.example.vn" in text(centre.get(LATE))
    post(centre, LATE, "/centre/tiny/lists/remind")
    assert "chờ gửi" in text(centre.get(LATE))
    with reading() as db:
        assert db.scalars(select(DeskReminder.email)).all() == ["cchc@hanoi.example.vn"]


def test_a_later_day_shows_on_the_desks_own_page(office: FlaskClient) -> None:
    sign_in(office, "vu")
    url = "/centre/tiny/lists/deadline"
    assert post(office, LATE, url, unit="01", due="2099-01-02", reason="bão").status_code == 303
    desk = other(office, "desk01")
    assert "Hạn của đơn vị đã được gia hạn" in text(desk.get(DESK))


@pytest.mark.parametrize("fields", [{"due": "mai", "reason": "bão"}, {"due": "2099-01-02"}])
def test_an_extension_without_a_day_or_a_reason_is_asked_again(
    office: FlaskClient, fields: dict[str, str]
) -> None:
    sign_in(office, "vu")
    answer = post(office, LATE, "/centre/tiny/lists/deadline", unit="01", **fields)
    assert (answer.status_code, "Vui lòng ghi ngày mới" in text(answer)) == (422, True)


def test_late_units_come_as_a_workbook(office: FlaskClient) -> None:
    sign_in(office, "vu")
    book = openpyxl.load_workbook(BytesIO(office.get(f"{LATE}?as=xlsx").data))
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert "Danh sách chưa gửi xong" in cells


def test_a_list_held_for_review_has_no_button_to_approve_it(office: FlaskClient) -> None:
    sign_in(office, "vu")
    page = f"/centre/tiny/list/{the_list('accepted').id}/"
    post(office, page, f"{page}hold", hold_note="kiểm tra số điện thoại")
    shown = text(office.get(page))
    assert "Đang giữ lại để xem xét" in shown
    assert "Duyệt 3 người" not in shown
    assert "Giữ lại xem xét" in text(office.get("/centre/tiny/lists"))
    post(office, page, f"{page}hold", end="1")
    assert "Duyệt 3 người" in text(office.get(page))


def test_a_headcount_is_declared_on_the_page_of_the_list(office: FlaskClient) -> None:
    sign_in(office, "desk01")
    page = f"{DESK}lists/agency-leaders/"
    assert post(office, page, f"{page}headcount", declared="12").status_code == 303
    assert post(office, page, f"{page}headcount", declared="nhiều").status_code == 422
    with reading() as db:
        assert db.scalars(select(Headcount.declared)).all() == [12]


def test_one_person_more_begins_with_a_copy_of_the_approved_list(office: FlaskClient) -> None:
    sign_in(office, "desk01")
    page = f"{DESK}list/{the_list('approved').id}/"
    answer = post(office, page, f"{page}amend")
    assert "Thêm một người" in text(office.get(answer.location))
    assert the_list("staged").version == 2


def test_what_changed_is_shown_to_the_centre(office: FlaskClient) -> None:
    sign_in(office, "desk01")
    page = f"{DESK}list/{the_list('approved').id}/"
    post(office, page, f"{page}amend")
    centre = other(office, "vu")
    shown = text(centre.get(f"/centre/tiny/list/{the_list('staged').id}/changes"))
    assert "Hai bản có cùng những người" in shown
    assert people_shown() == []  # nobody's name stood there


def test_who_reads_at_the_centre_which_people_changed_is_on_record(office: FlaskClient) -> None:
    sign_in(office, "desk01")
    page = f"{DESK}list/{the_list('approved').id}/"
    post(office, page, f"{page}amend")
    staged = the_list("staged").id
    new = f"{DESK}list/{staged}/line/new"
    post(office, new, new, full_name="Lý Thị Mới", phone="0987650009")
    assert "Lý Thị Mới" in text(office.get(f"{DESK}list/{staged}/changes"))
    assert people_shown() == []  # a desk's own people
    centre = other(office, "vu")
    assert "Lý Thị Mới" in text(centre.get(f"/centre/tiny/list/{staged}/changes"))
    facts = {"reason": "list_review", "page": "list_changes", "people": 1, "list_id": str(staged)}
    assert people_shown() == [("vu", "01", facts)]


def people_shown() -> list[tuple[str, str, dict[str, Any]]]:
    """Who was shown people of the lists, whose, and for what."""
    with reading() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == Action.PEOPLE_SHOWN))
        return [(entry.actor, entry.unit_code, entry.facts) for entry in entries]
