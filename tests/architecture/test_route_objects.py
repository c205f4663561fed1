"""Guard: every route with an object in its address, by its real view, on both engines: mine, another's, nobody's.

Whoever is not admitted is told nothing of any of the three; whoever is never reaches another's or nobody's.
"""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from surveyapp.db import reading, transaction
from surveyapp.tables import metadata
from tests import factories
from tests.architecture import stored_objects
from tests.architecture.test_routes import (
    ANYONE,
    PARTS,
    PASSWORD,
    RESPONDENT,
    ROUTES,
    SIGNED_IN,
    rules,
)
from tests.web.browsing import HERE, sign_in, token

OBJECTS = ("list_id", "invitation_id", "received_id", "declaration_id", "subscriber_id", "token_id", "wave_id", "batch_id", "canary_id", "request_id", "staff_id", "data_request_id")  # fmt: skip
PEOPLE = {
    "operator": ("operator", ""),
    "viewer": ("viewer", ""),
    "auditor": ("auditor", ""),
    "coordinator-01": ("coordinator", "01"),
    "coordinator-bnv": ("coordinator", "BNV"),
}
SOMEBODY_ELSES = {303, 403, 404, 409, 410, 422}
"""What a post about another's object may answer, as long as nothing changes; a page about it is never there."""
LEADS_BACK = {"GET /centre/<campaign>/calls/<uuid:invitation_id>/"}
"""Whoever has no shift, or has not claimed the person, is led to where that is done."""
OWN = {"GET": {200}, "POST": {200, 303, 409, 422}}
"""What is answered about one's own object; a post without the fields of its form may want them first."""
OWN_NOTES = {"audit_entry", "attempt_window", "confirmation", "staff_session"}
"""Tables where a post leaves that it was made."""


@pytest.fixture
def whose(engine, now, keys, moment) -> dict[str, dict[str, Any]]:
    """Two open campaigns with everything an address can name, and everybody who works on the first."""
    with transaction() as db:
        stored = stored_objects.store(db, now, keys)
        for username, (role, unit) in PEOPLE.items():
            factories.staff(db, now, role, unit=unit, username=username, keys=keys)
        factories.staff(db, now, "operator", username="stranger", campaign_code="gone", keys=keys)
    return {**stored, "nobody's": {}}


def everything() -> dict[str, list[str]]:
    """Every row of every other table, to see that nothing changed."""
    with reading() as db:
        return {
            table.name: sorted(repr(tuple(row)) for row in db.execute(select(table)))
            for table in metadata.sorted_tables
            if table.name not in OWN_NOTES
        }


def address(app: Flask, rule: Rule, method: str, given: dict[str, Any]) -> str:
    parts = {name: PARTS[name] for name in rule.arguments if name not in given}
    parts |= {name: uuid4() for name in rule.arguments & set(OBJECTS)}
    parts |= {name: value for name, value in given.items() if name in rule.arguments}
    for name in rule.arguments:
        words = getattr(rule._converters.get(name), "items", ())
        if words and parts[name] not in words:
            parts[name] = min(words)
    parts |= rule.defaults or {}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, parts, method=method)


def about_objects(app: Flask) -> dict[str, Rule]:
    """Routes of the staff with an object in their address."""
    open_to_all = (ANYONE, SIGNED_IN, PASSWORD, RESPONDENT)
    return {
        route: rule
        for route, rule in rules(app).items()
        if (rule.arguments - set(rule.defaults or {})) & set(OBJECTS)
        and ROUTES[route] not in open_to_all
    }


def test_who_is_not_admitted_is_told_nothing_of_any_object(app, whose):
    wrong = []
    for username, (role, unit) in {**PEOPLE, "stranger": ("operator", "")}.items():
        client = app.test_client()
        sign_in(client, username)
        given = token(client.get("/account/"))
        for route, rule in about_objects(app).items():
            is_elsewhere = username == "stranger" or ("<unit>" in route and unit not in ("", "01"))
            if role in ROUTES[route] and not is_elsewhere:
                continue
            method = route.split()[0]
            answers = {
                client.open(
                    address(app, rule, method, of),
                    method=method,
                    headers={**HERE, "X-CSRFToken": given},
                ).status_code
                for of in whose.values()
            }
            if len(answers) != 1 or not answers <= {403, 404}:
                wrong.append((route, username, answers))
    assert wrong == []


def test_who_is_admitted_never_reaches_anothers_object_nor_nobodys(app, whose):
    """A desk's own list is there, the other desk's is not; the centre's absent objects are not there."""
    wrong = []
    before = everything()
    for username in ("operator", "coordinator-01"):
        client = app.test_client()
        sign_in(client, username)
        given = token(client.get("/account/"))
        for route, rule in about_objects(app).items():
            if PEOPLE[username][0] not in ROUTES[route]:
                continue
            method = route.split()[0]
            others = (
                ("foreign", "nobody's")
                if username == "operator"
                else ("another's", "foreign", "nobody's")
            )
            for name in others:
                answer = client.open(
                    address(app, rule, method, whose[name]),
                    method=method,
                    headers={**HERE, "X-CSRFToken": given},
                ).status_code
                if method == "POST":
                    client.get("/account/")  # takes the messages away, or the cookie grows too long
                is_read = method == "GET" and route not in LEADS_BACK
                allowed = {404} if is_read else SOMEBODY_ELSES
                if answer not in allowed:
                    wrong.append((route, username, name, answer))
    assert wrong == []
    after = everything()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"recovery_code", "staff", "staff_device"}  # signing in left its traces


def test_ones_own_objects_are_there_on_every_page_and_for_every_deed(app, whose):
    """Else the two above would prove nothing: by every role admitted, first the pages, then the posts."""
    wrong = []
    clients = {name: app.test_client() for name in PEOPLE if name != "coordinator-bnv"}
    for username, client in clients.items():
        sign_in(client, username)
    for method in ("GET", "POST"):
        for username, client in clients.items():
            given = token(client.get("/account/"))
            for route, rule in sorted(about_objects(app).items(), key=_takes_away):
                if not route.startswith(method) or PEOPLE[username][0] not in ROUTES[route]:
                    continue
                answer = client.open(
                    address(app, rule, method, whose["mine"]),
                    method=method,
                    data={"unit": "01"} if method == "POST" else None,
                    headers={**HERE, "X-CSRFToken": given},
                ).status_code
                if method == "POST":
                    client.get("/account/")  # takes the messages away, or the cookie grows too long
                if answer not in OWN[method] | ({303} if route in LEADS_BACK else set()):
                    wrong.append((route, username, answer))
    assert wrong == []


def _takes_away(route: tuple[str, Rule]) -> bool:
    """After this there is no such object any more, so it comes last."""
    return route[0].endswith("/delete")
