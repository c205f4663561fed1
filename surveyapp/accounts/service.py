"""Use cases of staff accounts: make, sign in, sign out, change the password, grant, disable."""

import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from surveyapp import limits
from surveyapp.accounts import passwords
from surveyapp.accounts.access import Actor, Grant
from surveyapp.accounts.errors import (
    BadUsername,
    TooManySignIns,
    UnknownStaff,
    UsernameTaken,
    WrongPassword,
)
from surveyapp.accounts.models import Staff, StaffGrant, StaffSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
SEEN_STEP = timedelta(minutes=1)
"""A session's last use is written at most this often: reading a page should not write."""

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
NETWORK_WINDOW = timedelta(minutes=10)
NETWORK_FAILURES, NETWORK_CAP = 20, 200

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,63}")


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
class SignedIn:
    """The id of the new session, for the browser alone: only its hash is stored."""

    staff_id: uuid.UUID
    username: str
    session_id: str


@dataclass(frozen=True)
class SignInRefused:
    """Not signed in. `wait_until` is for the record: nobody outside is told whether the name exists."""

    wait_until: datetime | None


def credentials(db: Session, username: str) -> Credentials:
    """What `username` signs in with; a stand-in that never matches for unknown or disabled names."""
    name = username.strip().lower()
    row = db.execute(
        select(Staff.id, Staff.username, Staff.password_hash).where(
            Staff.username == name, Staff.active
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


def check_network(db: Session, network: bytes, *, now: datetime) -> None:
    """Raise `TooManySignIns` for a network with far more failures than successes.

    A ministry sits behind one address, so what counts is the ratio; a hard cap ends it.
    """
    failures, successes = limits.attempts(db, network, now=now, window=NETWORK_WINDOW)
    if failures >= NETWORK_CAP or (failures >= NETWORK_FAILURES and failures > 2 * successes):
        raise TooManySignIns(int(NETWORK_WINDOW.total_seconds()))


def finish_sign_in(
    db: Session, check: PasswordCheck, *, network: bytes | None, now: datetime
) -> SignedIn | SignInRefused:
    """Open a session, or count the failure and let the account wait, longer each time, never for good.

    A refusal is returned, not raised, because its count must be committed.
    """
    staff = _locked(db, check.credentials.staff_id)
    waits = staff is not None and staff.wait_until is not None and staff.wait_until > now
    succeeded = staff is not None and check.is_right and not waits
    if network is not None:
        limits.count_attempt(db, network, succeeded=succeeded, now=now, window=NETWORK_WINDOW)
    if staff is None or not succeeded:
        return SignInRefused(_count_failure(staff, now=now) if staff and not waits else None)
    staff.failures, staff.wait_until = 0, None
    staff.password_hash = check.fresh_hash or staff.password_hash
    db.flush()
    return SignedIn(staff.id, staff.username, _open_session(db, staff.id, now=now))


def sign_in(
    db: Session, username: str, password: str, *, now: datetime
) -> SignedIn | SignInRefused:
    """All steps in one, for the command line and tests; a page keeps the slow one out of the lock."""
    check = check_password(credentials(db, username), password)
    return finish_sign_in(db, check, network=None, now=now)


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


def session_hash(session_id: str) -> bytes:
    """What is stored of a session id."""
    return sha256(session_id.encode()).digest()


def _open_session(db: Session, staff_id: uuid.UUID, *, now: datetime) -> str:
    db.execute(delete(StaffSession).where(StaffSession.started_at < now - ABSOLUTE))
    session_id = secrets.token_urlsafe(32)
    db.execute(
        insert(StaffSession).values(
            id_hash=session_hash(session_id), staff_id=staff_id, started_at=now, seen_at=now
        )
    )
    return session_id


def sign_out(db: Session, session_id: str) -> None:
    """End the session; a session that is gone already is no fault."""
    db.execute(delete(StaffSession).where(StaffSession.id_hash == session_hash(session_id)))


def end_session(db: Session, staff_id: uuid.UUID, id_hash: bytes) -> None:
    """End one of the person's own sessions, named by its hash."""
    db.execute(
        delete(StaffSession).where(
            StaffSession.id_hash == id_hash, StaffSession.staff_id == staff_id
        )
    )


def current_staff(db: Session, session_id: str, *, now: datetime) -> Actor | None:
    """Who holds this session; None once it idled 30 minutes, is 8 hours old, or was ended."""
    staff = db.scalars(
        select(Staff)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.id_hash == session_hash(session_id),
            StaffSession.seen_at > now - IDLE,
            StaffSession.started_at > now - ABSOLUTE,
            Staff.active,
        )
    ).first()
    return _actor(db, staff) if staff else None


def needs_touch(db: Session, session_id: str, *, now: datetime) -> bool:
    """The session was last seen so long ago that its use should be written down."""
    seen_at = db.scalar(
        select(StaffSession.seen_at).where(StaffSession.id_hash == session_hash(session_id))
    )
    return seen_at is not None and now - seen_at >= SEEN_STEP


def touch(db: Session, session_id: str, *, now: datetime) -> None:
    """Note that the session was used now, so that it does not idle out."""
    db.execute(
        update(StaffSession)
        .where(StaffSession.id_hash == session_hash(session_id), StaffSession.seen_at > now - IDLE)
        .values(seen_at=now)
    )


def _actor(db: Session, staff: Staff) -> Actor:
    grants = db.execute(
        select(StaffGrant.campaign_code, StaffGrant.role, StaffGrant.unit_code)
        .where(StaffGrant.staff_id == staff.id)
        .order_by(StaffGrant.campaign_code, StaffGrant.role, StaffGrant.unit_code)
    )
    return Actor(
        staff_id=staff.id,
        username=staff.username,
        display_name=staff.display_name,
        grants=tuple(Grant(g.campaign_code, g.role, g.unit_code) for g in grants),
        locale=staff.locale,
    )


def create_staff(
    db: Session,
    *,
    username: str,
    display_name: str,
    password: str,
    grants: Iterable[Grant],
    now: datetime,
    password_hash: str | None = None,
) -> Staff:
    """A new account. Raises `BadUsername`, `UsernameTaken`, `WeakPassword` or `BadGrant`.

    `password_hash` spares the hashing where many accounts of a demo share one password.
    """
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise BadUsername(name)
    passwords.check_strength(password, username=name)
    if db.scalar(select(Staff.id).where(Staff.username == name)) is not None:
        raise UsernameTaken(name)
    staff = Staff(
        id=uuid.uuid4(),
        username=name,
        display_name=display_name.strip() or name,
        password_hash=password_hash or passwords.hash_password(password),
        created_at=now,
    )
    db.add(staff)
    db.flush()
    for grant in grants:
        add_grant(db, staff.id, grant)
    return staff


def staff_named(db: Session, username: str) -> Staff:
    """The account of `username`. Raises `UnknownStaff`."""
    staff = db.scalars(select(Staff).where(Staff.username == username.strip().lower())).first()
    if staff is None:
        raise UnknownStaff(username)
    return staff


def add_grant(db: Session, staff_id: uuid.UUID, grant: Grant) -> None:
    """Give a role, once; what the person sees changes, so every session ends. Raises `BadGrant`."""
    grant.check()
    known = db.scalar(
        select(StaffGrant.id).where(
            StaffGrant.staff_id == staff_id,
            StaffGrant.campaign_code == grant.campaign_code,
            StaffGrant.role == grant.role,
            StaffGrant.unit_code == grant.unit_code,
        )
    )
    if known is not None:
        return
    db.execute(
        insert(StaffGrant).values(
            id=uuid.uuid4(),
            staff_id=staff_id,
            campaign_code=grant.campaign_code,
            role=grant.role,
            unit_code=grant.unit_code,
        )
    )
    end_all_sessions(db, staff_id)


def remove_grant(db: Session, staff_id: uuid.UUID, grant: Grant) -> None:
    """Take a role away and end every session of the person."""
    db.execute(
        delete(StaffGrant).where(
            StaffGrant.staff_id == staff_id,
            StaffGrant.campaign_code == grant.campaign_code,
            StaffGrant.role == grant.role,
            StaffGrant.unit_code == grant.unit_code,
        )
    )
    end_all_sessions(db, staff_id)


def end_all_sessions(db: Session, staff_id: uuid.UUID) -> None:
    """Sign the person out everywhere."""
    db.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def verify_present_password(against: Credentials, password: str) -> None:
    """Raise `WrongPassword` unless it matches. Slow: call it outside any transaction."""
    if not check_password(against, password).is_right:
        raise WrongPassword


def change_password(db: Session, staff_id: uuid.UUID, fresh_hash: str, *, now: datetime) -> str:
    """Set a password accepted by `passwords.accepted_hash`, end every session, return a new one's id."""
    set_password(db, staff_id, fresh_hash)
    return _open_session(db, staff_id, now=now)


def set_password(db: Session, staff_id: uuid.UUID, fresh_hash: str) -> None:
    """Set a password accepted by `passwords.accepted_hash`, lift a wait and end every session."""
    db.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(password_hash=fresh_hash, failures=0, wait_until=None)
    )
    end_all_sessions(db, staff_id)


def disable(db: Session, staff_id: uuid.UUID) -> None:
    """Close the account for good use and end its sessions; what it did stays in the audit trail."""
    db.execute(update(Staff).where(Staff.id == staff_id).values(active=False))
    end_all_sessions(db, staff_id)


def set_locale(db: Session, staff_id: uuid.UUID, locale: str) -> None:
    """Remember the language the person works in."""
    db.execute(update(Staff).where(Staff.id == staff_id).values(locale=locale))


def set_email(db: Session, staff_id: uuid.UUID, email: str) -> None:
    """Remember the person's own address, or forget it. Whether it is one the caller has checked."""
    db.execute(update(Staff).where(Staff.id == staff_id).values(email=email))
