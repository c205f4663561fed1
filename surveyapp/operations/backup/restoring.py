"""A backup put into an empty place, and what the survey must know afterwards: something is missing since.

What was sent after the backup is not known to it, so nothing goes out by itself: waves that were going are
paused with the reason, queued reminders to desks are given up. Whoever submitted after it holds a receipt
that this database never gave; the receipt page says so and why.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from surveyapp import schema
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.delivery.waves import lifecycle
from surveyapp.keys import KeyRing
from surveyapp.operations.backup import database_copy, sealed_file, service
from surveyapp.operations.backup.errors import BackupNewer, BackupUnreadable, NotEmpty, OtherEngine
from surveyapp.operations.installation import ownership
from surveyapp.respondents.deadlines import desks


@dataclass(frozen=True)
class OnHold:
    """What does not go on by itself after a restore."""

    waves: int
    reminders: int


def check_place(
    path: Path, *, keys: KeyRing, url: str, instance: Path, store: Path
) -> Mapping[str, Any]:
    """What the backup says of itself, if it may go here and to this ring.

    Raises `BackupUnreadable`, `BackupNewer`, `OtherEngine`, `NotEmpty` where something is, and
    `ForeignKeyRing` or `KeyRingIncomplete`: a database put back for a ring that is then refused would
    stand there with its waves going.
    """
    head = sealed_file.read_head(path)
    ownership.compare(keys, {int(number): one for number, one in head.get("keys", {}).items()})
    if head["revision"] not in schema.known():
        raise BackupNewer(head["revision"])
    engine = database_copy.engine_name(url)
    if head["engine"] != engine:
        raise OtherEngine(head["engine"], engine)
    for part in service.PARTS:
        folder = service.place_of(part, instance=instance, store=store)
        if any(folder.rglob("*")):
            raise NotEmpty(str(folder))
    return head


def check_no_tables(engine: Engine) -> None:
    """Raises `NotEmpty` where the database has tables."""
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
    if tables:
        raise NotEmpty(", ".join(tables[:5]))


def put_back(path: Path, *, secret: str, url: str, instance: Path, store: Path) -> int:
    """Unpack into the empty database, the instance folder and the store; how many files came. See `check_place`."""
    key = sealed_file.unwrap(path, sealed_file.read_secret(secret))
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = 0
    with tempfile.TemporaryDirectory(dir=instance, prefix=".restore-") as scratch:
        with service.opened(path, key) as archive:
            for member in archive:
                content = archive.extractfile(member)
                target = (Path(scratch) / member.name).resolve()
                if content is None or Path(scratch).resolve() not in target.parents:
                    raise BackupUnreadable(path, f"holds {member.name}")
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as out:
                    shutil.copyfileobj(content, out)
                target.chmod(0o600)
                count += 1
        # Read to its end, so whole: only now is anything put where the server looks.
        database_copy.put(url, Path(scratch) / database_copy.NAMES[database_copy.engine_name(url)])
        for part in service.PARTS:
            if (Path(scratch) / part).is_dir():
                folder = service.place_of(part, instance=instance, store=store)
                shutil.copytree(Path(scratch) / part, folder, dirs_exist_ok=True)
    return count


def mark_restored(db: Session, *, taken_at: datetime, act: Act) -> OnHold:
    """Let the survey know that what happened after `taken_at` is not in this database."""
    installation = ownership.find(db)
    if installation is not None:
        installation.restored_at, installation.restored_from = act.now, taken_at
    held = OnHold(
        waves=lifecycle.pause_all(db, reason="restored"),
        reminders=desks.give_up_queued(db, code="restored", now=act.now),
    )
    db.execute(text("delete from node_sign"))
    audit.record(
        db,
        act,
        Action.DATABASE_RESTORED,
        facts={"taken_at": taken_at.isoformat(), "waves": held.waves, "reminders": held.reminders},
    )
    return held
