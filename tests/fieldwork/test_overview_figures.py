"""The overview's cached totals are what the tables say at that moment, whoever writes and folds meanwhile."""

import threading
from datetime import date, timedelta

import pytest

from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.fieldwork.counts import attention, folding, overview_figures, queries, totals_cache
from surveyapp.fieldwork.errors import NoSnapshot
from surveyapp.fieldwork.forecast import nightly
from tests import factories
from tests.fieldwork.test_fold import DAY, write_random_changes

LAST = DAY + timedelta(days=6)


@pytest.fixture
def campaign(engine, now):
    with transaction() as db:
        return factories.campaign(db, now).id


def plain(counts_by_key: dict) -> dict:
    """Without the cells whose counts come to nothing."""
    shown = {
        key: {d: n for d, n in c.by_disposition.items() if n} for key, c in counts_by_key.items()
    }
    return {key: counts for key, counts in shown.items() if counts}


def assert_is_what_the_tables_say(db, campaign: int, *, until: date | None) -> None:
    day = until or LAST
    seen = overview_figures.read(db, campaign, day=day, until=until)
    for side in totals_cache.SIDES:
        right = queries.figures(db, campaign, by=(side,), until=until)
        told = ("planned", "listed", "approved") if side == "supplying" else ("planned",)
        shown = {
            key: [getattr(row, name) for name in told] for key, row in seen.figures[side].items()
        }
        assert shown == {
            key[0]: [getattr(row, name) for name in told] for key, row in right.items()
        }
        assert plain({key: row.counts for key, row in seen.figures[side].items()}) == plain(
            {key[0]: row.counts for key, row in right.items()}
        )
        after = day - timedelta(days=1)
        since = queries.changed(db, campaign, by=(side,), after=after, until=until)
        assert plain(seen.since[side]) == plain({key[0]: counts for key, counts in since.items()})
    assert [(p.day, p.counts.submitted) for p in seen.points] == [
        (p.day, p.counts.submitted) for p in queries.curve(db, campaign, until=until)
    ]
    after = day - timedelta(days=attention.quiet_window(day))
    lately = queries.changed(db, campaign, by=("supplying",), after=after, until=until)
    live = dict(seen.figures["supplying"])
    assert seen.concerns == attention.concerns(live, {key[0]: c for key, c in lately.items()})


def test_cached_totals_are_right_beside_writers_and_folds(campaign):
    writers = [
        threading.Thread(target=write_random_changes, args=(seed, 25, [])) for seed in (1, 2)
    ]
    stop = threading.Event()

    def fold_all_the_time() -> None:
        while not stop.is_set():
            with transaction() as db:
                folding.fold(db, limit=9)

    folder = threading.Thread(target=fold_all_the_time)
    for thread in (*writers, folder):
        thread.start()
    while any(thread.is_alive() for thread in writers):
        for until in (None, DAY + timedelta(days=2)):
            with reading() as db:
                assert_is_what_the_tables_say(db, campaign, until=until)
    stop.set()
    folder.join()
    with reading() as db:
        assert_is_what_the_tables_say(db, campaign, until=None)


def test_totals_cached_before_a_fold_are_not_shown_after_it(campaign):
    """The fold takes away the changes that were added to what is cached, and as many came since."""
    for seed in (3, 4):
        write_random_changes(seed, 10, [])
        with reading() as db:
            assert_is_what_the_tables_say(db, campaign, until=None)
        with transaction() as db:
            folding.fold(db)
        with reading() as db:
            assert_is_what_the_tables_say(db, campaign, until=None)


def test_between_folds_the_kept_tables_are_read_once(campaign, monkeypatch):
    write_random_changes(5, 10, [])
    with transaction() as db:
        folding.fold(db)
    read = []
    was = totals_cache._read
    monkeypatch.setattr(totals_cache, "_read", lambda *given: read.append(given) or was(*given))
    for seed in (6, 7):
        with reading() as db:
            assert_is_what_the_tables_say(db, campaign, until=None)
        write_random_changes(seed, 5, [])
    assert len(read) == 1


def test_a_past_day_has_the_plan_and_the_lists_of_then(campaign, keys, now):
    with transaction() as db:
        tiny = campaigns.campaign(db, "tiny")
        factories.approved_list(db, tiny, now, keys, listed=factories.people(2))
        nightly.take(db, tiny, day=DAY, now=now)
        factories.approved_list(db, tiny, now, keys, listed=factories.people(4))
    with reading() as db:
        assert_is_what_the_tables_say(db, campaign, until=DAY)
        then = overview_figures.read(db, campaign, day=DAY, until=DAY).figures["supplying"]
        today = overview_figures.read(db, campaign, day=LAST, until=None).figures["supplying"]
    assert sum(row.listed for row in then.values()) < sum(row.listed for row in today.values())


def test_what_is_read_in_several_moments_is_refused(campaign):
    with transaction() as db, pytest.raises(NoSnapshot):
        overview_figures.read(db, campaign, day=LAST, until=None)
