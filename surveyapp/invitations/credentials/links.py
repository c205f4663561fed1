"""Signed links: a code with a signature that is checked before anything is looked up."""

import hashlib
import hmac
import re
from functools import lru_cache

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import SigningAlgorithm

from surveyapp.invitations.errors import TamperedLink
from surveyapp.keys import KeyRing

SALT = "surveyapp.invitation-link"
SEPARATOR = "~"
"""Not a full stop: some mail programs end the link there."""
SIGNATURE_BYTES = 16

_TOKEN = re.compile(r"[178][0-9]{15}~[A-Za-z0-9_-]{22}")
_WITHIN = re.compile(r"\s*+([178][0-9]{15}~[A-Za-z0-9_-]{22})")


class ShortHmac(SigningAlgorithm):
    """HMAC-SHA-256 cut to 128 bits (RFC 2104, section 5), to fit an SMS and a small QR code."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """The first 16 bytes of the HMAC of `value`."""
        return hmac.digest(key, value, "sha256")[:SIGNATURE_BYTES]


@lru_cache(maxsize=32)
def _signer(link_keys: tuple[bytes, ...]) -> Signer:
    return Signer(
        list(link_keys),
        salt=SALT,
        sep=SEPARATOR,
        key_derivation="hmac",
        digest_method=hashlib.sha256,
        algorithm=ShortHmac(),
    )


def sign(keys: KeyRing, code: str, key_number: int | None = None) -> str:
    """`<code>~<signature>` under one key; the part of the link after `/t/`."""
    return _signer((keys.key("link", key_number),)).sign(code).decode()


def trimmed(token: str) -> str:
    """The token without what a message or a mail program wrote on behind it: a full stop, a bracket, a quote."""
    within = _WITHIN.match(token)
    return within[1] if within else token


def read(keys: KeyRing, token: str) -> str:
    """The code in a link signed under any live key; raises `TamperedLink` without a look-up."""
    if not _TOKEN.fullmatch(token):
        raise TamperedLink
    signer = _signer(tuple(reversed(keys.keys("link"))))
    code, _, signature = token.partition(SEPARATOR)
    try:
        signer.unsign(token)
    except BadSignature as exc:
        raise TamperedLink from exc
    # 22 characters hold four bits more than the signature: only one spelling of them is ours.
    if base64_encode(base64_decode(signature)).decode() != signature:
        raise TamperedLink
    return code


def address(base_url: str, keys: KeyRing, code: str, key_number: int | None = None) -> str:
    """The whole link as it is sent: `https://host/t/<code>~<signature>`."""
    return f"{base_url}/t/{sign(keys, code, key_number)}"
