"""A server as it is installed: keys on disk, shared by the pages and the command line."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from surveyapp.cli import second_person
from surveyapp.config import Settings
from surveyapp.keys import KeyRing
from surveyapp.web.desk import background
from surveyapp.web.http.safeguards import two_persons


@pytest.fixture
def app(settings: Settings, keys: KeyRing, engine: Engine) -> Flask:
    """The application on the same keys as the command line."""
    from surveyapp import create_app

    return create_app(settings, keys=keys, engine=engine)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, small files are read within their request."""
    monkeypatch.setattr(background, "PATIENCE", 60)


@pytest.fixture(autouse=True)
def one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """One operator does what takes two: `tests/web/test_two_persons.py` is about the second."""
    monkeypatch.setattr(two_persons, "is_demanded", lambda: False)
    monkeypatch.setattr(second_person, "is_demanded", lambda _server: False)
