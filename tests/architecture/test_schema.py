"""Guard: what the migrations make is what the models say, on both engines and both ways."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from surveyapp.db import make_engine
from surveyapp.schema import (
    BrokenReferences,
    SchemaDiffers,
    UnknownRevision,
    _references_checked_at_end,
    alembic_config,
    check,
    migrate,
    revision,
)
from surveyapp.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request):
    """An engine on a database without tables."""
    name = {"sqlite": "empty_sqlite", "postgresql": "empty_postgres"}[request.param]
    engine = make_engine(request.getfixturevalue(name))
    yield engine
    engine.dispose()


def portrait(engine: sa.Engine) -> dict[str, dict[str, object]]:
    """Everything the database itself says about each table, in comparable words."""
    seen = sa.inspect(engine)
    parts: dict[str, Callable[[str], object]] = {
        "columns": lambda table: {
            column["name"]: (repr(column["type"]), column["nullable"], column["default"])
            for column in seen.get_columns(table)
        },
        "primary key": lambda table: seen.get_pk_constraint(table),
        "foreign keys": lambda table: _sorted(seen.get_foreign_keys(table)),
        "unique": lambda table: _sorted(seen.get_unique_constraints(table)),
        "checks": lambda table: _sorted(seen.get_check_constraints(table)),
        "indexes": lambda table: _sorted(seen.get_indexes(table)),
        "options": lambda table: seen.get_table_options(table),
    }
    return {
        table: {part: read(table) for part, read in parts.items()}
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def _sorted(constraints):
    """In one order, with the conditions of partial indexes as their words."""
    for one in constraints:
        options = one.get("dialect_options", {})
        options.update({name: str(value) for name, value in options.items()})
    return sorted(constraints, key=lambda one: str(one["name"]))


def test_the_migrated_schema_is_the_schema_of_the_models(empty):
    migrate(empty)
    migrated = portrait(empty)
    migrate(empty, to="base")
    metadata.create_all(empty)
    assert migrated == portrait(empty)


def test_alembic_finds_nothing_left_to_migrate(empty):
    migrate(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_constraint_of_the_models_reaches_the_database(empty):
    migrate(empty)
    seen = sa.inspect(empty)
    for table in metadata.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        assert {check["name"] for check in seen.get_check_constraints(table.name)} == wanted


def test_going_back_to_base_leaves_no_table(empty):
    migrate(empty)
    assert migrate(empty, to="base") is None
    assert sa.inspect(empty).get_table_names() in ([], ["alembic_version"])


def test_migrating_twice_and_back_and_forth_ends_in_the_same_place(empty):
    head = migrate(empty)
    before = portrait(empty)
    assert migrate(empty) == head
    migrate(empty, to="base")
    migrate(empty)
    assert portrait(empty) == before
    with empty.connect() as connection:
        assert revision(connection) == head


def test_a_revision_nobody_wrote_is_refused_and_changes_nothing(empty):
    with pytest.raises(UnknownRevision):
        migrate(empty, to="no-such-revision")
    assert sa.inspect(empty).get_table_names() == []


def test_tables_of_another_revision_are_refused(empty):
    with pytest.raises(SchemaDiffers) as refused:
        check(empty)
    assert refused.value.found == ""
    migrate(empty)
    check(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = 'later'")
    with pytest.raises(SchemaDiffers) as refused:
        check(empty)
    assert refused.value.found == "later"


def test_the_migrations_form_one_line():
    scripts = ScriptDirectory.from_config(alembic_config())
    assert len(scripts.get_heads()) == 1


def test_a_migration_that_leaves_orphans_on_sqlite_is_undone(sqlite_engine):
    with (
        pytest.raises(BrokenReferences) as refused,
        sqlite_engine.connect() as connection,
        _references_checked_at_end(connection),
    ):
        connection.exec_driver_sql("insert into expected_list (unit_id, kind_id) values (7, 7)")
    assert refused.value.tables == ["expected_list"]
    with sqlite_engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from expected_list").scalar() == 0
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize(
    "fault",
    [
        "alter table remark rename column text to words",
        "alter table unit add column planted integer",
        "drop index ix_list_line_planted",
        "drop table count_delta",
    ],
)
def test_the_comparison_sees_a_planted_difference(sqlite_engine, fault):
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("create index ix_list_line_planted on list_line (line)")
    before = portrait(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql(fault)
    assert portrait(sqlite_engine) != before


def test_the_comparison_sees_a_lost_check_and_a_kept_rowid(empty_sqlite):
    engine = make_engine(empty_sqlite)
    portraits = []
    for words in ("", ", check (a > 0)", ", check (a > 1)", ") without rowid --"):
        with engine.begin() as connection:
            connection.exec_driver_sql("drop table if exists planted")
            connection.exec_driver_sql(f"create table planted (a integer primary key{words})")
        portraits.append(repr(portrait(engine)))
    engine.dispose()
    assert len(set(portraits)) == 4


def test_the_comparison_sees_the_condition_of_an_index(empty_sqlite):
    engine = make_engine(empty_sqlite)
    portraits = []
    for words in ("", "where a > 0", "where a > 1"):
        with engine.begin() as connection:
            connection.exec_driver_sql("drop table if exists planted")
            connection.exec_driver_sql("create table planted (a integer)")
            connection.exec_driver_sql(f"create index ix_planted on planted (a) {words}")
        portraits.append(portrait(engine))
        assert portrait(engine) == portraits[-1]
    engine.dispose()
    assert portraits[0] != portraits[1] != portraits[2]
