"""The anonymous tables keep nothing by which an answer could be led back to a person."""

from collections.abc import Iterator

import pytest
from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from surveyapp.tables import metadata

ALLOWED = {
    "sealed_ballot": {"id", "campaign_id", "ciphertext", "mac"},
    "response": {
        "id",
        "campaign_id",
        "instrument_code",
        "instrument_version",
        "rated_unit_code",
        "group_code",
        "answers",
        "quality",
    },
    "remark": {"id", "campaign_id", "level", "text", "item", "named"},
    "receipt": {"tag", "campaign_id"},
}
KEYS = {"sealed_ballot": "id", "response": "id", "remark": "id", "receipt": "tag"}


def faults(tables: MetaData) -> Iterator[str]:
    """Everything about the anonymous tables that could tell whose a row is."""
    for name, allowed in ALLOWED.items():
        table = tables.tables[name]
        yield from (f"{name}.{extra} is not allowed" for extra in set(table.c.keys()) - allowed)
        yield from _key_faults(table, KEYS[name])
        for column in table.c:
            if isinstance(column.type, DateTime) or "date" in type(column.type).__name__.lower():
                yield f"{name}.{column.name} is a time"
            if column.foreign_keys:
                yield f"{name}.{column.name} refers to another table"
            if column.default or column.server_default or column.autoincrement is True:
                yield f"{name}.{column.name} is filled in by itself"
        if table.indexes or any(isinstance(c, UniqueConstraint) for c in table.constraints):
            yield f"{name} has an index that keeps another order"
        if "WITHOUT ROWID" not in str(CreateTable(table).compile(dialect=sqlite.dialect())):
            yield f"{name} keeps a hidden rowid on SQLite"
    for table in tables.tables.values():
        for key in table.foreign_keys:
            if key.column.table.name in ALLOWED:
                yield f"{table.name} refers to {key.column.table.name}"


def _key_faults(table: Table, name: str) -> Iterator[str]:
    [*key] = table.primary_key.columns
    if [column.name for column in key] != [name]:
        yield f"{table.name} has another key than {name}"
    elif not isinstance(key[0].type, LargeBinary) or key[0].type.length != 16:
        yield f"{table.name}.{name} is not 16 random bytes"


def test_the_anonymous_tables_say_nothing_about_whose_a_row_is():
    assert list(faults(metadata)) == []


def test_the_database_itself_has_these_tables_and_no_more_columns(engine):
    inspector = inspect(engine)
    for name, allowed in ALLOWED.items():
        assert {column["name"] for column in inspector.get_columns(name)} == allowed
        assert inspector.get_foreign_keys(name) == []
        assert inspector.get_indexes(name) == []
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            plain = connection.execute(
                text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 1")
            ).scalars()
            assert set(plain) >= ALLOWED.keys() | {"draft"}
        else:
            triggers = connection.execute(
                text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")
            )
            assert triggers.scalar_one() == 0
        connection.rollback()


def planted(**changes: object) -> MetaData:
    """The real tables with one thing of `response` made wrong."""
    tables = MetaData()
    for name in ALLOWED:
        metadata.tables[name].to_metadata(tables)
    table = tables.tables["response"]
    tables.remove(table)
    columns = [
        Column("id", changes.get("key", LargeBinary(16)), primary_key=True),
        Column("campaign_id", Integer),
        *changes.get("columns", ()),
    ]
    options = {"sqlite_with_rowid": changes.get("rowid", False)}
    Table("response", tables, *columns, *changes.get("more", ()), **options)
    return tables


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"rowid": True}, "response keeps a hidden rowid on SQLite"),
        ({"key": Integer()}, "response.id is not 16 random bytes"),
        ({"key": LargeBinary(8)}, "response.id is not 16 random bytes"),
        ({"columns": [Column("person", String)]}, "response.person is not allowed"),
        ({"columns": [Column("group_code", DateTime)]}, "response.group_code is a time"),
        (
            {"columns": [Column("group_code", LargeBinary(16), ForeignKey("receipt.tag"))]},
            "response.group_code refers to another table",
        ),
        (
            {"columns": [Column("group_code", String, server_default="x")]},
            "response.group_code is filled in by itself",
        ),
        (
            {"columns": [Column("group_code", String, index=True)]},
            "response has an index that keeps another order",
        ),
        (
            {"columns": [Column("group_code", String, primary_key=True)]},
            "response has another key than id",
        ),
    ],
)
def test_the_guard_sees_a_planted_fault(changes, fault):
    assert fault in list(faults(planted(**changes)))


def test_the_guard_sees_a_reference_to_an_anonymous_row():
    tables = planted()
    Table("person_note", tables, Column("receipt", LargeBinary(16), ForeignKey("receipt.tag")))
    assert "person_note refers to receipt" in list(faults(tables))
