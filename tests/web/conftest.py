"""Pages are tested on SQLite; the journeys walk the same pages on both engines."""

import pytest
from sqlalchemy import Engine


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine
