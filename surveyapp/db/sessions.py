"""The engine in use, and the only place that commits."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import CursorResult, Engine, Result
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from surveyapp.db import lending, outages, prepared
from surveyapp.db.prepared import PreparedStatement, Row
from surveyapp.db.prepared_session import PreparedSession
from surveyapp.db.write_queue import WriteQueue

_sessions = sessionmaker[Session](expire_on_commit=False)
_SNAPSHOT = "one snapshot"
_engines: dict[str, Engine] = {}
_makers: list[Callable[[], Engine]] = []
_queues: dict[Engine, WriteQueue] = {}


def bind(engine: Engine) -> None:
    """Make `engine` the one that `transaction()` and `reading()` use in this process."""
    _engines["writing"] = engine
    reads_only: dict[str, Any] = {"survey_reads_only": True}
    if engine.dialect.name == "postgresql":  # said with BEGIN, so it costs no question of its own
        reads_only |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    _engines["reading"] = engine.execution_options(**reads_only)
    _queues.clear()
    if engine.dialect.name == "sqlite":
        _queues[engine] = WriteQueue(engine)


def bind_when_needed(make: Callable[[], Engine]) -> None:
    """Let the first `transaction()` or `reading()` of this process make its engine, if none is bound."""
    _makers[:] = [make]


def bound() -> Engine | None:
    """The engine in use; None while nothing has asked for one."""
    return _engines.get("writing")


def connections_in_use() -> int:
    """How many connections of this process are in use at this moment."""
    engine = bound()
    if engine is None or not isinstance(engine.pool, QueuePool):
        return 0
    return engine.pool.checkedout() - lending.at_rest(engine)


def _engine(purpose: str) -> Engine:
    if purpose not in _engines and _makers:
        bind(_makers[0]())
    return _engines[purpose]


@contextmanager
def transaction(*, in_turn: bool = False) -> Iterator[Session]:
    """A session that commits when the block ends, and leaves no trace when it fails.

    `in_turn`: on SQLite it waits in the queue of those who save, instead of asking again and again. Only
    for what is short, for the others wait behind it.
    """
    engine = _engine("writing")
    outages.refuse_if_away(engine)
    queue = _queues.get(engine) if in_turn else None
    with queue.turn.taken() if queue else nullcontext(), _sessions(bind=engine) as db, db.begin():
        yield db


@contextmanager
def prepared_transaction() -> Iterator[PreparedSession]:
    """As `transaction(in_turn=True)`, for statements on tables alone: no objects, a third of the cost."""
    engine = _engine("writing")
    outages.refuse_if_away(engine)
    queue = _queues.get(engine)
    with queue.turn.taken() if queue else nullcontext(), engine.begin() as connection:
        yield PreparedSession(connection)


def write_once(statement: PreparedStatement, values: Mapping[str, Any]) -> int:
    """One statement that commits by itself, in its turn; how many rows it changed.

    What it rests on must be among its own conditions: whatever was read before may have changed.
    """
    engine = _engine("writing")
    outages.refuse_if_away(engine)
    call = statement.call(engine, values)
    queue = _queues.get(engine)
    return prepared.changed(engine, *call) if queue is None else queue.write(*call)


def read_once(query: PreparedStatement, values: Mapping[str, Any]) -> list[Row]:
    """The rows of one statement, which is a snapshot by itself, as the driver gives them."""
    engine = _engine("writing")
    outages.refuse_if_away(engine)
    return query.rows(engine, values)


def converted(query: PreparedStatement, row: Row, columns: slice) -> Row:
    """Python's values of some columns of a row that `read_once` gave."""
    return query.converted(_engine("writing"), row, columns)


def rows_changed(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE changed. SQLAlchemy knows the number, but not from every type it returns."""
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads, from one snapshot: it never waits, and its writes are lost."""
    engine = _engine("reading")
    outages.refuse_if_away(engine)
    with _sessions(bind=engine, autoflush=False, info={_SNAPSHOT: True}) as db:
        yield db
        db.expunge_all()  # a rollback would expire what was read, and pages are written after it
        db.rollback()


def is_snapshot(db: Session) -> bool:
    """All that the session reads is of one moment, however many statements it takes: it is a `reading()`."""
    return bool(db.info.get(_SNAPSHOT))
