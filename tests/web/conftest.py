"""Pages are tested on SQLite; the journeys walk the same pages on both engines."""

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from surveyapp.campaigns.models import Campaign
from surveyapp.cli import second_person
from surveyapp.db import transaction
from surveyapp.invitations import service as invitations
from surveyapp.web.desk import background
from surveyapp.web.http.safeguards import two_persons
from tests import factories, wall
from tests.web.person import ONE, TWO, Person


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite; as the roles of the second wall where `make wall-test` asks for them."""
    walled = "pooled_wall" if wall.POOLED else "walled_engine"
    given_engine: Engine = request.getfixturevalue(walled if wall.WANTED else "sqlite_engine")
    return given_engine


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, small files are read within their request."""
    monkeypatch.setattr(background, "PATIENCE", 60)


@pytest.fixture
def people(app: Flask, now, keys, moment) -> dict[tuple[str, str], Person]:
    """Somebody with two questionnaires and somebody with one, in an open campaign."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        for position, (unit, kind) in enumerate((TWO, ONE)):
            listed = factories.people(1, start=position * 10)
            factories.approved_list(db, campaign, now, keys, unit=unit, kind=kind, listed=listed)
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        invitations.issue(db, campaign, keys=keys, now=now)
        rows = list(invitations.mailing(db, campaign, keys=keys, base_url="http://localhost"))
    by_unit = {row.unit_code: row for row in rows}
    return {(unit, kind): Person(app.test_client(), by_unit[unit]) for unit, kind in (TWO, ONE)}


@pytest.fixture
def ann(people) -> Person:
    """She rates one unit."""
    return people[ONE]


@pytest.fixture
def binh(people) -> Person:
    """He rates a ministry and his province."""
    return people[TWO]


@pytest.fixture(autouse=True)
def one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """One operator does what takes two: `tests/web/test_two_persons.py` is about the second."""
    monkeypatch.setattr(two_persons, "is_demanded", lambda: False)
    monkeypatch.setattr(second_person, "is_demanded", lambda _server: False)
