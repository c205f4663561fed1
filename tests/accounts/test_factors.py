"""The second factor: passkeys that only this site can use, codes that open once."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from surveyapp.accounts.errors import PasskeyRefused
from surveyapp.accounts.factors import passkeys, recovery_codes, totp
from surveyapp.accounts.factors import service as factors
from surveyapp.accounts.factors.passkeys import Site
from surveyapp.accounts.factors.service import Factor
from surveyapp.accounts.models import RecoveryCode, Staff
from surveyapp.accounts.signing_in import sessions
from surveyapp.accounts.signing_in import sign_in as signing
from surveyapp.accounts.signing_in.sign_in import Caller
from tests.accounts.authenticator import Authenticator
from tests.factories import PASSWORD, staff

SITE = Site.of("https://khaosat.example.vn")
SESSION = b"s" * 32
STEP = timedelta(seconds=30)


@pytest.fixture
def person(db, now):
    return staff(db, now, "operator", second_factor=False)


@pytest.fixture
def app(db, now, keys, person) -> pyotp.TOTP:
    """The app on the person's phone, enrolled two minutes ago."""
    secret = totp.offered_secret(keys, SESSION)
    phone = pyotp.TOTP(totp.as_typed(secret))
    before = now - timedelta(minutes=2)
    assert totp.enrol(db, person.id, secret, phone.at(before), keys=keys, now=before)
    return phone


@pytest.fixture
def passkey(db, now, person) -> Authenticator:
    made = Authenticator()
    register(db, now, person, made)
    return made


def register(db, now, person, authenticator, *, session=SESSION) -> None:
    options = passkeys.ask_to_register(db, person, site=SITE, session_hash=SESSION, now=now)
    answer = authenticator.make(options)
    passkeys.register(
        db, person.id, answer, name="máy cơ quan", site=SITE, session_hash=session, now=now
    )


def asked(db, now, person=None, *, session=SESSION) -> dict:
    return passkeys.ask_to_sign(
        db, site=SITE, session_hash=session, now=now, staff_id=person.id if person else None
    )


def signed(db, now, answer, person=None, *, session=SESSION):
    return passkeys.signed_by(
        db, answer, site=SITE, session_hash=session, now=now, staff_id=person.id if person else None
    )


def test_the_app_opens_once_with_each_code(db, now, keys, person, app):
    code = app.at(now)
    assert factors.shown(db, person.id, code, keys=keys, now=now) == Factor.APP
    assert factors.shown(db, person.id, code, keys=keys, now=now) is None
    later = now + STEP
    assert factors.shown(db, person.id, code, keys=keys, now=later) is None
    assert factors.shown(db, person.id, app.at(later), keys=keys, now=later) == Factor.APP


def test_a_phone_half_a_minute_off_is_believed_and_one_two_minutes_off_is_not(
    db, now, keys, person, app
):
    assert not totp.passes(db, person.id, app.at(now + 4 * STEP), keys=keys, now=now)
    assert totp.passes(db, person.id, app.at(now + STEP), keys=keys, now=now)


def test_the_secret_of_an_app_is_stored_encrypted_for_this_person_alone(db, now, keys, app, person):
    secret = totp.offered_secret(keys, SESSION)
    kept = db.scalars(select(Staff.totp_secret)).one()
    assert secret not in kept
    other = staff(db, now, "viewer", second_factor=False)
    other.totp_secret, other.totp_last_step = kept, 0
    db.flush()
    assert not totp.passes(db, other.id, app.at(now), keys=keys, now=now)


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "abcdef", "1234567", "-12345"])
def test_what_is_not_six_digits_is_no_code_of_an_app(db, now, keys, person, app, typed):
    assert factors.shown(db, person.id, typed, keys=keys, now=now) is None


