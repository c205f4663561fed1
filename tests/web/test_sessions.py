"""Two sealed cookies: what they hold, who can read them, when they end."""

from datetime import timedelta
from hashlib import sha256

import pytest
from flask import Flask, flash, get_flashed_messages, session

from surveyapp import create_app
from surveyapp.keys import KeyRing
from surveyapp.web.http import sessions
from surveyapp.web.http.guard import without_token
from tests.web.browsing import HERE

CODE = "7123456789012345"


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """The application with three pages of its own, so that only the cookie is under test."""

    @without_token
    def begin():
        sessions.begin_respondent(CODE, None)
        return "begun"

    def show():
        return sessions.respondent_code() or "nobody"

    def end():
        sessions.end_respondent()
        return "ended"

    own_app.before_request_funcs = {}  # no roles, no tokens: they have tests of their own
    own_app.add_url_rule("/phieu/x/begin", "x-begin", begin, methods=["POST"])
    own_app.add_url_rule("/phieu/x/show", "x-show", show, methods=["GET", "POST"])
    own_app.add_url_rule("/phieu/x/end", "x-end", end, methods=["POST"])
    own_app.add_url_rule("/desk/x/show", "x-desk", show, methods=["GET"])
    return own_app


@pytest.fixture
def at(moment, now):
    """Move the clock to so many minutes after `now`."""

    def move(minutes: float) -> None:
        moment.at = now + timedelta(minutes=minutes)

    move(0)
    return move


def test_the_cookie_hides_the_code_and_is_kept_from_scripts_and_other_sites(client, at):
    cookie = client.post("/phieu/x/begin").headers["Set-Cookie"]
    assert cookie.startswith("phieu=")
    assert CODE not in cookie
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Expires" not in cookie and "Max-Age" not in cookie


def test_over_tls_the_cookie_is_bound_to_the_host(settings, keys, engine):
    from dataclasses import replace

    secure = create_app(
        replace(settings, base_url="https://khaosat.example.vn"), keys=keys, engine=engine
    )
    page = secure.test_client().get("/account/sign-in", base_url="https://khaosat.example.vn")
    assert page.headers["Set-Cookie"].startswith("__Host-canbo=")
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_reading_pages_sets_no_cookie_before_and_after_the_start(client, at):
    assert "Set-Cookie" not in client.get("/phieu/x/show").headers
    client.post("/phieu/x/begin")
    assert client.get("/phieu/x/show").text == CODE
    assert "Set-Cookie" not in client.get("/phieu/x/show").headers


def test_an_hour_of_rest_ends_the_session_and_a_post_extends_it(client, at):
    client.post("/phieu/x/begin")
    at(59)
    client.post("/phieu/x/show")
    at(59 + 60)
    assert client.get("/phieu/x/show").text == CODE
    at(59 + 61)
    assert client.get("/phieu/x/show").text == "nobody"


def test_reading_alone_does_not_extend_the_session(client, at):
    client.post("/phieu/x/begin")
    at(40)
    assert client.get("/phieu/x/show").text == CODE
    at(80)
    assert client.get("/phieu/x/show").text == "nobody"


def test_after_half_a_day_the_session_ends_however_busy(client, at):
    client.post("/phieu/x/begin")
    for minutes in range(50, 721, 50):
        at(minutes)
        assert client.post("/phieu/x/show").text == CODE
    at(721)
    assert client.post("/phieu/x/show").text == "nobody"


def test_the_end_takes_the_cookie_away(client, at):
    client.post("/phieu/x/begin")
    gone = client.post("/phieu/x/end").headers["Set-Cookie"]
    assert "Max-Age=0" in gone
    assert client.get("/phieu/x/show").text == "nobody"


def test_a_respondents_cookie_opens_nothing_on_staff_pages(client, at):
    value = client.post("/phieu/x/begin").headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    client.set_cookie("canbo", value)
    assert client.get("/desk/x/show").text == "nobody"


@pytest.mark.parametrize("value", ["", "x", "AAAA", "!!!!", "A" * 200, "ế"])
def test_a_cookie_that_is_not_ours_is_no_session(client, at, value):
    client.set_cookie("phieu", value)
    assert client.get("/phieu/x/show").text == "nobody"


def test_a_changed_letter_makes_the_cookie_worthless(keys):
    value = sessions.seal({"code": CODE}, sessions.RESPONDENT, keys)
    assert sessions.unseal(value, sessions.RESPONDENT, keys) == {"code": CODE}
    for index in (0, len(value) // 2, len(value) - 2):
        other = "A" if value[index] != "A" else "B"
        changed = value[:index] + other + value[index + 1 :]
        assert sessions.unseal(changed, sessions.RESPONDENT, keys) is None


def test_cookies_stay_good_when_a_key_is_added_and_die_with_their_key(keys):
    value = sessions.seal({"code": CODE}, sessions.RESPONDENT, keys)
    fresh = sha256(b"a second root").digest()
    rotated = KeyRing({**keys.roots, 2: fresh})
    assert sessions.unseal(value, sessions.RESPONDENT, rotated) == {"code": CODE}
    assert sessions.unseal(value, sessions.RESPONDENT, KeyRing({2: fresh})) is None


def test_a_person_begins_with_nothing_of_whoever_sat_there_before(app):
    with app.test_request_context("/phieu/x"):
        session["left"] = "behind"
        sessions.begin_respondent(CODE, None)
        assert "left" not in session
        assert sessions.respondent_seconds_left() == 3600


def test_the_cookie_stays_far_below_what_browsers_keep(client, at):
    assert len(client.post("/phieu/x/begin", headers=HERE).headers["Set-Cookie"]) < 1024


def test_messages_that_nobody_read_never_outgrow_the_cookie(own_app, client):
    @without_token
    def told():
        flash(f"{len(session.get('_flashes', []))} " + "Đã ghi nhận là đã xử lý. " * 4)
        return "told"

    own_app.before_request_funcs = {}
    own_app.add_url_rule("/desk/x/told", "x-told", told, methods=["POST"])
    own_app.add_url_rule("/desk/x/read", "x-read", lambda: {"told": get_flashed_messages()})
    for _each in range(20):
        cookie = client.post("/desk/x/told").headers["Set-Cookie"]
    assert len(cookie) < 4093
    assert len(client.get("/desk/x/read").json["told"]) == sessions.MOST_UNTOLD


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("phieu=a", "a"),
        ("phieu_may=b; phieu=a", "a"),
        ("xphieu=b;phieu=a ; phieu=c", "a"),
        ("phieu=a=b", "a=b"),
        ("phieu", ""),
        ("phieu_may=b", None),
        ("", None),
    ],
)
def test_of_the_cookies_sent_the_first_of_the_name_is_read(app, sent, read):
    with app.test_request_context(headers={"Cookie": sent}) as context:
        assert sessions.sent_with(context.request, "phieu") == read
