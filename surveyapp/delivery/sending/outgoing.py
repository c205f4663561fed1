"""The ways out of the house, and how a person's message is put into an envelope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from surveyapp.config import Settings
from surveyapp.delivery import rules
from surveyapp.delivery import templates as message_templates
from surveyapp.delivery.templates import Stationery
from surveyapp.delivery.waves.audience import Recipient
from surveyapp.delivery.waves.rate_limits import Limits
from surveyapp.i18n import _
from surveyapp.messaging import templates
from surveyapp.messaging.channels import Channel, open_channels
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.email.mailbox import Mailbox
from surveyapp.messaging.model import Email, Outcome, Sms
from surveyapp.messaging.sms import segments
from surveyapp.messaging.templates import Rendered

HERE = ("",)
"""In place of addresses: the channel ends on this server."""


@dataclass
class Post:
    """What this server can send with. `canaries` are the centre's own addresses for each channel."""

    email: Channel[Email] | None
    sms: Channel[Sms] | None
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
        channels = open_channels(settings)
        host = urlsplit(settings.base_url).hostname or "localhost"
        name, sender = return_addresses.named(settings.mail_from or f"khaosat@{host}")
        spools = {"email": channels.email, "sms": channels.sms}
        return cls(
            channels.email,
            channels.sms,
            sender=sender,
            sender_name=name,
            bounce_address=settings.mail_bounces,
            domain=return_addresses.domain_of(sender),
            canaries=_canaries(settings, sender),
            seen_by_itself=frozenset(k for k, c in spools.items() if c and c.name == "spool"),
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
        there = {"email": self.email, "sms": self.sms}
        return frozenset(name for name, channel in there.items() if channel is not None)

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
        template = paper.templates[kind, language]
        fields = message_templates.values(person, paper, language)
        if channel == "sms":
            text = templates.render_sms(template, fields, accents=self.accents)
            return self._text(delivery_id, rules.e164(person.phone), text)
        rendered = templates.render(template, fields, language=language)
        return self._mail(
            delivery_id,
            person.email,
            person.full_name,
            rendered.subject,
            rendered.text,
            rendered.html,
            language=language,
            now=now,
        )

    def send_canary(self, canary_id: UUID, channel: str, address: str, *, now: datetime) -> Outcome:
        """The test message to one of the centre's own addresses.

        Texts that are spooled for somebody to send are not tried: there is no number to send one to.
        """
        subject = _("Thư thử của hệ thống điều tra")
        text = _(
            "Thư thử số %(number)s. Nhận được là kênh gửi hoạt động tốt.", number=canary_id.hex
        )
        if channel == "sms":
            if not address:
                return Outcome.handed_over()
            return self._text(canary_id, rules.e164(address), segments.unaccented(text))
        recipient = address or self.sender
        return self._mail(canary_id, recipient, "", subject, text, "", language="vi", now=now)

    def send_trial(self, address: str, trial: Rendered, *, language: str, now: datetime) -> Outcome:
        """A message on trial to the operator's own address. Raises `MessagingError` as `send` does."""
        return self._mail(
            uuid4(), address, "", trial.subject, trial.text, trial.html, language=language, now=now
        )

    def send_words(self, address: str, subject: str, text: str, *, now: datetime) -> Outcome:
        """A plain e-mail of the house's own."""
        return self._mail(uuid4(), address, "", subject, text, "", language="vi", now=now)

    def _text(self, token: UUID, phone: str, text: str) -> Outcome:
        assert self.sms is not None
        return self.sms.send(Sms(phone=phone, text=text, reference=token.hex))

    def _mail(
        self,
        token: UUID,
        recipient: str,
        name: str,
        subject: str,
        text: str,
        html: str,
        *,
        language: str,
        now: datetime,
    ) -> Outcome:
        assert self.email is not None
        bounces = self.bounce_address
        return self.email.send(
            Email(
                recipient=recipient,
                recipient_name=name,
                sender=self.sender,
                sender_name=self.sender_name,
                subject=subject,
                text=text,
                html=html,
                message_id=return_addresses.message_id(token.hex, self.domain),
                envelope_sender=return_addresses.verp(bounces, token.hex) if bounces else "",
                reply_to=self.reply_to,
                language=language,
                dated=now,
            )
        )

    def close(self) -> None:
        """Say goodbye on every channel."""
        for channel in (self.email, self.sms):
            if channel is not None:
                channel.close()


def _canaries(settings: Settings, sender: str) -> dict[str, Sequence[str]]:
    own: dict[str, Sequence[str]] = {}
    if settings.smtp_url:
        given = settings.mail_canary or (settings.mail_bounces or sender,)
        own["email"] = tuple(dict.fromkeys(return_addresses.named(one)[1] for one in given))
    if settings.sms_gateway is not None:
        own["sms"] = tuple(dict.fromkeys(settings.sms_canary))
    return own
