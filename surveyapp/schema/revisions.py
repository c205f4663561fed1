"""The database brought from one revision to another: one at a time, in one transaction, told beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, MetaData, inspect, text

from surveyapp import db
from surveyapp.config import PROJECT
from surveyapp.schema import fingerprint
from surveyapp.schema.errors import (
    BrokenReferences,
    NotCompacted,
    SchemaDiffers,
    SchemaForeign,
    UnknownRevision,
)

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATIONS = PROJECT / "migrations"
_NAMED = re.compile(r'^(revision|down_revision)\b[^=\n]*= "(\w+)"$', re.MULTILINE)
_LOCK = 0x5041_524D
"""The advisory lock of PostgreSQL under which one process migrates; the next one waits for it."""
_LOCK_WAIT_MS = 600_000


@dataclass(frozen=True)
class Step:
    """One revision on the way: what it is called, which way it goes, what it erases for good."""

    revision: str
    title: str
    forwards: bool
    erases: tuple[str, ...]


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings, which need no file: the folder, and the connection to work on."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic_config())


def revision(connection: Connection) -> str | None:
    """The revision the database stands at; None before the first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    stands: str | None = connection.execute(
        text("select version_num from alembic_version")
    ).scalar()
    return stands


@cache
def newest() -> str:
    """The revision this code was written for.

    Read from the files: every process that serves asks, and Alembic would lie in its memory for nothing else.
    """
    files = sorted((MIGRATIONS / "versions").glob("*.py"))
    named: list[dict[str, str]] = [dict(_NAMED.findall(file.read_text())) for file in files]
    (head,) = {one["revision"] for one in named} - {one.get("down_revision") for one in named}
    return head


def known() -> set[str]:
    """Every revision that this code has a way from."""
    return {one.revision for one in _scripts().walk_revisions()}


def check(engine: Engine, metadata: MetaData | None = None) -> None:
    """Refuse tables that are older, newer or other than this code's.

    Raises `SchemaDiffers`, and with `metadata` also `SchemaForeign`.
    """
    with engine.connect() as connection:
        actual = revision(connection)
        if actual != newest():
            raise SchemaDiffers(actual or "", newest())
        if metadata is not None and (faults := fingerprint.differences(connection, metadata)):
            raise SchemaForeign(actual, faults)


def stamp(engine: Engine) -> None:
    """Note that tables made from the models stand at the newest revision."""
    from alembic import command

    with engine.begin() as connection:
        command.stamp(alembic_config(connection), "head")


def way(engine: Engine, *, to: str = "head") -> list[Step]:
    """What `migrate` would do now, in order. Raises `UnknownRevision`."""
    with engine.connect() as connection:
        before = revision(connection)
    return _way(before, to)


def _way(before: str | None, to: str) -> list[Step]:
    from alembic.util import CommandError

    scripts = _scripts()
    try:
        target = None if to == "base" else scripts.get_revision(to)
        passed = [one.revision for one in scripts.iterate_revisions(before, "base")]
        if target is None or target.revision in passed:
            gone = [
                one
                for one in scripts.iterate_revisions(before, "base")
                if target is None or one.revision not in _up_to(target.revision)
            ]
            return [_step(one, forwards=False) for one in gone]
        new = [
            one
            for one in scripts.iterate_revisions(target.revision, "base")
            if one.revision not in passed
        ]
    except CommandError as exc:
        raise UnknownRevision(before if to == "head" and before else to) from exc
    return [_step(one, forwards=True) for one in reversed(new)]


def _up_to(target: str) -> set[str]:
    return {one.revision for one in _scripts().iterate_revisions(target, "base")}


def _step(script: object, *, forwards: bool) -> Step:
    from alembic.script import Script

    assert isinstance(script, Script)
    erases = tuple(getattr(script.module, "erases", ())) if forwards else ()
    return Step(script.revision, script.doc.partition("\n")[0], forwards, erases)


def migrate(engine: Engine, *, to: str = "head") -> str | None:
    """Bring the tables to revision `to` in one transaction; `base` takes all of them away.

    Of two that come at once one waits. What a migration passed on the way up says it erases is rewritten
    afterwards, so that nothing of it stays in free pages. Returns the revision reached. Raises
    `UnknownRevision`, `BrokenReferences` on SQLite, and `NotCompacted` when an older transaction
    outlasts the patience.
    """
    from alembic import command

    with engine.connect() as connection, _alone(connection):
        before = revision(connection)
        steps = _way(before, to)
        if steps:
            move = command.upgrade if steps[0].forwards else command.downgrade
            move(alembic_config(connection), to)
        reached = revision(connection)
    erased = sorted({table for step in steps for table in step.erases}) if before else []
    if erased and not db.compact(engine, erased):
        raise NotCompacted(erased)
    return reached


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """One transaction that no other migration enters, without the time limits of pages.

    SQLite alters most things only by dropping and renaming the table, which its foreign keys
    forbid; its manual's procedure is to switch them off outside the transaction and to check all
    references before the commit (https://sqlite.org/lang_altertable.html#otheralter).
    """
    if connection.dialect.name != "sqlite":
        with connection.begin():
            for limit in ("statement_timeout", "lock_timeout"):
                connection.execute(text(f"set local {limit} = 0"))
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield
        return
    driver = connection.connection.dbapi_connection
    assert driver is not None
    (wait,) = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute(f"PRAGMA busy_timeout={_LOCK_WAIT_MS}")
    driver.execute("PRAGMA foreign_keys=off")
    try:
        with connection.begin():
            yield
            dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if dangling:
                raise BrokenReferences(sorted({row[0] for row in dangling}))
    finally:
        driver.execute("PRAGMA foreign_keys=on")
        driver.execute(f"PRAGMA busy_timeout={wait}")
