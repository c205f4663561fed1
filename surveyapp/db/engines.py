"""An engine with the survey's transaction rules, on SQLite or PostgreSQL, with a limit to every wait."""

from dataclasses import dataclass
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from surveyapp.db import lending, outages, unit_scope
from surveyapp.errors import SurveyError

POOLER = "pgbouncer"
"""`?pgbouncer=yes` in the address: a pooler in transaction mode stands between."""


@dataclass(frozen=True)
class Patience:
    """How long is waited for what, in seconds."""

    connect: int
    pool: float
    statement: float
    lock: float
    idle: float
    """A transaction that does nothing: whoever began it is gone."""
    silence: float
    """After which a server that says nothing is asked, on a new connection, whether it lives."""
    pool_size: int = 10


PAGES = Patience(connect=2, pool=2, statement=20, lock=4, idle=30, silence=2)
"""A person waits: she is answered within five seconds, if only with words."""
COMMANDS = Patience(connect=5, pool=30, statement=900, lock=60, idle=900, silence=30)
"""Nobody waits, and what is done may be large."""
SQLITE_CACHE_KIB = 32_000
"""Of pages, for all connections of a process together."""
_SQLITE_CONNECTIONS = 8
_JOURNAL_LIMIT = 64 * 1024 * 1024
"""A write-ahead log that a long reader let grow is cut back to this at the next checkpoint."""


class UnsafeDatabase(SurveyError):
    """The database could lose an acknowledged answer; `setting` is not what it must be."""

    def __init__(self, setting: str, actual: str, needed: str) -> None:
        super().__init__(f"{setting} is {actual}, must be {needed}")
        self.setting, self.found, self.needed = setting, actual, needed


def make_engine(url: str, patience: Patience = COMMANDS) -> Engine:
    """An engine with the survey's transaction rules for SQLite or PostgreSQL."""
    if url.startswith("sqlite"):
        return _sqlite_engine(url, patience)
    address = make_url(url)
    is_pooled = address.query.get(POOLER) == "yes"
    address = address.difference_update_query([POOLER])
    arguments: dict[str, Any] = {
        "connect_timeout": patience.connect,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        "application_name": "surveyapp",
    }
    if is_pooled:  # before 1.21 PgBouncer knows no prepared statements, and takes no options
        arguments["prepare_threshold"] = None
    else:
        limits = [f"-c {name}={value}" for name, value in _limits(patience).items()]
        arguments["options"] = " ".join(["-c synchronous_commit=on -c timezone=UTC", *limits])
    engine = create_engine(
        address,
        pool_size=patience.pool_size,
        max_overflow=10,
        pool_timeout=patience.pool,
        hide_parameters=True,
        connect_args=arguments,
    )
    outages.watch(engine, silence=patience.silence)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ask_if_alive)
    if is_pooled:
        event.listen(engine, "begin", _limiting(patience))
    event.listen(engine, "begin", unit_scope.tell)
    return engine


def _limits(patience: Patience) -> dict[str, int]:
    """What the server itself ends, in milliseconds, by the name of the setting."""
    return {
        "statement_timeout": int(patience.statement * 1000),
        "lock_timeout": int(patience.lock * 1000),
        "idle_in_transaction_session_timeout": int(patience.idle * 1000),
    }


def _limiting(patience: Patience) -> Any:
    """Behind a pooler every transaction may meet another server: its limits come with it."""
    told = ", ".join(f"set_config('{k}', '{v}', true)" for k, v in _limits(patience).items())
    statement = text(f"select {told}")

    def begin(connection: Connection) -> None:
        connection.execute(statement)

    return begin


def _note_use(_driver: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = monotonic()


def _ask_if_alive(driver: Any, entry: ConnectionPoolEntry, _held: Any) -> None:
    if monotonic() - entry.info.get("used", monotonic()) < lending.RESTED:
        return
    try:
        if driver.closed:
            raise DisconnectionError
        driver.autocommit = True
        driver.execute("")
        driver.autocommit = False
    except driver.Error as gone:
        raise DisconnectionError from gone


def _sqlite_engine(url: str, patience: Patience) -> Engine:
    engine = create_engine(
        url,
        pool_size=_SQLITE_CONNECTIONS,
        max_overflow=32,
        pool_use_lifo=True,  # each connection has a cache of pages of its own: the last used is the warmest
        pool_timeout=patience.pool,
        hide_parameters=True,
    )
    wait = int(min(patience.lock, 15) * 1000)

    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
        _prepare_sqlite(connection, wait)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, wait: int) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={wait}",
        "journal_mode=wal",
        "synchronous=full",
        "foreign_keys=on",
        "secure_delete=on",
        f"cache_size=-{SQLITE_CACHE_KIB // _SQLITE_CONNECTIONS}",
        f"journal_size_limit={_JOURNAL_LIMIT}",
        "mmap_size=268435456",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    deferred = connection.get_execution_options().get("survey_reads_only", False)
    connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")


def check_durability(engine: Engine) -> None:
    """Refuse an engine that may forget a committed answer after a power cut.

    Raises `UnsafeDatabase` unless SQLite runs WAL with synchronous=FULL, or PostgreSQL with
    synchronous_commit and fsync on.
    """
    required = (
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
        for setting, allowed in required.items():
            actual = str(connection.exec_driver_sql(f"{ask} {setting}").scalar_one())
            if actual not in allowed:
                raise UnsafeDatabase(setting, actual, " or ".join(allowed))
