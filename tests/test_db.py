"""The two ways into the database: one that commits, one that only reads from one snapshot."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from surveyapp.db import (
    PreparedStatement,
    compact,
    engines,
    make_engine,
    read_once,
    reading,
    transaction,
)

THREADS = 8
"""Of a process of the web (gunicorn.conf.py)."""


@pytest.fixture
def notes(engine: Engine) -> Table:
    """A table of one column in a fresh database."""
    table = Table("note", MetaData(), Column("id", Integer, primary_key=True))
    table.create(engine)
    return table


def test_a_reading_sees_one_snapshot_however_long_it_lasts(notes: Table) -> None:
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(notes)) == 0
        with transaction() as other:
            other.execute(insert(notes).values(id=1))
        assert db.scalar(select(func.count()).select_from(notes)) == 0
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(notes)) == 1


def test_what_a_reading_writes_is_refused_or_lost(notes: Table) -> None:
    try:
        with reading() as db:
            db.execute(insert(notes).values(id=1))
    except DBAPIError as refused:
        assert "read-only" in str(refused)
    with transaction() as db:
        assert db.scalar(select(func.count()).select_from(notes)) == 0
        db.execute(insert(notes).values(id=2))
    with reading() as db:
        assert db.scalars(select(notes.c.id)).all() == [2]


def test_what_an_older_transaction_could_see_is_waited_for(postgresql_engine: Engine) -> None:
    notes = Table("note", MetaData(), Column("id", Integer, primary_key=True))
    notes.create(postgresql_engine)
    with transaction() as db:
        db.execute(insert(notes).values(id=1))
    with reading() as older:
        assert older.scalar(select(func.count()).select_from(notes)) == 1
        older.rollback()  # lets go of its lock on the table,
        older.scalar(select(1))  # and looks at the database as it is now
        with transaction() as db:
            db.execute(delete(notes))
        assert compact(postgresql_engine, ["note"], patience=0.3) is False
    assert compact(postgresql_engine, ["note"], patience=60) is True


def test_the_write_ahead_log_that_a_long_reader_let_grow_is_cut_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_JOURNAL_LIMIT", 100_000)
    engine = make_engine(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    notes = Table("note", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))
    notes.create(engine)
    log, line = tmp_path / "survey.sqlite3-wal", {"text": "x" * 1000}

    def write(lines: int) -> None:
        with engine.begin() as connection:
            connection.execute(insert(notes), [line] * lines)

    with engine.connect().execution_options(survey_reads_only=True) as reader:
        reader.execute(select(func.count()).select_from(notes))
        for _ in range(4):
            write(1500)
        grown = log.stat().st_size
        assert grown > 5_000_000
    for _ in range(3):
        write(1)
    assert log.stat().st_size <= 200_000
    engine.dispose()


def test_the_pages_that_sqlite_keeps_are_bounded_for_a_process_and_not_for_each_connection(
    sqlite_engine: Engine,
) -> None:
    with contextlib.ExitStack() as opened:
        held = [
            opened.enter_context(contextlib.closing(sqlite_engine.raw_connection()))
            for _ in range(THREADS)
        ]
        kept = [-one.execute("PRAGMA cache_size").fetchone()[0] for one in held]
    assert len(set(held)) == THREADS
    assert sum(kept) <= engines.SQLITE_CACHE_KIB


def by_session() -> int:
    with reading() as db:
        return int(db.scalars(text("select pg_backend_pid()")).one())


def by_single_statement() -> int:
    return int(read_once(PreparedStatement(select(func.pg_backend_pid(type_=Integer))), {})[0][0])


@pytest.mark.parametrize("backend", [by_session, by_single_statement])
def test_a_connection_that_rested_and_died_is_replaced_unnoticed(
    backend: Callable[[], int], postgresql_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = backend()
    assert backend() == first, "the pool gave another connection"
    other = make_engine(postgresql_engine.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        assert connection.scalar(text(f"select pg_terminate_backend({first})"))
        while connection.scalar(text(f"select 1 from pg_stat_activity where pid = {first}")):
            connection.rollback()
    other.dispose()
    monkeypatch.setattr("surveyapp.db.lending.RESTED", 0)
    assert backend() != first
