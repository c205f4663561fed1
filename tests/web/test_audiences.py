"""Processes of one audience each, behind the second wall: people are served as before, and nothing else answers."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from surveyapp.config import SettingsRefused, read_settings
from surveyapp.db import transaction
from surveyapp.keys import (
    FOR_AUDIENCE,
    KeyNotGiven,
    KeyRingRefused,
    install_key_ring,
    read_key_ring,
    rotate_key_ring,
)
from surveyapp.responses.models import SealedBallot
from surveyapp.web import application, audiences
from tests import factories
from tests.web.browsing import sign_in
from tests.web.test_promise import reviewed
from tests.web.test_respond import stored


@pytest.fixture
def engine(walled_engine):
    return walled_engine


@pytest.fixture
def asked_as(engine):
    """By which roles the database was asked."""
    seen = set()

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("SET") and "ROLE" in statement:
            seen.add(statement.rsplit(" ", 1)[1])

    event.listen(engine, "before_cursor_execute", note)
    return seen


@pytest.fixture
def holding(app, settings, keys):
    """Let the application hold the keys of one audience."""

    def hold(audience):
        application.configure(app, settings, keys.only(FOR_AUDIENCE[audience]))

    return hold


def test_a_person_answers_and_submits_by_a_process_that_can_read_no_name(ann, asked_as, holding):
    holding("respondent")
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "1"})
    ann.post("/phieu/1/nop", "/phieu/1/xem-lai", version=reviewed(ann))
    assert ann.get("/phieu/1/bien-nhan").status_code == 200
    assert stored(SealedBallot) == 1
    assert asked_as == {"survey_respondent"}


def test_desk_and_centre_work_by_a_process_that_can_read_no_draft(
    app, people, asked_as, moment, holding
):
    with transaction() as db:
        factories.staff(db, moment.at, "coordinator", unit="BNV", username="desk")
        factories.staff(db, moment.at, "operator", username="centre")
    desk, centre = app.test_client(), app.test_client()
    holding("desk")
    sign_in(desk, "desk")
    holding("centre")
    sign_in(centre, "centre")
    asked_as.clear()
    holding("desk")
    for page in ("", "people", "rates"):
        assert desk.get(f"/desk/tiny/BNV/{page}").status_code == 200
    assert "Nguyễn" in desk.get("/desk/tiny/BNV/people").text
    holding("centre")
    for page in ("", "lists", "people", "rates"):
        assert centre.get(f"/centre/tiny/{page}", follow_redirects=True).status_code in (200, 404)
    assert asked_as == {"survey_staff"}


ADDRESSES = {"respondent": "/cam-ket", "desk": "/desk/tiny/BNV/", "centre": "/centre/tiny/"}


@pytest.mark.parametrize("audience", ADDRESSES)
def test_a_process_answers_for_its_own_audience_alone(audience, settings, keys, engine):
    from surveyapp import create_app

    settings.instance.mkdir(mode=0o700, exist_ok=True)
    app = create_app(replace(settings, audience=audience), keys=keys, engine=engine)
    client = app.test_client()
    for other, address in ADDRESSES.items():
        served = client.get(address).status_code != 404
        assert served == (other == audience), address
    assert client.get("/account/sign-in").status_code == (404 if audience == "respondent" else 200)
    assert client.get("/health/live").status_code == 200


def test_of_the_keys_of_an_audience_no_other_can_be_made(keys, tmp_path):
    path = tmp_path / "desk.json"
    install_key_ring(path, keys.only(FOR_AUDIENCE["desk"]))
    ring = read_key_ring(path)
    assert ring.key("staff-cookie") == keys.key("staff-cookie")
    for purpose in ("issue", "link", "draft", "ballot-mac"):
        with pytest.raises(KeyNotGiven):
            ring.using(1).key(purpose)
    with pytest.raises(KeyRingRefused):
        rotate_key_ring(path)
    path.chmod(0o640)
    with pytest.raises(KeyRingRefused):
        read_key_ring(path)


def test_every_room_has_its_audience(own_app):
    settled = set().union(*audiences.ROOMS.values()) | {"health"}
    assert set(own_app.blueprints) <= settled


def test_an_unknown_audience_is_refused():
    with pytest.raises(SettingsRefused, match="SURVEYAPP_AUDIENCE"):
        read_settings({"DATABASE_URL": "sqlite:///x", "SURVEYAPP_AUDIENCE": "everybody"})
