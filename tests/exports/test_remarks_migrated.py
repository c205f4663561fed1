"""Remarks that came out of a box before anybody reviewed them: nothing of them leaves until two persons decided."""

import datetime as dt

import pytest
import sqlalchemy as sa

from surveyapp.db import make_engine
from surveyapp.schema import migrate
from tests.reflected_rows import insert

BEFORE, AFTER = "0014", "0015"
MOMENT = dt.datetime(2024, 2, 9, tzinfo=dt.UTC)
WRITTEN = "Nên giảm họp."


@pytest.fixture(params=["empty_sqlite", "empty_postgres"])
def old(request):
    """An opened campaign with one remark, as it stood before."""
    engine = make_engine(request.getfixturevalue(request.param))
    migrate(engine, to=BEFORE)
    with engine.begin() as connection:
        insert(connection, "campaign", id=1, code="tiny", state="opened", custody="server",
               settings="{}", opens_at=MOMENT - dt.timedelta(days=30), closes_at=MOMENT)  # fmt: skip
        insert(connection, "remark", id=bytes(16), campaign_id=1, level="ministry", text=WRITTEN)
    yield engine
    engine.dispose()


def rows(engine, statement):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def decide(engine, **more):
    values = {"remark_id": bytes(16), "campaign_id": 1, "leaves": True, "text": WRITTEN,
              "first_by": "an", "first_at": MOMENT}  # fmt: skip
    with engine.begin() as connection:
        insert(connection, "remark_review", **values | more)


def test_of_before_nothing_is_decided_and_going_back_forgets_what_was(old):
    migrate(old, to=AFTER)
    assert rows(old, "select text, named from remark") == [(WRITTEN, None)]
    assert rows(old, "select 1 from remark_review") == rows(old, "select 1 from name_grams") == []
    decide(old, second_by="binh", second_at=MOMENT)
    migrate(old, to=BEFORE)
    assert rows(old, "select text from remark") == [(WRITTEN,)]
    migrate(old, to=AFTER)
    assert rows(old, "select text, named from remark") == [(WRITTEN, None)]
    assert rows(old, "select 1 from remark_review") == []


def test_half_a_decision_and_half_a_key_are_refused_by_the_database(old):
    migrate(old, to=AFTER)
    for spoilt in (
        {"leaves": False},
        {"second_by": "binh"},
        {"second_at": MOMENT},
        {"remark_id": b"short"},
    ):
        with pytest.raises(sa.exc.IntegrityError):
            decide(old, **spoilt)
    with pytest.raises(sa.exc.IntegrityError), old.begin() as connection:
        insert(connection, "name_grams", campaign_id=1, key=bytes(16), prints=b"")
    decide(old)
