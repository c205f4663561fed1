"""What second factors a person has, the check of a typed code, and taking them away."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from surveyapp.accounts.factors import passkeys, recovery_codes, totp
from surveyapp.accounts.models import Staff, StaffPasskey
from surveyapp.keys import KeyRing


class Factor(StrEnum):
    """What was shown besides the password."""

    PASSKEY = "passkey"
    APP = "app"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True)
class Standing:
    """The second factors of one person."""

    passkeys: tuple[StaffPasskey, ...]
    has_app: bool
    codes_left: int

    @property
    def count(self) -> int:
        """How many of them open the account every day; codes on paper are for the day these are lost."""
        return len(self.passkeys) + self.has_app


def standing(db: Session, staff_id: uuid.UUID) -> Standing:
    """What the person has enrolled."""
    has_app = db.scalar(select(Staff.totp_secret.is_not(None)).where(Staff.id == staff_id))
    return Standing(
        tuple(passkeys.of_person(db, staff_id)),
        bool(has_app),
        recovery_codes.left(db, staff_id),
    )


def is_enrolled(db: Session, staff_id: uuid.UUID) -> bool:
    """The person has a second factor, so a password alone opens nothing any more."""
    has_passkey = exists().where(StaffPasskey.staff_id == staff_id)
    return bool(
        db.scalar(select(Staff.totp_secret.is_not(None) | has_passkey).where(Staff.id == staff_id))
    )


def enrolled(db: Session) -> frozenset[uuid.UUID]:
    """Everybody who has a second factor."""
    with_app = select(Staff.id).where(Staff.totp_secret.is_not(None))
    return frozenset(db.scalars(with_app.union(select(StaffPasskey.staff_id))))


def shown(
    db: Session, staff_id: uuid.UUID, typed: str, *, keys: KeyRing, now: datetime
) -> Factor | None:
    """Which factor the typed code is: of the app or of the paper; none where it is wrong or used."""
    if totp.passes(db, staff_id, typed, keys=keys, now=now):
        return Factor.APP
    if is_enrolled(db, staff_id) and recovery_codes.passes(db, staff_id, typed, keys=keys, now=now):
        return Factor.RECOVERY_CODE
    return None


def reset(db: Session, staff_id: uuid.UUID) -> None:
    """Take every second factor away: the next sign-in asks the person to set one up anew."""
    totp.remove(db, staff_id)
    recovery_codes.remove(db, staff_id)
    db.execute(delete(StaffPasskey).where(StaffPasskey.staff_id == staff_id))
