"""Typed codes through a whole day: five hundred honest people beside an attacker, and one who has 64 networks.

The rules are the real ones; what they count is kept in a dictionary, or a day would take minutes.
"""

from collections import Counter
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace

import pytest

from surveyapp.invitations.credentials import attempts
from surveyapp.invitations.errors import ChallengeNeeded

MINUTE = timedelta(minutes=1)
PEOPLE, OPENING_CODES, CODES, DAYS = 500, 30_000, 2.7e14, 35
NETWORKS, TRIED = 64, 4
"""Networks share nothing but the count that challenges everybody: four are walked for all."""


@pytest.fixture
def db(monkeypatch):
    """Counters in memory, in the windows of the rules."""
    kept: Counter = Counter()

    def place(key, now, window):
        return key, int(now.timestamp()) // int(window.total_seconds())

    def count(_db, key, *, succeeded, now, window):
        kept[*place(key, now, window), succeeded] += 1

    def told(_db, key, *, now, window):
        at = place(key, now, window)
        return kept[*at, False], kept[*at, True]

    monkeypatch.setattr(attempts.limits, "count_attempt", count)
    monkeypatch.setattr(attempts.limits, "attempts", told)
    monkeypatch.setattr(attempts.log, "alarm", lambda *_words, **_facts: None)
    return SimpleNamespace(begin_nested=nullcontext)


def may_try(db, network, now) -> str:
    """By what a stranger gets one code looked up now: nothing, work or a wait; empty if by none."""
    for by, given in (("free", {}), ("work", {"proven": True}), ("wait", {"waited": True})):
        try:
            attempts.check(db, network, now=now, **given)
        except ChallengeNeeded:
            continue
        return by
    return ""


def guess_all(db, network, now) -> int:
    """Guess until nothing helps any more in this minute."""
    n_guesses = 0
    while may_try(db, network, now):
        attempts.count(db, network, succeeded=False, now=now)
        n_guesses += 1
    return n_guesses


def test_five_hundred_honest_people_beside_an_attacker_are_all_let_in(db, keys, now):
    """Ten come each minute and he guesses twice for each; work at most stands before them, never a wait."""
    network = attempts.network(keys, "203.0.113.7", now=now)
    for _guess in range(1_000):
        attempts.count(db, network, succeeded=False, now=now)
    let_in: Counter = Counter()
    for person in range(PEOPLE):
        at = now + MINUTE * (person // 10)
        for _guess in range(2):
            if may_try(db, network, at) in ("free", "work"):
                attempts.count(db, network, succeeded=False, now=at)
        let_in[may_try(db, network, at)] += 1
        attempts.count(db, network, succeeded=True, now=at)
    assert let_in["free"] + let_in["work"] == PEOPLE, let_in
    assert let_in["work"] > 0


def test_an_attacker_with_sixty_four_networks_expects_less_than_a_thousandth_of_a_hit(
    db, keys, now
):
    midnight = now.replace(hour=17, minute=0)  # in Vietnam
    networks = [
        attempts.network(keys, f"198.51.100.{number}", now=midnight) for number in range(TRIED)
    ]
    a_day = sum(
        guess_all(db, network, midnight + MINUTE * minute)
        for minute in range(24 * 60)
        for network in networks
    )
    assert a_day > TRIED * attempts.DAY_CAP, "he was not even slowed: the walk proves nothing"
    assert a_day * NETWORKS / TRIED * DAYS * OPENING_CODES / CODES < 0.001
