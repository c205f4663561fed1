"""The kill test in its short form: a few dozen SIGKILLs on each engine, and PostgreSQL restarted as by a power cut."""

import pytest

from benchmarks.flows import serving
from tests import postgres
from tests.kills.harness import Account
from tests.kills.run import run


@pytest.fixture
def scratch():
    with serving.scratch() as folder:
        yield folder


def test_no_submission_is_lost_or_doubled_when_workers_and_postgresql_are_killed(scratch):
    postgres.start(scratch / "postgres")  # of its own: the run's is not restarted under other tests
    postgres.execute(scratch / "postgres", "CREATE DATABASE kills")
    url = postgres.url(scratch / "postgres", "kills")
    tally, account = run(
        scratch / "instance", url, kills=24, restarts=2, server=scratch / "postgres"
    )
    assert (tally.restarts, tally.kills >= 24) == (2, True)
    assert tally.broken, "a kill is felt"
    assert account.is_whole, account


def test_no_submission_is_lost_or_doubled_when_workers_are_killed_on_sqlite(scratch):
    url = f"sqlite:///{scratch}/instance/survey.sqlite3"
    tally, account = run(scratch / "instance", url, kills=12)
    assert tally.broken, "a kill is felt"
    assert account.is_whole, account


@pytest.mark.parametrize(
    "seen",
    [
        Account(10, 10, 9, lost=1, double=0, unasked=0),
        Account(10, 10, 11, lost=0, double=1, unasked=0),
        Account(10, 11, 11, lost=0, double=0, unasked=1),
        Account(10, 11, 10, lost=0, double=0, unasked=0),
    ],
    ids=["lost", "double", "nobody was told", "marked without a ballot"],
)
def test_an_account_that_does_not_add_up_is_not_whole(seen):
    assert not seen.is_whole
