"""The centre sees every unit's lists, approves them or sends them back."""

import re
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from surveyapp.db import reading, transaction
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import Person, RespondentList
from tests import factories
from tests.web.browsing import HERE, sign_in, token

LISTS = "/centre/tiny/lists"


@pytest.fixture
def handed_in(client: FlaskClient, now: datetime, keys: KeyRing) -> dict[str, str]:
    """Two lists confirmed by their desks, one still being mended; addresses at the centre."""
    with transaction() as db:
        campaign = factories.campaign(db, now)
        for role in ("operator", "viewer"):
            factories.staff(db, now, role)
        factories.staff(db, now, "coordinator", unit="01")
        made = {
            "01": factories.accepted_list(db, campaign, now, keys),
            "46": factories.accepted_list(
                db, campaign, now, keys, unit="46", listed=factories.people(4, start=40)
            ),
            "staged": factories.staged_list(db, campaign, now, keys, kind="council"),
        }
        return {name: f"/centre/tiny/list/{one.id}/" for name, one in made.items()}


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def post(client: FlaskClient, url: str, **fields: str) -> Any:
    given = {"csrf_token": token(client.get(LISTS)), **fields}
    return client.post(url, data=given, headers=HERE)


def states() -> list[str]:
    with reading() as db:
        return list(db.scalars(select(RespondentList.state).order_by(RespondentList.state)))


def persons() -> int:
    with reading() as db:
        return db.scalar(select(func.count()).select_from(Person)) or 0


def test_the_board_shows_units_by_list_kind_with_counts_against_the_plan(
    client: FlaskClient, handed_in: dict[str, str]
) -> None:
    sign_in(client, "operator")
    page = text(client.get(LISTS))
    assert "0 trên 16 danh sách đã duyệt; 13 danh sách chưa gửi" in page
    assert "Đơn vị đang sửa 1 danh sách." in page
    assert "Thừa Thiên Huế" in page
    assert "3 / khoảng 5" in page
    assert "không yêu cầu" in page


def test_the_board_can_show_only_units_with_lists_in_one_state(
    client: FlaskClient, handed_in: dict[str, str]
) -> None:
    sign_in(client, "viewer")
    page = text(client.get(f"{LISTS}?state=staged"))
    assert "Hà Nội" in page
    assert "Thừa Thiên Huế" not in page


def test_an_operator_approves_one_list(client: FlaskClient, handed_in: dict[str, str]) -> None:
    sign_in(client, "operator")
    answer = post(client, f"{handed_in['01']}approve")
    assert "Đã duyệt: 3 người mới" in text(client.get(answer.location))
    assert (persons(), states()) == (3, ["accepted", "approved", "staged"])


def test_all_confirmed_lists_are_approved_at_once(
    client: FlaskClient, handed_in: dict[str, str]
) -> None:
    sign_in(client, "operator")
    answer = post(client, f"{LISTS}/approve")
    assert "Đã duyệt 2 danh sách, 7 người" in text(client.get(answer.location))
    assert (persons(), states()) == (7, ["approved", "approved", "staged"])


def test_a_list_goes_back_with_a_reason_only(
    client: FlaskClient, handed_in: dict[str, str]
) -> None:
    sign_in(client, "operator")
    silent = post(client, f"{handed_in['01']}return", note=" ")
    assert silent.status_code == 422
    assert "Vui lòng ghi rõ đơn vị cần sửa gì" in text(silent)
    post(client, f"{handed_in['01']}return", note="Thiếu Sở Y tế")
    assert states() == ["accepted", "returned", "staged"]
    client.post("/account/sign-out", data={"csrf_token": token(client.get(LISTS))}, headers=HERE)
    sign_in(client, "coordinator-01")
    assert "Đọc lý do trả lại và sửa" in text(client.get("/desk/tiny/01/"))


def test_what_a_desk_has_not_confirmed_cannot_be_approved(
    client: FlaskClient, handed_in: dict[str, str]
) -> None:
    sign_in(client, "operator")
    assert post(client, f"{handed_in['staged']}approve").status_code == 409
    assert persons() == 0


def test_a_viewer_looks_but_decides_nothing(client: FlaskClient, handed_in: dict[str, str]) -> None:
    sign_in(client, "viewer")
    page = client.get(handed_in["01"])
    assert page.status_code == 200
    assert "approve" not in page.get_data(as_text=True)
    assert post(client, f"{handed_in['01']}approve").status_code == 403
    assert post(client, f"{LISTS}/approve").status_code == 403
    assert persons() == 0


def test_a_coordinator_has_no_business_at_the_centre(
    client: FlaskClient, handed_in: dict[str, str]
) -> None:
    sign_in(client, "coordinator-01")
    assert client.get(LISTS).status_code in (403, 404)
    assert client.get(handed_in["01"]).status_code in (403, 404)


def test_what_does_not_add_up_is_shown_and_can_be_downloaded(
    client: FlaskClient, handed_in: dict[str, str], now: datetime, keys: KeyRing
) -> None:
    with transaction() as db:
        campaign = factories.campaign(db, now)
        for unit in ("01", "46"):
            factories.approved_list(
                db, campaign, now, keys, unit=unit, kind="council", listed=factories.people(2)
            )
    sign_in(client, "viewer")
    page = text(client.get(f"{LISTS}/integrity"))
    assert "Hà Nội , Thừa Thiên Huế 2 người có trong danh sách của cả các đơn vị này" in page
    assert client.get(f"{LISTS}/integrity?as=xlsx").data.startswith(b"PK")


def test_a_list_of_another_campaign_is_not_there_on_any_page_of_this_one(app, client, now, keys):
    with transaction() as db:
        factories.campaign(db, now)
        other = factories.campaign(db, now, pack="../../questionnaires/par-index-2025-pilot")
        foreign = factories.accepted_list(db, other, now, keys, kind="council").id
        factories.staff(db, now, "operator", username="operator")
    sign_in(client, "operator")
    given = token(client.get("/centre/tiny/lists"))
    answers = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("centre.") and "list_id" in rule.arguments:
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            with app.test_request_context():
                parts = {"campaign": "tiny", "list_id": foreign}
                address = app.url_map.bind("localhost").build(rule.endpoint, parts, method=method)
            fields = {"csrf_token": given, "note": "thử", "hold_note": "thử"}
            answer = client.open(address, method=method, data=fields, headers=HERE)
            answers[method, address] = answer.status_code
    assert len(answers) >= 5
    assert {request: code for request, code in answers.items() if code != 404} == {}
    with transaction() as db:
        assert db.get_one(RespondentList, foreign).state == "accepted"
