"""Guard: every route with an object in its address, by its real view, on both engines: mine, another's, nobody's.

Whoever is not admitted is told nothing of any of the three; whoever is never reaches another's or nobody's.
"""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from surveyapp.accounts import service
from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading, transaction
from surveyapp.invitations import service as invitations
from surveyapp.invitations.models import Invitation
from surveyapp.respondents.models import Person, RespondentList
from surveyapp.tables import metadata
from tests import factories
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
OWN_NOTES = {"audit_entry", "attempt_window", "confirmation", "staff_session"}
"""Tables where a post leaves that it was made."""


@pytest.fixture
def app(app: Flask, now, keys, moment) -> Flask:
    """An open campaign with two units' lists and invitations, and everybody who works on it."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        for number, (unit, kind) in enumerate(
            (("01", "agency-leaders"), ("BNV", "department-leaders"))
        ):
            listed = factories.people(2, start=number * 10)
            factories.approved_list(db, campaign, now, keys, unit=unit, kind=kind, listed=listed)
        for username, (role, unit) in PEOPLE.items():
            factories.staff(db, now, role, unit=unit, username=username, keys=keys)
        factories.staff(db, now, "operator", username="stranger", campaign_code="gone", keys=keys)
    with transaction() as db:
        invitations.issue(db, db.scalars(select(Campaign)).one(), keys=keys, now=now)
    return app


def objects() -> dict[str, dict[str, Any]]:
    """Of each unit its list and the invitation of one of its people; accounts by whose they are."""
    objects_by_unit: dict[str, dict[str, Any]] = {}
    with reading() as db:
        for one in db.scalars(select(RespondentList)):
            of_unit = select(Invitation.id).join(Person).where(Person.unit_id == one.unit_id)
            objects_by_unit[one.staged_by + str(one.unit_id)] = {
                "list_id": one.id,
                "invitation_id": db.scalars(of_unit).first(),
                "staff_id": service.staff_named(db, "viewer").id,
            }
    mine, others = objects_by_unit.values()
    return {"mine": mine, "another's": others, "nobody's": {}}


def everything() -> dict[str, list[str]]:
    """Every row of every other table, to see that nothing changed."""
    with reading() as db:
        return {
            table.name: sorted(repr(tuple(row)) for row in db.execute(select(table)))
            for table in metadata.sorted_tables
            if table.name not in OWN_NOTES
        }


def address(app: Flask, rule: Rule, method: str, given: dict[str, Any]) -> str:
    parts = {name: PARTS[name] for name in rule.arguments}
    parts |= {name: uuid4() for name in rule.arguments & set(OBJECTS)}
    parts |= {name: value for name, value in given.items() if name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, parts, method=method)


def about_objects(app: Flask) -> dict[str, Rule]:
    """Routes of the staff with an object in their address."""
    open_to_all = (ANYONE, SIGNED_IN, PASSWORD, RESPONDENT)
    return {
        route: rule
        for route, rule in rules(app).items()
        if rule.arguments & set(OBJECTS) and ROUTES[route] not in open_to_all
    }


def test_who_is_not_admitted_is_told_nothing_of_any_object(app):
    wrong = []
    whose = objects()
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


def test_who_is_admitted_never_reaches_anothers_object_nor_nobodys(app):
    """A desk's own list is there, the other desk's is not; the centre's absent objects are not there."""
    wrong = []
    whose, before = objects(), everything()
    for username in ("operator", "coordinator-01"):
        client = app.test_client()
        sign_in(client, username)
        given = token(client.get("/account/"))
        for route, rule in about_objects(app).items():
            if PEOPLE[username][0] not in ROUTES[route]:
                continue
            method = route.split()[0]
            foreign = ("nobody's",) if username == "operator" else ("another's", "nobody's")
            for name in foreign:
                answer = client.open(
                    address(app, rule, method, whose[name]),
                    method=method,
                    headers={**HERE, "X-CSRFToken": given},
                ).status_code
                is_read = method == "GET" and route not in LEADS_BACK
                allowed = {404} if is_read else SOMEBODY_ELSES
                if answer not in allowed:
                    wrong.append((route, username, name, answer))
    assert wrong == []
    after = everything()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"recovery_code", "staff", "staff_device"}  # signing in left its traces


def test_ones_own_objects_are_there(app):
    """Else the two above would prove nothing."""
    whose = objects()["mine"]
    for username, route in (
        ("coordinator-01", "GET /desk/<campaign>/<unit>/list/<uuid:list_id>/"),
        ("operator", "GET /centre/<campaign>/list/<uuid:list_id>/"),
        ("operator", "GET /centre/<campaign>/invitations/<uuid:invitation_id>/"),
    ):
        client = app.test_client()
        sign_in(client, username)
        assert client.get(address(app, rules(app)[route], "GET", whose)).status_code == 200, route
