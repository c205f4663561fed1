"""Engine, declarative base and the only place that commits."""

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from time import monotonic, sleep
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from surveyapp.errors import SurveyError


class UnsafeDatabase(SurveyError):
    """The database could lose an acknowledged answer; `setting` is not what it must be."""

    def __init__(self, setting: str, found: str, needed: str) -> None:
        super().__init__(f"{setting} is {found}, must be {needed}")
        self.setting, self.found, self.needed = setting, found, needed


SQLITE_WAIT_MS = 15_000
"""How long a writer waits for the one before it."""
UNREACHABLE = (OperationalError, InterfaceError, PoolExhausted)
"""What is raised while the database is away, full or too busy: nothing was saved, trying later helps."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumText(TypeDecorator[StrEnum]):
    """A column that holds the value of one member of `members`; `within` is its constraint."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members
        self._named = {member.value: member for member in members}

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._named[value]


def within(column: str, members: type[StrEnum]) -> str:
    """The condition that a column holds a value of the enum, in the order of its members."""
    return f"{column} in ({','.join(repr(member.value) for member in members)})"


class Document(TypeDecorator[Mapping[str, Any]]):
    """A JSON object that is read with almost every request and changed once a year.

    Each text is parsed once per process and shared, so no object in it can be changed in place:
    assign a new one.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(value, default=dict, ensure_ascii=False, sort_keys=True)

    def process_result_value(
        self, value: str | None, _dialect: Dialect
    ) -> Mapping[str, Any] | None:
        return None if value is None else _document(value)


@lru_cache(maxsize=16)
def _document(text: str) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = json.loads(text, object_hook=MappingProxyType)
    return parsed


def thawed(value: Any) -> Any:
    """A part of a `Document` as dictionaries and lists that may be changed."""
    if isinstance(value, Mapping):
        return {name: thawed(one) for name, one in value.items()}
    return [thawed(one) for one in value] if isinstance(value, list) else value


class Base(DeclarativeBase):
    """Every table of the survey."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it as a plain class attribute
        datetime: Moment(),
        uuid.UUID: Uuid(),
        bytes: LargeBinary(),
    }


def make_engine(url: str) -> Engine:
    """An engine with the survey's transaction rules for SQLite or PostgreSQL."""
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=20, max_overflow=20)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=10,
        connect_args={"options": "-c synchronous_commit=on -c timezone=UTC"},
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ask_if_alive)
    return engine


_RESTED = 1.0
"""Seconds after which a connection is asked whether it is alive: at every use it would cost a page as
much as a statement, and a server that restarts is away for longer."""


