"""A file between its arrival and its list: read, shown as understood, confirmed by a person."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, undefer

from surveyapp.campaigns.models import Campaign, ListKind, Unit
from surveyapp.db import rows_changed
from surveyapp.respondents import errors
from surveyapp.respondents.errors import FileRefused, UnknownList
from surveyapp.respondents.lists.staging import refuse_unasked
from surveyapp.respondents.models import ReceivedFile
from surveyapp.respondents.reading.sheet_reading import WorkbookReading
from surveyapp.respondents.states import ReceivedState

UNCLEAR = (errors.HeaderNotFound, errors.ColumnsMissing, errors.NobodyListed)
"""Refusals that a person may overcome by pointing at the sheet, the headings and the columns."""
KEPT = timedelta(days=1)
HEARTBEAT = timedelta(seconds=2)
"""Whoever works on a file says so this often, however long one of its rows takes."""
SILENCE = timedelta(seconds=12)
"""After so long without a word, whoever was reading is gone, and another takes it up."""


def receive(
    db: Session,
    campaign: Campaign,
    unit: Unit,
    kind: ListKind,
    *,
    content: bytes,
    file_name: str,
    actor: str,
    now: datetime,
) -> uuid.UUID:
    """Keep a file that is about to be read; the unit's file before it goes, and whatever is a day old.

    Raises `ListNotExpected`, `ListsNoLongerTaken`.
    """
    refuse_unasked(db, campaign, unit, kind)
    of_list = (ReceivedFile.unit_id == unit.id) & (ReceivedFile.kind_id == kind.id)
    db.execute(delete(ReceivedFile).where(or_(of_list, ReceivedFile.received_at < now - KEPT)))
    received = ReceivedFile(
        id=uuid.uuid4(),
        unit_id=unit.id,
        kind_id=kind.id,
        file_name=file_name,
        file=content,
        received_by=actor,
        received_at=now,
        told_at=now,
    )
    db.add(received)
    db.flush()
    return received.id


def received(db: Session, received_id: uuid.UUID, *, unit_id: int, kind_id: int) -> ReceivedFile:
    """The file with its bytes and its table; raises `UnknownList`, also for another unit's."""
    received_file = db.scalar(
        select(ReceivedFile)
        .where(
            ReceivedFile.id == received_id,
            ReceivedFile.unit_id == unit_id,
            ReceivedFile.kind_id == kind_id,
        )
        .options(undefer(ReceivedFile.file), undefer(ReceivedFile.table))
    )
    if received_file is None:
        raise UnknownList(received_id)
    return received_file


def waiting_files(db: Session, *, unit_id: int) -> Sequence[ReceivedFile]:
    """The unit's files whose reading nobody has confirmed yet, at most one of a list."""
    return db.scalars(
        select(ReceivedFile).where(
            ReceivedFile.unit_id == unit_id,
            ReceivedFile.state.in_(
                (ReceivedState.WORKING, ReceivedState.UNDERSTOOD, ReceivedState.UNCLEAR)
            ),
        )
    ).all()


def waiting(db: Session, *, unit_id: int, kind_id: int) -> ReceivedFile | None:
    """The unit's file of this list whose reading nobody has confirmed yet."""
    return db.scalar(
        select(ReceivedFile)
        .where(
            ReceivedFile.unit_id == unit_id,
            ReceivedFile.kind_id == kind_id,
            ReceivedFile.state.in_(
                (ReceivedState.WORKING, ReceivedState.UNDERSTOOD, ReceivedState.UNCLEAR)
            ),
        )
        .order_by(ReceivedFile.received_at.desc())
        .limit(1)
    )


def is_silent(received_file: ReceivedFile, *, now: datetime) -> bool:
    """Whether it should be worked on and nobody has said anything of it for long."""
    return received_file.state == ReceivedState.WORKING and received_file.told_at < now - SILENCE