def test_a_recovery_code_opens_once_however_it_is_typed(db, now, keys, person, app):
    codes = recovery_codes.make(db, person.id, keys=keys)
    assert len(set(codes)) == 10
    typed = f"  {codes[3].upper()} ".replace("-", " ")
    assert factors.shown(db, person.id, typed, keys=keys, now=now) == Factor.RECOVERY_CODE
    assert factors.shown(db, person.id, codes[3], keys=keys, now=now) is None
    assert recovery_codes.left(db, person.id) == 9
    tags = db.scalars(select(RecoveryCode.tag)).all()
    assert not any(codes[0].replace("-", "").encode() in tag for tag in tags)


def test_new_recovery_codes_kill_the_old_ones(db, now, keys, person, app):
    old = recovery_codes.make(db, person.id, keys=keys)
    recovery_codes.make(db, person.id, keys=keys)
    assert factors.shown(db, person.id, old[0], keys=keys, now=now) is None


def test_a_recovery_code_of_somebody_else_opens_nothing(db, now, keys, person, app):
    other = staff(db, now, "viewer")
    code = recovery_codes.make(db, other.id, keys=keys)[0]
    assert factors.shown(db, person.id, code, keys=keys, now=now) is None


def test_a_passkey_signs_in_its_own_person(db, now, person, passkey):
    answer = passkey.sign(asked(db, now, person))
    assert signed(db, now, answer, person) == person.id


def test_what_a_passkey_signed_is_taken_once(db, now, person, passkey):
    answer = passkey.sign(asked(db, now, person))
    signed(db, now, answer, person)
    with pytest.raises(PasskeyRefused) as refused:
        signed(db, now, answer, person)
    assert refused.value.reason == "challenge"


def test_a_passkey_answers_only_the_session_that_asked(db, now, person, passkey):
    answer = passkey.sign(asked(db, now, person))
    with pytest.raises(PasskeyRefused):
        signed(db, now, answer, person, session=b"t" * 32)
    with pytest.raises(PasskeyRefused):
        signed(db, now, answer, None, session=None)


def test_an_answer_that_comes_too_late_is_refused(db, now, person, passkey):
    answer = passkey.sign(asked(db, now, person))
    with pytest.raises(PasskeyRefused):
        signed(db, now + passkeys.PATIENCE, answer, person)


def test_a_false_site_cannot_use_what_it_got_the_person_to_sign(db, now, person, passkey):
    passkey.origin = "https://khaosat.example.vn.evil.example"
    with pytest.raises(PasskeyRefused) as refused:
        signed(db, now, passkey.sign(asked(db, now, person)), person)
    assert refused.value.reason == "answer"


def test_the_passkey_of_one_person_is_no_factor_of_another(db, now, person, passkey):
    other = staff(db, now, "viewer")
    with pytest.raises(PasskeyRefused) as refused:
        signed(db, now, passkey.sign(asked(db, now, other)), other)
    assert refused.value.reason == "unknown"


def test_a_passkey_alone_signs_in_only_if_it_checked_its_holder(db, now, person, passkey):
    assert signed(db, now, passkey.sign(asked(db, now, session=None)), session=None) == person.id
    passkey.verifies = False
    with pytest.raises(PasskeyRefused):
        signed(db, now, passkey.sign(asked(db, now, session=None)), session=None)


def test_a_passkey_of_a_disabled_account_opens_nothing(db, now, person, passkey):
    person.active = False
    db.flush()
    with pytest.raises(PasskeyRefused):
        signed(db, now, passkey.sign(asked(db, now, session=None)), session=None)


def test_a_copied_passkey_is_found_out_by_its_count(db, now, person, passkey):
    signed(db, now, passkey.sign(asked(db, now, person)), person)
    passkey.count = 0
    with pytest.raises(PasskeyRefused):
        signed(db, now, passkey.sign(asked(db, now, person)), person)


@pytest.mark.parametrize(
    "answer", ["", "x", "[]", "{}", '{"id": 1}', '{"response": {"clientDataJSON": "é"}}', "[" * 60]
)
def test_nonsense_instead_of_a_passkey_is_refused_calmly(db, now, person, answer):
    with pytest.raises(PasskeyRefused):
        signed(db, now, answer, person)
    with pytest.raises(PasskeyRefused):
        passkeys.register(db, person.id, answer, name="", site=SITE, session_hash=SESSION, now=now)


