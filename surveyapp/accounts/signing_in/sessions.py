"""Sessions of the staff: begun by a password, opened by a second factor, ended by rest, time or the person."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts.access import Actor, Grant
from surveyapp.accounts.models import Staff, StaffGrant, StaffSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
SEEN_STEP = timedelta(minutes=1)
"""A session's last use is written at most this often: reading a page should not write."""
HALF = timedelta(minutes=15)
"""How long a session waits for its second factor."""
FRESH = timedelta(minutes=15)
"""How long ago a second factor may have been shown for what cannot be undone."""


@dataclass(frozen=True)
class HalfSignedIn:
    """Somebody whose password was right and who has not shown a second factor."""

    staff_id: uuid.UUID
    username: str
    session_hash: bytes
    locale: str


def session_hash(session_id: str) -> bytes:
    """What is stored of a session id."""
    return sha256(session_id.encode()).digest()


def begin(
    db: Session, staff_id: uuid.UUID, *, browser: str, factor_at: datetime | None, now: datetime
) -> str:
    """A new session; without `factor_at` it opens nothing until a second factor is shown."""
    db.execute(delete(StaffSession).where(StaffSession.started_at < now - ABSOLUTE))
    session_id = secrets.token_urlsafe(32)
    db.execute(
        insert(StaffSession).values(
            id_hash=session_hash(session_id),
            staff_id=staff_id,
            started_at=now,
            seen_at=now,
            factor_at=factor_at,
            browser=browser[:60],
        )
    )
    return session_id


def complete(db: Session, half: HalfSignedIn, *, now: datetime) -> str:
    """The second factor was right: the half session ends and a whole one begins under a new id."""
    browser = db.scalar(
        select(StaffSession.browser).where(StaffSession.id_hash == half.session_hash)
    )
    db.execute(delete(StaffSession).where(StaffSession.id_hash == half.session_hash))
    return begin(db, half.staff_id, browser=browser or "", factor_at=now, now=now)


def half_signed_in(db: Session, session_id: str, *, now: datetime) -> HalfSignedIn | None:
    """Whose second factor this session waits for; None where it waits for none, or no longer."""
    hashed = session_hash(session_id)
    row = db.execute(
        select(Staff.id, Staff.username, Staff.locale)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.id_hash == hashed,
            StaffSession.factor_at.is_(None),
            StaffSession.started_at > now - HALF,
            Staff.active,
        )
    ).first()
    return HalfSignedIn(row.id, row.username, hashed, row.locale) if row else None


def current_staff(db: Session, session_id: str, *, now: datetime) -> Actor | None:
    """Who holds this session; None once it idled 30 minutes, is 8 hours old, or was ended."""
    staff = db.scalars(
        select(Staff)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.id_hash == session_hash(session_id),
            StaffSession.seen_at > now - IDLE,
            StaffSession.started_at > now - ABSOLUTE,
            StaffSession.factor_at.is_not(None),
            Staff.active,
        )
    ).first()
    return _actor(db, staff) if staff else None


def has_fresh_factor(db: Session, session_id: str, *, now: datetime) -> bool:
    """A second factor was shown in this session a quarter of an hour ago at the most."""
    shown = db.scalar(
        select(StaffSession.factor_at).where(StaffSession.id_hash == session_hash(session_id))
    )
    return shown is not None and now - shown <= FRESH


def factor_shown(db: Session, session_id: str, *, now: datetime) -> None:
    """A second factor was shown just now, in a session that is open already."""
    db.execute(
        update(StaffSession)
        .where(StaffSession.id_hash == session_hash(session_id))
        .values(factor_at=now, failures=0)
    )


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


def end_all(db: Session, staff_id: uuid.UUID, *, but: bytes = b"") -> None:
    """Sign the person out everywhere, but for the session with the hash `but`."""
    db.execute(
        delete(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.id_hash != but)
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
