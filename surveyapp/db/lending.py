"""Connections that single statements borrow, kept in hand between two of them.

To be taken out of the pool and put back, with a rollback of nothing, costs a connection as much as the statement it
is taken for. What ended as it should has left no transaction, so the next statement can have it as it is; on
PostgreSQL it also stays one that commits by itself.
"""

from contextlib import suppress
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, PoolProxiedConnection, event
from sqlalchemy.pool import QueuePool

KEPT = 4
"""As many as write and read at one moment; each has a cache of pages, or a process of the server, of its own."""
RESTED = 1.0
"""Seconds after which a connection is asked whether it is alive: at every use it would cost a page as
much as a statement, and a server that restarts is away for longer. The pool asks it."""
_in_hand: WeakKeyDictionary[Engine, list[tuple[PoolProxiedConnection, float]]] = WeakKeyDictionary()


def take(engine: Engine) -> PoolProxiedConnection:
    """A connection for one statement, or for the few of one transaction on SQLite."""
    in_hand = _in_hand.get(engine, [])
    while in_hand:
        try:
            connection, used = in_hand.pop()
        except IndexError:
            break
        if engine.dialect.name == "sqlite" or monotonic() - used < RESTED:
            return connection
        to_pool(engine, connection)
    connection = engine.raw_connection()
    if engine.dialect.name == "postgresql":
        _commit_by_itself(connection, True)
    return connection


def give_back(engine: Engine, connection: PoolProxiedConnection) -> None:
    """After what it was taken for ended as it should; whatever failed goes to the pool (`to_pool`)."""
    if not isinstance(engine.pool, QueuePool):
        to_pool(engine, connection)
        return
    in_hand = _in_hand.get(engine)
    if in_hand is None:
        in_hand = _in_hand[engine] = []
        event.listen(engine, "engine_disposed", let_go)
    if len(in_hand) >= KEPT or not _is_at_rest(engine, connection.driver_connection):
        to_pool(engine, connection)
    else:
        in_hand.append((connection, monotonic()))


def to_pool(engine: Engine, connection: PoolProxiedConnection) -> None:
    """Back to the pool, which clears up what is left on it, as one that begins transactions."""
    if engine.dialect.name == "postgresql":
        try:
            _commit_by_itself(connection, False)
        except engine.dialect.loaded_dbapi.Error:  # somebody left a transaction open on it
            connection.invalidate()
    connection.close()


def at_rest(engine: Engine) -> int:
    """How many are out of the pool and in nobody's use."""
    return len(_in_hand.get(engine, ()))


def let_go(engine: Engine) -> None:
    """Keep none in hand: the engine is done with, or its server went away."""
    in_hand = _in_hand.get(engine, [])
    while in_hand:
        with suppress(IndexError):  # another thread took the last one
            in_hand.pop()[0].invalidate()


def _commit_by_itself(connection: PoolProxiedConnection, own_commits: bool) -> None:
    """psycopg begins a transaction of its own unless it is told not to; our SQLite never does."""
    driver: Any = connection.driver_connection
    if driver is not None and not driver.closed:
        driver.autocommit = own_commits


def _is_at_rest(engine: Engine, driver: Any) -> bool:
    if driver is None:
        return False
    if engine.dialect.name == "sqlite":
        return not driver.in_transaction
    return not driver.closed and driver.info.transaction_status == 0  # libpq's PQTRANS_IDLE
