"""What a channel is to the rest of the house: its code and words, whom it reaches, how it is opened and filled.

Each kind stands in one module and in one line of `registry`; whoever queues, sends, counts or shows messages asks
the registry and names no channel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from surveyapp.i18n import Lazy
from surveyapp.messaging.templates import MessageTemplate

if TYPE_CHECKING:
    from surveyapp.config import Settings

_MOBILE = re.compile(r"(?:\+?84|0)[35789][0-9]{8}")


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """Where somebody may be reached, as the lists have it."""

    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Who sends, on every channel of this server."""

    sender: str
    sender_name: str = ""
    bounce_address: str = ""
    domain: str = "localhost"
    reply_to: str = ""
    accents: bool = False


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One message to one person, before a channel makes it its own. It lives only while it is sent."""

    token: UUID
    contact: ContactDetails
    name: str = field(default="", repr=False)
    kind: str
    template: MessageTemplate
    values: Mapping[str, str] = field(repr=False)
    language: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class SelfTest:
    """A message to one of the centre's own addresses; empty where the channel ends on this server."""

    token: UUID
    address: str
    subject: str
    text: str
    now: datetime


def no_domain(_address: str) -> str:
    """The channel has no domains to spare."""
    return ""


def no_addresses(_settings: Settings, _sender: str) -> Sequence[str]:
    """The centre has no address of its own on this channel."""
    return ()


@dataclass(frozen=True, kw_only=True)
class ChannelKind:
    """One channel. Pure but for `open`, which connects to nothing yet.

    `compose` and `compose_test` make what the transport takes; None for a test says that handing over is all
    there is to see. `open` is None for what people carry, and gives None where settings are missing. With
    `reports_by_reference` the transport's own number names the message in its receipts, which `receipt` reads:
    the number, and whether it arrived, None while nobody knows. `is_genuine` checks a signed receipt.
    """

    code: str
    label: Lazy
    address: Callable[[ContactDetails], str]
    reaches: Callable[[ContactDetails], bool]
    is_there: Callable[[Settings], bool]
    domain: Callable[[str], str] = no_domain
    open: Callable[[Settings], Any] | None = None
    tested_on: Callable[[Settings, str], Sequence[str]] = no_addresses
    compose: Callable[[Parcel, Letterhead], Any] | None = None
    compose_test: Callable[[SelfTest, Letterhead], Any] | None = None
    reports_by_reference: bool = False
    receipt: Callable[[Settings, Mapping[str, Any]], tuple[str, bool | None]] | None = None
    is_genuine: Callable[[Settings, Mapping[str, str], bytes], bool] | None = None

    @property
    def is_sent_by_worker(self) -> bool:
        """Workers send it; else people do."""
        return self.open is not None


def is_mobile(phone: str) -> bool:
    """A Vietnamese mobile number; a landline is none."""
    return _MOBILE.fullmatch(re.sub(r"[\s.\-()]", "", phone)) is not None


def e164(phone: str) -> str:
    """`0912 345 678` as `+84912345678`."""
    digits = re.sub(r"\D", "", phone)
    return "+84" + (digits[2:] if digits.startswith("84") else digits[1:])
