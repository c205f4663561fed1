from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from surveyapp.invitations.credentials import attempts
from surveyapp.invitations.errors import ChallengeNeeded
from surveyapp.limits import AttemptWindow

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ministry(keys, now):
    return attempts.network(keys, "203.0.113.7", now=now)


def fail(db, network, now, times):
    """As many wrong codes: the first two are counted as they come, the rest added to their rows."""
    for _ in range(min(times, 2)):
        attempts.count(db, network, succeeded=False, now=now)
    if times > 2:
        ours = AttemptWindow.key.in_(network)
        newest = AttemptWindow.starts_at <= now
        more = {"failures": AttemptWindow.failures + times - 2}
        recent = AttemptWindow.starts_at > now - timedelta(days=1)
        latest = (
            select(AttemptWindow.key, func.max(AttemptWindow.starts_at))
            .where(ours, newest, recent)
            .group_by(AttemptWindow.key)
        )
        for key, starts_at in db.execute(latest).all():
            db.execute(
                update(AttemptWindow)
                .where(AttemptWindow.key == key, AttemptWindow.starts_at == starts_at)
                .values(**more)
            )


def test_twenty_wrong_codes_from_one_network_are_enough(db, ministry, now):
    fail(db, ministry, now, 19)
    attempts.check(db, ministry, now=now)
    fail(db, ministry, now, 1)
    with pytest.raises(ChallengeNeeded) as refused:
        attempts.check(db, ministry, now=now)
    assert refused.value.effort == attempts.EFFORT
    attempts.check(db, ministry, now=now + timedelta(minutes=10))


def test_a_ministry_behind_one_address_is_excused_by_its_successes(db, ministry, now):
    for _ in range(15):
        attempts.count(db, ministry, succeeded=True, now=now)
    fail(db, ministry, now, 30)
    attempts.check(db, ministry, now=now)
    fail(db, ministry, now, 1)
    with pytest.raises(ChallengeNeeded):
        attempts.check(db, ministry, now=now)


def test_no_success_excuses_two_hundred_failures(db, ministry, now):
    for _ in range(150):
        attempts.count(db, ministry, succeeded=True, now=now)
    fail(db, ministry, now, 200)
    with pytest.raises(ChallengeNeeded):
        attempts.check(db, ministry, now=now)


def test_guessing_from_everywhere_challenges_strangers_everywhere(db, keys, ministry, now):
    for number in range(30):
        fail(db, attempts.network(keys, f"198.51.100.{number}", now=now), now, 19)
    attempts.check(db, ministry, now=now)
    for number in range(30):
        fail(db, attempts.network(keys, f"192.0.2.{number}", now=now), now, 1)
    for later in (timedelta(0), MINUTE):
        with pytest.raises(ChallengeNeeded):
            attempts.check(db, ministry, now=now + later)
    attempts.check(db, ministry, now=now + 2 * MINUTE)


def test_work_or_a_wait_lets_a_stranger_in_and_only_one_a_minute_by_waiting(db, ministry, now):
    fail(db, ministry, now, 300)
    attempts.check(db, ministry, now=now, proven=True)
    attempts.check(db, ministry, now=now, waited=True)
    with pytest.raises(ChallengeNeeded):
        attempts.check(db, ministry, now=now, waited=True)
    attempts.check(db, ministry, now=now + MINUTE, waited=True)


def test_the_work_grows_with_the_wrong_codes_of_a_day_and_is_not_enough_in_the_end(
    db, ministry, now
):
    efforts = []
    for _fifty in range(60):
        fail(db, ministry, now, 50)
        with pytest.raises(ChallengeNeeded) as asked:
            attempts.check(db, ministry, now=now)
        efforts.append(asked.value.effort // attempts.EFFORT)
    assert efforts[:6] == [2, 4, 8, 16, 32, 32]
    assert efforts[48:51] == [32, 0, 0]
    with pytest.raises(ChallengeNeeded):
        attempts.check(db, ministry, now=now, proven=True)


def test_a_device_that_opened_something_before_is_not_slowed_by_strangers(db, keys, ministry, now):
    fail(db, ministry, now, 3_000)
    own = attempts.device_tag(keys, b"own")
    attempts.check(db, ministry, now=now, device=own)
    for _guess in range(attempts.DEVICE_FAILURES):
        attempts.count(db, ministry, succeeded=False, now=now, device=own)
    with pytest.raises(ChallengeNeeded):
        attempts.check(db, ministry, now=now, device=own)


def test_sixty_four_networks_guess_less_than_a_thousandth_of_a_hit_in_a_campaign(db, ministry, now):
    fail(db, ministry, now, attempts.DAY_FREE)
    later = now + timedelta(minutes=30)  # a window in which nobody was wrong yet
    with pytest.raises(ChallengeNeeded):
        attempts.check(db, ministry, now=later)
    fail(db, ministry, later, attempts.DAY_CAP - attempts.DAY_FREE)
    with pytest.raises(ChallengeNeeded):
        attempts.check(db, ministry, now=later, proven=True)
    attempts.check(db, ministry, now=later, waited=True)
    with pytest.raises(ChallengeNeeded):
        attempts.check(db, ministry, now=later, waited=True)
    a_day = attempts.DAY_CAP + 24 * 60
    assert 64 * a_day * 35 * 30_000 / 2.7e14 < 0.001


def test_other_networks_go_on(db, keys, ministry, now):
    fail(db, ministry, now, 20)
    attempts.check(db, attempts.network(keys, "203.0.113.8", now=now), now=now)


def test_one_household_of_ipv6_is_one_network_and_a_mapped_address_is_its_ipv4(keys, now):
    def own(address):
        return attempts.network(keys, address, now=now).own

    assert own("2001:db8:1:2::1") == own("2001:db8:1:2:ffff::9")
    assert own("2001:db8:1:2::1") != own("2001:db8:1:3::1")
    assert own("::ffff:203.0.113.7") == own("203.0.113.7")
    assert own("not an address") != own("203.0.113.7")


def test_no_address_is_stored_and_each_day_has_other_names(db, keys, ministry, now):
    fail(db, ministry, now, 1)
    stored = db.scalars(select(AttemptWindow.key)).all()
    assert all(b"203" not in key and len(key) == 32 for key in stored)
    tomorrow = attempts.network(keys, "203.0.113.7", now=now + timedelta(days=1))
    assert tomorrow.own != ministry.own


def test_a_broken_counter_lets_people_in(db, ministry, now, capsys):
    db.execute(text("drop table attempt_window"))
    attempts.check(db, ministry, now=now)
    attempts.count(db, ministry, succeeded=False, now=now)
    assert db.execute(text("select 1")).scalar_one() == 1
