"""Guard: whatever route takes a body, it ends at the bound of that route, in length and in time; a page that takes files
is named here."""

import socket
import threading
from contextlib import suppress
from functools import wraps
from io import BytesIO

import pytest
from flask import Flask, request
from sqlalchemy import Engine

from surveyapp.db import transaction
from surveyapp.web.application import REQUEST_BYTES
from surveyapp.web.http.guard import UPLOAD_BYTES
from surveyapp.web.http.safeguards import slow_bodies, two_persons
from tests import factories
from tests.architecture.test_route_objects import address
from tests.architecture.test_routes import rules
from tests.web.browsing import HERE, sign_in, token

TAKE_FILES = {
    "POST /centre/<campaign>/staff/coordinators",
    "POST /desk/<campaign>/<unit>/lists/<kind>/",
}


def _only_read_the_body(made: Flask) -> None:
    def stub(view):
        @wraps(view)
        def read(**_parts):
            return str(len(request.get_data()))

        return read

    for endpoint, view in made.view_functions.items():
        made.view_functions[endpoint] = stub(view)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """Made for this test: its views are replaced."""
    return own_app


@pytest.fixture
def senders(app, now, moment):
    """Whoever may post anything, and for whom; views only read what they are sent."""
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "operator", username="operator")
        factories.staff(db, now, "coordinator", unit="01", username="desk")
    made = []
    for name in ("operator", "desk"):
        client = app.test_client()
        sign_in(client, name)
        made.append((client, token(client.get("/account/"))))
    _only_read_the_body(app)
    return made


def answers(app: Flask, senders, route: str, length: int) -> set[int]:
    """What each of them is told who sends that many bytes."""
    posted_to = address(app, rules(app)[route], "POST", {})
    return {
        client.post(
            posted_to,
            data=b"x" * length,
            headers={**HERE, "X-CSRFToken": given, "Content-Type": "application/octet-stream"},
        ).status_code
        for client, given in senders
    }


def posts(app: Flask) -> list[str]:
    return [route for route in rules(app) if route.startswith("POST ")]


def test_every_route_that_is_posted_to_ends_at_its_own_bound(app, senders):
    small = {route for route in posts(app) if route not in TAKE_FILES}
    wrong = {
        route: told
        for route in small
        if not (told := answers(app, senders, route, REQUEST_BYTES + 1)) & {413} or 200 in told
    }
    assert wrong == {}


def test_only_pages_that_take_files_take_more_and_they_end_too(app, senders):
    taking = {
        route
        for route in posts(app)
        if getattr(app.view_functions[rules(app)[route].endpoint], "takes_upload", False)
    }
    assert taking == TAKE_FILES
    for route in taking:
        assert 200 in answers(app, senders, route, REQUEST_BYTES + 1), route
        told = answers(app, senders, route, UPLOAD_BYTES + 1)
        assert 413 in told and 200 not in told, route


class Dripping(BytesIO):
    """A body whose every read takes `seconds` on the clock of the bodies."""

    def __init__(self, content: bytes, seconds: float) -> None:
        super().__init__(content)
        self.seconds, self.now = seconds, 0.0

    def read(self, size: int | None = -1) -> bytes:
        self.now += self.seconds
        return super().read(size)


def answers_in_time(app, senders, route: str, seconds: float, monkeypatch) -> set[int]:
    """What each of them is told whose body takes so many seconds."""
    posted_to, told = address(app, rules(app)[route], "POST", {}), set()
    for client, given in senders[1:] if " /desk/" in route else senders[:1]:
        body = Dripping(b"x" * 10, seconds)
        monkeypatch.setattr(slow_bodies, "monotonic", lambda body=body: body.now)
        headers = {**HERE, "X-CSRFToken": given, "Content-Type": "application/octet-stream"}
        told.add(client.post(posted_to, input_stream=body, content_length=10, headers=headers).status_code)  # fmt: skip
    return told


def test_every_body_arrives_in_the_time_of_its_route_or_not_at_all(app, senders, monkeypatch):
    monkeypatch.setattr(two_persons, "is_demanded", lambda: False)
    wrong, unread = {}, set()
    for route in posts(app):
        limit = slow_bodies.UPLOAD_SECONDS if route in TAKE_FILES else slow_bodies.SECONDS
        late = answers_in_time(app, senders, route, limit + 1, monkeypatch)
        in_time = answers_in_time(app, senders, route, limit / 3, monkeypatch)
        if 200 not in in_time:
            unread.add(route)
        elif 408 not in late or 200 in late or 408 in in_time:
            wrong[route] = (late, in_time)
    assert wrong == {}
    # What a session of a respondent is needed for: refused before a byte is read.
    assert {route for route in unread if not route.startswith("POST /phieu/")} == set()


def test_a_reader_that_waits_for_the_next_byte_is_woken(app, monkeypatch):
    """As gunicorn waits: in the kernel, for as long as somebody sends a byte now and then."""
    monkeypatch.setattr(slow_bodies, "SECONDS", 0.4)
    ours, theirs = socket.socketpair()
    done = threading.Event()

    def drip():
        with suppress(OSError):  # nobody reads any more
            while not done.wait(0.05):
                theirs.send(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    with ours, theirs, ours.makefile("rb") as arriving:
        body = BytesIO(b"x" * 60_000)
        body.read = arriving.read
        answer = app.test_client().post(
            "/account/sign-in", input_stream=body, 
            headers={**HERE, "Content-Type": "application/x-www-form-urlencoded"},
            environ_overrides={"gunicorn.socket": ours},
        )  # fmt: skip
        done.set()
        dripping.join()
    assert answer.status_code == 408
