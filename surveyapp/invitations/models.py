"""Tables of invitations and of the questionnaires each invitation holds."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base


class Invitation(Base):
    """One person's invitation to one campaign. The code itself is never stored, only its tag.

    revoked: an operator ended it, issuing leaves it alone; lapsed: no list names the person any more,
    issuing revives it when one does. `listed_at`: when it was last put into a mailing file; empty
    again when there is something new to tell the person.
    """

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("state in ('active','revoked','lapsed')", name="state"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    tag: Mapped[bytes] = mapped_column(unique=True)
    key_number: Mapped[int]
    issue_number: Mapped[int]
    counter: Mapped[int]
    state: Mapped[str]
    issued_at: Mapped[datetime]
    listed_at: Mapped[datetime | None]


class RetiredTag(Base):
    """The tag of a code that another one replaced, so that its signed link can say so."""

    __tablename__ = "retired_tag"
    __table_args__ = (CheckConstraint("reason in ('replaced')", name="reason"),)

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    reason: Mapped[str]


class Assignment(Base):
    """One questionnaire that one invited person is asked to fill in about one rated unit.

    `number` counts from 1 within the invitation and is what the person's addresses show. `progress`
    is coarse on purpose. `submitted_on` is a date: a finer time would help to find the ballot.
    A form that a second list would give on the same rated unit is kept as a revoked row with the
    disposition `duplicate`; `second_form` marks it where the campaign allows both. `channel` is what
    took the present link to the person.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("invitation_id", "group_id", "rated_unit_id"),
        UniqueConstraint("invitation_id", "number"),
        Index(
            "uq_assignment_one_form_per_rated_unit",
            "invitation_id",
            "rated_unit_id",
            unique=True,
            sqlite_where=text("state <> 'revoked' and not second_form"),
            postgresql_where=text("state <> 'revoked' and not second_form"),
        ),
        CheckConstraint("state in ('active','submitted','revoked')", name="state"),
        CheckConstraint("(state = 'submitted') = (submitted_on is not null)", name="submitted"),
        CheckConstraint(
            "(state = 'submitted') = (disposition in ('complete','partial','break_off_submitted'))",
            name="submitted_disposition",
        ),
        CheckConstraint(
            "(state = 'revoked') = (disposition in ('removed','duplicate'))",
            name="revoked_disposition",
        ),
        CheckConstraint("progress in ('none','some','half','most','all')", name="progress"),
        CheckConstraint("channel in ('none','file','email','sms','letter')", name="channel"),
        Index("ix_assignment_campaign_id_state", "campaign_id", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    group_id: Mapped[int] = mapped_column(ForeignKey("respondent_group.id"))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    supplying_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    rated_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    second_form: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str]
    disposition: Mapped[str]
    progress: Mapped[str]
    channel: Mapped[str] = mapped_column(default="none")
    submitted_on: Mapped[date | None]


LOCK_ORDER = (Assignment.invitation_id, Assignment.number)
"""The order in which whoever locks several assignments takes them, so that nobody waits in a circle."""


class AssignmentEvent(Base):
    """Something that happened to an assignment, by day; the disposition follows from these.

    Issuing is implied by the row and submission by `submitted_on`, so neither is an event: an order of
    submissions finer than the day would help to find a ballot. Hence no hidden rowid either.
    """

    __tablename__ = "assignment_event"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  SQLAlchemy reads a plain dict

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id"), index=True)
    event: Mapped[str]
    on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")


