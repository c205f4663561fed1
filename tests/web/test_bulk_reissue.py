"""New codes for many, on the page: counted, asked for by one, agreed to by another, given by the first."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.accounts import audit, second_person
from surveyapp.accounts.states import ConfirmationState
from surveyapp.campaigns import queries
from surveyapp.db import reading, transaction
from surveyapp.invitations import service as invitations
from surveyapp.invitations.issuing import bulk_reissue
from surveyapp.invitations.models import Invitation
from surveyapp.web.centre.sending import bulk_reissue as page_of_reissue
from tests import factories
from tests.invitations.roster import Roster, opened
from tests.web.browsing import post, sign_in

PAGE, QUEUE = "/centre/tiny/invitations/reissue", "/centre/tiny/confirmations"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def one_person():
    """Here it takes two."""


@pytest.fixture
def app(app, now, moment, keys):
    with transaction() as db:
        roster = Roster(db, opened(db, now))
        for name in ("Nguyễn Văn An", "Trần Thị Bình"):
            roster.named("01", "council", name=name, email=f"{len(name)}@so.example.vn")
        roster.named("BNV", "par-officers", name="Lê Đức Chi")
        for username in ("an", "binh"):
            factories.staff(db, now, "operator", username=username)
        factories.staff(db, now, "viewer")
    with transaction() as db:
        invitations.issue(db, queries.campaign(db, "tiny"), keys=keys, now=now)
    moment.at += timedelta(minutes=1)
    return app


@pytest.fixture
def an(app):
    client = app.test_client()
    sign_in(client, "an")
    return client


@pytest.fixture
def binh(app):
    client = app.test_client()
    sign_in(client, "binh")
    return client


def count(client, **fields):
    """The form of the page that says how many."""
    page = post(client, PAGE, PAGE + "/count", **{"reissue_reason": "Lộ tệp gửi", **fields})
    assert page.status_code == 200, page.text
    counted = {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}
    return page, {name: value for name, value in counted.items() if name != "csrf_token"}


def give(client, form):
    return post(client, PAGE, PAGE, **form)


def agree(client):
    (asked,) = [one for one in asked_for() if one.state == ConfirmationState.ASKED]
    assert post(client, QUEUE, f"{QUEUE}/{asked.id}/agree").status_code == 303


def asked_for():
    with reading() as db:
        return second_person.of_campaign(db, "tiny")


def issues():
    with reading() as db:
        return sorted(db.scalars(select(Invitation.issue_number)))


def test_one_asks_another_agrees_and_the_chosen_get_new_codes(an, binh):
    page, form = count(an, unit="01")
    assert "Mã mới cho 2 người" in page.text
    assert give(an, form).location == QUEUE
    assert issues() == [1, 1, 1]
    waiting = binh.get(QUEUE).text
    assert "Cấp mã mới cho nhiều người" in waiting and "<dt>Số người</dt><dd>2</dd>" in waiting
    agree(binh)
    assert give(an, form).location == "/centre/tiny/invitations"
    assert issues() == [1, 2, 2]
    with reading() as db:
        told = [(one.actor, one.action, one.facts.get("agreed_by")) for one in audit.entries(db)]
    assert told[:3] == [
        ("an", "invitations.reissued", "binh"),
        ("binh", "confirmation.agreed", None),
        ("an", "confirmation.asked", None),
    ]


def test_the_agreement_is_to_this_choice_and_used_once(an, binh, moment):
    _, form = count(an, unit="01")
    give(an, form)
    agree(binh)
    for other in ({"unit": ""}, {"people": "3"}, {"reissue_reason": "x"}, {"whom": "named"}):
        give(an, {**form, **other})
        assert issues() == [1, 1, 1]
    give(an, form)
    assert issues() == [1, 2, 2]
    assert give(an, form).status_code == 303
    assert issues() == [1, 2, 2]


def test_a_forged_moment_or_number_bothers_nobody(an, moment):
    _, form = count(an)
    tomorrow = (moment.at + timedelta(days=1)).isoformat()
    for forged in (
        {"counted_at": tomorrow},
        {"counted_at": "2024-01-15T10:00:00"},
        {"counted_at": "9" * 5000},
        {"people": "0"},
        {"people": "9" * 5000},
        {"people": "1"},
        {"named": "x"},
        {"reissue_reason": " "},
    ):
        assert give(an, {**form, **forged}).status_code in (409, 422), forged
    assert asked_for() == [] and issues() == [1, 1, 1]


def test_persons_are_named_and_neither_request_nor_trail_holds_their_address(an, binh):
    page, form = count(an, contacts="13@so.example.vn\r\nnobody@so.example.vn")
    assert "Mã mới cho 2 người" in page.text
    assert "nobody@so.example.vn" in page.text
    give(an, form)
    assert "so.example.vn" not in str([one.fields for one in asked_for()])
    assert "2 người được nêu đích danh" in binh.get(QUEUE).text
    agree(binh)
    give(an, form)
    assert issues() == [1, 2, 2]
    with reading() as db:
        assert "so.example.vn" not in str([one.facts for one in audit.entries(db)])


def test_only_operators_and_only_with_a_reason(app, an):
    assert post(an, PAGE, PAGE + "/count", unit="01", reissue_reason=" ").status_code == 422
    viewer = app.test_client()
    sign_in(viewer, "viewer")
    assert viewer.get(PAGE).status_code == 403


def test_what_takes_long_is_gone_on_with_by_the_same_agreement(an, binh, monkeypatch):
    monkeypatch.setattr(bulk_reissue, "BATCH", 2)
    monkeypatch.setattr(page_of_reissue, "PATIENCE", timedelta(0))
    _, form = count(an)
    give(an, form)
    agree(binh)
    assert give(an, form).location == QUEUE
    assert issues() == [1, 2, 2]
    assert "còn 1 người" in an.get(QUEUE).text
    give(an, form)
    assert issues() == [2, 2, 2]
