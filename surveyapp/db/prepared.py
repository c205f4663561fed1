"""Single statements of the pages that everybody opens, compiled once per engine and sent past sessions.

A session costs a page three times what the database takes for its statement. One statement is a snapshot by
itself, so it needs no transaction either: on PostgreSQL it is one round trip instead of four.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    Dialect,
    Engine,
    Insert,
    PoolProxiedConnection,
    Select,
    Update,
    literal_column,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
Convert = Callable[[Any], Any] | None


class PreparedStatement:
    """A statement whose values are given by name; it has no expanding ones."""

    def __init__(self, statement: Select[Any] | Update | Insert) -> None:
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, engine: Engine, values: Mapping[str, Any]) -> list[Row]:
        """The rows as the driver gives them; `converted` gives Python's values of a part of one."""
        return sent(engine, *self.call(engine, values))

    def call(self, engine: Engine, values: Mapping[str, Any]) -> tuple[str, Any]:
        """Text and values as the driver takes them."""
        compiled = self._for(engine)
        return compiled.text, compiled.arranged(values)

    def converted(self, engine: Engine, row: Row, columns: slice) -> Row:
        """Some columns of a row, as the types of the statement have them."""
        given = zip(self._for(engine).converts[columns], row[columns], strict=True)
        return tuple([value if convert is None else convert(value) for convert, value in given])

    def _for(self, engine: Engine) -> "_Compiled":
        name = engine.dialect.name
        if name not in self._compiled:
            self._compiled[name] = _compiled(self.statement, engine)
        return self._compiled[name]


@dataclass(frozen=True)
class _Compiled:
    """The statement in the words of one engine, and what turns values into its own and back."""

    text: str
    order: tuple[str, ...] | None
    """Names by position; None where the driver takes them by name."""
    binds: Mapping[str, Convert]
    converts: tuple[Convert, ...]

    def arranged(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        given = {}
        for name, value in values.items():
            convert = self.binds[name]
            given[name] = value if convert is None else convert(value)
        return given if self.order is None else tuple([given[name] for name in self.order])


def _compiled(statement: Select[Any] | Update | Insert, engine: Engine) -> _Compiled:
    dialect = engine.dialect

    def own(kind: TypeEngine[Any]) -> TypeEngine[Any]:
        return kind.dialect_impl(dialect)

    made: Any = _with_constants(statement, dialect).compile(dialect=dialect)
    binds = {name: own(bind.type).bind_processor(dialect) for name, bind in made.binds.items()}
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    kinds = [column.type for column in columns]
    return _Compiled(
        text=str(made),
        order=tuple(made.positiontup) if made.positional else None,
        binds=binds,
        converts=tuple(own(kind).result_processor(dialect, None) for kind in kinds),
    )


def _with_constants(statement: Any, dialect: Dialect) -> Any:
    """What is the same at every call stands in the text.

    As a value it would be bound anew each time, and where it meets the condition of a partial index, SQLite
    then plans the whole statement anew each time, which takes five times what running it takes.
    """

    def constant(element: Any, **_: Any) -> ColumnClause[Any] | None:
        if not isinstance(element, BindParameter) or element.required:
            return None
        write = element.type.dialect_impl(dialect).literal_processor(dialect)
        assert write is not None
        return literal_column(write(element.value), element.type)

    return replacement_traverse(statement, {}, constant)


def sent(engine: Engine, text: str, values: Any) -> list[Row]:
    """The rows of one statement. Raises what SQLAlchemy would raise."""
    with lent(engine) as connection, _committed_by_itself(engine, connection):
        cursor = connection.cursor()
        cursor.execute(text, values)
        rows = cursor.fetchall()
        cursor.close()
    return list(rows)


def changed(engine: Engine, text: str, values: Any) -> int:
    """How many rows one statement changed, which commits by itself. Raises what SQLAlchemy would raise."""
    with lent(engine) as connection, _committed_by_itself(engine, connection):
        return run(connection, text, values)


def run(connection: PoolProxiedConnection, text: str, values: Any) -> int:
    """The same on a connection in hand."""
    cursor = connection.cursor()
    cursor.execute(text, values)
    count = int(cursor.rowcount)
    cursor.close()
    return count


@contextmanager
def lent(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """A connection of the pool; what its driver raises comes as SQLAlchemy's own."""
    connection = engine.raw_connection()
    try:
        yield connection
    except _faults(engine) as fault:
        is_lost = engine.dialect.is_disconnect(fault, connection, None)
        if is_lost:
            connection.invalidate(fault)
        raise DBAPIError.instance(
            "a prepared statement",
            None,
            fault,
            _faults(engine),
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=engine.dialect,
        ) from fault
    finally:
        connection.close()


def _faults(engine: Engine) -> Any:
    return engine.dialect.loaded_dbapi.Error


@contextmanager
def _committed_by_itself(engine: Engine, connection: PoolProxiedConnection) -> Iterator[None]:
    """psycopg begins a transaction of its own unless it is told not to; our SQLite never does."""
    driver: Any = connection.driver_connection
    if engine.dialect.name != "postgresql":
        yield
        return
    driver.autocommit = True
    try:
        yield
    finally:
        if not driver.closed:
            driver.autocommit = False
