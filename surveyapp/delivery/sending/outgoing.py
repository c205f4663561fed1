"""The ways out of the house, and how a person's message is put into an envelope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from surveyapp.config import Settings
from surveyapp.delivery import templates as message_templates
from surveyapp.delivery.templates import Stationery
from surveyapp.delivery.waves.audience import Recipient
from surveyapp.delivery.waves.rate_limits import Limits
from surveyapp.i18n import _
from surveyapp.messaging import registry
from surveyapp.messaging.channel_kinds import Letterhead, Parcel, SelfTest
from surveyapp.messaging.channels import Channel
from surveyapp.messaging.email import channel as email_channel
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.email.mailbox import Mailbox
from surveyapp.messaging.model import Email, Outcome
from surveyapp.messaging.templates import Rendered

HERE = ("",)
"""In place of addresses: the channel ends on this server."""


@dataclass
class Post:
    """What this server can send with. `canaries` are the centre's own addresses for each channel."""

    transports: Mapping[str, Channel[Any]]
    """By channel; without those this server has no settings for."""
    sender: str
    sender_name: str = ""
    bounce_address: str = ""
    domain: str = "localhost"
    canaries: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seen_by_itself: frozenset[str] = frozenset()
    """Channels where a canary counts as arrived once handed over: a spool is the end of the way."""
    accents: bool = False
    witnesses: Sequence[str] = ()
    """Who keeps the head of the audit trail outside this server."""
    reply_to: str = ""
    prints: bool = False
    """Letters are printed on this server: the self-test tries that, too."""
    canary_mailboxes: tuple[Mailbox, ...] = ()
    """Mailboxes of the centre in which canaries are looked for; nothing else is read there."""
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The post of these settings, not yet connected. Raises `ChannelMisconfigured`."""
        host = urlsplit(settings.addresses.respondent).hostname or "localhost"
        name, sender = return_addresses.named(settings.mail_from or f"khaosat@{host}")
        opened = {kind.code: kind.open(settings) for kind in registry.KINDS if kind.open}
        transports = {code: transport for code, transport in opened.items() if transport}
        tested = {kind.code: kind.tested_on(settings, sender) for kind in registry.KINDS}
        return cls(
            transports,
            sender=sender,
            sender_name=name,
            bounce_address=settings.mail_bounces,
            domain=return_addresses.domain_of(sender),
            canaries={code: addresses for code, addresses in tested.items() if addresses},
            seen_by_itself=frozenset(
                code for code, transport in transports.items() if transport.name == "spool"
            ),
            reply_to=settings.mail_reply_to,
            witnesses=settings.audit_head_to,
            prints=True,
            canary_mailboxes=tuple(
                Mailbox(url, ca_file=str(settings.mail_ca or "")) for url in settings.canary_imap
            ),
            limits=Limits.of(settings),
        )

    @property
    def channels(self) -> frozenset[str]:
        """The channels there are."""
        return frozenset(self.transports)

    @property
    def email(self) -> Channel[Email] | None:
        """What sends e-mail that is no message of a wave: links to accounts, trials."""
        return self.transports.get("email")

    @property
    def head(self) -> Letterhead:
        """Who sends."""
        return Letterhead(
            sender=self.sender,
            sender_name=self.sender_name,
            bounce_address=self.bounce_address,
            domain=self.domain,
            reply_to=self.reply_to,
            accents=self.accents,
        )

    @property
    def trials(self) -> dict[str, Sequence[str]]:
        """The channels that can be judged here, each with the addresses it is tried on."""
        trials: dict[str, Sequence[str]] = {}
        for channel in sorted(self.channels):
            if channel in self.seen_by_itself:
                trials[channel] = HERE
            elif return_addresses := self.canaries.get(channel):
                trials[channel] = return_addresses
        return {**trials, "letter": HERE} if self.prints else trials

    def send(
        self,
        delivery_id: UUID,
        channel: str,
        person: Recipient,
        *,
        kind: str,
        language: str,
        paper: Stationery,
        now: datetime,
    ) -> Outcome:
        """Render and hand over one message: the secret is made here and kept nowhere.

        Raises `MessagingError` for words or an address that cannot be sent.
        """
        parcel = Parcel(
            token=delivery_id,
            contact=person.contact,
            name=person.full_name,
            kind=kind,
            template=paper.templates[kind, language],
            values=message_templates.values(person, paper, language),
            language=language,
            now=now,
        )
        compose = registry.BY_CODE[channel].compose
        assert compose is not None
        return self.transports[channel].send(compose(parcel, self.head))

    def send_canary(self, canary_id: UUID, channel: str, address: str, *, now: datetime) -> Outcome:
        """The test message to one of the centre's own addresses; what is not to be tried counts as taken."""
        subject = _("Thư thử của hệ thống điều tra")
        text = _(
            "Thư thử số %(number)s. Nhận được là kênh gửi hoạt động tốt.", number=canary_id.hex
        )
        test = SelfTest(token=canary_id, address=address, subject=subject, text=text, now=now)
        compose = registry.BY_CODE[channel].compose_test
        message = compose(test, self.head) if compose else None
        if message is None:
            return Outcome.handed_over()
        return self.transports[channel].send(message)

    def send_trial(self, address: str, trial: Rendered, *, language: str, now: datetime) -> Outcome:
        """A message on trial to the operator's own address. Raises `MessagingError` as `send` does."""
        assert self.email is not None
        return self.email.send(
            email_channel.letter(uuid4(), address, trial, self.head, language=language, now=now)
        )

    def close(self) -> None:
        """Say goodbye on every channel."""
        for transport in self.transports.values():
            transport.close()
