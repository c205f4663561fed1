"""Signing e-mail so that receivers can tell it is ours (DKIM, RFC 6376; Ed25519, RFC 8463)."""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from surveyapp.messaging.errors import ChannelMisconfigured

# RFC 6376, 5.4.1; names listed once more than they occur cannot be added on the way (8.15).
SIGNED = ("from", "reply-to", "subject", "date", "to", "message-id", "mime-version", "content-type")
ONCE_MORE = ("from", "to", "subject", "date", "reply-to")
_SHORTEST_RSA = 1024  # RFC 8301, 3.2

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one domain under one selector."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @classmethod
    def read(cls, path: Path, *, domain: str, selector: str) -> "Signer":
        """The key in a PEM file without a password. Raises `ChannelMisconfigured`."""
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as exc:
            raise ChannelMisconfigured("SURVEYAPP_DKIM_KEY", "unreadable") from exc
        if isinstance(key, RSAPrivateKey) and key.key_size < _SHORTEST_RSA:
            raise ChannelMisconfigured("SURVEYAPP_DKIM_KEY", "too_short")
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
            raise ChannelMisconfigured("SURVEYAPP_DKIM_KEY", "neither_rsa_nor_ed25519")
        return cls(domain, selector, key)

    @property
    def algorithm(self) -> str:
        kind = "rsa" if isinstance(self.key, RSAPrivateKey) else "ed25519"
        return f"{kind}-sha256"

    def sign(self, mail: bytes, *, dated: datetime) -> bytes:
        """The mail with its signature in front; canonicalised relaxed/relaxed."""
        headers, body = split_mail(mail)
        present = {name for name, _ in headers}
        names = [name for name in SIGNED if name in present] + list(ONCE_MORE)
        body_hash = b64encode(hashlib.sha256(relax_body(body)).digest()).decode()
        tags = [
            f"v=1; a={self.algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector};",
            f"t={int(dated.timestamp())};",
            f"h={':'.join(names)};",
            f"bh={body_hash};",
            "b=",
        ]
        unsigned = "\r\n ".join(tags)
        signature = b64encode(self._signature(signed_bytes(headers, names, unsigned))).decode()
        folded = "\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72))
        return f"DKIM-Signature: {unsigned}{folded}\r\n".encode() + mail

    def dns_record(self) -> tuple[str, str]:
        """Name and text of the DNS record that publishes the public half."""
        public = self.key.public_key()
        if isinstance(self.key, RSAPrivateKey):
            kind, raw = (
                "rsa",
                public.public_bytes(
                    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
                ),
            )
        else:
            kind, raw = (
                "ed25519",
                public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw),
            )
        name = f"{self.selector}._domainkey.{self.domain}"
        return name, f"v=DKIM1; k={kind}; p={b64encode(raw).decode()}"

    def _signature(self, signed: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(signed, PKCS1v15(), hashes.SHA256())
        return self.key.sign(hashlib.sha256(signed).digest())


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
        at = max((i for i, (found, _) in enumerate(left) if found == name), default=None)
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
