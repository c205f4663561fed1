"""Every route of the URL map is sent hostile values in every field and argument it reads, and hostile JSON.

Which fields a view reads is noted while it reads them, so a new route or a new field is attacked without being named.
"""

import os
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from surveyapp.db import transaction
from surveyapp.keys import KeyRing
from tests import factories
from tests.architecture import stored_objects
from tests.architecture.test_route_objects import address
from tests.architecture.test_routes import rules
from tests.web.browsing import HERE, sign_in, token

VALUES = (
    "9" * 5000,
    "/phieu\r\nSet-Cookie: stolen=1",
    "//evil.example/centre/",
    "/\\evil.example",
    "https://evil.example/",
    "[" * 5000,
    "９-1e9\x00\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
)
BODIES = (
    b"[" * 60_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"n": ' + b"9" * 5_000 + b"}",
    b'{"id": {}, "rawId": [], "response": 1}',
    b"\xff\xfe",
    b"null",
)
OURS = {"csrf_token", "own"}
TURNS = int(os.environ.get("HOSTILE_TURNS", "2"))
"""How many values each field is sent in turn: as many as there are by `HOSTILE_TURNS=7`."""
LAST = ("/closed", "/factors", "/sign-out", "/end", "/life/", "/remove")
"""What ends an account, a session or the campaign comes after all else."""
read_names: set[str] = set()
newcomers = count()


class Noted(MultiDict[str, str]):
    """The fields as sent, and a note of each that somebody looks for."""

    def get(self, key: Any, *args: Any, **how: Any) -> Any:
        read_names.add(key)
        return super().get(key, *args, **how)

    def getlist(self, key: Any, *args: Any, **how: Any) -> Any:
        read_names.add(key)
        return super().getlist(key, *args, **how)

    def __contains__(self, key: object) -> bool:
        read_names.add(str(key))
        return super().__contains__(key)


class NotingRequest(Request):
    """A request that notes which fields are read of it."""

    @property
    def form(self) -> Any:  # type: ignore[override]
        return Noted(super().form)

    @property
    def args(self) -> Any:  # type: ignore[override]
        return Noted(super().args)


@pytest.fixture
def noting(app: Flask, monkeypatch) -> Flask:
    monkeypatch.setattr(app, "request_class", NotingRequest)
    return app


def faults(answer: TestResponse) -> list[str]:
    """What an attacker has got out of it."""
    told = []
    if answer.status_code >= 500:
        told.append(str(answer.status_code))
    where = answer.headers.get("Location", "")
    parts = urlsplit(where)
    if parts.netloc not in ("", "localhost") or where.startswith(("//", "/\\")) or "\\" in where:
        told.append(f"leads to {where[:80]}")
    if any("stolen" in name or "stolen=1" in value[:9] for name, value in answer.headers):
        told.append("sets a header")
    return told


def attack(
    client: FlaskClient, where: str, method: str, headers: dict[str, str], given: str
) -> list[str]:
    """What came of it: first what the view reads is found out, then each value goes into all of it."""
    read_names.clear()
    names: set[str] = set()
    told = []
    for turn in range(TURNS + 1):
        rotated = VALUES[turn % len(VALUES) :] + VALUES[: turn % len(VALUES)]
        fields = {name: rotated[at % len(rotated)] for at, name in enumerate(sorted(names - OURS))}
        if turn and not fields:
            break
        if method == "POST":
            sent: dict[str, Any] = {"data": {**fields, "csrf_token": given}}
        else:
            sent = {"query_string": {name: one[:1000] for name, one in fields.items()}}
        answer = client.open(where, method=method, headers=headers, **sent)
        told += [f"turn {turn}: {fault}" for fault in faults(answer)]
        names |= read_names
    return told


def come_back(client: FlaskClient, role: str, now: datetime, keys: KeyRing) -> str:
    """As somebody else of the same role: the session, or the account, was ended by what was sent."""
    name = f"{role}-{next(newcomers)}"
    with transaction() as db:
        if role == "desk":
            factories.staff(db, now, "coordinator", unit="01", username=name, keys=keys)
        else:
            factories.staff(db, now, role, username=name, keys=keys)
    sign_in(client, name)
    return token(client.get("/account/"))


def ordered(app: Flask) -> dict[str, Rule]:
    return dict(sorted(rules(app).items(), key=lambda one: any(end in one[0] for end in LAST)))


@pytest.mark.parametrize("username", ["operator", "desk"])
def test_no_field_of_any_page_of_the_staff_breaks_it_or_leads_away(
    noting, now, keys, moment, username
):
    with transaction() as db:
        mine = stored_objects.store(db, now, keys)["mine"]
        factories.staff(db, now, "operator", username="operator", keys=keys)
        factories.staff(db, now, "coordinator", unit="01", username="desk", keys=keys)
    client = noting.test_client()
    sign_in(client, username)
    given = token(client.get("/account/"))
    home = {"operator": ("/centre/", "/account", "/api/"), "desk": ("/desk/",)}[username]
    told = {}
    for route, rule in ordered(noting).items():
        method, _, path = route.partition(" ")
        if not path.startswith(home):
            continue
        if client.get("/account/").status_code != 200:
            given = come_back(client, username, now, keys)
        if wrong := attack(client, address(noting, rule, method, mine), method, HERE, given):
            told[route] = wrong
    assert told == {}


def test_no_field_of_a_respondents_page_breaks_it_or_leads_away(noting, ann):
    told = {}
    for route, rule in ordered(noting).items():
        method, _, path = route.partition(" ")
        if path.startswith(("/centre/", "/desk/", "/account", "/api/")):
            continue
        if ann.get("/phieu").status_code != 200:
            ann.start()
        given = token(ann.get("/phieu"))
        parts = {"token": ann.link.removeprefix("/t/"), "mark": "AAAAAAAA", "part": "00"}
        where = address(noting, rule, method, parts)
        if wrong := attack(ann.client, where, method, HERE, given):
            told[route] = wrong
    assert told == {}


def test_no_json_breaks_a_route_whoever_sends_it(app, now, keys, moment):
    with transaction() as db:
        mine = stored_objects.store(db, now, keys)["mine"]
        factories.staff(db, now, "operator", username="operator", keys=keys)
    client = app.test_client()
    sign_in(client, "operator")
    given, told = token(client.get("/account/")), {}
    for route, rule in ordered(app).items():
        if not route.startswith("POST "):
            continue
        where = address(app, rule, "POST", mine)
        for body in BODIES:
            headers = {**HERE, "X-CSRFToken": given, "Accept": "application/json", "Content-Type": "application/json"}  # fmt: skip
            answer = client.post(where, data=body, headers=headers)
            if answer.status_code >= 500 or faults(answer):
                told[route] = (body[:20], answer.status_code)
    assert told == {}
