"""Signing e-mail so that receivers can tell it is ours (DKIM, RFC 6376; Ed25519, RFC 8463)."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from surveyapp.messaging.errors import ChannelMisconfigured

# RFC 6376, 5.4.1; names listed once more than they occur cannot be added on the way (8.15).
SIGNED = ("from", "reply-to", "subject", "date", "to", "message-id", "mime-version", "content-type")
ONCE_MORE = ("from", "to", "subject", "date", "reply-to")
_SHORTEST_RSA = 1024  # RFC 8301, 3.2

_NAME = b"DKIM-Signature"


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
        import dkim  # late: it brings along what looks up keys
        from dkim.canonicalization import CanonicalizationPolicy

        headers, body = dkim.rfc822_parse(mail)
        policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
        present = {name.lower().decode("ascii") for name, _ in headers}
        names = [name for name in SIGNED if name in present] + list(ONCE_MORE)
        body_hash = b64encode(hashlib.sha256(policy.canonicalize_body(body)).digest()).decode()
        tags = (
            f"v=1; a={self.algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector};"
            f" t={int(dated.timestamp())}; h={' : '.join(names)}; bh={body_hash}; b="
        )
        unsigned = dkim.fold(tags.encode(), namelen=len(_NAME) + 2)
        digest = hashlib.sha256()
        dkim.hash_headers(
            digest,
            policy,
            policy.canonicalize_headers(headers),
            [name.encode() for name in names],
            (_NAME, b" " + unsigned),
            {},
        )
        signature = b64encode(self._signature(digest.digest()))
        signed: bytes = dkim.fold(unsigned + signature, namelen=len(_NAME) + 2)
        return _NAME + b": " + signed + b"\r\n" + mail

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

    def _signature(self, digest: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(digest, PKCS1v15(), Prehashed(hashes.SHA256()))
        return self.key.sign(digest)
