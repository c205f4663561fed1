"""The server's limits hold across waves, workers and crashes, on both engines."""

from collections import Counter
from threading import Thread

import pytest

from surveyapp.db import transaction
from surveyapp.delivery.sending import queue
from surveyapp.delivery.waves import wave_lookup
from surveyapp.delivery.waves.rate_limits import Limits
from tests.delivery.sending import Sending, emails


@pytest.fixture
def survey(engine, keys, now, tmp_path):
    return Sending(keys, now, tmp_path / "outbox")


@pytest.fixture
def sqlite_survey(sqlite_engine, keys, now, tmp_path):
    return Sending(keys, now, tmp_path / "outbox")


def two_waves(survey, *more):
    """Eight people in one wave (and `more`), eight in another, both filled and running."""
    survey.invite(*emails(8), *more, unit="01")
    survey.invite(*emails(8), unit="BNV", kind="par-officers")
    survey.post.limits = Limits(per_minute=0)
    both = [survey.wave(units=("01",)), survey.wave(units=("BNV",))]
    survey.work(2)
    assert survey.email.taken == []
    return both


def taken(survey, *names):
    """Workers of these names come one after the other, twice each."""
    for name in names * 2:
        survey.work(name=name)
    return len(survey.email.taken)


def test_two_workers_on_two_waves_share_the_minute(survey):
    two_waves(survey)
    survey.post.limits = Limits(per_minute=5)
    assert taken(survey, "first", "second") == 5
    survey.later(seconds=61)
    assert taken(survey, "second", "first") == 10


def test_two_workers_on_two_waves_share_the_day(sqlite_survey):
    two_waves(sqlite_survey)
    sqlite_survey.post.limits = Limits(per_day=7)
    assert taken(sqlite_survey, "first", "second") == 7
    sqlite_survey.later(hours=2)
    assert taken(sqlite_survey, "first") == 7
    sqlite_survey.later(hours=16)  # past midnight in Vietnam
    assert taken(sqlite_survey, "first") == 14


def test_two_waves_share_what_a_mail_domain_takes_in_a_minute(sqlite_survey):
    two_waves(sqlite_survey)
    sqlite_survey.post.limits = Limits(per_domain=6)
    assert taken(sqlite_survey, "first", "second") == 6
    sqlite_survey.later(seconds=61)
    assert taken(sqlite_survey, "first", "second") == 12


def test_two_waves_share_what_a_mail_domain_takes_in_a_day(sqlite_survey):
    two_waves(sqlite_survey, *emails(3, domain="khac.example.vn"))
    sqlite_survey.post.limits = Limits(per_domain_day=6)
    taken(sqlite_survey, "first", "second")
    sqlite_survey.later(minutes=5)
    taken(sqlite_survey, "first", "second")
    domains = Counter(r.partition("@")[2] for r in sqlite_survey.email.recipients)
    assert domains == {"so.example.vn": 6, "khac.example.vn": 3}


def test_two_workers_at_the_same_moment_do_not_both_take_the_last_of_the_minute(survey):
    one, other = two_waves(survey)
    leased_by_second: list[int] = []

    def lease(wave, worker):
        with transaction() as db:
            facts = {"channels": ("email",), "now": survey.now, "limit": 50}
            return len(queue.lease(db, wave, worker=worker, limits=Limits(per_minute=4), **facts))

    second = Thread(target=lambda: leased_by_second.append(lease(other, "second")))
    with transaction() as db:
        facts = {"channels": ("email",), "now": survey.now, "limit": 50}
        mine = queue.lease(db, one, worker="first", limits=Limits(per_minute=4), **facts)
        second.start()
        second.join(0.5)  # it waits for this transaction; without the lock it would not
    second.join(300)
    assert len(mine) + sum(leased_by_second) == 4


def test_what_a_killed_worker_had_in_hand_counts_as_sent(sqlite_survey):
    two_waves(sqlite_survey)
    sqlite_survey.post.limits = Limits(per_minute=5)

    def dies() -> None:
        raise KeyboardInterrupt

    sqlite_survey.email.before_each = dies
    killed = sqlite_survey.worker("killed")
    with pytest.raises(KeyboardInterrupt), killed.outbox:
        killed.round()
    sqlite_survey.email.before_each = lambda: None
    assert taken(sqlite_survey, "second", "third") == 0
    sqlite_survey.later(seconds=61)
    assert taken(sqlite_survey, "second") == 5


def test_a_small_wave_need_not_wait_for_a_large_one(sqlite_survey, monkeypatch):
    """Rounds take the waves in an order of their own; here each in turn."""
    large, small = two_waves(sqlite_survey)
    sqlite_survey.post.limits = Limits(per_minute=2)
    order = iter([False, True] * 3)
    monkeypatch.setattr(
        "surveyapp.delivery.sending.worker.shuffle",
        lambda going: going.sort(key=lambda one: one[0] == large, reverse=next(order)),
    )
    for _minute in range(4):
        sqlite_survey.work()
        sqlite_survey.later(seconds=61)
    with transaction() as db:
        sent = [wave_lookup.wave(db, sqlite_survey.campaign_id, one).id for one in (large, small)]
    assert [sqlite_survey.states(one)["handed_over"] for one in sent] == [4, 4]
