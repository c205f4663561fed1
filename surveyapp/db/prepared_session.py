"""A transaction of prepared statements: what a service asks of a session, without a session's cost.

Whoever starts or submits waits for half a dozen statements. SQLAlchemy takes three times as long to prepare and
to read each of them as the database to run it. Services that keep to `execute` on tables run in either.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection

from surveyapp.db.prepared import PreparedStatement, Row, Statement, faults, told

Values = Mapping[str, Any]


class Executes(Protocol):
    """A session, or a transaction of prepared statements."""

    def execute(self, statement: Any, params: Any = None, /) -> Any:
        """The rows of a statement on tables, whose values are given by name."""


class PreparedRows(list[Row]):
    """The rows of one statement, and how many it changed."""

    def __init__(self, rows: Sequence[Row], rowcount: int) -> None:
        super().__init__(rows)
        self.rowcount = rowcount

    def all(self) -> list[Row]:
        """Every row."""
        return self

    def one_or_none(self) -> Row | None:
        """The one row there is, or None."""
        assert len(self) <= 1, "more than one row"
        return self[0] if self else None

    def scalar_one(self) -> Any:
        """The one value there is: of its first column, in its only row."""
        assert len(self) == 1, f"{len(self)} rows instead of one"
        return self[0][0]


class PreparedSession:
    """The statements of one transaction, each compiled once a process."""

    def __init__(self, connection: Connection) -> None:
        self._engine = connection.engine
        self._lent = connection.connection

    def execute(
        self, statement: Statement, values: Values | Sequence[Values] = (), /
    ) -> PreparedRows:
        """Run it, once for each set of values. Raises what a session would raise."""
        sets = [values] if isinstance(values, Mapping) else values
        prepared = _prepared(statement, tuple(sets[0]) if statement.is_insert else ())
        calls = [prepared.call(self._engine, each) for each in sets or [{}]]
        cursor = self._lent.cursor()
        try:
            if len(calls) == 1:
                cursor.execute(*calls[0])
            else:
                cursor.executemany(calls[0][0], [given for _, given in calls])
            has_rows = cursor.description is not None
            rows = [
                prepared.converted(self._engine, row, slice(None))
                for row in (cursor.fetchall() if has_rows else ())
            ]
            return PreparedRows(rows, cursor.rowcount)
        except faults(self._engine) as fault:
            raise told(self._engine, self._lent, fault) from fault
        finally:
            cursor.close()


@lru_cache(maxsize=256)
def _prepared(statement: Statement, columns: tuple[str, ...]) -> PreparedStatement:
    """By the statement itself: modules make theirs once."""
    return PreparedStatement(statement, columns)
