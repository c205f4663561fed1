"""Adding to kept numbers, many at a time: a row that is not there yet begins with what is added."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def add_up(db: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, into: str) -> None:
    """Add the number each row has in the column `into` to the row of the same primary key.

    Each key comes once among the rows, which give every column. Two who add to the same number wait for each
    other, in the order of the rows: give them in the same order everywhere.
    """
    if not rows:
        return
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={into: table.c[into] + statement.excluded[into]},
    )
    db.execute(statement, rows)
