"""The audit trail of the staff: each entry is chained to the one before it by HMAC.

A chain shows that entries were altered, removed or moved; that the last ones are missing shows only
by comparing the head with a copy kept elsewhere. Nothing a respondent does is ever entered.
"""

import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, text
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import AuditBroken
from surveyapp.accounts.models import AuditEntry
from surveyapp.keys import KeyRing

FIRST = bytes(32)
NOTHING_MORE: Mapping[str, Any] = MappingProxyType({})
BY_RESPONDENTS_PROCESS = frozenset({Action.DRAFT_SECRET_MADE})
"""What the process of respondents' pages enters, under a key of its own: the secret is drawn by whoever saves first."""
_LOCK = 0x5041_5249  # one advisory lock: entries are numbered one after the other


@dataclass(frozen=True)
class Chain:
    """An intact trail: how many `entries` it has and the digest of the last."""

    entries: int
    head: bytes


@dataclass(frozen=True)
class EntryWords:
    """What of an entry can be searched for by a word."""

    actor: str
    action: str
    unit_code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Sought:
    """What somebody looks for: who, what, from which moment until which, and what the entry says."""

    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None
    says: Callable[["EntryWords"], bool] | None = None
    """Asked of each entry that the rest leaves: words are as a page shows them, in a language and without
    accents, which no database knows."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for the database."""
        conditions: list[ColumnElement[bool]] = []
        if self.actor:
            conditions.append(AuditEntry.actor == self.actor.strip().lower())
        if self.action:
            conditions.append(AuditEntry.action == self.action)
        if self.since is not None:
            conditions.append(AuditEntry.at >= self.since)
        if self.until is not None:
            conditions.append(AuditEntry.at < self.until)
        return conditions


EVERYTHING = Sought()


def record(
    db: Session,
    act: Act,
    action: Action,
    *,
    campaign_code: str = "",
    unit_code: str = "",
    facts: Mapping[str, Any] = NOTHING_MORE,
) -> None:
    """Enter one act of the staff. `facts` are JSON values: ids and counts, no names of respondents."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = db.execute(
        select(AuditEntry.number, AuditEntry.digest).order_by(AuditEntry.number.desc()).limit(1)
    ).first()
    agreed = {"agreed_by": act.agreed_by} if act.agreed_by else {}
    entry: dict[str, Any] = {
        "number": last.number + 1 if last else 1,
        "at": act.now,
        "actor": act.actor,
        "action": str(action),
        "campaign_code": campaign_code,
        "unit_code": unit_code,
        "facts": json.loads(json.dumps({**facts, **agreed}, default=str)),
    }
    previous = last.digest if last else FIRST
    digest = act.keys.mac(_signing(act.keys, action), previous + _canonical(entry))
    db.execute(insert(AuditEntry).values(**entry, previous=previous, digest=digest))


def _signing(keys: KeyRing, action: Action) -> str:
    """The purpose an entry is signed for: the respondents' process holds a key for its own entries alone."""
    is_theirs = action in BY_RESPONDENTS_PROCESS and not keys.holds("audit")
    return "audit-respondent" if is_theirs else "audit"


def _is_signed(entry: AuditEntry, *, keys: KeyRing) -> bool:
    """By a key that may sign such an entry, after the entry it names as the one before."""
    message = entry.previous + _canonical(_fields(entry))
    accepted = keys.keys("audit")
    if entry.action in BY_RESPONDENTS_PROCESS and keys.holds("audit-respondent"):
        accepted += keys.keys("audit-respondent")
    made = (hmac.digest(key, message, "sha256") for key in accepted)
    return any(hmac.compare_digest(one, entry.digest) for one in made)


def _canonical(entry: dict[str, Any]) -> bytes:
    at = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(
        {**entry, "at": at}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    ).encode()


def verify(db: Session, *, keys: KeyRing) -> Chain:
    """Walk the whole trail. Raises `AuditBroken` at the first entry that is missing or altered."""
    previous, expected = FIRST, 1
    for entry in _in_order(db, select(AuditEntry)):
        follows = entry.number == expected and entry.previous == previous
        if not (follows and _is_signed(entry, keys=keys)):
            raise AuditBroken(expected)
        previous, expected = entry.digest, expected + 1
    return Chain(entries=expected - 1, head=previous)


def verify_last(db: Session, *, keys: KeyRing) -> None:
    """Whether the ring is the one the trail was written with, by its last entry. Raises `AuditBroken`."""
    entry = db.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).first()
    if entry is None:
        return
    if not _is_signed(entry, keys=keys):
        raise AuditBroken(entry.number)


def _fields(entry: AuditEntry) -> dict[str, Any]:
    names = ("number", "at", "actor", "action", "campaign_code", "unit_code", "facts")
    return {name: getattr(entry, name) for name in names}


def entries(
    db: Session,
    *,
    campaign_code: str | None = None,
    unit_code: str | None = None,
    before: int | None = None,
    sought: Sought = EVERYTHING,
    limit: int = 100,
) -> list[AuditEntry]:
    """The newest entries first, of one campaign or unit where given, older than number `before`."""
    chosen = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)
    chosen = chosen.where(*sought.conditions())
    if campaign_code is not None:
        chosen = chosen.where(AuditEntry.campaign_code.in_((campaign_code, "")))
    if unit_code is not None:
        chosen = chosen.where(AuditEntry.unit_code == unit_code)
    if before is not None:
        chosen = chosen.where(AuditEntry.number < before)
    if sought.says is not None:
        numbers = _saying(db, chosen.limit(None), sought.says, limit=limit)
        chosen = chosen.where(AuditEntry.number.in_(numbers))
    return list(db.scalars(chosen))


def _saying(
    db: Session, chosen: Select[AuditEntry], says: Callable[[EntryWords], bool], *, limit: int
) -> list[int]:
    """Numbers of the newest entries of `chosen` that say it, a thousand read at a time until there are enough."""
    columns = chosen.with_only_columns(
        AuditEntry.number,
        AuditEntry.actor,
        AuditEntry.action,
        AuditEntry.unit_code,
        AuditEntry.facts,
    )
    with closing(db.execute(columns.execution_options(yield_per=1000))) as rows:
        saying = (number for number, *words in rows if says(EntryWords(*words)))
        return list(islice(saying, limit))


def every_entry(db: Session, *, campaign_code: str) -> Iterator[AuditEntry]:
    """All entries of one campaign in order, for a download."""
    yield from _in_order(db, select(AuditEntry).where(AuditEntry.campaign_code == campaign_code))


def _in_order(db: Session, chosen: Select[AuditEntry]) -> Iterator[AuditEntry]:
    """A thousand at a time, so that a trail of years fits and a reader may stop anywhere."""
    after = 0
    while True:
        page = db.scalars(
            chosen.where(AuditEntry.number > after).order_by(AuditEntry.number).limit(1000)
        ).all()
        yield from page
        if len(page) < 1000:
            return
        after = page[-1].number
