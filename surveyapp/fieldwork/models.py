"""Kept counts: how many assignments stand in each disposition, folded from the count deltas.

Both tables hold the same counts in several roll-ups, so that a screen reads only the rows it shows: `group`
(campaign by group), `supplying`, `rated` and `department` (group by that), `channel` (supplying unit by group
and channel), `cell` (everything). A dimension that a roll-up does not use is 0 (the channel empty); so is the
department of a form without one.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base

ROLLUPS = {
    "group": ("group_id",),
    "supplying": ("group_id", "supplying_unit_id"),
    "rated": ("group_id", "rated_unit_id"),
    "department": ("group_id", "department_id"),
    "channel": ("group_id", "supplying_unit_id", "channel"),
    "cell": ("group_id", "supplying_unit_id", "rated_unit_id", "department_id", "channel"),
}
"""The dimensions that each roll-up keeps apart, the smallest first."""

_ROLLUP_CHECK = "cut in ('group','supplying','rated','department','channel','cell')"


class CountTotal(Base):
    """Assignments of one cell in one disposition now."""

    __tablename__ = "kept_count"
    __table_args__ = (CheckConstraint(_ROLLUP_CHECK, name="cut"),)

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    rollup: Mapped[str] = mapped_column("cut", key="rollup", primary_key=True)
    supplying_unit_id: Mapped[int] = mapped_column(primary_key=True)
    rated_unit_id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    disposition: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class CountDay(Base):
    """Net change of one cell in one disposition on one day; the days sum up to the kept counts."""

    __tablename__ = "kept_day"
    __table_args__ = (
        CheckConstraint(_ROLLUP_CHECK, name="cut"),
        Index("ix_kept_day_campaign_id_cut_day", "campaign_id", "rollup", "day"),
    )

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    rollup: Mapped[str] = mapped_column("cut", key="rollup", primary_key=True)
    supplying_unit_id: Mapped[int] = mapped_column(primary_key=True)
    rated_unit_id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    disposition: Mapped[str] = mapped_column(primary_key=True)
    change: Mapped[int]


class FoldVersion(Base):
    """The campaign's last fold, told from every other: what was read of the kept tables holds as long as
    this stands."""

    __tablename__ = "kept_mark"

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[uuid.UUID] = mapped_column("mark", key="version")


class SnapshotDay(Base):
    """A day at whose end the plan and the lists were kept, and the forecast made then.

    `path` is the campaign's expected answered forms by day: [[day, forms], …]; empty without a forecast.
    """

    __tablename__ = "snapshot_day"

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
    final: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    path: Mapped[list[Any]] = mapped_column(JSON)


class FormDay(Base):
    """Net change, since the snapshot before, of the forms that lists yield in one cell; no person in it."""

    __tablename__ = "form_day"

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    supplying_unit_id: Mapped[int] = mapped_column(primary_key=True)
    rated_unit_id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    listed: Mapped[int]
    approved: Mapped[int]


class PlanDay(Base):
    """Net change of the planned forms of a group and unit since the snapshot before."""

    __tablename__ = "plan_day"
    __table_args__ = (CheckConstraint("side in ('supplying','rated')", name="side"),)

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    planned: Mapped[int]


class ReportSubscriber(Base):
    """An address of the centre that gets the daily report each morning; `sent_for` is the last day sent."""

    __tablename__ = "report_subscriber"
    __table_args__ = (
        UniqueConstraint("campaign_id", "email"),
        CheckConstraint("language in ('vi','en')", name="language"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    email: Mapped[str]
    language: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    sent_for: Mapped[date | None]


class ApiToken(Base):
    """A key for a program to read one campaign's figures, or to fetch its releases; only its SHA-256
    is kept."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint("scope in ('figures','releases')", name="scope"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    scope: Mapped[str]
    name: Mapped[str]
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_on: Mapped[date]
    revoked_at: Mapped[datetime | None]
    used_on: Mapped[date | None]
