"""Tables of the installation itself: whose keys, which nodes, which backups; and what people asked about their data."""

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base, EnumText, within
from surveyapp.operations.personal_data.states import (
    DataRequestKind,
    DataRequestOutcome,
    DataRequestStage,
    DataRequestWay,
)


class Installation(Base):
    """The one row that says whose database this is, and which key is used for new work."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    identity: Mapped[str]
    made_at: Mapped[datetime]
    current_key: Mapped[int]
    restored_at: Mapped[datetime | None]
    """When the data came back from a backup; None for one that was never restored."""
    restored_from: Mapped[datetime | None]
    """The moment of that backup: what happened after it is not known here."""


class InstallationKey(Base):
    """The fingerprint of one root key, by which a foreign ring is known."""

    __tablename__ = "installation_key"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(unique=True)
    added_at: Mapped[datetime]


class NodeSign(Base):
    """The last sign of life of one server or worker, with the keys it can open."""

    __tablename__ = "node_sign"
    __table_args__ = (CheckConstraint("kind in ('web','worker')", name="kind"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
    version: Mapped[str]
    key_numbers: Mapped[list[int]] = mapped_column(JSON)


class BackupRecord(Base):
    """One backup that was taken and read back; the file itself lies elsewhere."""

    __tablename__ = "backup_record"

    digest: Mapped[str] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
    size: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[str]


class DataRequest(Base):
    """What somebody asked about the data held on her, who took it, who answered, and by when it had to be.

    `person_id` is empty where nobody of the lists was found, and once the campaign's people are erased; `wish`,
    `identity`, `reason` and `answer` are emptied with them.
    """

    __tablename__ = "data_request"
    __table_args__ = (
        CheckConstraint(within("kind", DataRequestKind), name="kind"),
        CheckConstraint(within("way", DataRequestWay), name="way"),
        CheckConstraint(within("outcome", DataRequestOutcome), name="outcome"),
        CheckConstraint("(outcome is null) = (answered_at is null)", name="answered"),
        CheckConstraint("(put_off_at is null) = (put_off_by is null)", name="put_off"),
        CheckConstraint(
            "received_on <= first_answer_by and received_on <= finish_by", name="terms"
        ),
        Index("ix_data_request_campaign_id_received_on", "campaign_id", "received_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[DataRequestKind] = mapped_column(EnumText(DataRequestKind))
    way: Mapped[DataRequestWay] = mapped_column(EnumText(DataRequestWay))
    wish: Mapped[str]
    identity: Mapped[str]
    """How it was made sure that the person herself asks, or somebody for her."""
    received_on: Mapped[date]
    received_by: Mapped[str]
    entered_at: Mapped[datetime]
    first_answer_by: Mapped[date]
    finish_by: Mapped[date]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    put_off_at: Mapped[datetime | None]
    put_off_by: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    outcome: Mapped[DataRequestOutcome | None] = mapped_column(EnumText(DataRequestOutcome))
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]

    @property
    def stage(self) -> DataRequestStage:
        """Which step comes next."""
        if self.answered_at is not None:
            return DataRequestStage.ANSWERED
        return (
            DataRequestStage.UNDER_WAY if self.acknowledged_at is not None else DataRequestStage.NEW
        )

    @property
    def due(self) -> date:
        """The day of the next step: the first answer, then the last."""
        return self.first_answer_by if self.acknowledged_at is None else self.finish_by

    @property
    def is_open(self) -> bool:
        return self.answered_at is None
