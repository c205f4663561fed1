"""Guard: whatever of the centre names a person of the lists enters who read it, and for what reason.

Every route of the URL map is asked by each role; what comes back is read, files too. A route that begins to name people
fails until it stands here, and until it enters the reading.
"""

import io
import re
import subprocess
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, or_, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from surveyapp.accounts.models import AuditEntry
from surveyapp.db import reading, transaction
from surveyapp.web.http.safeguards import two_persons
from tests import factories
from tests.architecture import stored_objects
from tests.architecture.test_route_objects import address
from tests.architecture.test_routes import (  # fmt: skip
    CALL,
    CENTRE,
    DATA_REQUEST,
    INVITATION,
    OPERATOR,
    ROUTES,
    WAVE,
    WORDS,
    rules,
)
from tests.web.browsing import HERE, sign_in, token

ROLES = ("operator", "viewer", "auditor")
NAMES_PEOPLE = {
    f"GET {CALL}": OPERATOR,
    "GET /centre/<campaign>/calls/people": OPERATOR,
    "GET /centre/<campaign>/declarations": OPERATOR,
    f"GET {INVITATION}": OPERATOR,
    "GET /centre/<campaign>/list/<uuid:list_id>/": CENTRE,
    f"GET {WAVE}": OPERATOR,
    f"GET {WORDS}": OPERATOR,
    f"GET {DATA_REQUEST}": OPERATOR,
    "GET /centre/<campaign>/personal-data/new/<uuid:invitation_id>": OPERATOR,
    "GET /centre/<campaign>/units/<code>/": OPERATOR,
    f"POST {INVITATION}reissue": OPERATOR,
    f"POST {INVITATION}revoke": OPERATOR,
    "POST /centre/<campaign>/calls/people": OPERATOR,
    "POST /centre/<campaign>/declarations": OPERATOR,
    "POST /centre/<campaign>/invitations/mailing": OPERATOR,
    "POST /centre/<campaign>/invitations/search": OPERATOR,
    "POST /centre/<campaign>/list/<uuid:list_id>/return": OPERATOR,
    f"POST {WAVE}confirm": OPERATOR,
    f"POST {DATA_REQUEST}answer": OPERATOR,
    f"POST {DATA_REQUEST}held": OPERATOR,
    f"POST {DATA_REQUEST}statement.pdf": OPERATOR,
    "POST /centre/<campaign>/personal-data/new/<uuid:invitation_id>": OPERATOR,
    "POST /centre/<campaign>/units/<code>/notes": OPERATOR,
}
ENTERED_WHEN_CLAIMED = f"GET {CALL}"
"""The card of a call opens only to whoever has taken the person, and that was the entry."""
SAYS_WHY_ITSELF = (
    "data_held.shown",
    "data_held.printed",
    "invitation.listed",
    "letters.downloaded",
)
"""What was done is the reason."""
REASON = "trả lời thư của người được mời"
FIELDS = {"search_reason": REASON, "text": "Hương", "reason": REASON, "who": "everyone"}
"""What the forms of looking people up want; other forms take what they know of it."""


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def mine(app, engine, now, keys, moment, monkeypatch) -> dict[str, Any]:
    monkeypatch.setattr(two_persons, "is_demanded", lambda: False)
    with transaction() as db:
        stored = stored_objects.store(db, now, keys)
        for role in ROLES:
            factories.staff(db, now, role, username=role, keys=keys)
    return stored["mine"]


def words(answer: TestResponse) -> str:
    """All that somebody reads in it, whatever kind of file it is."""
    return _words_of(answer.data)


def _words_of(content: bytes) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return " ".join(_words_of(packed.read(name)) for name in packed.namelist())
    if content.startswith(b"%PDF"):
        read = ["pdftotext", "-", "-"]
        return subprocess.run(read, input=content, capture_output=True, check=True, timeout=60).stdout.decode()  # fmt: skip
    return content.decode(errors="replace")


def names_somebody(answer: TestResponse) -> bool:
    read = re.sub(r"\s+", " ", words(answer))
    told = {part for listed in stored_objects.LISTED.values() for who in listed for part in who}
    return any(part in read for part in told) or any(
        part in re.sub(r"[ .]", "", read) for part in told if part.isdigit()
    )


def readings(actor: str) -> int:
    """How often it was entered that this person read about people, and for what."""
    said = AuditEntry.facts["reason"].as_string().is_not(None)
    entered = select(func.count()).where(
        AuditEntry.actor == actor, or_(said, AuditEntry.action.in_(SAYS_WHY_ITSELF))
    )
    with reading() as db:
        return db.scalar(entered) or 0


def ask(
    app: Flask, client: FlaskClient, route: str, rule: Rule, mine: dict[str, Any], given: str
) -> TestResponse:
    method = route.split()[0]
    sent = {"data": {**FIELDS, "csrf_token": given}} if method == "POST" else {}
    return client.open(address(app, rule, method, mine), method=method, headers=HERE, **sent)


def centre(app: Flask) -> dict[str, Rule]:
    """Every route of the centre: reading first, what ends the campaign last."""
    routes = {route: rule for route, rule in rules(app).items() if " /centre/<" in route}
    return dict(sorted(routes.items(), key=lambda one: ("/life/" in one[0], one[0])))


def test_whatever_names_people_enters_who_read_it_and_why(app, mine):
    unentered, shown = [], {}
    for role in ROLES:
        client = app.test_client()
        sign_in(client, role)
        given = token(client.get("/account/"))
        if role == "operator":
            for door in (f"POST {INVITATION}", "POST /centre/<campaign>/calls/open", f"POST {CALL}claim"):  # fmt: skip
                ask(app, client, door, rules(app)[door], mine, given)
        for route, rule in centre(app).items():
            # What a viewer sees is what an auditor sees: he is asked where people are named.
            if role not in ROUTES[route] or (role == "viewer" and route not in NAMES_PEOPLE):
                continue
            before = readings(role)
            answer = ask(app, client, route, rule, mine, given)
            assert answer.status_code != 500, route
            if names_somebody(answer):
                shown[route] = (*shown.get(route, ()), role)
                if readings(role) == before and route != ENTERED_WHEN_CLAIMED:
                    unentered.append((route, role))
    assert unentered == []
    assert shown == NAMES_PEOPLE


def test_no_page_names_anybody_to_who_has_not_said_why(app, mine):
    """A person's card by its address alone: the page asks, and neither title nor trail of crumbs tells."""
    client = app.test_client()
    sign_in(client, "operator")
    route = f"GET {INVITATION}"
    page = ask(app, client, route, rules(app)[route], mine, "")
    assert not names_somebody(page)
    assert "Vì sao cần xem" in page.text
    assert readings("operator") == 0
