"""Ten codes on paper for the day the phone is lost: each opens once, none can be read from the database."""

import secrets
import uuid
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts.models import RecoveryCode
from surveyapp.db import rows_changed
from surveyapp.keys import KeyRing

HOW_MANY = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 12
"""59 bits each: too many to guess even for who has the tags, and the tags need the key ring."""


def make(db: Session, staff_id: uuid.UUID, *, keys: KeyRing) -> list[str]:
    """Ten new codes, shown this once; those before are dead."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(HOW_MANY)]
    keep(db, staff_id, codes, keys=keys)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def keep(db: Session, staff_id: uuid.UUID, codes: list[str], *, keys: KeyRing) -> None:
    """These codes and no others open for the person."""
    remove(db, staff_id)
    db.execute(
        insert(RecoveryCode),
        [{"staff_id": staff_id, "tag": _tag(keys, staff_id, code)} for code in codes],
    )


def passes(db: Session, staff_id: uuid.UUID, typed: str, *, keys: KeyRing, now: datetime) -> bool:
    """The code is one of the person's and was not used; from now on it is."""
    code = plain(typed)
    if len(code) != _LENGTH:
        return False
    tags = [_tag(keys, staff_id, code, number) for number in keys.roots]
    used = db.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == staff_id,
            RecoveryCode.tag.in_(tags),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return rows_changed(used) == 1


def left(db: Session, staff_id: uuid.UUID) -> int:
    """How many codes are unused."""
    unused = select(func.count()).where(
        RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None)
    )
    return db.scalar(unused) or 0


def remove(db: Session, staff_id: uuid.UUID) -> None:
    """No code opens any more."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


def plain(typed: str) -> str:
    """The code without what people put between its letters."""
    return "".join(letter for letter in typed.casefold() if letter in _LETTERS)


def _tag(keys: KeyRing, staff_id: uuid.UUID, code: str, number: int | None = None) -> bytes:
    return keys.mac("recovery", staff_id.bytes + plain(code).encode(), number)
