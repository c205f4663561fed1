"""Of several that a timer starts at once one does the work; one that was killed does not block it for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from surveyapp import timers
from surveyapp.db import reading, transaction


def test_of_three_at_once_one_gets_the_turn(engine, now):
    together = Barrier(3)

    def begin(number: int) -> bool:
        together.wait()
        with transaction() as db:
            return timers.claim(db, "report", holder=str(number), now=now)

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(begin, range(3))) == [False, False, True]


def test_the_turn_is_free_again_when_the_work_is_over_and_says_how_it_went(engine, now):
    with timers.turn("report", now=lambda: now) as first:
        assert first.is_ours
        with timers.turn("report", now=lambda: now) as second:
            assert not second.is_ours
    with pytest.raises(SystemExit), timers.turn("report", now=lambda: now) as third:
        assert third.is_ours
        raise SystemExit(1)
    with reading() as db:
        run = timers.runs(db)["report"]
    assert (run.outcome, run.held_until, run.ended_at) == (timers.FAILED, None, now)


def test_the_turn_of_a_process_that_was_killed_is_taken_after_its_time(engine, now):
    with transaction() as db:
        assert timers.claim(db, "report", holder="killed", now=now)
        later = now + timers.HOLD - timedelta(seconds=1)
        assert not timers.claim(db, "report", holder="next", now=later)
        assert timers.claim(db, "report", holder="next", now=now + timers.HOLD)
        timers.end(db, "report", holder="killed", outcome=timers.DONE, now=now)
        assert timers.runs(db)["report"].holder == "next"
        assert timers.runs(db)["report"].held_until is not None


def test_who_held_its_turn_too_long_sends_no_further_message_and_who_goes_on_keeps_it(engine, now):
    with timers.turn("report", now=lambda: now) as slow:
        later = now + timers.HOLD - timedelta(seconds=1)
        assert slow.is_still_ours(later), "each message holds on for as long again"
        with timers.turn("report", now=lambda: later + timedelta(minutes=1)) as other:
            assert not other.is_ours
        with timers.turn("report", now=lambda: later + timers.HOLD) as other:
            assert other.is_ours
            assert not slow.is_still_ours(later + timers.HOLD)
