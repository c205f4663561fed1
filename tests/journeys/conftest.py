"""A server as it is installed: keys on disk, shared by the pages and the command line."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from surveyapp.config import Settings
from surveyapp.keys import KeyRing
from surveyapp.web.desk import background


@pytest.fixture
def app(settings: Settings, keys: KeyRing, engine: Engine) -> Flask:
    """The application on the same keys as the command line."""
    from surveyapp import create_app

    return create_app(settings, keys=keys, engine=engine)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, small files are read within their request."""
    monkeypatch.setattr(background, "PATIENCE", 60)
