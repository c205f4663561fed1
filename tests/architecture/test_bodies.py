"""Guard: whatever route takes a body, it ends at the bound of that route; a page that takes files is named here."""

from functools import wraps

import pytest
from flask import Flask, request
from sqlalchemy import Engine

from surveyapp.db import transaction
from surveyapp.web.application import REQUEST_BYTES
from surveyapp.web.http.guard import UPLOAD_BYTES
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