class Declaration(Base):
    """What an invited person told the centre instead of answering."""

    __tablename__ = "declaration"
    __table_args__ = (
        CheckConstraint("kind in ('not_me','moved','wrong_group','decline')", name="kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), index=True)
    kind: Mapped[str]
    on: Mapped[date]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]


class Handoff(Base):
    """An access code passed from one device to another: encrypted, for ten minutes, once."""

    __tablename__ = "handoff"

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    sealed_code: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class CountDelta(Base):
    """A change of one cell of the counts: no assignment, no person. Fieldwork folds and deletes it."""

    __tablename__ = "count_delta"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    supplying_unit_id: Mapped[int]
    rated_unit_id: Mapped[int]
    group_id: Mapped[int]
    department_id: Mapped[int]
    channel: Mapped[str]
    disposition: Mapped[str]
    day: Mapped[date]
    change: Mapped[int]


class MessageWords(Base):
    """The words of one kind of message in one language, as operators edited them.

    Where there is no row the default words of `delivery.defaults` are sent.
    """

    __tablename__ = "message_words"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    text: Mapped[str]
    sms: Mapped[str]
    edited_by: Mapped[str]
    edited_at: Mapped[datetime]


class Wave(Base):
    """One sending: what kind of message, to whom, from when on and how fast.

    testing: confirmed, waits until the canary of each channel has arrived; paused keeps what is
    queued, stopped gives it up. `reason` says why it is paused: empty when an operator did it.
    `people` is the count its operator typed to confirm it. `spread`: the share, in percent, of each
    day from `starts_at` on. `filled_to`: the worker has queued the messages of everybody up to this
    invitation.
    """

    __tablename__ = "wave"
    __table_args__ = (
        CheckConstraint(
            "state in ('draft','testing','running','paused','stopped','done')", name="state"
        ),
        CheckConstraint("per_minute > 0 and per_day > 0 and per_domain > 0", name="limits"),
        CheckConstraint("language in ('vi','en')", name="language"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    channels: Mapped[list[str]] = mapped_column(JSON)
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    starts_at: Mapped[datetime]
    spread: Mapped[list[int]] = mapped_column(JSON)
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]
    per_minute: Mapped[int]
    per_day: Mapped[int]
    per_domain: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    people: Mapped[int]
    filled_to: Mapped[uuid.UUID | None]
    is_filled: Mapped[bool] = mapped_column(default=False)


class Delivery(Base):
    """One message of a wave to one person on one channel: where it stands, never what it says.

    `address_tag` is an HMAC of the address, so that a bounce concerns that address and not a better
    one that came later. Body, link and address are made again at the moment of sending.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("wave_id", "invitation_id", "channel"),
        CheckConstraint("channel in ('email','sms','letter')", name="channel"),
        CheckConstraint(
            "state in ('queued','leased','handed_over','delivered','soft_bounce','hard_bounce',"
            "'suppressed','failed')",
            name="state",
        ),
        CheckConstraint("(state = 'leased') = (leased_by <> '')", name="leased"),
        Index("ix_delivery_wave_id_state_not_before", "wave_id", "state", "not_before"),
        Index("ix_delivery_attempted_at", "attempted_at", "channel", "wave_id", "domain"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"))
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), index=True)
    channel: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    leased_by: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    domain: Mapped[str] = mapped_column(default="")
    address_tag: Mapped[bytes | None]
    gateway_id: Mapped[str] = mapped_column(default="", index=True)


class SkippedCount(Base):
    """How many people of a unit a wave left out when it was filled, by reason; no person.

    A person's row here would tell at which hour she had submitted already.
    """

    __tablename__ = "skipped_count"

    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int]


class DeadAddress(Base):
    """An address that refused a message for good, that is somebody else's, or whose owner complained.

    Nothing goes there again.
    """

    __tablename__ = "dead_address"
    __table_args__ = (
        CheckConstraint("reason in ('hard_bounce','complaint','wrong_number')", name="reason"),
    )

    address_tag: Mapped[bytes] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]


class ContactRequest(Base):
    """A desk is asked for a better contact of one of its people. It says nothing else about her."""

    __tablename__ = "contact_request"
    __table_args__ = (UniqueConstraint("person_id", "address_tag"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str]
    address_tag: Mapped[bytes]
    asked_on: Mapped[date]
    settled_on: Mapped[date | None]


class UnitHold(Base):
    """A unit whose people get no message until an operator lets them go again."""

    __tablename__ = "unit_hold"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    reason: Mapped[str]
    held_by: Mapped[str]
    held_at: Mapped[datetime]


class Canary(Base):
    """A test of one channel to one address of the centre's own; it must arrive before `due_at`.

    `address` is empty where the channel ends on this server: a spool, a printed page. `gateway_id` is
    what a gateway's receipt will name.
    """

    __tablename__ = "canary"
    __table_args__ = (
        CheckConstraint("channel in ('email','sms','letter')", name="channel"),
        CheckConstraint("state in ('trying','sent','arrived','missed','refused')", name="state"),
        Index("ix_canary_channel_sent_at", "channel", "sent_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    channel: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    gateway_id: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime]
    due_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]


class ChannelRest(Base):
    """The last time a channel itself was at fault, and workers left it alone.

    It rests from `since` on, at present `until`; `over_at` is when it took a message again. `code` is
    what the other side said in figures.
    """

    __tablename__ = "channel_rest"

    channel: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    code: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    over_at: Mapped[datetime | None]


class WorkerSign(Base):
    """The last sign of life of one worker, so that the centre is told when nobody sends."""

    __tablename__ = "worker_sign"

    worker: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class LetterBatch(Base):
    """Printed letters of one wave and unit: made on `made_at`, on their way once confirmed."""

    __tablename__ = "letter_batch"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    letters: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
