"""Signing in by name and password, and what wrong guesses cost: the guesser, never the person.

Waits are kept for the account, but a device on which the person signed in before does not wait: whoever
guesses from elsewhere must not be able to lock anybody out. A known device has guesses of its own.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from surveyapp import limits
from surveyapp.accounts import passwords
from surveyapp.accounts.errors import TooManySignIns
from surveyapp.accounts.factors import service as factors
from surveyapp.accounts.models import Staff, StaffDevice, StaffSession
from surveyapp.accounts.signing_in import sessions
from surveyapp.accounts.signing_in.sessions import HalfSignedIn

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
NETWORK_WINDOW = timedelta(minutes=10)
NETWORK_FAILURES, NETWORK_CAP = 20, 200
DEVICE_FAILURES = 10
"""Wrong passwords in a row after which a device is a stranger again."""
FACTOR_FAILURES = 5
"""Wrong second factors after which the password has to be typed again."""
DEVICE_KEPT = timedelta(days=400)


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against. An unknown name has no `staff_id` and a hash of nothing."""

    staff_id: uuid.UUID | None
    username: str
    password_hash: str


@dataclass(frozen=True)
class PasswordCheck:
    """Whether the password was right, and a fresh hash where the stored one is out of date."""

    credentials: Credentials
    is_right: bool
    fresh_hash: str | None


@dataclass(frozen=True)
class Caller:
    """Where a sign-in comes from: hashes of the network and of the device, and the browser's own name."""

    network: bytes | None = None
    device: bytes | None = None
    browser: str = ""


NOBODY_KNOWN = Caller()


@dataclass(frozen=True)
class SignedIn:
    """The id of the new session, for the browser alone: only its hash is stored.

    Unless it `is_whole`, it opens nothing before a second factor is shown.
    """

    staff_id: uuid.UUID
    username: str
    session_id: str
    is_whole: bool


@dataclass(frozen=True)
class SignInRefused:
    """Not signed in. `wait_until` is for the record: nobody outside is told whether the name exists."""

    wait_until: datetime | None


def credentials(db: Session, username: str) -> Credentials:
    """What `username` signs in with; a stand-in that never matches for unknown or disabled names."""
    name = username.strip().lower()
    row = db.execute(
        select(Staff.id, Staff.username, Staff.password_hash).where(
            Staff.username == name, Staff.active, Staff.password_hash != ""
        )
    ).first()
    if row is None:
        return Credentials(None, name[:64], passwords.dummy_hash())
    return Credentials(row.id, row.username, row.password_hash)


def check_password(against: Credentials, password: str) -> PasswordCheck:
    """Compare, slowly on purpose: call it outside any transaction."""
    is_right = passwords.matches(against.password_hash, password) and against.staff_id is not None
    stale = is_right and passwords.needs_rehash(against.password_hash)
    return PasswordCheck(against, is_right, passwords.hash_password(password) if stale else None)


def check_network(db: Session, caller: Caller, against: Credentials, *, now: datetime) -> None:
    """Raise `TooManySignIns` for a network with far more failures than successes.

    A ministry sits behind one address, so what counts is the ratio; a hard cap ends it. A device on
    which this account was signed in before is never told to wait for what its neighbours do.
    """
    if caller.network is None or _knows(db, caller, against.staff_id):
        return
    failures, successes = limits.attempts(db, caller.network, now=now, window=NETWORK_WINDOW)
    if failures >= NETWORK_CAP or (failures >= NETWORK_FAILURES and failures > 2 * successes):
        raise TooManySignIns(int(NETWORK_WINDOW.total_seconds()))


def finish(
    db: Session,
    check: PasswordCheck,
    *,
    now: datetime,
    caller: Caller = NOBODY_KNOWN,
    demands_factor: bool = True,
) -> SignedIn | SignInRefused:
    """Begin a session, or count the failure and let the account wait, longer each time, never for good.

    A refusal is returned, not raised, because its count must be committed. The session is whole only
    where no second factor is demanded and the person has none.
    """
    staff = _locked(db, check.credentials.staff_id)
    known = staff is not None and _knows(db, caller, staff.id)
    waits = (
        staff is not None and not known and staff.wait_until is not None and staff.wait_until > now
    )
    succeeded = staff is not None and check.is_right and not waits
    if caller.network is not None:
        limits.count_attempt(
            db, caller.network, succeeded=succeeded, now=now, window=NETWORK_WINDOW
        )
    if staff is None or not succeeded:
        if staff is not None and known:
            _count_on_device(db, caller, staff.id)
            return SignInRefused(None)
        return SignInRefused(_count_failure(staff, now=now) if staff and not waits else None)
    staff.password_hash = check.fresh_hash or staff.password_hash
    is_whole = not demands_factor and not factors.is_enrolled(db, staff.id)
    if is_whole:
        _welcome(db, staff.id, caller.device, now=now)
    db.flush()
    session_id = sessions.begin(
        db, staff.id, browser=caller.browser, factor_at=now if is_whole else None, now=now
    )
    return SignedIn(staff.id, staff.username, session_id, is_whole)


