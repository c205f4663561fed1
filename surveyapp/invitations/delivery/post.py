"""The ways out of the house, and how a person's message is put into an envelope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from surveyapp.config import Settings
from surveyapp.i18n import _
from surveyapp.invitations.delivery import rules, words
from surveyapp.invitations.delivery.audience import Recipient
from surveyapp.invitations.delivery.limits import Limits
from surveyapp.invitations.delivery.words import Stationery
from surveyapp.messaging import addresses, gsm, templates
from surveyapp.messaging.channels import Channel, open_channels
from surveyapp.messaging.model import Email, Outcome, Sms


@dataclass
class Post:
    """What this server can send with. `canaries` are the centre's own address for each channel."""

    email: Channel[Email] | None
    sms: Channel[Sms] | None
    sender: str
    sender_name: str = ""
    bounce_address: str = ""
    domain: str = "localhost"
    canaries: Mapping[str, str] = field(default_factory=dict)
    seen_by_itself: frozenset[str] = frozenset()
    """Channels where a canary counts as arrived once handed over: a spool is the end of the way."""
    accents: bool = False
    reply_to: str = ""
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The post of these settings, not yet connected. Raises `ChannelMisconfigured`."""
        channels = open_channels(settings)
        host = urlsplit(settings.base_url).hostname or "localhost"
        name, sender = addresses.named(settings.mail_from or f"khaosat@{host}")
        canaries = {}
        if settings.smtp_url:
            canaries["email"] = settings.mail_canary or settings.mail_bounces or sender
        spools = {"email": channels.email, "sms": channels.sms}
        return cls(
            channels.email,
            channels.sms,
            sender=sender,
            sender_name=name,
            bounce_address=settings.mail_bounces,
            domain=addresses.domain_of(sender),
            canaries=canaries,
            seen_by_itself=frozenset(k for k, c in spools.items() if c and c.name == "spool"),
            reply_to=settings.mail_reply_to,
            limits=Limits.of(settings),
        )

    @property
    def channels(self) -> frozenset[str]:
        """The channels there are."""
        there = {"email": self.email, "sms": self.sms}
        return frozenset(name for name, channel in there.items() if channel is not None)

    @property
    def tested(self) -> frozenset[str]:
        """The channels with an address of the centre's to try them on."""
        return frozenset(
            c for c in self.channels if self.canaries.get(c) or c in self.seen_by_itself
        )

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
        fields = words.values(person, paper, language)
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

    def send_canary(self, canary_id: UUID, channel: str, *, now: datetime) -> Outcome:
        """The test message to the centre's own address."""
        subject = _("Thư thử của hệ thống điều tra")
        text = _(
            "Thư thử số %(number)s. Nhận được là kênh gửi hoạt động tốt.", number=canary_id.hex
        )
        address = self.canaries.get(channel, "")
        if channel == "sms":
            plain = gsm.unaccented(text)
            return self._text(canary_id, rules.e164(address or "0900000000"), plain)
        recipient = address or self.sender
        return self._mail(canary_id, recipient, "", subject, text, "", language="vi", now=now)

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
                message_id=addresses.message_id(token.hex, self.domain),
                envelope_sender=addresses.verp(bounces, token.hex) if bounces else "",
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
