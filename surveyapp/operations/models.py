"""Tables of the installation itself: whose keys, which nodes, what timers did, which backups there are."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base


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
