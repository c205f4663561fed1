"""What people told instead of answering: counts for the centre, names for operators, settled once."""

import pytest
from sqlalchemy import select

from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.invitations import service
from surveyapp.invitations.models import Declaration, Invitation
from surveyapp.invitations.queries import invited
from tests import factories
from tests.invitations.roster import Roster, issue_all
from tests.web.browsing import post, sign_in
from tests.web.test_parts import Page

HERE = "/centre/tiny/declarations"
SAID = {"Trần Thị Bình": "not_me", "Lê Văn Chi": "decline", "Phạm Văn Dũng": "moved"}


@pytest.fixture
def told(engine, keys, now, moment):
    """Three people, each of whom told something."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        roster = Roster(db, campaign)
        people = {name: roster.named("01", "council", name=name) for name in SAID}
        issue_all(db, campaign, keys, now)
        for name, kind in SAID.items():
            held = db.scalars(select(Invitation.id).where(Invitation.person_id == people[name]))
            service.declare(db, invited(db, campaign, held.one()), kind, today=now.date())
        for role in ("operator", "viewer"):
            factories.staff(db, now, role)


def rows(page: str) -> list[str]:
    return [name for name in SAID if name in page]


def test_an_operator_sees_who_and_what_to_do_and_nobody_who_declined(told, client):
    sign_in(client, "operator")
    page = client.get(HERE).text
    assert rows(page) == ["Trần Thị Bình", "Phạm Văn Dũng"]
    assert "rồi cấp mã mới" in page
    assert "2 điều người được mời báo lại đang chờ xử lý." in client.get("/centre/tiny/").text


def test_whoever_only_watches_sees_numbers_and_no_name(told, client):
    sign_in(client, "viewer")
    page = client.get(HERE)
    assert rows(page.text) == []
    assert "Từ chối trả lời" in page.text
    assert [form for form in Page(page.text).all("form") if "settle" in form["action"]] == []


def test_what_is_settled_leaves_the_list_and_is_told_once(told, client, now):
    sign_in(client, "operator")
    with reading() as db:
        campaign = campaigns.campaign(db, "tiny")
        assert campaign.state == "open"
        one = db.scalars(select(Declaration.id).where(Declaration.kind == "moved")).one()
    for words in ("Đã ghi nhận là đã xử lý.", "Người khác đã ghi nhận việc này trước."):
        answer = post(client, HERE, f"{HERE}/{one}/settle")
        assert answer.status_code == 303
        page = client.get(HERE).text
        assert words in page
        assert rows(page) == ["Trần Thị Bình"]


def test_a_refusal_cannot_be_settled(told, client):
    sign_in(client, "operator")
    with reading() as db:
        one = db.scalars(select(Declaration.id).where(Declaration.kind == "decline")).one()
    assert post(client, HERE, f"{HERE}/{one}/settle").status_code == 404


def test_a_filter_stays_in_the_address_and_a_name_never_does(told, client):
    sign_in(client, "operator")
    assert rows(client.get(f"{HERE}?kind=moved").text) == ["Phạm Văn Dũng"]
    assert rows(client.get(f"{HERE}?kind=moved&unit=24").text) == []
    narrowed = post(client, HERE, HERE, search="trần thị", unit="01")
    assert rows(narrowed.text) == ["Trần Thị Bình"]
    forms = [form for form in Page(narrowed.text).all("form") if form["method"] == "get"]
    assert forms


def test_what_waits_of_a_unit_is_settled_with_one_button(told, client):
    sign_in(client, "operator")
    page = client.get(f"{HERE}?unit=01").text
    assert "Đã xử lý cả 2 điều của đơn vị" in page
    (seen,) = (one["value"] for one in Page(page).all("input") if one.get("name") == "seen")
    changed = post(client, HERE, f"{HERE}/settle-unit", unit="01", seen=f"{seen}0")
    assert "unit=01" in changed.location
    assert "vui lòng xem lại" in client.get(changed.location).text
    post(client, HERE, f"{HERE}/settle-unit", unit="01", seen=seen)
    page = client.get(HERE).text
    assert "Đã ghi nhận 2 điều là đã xử lý." in page
    assert rows(page) == []
