"""Tables of messages: waves, what became of each message, and how the channels do."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base, EnumText, within
from surveyapp.delivery.states import (
    GOING,
    LOST,
    NOT_OVER,
    ON_ITS_WAY,
    OVER,
    UNSEEN,
    CanaryState,
    DeliveryState,
    WaveState,
)


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
    `people` is how many it was counted to reach at `counted_at`, by the parts in `counted`; an operator types
    it to confirm. At `retried_at` somebody asked for another attempt at once. `spread`: the share, in percent, of each
    day from `starts_at` on. `filled_to`: the worker has queued the messages of everybody up to this
    invitation.
    """

    __tablename__ = "wave"
    __table_args__ = (
        CheckConstraint(within("state", WaveState), name="state"),
        CheckConstraint("per_minute > 0 and per_day > 0 and per_domain > 0", name="limits"),
        CheckConstraint("language in ('vi','en')", name="language"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    kind: Mapped[str]
    state: Mapped[WaveState] = mapped_column(EnumText(WaveState))
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
    counted: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    counted_at: Mapped[datetime | None]
    retried_at: Mapped[datetime | None]
    filled_to: Mapped[uuid.UUID | None]
    is_filled: Mapped[bool] = mapped_column(default=False)

    @property
    def is_going(self) -> bool:
        """It sends, or will as soon as its canaries have arrived."""
        return self.state in GOING

    @property
    def is_over(self) -> bool:
        """Nothing of it will be sent any more."""
        return self.state in OVER

    @property
    def is_stoppable(self) -> bool:
        """Confirmed, and something of it may still be sent."""
        return self.state in NOT_OVER


class Delivery(Base):
    """One message of a wave to one person on one channel: where it stands, never what it says.

    `address_tag` is an HMAC of the address, so that a bounce concerns that address and not a better
    one that came later. It is given up when `first_attempt_at` lies too far back. Body, link and address are made
    again at the moment of sending.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("wave_id", "invitation_id", "channel"),
        CheckConstraint("length(channel) between 1 and 20", name="channel"),
        CheckConstraint(within("state", DeliveryState), name="state"),
        CheckConstraint("(state = 'leased') = (leased_by <> '')", name="leased"),
        Index("ix_delivery_wave_id_state_not_before", "wave_id", "state", "not_before"),
        Index("ix_delivery_attempted_at", "attempted_at", "channel", "wave_id", "domain"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"))
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), index=True)
    channel: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(EnumText(DeliveryState))
    reason: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    leased_by: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]
    first_attempt_at: Mapped[datetime | None]
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
        CheckConstraint("length(channel) between 1 and 20", name="channel"),
        CheckConstraint(within("state", CanaryState), name="state"),
        Index("ix_canary_channel_sent_at", "channel", "sent_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    channel: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    state: Mapped[CanaryState] = mapped_column(EnumText(CanaryState))
    reason: Mapped[str] = mapped_column(default="")
    gateway_id: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime]
    due_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]

    @property
    def is_on_its_way(self) -> bool:
        return self.state in ON_ITS_WAY

    @property
    def is_lost(self) -> bool:
        """It did not arrive in time, or the channel would not take it."""
        return self.state in LOST

    @property
    def is_unseen(self) -> bool:
        """The channel took it and nobody has seen it yet, in time or late."""
        return self.state in UNSEEN


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


class CallHold(Base):
    """The person is away and gets neither call nor reminder before `until`.

    `for_good`: away beyond the close of collection, so that her forms count as unavailable.
    """

    __tablename__ = "call_hold"

    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    until: Mapped[date]
    for_good: Mapped[bool]
