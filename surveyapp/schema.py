"""The tables in the database brought to a revision of the migrations, forwards or back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from surveyapp import db
from surveyapp.config import PROJECT
from surveyapp.errors import SurveyError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = PROJECT / "migrations"


class BrokenReferences(SurveyError):
    """A migration would leave rows of `tables` that refer to nothing; it was undone."""

    def __init__(self, tables: list[str]) -> None:
        super().__init__(", ".join(tables))
        self.tables = tables


class UnknownRevision(SurveyError):
    """There is no migration called `revision`."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision


class NotCompacted(SurveyError):
    """Migrated; but an older transaction still sees what was erased of `tables`, so it is still there."""

    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(", ".join(tables))
        self.tables = tables


class SchemaDiffers(SurveyError):
    """The tables stand at revision `found` (empty where there are none); this code needs `needed`."""

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(f"{found or 'no tables'}, needed {needed}: run `surveyapp migrate`")
        self.found, self.needed = found, needed


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings, which need no file: the folder, and the connection to work on."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def revision(connection: Connection) -> str | None:
    """The revision the database stands at; None before the first migration."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str:
    """The revision this code was written for."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None, "there is no migration"
    return head


def check(engine: Engine) -> None:
    """Refuse tables that are older or newer than this code. Raises `SchemaDiffers`."""
    with engine.connect() as connection:
        found = revision(connection)
    if found != newest():
        raise SchemaDiffers(found or "", newest())


def stamp(engine: Engine) -> None:
    """Note that tables made from the models stand at the newest revision."""
    from alembic import command

    with engine.begin() as connection:
        command.stamp(alembic_config(connection), "head")


def migrate(engine: Engine, *, to: str = "head") -> str | None:
    """Bring the tables to revision `to` in one transaction; `base` takes all of them away.

    What a migration passed on the way up says it erases is rewritten afterwards, so that nothing of it
    stays in free pages. Returns the revision reached. Raises `UnknownRevision`, `BrokenReferences` on
    SQLite, and `NotCompacted` when an older transaction outlasts the patience.
    """
    from alembic import command

    with engine.connect() as connection, _references_checked_at_end(connection):
        before = revision(connection)
        move = command.downgrade if _lies_behind(connection, to) else command.upgrade
        move(alembic_config(connection), to)
        reached = revision(connection)
    erased = _erased(before, reached)
    if erased and not db.compact(engine, erased):
        raise NotCompacted(erased)
    return reached


def _erased(before: str | None, reached: str | None) -> list[str]:
    """Tables that the migrations from `before` up to `reached` erased something of."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(alembic_config())
    passed = (
        {one.revision for one in scripts.iterate_revisions(before, "base")} if before else set()
    )
    way = scripts.iterate_revisions(reached, "base") if before and reached else ()
    tables = [getattr(one.module, "erases", ()) for one in way if one.revision not in passed]
    return sorted({table for named in tables for table in named})


def _lies_behind(connection: Connection, to: str) -> bool:
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    if to == "base":
        return True
    scripts = ScriptDirectory.from_config(alembic_config())
    try:
        target = scripts.get_revision(to)
        passed = [one.revision for one in scripts.iterate_revisions(revision(connection), "base")]
    except CommandError as exc:
        raise UnknownRevision(to) from exc
    return target.revision in passed[1:]


@contextmanager
def _references_checked_at_end(connection: Connection) -> Iterator[None]:
    """One transaction in which SQLite may rebuild a table that others refer to.

    SQLite alters most things only by dropping and renaming the table, which its foreign keys
    forbid; its manual's procedure is to switch them off outside the transaction and to check all
    references before the commit (https://sqlite.org/lang_altertable.html#otheralter).
    """
    if connection.dialect.name != "sqlite":
        with connection.begin():
            yield
        return
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=off")
    try:
        with connection.begin():
            yield
            dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if dangling:
                raise BrokenReferences(sorted({row[0] for row in dangling}))
    finally:
        driver.execute("PRAGMA foreign_keys=on")
