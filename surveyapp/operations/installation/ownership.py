"""A database belongs to the ring it was made with: which one, and which key is used for new work.

A ring that is lost and "mended" by making another would leave every link dead and every ballot forged,
and nothing would say so. Therefore the database keeps a fingerprint of each root key.
"""

import contextlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import AuditBroken
from surveyapp.db import rows_changed
from surveyapp.keys import KeyRing
from surveyapp.operations.installation.errors import (
    ForeignKeyRing,
    KeyNotEverywhere,
    KeyRingIncomplete,
    UnknownKey,
)
from surveyapp.operations.models import Installation, InstallationKey, NodeSign

REFUSALS = (ForeignKeyRing, KeyRingIncomplete)
"""What is raised where the ring is not the database's."""
LATELY = timedelta(minutes=5)
"""A node that gave a sign within this time counts as alive."""


def fingerprint(keys: KeyRing, number: int) -> str:
    """Sixteen digits by which a root key is known; they open nothing."""
    return keys.key("fingerprint", number)[:8].hex()


def find(db: Session) -> Installation | None:
    """What the database knows of itself; None until a ring has claimed it."""
    return db.get(Installation, 1)


def unknown_between(db: Session) -> tuple[datetime, datetime] | None:
    """From when to when nothing is known here, since the data came back from a backup; None if never."""
    installation = find(db)
    if installation is None or installation.restored_at is None:
        return None
    assert installation.restored_from is not None
    return installation.restored_from, installation.restored_at


def fits(db: Session, keys: KeyRing) -> KeyRing | None:
    """The ring, with the key that is in use here; None if no ring has claimed the database yet.

    Raises `ForeignKeyRing`, and `KeyRingIncomplete` if a key is missing that something was made with.
    Keys that wait for their use may be missing: they are handed to one node after the other.
    """
    installation = find(db)
    if installation is None:
        return None
    for known in _keys(db):
        if known.number in keys.roots or known.number <= installation.current_key:
            compare(keys, {known.number: known.fingerprint})
    return keys.using(installation.current_key)


def in_use(db: Session) -> dict[int, str]:
    """The fingerprints of the keys that something was made with, by number; none while nobody claimed it."""
    installation = find(db)
    current = installation.current_key if installation is not None else 0
    return {known.number: known.fingerprint for known in _keys(db) if known.number <= current}


def compare(keys: KeyRing, fingerprints: Mapping[int, str]) -> None:
    """Raises `KeyRingIncomplete` for a key that is not in the ring, `ForeignKeyRing` for another one."""
    for number, known in fingerprints.items():
        if number not in keys.roots:
            raise KeyRingIncomplete(number)
        if fingerprint(keys, number) != known:
            raise ForeignKeyRing(number)


def claim(db: Session, keys: KeyRing, *, now: datetime) -> KeyRing:
    """Make the database this ring's, if it is nobody's, and give the ring with the key in use.

    A database older than fingerprints is known by the last entry of its audit trail. Raises as `fits`.
    """
    fitting = fits(db, keys)
    if fitting is not None:
        return fitting
    try:
        audit.verify_last(db, keys=keys)
    except AuditBroken as broken:
        raise ForeignKeyRing(keys.current) from broken
    db.add(
        Installation(
            id=1,
            identity=secrets.token_hex(16),
            made_at=now,
            current_key=keys.current,
        )
    )
    for number in keys.roots:
        _add(db, keys, number, now=now)
    db.flush()
    return keys


def add_key(db: Session, number: int, *, act: Act) -> None:
    """Let the database know a key that waits for its use; `act.keys` holds it."""
    _add(db, act.keys, number, now=act.now)
    audit.record(db, act, Action.KEY_ADDED, facts={"number": number})


def use_key(db: Session, number: int, *, act: Act) -> None:
    """From now on nodes that start sign with this key. Those that run go on with the one before.

    Raises `UnknownKey`, and `KeyNotEverywhere` while a node that is alive does not hold it: it would
    refuse what the others sign.
    """
    installation = find(db)
    if installation is None or db.get(InstallationKey, number) is None:
        raise UnknownKey(number)
    without = [node.name for node in alive(db, now=act.now) if number not in node.key_numbers]
    if without:
        raise KeyNotEverywhere(number, without)
    installation.current_key = number
    audit.record(db, act, Action.KEY_USED, facts={"number": number})


def numbers(db: Session) -> list[int]:
    """The keys that the database knows, oldest first."""
    return [known.number for known in _keys(db)]


def sign(
    db: Session, name: str, *, kind: str, version: str, keys: Sequence[int], now: datetime
) -> None:
    """This node is alive and holds these keys."""
    told = {"seen_at": now, "version": version, "key_numbers": sorted(keys)}
    of_this = (NodeSign.name == name, NodeSign.kind == kind)
    if rows_changed(db.execute(update(NodeSign).where(*of_this).values(told))):
        return
    with contextlib.suppress(IntegrityError), db.begin_nested():  # another process was first
        db.execute(insert(NodeSign).values(name=name, kind=kind, **told))


def alive(db: Session, *, now: datetime) -> list[NodeSign]:
    """Nodes and workers that gave a sign lately, by name."""
    seen = select(NodeSign).where(NodeSign.seen_at > now - LATELY)
    return list(db.scalars(seen.order_by(NodeSign.kind, NodeSign.name)))


def _keys(db: Session) -> list[InstallationKey]:
    return list(db.scalars(select(InstallationKey).order_by(InstallationKey.number)))


def _add(db: Session, keys: KeyRing, number: int, *, now: datetime) -> None:
    db.add(InstallationKey(number=number, fingerprint=fingerprint(keys, number), added_at=now))
