"""Tables of staff: who they are, what they may do, their sessions and the audit trail."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base


class Staff(Base):
    """A person of the centre or of a desk who signs in. `email` is where she gets messages on trial."""

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
    """A signed-in browser; only the SHA-256 of its random id is stored."""

    __tablename__ = "staff_session"

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


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
