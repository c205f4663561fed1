"""Signing in and out, choosing where to work, changing the password."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from surveyapp.accounts import audit, service
from surveyapp.accounts.access import Grant
from surveyapp.accounts.models import Staff, StaffSession
from surveyapp.db import reading, transaction
from surveyapp.web.http.access import safe_next
from surveyapp.web.http.safeguards import device
from tests import factories
from tests.factories import PASSWORD
from tests.web.browsing import HERE, post, sign_in, token, unused_code


@pytest.fixture(autouse=True)
def people(app, now, moment):
    """The tiny campaign, an operator and a coordinator of one of its provinces."""
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "operator")
        factories.staff(db, now, "coordinator", unit="01")


def test_a_coordinator_lands_at_the_own_desk_and_an_operator_at_the_centre(app):
    for username, landing in (("coordinator-01", "/desk/tiny/01/"), ("operator", "/centre/tiny/")):
        client = app.test_client()
        assert sign_in(client, username).location == "/account/start"
        assert client.get("/account/start").location == landing


def test_who_works_in_several_places_chooses(client, now):
    with transaction() as db:
        person = service.staff_named(db, "coordinator-01")
        service.add_grant(db, person.id, Grant("tiny", "coordinator", "46"))
        service.add_grant(db, person.id, Grant("not-loaded-yet", "operator"))
    sign_in(client, "coordinator-01")
    page = client.get("/account/start")
    assert page.status_code == 200
    assert 'href="/desk/tiny/01/"' in page.text and 'href="/desk/tiny/46/"' in page.text
    assert "not-loaded-yet" not in page.text


def test_a_wrong_name_and_a_wrong_password_are_answered_in_the_same_words(client):
    known, unknown = sign_in(client, "operator", "wrong"), sign_in(client, "nobody", "wrong")
    assert known.status_code == unknown.status_code == 422
    masked = [
        re.sub(r'name="csrf_token" value="[^"]+"', "", page.text) for page in (known, unknown)
    ]
    assert masked[0].replace("operator", "nobody") == masked[1]
    assert 'value="wrong"' not in known.text


def test_a_failure_is_counted_although_the_page_only_says_no(client):
    sign_in(client, "operator", "wrong")
    with reading() as db:
        assert db.scalar(select(Staff.failures).where(Staff.username == "operator")) == 1


def test_a_network_that_keeps_guessing_is_told_to_come_back_later(client):
    for _guess in range(20):
        sign_in(client, "nobody", "wrong")
    refused = sign_in(client, "operator", PASSWORD)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "600"


def test_signing_in_gives_the_browser_a_new_session_and_enters_the_trail(client, keys):
    client.get("/account/sign-in")
    before = client.get_cookie("canbo").value
    sign_in(client, "operator")
    assert client.get_cookie("canbo").value != before
    with reading() as db:
        assert [(e.actor, e.action, e.facts) for e in audit.entries(db)] == [
            ("operator", "staff.signed_in", {"factor": "recovery_code"})
        ]
        audit.verify(db, keys=keys)


def test_a_page_asked_for_before_signing_in_is_opened_afterwards(client):
    asked = client.get("/account/?x=1")
    assert asked.location == "/account/sign-in?next=/account/?x%3D1"
    page = client.get(asked.location)
    assert 'name="next" value="/account/?x=1"' in page.text
    fields = {"username": "operator", "password": PASSWORD, "csrf_token": token(page)}
    half = client.post("/account/sign-in", data={**fields, "next": "/account/?x=1"}, headers=HERE)
    page = client.get(half.location)
    assert 'name="next" value="/account/?x=1"' in page.text
    code = {"factor_code": unused_code("operator"), "csrf_token": token(page)}
    after = client.post(
        "/account/second-factor", data={**code, "next": "/account/?x=1"}, headers=HERE
    )
    assert after.location == "/account/?x=1"


ELSEWHERE = (
    "",
    "https://evil.example/desk/",
    "https:///account/",
    "http:account/",
    "http:/account/",
    "javascript:alert(1)",
    "//evil.example/desk/",
    "//account/",
    "///account/",
    "////evil.example/account/",
    "//[account/",
    "\\\\evil.example\\account/",
    "/\\evil.example/account/",
    "\\/account/",
    "/account\\evil",
    "/\t/evil.example/account/",
    "\t/account/",
    " /account/",
    "/account/\n",
    "/account/\r\nLocation: https://evil.example/",
    "/account/\x7f",
    "%0d%0a/account/",
    "/%2fevil.example/account/",
    "／／evil.example/account/",
    "/／evil.example/account/",
    "/⁄evil.example/account/",
    "/account/\u2028",
    "/account/\u00a0",
    "/accountant",
    "/account@evil.example/",
    "@evil.example/account/",
    "account/",
    "/account/../t/x~y",
    "/account/%2E%2e/t/x~y",
    "/./account/",
    "/t/x",
)
"""Addresses outside the rooms of the staff, or that one browser or another takes for such."""


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_sent_to_another_site_after_signing_in(address):
    assert safe_next(address) is None


@pytest.mark.parametrize(
    "address", ["/account", "/desk/tiny/01/?page=2", "/account/?x=%0d%0a", "/centre/?q=H%C3%A0#a"]
)
def test_a_page_of_the_staff_is_where_one_goes_on(address):
    assert safe_next(address) == address


def test_no_step_of_signing_in_leads_elsewhere(client):
    """The name and password, the second factor, and coming again while signed in."""
    for address in ELSEWHERE:
        page = client.get("/account/sign-in", query_string={"next": address})
        assert page.status_code == 200 and 'name="next"' not in page.text, address
    fields = {"username": "operator", "password": PASSWORD, "csrf_token": token(page)}
    half = client.post("/account/sign-in", data={**fields, "next": "///account/"}, headers=HERE)
    assert half.location == "/account/second-factor"
    for address in ELSEWHERE:
        page = client.get("/account/second-factor", query_string={"next": address})
        assert page.status_code == 200 and 'name="next"' not in page.text, address
    code = {"factor_code": unused_code("operator"), "csrf_token": token(page)}
    after = client.post(
        "/account/second-factor", data={**code, "next": "///account/"}, headers=HERE
    )
    assert after.location == "/account/start"
    for address in ELSEWHERE:
        for door in ("sign-in", "second-factor", "second-factor/again"):
            led = client.get(f"/account/{door}", query_string={"next": address})
            assert (led.location or "/account/start").startswith("/account/start"), (door, address)


def test_signing_out_ends_the_session_in_the_database_too(client):
    sign_in(client, "operator")
    left = post(client, "/account/", "/account/sign-out")
    assert left.location == "/account/sign-in"
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(StaffSession)) == 0
    assert client.get("/account/").status_code == 303


def test_a_copied_cookie_is_dead_after_signing_out(client, app):
    sign_in(client, "operator")
    thief = app.test_client()
    thief.set_cookie("canbo", client.get_cookie("canbo").value)
    assert thief.get("/account/").status_code == 200
    post(client, "/account/", "/account/sign-out")
    assert thief.get("/account/").status_code == 303


def test_after_half_an_hour_of_rest_a_post_says_that_nothing_was_saved(client, moment):
    sign_in(client, "operator")
    given = token(client.get("/account/"))
    moment.at += timedelta(minutes=31)
    fields = {"csrf_token": given, "language": "en"}
    answer = client.post("/account/language", data=fields, headers=HERE)
    assert answer.location == "/account/sign-in"
    assert "chưa được lưu" in client.get(answer.location).text


def test_reading_pages_keeps_a_session_awake(client, moment):
    sign_in(client, "operator")
    for _twenty_minutes in range(4):
        moment.at += timedelta(minutes=20)
        assert client.get("/account/").status_code == 200


def test_a_new_password_works_the_old_one_does_not_and_other_browsers_are_signed_out(app, client):
    other = app.test_client()
    sign_in(client, "operator")
    sign_in(other, "operator")
    fresh = "mua xuan den som nay"
    fields = {"present": PASSWORD, "fresh": fresh, "again": fresh}
    changed = post(client, "/account/", "/account/password", **fields)
    assert changed.location == "/account/"
    assert "Đã đổi mật khẩu" in client.get("/account/").text
    assert other.get("/account/").status_code == 303
    assert sign_in(app.test_client(), "operator").status_code == 422
    assert sign_in(app.test_client(), "operator", fresh).status_code == 303


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"present": "wrong"}, "Mật khẩu hiện tại chưa đúng."),
        ({"fresh": "ngan", "again": "ngan"}, "Mật khẩu cần ít nhất 12 ký tự."),
        ({"again": "khac hoan toan"}, "Hai lần nhập mật khẩu mới không giống nhau."),
    ],
)
def test_a_password_that_is_not_changed_says_why_at_its_field(client, fields, words):
    sign_in(client, "operator")
    fresh = "mua xuan den som nay"
    given = {"present": PASSWORD, "fresh": fresh, "again": fresh, **fields}
    refused = post(client, "/account/", "/account/password", **given)
    assert refused.status_code == 422
    assert refused.text.count(words) == 2  # in the summary and beside the field
    assert fresh not in refused.text


def test_a_browser_left_behind_is_signed_out_from_here(app, client):
    left_behind = app.test_client()
    sign_in(left_behind, "operator")
    sign_in(client, "operator")
    with reading() as db:
        hashes = [each.hex() for each in db.scalars(select(StaffSession.id_hash))]
    mine = next(each for each in hashes if f'value="{each}"' not in client.get("/account/").text)
    other = next(each for each in hashes if each != mine)
    post(client, "/account/", "/account/sessions/end", session=other)
    assert left_behind.get("/account/").status_code == 303
    assert client.get("/account/").status_code == 200


def test_the_language_chosen_is_remembered_in_the_next_session(app, client):
    sign_in(client, "operator")
    post(client, "/account/", "/account/language", language="en")
    assert "<h1>My account</h1>" in client.get("/account/").text
    elsewhere = app.test_client()
    sign_in(elsewhere, "operator")
    assert "<h1>My account</h1>" in elsewhere.get("/account/").text


ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {ENGINE} Chrome/120.0 Safari/537.36": "Chrome trên Windows",
    f"Mozilla/5.0 (Windows NT 10.0) {ENGINE} Chrome/120.0 Safari/537.36 Edg/120.0": "Edge trên Windows",
    f"Mozilla/5.0 (Windows NT 6.1) {ENGINE} coc_coc_browser/95.0 Chrome/89.0 Safari/537.36": "Coc Coc trên Windows",
    f"Mozilla/5.0 (Linux; Android 13) {ENGINE} SamsungBrowser/23.0 Chrome/115.0": "Samsung Internet trên Android",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) CriOS/120.0 Safari/604.1": "Chrome trên iPhone",
    "Mozilla/5.0 (iPad; CPU OS 17_2 like Mac OS X) FxiOS/121.0 Safari/605.1": "Firefox trên iPad",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_2) Version/17.2 Safari/605.1": "Safari trên macOS",
    f"Mozilla/5.0 (X11; CrOS x86_64) {ENGINE} Chrome/120.0 Safari/537.36": "ChromeOS",
    "x" * 512 + " Chrome Windows": "",
    "<b>Firefox</b>": "Firefox",
    "curl/8.0": "",
}  # fmt: skip


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: AGENTS[agent] or "unknown")
def test_a_browser_is_called_by_its_name_and_system(app, agent):
    with app.test_request_context(headers={"User-Agent": agent}):
        assert device.readable(device.browser()).endswith(AGENTS[agent])
        assert bool(device.browser()) == bool(AGENTS[agent])


def test_the_list_of_ones_sessions_names_the_browsers_in_both_languages(client):
    agent = {"User-Agent": next(iter(AGENTS))}
    client.environ_base["HTTP_USER_AGENT"] = agent["User-Agent"]
    sign_in(client, "operator")
    assert "Chrome trên Windows" in client.get("/account/").text
    post(client, "/account/", "/account/language", language="en")
    assert "Chrome on Windows" in client.get("/account/").text
