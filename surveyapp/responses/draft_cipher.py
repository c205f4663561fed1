"""How a draft is encrypted: a stolen database reads nothing, a moved or altered row is noticed."""

import json
import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from surveyapp.instruments.model import Instrument
from surveyapp.keys import KeyRing
from surveyapp.responses.errors import DraftUnreadable

STEP = 512
"""Drafts are padded to multiples of this, so that their size says little about what is in them."""

_NUMBER, _NONCE, _LENGTH = 2, 12, 4


@dataclass(frozen=True)
class Place:
    """Where a draft belongs; it can be read nowhere else."""

    campaign_code: str
    instrument: Instrument
    assignment_id: UUID

    def additional(self, revision: int) -> bytes:
        """What AES-GCM authenticates beside the content."""
        parts = (
            self.campaign_code,
            self.instrument.code,
            self.instrument.version,
            self.instrument.sha256,
            self.assignment_id.hex,
            str(revision),
        )
        return "\0".join(parts).encode()


@dataclass(frozen=True)
class Content:
    """What a draft holds: answers by item id, and how long the form was in hand.

    `seconds` sums the times before each save, long ones cut short; `saved_at` is in seconds of the
    Unix epoch; `measured` says that the time before the first save is known too.
    """

    answers: dict[str, str] = field(default_factory=dict)
    seconds: int = 0
    saved_at: int = 0
    measured: bool = False


def encrypt(place: Place, revision: int, content: Content, *, code: str, keys: KeyRing) -> bytes:
    """AES-256-GCM under a fresh nonce: key number, nonce, ciphertext."""
    number = keys.current
    plain = json.dumps(
        [content.answers, content.seconds, content.saved_at, content.measured],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    padded = len(plain).to_bytes(_LENGTH) + plain
    padded = padded.ljust(-(-len(padded) // STEP) * STEP, b"\0")
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_key(place, code, keys, number)).encrypt(
        nonce, padded, place.additional(revision)
    )
    return number.to_bytes(_NUMBER) + nonce + sealed


def decrypt(place: Place, revision: int, ciphertext: bytes, *, code: str, keys: KeyRing) -> Content:
    """The draft again. Raises `DraftUnreadable` for another code, form, person or changed bit."""
    number = int.from_bytes(ciphertext[:_NUMBER])
    nonce, sealed = ciphertext[_NUMBER : _NUMBER + _NONCE], ciphertext[_NUMBER + _NONCE :]
    if number not in keys.roots:
        raise DraftUnreadable(place.assignment_id)
    try:
        padded = AESGCM(_key(place, code, keys, number)).decrypt(
            nonce, sealed, place.additional(revision)
        )
    except (InvalidTag, ValueError) as exc:
        raise DraftUnreadable(place.assignment_id) from exc
    length = int.from_bytes(padded[:_LENGTH])
    return Content(*json.loads(padded[_LENGTH : _LENGTH + length]))


def _key(place: Place, code: str, keys: KeyRing, number: int) -> bytes:
    """HKDF-SHA-256 (RFC 5869): from the person's code, salted with the server's draft key."""
    info = b"draft\0" + place.campaign_code.encode() + b"\0" + place.assignment_id.bytes
    return HKDF(hashes.SHA256(), 32, salt=keys.key("draft", number), info=info).derive(
        code.encode()
    )
