"""Tables of answers: drafts, the sealed box, and the anonymous tables filled when it is opened."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base

ANONYMOUS = {"sqlite_with_rowid": False}
"""A hidden rowid would keep the order in which people submitted (docs/sealed-box.md)."""

CIPHERTEXT_BYTES = 5232
BALLOT_SIZES = tuple(CIPHERTEXT_BYTES + 4096 * step for step in range(4))
"""A campaign's ballots have one of these sizes (`sealed_box.box.size`)."""

_SIZES = ",".join(map(str, BALLOT_SIZES))
MAC_BYTES = 32


class Draft(Base):
    """An unfinished questionnaire, encrypted under what the person's device, the person's code, the
    campaign's draft secret and the server's key give together.

    `strand` is the mark of the devices that hold its secret; another device may begin anew beside it.
    `version` is drawn at random at each save, and every draft of a campaign has the same length.
    """

    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint("length(version) = 16", name="version"),
        CheckConstraint("length(strand) = 16", name="strand"),
        ANONYMOUS,
    )

    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    strand: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    version: Mapped[bytes] = mapped_column(LargeBinary(16))
    ciphertext: Mapped[bytes]


class DraftSecret(Base):
    """That a campaign's drafts have a secret, by its print; the secret itself lies in a file elsewhere.

    `drafts_left`: how many unfinished drafts its destruction closed for ever.
    """

    __tablename__ = "draft_secret"
    __table_args__ = (
        CheckConstraint(
            "(destroyed_at is null) = (drafts_left is null)", name="destroyed_with_its_drafts"
        ),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    fingerprint: Mapped[str]
    made_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
    drafts_left: Mapped[int | None]


class SealedBallot(Base):
    """A submitted questionnaire that nobody on the server can read under offline custody."""

    __tablename__ = "sealed_ballot"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint(f"length(ciphertext) in ({_SIZES})", name="ciphertext"),
        CheckConstraint(f"length(mac) = {MAC_BYTES}", name="mac"),
        ANONYMOUS,
    )

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    campaign_id: Mapped[int]
    ciphertext: Mapped[bytes]
    mac: Mapped[bytes]


class Response(Base):
    """An opened ballot without its remark: rated unit, group, answers, its one quality mark."""

    __tablename__ = "response"
    __table_args__ = (CheckConstraint("length(id) = 16", name="id"), ANONYMOUS)

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    campaign_id: Mapped[int]
    instrument_code: Mapped[str]
    instrument_version: Mapped[str]
    rated_unit_code: Mapped[str]
    group_code: Mapped[str]
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    quality: Mapped[dict[str, Any]] = mapped_column(JSON)


class Remark(Base):
    """What someone wrote in a questionnaire, apart from every answer: at its end, or in the field `item`.

    `named`: where names of the lists stand in it, from and to; none where the lists were not at hand.
    """

    __tablename__ = "remark"
    __table_args__ = (
        CheckConstraint("level in ('ministry','province')", name="level"),
        CheckConstraint("length(id) = 16", name="id"),
        ANONYMOUS,
    )

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    campaign_id: Mapped[int]
    level: Mapped[str]
    text: Mapped[str]
    item: Mapped[str | None]
    named: Mapped[list[list[int]] | None] = mapped_column(JSON(none_as_null=True))


class NameGrams(Base):
    """The names of a campaign's lists as keyed prints of their parts, from the close to the opening.

    Key and prints go with the opening: afterwards nothing beside the remarks knows a list.
    """

    __tablename__ = "name_grams"
    __table_args__ = (CheckConstraint("length(key) = 32", name="key"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    key: Mapped[bytes]
    prints: Mapped[bytes]


class Receipt(Base):
    """The tag of a receipt whose ballot was among those opened."""

    __tablename__ = "receipt"
    __table_args__ = (CheckConstraint("length(tag) = 16", name="tag"), ANONYMOUS)

    tag: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    campaign_id: Mapped[int]


class OpenedCell(Base):
    """What left the box of one rated unit × group: rows and counts, counts, or the number alone.

    `content` is the cell of the bundle (docs/opener.md), counted by the opener.
    """

    __tablename__ = "opened_cell"
    __table_args__ = (CheckConstraint("gives in ('rows','counts','n')", name="gives"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    rated_unit_code: Mapped[str] = mapped_column(primary_key=True)
    group_code: Mapped[str] = mapped_column(primary_key=True)
    gives: Mapped[str]
    n: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class BoxRegistration(Base):
    """The key that custodians made and hold: its public half lies with the campaign, who they are here."""

    __tablename__ = "box_registration"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    registered_at: Mapped[datetime]
    registered_by: Mapped[str]
    digest: Mapped[str]
    custodians: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class BoxAttestation(Base):
    """What custodians signed: a drill, a check of the shares, the destruction of the key."""

    __tablename__ = "box_attestation"
    __table_args__ = (CheckConstraint("kind in ('drill','shares','destroyed')", name="kind"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    made_on: Mapped[date]
    custodians: Mapped[list[int]] = mapped_column(JSON)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class BoxExport(Base):
    """An export of the box to its custodians; only a bundle made of the last one is imported."""

    __tablename__ = "box_export"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    exported_at: Mapped[datetime]
    exported_by: Mapped[str]
    ballots: Mapped[int]
    digest: Mapped[str]


class BoxOpening(Base):
    """The record of the one opening of a campaign's box.

    `digest` is that of all responses, cells, remarks and receipts that came out; none for a box opened
    before digests were kept.
    """

    __tablename__ = "box_opening"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    custody: Mapped[str]
    ballots: Mapped[int]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    exception: Mapped[str] = mapped_column(default="")
    digest: Mapped[str | None]
