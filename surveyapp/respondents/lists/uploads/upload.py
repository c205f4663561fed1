"""A file on its way to a list: read, understood, shown, checked as confirmed, staged. One way for all.

A desk's page takes both halves with a person between them, the command line and the demo the whole at
once. Every byte and cell of the file is read and judged in the guarded child, never in this process.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import token_hex
from typing import Any
from uuid import UUID

from surveyapp.accounts.act import Act
from surveyapp.campaigns.models import Campaign, ListKind, Unit
from surveyapp.db import UNREACHABLE, reading, transaction
from surveyapp.keys import KeyRing
from surveyapp.respondents import queries
from surveyapp.respondents.context import ListContext
from surveyapp.respondents.errors import FileRefused, WrongList
from surveyapp.respondents.lists.staging import stage
from surveyapp.respondents.lists.uploads import file_reading, intake
from surveyapp.respondents.lists.uploads.file_reading import Arrived
from surveyapp.respondents.progress import Progress, no_progress
from surveyapp.respondents.reading.checking import Checked
from surveyapp.respondents.reading.workbook_reading import Override, SheetTable, WorkbookReading

BETWEEN_REPORTS = 0.4


def check_file(
    content: bytes,
    file_name: str,
    context: ListContext,
    *,
    told: Override | None = None,
    remembered: WorkbookReading | None = None,
    progress: Progress = no_progress,
) -> Checked:
    """Both halves at once, for whoever asks nobody in between; otherwise as `check`."""
    file = Arrived(content, file_name, context, remembered=remembered)
    return file_reading.check(file, told=told, progress=progress)


@dataclass(frozen=True, slots=True)
class Upload:
    """A received file with whose list it is, who sent it, and the clock to write its progress by."""

    received_id: UUID
    file: Arrived
    campaign: Campaign
    unit: Unit
    kind: ListKind
    actor: str
    keys: KeyRing
    clock: Callable[[], datetime]
    worker: str = field(default_factory=lambda: token_hex(8))


def upload_of(
    received_id: UUID,
    *,
    campaign: Campaign,
    unit: Unit,
    kind: ListKind,
    actor: str,
    keys: KeyRing,
    clock: Callable[[], datetime],
) -> Upload:
    """A received file with all that is needed to go on with it. Raises `UnknownList`."""
    owner = {"unit_id": unit.id, "kind_id": kind.id}
    with reading() as db:
        received_file = intake.received(db, received_id, **owner)
        file = Arrived(
            received_file.file,
            received_file.file_name,
            queries.list_context(db, campaign, unit, kind),
            received_file.table,
            queries.remembered_reading(db, **owner),
            queries.last_reading(db, **owner),
        )
    return Upload(received_id, file, campaign, unit, kind, actor, keys, clock)


class _Reporter:
    """Writes progress down at every new stage, and now and then within one."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._stage = "unpacking"
        self._written = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage == self._stage and time.monotonic() - self._written < BETWEEN_REPORTS:
            return
        self._stage, self._written = stage, time.monotonic()
        advance(self._upload, stage, done, total)


def begin(upload: Upload, confirmed: Mapping[str, Any] | None = None) -> None:
    """Hold the file; `confirmed` is what `store` will be told, empty for as it was understood."""
    with transaction() as db:
        intake.begin(
            db,
            upload.received_id,
            worker=upload.worker,
            confirmed=confirmed,
            now=upload.clock(),
        )


def is_still_ours(upload: Upload) -> bool:
    """Say that the work goes on; False once another has taken it up."""
    with transaction() as db:
        return intake.still_held(db, upload.received_id, upload.worker, now=upload.clock())


def take_up(
    *, keys: KeyRing, clock: Callable[[], datetime]
) -> tuple[Upload, Callable[[Upload], None]] | None:
    """A file whose process is gone, held by this one now, and the half to be done; None where there is none."""
    worker = token_hex(8)
    with transaction() as db:
        received_file = intake.take_up(db, worker=worker, now=clock())
        if received_file is None:
            return None
        unit = db.get_one(Unit, received_file.unit_id)
        campaign = db.get_one(Campaign, unit.campaign_id)
        kind = db.get_one(ListKind, received_file.kind_id)
        received_id, actor, confirmed = (
            received_file.id,
            received_file.received_by,
            received_file.confirmed,
        )
    upload = replace(
        upload_of(
            received_id,
            campaign=campaign,
            unit=unit,
            kind=kind,
            actor=actor,
            keys=keys,
            clock=clock,
        ),
        worker=worker,
    )
    if confirmed is None:
        return upload, understand
    told = Override.from_json(confirmed) if confirmed else None
    return upload, lambda one: store(one, told)


def attended(upload: Upload, half: Callable[[Upload], None]) -> None:
    """Do a half of the work, and say every other second that somebody is at it."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(intake.HEARTBEAT.total_seconds()):
            with contextlib.suppress(*UNREACHABLE):
                if not is_still_ours(upload):
                    return

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        half(upload)
    finally:
        over.set()
        beating.join()


def advance(upload: Upload, stage: str = "unpacking", done: int = 0, total: int = 0) -> None:
    """Write down how far the work is."""
    with transaction() as db:
        intake.advance(db, upload.received_id, stage, done, total, now=upload.clock())


def understand(upload: Upload) -> None:
    """First half: what the file says, kept for a person to confirm."""
    try:
        understood = file_reading.understand(upload.file, progress=_Reporter(upload))
    except FileRefused as refusal:
        _note(upload, refusal, b"")
        return
    if understood.reading is None:
        assert understood.refusal is not None
        _note(upload, understood.refusal, understood.table)
        return
    with transaction() as db:
        intake.note_understood(
            db,
            upload.received_id,
            understood.reading,
            understood.preview,
            table=understood.table,
            now=upload.clock(),
        )


def store(upload: Upload, told: Override | None) -> None:
    """Second half: the file checked as a person confirmed it, and kept as the list's next version."""
    progress = _Reporter(upload)
    checked = file_reading.check(upload.file, told=told, progress=progress)
    if checked.refusal is not None:
        _note(upload, checked.refusal, upload.file.table, told)
        return
    progress("comparing", 0, 0)
    now = upload.clock()
    with transaction() as db:
        if not intake.still_held(db, upload.received_id, upload.worker, now=now):
            return  # another has taken it up while this process was away
        stored = stage(
            db,
            upload.campaign,
            upload.unit,
            upload.kind,
            content=upload.file.content,
            file_name=upload.file.file_name,
            checked=checked,
            act=Act(upload.actor, now, upload.keys),
        )
        intake.note_stored(db, upload.received_id, stored.id, now=now)


def stopped(upload: Upload) -> None:
    """The work ended for a reason that is none of the file's: nobody must wait for it."""
    with transaction() as db:
        intake.note_stopped(db, upload.received_id, now=upload.clock())


def _note(upload: Upload, refusal: FileRefused, table: bytes, told: Override | None = None) -> None:
    received_id, now = upload.received_id, upload.clock()
    with transaction() as db:
        # A list of another kind may only seem one because a person pointed at the wrong columns.
        mistold = told is not None and isinstance(refusal, WrongList)
        if mistold or isinstance(refusal, intake.UNCLEAR):
            pointed = None
            if told is not None and told.mapping:
                pointed = WorkbookReading(SheetTable(told.sheet, told.header_line, told.mapping))
            intake.note_unclear(db, received_id, refusal, reading=pointed, table=table, now=now)
        else:
            intake.note_refused(db, received_id, refusal, now=now)
