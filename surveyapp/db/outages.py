"""A database that is away, told from one that is slow, and what kind of failure it was.

A server that was stopped, or a network that swallows packets, answers nothing for ever: limits of the
server itself do not help, since nobody is there to keep them. So a connection that hears nothing for some
time asks on a new one whether the server lives. If not, everybody is refused at once, instead of one
thread after the other waiting, until a watcher in the background has found it alive again.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Generator
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

if TYPE_CHECKING:
    import psycopg

AGAIN = 0.5
"""Seconds between two looks of the watcher."""
_PROBE_SECONDS = 2
_VERDICT_HOLDS = 1.0


class DatabaseAway(OperationalError):
    """The database was found to answer nothing a moment ago; nobody waits for it again."""

    def __init__(self) -> None:
        super().__init__("", None, ConnectionError("the database does not answer"))


UNREACHABLE = (OperationalError, InterfaceError, PoolExhausted)
"""What is raised while the database is away, full or too busy: nothing was saved, trying later helps."""


class FaultKind(StrEnum):
    """What kind of failure keeps a database from answering or from writing."""

    AWAY = "away"
    READ_ONLY = "read_only"
    DISK_FULL = "disk_full"
    TOO_MANY = "too_many_connections"
    LOCKED = "locked"
    SLOW = "slow"
    CONFLICT = "conflict"


_BY_SQLSTATE = {
    "25006": FaultKind.READ_ONLY,
    "53100": FaultKind.DISK_FULL,
    "53300": FaultKind.TOO_MANY,
    "53400": FaultKind.TOO_MANY,
    "55P03": FaultKind.LOCKED,
    "57014": FaultKind.SLOW,
    "40001": FaultKind.CONFLICT,
    "40P01": FaultKind.CONFLICT,
}
_BY_SQLITE = {
    sqlite3.SQLITE_READONLY: FaultKind.READ_ONLY,
    sqlite3.SQLITE_FULL: FaultKind.DISK_FULL,
    sqlite3.SQLITE_BUSY: FaultKind.LOCKED,
    sqlite3.SQLITE_CANTOPEN: FaultKind.AWAY,
    sqlite3.SQLITE_IOERR: FaultKind.DISK_FULL,
}


def sqlstate(error: BaseException) -> str | None:
    """The five signs of the standard, or SQLite's own name of the failure; None where there are none."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return str(state) if state else None


def fault_of(error: BaseException) -> FaultKind | None:
    """Which kind of failure it is; None for one that is no fault of the database's state."""
    if isinstance(error, PoolExhausted):
        return FaultKind.TOO_MANY
    cause: Any = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _BY_SQLITE.get(code & 0xFF)
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return _BY_SQLSTATE.get(state) or (
            FaultKind.AWAY if state[:2] in {"08", "57", "58"} else None
        )
    words = str(cause)  # a refusal before the connection stands comes in words alone
    if "too many" in words or "remaining connection slots" in words:
        return FaultKind.TOO_MANY
    return FaultKind.AWAY if isinstance(error, (OperationalError, InterfaceError)) else None


class Outage:
    """Whether one database is away, as all threads of this process know it together."""

    def __init__(self, probe: Callable[[], None], address: object = None) -> None:
        self.address = address  # kept, so that no other engine's takes its place in memory
        self.is_away = False
        self._probe = probe
        self._lock = threading.Lock()
        self._verdict, self._at = True, float("-inf")

    def is_alive(self) -> bool:
        """Ask it, on a new connection; whoever comes within a second takes the answer given before."""
        with self._lock:
            if monotonic() - self._at > _VERDICT_HOLDS:
                self._verdict, self._at = self._answers(), monotonic()
                if not self._verdict:
                    self._begin()
            return self._verdict

    def suspect(self) -> None:
        """A connection could not be made in time: it is away until the watcher has seen it."""
        with self._lock:
            self._begin()

    def _answers(self) -> bool:
        try:
            self._probe()
        except Exception:
            return False
        return True

    def _begin(self) -> None:
        if self.is_away:
            return
        self.is_away = True
        threading.Thread(target=self._watch, name="database-watch", daemon=True).start()

    def _watch(self) -> None:
        pause = threading.Event()
        while not self._answers():
            pause.wait(AGAIN)
        self.is_away = False


_outages: dict[int, Outage] = {}


def watch(engine: Engine, *, silence: float) -> None:
    """Let every connection of the engine be one that notices silence."""
    kept = dict(engine.dialect.create_connect_args(engine.url)[1])
    told: dict[str, Any] = {}

    def probe() -> None:
        import psycopg

        arguments = {**kept, **told, "connect_timeout": _PROBE_SECONDS}
        with _watched_class()(float(_PROBE_SECONDS), None).connect(**arguments) as connection:
            assert isinstance(connection, psycopg.Connection)
            connection.execute("select 1")

    outage = _outages[_place(engine)] = Outage(probe, engine.url)

    def connect(_dialect: Any, _entry: Any, given: list[Any], arguments: dict[str, Any]) -> Any:
        import psycopg

        told.update(arguments)
        if outage.is_away:
            raise psycopg.errors.ConnectionTimeout("the database does not answer")
        try:
            return _watched_class()(silence, outage).connect(*given, **arguments)
        except psycopg.errors.ConnectionTimeout:
            outage.suspect()
            raise

    event.listen(engine, "do_connect", connect)


def refuse_if_away(engine: Engine) -> None:
    """Raises `DatabaseAway` while the watcher has not found it alive: nobody takes a thread to wait."""
    outage = _outages.get(_place(engine))
    if outage is not None and outage.is_away:
        raise DatabaseAway


def _place(engine: Engine) -> int:
    """Engines made of one engine have its very address; to compare addresses would cost every page."""
    return id(engine.url)


def _watched_class() -> Any:
    """psycopg is imported where PostgreSQL is used."""
    import psycopg

    def make(silence: float, outage: Outage | None) -> type[psycopg.Connection[Any]]:
        class Watched(psycopg.Connection[Any]):
            """Hears when the server has said nothing for long."""

            def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
                return super().wait(_listening(gen, self, silence, outage), interval, timeout)

        return Watched

    return make


def _listening(
    gen: Generator[Any, Any, Any],
    connection: psycopg.Connection[Any],
    silence: float,
    outage: Outage | None,
) -> Generator[Any, Any, Any]:
    """The steps of psycopg's own wait; between two of them nothing may stay silent for too long."""
    import psycopg

    since = monotonic()
    try:
        interest = next(gen)
        while True:
            ready = yield interest
            if ready:
                since = monotonic()
            elif monotonic() - since > silence:
                if outage is None or not outage.is_alive():
                    with contextlib.suppress(Exception):
                        connection.pgconn.finish()
                    raise psycopg.OperationalError("the database does not answer")
                since = monotonic()
            interest = gen.send(ready)
    except StopIteration as done:
        return done.value


def of_database(error: BaseException) -> bool:
    """The failure lies with the state of the database, so the same request may succeed later."""
    if isinstance(error, UNREACHABLE):
        return True
    return isinstance(error, DBAPIError) and fault_of(error) is not None
