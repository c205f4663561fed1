"""Six digits of an app, every half minute others (TOTP, RFC 6238): the secret, its QR code, the check."""

import base64
import os
import uuid
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveyapp.accounts.models import Staff
from surveyapp.db import rows_changed
from surveyapp.keys import KeyRing

SECRET_BYTES = 20
STEP = 30
DRIFT = 1
"""Steps by which a phone's clock may be early or late."""
_NONCE = 12


def offered_secret(keys: KeyRing, session_hash: bytes) -> bytes:
    """The secret offered to one session: the same on every look at the page, kept nowhere."""
    return keys.mac("totp", b"offered|" + session_hash)[:SECRET_BYTES]


def as_typed(secret: bytes) -> str:
    """The secret as it is typed into an app that cannot scan."""
    return base64.b32encode(secret).decode()


def address(secret: bytes, *, username: str, issuer: str) -> str:
    """What the QR code for the app says."""
    return pyotp.TOTP(as_typed(secret)).provisioning_uri(name=username, issuer_name=issuer)


def enrol(
    db: Session, staff_id: uuid.UUID, secret: bytes, typed: str, *, keys: KeyRing, now: datetime
) -> bool:
    """Keep the secret, encrypted, if the digits typed are its own; whether they were."""
    step = _step(secret, typed, now=now)
    if step is None:
        return False
    db.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(totp_secret=_sealed(secret, staff_id, keys), totp_last_step=step)
    )
    return True


def passes(db: Session, staff_id: uuid.UUID, typed: str, *, keys: KeyRing, now: datetime) -> bool:
    """The digits are right, and of a later step than any used before: none opens twice."""
    row = db.execute(
        select(Staff.totp_secret, Staff.totp_last_step).where(Staff.id == staff_id)
    ).one()
    secret = _opened(row.totp_secret, staff_id, keys) if row.totp_secret else None
    step = _step(secret, typed, now=now) if secret else None
    if step is None:
        return False
    used = db.execute(
        update(Staff)
        .where(Staff.id == staff_id, Staff.totp_last_step < step)
        .values(totp_last_step=step)
    )
    return rows_changed(used) == 1


def remove(db: Session, staff_id: uuid.UUID) -> None:
    """The app is no factor any more."""
    db.execute(
        update(Staff).where(Staff.id == staff_id).values(totp_secret=None, totp_last_step=None)
    )


def _step(secret: bytes, typed: str, *, now: datetime) -> int | None:
    """The time step whose digits were typed, none where there is no such step near `now`."""
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 6):
        return None
    app = pyotp.TOTP(as_typed(secret))
    this = int(now.timestamp()) // STEP
    steps = range(this - DRIFT, this + DRIFT + 1)
    return next(
        (step for step in steps if pyotp.utils.strings_equal(digits, app.generate_otp(step))), None
    )


def _sealed(secret: bytes, staff_id: uuid.UUID, keys: KeyRing) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(keys.key("totp")).encrypt(nonce, secret, staff_id.bytes)


def _opened(sealed: bytes, staff_id: uuid.UUID, keys: KeyRing) -> bytes | None:
    for key in keys.keys("totp"):
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], staff_id.bytes)
        except InvalidTag:
            continue
    return None
