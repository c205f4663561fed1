"""Two nodes behind nginx and PgBouncer: restarted one after the other under load, nobody notices."""

import signal
from pathlib import Path
from threading import Barrier, Lock

import pytest

from benchmarks.flows import serving
from tests.kills.harness import Tally
from tests.site import installation, restore_drill
from tests.site.load import Load, TimedBrowser
from tests.site.restore_drill import command


@pytest.fixture
def scratch():
    with serving.scratch() as folder:
        yield folder


def test_a_key_is_rotated_and_nodes_are_restarted_under_load_and_nothing_acknowledged_is_lost(
    scratch: Path,
):
    with installation.running(scratch, people=1500, processes=1) as site:
        *others, earliest = site.known["links"]
        began = TimedBrowser(
            site.proxy.port, earliest, Tally(), Lock(), seen=[]
        )  # under the key before
        began.prepare(site.known["form"]["sections"][0][1][0])
        with Load(site, at_once=3, pause=0.4, links=others) as load:
            command(site, "keys", "rotate")
            for node in site.nodes:
                node.reload()
                installation.until(node.is_ready, "it does not tell which keys it has")
            command(site, "keys", "use", "2")
            for node in site.nodes:
                node.restart()
            load.tally.acknowledged[began.link] = {began.submit(Barrier(1))}
            site.nodes[0].kill()
            site.nodes[0].start()
            installation.until(lambda: len(load.tally.acknowledged) > 3, "nobody got through")
        account = load.account()
        assert account.is_whole
        assert load.failures == []
        assert not load.ran_out, "the last restarts were of an installation without load"
        assert account.acknowledged > 3


def test_a_database_that_is_stopped_is_answered_with_words_and_found_again(scratch: Path):
    with installation.running(scratch, people=200, nodes=1, processes=1) as site:
        with Load(site, at_once=3, pause=0.2) as load:
            installation.until(lambda: load.tally.acknowledged, "nobody got through")
            site.signal_database(signal.SIGSTOP)
            try:
                installation.until(lambda: load.tally.busy > 3, "nobody was told")
                assert installation.answers(site.proxy.port, "/health/live")
            finally:
                site.signal_database(signal.SIGCONT)
            before = len(load.tally.acknowledged)
            installation.until(lambda: len(load.tally.acknowledged) > before, "it stays away")
        assert load.account().is_whole


@pytest.mark.parametrize("sqlite", [True, False], ids=["sqlite", "postgresql"])
def test_what_was_acknowledged_before_the_backup_is_there_after_the_restore(scratch: Path, sqlite):
    report, is_well = restore_drill.drill(scratch, sqlite=sqlite, people=4, processes=1)
    assert is_well, report
