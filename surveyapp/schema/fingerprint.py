"""What a database must look like, in words that both engines speak, and where it looks otherwise.

A revision's number says what a database was meant to be; a revision that was rewritten in place, or a
table mended by hand, keeps the number and is another schema. So names, types, nullability, keys and the
words within checks are compared. Conditions themselves are not: each release of PostgreSQL prints them
its own way, and a server must not refuse to start after an upgrade of the engine.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

_SAME = {
    "DOUBLE PRECISION": "FLOAT",
    "DOUBLE_PRECISION": "FLOAT",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
}
_LITERAL = re.compile(r"'([^']*)'")


def lines_of_models(metadata: sa.MetaData, dialect: sa.Dialect) -> frozenset[str]:
    """One line for each thing that the models ask of a database."""
    return frozenset(line for table in metadata.sorted_tables for line in _told(table, dialect))


def lines_of_database(connection: sa.Connection, metadata: sa.MetaData) -> frozenset[str]:
    """The same lines as the database itself tells them, of those tables that the models know."""
    return frozenset(_seen(connection, set(metadata.tables)))


def differences(connection: sa.Connection, metadata: sa.MetaData) -> list[str]:
    """What is missing (`-`) and what is there unasked (`+`). An index more is nobody's concern."""
    is_ = lines_of_database(connection, metadata)
    ought = lines_of_models(metadata, connection.dialect)
    more = (line for line in is_ - ought if not line.partition(" ")[2].startswith("index "))
    return sorted([f"- {line}" for line in ought - is_] + [f"+ {line}" for line in more])


def digest(lines: Iterable[str]) -> str:
    """Sixteen digits that stand for all lines."""
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


def _told(table: sa.Table, dialect: sa.Dialect) -> Iterator[str]:
    for column in table.columns:
        yield _column(table.name, column.name, column.type, bool(column.nullable), dialect)
    yield f"{table.name} key {_names(c.name for c in table.primary_key.columns)}"
    for constraint in table.constraints:
        if isinstance(constraint, sa.CheckConstraint):
            words = str(constraint.sqltext.compile(dialect=dialect))
            yield f"{table.name} check {constraint.name} {_literals(words)}"
        elif isinstance(constraint, sa.UniqueConstraint):
            yield f"{table.name} unique {_names(c.name for c in constraint.columns)}"
        elif isinstance(constraint, sa.ForeignKeyConstraint):
            other = constraint.referred_table.name
            yield f"{table.name} refers {_names(c.name for c in constraint.columns)} {other}"
    for index in table.indexes:
        yield f"{table.name} index {index.name} {'unique' if index.unique else ''}".rstrip()
    if dialect.name == "sqlite" and table.dialect_options["sqlite"]["with_rowid"] is False:
        yield f"{table.name} without rowid"


def _seen(connection: sa.Connection, known: set[str]) -> Iterator[str]:
    database, dialect = sa.inspect(connection), connection.dialect
    there = sorted(known & set(database.get_table_names()))
    if not there:  # an empty filter is none
        return

    def read(what: str) -> Iterator[tuple[str, Any]]:
        told = getattr(database, f"get_multi_{what}")(filter_names=there)
        for (_schema, table), parts in told.items():
            for part in parts if isinstance(parts, list) else [parts]:
                yield table, part

    for table, column in read("columns"):
        yield _column(table, column["name"], column["type"], bool(column["nullable"]), dialect)
    for table, key in read("pk_constraint"):
        yield f"{table} key {_names(key['constrained_columns'])}"
    for table, check in read("check_constraints"):
        yield f"{table} check {check['name']} {_literals(check['sqltext'])}"
    unique = set()
    for table, one in read("unique_constraints"):
        unique.add(one["name"])
        yield f"{table} unique {_names(one['column_names'])}"
    for table, reference in read("foreign_keys"):
        columns = _names(reference["constrained_columns"])
        yield f"{table} refers {columns} {reference['referred_table']}"
    for table, index in read("indexes"):
        if index["name"] not in unique:
            yield f"{table} index {index['name']} {'unique' if index['unique'] else ''}".rstrip()
    if dialect.name == "sqlite":
        for table, options in read("table_options"):
            if options.get("sqlite_with_rowid") is False:
                yield f"{table} without rowid"


def _column(
    table: str, name: str, kind: sa.types.TypeEngine[Any], nullable: bool, dialect: sa.Dialect
) -> str:
    # The length of a binary column is a hint that PostgreSQL does not keep.
    said = re.sub(r"^(BLOB|BYTEA)\(.*\)$", r"\1", kind.compile(dialect=dialect))
    return f"{table} column {name} {_SAME.get(said, said)}{'' if nullable else ' not null'}"


def _names(names: Iterable[Any]) -> str:
    return ",".join(map(str, names))


def _literals(words: str) -> str:
    return ",".join(sorted(set(_LITERAL.findall(words))))
