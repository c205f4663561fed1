"""Passkeys (WebAuthn): what a browser is asked to sign, and whether it did.

By the webauthn library, which is imported by whoever uses it: processes that serve respondents never need it.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from surveyapp import small_json
from surveyapp.accounts.errors import PasskeyRefused
from surveyapp.accounts.models import PasskeyChallenge, Staff, StaffPasskey
from surveyapp.db import rows_changed

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

PATIENCE = timedelta(minutes=5)
MOST = 10
"""Passkeys of one person."""


@dataclass(frozen=True)
class Site:
    """Where passkeys are made and used: browsers bind them to the host, and say which address asked."""

    host: str
    origin: str

    @classmethod
    def of(cls, base_url: str) -> Site:
        """The site under this address."""
        return cls(urlsplit(base_url).hostname or "localhost", base_url)

    @property
    def takes_passkeys(self) -> bool:
        """Browsers offer them over TLS, and on `localhost` for trying."""
        return self.origin.startswith("https://") or self.host == "localhost"


def ask_to_register(
    db: Session, staff: Staff, *, site: Site, session_hash: bytes, now: datetime
) -> dict[str, Any]:
    """What the browser needs to make a passkey for this person."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.host,
        user_name=staff.username,
        user_display_name=staff.display_name,
        user_id=staff.id.bytes,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(db, staff.id),
    )
    return _asked(db, options, session_hash, now=now)


def register(
    db: Session,
    staff_id: uuid.UUID,
    answer: str,
    *,
    name: str,
    site: Site,
    session_hash: bytes,
    now: datetime,
) -> None:
    """Keep the passkey the browser made. Raises `PasskeyRefused`."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    if len(_descriptors(db, staff_id)) >= MOST:
        raise PasskeyRefused("many")
    challenge = _take_challenge(db, answer, session_hash, now=now)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as exc:
        raise PasskeyRefused("answer") from exc
    if db.get(StaffPasskey, made.credential_id) is not None:
        raise PasskeyRefused("known")
    db.add(
        StaffPasskey(
            id=made.credential_id,
            staff_id=staff_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name.strip()[:60],
            made_at=now,
        )
    )
    db.flush()


def ask_to_sign(
    db: Session,
    *,
    site: Site,
    session_hash: bytes | None,
    now: datetime,
    staff_id: uuid.UUID | None = None,
) -> dict[str, Any]:
    """What the browser needs to sign with a passkey: of this person, or of whoever holds one."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_descriptors(db, staff_id) if staff_id else None,
        user_verification=(
            UserVerificationRequirement.PREFERRED
            if staff_id
            else UserVerificationRequirement.REQUIRED
        ),
    )
    return _asked(db, options, session_hash, now=now)


def signed_by(
    db: Session,
    answer: str,
    *,
    site: Site,
    session_hash: bytes | None,
    now: datetime,
    staff_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Whose passkey signed. Raises `PasskeyRefused`, also for another person than `staff_id`.

    Without a `staff_id` nothing else was asked for, so the passkey must have checked its holder.
    """
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _take_challenge(db, answer, session_hash, now=now)
    try:
        passkey = db.get(StaffPasskey, base64url_to_bytes(small_json.read(answer)["id"]))
    except (ValueError, KeyError, TypeError) as exc:
        raise PasskeyRefused("answer") from exc
    if passkey is None or staff_id not in (None, passkey.staff_id):
        raise PasskeyRefused("unknown")
    if not db.scalar(select(Staff.active).where(Staff.id == passkey.staff_id)):
        raise PasskeyRefused("unknown")
    try:
        signed = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=staff_id is None,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as exc:
        raise PasskeyRefused("answer") from exc
    db.execute(
        update(StaffPasskey)
        .where(StaffPasskey.id == passkey.id)
        .values(sign_count=signed.new_sign_count, used_at=now)
    )
    return passkey.staff_id


def of_person(db: Session, staff_id: uuid.UUID) -> list[StaffPasskey]:
    """The person's passkeys, the oldest first."""
    mine = select(StaffPasskey).where(StaffPasskey.staff_id == staff_id)
    return list(db.scalars(mine.order_by(StaffPasskey.made_at, StaffPasskey.id)))


def remove(db: Session, staff_id: uuid.UUID, passkey_id: bytes) -> bool:
    """Forget one of the person's own passkeys; whether there was one."""
    gone = db.execute(
        delete(StaffPasskey).where(StaffPasskey.id == passkey_id, StaffPasskey.staff_id == staff_id)
    )
    return rows_changed(gone) == 1


def _descriptors(db: Session, staff_id: uuid.UUID) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=one.id) for one in of_person(db, staff_id)]


def _asked(
    db: Session, options: Any, session_hash: bytes | None, *, now: datetime
) -> dict[str, Any]:
    """The options as JSON for the browser, their challenge written down until it is signed once."""
    from webauthn.helpers import options_to_json

    db.execute(delete(PasskeyChallenge).where(PasskeyChallenge.made_at < now - PATIENCE))
    hashed = sha256(options.challenge).digest()
    db.add(PasskeyChallenge(hash=hashed, session_hash=session_hash, made_at=now))
    db.flush()
    asked: dict[str, Any] = json.loads(options_to_json(options))
    return asked


def _take_challenge(
    db: Session, answer: str, session_hash: bytes | None, *, now: datetime
) -> bytes:
    """The challenge that was signed, if this session asked for it and nobody signed it before."""
    from webauthn.helpers import base64url_to_bytes

    try:
        answered = small_json.read(answer)
        told = small_json.read(base64url_to_bytes(answered["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(told["challenge"])
    except (ValueError, KeyError, TypeError) as exc:
        raise PasskeyRefused("answer") from exc
    asked = db.execute(
        delete(PasskeyChallenge).where(
            PasskeyChallenge.hash == sha256(challenge).digest(),
            PasskeyChallenge.session_hash == session_hash
            if session_hash is not None
            else PasskeyChallenge.session_hash.is_(None),
            PasskeyChallenge.made_at > now - PATIENCE,
        )
    )
    if rows_changed(asked) != 1:
        raise PasskeyRefused("challenge")
    return challenge
