"""The register of releases, of the sets of cleaning rules, and of rehearsals."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base


class Release(Base):
    """A numbered, immutable release of a campaign's results; the files are named by the manifest.

    `published_at` and `published_by` say when a person recorded that its public part is out.
    """

    __tablename__ = "release"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    built_at: Mapped[datetime]
    built_by: Mapped[str]
    manifest_sha256: Mapped[str]
    response_count: Mapped[int]
    folder: Mapped[str]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]


class RemarkReview(Base):
    """What was decided about one remark, or answer in words: proposed by one person, settled by another.

    `text` is what leaves, `''` where nothing does. By id alone: no table refers to an anonymous one.
    """

    __tablename__ = "remark_review"
    __table_args__ = (
        CheckConstraint("length(remark_id) = 16", name="remark_id"),
        CheckConstraint("leaves or text = ''", name="text"),
        CheckConstraint("(second_by is null) = (second_at is null)", name="second"),
    )

    remark_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    leaves: Mapped[bool]
    text: Mapped[str]
    first_by: Mapped[str]
    first_at: Mapped[datetime]
    second_by: Mapped[str | None]
    second_at: Mapped[datetime | None]


class CleaningVersion(Base):
    """A frozen set of cleaning rules: whole, dated, signed with the reason; never changed again.

    Number 0 is what the pack carries and is not stored; the highest number is in force.
    """

    __tablename__ = "cleaning_version"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[str]
    reason: Mapped[str]
    sha256: Mapped[str]
    rules: Mapped[list[Any]] = mapped_column(JSON)


class ReleaseRehearsal(Base):
    """A dry release from synthetic answers: what became of it. Its files are thrown away.

    `sizes` is bytes by path, `faults` what the check found, `error` what ended it.
    """

    __tablename__ = "release_rehearsal"
    __table_args__ = (
        CheckConstraint("outcome in ('running','good','faulty','failed')", name="outcome"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    responses: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float | None]
    peak_kib: Mapped[int | None]
    sizes: Mapped[dict[str, int]] = mapped_column(JSON)
    faults: Mapped[list[str]] = mapped_column(JSON)
    error: Mapped[str]
