"""Prepared statements: what is the same each time stands in their text; a transaction of them is a transaction."""

import sqlite3
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import (
    Column,
    Date,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

from surveyapp.db import (
    PreparedStatement,
    connections_in_use,
    lending,
    prepared,
    prepared_transaction,
    read_once,
    reading,
)

NOTES = Table(
    "note",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("kind", String, nullable=False),
    Column("day", Date),
    Column("content", LargeBinary),
    Column("n", Integer),
)
OF_KIND = NOTES.c.kind == bindparam("given")
WRITE = insert(NOTES)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    given: Engine = request.getfixturevalue(f"{request.param}_engine")
    NOTES.create(given)
    return given


def note(kind: str, **values: object) -> dict[str, object]:
    return {
        "id": uuid4(),
        "kind": kind,
        "day": date(2024, 1, 15),
        "content": b"x",
        "n": 1,
        **values,
    }


def kinds() -> list[str]:
    with reading() as db:
        return sorted(db.scalars(select(NOTES.c.kind)))


def test_what_is_the_same_at_every_call_stands_in_the_text(engine):
    """Bound anew, the state of a form made SQLite plan the whole statement anew at every page."""
    query = PreparedStatement(
        select(NOTES.c.n).where(NOTES.c.kind != "o'ne", NOTES.c.n < 8, OF_KIND)
    )
    text, values = query.call(engine, {"given": "two"})
    assert "'o''ne'" in text and " 8" in text
    assert values in (("two",), {"given": "two"})


def test_rows_come_back_as_the_types_of_the_table_have_them(engine):
    one = note("one")
    with prepared_transaction() as db:
        assert db.execute(WRITE, one).rowcount == 1
        read = db.execute(select(NOTES).where(OF_KIND), {"given": "one"}).one_or_none()
        assert read is not None
        assert dict(zip(NOTES.c.keys(), read, strict=True)) == one
        assert type(read[3]) is bytes
        assert db.execute(select(NOTES).where(OF_KIND), {"given": "none"}).one_or_none() is None
        count = select(func.count()).select_from(NOTES).where(OF_KIND)
        assert db.execute(count, {"given": "none"}).scalar_one() == 0
        with pytest.raises(AssertionError, match="0 rows"):
            db.execute(select(NOTES.c.n).where(OF_KIND), {"given": "none"}).scalar_one()


def test_many_are_written_in_one_statement_and_what_is_deleted_is_given(engine):
    with prepared_transaction() as db:
        db.execute(WRITE, [note("one"), note("two"), note("two")])
        gone = db.execute(delete(NOTES).where(OF_KIND).returning(NOTES.c.kind), {"given": "two"})
        assert gone.all() == [("two",), ("two",)]
        changed = db.execute(
            update(NOTES).where(OF_KIND).values(n=bindparam("new")), {"given": "one", "new": 9}
        )
        assert changed.rowcount == 1
    assert kinds() == ["one"]


def test_what_fails_leaves_no_trace_and_says_what_sqlalchemy_would(engine):
    one = note("one")
    with pytest.raises(IntegrityError), prepared_transaction() as db:
        db.execute(WRITE, one)
        db.execute(WRITE, one)
    with pytest.raises(LookupError), prepared_transaction() as db:
        db.execute(WRITE, note("two"))
        raise LookupError
    with pytest.raises(DBAPIError), prepared_transaction() as db:
        db.execute(WRITE, {**note("three"), "kind": None})
    assert kinds() == []


def test_a_default_of_pythons_is_refused_for_nobody_would_fill_it_in(engine):
    table = Table("other", MetaData(), Column("id", Integer), Column("n", Integer, default=1))
    with pytest.raises(AssertionError, match="default"):
        PreparedStatement(insert(table), ["id"]).call(engine, {"id": 1})


COUNT = PreparedStatement(select(func.count()).select_from(NOTES))


def test_statement_after_statement_goes_over_one_connection_and_a_failed_one_gives_it_up(
    sqlite_engine,
):
    NOTES.create(sqlite_engine)
    pool = sqlite_engine.pool
    for _ in range(3):
        assert read_once(COUNT, {}) == [(0,)]
    assert isinstance(pool, QueuePool) and pool.checkedout() == 1
    assert connections_in_use() == 0
    in_hand = lending.take(sqlite_engine)
    driver = in_hand.driver_connection
    lending.give_back(sqlite_engine, in_hand)
    with pytest.raises(DBAPIError):
        prepared.sent(sqlite_engine, "select nothing from nowhere", ())
    assert pool.checkedout() == 0
    assert read_once(COUNT, {}) == [(0,)]
    sqlite_engine.dispose()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        driver.execute("select 1")
    assert read_once(COUNT, {}) == [(0,)]


def test_a_connection_that_comes_back_in_a_transaction_is_kept_for_nobody(sqlite_engine):
    NOTES.create(sqlite_engine)
    with prepared.lent(sqlite_engine) as connection:
        prepared.run(connection, "BEGIN IMMEDIATE", ())
        prepared.run(connection, "INSERT INTO note (id, kind) VALUES ('a', 'b')", ())
    assert lending.at_rest(sqlite_engine) == 0
    assert read_once(COUNT, {}) == [(0,)]
