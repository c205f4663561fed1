"""Channels that take messages, and which of them this server has."""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, TypeVar

from surveyapp.config import Settings
from surveyapp.messaging.model import Email, Outcome, Sms

Taken = TypeVar("Taken", contravariant=True)


class Channel(Protocol[Taken]):
    """Takes messages one at a time over one connection kept open; not for two threads at once.

    `send` never raises for what the network or the other side does: that is the `Outcome`.
    """

    name: str
    """`smtp`, `gateway` or `spool`."""

    def send(self, message: Taken, /) -> Outcome:
        """Hand one message over, connecting first if need be."""

    def close(self) -> None:
        """Say goodbye; the next `send` connects anew."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Channels:
    """What this server can send with; None where it cannot."""

    email: Channel[Email] | None
    sms: Channel[Sms] | None

    def close(self) -> None:
        for channel in (self.email, self.sms):
            if channel is not None:
                channel.close()


def open_channels(settings: Settings) -> Channels:
    """The channels of these settings, not yet connected. Raises `ChannelMisconfigured`.

    Without an SMTP server there is no e-mail, except in a demonstration, where it is spooled to
    `spool/email.jsonl` in the instance folder. Without an SMS gateway texts go to `spool/sms.jsonl`,
    which the centre gives to whoever sends them.
    """
    from surveyapp.messaging.email.channel import open_email
    from surveyapp.messaging.sms.channel import open_texts

    return Channels(open_email(settings), open_texts(settings))
