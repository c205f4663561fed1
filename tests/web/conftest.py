"""Pages are tested on SQLite; the journeys walk the same pages on both engines."""

import pytest
from sqlalchemy import Engine

from surveyapp.web.desk import working


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, small files are read within their request."""
    monkeypatch.setattr(working, "PATIENCE", 60)
