"""Deleted rows taken out of the file for good, and out of what the planner remembers."""

import re
from collections.abc import Sequence
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Engine


def compact(engine: Engine, tables: Sequence[str], *, patience: float = 60) -> bool:
    """Rewrite the tables (on SQLite the whole file) without what was deleted from them.

    Run after the deletion is committed, outside any transaction. Backups keep their own copies. What
    PostgreSQL's planner remembers of the values goes as well.
    PostgreSQL keeps a deleted row as long as an older transaction could still see it, such as a
    running backup or analysis: waits `patience` seconds for these to end. False if one outlasts that.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver: Any = connection.connection.driver_connection
        if engine.dialect.name == "postgresql":
            deadline = monotonic() + patience
            while _rewrite(driver, tables):
                if monotonic() > deadline:
                    return False
                sleep(0.2)
            _forget_statistics(driver, tables)
            return True
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return True


def _forget_statistics(driver: Any, tables: Sequence[str]) -> None:
    """The planner keeps common values and bounds of every column: names and contacts too.

    Looking at a table anew replaces them, unless it is empty: then they stay. Saying a column's type again
    drops them (PostgreSQL does so with every change of type).
    """
    for table in tables:
        driver.execute(f"ANALYZE {table}")
        first = driver.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608  a table of ours
        if first.fetchone() is None:
            for column, kind in driver.execute(_COLUMNS, (table,)).fetchall():
                driver.execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" TYPE {kind}')


_COLUMNS = (
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
    " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    " AND atttypid IN ('varchar'::regtype, 'text'::regtype, 'bytea'::regtype, 'json'::regtype)"
)


def _rewrite(driver: Any, tables: Sequence[str]) -> int:
    """How many deleted rows PostgreSQL had to keep: the first figure of the detail of each report."""
    kept = 0

    def note(report: Any) -> None:
        nonlocal kept
        match = re.search(r"[0-9]+", (report.message_detail or "").partition("\n")[0])
        kept += int(match[0]) if match else 0

    driver.add_notice_handler(note)
    try:
        driver.execute(f"VACUUM (FULL, VERBOSE) {', '.join(tables)}")
    finally:
        driver.remove_notice_handler(note)
    return kept
