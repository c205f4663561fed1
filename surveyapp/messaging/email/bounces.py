"""What comes back: delivery reports, complaints and automatic answers, told apart and matched."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum

from surveyapp.messaging.email import bounce_phrases, smtp_replies
from surveyapp.messaging.email.return_addresses import (
    domain_of,
    is_token,
    token_of_address,
    token_of_message_id,
)
from surveyapp.messaging.errors import NoticeRefused
from surveyapp.messaging.model import Reason

_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "to")
_THREAD = ("in-reply-to", "references", "x-failed-message-id")
_SECRETS = re.compile(r"https?://\S+|\b\d{4}(?:[- ]?\d{4}){3}\b")
_TEXT_LIMIT = 300
_READ_LIMIT = 20_000


class BounceKind(StrEnum):
    """What a returned mail means."""

    HARD = "hard"
    SOFT = "soft"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Report:
    """One returned mail. `token` is that of the VERP address or Message-ID it answers, empty where none
    is found; `recipient` the failed address as reported; `status` like `5.1.1`; `text` the other side's
    words, at most 300 characters, without links and codes, for the centre's eyes."""

    kind: BounceKind
    token: str = ""
    recipient: str = ""
    status: str = ""
    text: str = ""


def read_report(raw: bytes, *, bounce_address: str, domain: str = "") -> Report:
    """What the mail `raw` says, found in the mailbox of `bounce_address`; `domain` is that of our
    Message-IDs if another. Never raises for what a mail holds: what is not understood is `unknown`."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    report = _feedback(mail) or _delivery_status(mail) or _words_only(mail)
    token = _token(mail, bounce_address, domain or domain_of(bounce_address))
    return replace(report, token=token, text=_kept(report.text))


def read_notice(fields: Mapping[str, object], *, bounce_address: str, domain: str = "") -> Report:
    """What a provider reports by a call instead of a mail (docs/messaging.md). Raises `NoticeRefused`."""
    given = {name: str(value) for name, value in fields.items() if value is not None}
    status, text = given.get("status", ""), given.get("text", "")
    if given.get("kind") == "failed":
        kind = kind_of_failure(status, text)
    elif given.get("kind") in set(BounceKind):
        kind = BounceKind(given["kind"])
    else:
        raise NoticeRefused("kind")
    token = (
        token_of_address(given.get("envelope_sender", ""), bounce_address)
        or token_of_message_id(given.get("message_id", ""), domain or domain_of(bounce_address))
        or given.get("reference", "")
    )
    if not is_token(token):
        raise NoticeRefused("reference")
    return Report(
        kind, token, given.get("recipient", ""), smtp_replies.enhanced(status), _kept(text)
    )


def kind_of_failure(status: str, words: str) -> BounceKind:
    """Hard only where the address itself is dead: a full mailbox or a blocked sender may pass."""
    if status.startswith("4."):
        return BounceKind.SOFT
    if status in {"5.4.4", "5.4.310"} or bounce_phrases.NO_DOMAIN.search(words):
        return BounceKind.HARD
    reason = smtp_replies.refusal(550, status, words)
    if reason == Reason.REFUSED:
        subject = status[2:].partition(".")[0]
        return BounceKind.HARD if subject in {"0", "2"} else BounceKind.SOFT
    return BounceKind.HARD if reason == Reason.NO_SUCH_ADDRESS else BounceKind.SOFT


def _kept(text: str) -> str:
    return _SECRETS.sub("…", re.sub(r"\s+", " ", text)).strip()[:_TEXT_LIMIT]


def _feedback(mail: Message) -> Report | None:
    """A complaint passed on by a provider (ARF, RFC 5965)."""
    for part in mail.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = _fields(part)
            recipient = _bare(fields.get("original-rcpt-to", ""))
            return Report(
                BounceKind.COMPLAINT, recipient=recipient, text=fields.get("feedback-type", "")
            )
    return None


def _delivery_status(mail: Message) -> Report | None:
    """A report in the standard form (RFC 3464); of several recipients the worst, we write to one."""
    reports = [
        _recipient_status(fields)
        for part in mail.walk()
        if part.get_content_type() == "message/delivery-status"
        for fields in _groups(part)
        if "action" in fields or "status" in fields
    ]
    worst = [BounceKind.HARD, BounceKind.SOFT, BounceKind.DELIVERED, BounceKind.UNKNOWN]
    return min(reports, key=lambda report: worst.index(report.kind), default=None)


def _recipient_status(fields: dict[str, str]) -> Report:
    words = fields.get("diagnostic-code", "")
    status = smtp_replies.enhanced(fields.get("status", ""))
    if status in {"", "5.0.0", "4.0.0"}:
        status = smtp_replies.enhanced(words) or status
    recipient = _bare(fields.get("original-recipient", "") or fields.get("final-recipient", ""))
    match fields.get("action", "").lower():
        case "failed":
            kind = kind_of_failure(status or "5.0.0", words)
        case "delivered" | "relayed" | "expanded":
            kind = BounceKind.DELIVERED
        case "delayed":
            kind = BounceKind.SOFT
        case _:
            kind = BounceKind.UNKNOWN
    return Report(kind, recipient=recipient, status=status, text=words)


def _words_only(mail: Message) -> Report:
    """A mail without a standard part: an automatic answer, a provider's own words, or a person's."""
    subject, words = _header(mail, "subject"), _text(mail)
    if _is_automatic_answer(mail, subject):
        return Report(BounceKind.AUTO_REPLY, text=subject)
    if not bounce_phrases.FROM_A_MACHINE.search(
        _header(mail, "from")
    ) and not bounce_phrases.FAILED.search(subject):
        return Report(BounceKind.UNKNOWN, text=subject)
    said = bounce_phrases.telling_line(words)
    status = smtp_replies.enhanced(said) or smtp_replies.enhanced(words)
    address = re.search(r"\b[\w.+-]{1,64}@[\w.-]{1,200}\.\w{2,}", words)
    kind = BounceKind.UNKNOWN
    if bounce_phrases.DELAYED.search(subject):
        kind = BounceKind.SOFT
    elif status or said:
        kind = kind_of_failure(status or "5.3.0", words)
    return Report(
        kind, recipient=address[0] if address else "", status=status, text=said or subject
    )


def _is_automatic_answer(mail: Message, subject: str) -> bool:
    return (
        _header(mail, "auto-submitted").lower().startswith("auto-replied")
        or any(_header(mail, name) for name in ("x-autoreply", "x-autorespond", "x-autoresponse"))
        or _header(mail, "precedence").lower() in {"auto_reply", "auto-reply"}
        or bool(bounce_phrases.AWAY.search(subject))
    )


def _token(mail: Message, bounce_address: str, domain: str) -> str:
    """From the address it came back to, else from our Message-ID wherever it is quoted."""
    for name in _DELIVERED_TO:
        for _, address in getaddresses([str(value) for value in mail.get_all(name, [])]):
            if token := token_of_address(address, bounce_address):
                return token
    for name in _THREAD:
        if token := token_of_message_id(_header(mail, name), domain):
            return token
    for quoted in _quoted_headers(mail):
        if token := token_of_message_id(quoted, domain):
            return token
    return token_of_message_id(_text(mail), domain)


def _quoted_headers(mail: Message) -> Iterator[str]:
    """What the report returns of our own mail."""
    for part in mail.walk():
        kind = part.get_content_type()
        if part is not mail and part.get("message-id"):
            yield _header(part, "message-id")
        if kind in {"text/rfc822-headers", "message/rfc822-headers", "message/feedback-report"}:
            yield _decoded(part)


def _groups(part: Message) -> Iterator[dict[str, str]]:
    """The blocks of fields of a delivery-status part: the parser gives one message for each."""
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else []:
        if isinstance(block, Message):
            yield {name.lower(): _header(block, name.lower()) for name in block.keys()}  # noqa: SIM118


def _fields(part: Message) -> dict[str, str]:
    block = next(_groups(part), None)
    if block is None:
        lines = (line.partition(":") for line in _decoded(part).splitlines())
        block = {name.strip().lower(): value.strip() for name, _, value in lines}
    return block


def _text(mail: Message) -> str:
    """The readable text of the mail, not of what it returns."""
    for part in mail.walk():
        if part.get_content_type() in {"text/plain", "text/html"}:
            text = _decoded(part)[: 3 * _READ_LIMIT]
            if part.get_content_subtype() == "html":
                text = re.sub(r"<br\s*/?>|</(?:p|div|tr|li)>", "\n", text, flags=re.IGNORECASE)
                text = re.sub(r"<[^<>]{0,500}>", " ", text)
            return text[:_READ_LIMIT]
    return ""


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(part.get_payload())[:_READ_LIMIT] if part.get_payload() else ""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _header(mail: Message, name: str) -> str:
    """A header in readable text; some programs write it in bare UTF-8, against the standard."""
    raw = next((value for key, value in mail.raw_items() if key.lower() == name), None)
    if raw is None:
        return ""
    text = str(raw).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    with suppress(LookupError, ValueError, HeaderParseError):
        text = str(make_header(decode_header(text)))
    return re.sub(r"\s+", " ", text).strip()


def _bare(field: str) -> str:
    """`rfc822; a@b.vn` as `a@b.vn`."""
    return field.rpartition(";")[2].strip().strip("<>")