def _note_use(_driver: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = monotonic()


def _ask_if_alive(driver: Any, entry: ConnectionPoolEntry, _held: Any) -> None:
    if monotonic() - entry.info.get("used", monotonic()) < _RESTED:
        return
    try:
        if driver.closed:
            raise DisconnectionError
        driver.autocommit = True
        driver.execute("")
        driver.autocommit = False
    except driver.Error as gone:
        raise DisconnectionError from gone


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={SQLITE_WAIT_MS}",
        "journal_mode=wal",
        "synchronous=full",
        "foreign_keys=on",
        "secure_delete=on",
        "cache_size=-32000",
        "mmap_size=268435456",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    deferred = connection.get_execution_options().get("survey_reads_only", False)
    connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")


_sessions = sessionmaker[Session](expire_on_commit=False)
_SNAPSHOT = "one snapshot"
_engines: dict[str, Engine] = {}
_makers: list[Callable[[], Engine]] = []


def bind(engine: Engine) -> None:
    """Make `engine` the one that `transaction()` and `reading()` use in this process."""
    _engines["writing"] = engine
    reads_only: dict[str, Any] = {"survey_reads_only": True}
    if engine.dialect.name == "postgresql":  # said with BEGIN, so it costs no question of its own
        reads_only |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    _engines["reading"] = engine.execution_options(**reads_only)


def bind_when_needed(make: Callable[[], Engine]) -> None:
    """Let the first `transaction()` or `reading()` of this process make its engine, if none is bound."""
    _makers[:] = [make]


def bound() -> Engine | None:
    """The engine in use; None while nothing has asked for one."""
    return _engines.get("writing")


def _engine(purpose: str) -> Engine:
    if purpose not in _engines and _makers:
        bind(_makers[0]())
    return _engines[purpose]


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that commits when the block ends, and leaves no trace when it fails."""
    with _sessions(bind=_engine("writing")) as db, db.begin():
        yield db


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads, from one snapshot: it never waits, and its writes are lost."""
    with _sessions(bind=_engine("reading"), autoflush=False, info={_SNAPSHOT: True}) as db:
        yield db
        db.expunge_all()  # a rollback would expire what was read, and pages are written after it
        db.rollback()


def is_snapshot(db: Session) -> bool:
    """All that the session reads is of one moment, however many statements it takes: it is a `reading()`."""
    return bool(db.info.get(_SNAPSHOT))


def check_durability(engine: Engine) -> None:
    """Refuse an engine that may forget a committed answer after a power cut.

    Raises `UnsafeDatabase` unless SQLite runs WAL with synchronous=FULL, or PostgreSQL with
    synchronous_commit and fsync on.
    """
    wanted = (
        {"journal_mode": ("wal",), "synchronous": ("2", "3"), "foreign_keys": ("1",)}
        if engine.dialect.name == "sqlite"
        else {
            "synchronous_commit": ("on", "remote_write", "remote_apply"),
            "fsync": ("on",),
            "full_page_writes": ("on",),
        }
    )
    ask = "PRAGMA" if engine.dialect.name == "sqlite" else "SHOW"
    with engine.connect() as connection:
        for setting, allowed in wanted.items():
            found = str(connection.exec_driver_sql(f"{ask} {setting}").scalar_one())
            if found not in allowed:
                raise UnsafeDatabase(setting, found, " or ".join(allowed))


def answers() -> str:
    """The name of the engine, once it has answered a question. Raises one of `UNREACHABLE`."""
    with reading() as db:
        db.execute(text("select 1"))
        return db.get_bind().dialect.name


def compact(engine: Engine, tables: Sequence[str], *, patience: float = 60) -> bool:
    """Rewrite the tables (on SQLite the whole file) without what was deleted from them.

    Run after the deletion is committed, outside any transaction. Backups keep their own copies. What
    PostgreSQL's planner remembers of the values goes as well.
    PostgreSQL keeps a deleted row as long as an older transaction could still see it, such as a
    running backup or analysis: waits `patience` seconds for these to end. False if one outlasts that.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver: Any = connection.connection.driver_connection
        if engine.dialect.name == "postgresql":
            deadline = monotonic() + patience
            while _rewrite(driver, tables):
                if monotonic() > deadline:
                    return False
                sleep(0.2)
            _forget_statistics(driver, tables)
            return True
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return True


def _forget_statistics(driver: Any, tables: Sequence[str]) -> None:
    """The planner keeps common values and bounds of every column: names and contacts too.

    Looking at a table anew replaces them, unless it is empty: then they stay. Saying a column's type again
    drops them (PostgreSQL does so with every change of type).
    """
    for table in tables:
        driver.execute(f"ANALYZE {table}")
        first = driver.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608  a table of ours
        if first.fetchone() is None:
            for column, kind in driver.execute(_COLUMNS, (table,)).fetchall():
                driver.execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" TYPE {kind}')


_COLUMNS = (
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
    " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    " AND atttypid IN ('varchar'::regtype, 'text'::regtype, 'bytea'::regtype, 'json'::regtype)"
)


def _rewrite(driver: Any, tables: Sequence[str]) -> int:
    """How many deleted rows PostgreSQL had to keep: the first figure of the detail of each report."""
    kept = 0

    def note(report: Any) -> None:
        nonlocal kept
        found = re.search(r"[0-9]+", (report.message_detail or "").partition("\n")[0])
        kept += int(found[0]) if found else 0

    driver.add_notice_handler(note)
    try:
        driver.execute(f"VACUUM (FULL, VERBOSE) {', '.join(tables)}")
    finally:
        driver.remove_notice_handler(note)
    return kept
