"""Tables of staff: who they are, what they may do, their sessions and the audit trail."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.accounts.states import ConfirmationState, LinkMail, LinkPurpose
from surveyapp.db import Base, EnumText, within


class Staff(Base):
    """A person of the centre or of a desk who signs in; without a password until she activates it.

    `email` is where she gets links to her account and messages on trial.
    """

    __tablename__ = "staff"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(default="vi")
    email: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    wait_until: Mapped[datetime | None]
    totp_secret: Mapped[bytes | None]
    totp_last_step: Mapped[int | None]
    created_at: Mapped[datetime]


class StaffGrant(Base):
    """A role of one person on one campaign; a coordinator's is on one unit, the others' on all."""

    __tablename__ = "staff_grant"
    __table_args__ = (
        UniqueConstraint("staff_id", "campaign_code", "role", "unit_code"),
        CheckConstraint("role in ('operator','viewer','auditor','coordinator')", name="role"),
        CheckConstraint("(role = 'coordinator') = (unit_code <> '')", name="unit"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    campaign_code: Mapped[str]
    role: Mapped[str]
    unit_code: Mapped[str] = mapped_column(default="")


class StaffSession(Base):
    """A signed-in browser; only the SHA-256 of its random id is stored.

    `factor_at` is when a second factor was last shown; without one nothing opens yet. `failures` are
    wrong second factors, `browser` what the browser calls itself, in a word or two.
    """

    __tablename__ = "staff_session"

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    factor_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    browser: Mapped[str] = mapped_column(default="")


class StaffDevice(Base):
    """A browser in which somebody signed in before: strangers' wrong guesses do not slow it down."""

    __tablename__ = "staff_device"

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    seen_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)


class StaffLink(Base):
    """A link by which somebody sets her own password. Its text is made of the id and the key ring."""

    __tablename__ = "staff_link"
    __table_args__ = (
        CheckConstraint(within("purpose", LinkPurpose), name="purpose"),
        CheckConstraint(within("mail", LinkMail), name="mail"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(EnumText(LinkPurpose))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    mail: Mapped[LinkMail] = mapped_column(EnumText(LinkMail))


class StaffPasskey(Base):
    """A passkey (WebAuthn credential) of one person: its public half and how often it signed."""

    __tablename__ = "staff_passkey"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a passkey is to sign, kept until it was signed once; of one session, or of a sign-in."""

    __tablename__ = "passkey_challenge"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_hash: Mapped[bytes | None]
    made_at: Mapped[datetime]


class RecoveryCode(Base):
    """One of ten codes that stand in for a lost second factor, each once; kept as a keyed hash."""

    __tablename__ = "recovery_code"

    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    tag: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class Confirmation(Base):
    """A deed that two persons do together: what one asked for, and who agreed.

    `address` and `fields` are the form as it was sent; it is carried out with these and no others.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        CheckConstraint(within("state", ConfirmationState), name="state"),
        CheckConstraint("answered_by is null or answered_by <> asked_by", name="two_persons"),
        Index("ix_confirmation_campaign_code_state", "campaign_code", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_code: Mapped[str]
    deed: Mapped[str]
    address: Mapped[str]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[ConfirmationState] = mapped_column(EnumText(ConfirmationState))
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class AuditEntry(Base):
    """One act of the staff, chained by HMAC to the one before it. Never anything a respondent did."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_campaign_code_unit_code", "campaign_code", "unit_code"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    campaign_code: Mapped[str] = mapped_column(default="")
    unit_code: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[bytes]
    digest: Mapped[bytes]
