"""Going on at another device: a code of ten digits that stands for the access code for ten minutes.

It is shown on the screen of the one device and typed, or scanned, at the other. The row holds the
access code encrypted under a key that only the ten digits and the key ring give.
"""

import os
import secrets as randomness
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from surveyapp.invitations.credentials.codes import check_digit
from surveyapp.invitations.errors import MistypedCode, UnknownCode
from surveyapp.invitations.models import Handoff
from surveyapp.keys import KeyRing

DIGITS = 10
"""Nine drawn at random and a check digit. At 600 failures a minute for all networks together
(`attempts`) guessing one of a hundred live codes takes weeks."""
LIFE = timedelta(minutes=10)
STRAND_BYTES = 16
_NONCE = 12


@dataclass(frozen=True)
class PassedOn:
    """What the second device gets: the access code, and the first device's part of what opens the drafts."""

    code: str
    strand: bytes


@dataclass(frozen=True)
class Offered:
    """What the first device shows, and until when it works."""

    digits: str
    expires_at: datetime


def offer(db: Session, code: str, strand: bytes, *, keys: KeyRing, now: datetime) -> Offered:
    """Ten digits that stand for the access code `code` and the device's `strand` until they are used or ten minutes are over."""
    db.execute(delete(Handoff).where(Handoff.expires_at <= now))
    drawn = f"{randomness.randbelow(10 ** (DIGITS - 1)):0{DIGITS - 1}d}"
    digits, nonce = drawn + check_digit(drawn), os.urandom(_NONCE)
    tag = _tag(keys, digits)
    sealed = nonce + AESGCM(_key(keys, digits)).encrypt(nonce, strand + code.encode(), tag)
    # Drawn before and still live, once in ten million times: the one before ends.
    db.execute(delete(Handoff).where(Handoff.tag == tag))
    db.execute(insert(Handoff).values(tag=tag, sealed_code=sealed, expires_at=now + LIFE))
    return Offered(digits, now + LIFE)


def take(db: Session, digits: str, *, keys: KeyRing, now: datetime) -> PassedOn:
    """What `digits` stand for, once. Raises `UnknownCode`: never given, used, or over."""
    for number in sorted(keys.roots, reverse=True):
        tag = _tag(keys, digits, number)
        row = db.execute(select(Handoff).where(Handoff.tag == tag).with_for_update()).scalar()
        if row is None or row.expires_at <= now:
            continue
        db.execute(delete(Handoff).where(Handoff.tag == tag))
        nonce, sealed = row.sealed_code[:_NONCE], row.sealed_code[_NONCE:]
        try:
            plain = AESGCM(_key(keys, digits, number)).decrypt(nonce, sealed, tag)
        except InvalidTag as exc:
            raise UnknownCode from exc
        return PassedOn(plain[STRAND_BYTES:].decode(), plain[:STRAND_BYTES])
    raise UnknownCode


def read_typed(text: str) -> str | None:
    """The ten digits someone typed; None where it must be meant for a full access code.

    Raises `MistypedCode` where ten digits were typed and their check digit does not fit.
    """
    folded = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.digit(sign)) for sign in folded if sign.isdecimal())
    if len(digits) != DIGITS:
        return None
    if check_digit(digits[:-1]) != digits[-1]:
        raise MistypedCode(len(digits))
    return digits


def show(digits: str) -> str:
    """12345 67890, as it is shown and read out."""
    return f"{digits[:5]} {digits[5:]}"


def _tag(keys: KeyRing, digits: str, number: int | None = None) -> bytes:
    return keys.mac("handoff", b"tag|" + digits.encode(), number)[:16]


def _key(keys: KeyRing, digits: str, number: int | None = None) -> bytes:
    root = keys.key("handoff", number)
    return HKDF(hashes.SHA256(), 32, salt=root, info=b"handoff").derive(digits.encode())
