"""E-mail as a channel: an address, a mail domain to spare, a message with its envelope."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from surveyapp.i18n import lazy
from surveyapp.messaging import templates
from surveyapp.messaging.channel_kinds import ChannelKind, Letterhead, Parcel, SelfTest
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.model import Email
from surveyapp.messaging.templates import Rendered

if TYPE_CHECKING:
    from surveyapp.config import Settings


def letter(
    token: UUID,
    recipient: str,
    rendered: Rendered,
    head: Letterhead,
    *,
    name: str = "",
    language: str,
    now: datetime,
    leave_at: str = "",
) -> Email:
    """An e-mail under this letterhead; bounces of it name the token.

    `leave_at` is the page on which one may decline. It is announced to mail programs as a page to open: without
    `List-Unsubscribe-Post` (RFC 8058) none presses it by itself.
    """
    bounces = head.bounce_address
    return Email(
        recipient=recipient,
        recipient_name=name,
        sender=head.sender,
        sender_name=head.sender_name,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=return_addresses.message_id(token.hex, head.domain),
        envelope_sender=return_addresses.verp(bounces, token.hex) if bounces else "",
        reply_to=head.reply_to,
        language=language,
        dated=now,
        headers=(("List-Unsubscribe", f"<{leave_at}>"),) if leave_at else (),
    )


def _compose(parcel: Parcel, head: Letterhead) -> Email:
    rendered = templates.render(parcel.template, parcel.values, language=parcel.language)
    return letter(
        parcel.token,
        parcel.contact.email,
        rendered,
        head,
        name=parcel.name,
        language=parcel.language,
        now=parcel.now,
        leave_at=parcel.values.get("tu_choi", ""),
    )


def _compose_test(test: SelfTest, head: Letterhead) -> Email:
    rendered = Rendered(test.subject, test.text, "")
    recipient = test.address or head.sender
    return letter(test.token, recipient, rendered, head, language="vi", now=test.now)


def open_email(settings: "Settings") -> Any:
    """SMTP; in a demonstration without a server `spool/email.jsonl`; else None."""
    from surveyapp.messaging.email.smtp import SmtpChannel, SmtpServer
    from surveyapp.messaging.spool import EmailSpool

    if settings.smtp_url:
        return SmtpChannel(SmtpServer.of(settings))
    return EmailSpool(settings.instance / "spool" / "email.jsonl") if settings.demo else None


def _tested_on(settings: "Settings", sender: str) -> Sequence[str]:
    if not settings.smtp_url:
        return ()
    given = settings.mail_canary or (settings.mail_bounces or sender,)
    return tuple(dict.fromkeys(return_addresses.named(one)[1] for one in given))


KIND = ChannelKind(
    code="email",
    label=lazy("Thư điện tử"),
    address=lambda contact: contact.email,
    reaches=lambda contact: return_addresses.is_address(contact.email),
    is_there=lambda settings: bool(settings.smtp_url) or settings.demo,
    domain=lambda address: address.rpartition("@")[2].lower(),
    open=open_email,
    tested_on=_tested_on,
    compose=_compose,
    compose_test=_compose_test,
)
