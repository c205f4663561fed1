"""Guard: what the migrations make is what the models say, on both engines and both ways."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from hashlib import sha256
from threading import Barrier
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from surveyapp.db import make_engine
from surveyapp.schema import (
    MIGRATIONS,
    BrokenReferences,
    SchemaDiffers,
    SchemaForeign,
    UnknownRevision,
    alembic_config,
    check,
    migrate,
    newest,
    revision,
    way,
)
from surveyapp.schema.revisions import _alone
from surveyapp.tables import metadata

RELEASED = "6da83a639dcf6f88a519b32e45d53bce49e73457d68ff38d0f29bca2474976a2"
"""Of the revision with which 1.0.0 went out: databases were made by it, so it is never rewritten."""


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
        checks = {str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        assert {check["name"] for check in seen.get_check_constraints(table.name)} == checks


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
        _alone(connection),
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


@pytest.mark.parametrize(
    "fault",
    [
        "alter table respondent_list add column changes text",
        "alter table remark rename column text to words",
        "drop index ix_staff_session_staff_id",
        "drop table box_export",
    ],
)
def test_a_schema_that_has_the_number_and_not_the_tables_is_refused_with_what_differs(empty, fault):
    migrate(empty)
    check(empty, metadata)
    with empty.begin() as connection:
        connection.exec_driver_sql(fault)
    with pytest.raises(SchemaForeign) as refused:
        check(empty, metadata)
    assert refused.value.differences


def test_an_index_that_an_administrator_added_is_nobodys_concern(empty):
    migrate(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql("create index of_my_own on list_line (line)")
    check(empty, metadata)


def test_a_check_with_other_words_in_it_is_another_schema(empty_postgres):
    engine = make_engine(empty_postgres)
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("alter table staff_grant drop constraint ck_staff_grant_role")
        connection.exec_driver_sql(
            "alter table staff_grant add constraint ck_staff_grant_role check (role in ('king'))"
        )
    with pytest.raises(SchemaForeign, match="ck_staff_grant_role"):
        check(engine, metadata)
    engine.dispose()


def test_two_migrations_at_once_go_one_after_the_other(empty):
    both = Barrier(2)

    def begin() -> str | None:
        both.wait()
        return migrate(empty)

    with ThreadPoolExecutor(2) as pool:
        reached = [pool.submit(begin) for _ in range(2)]
    assert {one.result() for one in reached} == {newest()}
    check(empty, metadata)


def test_the_way_is_told_before_it_is_gone(empty):
    forwards = way(empty)
    assert forwards[0].revision == "0001"
    assert forwards[-1].revision == newest()
    assert all(step.title and step.forwards for step in forwards)
    migrate(empty, to="0003")
    assert way(empty)[0].revision == "0004"
    assert [(step.revision, step.forwards) for step in way(empty, to="0001")] == [
        ("0003", False),
        ("0002", False),
    ]
    assert way(empty, to="0003") == []


def test_requests_about_personal_data_come_with_their_revision_and_go_with_it(empty):
    migrate(empty, to="0013")
    before = set(sa.inspect(empty).get_table_names())
    migrate(empty, to="0014")
    made = set(sa.inspect(empty).get_table_names())
    assert made - before == {"data_request"}
    alone = sa.create_engine(empty.url)  # whose request it is does not matter here
    with alone.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("set session_replication_role = replica")
        connection.execute(_REQUEST.insert(), _ASKED)
        for wrong, refused_by in _UNHEARD_OF:
            with pytest.raises(sa.exc.IntegrityError, match=refused_by), connection.begin_nested():
                connection.execute(_REQUEST.insert(), {**_ASKED, "id": uuid4(), **wrong})
        connection.commit()
    alone.dispose()
    migrate(empty, to="0013")
    assert set(sa.inspect(empty).get_table_names()) == before
    migrate(empty, to="0014")
    with empty.connect() as connection:
        assert connection.execute(sa.select(_REQUEST.c.id)).all() == []


_DAYS, _WORDS = ("received_on", "first_answer_by", "finish_by"), ("kind", "way", "wish", "identity", "received_by", "reason", "answer", "outcome", "put_off_by")  # fmt: skip
_REQUEST = sa.table(
    "data_request",
    sa.column("id", sa.Uuid),
    sa.column("campaign_id", sa.Integer),
    sa.column("entered_at", sa.DateTime(timezone=True)),
    *(sa.column(name, sa.Date) for name in _DAYS),
    *(sa.column(name, sa.String) for name in _WORDS),
)
"""As revision 0014 made it, whatever becomes of the model."""
_ASKED = {
    "id": uuid4(),
    "campaign_id": 7,
    "entered_at": datetime(2024, 1, 15, tzinfo=UTC),
    **dict.fromkeys(_DAYS, date(2024, 1, 15)),
    **dict.fromkeys(_WORDS, ""),
    "kind": "see",
    "way": "letter",
    "outcome": None,
    "put_off_by": None,
}
_UNHEARD_OF = (
    ({"kind": "sell"}, "ck_data_request_kind"),
    ({"way": "pigeon"}, "ck_data_request_way"),
    ({"outcome": "given"}, "ck_data_request_answered"),
    ({"put_off_by": "vu"}, "ck_data_request_put_off"),
    ({"finish_by": date(2024, 1, 14)}, "ck_data_request_terms"),
)


def test_the_first_revision_is_as_it_was_released():
    (file,) = (MIGRATIONS / "versions").glob("0001_*.py")
    assert sha256(file.read_bytes()).hexdigest() == RELEASED
