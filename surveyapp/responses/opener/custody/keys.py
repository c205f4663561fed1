"""The key pair of a box, its three shares, and the signing key that each custodian gets with a share."""

import secrets
from collections.abc import Sequence
from itertools import combinations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .. import box
from ..errors import SameShareTwice, ShareOfAnotherKey, WrongKey
from . import shamir, shares
from .shares import Share

CUSTODIANS, NEEDED = 3, 2


def create() -> tuple[bytes, tuple[Share, ...]]:
    """A fresh box key: the public half, and three shares of which any two give the private half."""
    seed = secrets.token_bytes(shares.SECRET_BYTES)
    public = box.public_half(_private(seed))
    mark = shares.key_mark(public)
    parts = shamir.split(seed, shares=CUSTODIANS, needed=NEEDED)
    return public, tuple(Share(number, mark, part) for number, part in parts.items())


def combine(given: Sequence[Share], public_key: bytes) -> bytes:
    """The private half from two shares or three, each pair of which must give it.

    Raises `SameShareTwice`, `ShareOfAnotherKey`, or `WrongKey`.
    """
    by_number: dict[int, Share] = {}
    for share in given:
        if share.number in by_number:
            raise SameShareTwice(share.number)
        by_number[share.number] = share
    mark = shares.key_mark(public_key)
    for share in given:
        if share.key_mark != mark:
            raise ShareOfAnotherKey(expected=mark, found=share.key_mark)
    private = b""
    for pair in combinations(given, NEEDED):
        private = _private(shamir.join({share.number: share.secret for share in pair}))
        public = box.public_half(private)
        if public != public_key:
            raise WrongKey(expected=box.fingerprint(public_key), found=box.fingerprint(public))
    return private


def signing_key(share: Share) -> Ed25519PrivateKey:
    """The custodian's own key, made of the share: whoever can make another's holds two shares, and with
    them the box already."""
    seed = _derive(share.secret + bytes([share.number]), b"custodian signature", 32)
    return Ed25519PrivateKey.from_private_bytes(seed)


def _private(seed: bytes) -> bytes:
    return _derive(seed, b"box private key", box.PRIVATE_BYTES)


def _derive(secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=b"par opener 1", info=purpose).derive(secret)
