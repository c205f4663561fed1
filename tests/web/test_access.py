"""A page of the staff opens to whom it names, on the campaign and unit in its address."""

import pytest
from flask import Flask, g

from surveyapp.db import transaction
from surveyapp.web.http.access import allow, signed_in
from tests import factories
from tests.web.browsing import sign_in


@pytest.fixture
def app(own_app: Flask, now, moment) -> Flask:
    """The application with pages for some roles, the tiny campaign, and one person per role."""

    def unit_page(campaign: str, unit: str) -> str:
        return f"{g.actor.username} {g.campaign.code} {g.unit.code}"

    def campaign_page(campaign: str) -> str:
        return f"{g.actor.username} {g.campaign.code} {g.unit}"

    own_app.add_url_rule(
        "/desk/<campaign>/<unit>/x",
        "x-unit",
        allow("coordinator", "operator")(lambda **parts: unit_page(**parts)),
    )
    own_app.add_url_rule(
        "/centre/<campaign>/x",
        "x-campaign",
        allow("operator", "auditor")(lambda **parts: campaign_page(**parts)),
    )
    own_app.add_url_rule("/centre/x", "x-any", signed_in(lambda: g.actor.username))
    own_app.add_url_rule("/centre/forgotten", "x-forgotten", lambda: "open to all by mistake")
    with transaction() as db:
        factories.campaign(db, now)
        for role in ("operator", "viewer", "auditor"):
            factories.staff(db, now, role)
        factories.staff(db, now, "coordinator", unit="01")
        factories.staff(db, now, "operator", campaign_code="gone", username="of-gone")
    return own_app


def status(app: Flask, username: str, address: str) -> int:
    client = app.test_client()
    sign_in(client, username)
    return client.get(address).status_code


def test_a_page_finds_its_campaign_and_unit_and_who_asks(app, client):
    sign_in(client, "coordinator-01")
    assert client.get("/desk/tiny/01/x").text == "coordinator-01 tiny 01"
    sign_in(other := app.test_client(), "operator")
    assert other.get("/centre/tiny/x").text == "operator tiny None"


@pytest.mark.parametrize(
    ("username", "address", "expected"),
    [
        ("coordinator-01", "/desk/tiny/46/x", 404),
        ("coordinator-01", "/desk/tiny/no-such-unit/x", 404),
        ("coordinator-01", "/desk/other/01/x", 404),
        ("coordinator-01", "/centre/tiny/x", 403),
        ("operator", "/desk/tiny/46/x", 200),
        ("operator", "/desk/tiny/no-such-unit/x", 404),
        ("operator", "/centre/other/x", 404),
        ("viewer", "/desk/tiny/01/x", 403),
        ("viewer", "/centre/tiny/x", 403),
        ("auditor", "/centre/tiny/x", 200),
        ("of-gone", "/centre/gone/x", 404),
        ("viewer", "/centre/x", 200),
    ],
)
def test_a_page_opens_by_role_campaign_and_unit(app, username, address, expected):
    assert status(app, username, address) == expected


def test_whether_another_unit_exists_cannot_be_told_from_the_answer(app, client):
    sign_in(client, "coordinator-01")
    there, not_there = client.get("/desk/tiny/46/x"), client.get("/desk/tiny/zz/x")
    assert there.text.replace("46", "zz") == not_there.text
    assert there.status_code == not_there.status_code == 404


def test_a_page_that_names_nobody_opens_to_nobody(app):
    assert status(app, "operator", "/centre/forgotten") == 404


def test_a_stranger_is_asked_to_sign_in_and_learns_nothing_about_campaigns(client):
    for address in ("/desk/tiny/01/x", "/desk/none/01/x", "/centre/tiny/x", "/centre/x"):
        answer = client.get(address)
        assert answer.status_code == 303
        assert answer.location == f"/account/sign-in?next={address}"


def test_a_role_that_does_not_exist_is_a_mistake_at_start():
    with pytest.raises(ValueError, match="chief"):
        allow("chief")
