"""Links by which people set their own password: at the beginning, and when it is forgotten.

The text of a link is its id and an HMAC under the key ring, so nothing in the database opens an account,
and the worker that mails it need not be told it. Whoever makes an account never knows its password.
"""

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import service
from surveyapp.accounts.errors import LinkDead
from surveyapp.accounts.models import Staff, StaffLink
from surveyapp.accounts.states import LinkMail, LinkPurpose
from surveyapp.db import rows_changed
from surveyapp.keys import KeyRing

LIVES = {LinkPurpose.ACTIVATION: timedelta(days=14), LinkPurpose.PASSWORD: timedelta(hours=2)}
AGAIN = timedelta(minutes=5)
"""A person who forgot a password is not mailed more often than this, whoever asks."""
_TAG = 16


@dataclass(frozen=True)
class LinkHolder:
    """Whose password a live link sets, and for what."""

    link_id: uuid.UUID
    staff_id: uuid.UUID
    username: str
    display_name: str
    purpose: LinkPurpose
    made_by: str


def make(
    db: Session, staff: Staff, purpose: LinkPurpose, *, by: str, mailed: bool, now: datetime
) -> StaffLink:
    """A link for this person; those sent before are dead. `mailed`: the worker sends it to her address."""
    db.execute(delete(StaffLink).where(StaffLink.staff_id == staff.id))
    link = StaffLink(
        id=uuid.uuid4(),
        staff_id=staff.id,
        purpose=purpose,
        made_by=by,
        made_at=now,
        expires_at=now + LIVES[purpose],
        mail=LinkMail.WAITING if mailed and staff.email else LinkMail.BY_HAND,
    )
    db.add(link)
    db.flush()
    return link


def ask_again(db: Session, username: str, *, now: datetime) -> bool:
    """Queue a link for a forgotten password; whether there is an account with an address for it.

    The page must answer the same whatever this says.
    """
    staff = db.scalars(
        select(Staff).where(Staff.username == username.strip().lower(), Staff.active)
    ).first()
    if staff is None or not staff.email:
        return False
    last = db.scalar(select(StaffLink.made_at).where(StaffLink.staff_id == staff.id))
    if last is not None and now - last < AGAIN:
        return False
    is_new = staff.password_hash == ""
    purpose = LinkPurpose.ACTIVATION if is_new else LinkPurpose.PASSWORD
    make(db, staff, purpose, by=staff.username, mailed=True, now=now)
    return True


def token(keys: KeyRing, link_id: uuid.UUID) -> str:
    """What stands at the end of the link's address."""
    return f"{link_id.hex}~{keys.mac('staff-link', link_id.bytes)[:_TAG].hex()}"


def read(db: Session, given: str, *, keys: KeyRing, now: datetime) -> LinkHolder:
    """Whose link this is. Raises `LinkDead`; the signature is checked before the database is asked."""
    link_id = _signed_id(given, keys)
    row = db.execute(
        select(StaffLink, Staff)
        .join(Staff, Staff.id == StaffLink.staff_id)
        .where(StaffLink.id == link_id, StaffLink.expires_at > now, Staff.active)
    ).first()
    if row is None:
        raise LinkDead
    link, staff = row
    return LinkHolder(
        link.id, staff.id, staff.username, staff.display_name, link.purpose, link.made_by
    )


def use(db: Session, given: str, fresh_hash: str, *, keys: KeyRing, now: datetime) -> LinkHolder:
    """Set the password by the link, which is dead from then on. Raises `LinkDead`."""
    invited = read(db, given, keys=keys, now=now)
    gone = db.execute(delete(StaffLink).where(StaffLink.id == invited.link_id))
    if rows_changed(gone) != 1:
        raise LinkDead
    service.set_password(db, invited.staff_id, fresh_hash)
    return invited


def waiting(db: Session) -> list[tuple[StaffLink, Staff]]:
    """Links the worker has still to mail, each with its person."""
    rows = db.execute(
        select(StaffLink, Staff)
        .join(Staff, Staff.id == StaffLink.staff_id)
        .where(StaffLink.mail == LinkMail.WAITING, Staff.active)
        .order_by(StaffLink.made_at)
        .limit(100)
    )
    return [(row.StaffLink, row.Staff) for row in rows]


def mailed(db: Session, link_id: uuid.UUID, state: LinkMail) -> None:
    """Write down what became of the mail."""
    db.execute(update(StaffLink).where(StaffLink.id == link_id).values(mail=state))


def links_of(db: Session) -> dict[uuid.UUID, StaffLink]:
    """The link each person has not used yet, by person."""
    return {link.staff_id: link for link in db.scalars(select(StaffLink))}


def _signed_id(given: str, keys: KeyRing) -> uuid.UUID:
    id_part, _, tag = given.partition("~")
    try:
        link_id, given_tag = uuid.UUID(hex=id_part), bytes.fromhex(tag)
    except ValueError as exc:
        raise LinkDead from exc
    sound = any(
        hmac.compare_digest(keys.mac("staff-link", link_id.bytes, number)[:_TAG], given_tag)
        for number in keys.roots
    )
    if not sound:
        raise LinkDead
    return link_id
