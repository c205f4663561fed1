"""A database that is stopped, full, read-only or locked: told apart, refused in time, found again."""

import os
import shutil
import signal
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from surveyapp.db import (
    PAGES,
    FaultKind,
    bind,
    fault_of,
    make_engine,
    reading,
    sqlstate,
    transaction,
)
from surveyapp.db.outages import UNREACHABLE
from tests import postgres


@pytest.fixture
def server(run_folder: Path):
    """A PostgreSQL of the test's own, which it may stop."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    folder.chmod(0o711)
    postgres.start(folder / "pg")
    yield folder / "pg"
    signal_all(folder / "pg", signal.SIGCONT)
    postgres.stop(folder / "pg")
    shutil.rmtree(folder)


def signal_all(folder: Path, number: int) -> None:
    """Send a signal to the server and to everything it started."""
    pid = (folder / "cluster" / "postmaster.pid").read_text().split()[0]
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            if stat.read_text().rpartition(")")[2].split()[1] == pid:
                children.append(stat.parent.name)
    os.kill(int(pid), number)
    for one in children:
        with suppress(ProcessLookupError):  # a connection's process ends when its client goes
            os.kill(int(one), number)


def ask() -> int:
    with reading() as db:
        return int(db.scalar(text("select 1")) or 0)


def test_a_server_that_is_stopped_is_noticed_by_all_and_found_again(server):
    engine = make_engine(postgres.url(server, "postgres"), PAGES)
    bind(engine)
    assert ask() == 1
    signal_all(server, signal.SIGSTOP)
    began = monotonic()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(ask) for _ in range(8)]
    assert all(isinstance(one.exception(), UNREACHABLE) for one in waiting)
    assert {fault_of(one.exception()) for one in waiting} == {FaultKind.AWAY}
    first = monotonic() - began
    began = monotonic()
    with pytest.raises(UNREACHABLE):
        ask()
    assert monotonic() - began < first / 4, "the next one did not wait"
    signal_all(server, signal.SIGCONT)
    end = monotonic() + 30
    while monotonic() < end:
        try:
            assert ask() == 1
            break
        except UNREACHABLE:
            continue
    assert ask() == 1
    engine.dispose()


def test_a_statement_that_is_slow_is_no_outage(postgresql_engine):
    patient = make_engine(
        postgresql_engine.url.render_as_string(hide_password=False),
        type(PAGES)(connect=2, pool=2, statement=20, lock=4, idle=30, silence=0.3),
    )
    with patient.connect() as connection:
        assert connection.scalar(text("select 1 from pg_sleep(1)")) == 1
    patient.dispose()


def test_limits_of_the_server_are_set_and_a_lock_is_not_waited_for_without_end(postgresql_engine):
    url = postgresql_engine.url.render_as_string(hide_password=False)
    short = make_engine(url, type(PAGES)(2, 2, 1, 0.2, 30, 2))
    with postgresql_engine.begin() as holder, short.connect() as waiter:
        holder.execute(text("lock table campaign"))
        with pytest.raises(OperationalError) as locked:
            waiter.execute(text("select * from campaign"))
        waiter.rollback()
        with pytest.raises(OperationalError) as slow:
            waiter.execute(text("select pg_sleep(5)"))
    assert (fault_of(locked.value), sqlstate(locked.value)) == (FaultKind.LOCKED, "55P03")
    assert (fault_of(slow.value), sqlstate(slow.value)) == (FaultKind.SLOW, "57014")
    short.dispose()


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (psycopg.errors.DiskFull, FaultKind.DISK_FULL),
        (psycopg.errors.ReadOnlySqlTransaction, FaultKind.READ_ONLY),
        (psycopg.errors.TooManyConnections, FaultKind.TOO_MANY),
        (psycopg.errors.AdminShutdown, FaultKind.AWAY),
        (psycopg.errors.UniqueViolation, None),
    ],
)
def test_failures_are_told_apart_by_their_state(error, fault):
    assert fault_of(error("")) == fault


def test_sqlite_that_is_read_only_or_full_is_told_apart(sqlite_engine):
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("pragma query_only=on")
    with pytest.raises(OperationalError) as refused, transaction() as db:
        db.execute(text("delete from counter"))
    assert fault_of(refused.value) == FaultKind.READ_ONLY
    sqlite_engine.dispose()
    with sqlite_engine.connect() as connection:
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
        connection.exec_driver_sql(f"pragma max_page_count={pages}")
    with pytest.raises(OperationalError) as refused, transaction() as db:
        db.execute(text("create table filler as select randomblob(10000000) as a"))
    assert fault_of(refused.value) == FaultKind.DISK_FULL


def test_an_error_says_nothing_of_the_values_it_was_about(engine):
    with pytest.raises(Exception) as refused, transaction() as db:
        db.execute(text("insert into nowhere values (:name)"), {"name": "Nguyễn Văn Kín"})
    assert "Kín" not in str(refused.value)
