"""Connections that single statements borrow: on SQLite kept in hand between two of them.

To be taken out of the pool and put back, with a rollback of nothing, costs a connection as much as the statement it
is taken for. What ended as it should has left no transaction, so the next statement can have it as it is.
"""

from weakref import WeakKeyDictionary

from sqlalchemy import Engine, PoolProxiedConnection, event
from sqlalchemy.pool import QueuePool

KEPT = 4
"""As many as write and read at one moment; each has a cache of pages of its own."""
_in_hand: WeakKeyDictionary[Engine, list[PoolProxiedConnection]] = WeakKeyDictionary()


def take(engine: Engine) -> PoolProxiedConnection:
    """A connection for one statement, or for the few of one transaction."""
    try:
        return _in_hand[engine].pop()
    except (KeyError, IndexError):
        return engine.raw_connection()


def give_back(engine: Engine, connection: PoolProxiedConnection) -> None:
    """After what it was taken for ended as it should; whatever failed goes to the pool, which clears it up."""
    if engine.dialect.name != "sqlite" or not isinstance(engine.pool, QueuePool):
        connection.close()
        return
    in_hand = _in_hand.get(engine)
    if in_hand is None:
        in_hand = _in_hand[engine] = []
        event.listen(engine, "engine_disposed", _let_go)
    driver = connection.driver_connection
    if driver is None or driver.in_transaction or len(in_hand) >= KEPT:
        connection.close()
    else:
        in_hand.append(connection)


def at_rest(engine: Engine) -> int:
    """How many are out of the pool and in nobody's use."""
    return len(_in_hand.get(engine, ()))


def _let_go(engine: Engine) -> None:
    """Those of an engine that is done with close with its pool."""
    for connection in _in_hand.pop(engine, []):
        connection.invalidate()
