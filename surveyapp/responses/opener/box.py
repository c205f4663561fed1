"""The sealed box: a ballot becomes one ciphertext of fixed size that only the box key reads.

HPKE (RFC 9180) with MLKEM768_X25519, HKDF-SHA-256 and AES-256-GCM; why: docs/decisions/0003.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from .errors import BallotTooLarge, BallotUnreadable

SUITE_NAME = "MLKEM768_X25519 HKDF_SHA256 AES_256_GCM"
_KEM = KEM.MLKEM768_X25519
_SUITE = Suite(_KEM, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
PLAINTEXT_BYTES = 4096
"""The least size of ballots, and the step in which a campaign's one size grows."""

MOST_BYTES = 4 * PLAINTEXT_BYTES
"""16 KiB: no campaign's ballots are larger."""

_AROUND = _KEM.enc_length() + 16
CIPHERTEXT_BYTES = _AROUND + PLAINTEXT_BYTES
_LENGTH_BYTES = 2
ROOM = MOST_BYTES - _LENGTH_BYTES


def ciphertext_bytes(plaintext_bytes: int) -> int:
    """Bytes of every ballot of a campaign with ballots of this size."""
    return _AROUND + plaintext_bytes


def plaintext_bytes(longest: int) -> int:
    """The size in which a ballot of `longest` bytes fits. Raises `BallotTooLarge`."""
    if longest > ROOM:
        raise BallotTooLarge(size=longest, limit=ROOM)
    return -(-(longest + _LENGTH_BYTES) // PLAINTEXT_BYTES) * PLAINTEXT_BYTES


_MLKEM_SEED, _MLKEM_PUBLIC, _X25519 = 64, 1184, 32
PRIVATE_BYTES = _MLKEM_SEED + _X25519
PUBLIC_BYTES = _MLKEM_PUBLIC + _X25519


@dataclass(frozen=True)
class Ballot:
    """All that is sealed. Not who, not the supplying unit, not when, not from what device.

    `instrument_mark` begins the frozen instrument's SHA-256 (16 digits); `codes` has one answer per
    item of that instrument, in the order asked, "" for none.
    """

    instrument_code: str
    instrument_version: str
    instrument_mark: str
    rated_unit_code: str
    group_code: str
    codes: tuple[str, ...]
    remark: str
    quality: Mapping[str, str | int]
    receipt_tag: bytes


def new_key() -> tuple[bytes, bytes]:
    """A fresh key pair for one campaign's box: (private, public), 96 and 1,216 bytes."""
    mlkem, x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    private = mlkem.private_bytes_raw() + x25519.private_bytes_raw()
    return private, public_half(private)


@lru_cache(maxsize=4)
def _private_key(private: bytes) -> MLKEM768X25519PrivateKey:
    return MLKEM768X25519PrivateKey(*_halves(private))


def _halves(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(private) != PRIVATE_BYTES:
        raise ValueError(len(private))
    return (
        MLKEM768PrivateKey.from_seed_bytes(private[:_MLKEM_SEED]),
        X25519PrivateKey.from_private_bytes(private[_MLKEM_SEED:]),
    )


@lru_cache(maxsize=16)
def _public_key(public: bytes) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
        X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
    )


def public_half(private: bytes) -> bytes:
    """The public half that belongs to a private key. Raises `ValueError` if it is not 96 bytes."""
    mlkem, x25519 = _halves(private)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def fingerprint(public: bytes) -> str:
    """What the launch decision prints of a public key: SHA-256, 32 hexadecimal digits in eights."""
    digest = hashlib.sha256(b"box\0" + public).hexdigest()[:32]
    return "-".join(digest[start : start + 8] for start in range(0, 32, 8))


def seal(
    public: bytes, campaign_code: str, ballot: Ballot, *, size: int = PLAINTEXT_BYTES
) -> bytes:
    """Exactly `ciphertext_bytes(size)` bytes, whatever was answered. Raises `BallotTooLarge`."""
    return _SUITE.encrypt(_pad(encode(ballot), size), _public_key(public), campaign_code.encode())


def unseal(private: bytes, campaign_code: str, ciphertext: bytes) -> Ballot:
    """The ballot again. Raises `BallotUnreadable` for another key or campaign, or any changed bit."""
    try:
        padded = _SUITE.decrypt(ciphertext, _private_key(private), campaign_code.encode())
        length = int.from_bytes(padded[:_LENGTH_BYTES])
        return _decode(json.loads(padded[_LENGTH_BYTES : _LENGTH_BYTES + length]))
    except (InvalidTag, ValueError, TypeError, KeyError, RecursionError) as exc:
        raise BallotUnreadable from exc


def mac(key: bytes, campaign_code: str, ballot_id: bytes, ciphertext: bytes) -> bytes:
    """The server's own mark on a ballot, so that a row written or altered by hand is seen."""
    message = b"\0".join((b"ballot", campaign_code.encode(), ballot_id)) + ciphertext
    return hmac.digest(key, message, "sha256")


def campaign_mac_key(key: bytes, campaign_code: str) -> bytes:
    """The MAC key of one campaign, which may leave with its ballots: it says nothing of any other."""
    return hmac.digest(key, b"ballots of\0" + campaign_code.encode(), "sha256")


def is_marked(
    keys: Iterable[bytes], campaign_code: str, ballot_id: bytes, ciphertext: bytes, mark: bytes
) -> bool:
    """Whether any of `keys` made the MAC found beside a ballot."""
    return any(
        hmac.compare_digest(mac(key, campaign_code, ballot_id, ciphertext), mark) for key in keys
    )


def encode(ballot: Ballot) -> bytes:
    """The ballot before padding."""
    content = [
        ballot.instrument_code,
        ballot.instrument_version,
        ballot.instrument_mark,
        ballot.rated_unit_code,
        ballot.group_code,
        list(ballot.codes),
        ballot.remark,
        dict(ballot.quality),
        base64.b64encode(ballot.receipt_tag).decode(),
    ]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _decode(content: list[Any]) -> Ballot:
    form, version, form_mark, unit, group, codes, remark, quality, receipt_tag = content
    return Ballot(
        instrument_code=form,
        instrument_version=version,
        instrument_mark=form_mark,
        rated_unit_code=unit,
        group_code=group,
        codes=tuple(codes),
        remark=remark,
        quality=quality,
        receipt_tag=base64.b64decode(receipt_tag),
    )


def _pad(content: bytes, size: int) -> bytes:
    if len(content) > size - _LENGTH_BYTES:
        raise BallotTooLarge(size=len(content), limit=size - _LENGTH_BYTES)
    return (len(content).to_bytes(_LENGTH_BYTES) + content).ljust(size, b"\0")
