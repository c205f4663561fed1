"""Adding to kept numbers: what is there grows, what is not there yet begins."""

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, select

from surveyapp.db import add_up, transaction

KEPT = Table(
    "kept",
    MetaData(),
    Column("unit", Integer, primary_key=True),
    Column("reason", String, primary_key=True),
    Column("people", Integer, nullable=False),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    given: Engine = request.getfixturevalue(f"{request.param}_engine")
    KEPT.create(given)
    return given


def row(unit: int, reason: str, people: int) -> dict[str, object]:
    return {"unit": unit, "reason": reason, "people": people}


def test_numbers_are_added_to_the_row_of_the_same_key_and_to_no_other(engine):
    with transaction() as db:
        add_up(db, KEPT, [row(1, "moved", 2), row(1, "started", 3)], into="people")
        add_up(db, KEPT, [], into="people")
        add_up(db, KEPT, [row(1, "started", -1), row(2, "started", 5)], into="people")
    with transaction() as db:
        kept = db.execute(select(KEPT).order_by(KEPT.c.unit, KEPT.c.reason)).all()
    assert kept == [(1, "moved", 2), (1, "started", 2), (2, "started", 5)]
