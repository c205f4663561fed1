"""A receiver of signed mail of its own making: it shares no line with what signs (RFC 6376, 6.1)."""

import hashlib
import re
from base64 import b64decode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

Headers = list[tuple[str, str]]


def verify(mail: bytes, record: str) -> None:
    """Look at the first signature with the key that the record publishes. Raises InvalidSignature."""
    headers, body = split_mail(mail)
    name, signature = headers[0]
    assert name == "dkim-signature"
    tags = {
        key.strip(): re.sub(r"\s", "", value)
        for key, _, value in (tag.partition("=") for tag in signature.split(";") if tag.strip())
    }
    if b64decode(tags["bh"]) != hashlib.sha256(relax_body(body)).digest():
        raise InvalidSignature("body")
    unsigned = re.sub(r"(\bb=)[^;]*$", r"\1", signature)
    names = tags["h"].lower().split(":")
    signed = signed_bytes(headers[1:], names, unsigned)
    public = b64decode(record.rpartition("p=")[2])
    if "k=rsa" in record:
        serialization.load_der_public_key(public).verify(
            b64decode(tags["b"]), signed, PKCS1v15(), hashes.SHA256()
        )
    else:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(
            b64decode(tags["b"]), hashlib.sha256(signed).digest()
        )


def split_mail(mail: bytes) -> tuple[Headers, bytes]:
    """Headers in order, names in small letters, values as they stand; and the body."""
    head, _, body = mail.partition(b"\r\n\r\n")
    lines = re.split(r"\r\n(?![ \t])", head.decode("utf-8", "surrogateescape"))
    pairs = (line.partition(":") for line in lines)
    return [(name.strip().lower(), value) for name, _, value in pairs], body


def signed_bytes(headers: Headers, names: list[str], signature: str) -> bytes:
    """What is signed: the named headers, the last of a name first, then the signature without b= (3.7, 5.4.2)."""
    left = list(headers)
    lines = []
    for name in names:
        at = max((i for i, (header, _) in enumerate(left) if header == name), default=None)
        if at is not None:
            lines.append(relax_header(*left.pop(at)) + "\r\n")
    lines.append(relax_header("dkim-signature", signature))
    return "".join(lines).encode("utf-8", "surrogateescape")


def relax_header(name: str, value: str) -> str:
    """RFC 6376, 3.4.2."""
    unfolded = re.sub(r"[ \t]+", " ", value.replace("\r\n", "")).strip(" ")
    return f"{name.lower()}:{unfolded}"


def relax_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    lines = re.sub(rb"[ \t]+\r\n", b"\r\n", re.sub(rb"[ \t]+", b" ", body))
    stripped = re.sub(rb"(?:\r\n)+\Z", b"", lines)
    return stripped + b"\r\n" if stripped else b""
