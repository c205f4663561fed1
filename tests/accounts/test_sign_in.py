"""Signing in, waiting after wrong guesses, sessions that end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.accounts import passwords, queries, service
from surveyapp.accounts.access import Grant
from surveyapp.accounts.errors import BadUsername, TooManySignIns, UnknownStaff, UsernameTaken
from surveyapp.accounts.models import Staff, StaffSession
from surveyapp.accounts.signing_in import sessions
from surveyapp.accounts.signing_in import sign_in as signing
from surveyapp.accounts.signing_in.sign_in import Caller, SignedIn, SignInRefused
from tests.factories import PASSWORD, staff

MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(db, now):
    return staff(db, now, "operator", second_factor=False)


def signed_in(db, now) -> str:
    outcome = signing.sign_in(db, "operator", PASSWORD, now=now)
    assert isinstance(outcome, SignedIn)
    return outcome.session_id


def test_the_right_password_opens_a_session_of_which_only_a_hash_is_stored(db, now, person):
    session_id = signed_in(db, now)
    assert sessions.current_staff(db, session_id, now=now).username == "operator"
    stored = db.scalars(select(StaffSession.id_hash)).one()
    assert session_id.encode() not in stored
    assert len(stored) == 32


def test_name_and_spaces_do_not_matter_the_password_does(db, now, person):
    assert isinstance(signing.sign_in(db, " Operator ", PASSWORD, now=now), SignedIn)
    refused = signing.sign_in(db, "operator", PASSWORD.upper(), now=now)
    assert isinstance(refused, SignInRefused)


def test_an_unknown_name_is_compared_with_a_hash_of_the_same_cost(db, now, person):
    unknown, known = signing.credentials(db, "nobody"), signing.credentials(db, "operator")
    assert unknown.password_hash.rsplit("$", 2)[0] == known.password_hash.rsplit("$", 2)[0]
    assert not signing.check_password(unknown, "a password that nobody has").is_right


def test_after_five_wrong_guesses_an_account_waits_longer_each_time_but_never_for_good(
    db, now, person
):
    waits = []
    for _guess in range(14):
        refused = signing.sign_in(db, "operator", "wrong", now=now)
        until = refused.wait_until
        waits.append(int((until - now).total_seconds()) if until else 0)
        now = max(now, until or now)
    assert waits[:8] == [0, 0, 0, 0, 30, 60, 120, 240]
    assert max(waits) == 15 * 60
    assert isinstance(signing.sign_in(db, "operator", PASSWORD, now=now), SignedIn)
    assert db.get(Staff, person.id, populate_existing=True).failures == 0


def test_while_it_waits_not_even_the_right_password_opens_the_account(db, now, person):
    for _guess in range(5):
        signing.sign_in(db, "operator", "wrong", now=now)
    refused = signing.sign_in(db, "operator", PASSWORD, now=now + timedelta(seconds=29))
    assert isinstance(refused, SignInRefused)
    assert isinstance(
        signing.sign_in(db, "operator", PASSWORD, now=now + timedelta(seconds=30)), SignedIn
    )


def test_a_stranger_who_guesses_does_not_lock_the_person_out_of_her_own_device(db, now, person):
    own, strange = Caller(b"n" * 32, b"own"), Caller(b"n" * 32, b"strange")
    right = signing.check_password(signing.credentials(db, "operator"), PASSWORD)
    wrong = signing.check_password(signing.credentials(db, "operator"), "wrong")
    signing.finish(db, right, caller=own, now=now, demands_factor=False)
    for _guess in range(300):
        signing.finish(db, wrong, caller=strange, now=now)
    assert isinstance(signing.finish(db, right, caller=strange, now=now), SignInRefused)
    with pytest.raises(TooManySignIns):
        signing.check_network(db, strange, wrong.credentials, now=now)
    signing.check_network(db, own, right.credentials, now=now)
    assert isinstance(signing.finish(db, right, caller=own, now=now), SignedIn)


def test_a_known_device_has_ten_guesses_and_is_a_stranger_then(db, now, person):
    own = Caller(device=b"own")
    right = signing.check_password(signing.credentials(db, "operator"), PASSWORD)
    wrong = signing.check_password(signing.credentials(db, "operator"), "wrong")
    signing.finish(db, right, caller=own, now=now, demands_factor=False)
    for _guess in range(signing.DEVICE_FAILURES + signing.FREE_FAILURES):
        signing.finish(db, wrong, caller=own, now=now)
    assert isinstance(signing.finish(db, right, caller=own, now=now), SignInRefused)


def test_a_network_that_only_fails_rests_and_one_that_mostly_succeeds_does_not(db, now, person):
    bad, ministry = b"b" * 32, b"m" * 32
    right = signing.check_password(signing.credentials(db, "operator"), PASSWORD)
    wrong = signing.check_password(signing.credentials(db, "nobody"), "x")
    for _attempt in range(20):
        signing.finish(db, wrong, caller=Caller(bad), now=now)
        signing.finish(db, wrong, caller=Caller(ministry), now=now)
        signing.finish(db, right, caller=Caller(ministry), now=now, demands_factor=False)
    signing.check_network(db, Caller(ministry), wrong.credentials, now=now)
    with pytest.raises(TooManySignIns):
        signing.check_network(db, Caller(bad), wrong.credentials, now=now)
    signing.check_network(db, Caller(bad), wrong.credentials, now=now + signing.NETWORK_WINDOW)


def test_a_password_hashed_at_an_older_cost_is_hashed_anew_at_sign_in(db, now, person):
    passwords.use_cost(memory_kib=16, passes=1)
    try:
        signed_in(db, now)
    finally:
        passwords.use_cost(memory_kib=8, passes=1)
    kept = db.get(Staff, person.id, populate_existing=True).password_hash
    assert "m=16,t=1" in kept


def test_a_session_ends_after_half_an_hour_of_rest(db, now, person):
    session_id = signed_in(db, now)
    assert sessions.current_staff(db, session_id, now=now + 29 * MINUTE)
    assert sessions.current_staff(db, session_id, now=now + 30 * MINUTE) is None


def test_a_session_in_use_lives_on_until_eight_hours_are_over(db, now, person):
    session_id = signed_in(db, now)
    for step in range(1, 24):
        assert sessions.current_staff(db, session_id, now=now + step * 20 * MINUTE)
        sessions.touch(db, session_id, now=now + step * 20 * MINUTE)
    assert sessions.current_staff(db, session_id, now=now + timedelta(hours=8)) is None


def test_an_idle_session_cannot_be_woken(db, now, person):
    session_id = signed_in(db, now)
    sessions.touch(db, session_id, now=now + 31 * MINUTE)
    assert sessions.current_staff(db, session_id, now=now + 31 * MINUTE) is None


def test_signing_out_ends_one_session_and_leaves_the_other(db, now, person):
    first, second = signed_in(db, now), signed_in(db, now)
    sessions.sign_out(db, first)
    assert sessions.current_staff(db, first, now=now) is None
    assert sessions.current_staff(db, second, now=now)


def test_a_new_password_ends_every_session_and_opens_one(db, now, person):
    old = [signed_in(db, now), signed_in(db, now)]
    fresh_hash = passwords.accepted_hash("mua xuan den som nay", username="operator")
    new = service.change_password(db, person.id, fresh_hash, session_id=old[0], now=now)
    assert [sessions.current_staff(db, each, now=now) for each in old] == [None, None]
    assert sessions.current_staff(db, new, now=now).username == "operator"
    assert len(queries.sessions(db, person.id, now=now)) == 1


def test_nobody_ends_the_session_of_somebody_else(db, now, person):
    session_id = signed_in(db, now)
    other = staff(db, now, "viewer")
    sessions.end_session(db, other.id, sessions.session_hash(session_id))
    assert sessions.current_staff(db, session_id, now=now)


@pytest.mark.parametrize("change", ["grant", "remove", "disable"])
def test_what_a_person_may_do_changes_only_for_new_sessions(db, now, person, change):
    session_id = signed_in(db, now)
    if change == "grant":
        service.add_grant(db, person.id, Grant("tiny", "auditor"))
    elif change == "remove":
        service.remove_grant(db, person.id, Grant("tiny", "operator"))
    else:
        service.disable(db, person.id)
    assert sessions.current_staff(db, session_id, now=now) is None


def test_a_disabled_account_opens_to_no_password(db, now, person):
    service.disable(db, person.id)
    assert isinstance(signing.sign_in(db, "operator", PASSWORD, now=now), SignInRefused)


def test_a_username_is_taken_once_and_is_plain(db, now, person):
    with pytest.raises(UsernameTaken):
        staff(db, now, "operator")
    with pytest.raises(BadUsername):
        staff(db, now, "viewer", username="Đầu mối")
    with pytest.raises(UnknownStaff):
        service.staff_named(db, "nobody")


def test_a_role_given_twice_is_held_once(db, now, person):
    service.add_grant(db, person.id, Grant("tiny", "operator"))
    assert [view.grants for view in queries.every_staff(db)] == [(Grant("tiny", "operator"),)]
