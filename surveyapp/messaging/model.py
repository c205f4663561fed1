"""What is sent, and what came of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from surveyapp.messaging.errors import HeaderRefused

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def refuse_control(header: str, value: str) -> None:
    """Raise `HeaderRefused` where `value` could begin a header of its own (RFC 5322, 2.2)."""
    if _CONTROL.search(value):
        raise HeaderRefused(header)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an e-mail. Raises `HeaderRefused` for a name that is not plain ASCII."""

    name: str
    media: str
    content: bytes

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,120}", self.name):
            raise HeaderRefused("Content-Disposition")
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", self.media):
            raise HeaderRefused("Content-Type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """One e-mail. Raises `HeaderRefused` for a line break in anything that becomes a header.

    `message_id` is given by the caller, with its angle brackets, and the same for every attempt, so
    that mail programs fold a duplicate into one. `envelope_sender` is where bounces go.
    """

    recipient: str
    sender: str
    subject: str
    text: str
    message_id: str
    dated: datetime
    recipient_name: str = ""
    sender_name: str = ""
    html: str = ""
    envelope_sender: str = ""
    reply_to: str = ""
    language: str = "vi"
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        for header, value in (
            ("To", self.recipient),
            ("To", self.recipient_name),
            ("From", self.sender),
            ("From", self.sender_name),
            ("Subject", self.subject),
            ("Message-ID", self.message_id),
            ("Return-Path", self.envelope_sender),
            ("Reply-To", self.reply_to),
            ("Content-Language", self.language),
        ):
            refuse_control(header, value)
        for header, value in self.headers:
            if not re.fullmatch(r"[!-9;-~]+", header):
                raise HeaderRefused(header)
            refuse_control(header, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """One text message. `phone` in E.164 (+84912345678); `reference` is the same at every attempt."""

    phone: str
    text: str
    reference: str


class Reason(StrEnum):
    """Why a channel did not take a message; `labels.reason` has the words."""

    ACCEPTED = "accepted"
    # the channel: nothing is wrong with this recipient, and trying the next one is no use
    DOWN = "down"
    SLOW = "slow"
    CLOSING = "closing"
    AUTHENTICATION = "authentication"
    SENDER_REFUSED = "sender_refused"
    INSECURE = "insecure"
    # the moment
    LOST_CONNECTION = "lost_connection"
    BUSY = "busy"
    MAILBOX_FULL = "mailbox_full"
    # this message, for good
    NO_SUCH_ADDRESS = "no_such_address"
    BAD_ADDRESS = "bad_address"
    POLICY = "policy"
    CONTENT_REFUSED = "content_refused"
    REFUSED = "refused"


_CHANNEL_FAULTS = {
    Reason.DOWN,
    Reason.SLOW,
    Reason.CLOSING,
    Reason.AUTHENTICATION,
    Reason.SENDER_REFUSED,
    Reason.INSECURE,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: handed over, to be tried later, or never to be tried again.

    `code` is what the other side said in figures (`550 5.1.1`), `reference` its own number for the
    message where it gives one. Neither holds an address.
    """

    state: Literal["handed_over", "later", "never"]
    reason: Reason = Reason.ACCEPTED
    code: str = ""
    reference: str = ""

    @classmethod
    def handed_over(cls, code: str = "", reference: str = "") -> Self:
        return cls("handed_over", Reason.ACCEPTED, code, reference)

    @classmethod
    def later(cls, reason: Reason, code: str = "") -> Self:
        return cls("later", reason, code)

    @classmethod
    def never(cls, reason: Reason, code: str = "") -> Self:
        return cls("never", reason, code)

    @property
    def is_handed_over(self) -> bool:
        return self.state == "handed_over"

    @property
    def is_refused(self) -> bool:
        """It was not taken, and never will be."""
        return self.state == "never"

    @property
    def concerns_channel(self) -> bool:
        """The whole channel is at fault: pause it, and do not count this as the person's attempt."""
        return self.reason in _CHANNEL_FAULTS

    @property
    def concerns_domain(self) -> bool:
        """It may be the recipient's whole domain that takes nothing for now."""
        return self.reason in {Reason.BUSY, Reason.LOST_CONNECTION}

    @property
    def concerns_address(self) -> bool:
        """The address itself is dead: the only refusals that mean a hard bounce."""
        return self.reason in {Reason.NO_SUCH_ADDRESS, Reason.BAD_ADDRESS}
