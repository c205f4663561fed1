"""Use cases of staff accounts: make, change the password, grant, disable."""

import re
import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import passwords
from surveyapp.accounts.access import Grant
from surveyapp.accounts.errors import BadUsername, UnknownStaff, UsernameTaken
from surveyapp.accounts.models import Staff, StaffDevice, StaffGrant, StaffLink, StaffSession
from surveyapp.accounts.signing_in import sessions

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,63}")


def create_staff(
    db: Session,
    *,
    username: str,
    display_name: str,
    password: str | None,
    grants: Iterable[Grant],
    now: datetime,
    email: str = "",
) -> Staff:
    """A new account. Raises `BadUsername`, `UsernameTaken`, `WeakPassword` or `BadGrant`.

    Without a `password` nobody can sign in until the person has set one by an activation link.
    """
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise BadUsername(name)
    if password is not None:
        passwords.check_strength(password, username=name)
    if db.scalar(select(Staff.id).where(Staff.username == name)) is not None:
        raise UsernameTaken(name)
    staff = Staff(
        id=uuid.uuid4(),
        username=name,
        display_name=display_name.strip() or name,
        password_hash="" if password is None else passwords.hash_password(password),
        email=email,
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
    sessions.end_all(db, staff_id)


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
    sessions.end_all(db, staff_id)


def set_password(db: Session, staff_id: uuid.UUID, fresh_hash: str) -> None:
    """Set a password accepted by `passwords.accepted_hash`.

    Every session ends; waits end, devices and links sent are forgotten.
    """
    db.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(password_hash=fresh_hash, failures=0, wait_until=None)
    )
    db.execute(delete(StaffLink).where(StaffLink.staff_id == staff_id))
    db.execute(delete(StaffDevice).where(StaffDevice.staff_id == staff_id))
    sessions.end_all(db, staff_id)


def change_password(
    db: Session, staff_id: uuid.UUID, fresh_hash: str, *, session_id: str, now: datetime
) -> str:
    """The person's own change: every session ends, and the present one goes on under a new id."""
    present = db.get(StaffSession, sessions.session_hash(session_id))
    browser, factor_at = (present.browser, present.factor_at) if present else ("", None)
    set_password(db, staff_id, fresh_hash)
    return sessions.begin(db, staff_id, browser=browser, factor_at=factor_at, now=now)


def disable(db: Session, staff_id: uuid.UUID) -> None:
    """Close the account and end its sessions and links; what it did stays in the audit trail."""
    db.execute(update(Staff).where(Staff.id == staff_id).values(active=False))
    db.execute(delete(StaffLink).where(StaffLink.staff_id == staff_id))
    sessions.end_all(db, staff_id)


def enable(db: Session, staff_id: uuid.UUID) -> None:
    """Let a closed account be used again, with the password and the second factor it had."""
    db.execute(update(Staff).where(Staff.id == staff_id).values(active=True))


def set_locale(db: Session, staff_id: uuid.UUID, locale: str) -> None:
    """Remember the language the person works in."""
    db.execute(update(Staff).where(Staff.id == staff_id).values(locale=locale))


def set_email(db: Session, staff_id: uuid.UUID, email: str) -> None:
    """Remember the person's own address, or forget it. Whether it is one the caller has checked."""
    db.execute(update(Staff).where(Staff.id == staff_id).values(email=email))
