"""Receipts: proof that a ballot was among those opened, and of nothing else."""

import hashlib
import unicodedata
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.keys import KeyRing
from surveyapp.responses.models import Receipt

ALPHABET = "23456789BCFGHJKMNPQRTVXZ"
"""24 signs a phone call can carry and a Vietnamese keyboard leaves alone: no vowels, D or W (Telex
rewrites them), no 0, 1, I, L, O or S (mistaken for one another)."""
LENGTH = 16


def receipt(keys: KeyRing, assignment_id: UUID) -> str:
    """The receipt of this assignment, as `XXXX-XXXX-XXXX-XXXX`; the same whenever it is asked for.

    73 bits of HMAC-SHA-256 under the oldest live key, which adding a key does not change.
    """
    mac = keys.mac("receipt", assignment_id.bytes, min(keys.roots))
    number = int.from_bytes(mac) % len(ALPHABET) ** LENGTH
    signs = []
    for _place in range(LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return show("".join(signs))


def show(signs: str) -> str:
    """In groups of four, as it is printed."""
    return "-".join(signs[start : start + 4] for start in range(0, LENGTH, 4))


def read_typed(text: str) -> str | None:
    """The receipt someone typed or pasted, as it is printed; None if it cannot be one."""
    folded = unicodedata.normalize("NFKC", text).upper()
    signs = "".join(sign for sign in folded if sign.isalnum())
    if len(signs) != LENGTH or not set(signs) <= set(ALPHABET):
        return None
    return show(signs)


def tag(receipt: str) -> bytes:
    """The 16 bytes by which a receipt is kept and published: SHA-256, truncated."""
    return hashlib.sha256(b"receipt\0" + receipt.encode()).digest()[:16]


def known(db: Session, typed: str) -> bool:
    """Whether a ballot with this receipt, however it was typed, was among those opened."""
    found = read_typed(typed)
    if found is None:
        return False
    return db.scalar(select(Receipt.campaign_id).where(Receipt.tag == tag(found))) is not None
