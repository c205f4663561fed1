"""Reads of staff accounts for screens and the command line."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.accounts.access import COORDINATOR, OPERATOR, Grant
from surveyapp.accounts.models import Staff, StaffGrant, StaffSession
from surveyapp.accounts.signing_in.sessions import ABSOLUTE, IDLE


@dataclass(frozen=True)
class SessionView:
    """One signed-in browser of a person."""

    id_hash: bytes
    started_at: datetime
    seen_at: datetime
    browser: str


@dataclass(frozen=True)
class StaffView:
    """An account and what it may do; `activated` once its person has set a password."""

    staff_id: uuid.UUID
    username: str
    display_name: str
    active: bool
    activated: bool
    grants: tuple[Grant, ...]


def sessions(db: Session, staff_id: uuid.UUID, *, now: datetime) -> list[SessionView]:
    """The person's live sessions, the one used last first."""
    rows = db.execute(
        select(
            StaffSession.id_hash,
            StaffSession.started_at,
            StaffSession.seen_at,
            StaffSession.browser,
        )
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.seen_at > now - IDLE,
            StaffSession.started_at > now - ABSOLUTE,
            StaffSession.factor_at.is_not(None),
        )
        .order_by(StaffSession.seen_at.desc())
    )
    return [SessionView(row.id_hash, row.started_at, row.seen_at, row.browser) for row in rows]


def is_of_desks_alone(db: Session, staff_id: uuid.UUID) -> bool:
    """The person works at desks and nowhere else: a role of the centre leads to the centre."""
    roles = set(db.scalars(select(StaffGrant.role).where(StaffGrant.staff_id == staff_id)))
    return roles == {COORDINATOR}


def email(db: Session, staff_id: uuid.UUID) -> str:
    """The person's own address; empty where she gave none."""
    return db.scalar(select(Staff.email).where(Staff.id == staff_id)) or ""


def display_names(db: Session, usernames: Collection[str]) -> dict[str, str]:
    """The people behind user names, for what others read; whoever has no account is left out."""
    staff = db.execute(
        select(Staff.username, Staff.display_name).where(Staff.username.in_(usernames))
    )
    return {row.username: row.display_name for row in staff}


def operators(db: Session, campaign_code: str) -> frozenset[str]:
    """User names of those who run the campaign and can sign in: of two, one may ask and the other agree."""
    running = Grant(campaign_code, OPERATOR)
    return frozenset(
        one.username
        for one in every_staff(db)
        if one.active and one.activated and running in one.grants
    )


def every_staff(db: Session) -> list[StaffView]:
    """All accounts by username, with their grants."""
    grants: dict[uuid.UUID, list[Grant]] = {}
    for row in db.scalars(select(StaffGrant).order_by(StaffGrant.campaign_code, StaffGrant.role)):
        grants.setdefault(row.staff_id, []).append(
            Grant(row.campaign_code, row.role, row.unit_code)
        )
    return [
        StaffView(
            s.id,
            s.username,
            s.display_name,
            s.active,
            bool(s.password_hash),
            tuple(grants.get(s.id, ())),
        )
        for s in db.scalars(select(Staff).order_by(Staff.username))
    ]
