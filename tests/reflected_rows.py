"""Rows for a database as it once was: its tables are read from it, not from the models of today."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa


def insert(connection: sa.Connection, table: str, **values: Any) -> None:
    """A row of what the test is about; everything else that must not be empty is filled in."""
    reflected = sa.Table(table, sa.MetaData(), autoload_with=connection)
    for column in reflected.c:
        given = column.name in values or column.nullable or column.foreign_keys
        if not given and (table, column.name) != ("count_delta", "id"):
            values[column.name] = _filler(column.type)
    if connection.dialect.name == "sqlite":  # which keeps them as text, and does not know it
        values = {n: v.hex if isinstance(v, uuid.UUID) else v for n, v in values.items()}
    connection.execute(sa.insert(reflected), values)


def _filler(kind: Any) -> Any:
    for types, value in (
        ((sa.Boolean,), False),
        ((sa.DateTime,), dt.datetime(2024, 1, 8, tzinfo=dt.UTC)),
        ((sa.Date,), dt.date(2024, 1, 8)),
        ((sa.JSON,), {}),
        ((sa.Integer, sa.Float, sa.Numeric), 1),
        ((sa.LargeBinary,), bytes(16)),
        ((sa.Uuid,), uuid.uuid4()),
    ):
        if isinstance(kind, types):
            return value
    return "x"
