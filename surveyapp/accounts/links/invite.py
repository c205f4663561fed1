"""New accounts whose people set their own password: one, or the coordinators of a whole workbook."""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit, service
from surveyapp.accounts.access import COORDINATOR, Grant
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import BadBook
from surveyapp.accounts.links import activation
from surveyapp.accounts.models import Staff, StaffLink
from surveyapp.accounts.states import LinkPurpose
from surveyapp.messaging.email.return_addresses import is_address

COLUMNS = ("unit", "name", "email", "username")
HEADINGS = {
    "unit": ("mã đơn vị", "unit code"),
    "name": ("họ và tên đầu mối", "họ và tên", "coordinator's name"),
    "email": ("thư điện tử", "email", "e-mail"),
    "username": ("tên đăng nhập", "username"),
}
"""What may stand above each column, in either language."""
MOST = 500
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,63}")


@dataclass(frozen=True)
class NewPerson:
    """Somebody to make an account for; `line` is the row of the workbook."""

    username: str
    display_name: str
    email: str
    grant: Grant
    line: int = 0


@dataclass(frozen=True)
class RowFault:
    """What is wrong in a row: `rule` is unit, name, email, username, taken or twice."""

    line: int
    rule: str
    value: str


def invite(db: Session, new: NewPerson, *, mailed: bool, act: Act) -> tuple[Staff, StaffLink]:
    """An account without a password, and the link by which its person activates it.

    Raises `BadUsername`, `UsernameTaken` or `BadGrant`.
    """
    staff = service.create_staff(
        db,
        username=new.username,
        display_name=new.display_name,
        password=None,
        grants=[new.grant],
        now=act.now,
        email=new.email,
    )
    facts = {"username": staff.username, "role": new.grant.role}
    where = {"campaign_code": new.grant.campaign_code, "unit_code": new.grant.unit_code}
    audit.record(db, act, Action.STAFF_ADDED, facts=facts, **where)
    link = activation.make(
        db, staff, LinkPurpose.ACTIVATION, by=act.actor, mailed=mailed, now=act.now
    )
    return staff, link


def send_link(
    db: Session, staff: Staff, *, mailed: bool, act: Act, campaign_code: str
) -> StaffLink:
    """A new link for somebody who has an account: to activate it, or to set another password."""
    purpose = LinkPurpose.PASSWORD if staff.password_hash else LinkPurpose.ACTIVATION
    link = activation.make(db, staff, purpose, by=act.actor, mailed=mailed, now=act.now)
    facts = {"username": staff.username, "purpose": purpose.value, "mail": link.mail}
    audit.record(db, act, Action.PASSWORD_LINK_MADE, campaign_code=campaign_code, facts=facts)
    return link


def read_book(
    rows: Sequence[tuple[int, Sequence[str]]],
    headings: Mapping[str, Collection[str]],
    *,
    campaign_code: str,
    units: Collection[str],
    taken: Collection[str],
) -> tuple[list[NewPerson], list[RowFault]]:
    """The coordinators of a workbook, or every fault in it; both may be there.

    `headings` are the words that stand above each of `COLUMNS`. Rows without a name are left out: a
    template holds every unit. Raises `BadBook` where there is no such table or it is too long.
    """
    places, first = _columns(rows, headings)
    people, faults = [], []
    usernames = set(taken)
    for line, row in rows[first:]:
        cell = {column: row[at].strip() if at < len(row) else "" for column, at in places.items()}
        if not cell["name"] and not cell["email"]:
            continue
        username = cell.get("username", "").lower() or f"dm-{cell['unit'].lower()}"
        line_faults = _faults(line, cell, username, units, usernames)
        faults += line_faults
        usernames.add(username)
        if not line_faults:
            grant = Grant(campaign_code, COORDINATOR, cell["unit"])
            people.append(NewPerson(username, cell["name"][:100], cell["email"], grant, line))
    if len(people) > MOST:
        raise BadBook("long")
    return people, faults


def usernames(db: Session) -> set[str]:
    """Every name somebody signs in with."""
    return set(db.scalars(select(Staff.username)))


def person(db: Session, staff_id: uuid.UUID) -> Staff | None:
    """The account with this id."""
    return db.get(Staff, staff_id)


def _columns(
    rows: Sequence[tuple[int, Sequence[str]]], headings: Mapping[str, Collection[str]]
) -> tuple[dict[str, int], int]:
    for number, (_line, row) in enumerate(rows[:20]):
        said = [" ".join(cell.casefold().split()) for cell in row]
        places = {
            column: next((at for at, text in enumerate(said) if text in words), -1)
            for column, words in headings.items()
        }
        if min(places[column] for column in ("unit", "name", "email")) >= 0:
            return {column: at for column, at in places.items() if at >= 0}, number + 1
    raise BadBook("headings")


def _faults(
    line: int,
    cell: Mapping[str, str],
    username: str,
    units: Collection[str],
    usernames: Collection[str],
) -> list[RowFault]:
    faults = []
    if cell["unit"] not in units:
        faults.append(RowFault(line, "unit", cell["unit"]))
    if not cell["name"]:
        faults.append(RowFault(line, "name", ""))
    if not is_address(cell["email"]):
        faults.append(RowFault(line, "email", cell["email"]))
    if not _USERNAME.fullmatch(username):
        faults.append(RowFault(line, "username", username))
    elif username in usernames:
        faults.append(RowFault(line, "taken", username))
    return faults
