"""An e-mail as the bytes that go over the wire. Written by hand: the library takes ten times as long."""

import binascii
import hashlib
import re
from base64 import b64encode, encodebytes
from collections.abc import Iterator
from email.utils import format_datetime

from surveyapp.messaging.errors import BadAddress
from surveyapp.messaging.model import Attachment, Email

# Nobody's holiday note should answer a machine (RFC 3834, 5; the second is Exchange's own).
AUTOMATIC = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply"))

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_WORD_BYTES = 42  # 56 characters in base64, so that an encoded word keeps within 75 (RFC 2047, 2)
_LINE = 900


def compose(email: Email) -> bytes:
    """Plain text with HTML as its alternative, quoted-printable, so that any relay carries it unchanged.

    The same e-mail gives the same bytes. Raises `BadAddress`.
    """
    headers = [
        ("From", _address(email.sender_name, email.sender)),
        ("To", _address(email.recipient_name, email.recipient)),
        *([("Reply-To", _address("", email.reply_to))] if email.reply_to else []),
        ("Subject", _words(email.subject)),
        ("Date", format_datetime(email.dated)),
        ("Message-ID", email.message_id),
        *AUTOMATIC,
        *((name, _words(value)) for name, value in email.headers),
        ("MIME-Version", "1.0"),
        ("Content-Language", email.language),
    ]
    text = _part("plain", email.text)
    if email.attachments:
        boundary = "=_f" + hashlib.sha256(email.message_id.encode()).hexdigest()[:24]
        headers.append(("Content-Type", f'multipart/mixed; boundary="{boundary}"'))
        mark = f"\r\n--{boundary}".encode()
        first = _alternatives(email, text) if email.html else text
        files = (mark + b"\r\n" + part for part in (first, *map(_file, email.attachments)))
        return _lines(headers) + b"\r\n" + b"".join(files) + mark + b"--\r\n"
    if not email.html:
        return _lines(headers) + text
    return _lines(headers) + _alternatives(email, text)


def _alternatives(email: Email, text: bytes) -> bytes:
    # "=_" never stands in quoted-printable text, so no body can hold the boundary.
    boundary = "=_" + hashlib.sha256(email.message_id.encode()).hexdigest()[:24]
    kind = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    mark = f"\r\n--{boundary}".encode()
    parts = (mark + b"\r\n" + part for part in (text, _part("html", email.html)))
    return kind.encode() + b"".join(parts) + mark + b"--\r\n"


def _file(attachment: Attachment) -> bytes:
    return (
        f"Content-Type: {attachment.media}\r\n"
        f'Content-Disposition: attachment; filename="{attachment.name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + encodebytes(attachment.content).replace(b"\n", b"\r\n")


def check_address(mailbox: str) -> str:
    """The address itself. Raises `BadAddress` for one that not every mail server would take."""
    if not _ADDRESS.fullmatch(mailbox):
        raise BadAddress
    return mailbox


def _lines(headers: list[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")


def _part(subtype: str, text: str) -> bytes:
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    return (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode() + binascii.b2a_qp(lines.encode(), istext=True)


def _address(name: str, mailbox: str) -> str:
    check_address(mailbox)
    if not name:
        return mailbox
    if name.isascii():
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{mailbox}>'
    return f"{_words(name)}\r\n <{mailbox}>"


def _words(text: str) -> str:
    """Header text as it is if plain, else as encoded words on folded lines (RFC 2047, 2)."""
    if text.isascii() and len(text) < _LINE and "=?" not in text:
        return text
    return "\r\n ".join(f"=?utf-8?B?{b64encode(part).decode()}?=" for part in _chunks(text))


def _chunks(text: str) -> Iterator[bytes]:
    """The text in UTF-8, cut only between characters."""
    chunk = b""
    for sign in text:
        encoded = sign.encode()
        if len(chunk) + len(encoded) > _WORD_BYTES:
            yield chunk
            chunk = b""
        chunk += encoded
    yield chunk
