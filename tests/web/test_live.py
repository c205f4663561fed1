"""A page that is asked for again by its script answers only what changed, and keeps no session alive."""

import re
from datetime import timedelta

import pytest

from surveyapp import clock
from surveyapp.db import transaction
from tests import factories
from tests.fieldwork.counting import count
from tests.web.browsing import post, sign_in

OVERVIEW = "/centre/tiny/"


@pytest.fixture
def campaign(engine, now, moment):
    with transaction() as db:
        opened = factories.campaign(db, now, opened=True)
        count(db, opened, unit="01", group="P1", forms=40, sent_on=clock.day(now), answered=(3,))
        factories.staff(db, now, "operator")
        return opened


@pytest.fixture
def at(moment, now):
    """Turn the clock by so many minutes since the beginning."""

    def turn(minutes: int):
        moment.at = now + timedelta(minutes=minutes)

    return turn


def again(client, address, tag):
    return client.get(address, headers={"X-Live": "1", "If-None-Match": tag})


def version(page) -> str:
    """What the page itself gives its script to ask with."""
    return f'W/"{re.search(r"data-tag=.([0-9a-f]{32})", page.text)[1]}"'


def test_as_long_as_nothing_changes_the_answer_is_empty(client, campaign, at, now):
    sign_in(client, "operator")
    page = client.get(OVERVIEW)
    assert page.headers["ETag"] == version(page)
    at(3)
    unchanged = again(client, OVERVIEW, version(page))
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    with transaction() as db:
        count(db, campaign, unit="01", group="P1", forms=2, sent_on=clock.day(now), answered=(1,))
    changed = again(client, OVERVIEW, version(page))
    assert changed.status_code == 200
    assert version(changed) != version(page)
    assert again(client, OVERVIEW, version(changed)).status_code == 304


def test_a_person_who_reloads_gets_the_page(client, campaign):
    sign_in(client, "operator")
    page = client.get(OVERVIEW)
    assert client.get(OVERVIEW, headers={"If-None-Match": version(page)}).status_code == 200


def test_asking_again_keeps_no_session_alive(client, campaign, at):
    sign_in(client, "operator")
    tag = version(client.get(OVERVIEW))
    for minutes in (10, 20, 29):
        at(minutes)
        assert again(client, OVERVIEW, tag).status_code == 304
    at(31)
    assert again(client, OVERVIEW, tag).status_code == 401
    assert client.get(OVERVIEW).status_code == 303


def test_a_message_waits_for_the_person(client, campaign, now):
    sign_in(client, "operator")
    page = "/centre/tiny/messages"
    tag = version(client.get(page))
    post(client, page, f"{page}/canary", channel="email")
    said = "Kênh này chưa có địa chỉ nào của trung tâm"
    assert said not in again(client, page, tag).text
    assert said in client.get(page).text


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        ("rates", True),
        ("rates?until=2024-01-10", False),
        ("rates/details", True),
        ("messages", True),
        ("lists", True),
        ("calls", True),
        ("audit", False),
        ("messages/new", False),
    ],
)
def test_pages_whose_figures_change_offer_it(client, campaign, address, offered):
    sign_in(client, "operator")
    page = client.get(f"{OVERVIEW}{address}")
    assert ("js/live" in page.text, "ETag" in page.headers) == (offered, offered)