def complete(db: Session, half: HalfSignedIn, *, device: bytes | None, now: datetime) -> SignedIn:
    """A right second factor opens the session, under a new id, and makes the device known."""
    _welcome(db, half.staff_id, device, now=now)
    return SignedIn(half.staff_id, half.username, sessions.complete(db, half, now=now), True)


def by_passkey(db: Session, staff_id: uuid.UUID, *, caller: Caller, now: datetime) -> SignedIn:
    """A passkey that checked its holder is both factors at once."""
    _welcome(db, staff_id, caller.device, now=now)
    username = db.scalars(select(Staff.username).where(Staff.id == staff_id)).one()
    session_id = sessions.begin(db, staff_id, browser=caller.browser, factor_at=now, now=now)
    return SignedIn(staff_id, username, session_id, True)


def by_provider(
    db: Session,
    *,
    name: str,
    by_email: bool,
    caller: Caller,
    now: datetime,
    demands_factor: bool = True,
) -> SignedIn | SignInRefused:
    """Whom a ministry's provider vouches for, in place of the password: a half session, as after one.

    `name` is an account's here, or its address with `by_email`; of an address that two accounts share, none.
    """
    account_name = name.strip().lower()
    column = func.lower(Staff.email) if by_email else Staff.username
    staff_ids = db.scalars(
        select(Staff.id).where(column == account_name, Staff.active).limit(2)
    ).all()
    staff = _locked(db, staff_ids[0]) if account_name and len(staff_ids) == 1 else None
    if staff is None:
        return SignInRefused(None)
    is_whole = not demands_factor and not factors.is_enrolled(db, staff.id)
    factor_at = now if is_whole else None
    session_id = sessions.begin(db, staff.id, browser=caller.browser, factor_at=factor_at, now=now)
    return SignedIn(staff.id, staff.username, session_id, is_whole)


def factor_failed(
    db: Session, staff_id: uuid.UUID, id_hash: bytes, *, device: bytes | None, now: datetime
) -> bool:
    """Count a wrong second factor; whether the session goes on.

    It counts against the account and the device as well, so that whoever has the password cannot try
    codes for long.
    """
    caller = Caller(device=device)
    if _knows(db, caller, staff_id):
        _count_on_device(db, caller, staff_id)
    failures = db.scalar(
        update(StaffSession)
        .where(StaffSession.id_hash == id_hash)
        .values(failures=StaffSession.failures + 1)
        .returning(StaffSession.failures)
    )
    staff = _locked(db, staff_id)
    if staff is not None:
        _count_failure(staff, now=now)
    if failures is not None and failures < FACTOR_FAILURES:
        return True
    sessions.end_session(db, staff_id, id_hash)
    return False


def sign_in(
    db: Session, username: str, password: str, *, now: datetime, demands_factor: bool = False
) -> SignedIn | SignInRefused:
    """All steps in one, for tests; a page keeps the slow one out of the lock."""
    check = check_password(credentials(db, username), password)
    return finish(db, check, now=now, demands_factor=demands_factor)


def _locked(db: Session, staff_id: uuid.UUID | None) -> Staff | None:
    if staff_id is None:
        return None
    return db.scalars(
        select(Staff)
        .where(Staff.id == staff_id, Staff.active)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _count_failure(staff: Staff, *, now: datetime) -> datetime | None:
    if staff.wait_until is not None and now - staff.wait_until > timedelta(days=1):
        staff.failures = 0
    staff.failures += 1
    over = staff.failures - FREE_FAILURES
    if over >= 0:
        staff.wait_until = now + min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)
    return staff.wait_until


def _knows(db: Session, caller: Caller, staff_id: uuid.UUID | None) -> bool:
    if caller.device is None or staff_id is None:
        return False
    return db.get(StaffDevice, (caller.device, staff_id)) is not None


def _count_on_device(db: Session, caller: Caller, staff_id: uuid.UUID) -> None:
    device = db.get_one(StaffDevice, (caller.device, staff_id))
    device.failures += 1
    if device.failures >= DEVICE_FAILURES:
        db.delete(device)


def _welcome(db: Session, staff_id: uuid.UUID, device: bytes | None, *, now: datetime) -> None:
    """The person is in: wrong guesses are forgotten, and the device is known from now on."""
    db.execute(update(Staff).where(Staff.id == staff_id).values(failures=0, wait_until=None))
    if device is not None:
        db.execute(delete(StaffDevice).where(StaffDevice.seen_at < now - DEVICE_KEPT))
        db.merge(StaffDevice(id_hash=device, staff_id=staff_id, seen_at=now, failures=0))
