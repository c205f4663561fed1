from datetime import timedelta

import pytest
from sqlalchemy import select, text

from surveyapp.invitations.credentials import attempts
from surveyapp.invitations.errors import TooManyAttempts
from surveyapp.limits import AttemptWindow

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ministry(keys, now):
    return attempts.network(keys, "203.0.113.7", now=now)


def fail(db, network, now, times):
    for _ in range(times):
        attempts.count(db, network, succeeded=False, now=now)


def test_twenty_wrong_codes_from_one_network_are_enough(db, ministry, now):
    fail(db, ministry, now, 19)
    attempts.check(db, ministry, now=now)
    fail(db, ministry, now, 1)
    with pytest.raises(TooManyAttempts) as refused:
        attempts.check(db, ministry, now=now)
    assert 0 < refused.value.retry_after <= 600
    attempts.check(db, ministry, now=now + timedelta(seconds=refused.value.retry_after))


def test_a_ministry_behind_one_address_is_excused_by_its_successes(db, ministry, now):
    for _ in range(15):
        attempts.count(db, ministry, succeeded=True, now=now)
    fail(db, ministry, now, 30)
    attempts.check(db, ministry, now=now)
    fail(db, ministry, now, 1)
    with pytest.raises(TooManyAttempts):
        attempts.check(db, ministry, now=now)


def test_no_success_excuses_two_hundred_failures(db, ministry, now):
    for _ in range(150):
        attempts.count(db, ministry, succeeded=True, now=now)
    fail(db, ministry, now, 200)
    with pytest.raises(TooManyAttempts):
        attempts.check(db, ministry, now=now)


def test_guessing_from_everywhere_pauses_typed_codes_for_all(db, keys, ministry, now):
    for number in range(30):
        fail(db, attempts.network(keys, f"198.51.100.{number}", now=now), now, 19)
    attempts.check(db, ministry, now=now)
    for number in range(30):
        fail(db, attempts.network(keys, f"192.0.2.{number}", now=now), now, 1)
    for later in (timedelta(0), MINUTE):
        with pytest.raises(TooManyAttempts) as refused:
            attempts.check(db, ministry, now=now + later)
        assert refused.value.retry_after == 60
    attempts.check(db, ministry, now=now + 2 * MINUTE)


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