def test_a_passkey_made_for_another_session_is_not_kept(db, now, person):
    with pytest.raises(PasskeyRefused):
        register(db, now, person, Authenticator(), session=b"t" * 32)
    assert not factors.is_enrolled(db, person.id)


def test_the_same_passkey_is_not_kept_twice(db, now, person, passkey):
    with pytest.raises(PasskeyRefused) as refused:
        register(db, now, person, passkey)
    assert refused.value.reason == "known"


def test_a_password_alone_opens_nothing_once_there_is_a_second_factor(db, now, person, app):
    half = signing.sign_in(db, "operator", PASSWORD, now=now, demands_factor=False)
    assert not half.is_whole
    assert sessions.current_staff(db, half.session_id, now=now) is None
    waiting = sessions.half_signed_in(db, half.session_id, now=now)
    whole = signing.complete(db, waiting, device=None, now=now)
    assert whole.session_id != half.session_id
    assert sessions.current_staff(db, whole.session_id, now=now).username == "operator"
    assert sessions.half_signed_in(db, half.session_id, now=now) is None


def test_a_half_session_waits_a_quarter_of_an_hour(db, now, person, app):
    half = signing.sign_in(db, "operator", PASSWORD, now=now)
    assert sessions.half_signed_in(db, half.session_id, now=now + timedelta(minutes=14))
    assert not sessions.half_signed_in(db, half.session_id, now=now + timedelta(minutes=15))


def test_five_wrong_codes_end_the_session_and_make_the_account_wait(db, now, person, app):
    half = signing.sign_in(db, "operator", PASSWORD, now=now)
    hashed = sessions.session_hash(half.session_id)
    goes_on = [signing.factor_failed(db, person.id, hashed, device=None, now=now) for _ in range(5)]
    assert goes_on == [True, True, True, True, False]
    assert sessions.half_signed_in(db, half.session_id, now=now) is None
    again = signing.sign_in(db, "operator", PASSWORD, now=now)
    assert isinstance(again, signing.SignInRefused)


def test_a_right_password_does_not_forgive_wrong_codes(db, now, person, app):
    """Else whoever has the password could try codes without end."""
    for _try in range(4):
        half = signing.sign_in(db, "operator", PASSWORD, now=now)
        hashed = sessions.session_hash(half.session_id)
        signing.factor_failed(db, person.id, hashed, device=None, now=now)
    assert db.scalar(select(Staff.failures)) == 4


def test_wrong_codes_on_a_known_device_end_its_being_known(db, now, person, app):
    device = Caller(device=b"own")
    right = signing.check_password(signing.credentials(db, "operator"), PASSWORD)
    half = signing.finish(db, right, caller=device, now=now)
    waiting = sessions.half_signed_in(db, half.session_id, now=now)
    signing.complete(db, waiting, device=b"own", now=now)
    for _try in range(signing.DEVICE_FAILURES):
        signing.factor_failed(db, person.id, b"gone", device=b"own", now=now)
    assert isinstance(signing.finish(db, right, caller=device, now=now), signing.SignInRefused)


def test_a_reset_takes_every_factor_away(db, now, keys, person, app, passkey):
    recovery_codes.make(db, person.id, keys=keys)
    factors.reset(db, person.id)
    standing = factors.standing(db, person.id)
    assert (standing.count, standing.codes_left) == (0, 0)
    assert not factors.is_enrolled(db, person.id)


def test_a_factor_is_fresh_for_a_quarter_of_an_hour(db, now, person):
    whole = signing.sign_in(db, "operator", PASSWORD, now=now, demands_factor=False)
    later = now + timedelta(minutes=16)
    assert sessions.has_fresh_factor(db, whole.session_id, now=now + timedelta(minutes=15))
    assert not sessions.has_fresh_factor(db, whole.session_id, now=later)
    sessions.factor_shown(db, whole.session_id, now=later)
    assert sessions.has_fresh_factor(db, whole.session_id, now=later)
