"""Single statements of the pages that everybody opens, compiled once per engine and sent past sessions.

A session costs a page three times what the database takes for its statement. One statement is a snapshot by
itself, so it needs no transaction either: on PostgreSQL it is one round trip instead of four.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    Delete,
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

from surveyapp.db import lending

Row = tuple[Any, ...]
Statement = Select[Any] | Update | Insert | Delete
Convert = Callable[[Any], Any] | None


class PreparedStatement:
    """A statement whose values are given by name; it has no expanding ones.

    `columns`: which ones an INSERT fills in, where it does not say so itself.
    """

    def __init__(self, statement: Statement, columns: Sequence[str] = ()) -> None:
        self.statement, self.columns = statement, columns
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
            self._compiled[name] = _compiled(self.statement, self.columns, engine)
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


def _compiled(statement: Statement, columns: Sequence[str], engine: Engine) -> _Compiled:
    dialect = engine.dialect

    def own(kind: TypeEngine[Any]) -> TypeEngine[Any]:
        return kind.dialect_impl(dialect)

    made: Any = _with_constants(statement, dialect).compile(
        dialect=dialect, column_keys=list(columns) or None
    )
    assert not made.prefetch, "a default of Python's is filled in by nobody here"
    assert "POSTCOMPILE" not in str(made), "a list of values is of another length each time"
    binds = {name: own(bind.type).bind_processor(dialect) for name, bind in made.binds.items()}
    kinds = [column.type for column in statement.exported_columns]
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
        assert write is not None, "a value without a type is given by name"
        return literal_column(write(element.value), element.type)

    return replacement_traverse(statement, {}, constant)


def sent(engine: Engine, text: str, values: Any) -> list[Row]:
    """The rows of one statement. Raises what SQLAlchemy would raise."""
    with lent(engine) as connection:
        cursor = connection.cursor()
        cursor.execute(text, values)
        rows = cursor.fetchall()
        cursor.close()
    return list(rows)


def changed(engine: Engine, text: str, values: Any) -> int:
    """How many rows one statement changed, which commits by itself. Raises what SQLAlchemy would raise."""
    with lent(engine) as connection:
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
    """A connection on which a statement commits by itself; what its driver raises comes as SQLAlchemy's own."""
    connection = lending.take(engine)
    try:
        yield connection
    except BaseException as fault:
        try:
            if isinstance(fault, faults(engine)):
                raise told(engine, connection, fault) from fault
            raise
        finally:
            lending.to_pool(engine, connection)
    lending.give_back(engine, connection)


def told(engine: Engine, connection: PoolProxiedConnection, fault: Any) -> Any:
    """What a driver raised as SQLAlchemy's own; a connection that is lost goes to nobody else."""
    is_lost = engine.dialect.is_disconnect(fault, connection, None)
    if is_lost:
        connection.invalidate(fault)
        lending.let_go(engine)  # those at rest were of the same server
    return DBAPIError.instance(
        "a prepared statement",
        None,
        fault,
        faults(engine),
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=engine.dialect,
    )


def faults(engine: Engine) -> Any:
    """What the driver of this engine raises."""
    return engine.dialect.loaded_dbapi.Error