def begin(
    db: Session,
    received_id: uuid.UUID,
    *,
    worker: str,
    confirmed: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    """This worker holds the file from now on, for the first half, or with what was confirmed for the second."""
    kept = None if confirmed is None else dict(confirmed)
    _write(
        db,
        received_id,
        now,
        state=ReceivedState.WORKING,
        stage="unpacking",
        done=0,
        total=0,
        worker=worker,
        confirmed=kept,
    )


def still_held(db: Session, received_id: uuid.UUID, worker: str, *, now: datetime) -> bool:
    """Say that the worker is alive; False where another has taken the file up meanwhile."""
    mine = (ReceivedFile.id == received_id) & (ReceivedFile.worker.in_((worker, "")))
    held = db.execute(
        update(ReceivedFile)
        .where(mine, ReceivedFile.state == ReceivedState.WORKING)
        .values(told_at=now)
    )
    return rows_changed(held) > 0


def take_up(db: Session, *, worker: str, now: datetime) -> ReceivedFile | None:
    """A file whose worker is gone, held by this one from now on; None where there is none."""
    silent = (ReceivedFile.state == ReceivedState.WORKING) & (ReceivedFile.told_at < now - SILENCE)
    received_file = db.scalars(select(ReceivedFile).where(silent).limit(1)).first()
    if received_file is None:
        return None
    taken = db.execute(
        update(ReceivedFile)
        .where(silent, ReceivedFile.id == received_file.id)
        .values(worker=worker, told_at=now)
    )
    return received_file if rows_changed(taken) else None


def advance(
    db: Session, received_id: uuid.UUID, stage: str, done: int, total: int, *, now: datetime
) -> None:
    """Note how far the reading is: rows `done` of `total` of this stage; 0, 0 where none are counted."""
    _write(db, received_id, now, state=ReceivedState.WORKING, stage=stage, done=done, total=total)


def note_understood(
    db: Session,
    received_id: uuid.UUID,
    reading: WorkbookReading,
    preview: Mapping[str, Any],
    *,
    table: bytes,
    now: datetime,
) -> None:
    """The reading waits for a person; the packed `table` for the second half of the work."""
    _write(
        db,
        received_id,
        now,
        state=ReceivedState.UNDERSTOOD,
        understanding=reading.to_json(),
        preview=dict(preview),
        table=table,
        refusal={},
    )


def note_unclear(
    db: Session,
    received_id: uuid.UUID,
    refusal: FileRefused,
    *,
    reading: WorkbookReading | None = None,
    table: bytes,
    now: datetime,
) -> None:
    """A workbook in which no list was found: a person has to point at it."""
    stored = reading.to_json() if reading else {}
    _write(
        db,
        received_id,
        now,
        state=ReceivedState.UNCLEAR,
        understanding=stored,
        preview={},
        table=table,
        refusal=_kept(refusal),
    )


def note_refused(
    db: Session, received_id: uuid.UUID, refusal: FileRefused, *, now: datetime
) -> None:
    """Nothing can be made of the file; its bytes go."""
    _write(
        db,
        received_id,
        now,
        state=ReceivedState.REFUSED,
        file=b"",
        table=b"",
        refusal=_kept(refusal),
    )


def note_stopped(db: Session, received_id: uuid.UUID, *, now: datetime) -> None:
    """The reading ended for a reason that is none of the file's."""
    _write(db, received_id, now, state=ReceivedState.STOPPED)


def note_stored(db: Session, received_id: uuid.UUID, list_id: uuid.UUID, *, now: datetime) -> None:
    """The file is a version of the list now, which keeps its bytes."""
    gone = {"file": b"", "table": b"", "preview": {}}
    _write(db, received_id, now, state=ReceivedState.STORED, list_id=list_id, **gone)


def discard(db: Session, received_id: uuid.UUID) -> None:
    """Leave no trace of a file that was refused at once."""
    db.execute(delete(ReceivedFile).where(ReceivedFile.id == received_id))


def forget_old(db: Session, *, now: datetime) -> int:
    """Files that nobody confirmed within a day go, with the names in them; how many."""
    gone = db.execute(delete(ReceivedFile).where(ReceivedFile.received_at < now - KEPT))
    return rows_changed(gone)


def refusal_of(received_file: ReceivedFile) -> FileRefused | None:
    """Why the file is no list, or not yet one."""
    kept = received_file.refusal
    return errors.refused_as(kept["code"], kept["facts"]) if kept else None


def _kept(refusal: FileRefused) -> dict[str, Any]:
    return {"code": refusal.code, "facts": refusal.facts}


def _write(db: Session, received_id: uuid.UUID, now: datetime, **values: Any) -> None:
    db.execute(
        update(ReceivedFile).where(ReceivedFile.id == received_id).values(told_at=now, **values)
    )
