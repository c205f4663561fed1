"""Reading and storing a file beside the request that asked for it, so that a page can show how far it is."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from surveyapp import clock, log
from surveyapp.accounts.access import Actor
from surveyapp.campaigns.models import Campaign, ListKind, Unit
from surveyapp.db import reading, transaction
from surveyapp.keys import KeyRing
from surveyapp.respondents import queries, service
from surveyapp.respondents.context import ListContext
from surveyapp.respondents.errors import FileRefused, WrongList
from surveyapp.respondents.lists import intake
from surveyapp.respondents.lists.preview import preview
from surveyapp.respondents.reading.checking import check_workbook, take_in
from surveyapp.respondents.reading.sheet_reading import Told, Understanding
from surveyapp.respondents.sheet import read_workbook
from surveyapp.respondents.sheet.packed_sheets import pack

PATIENCE = 1.0
"""Seconds a request waits for the work it began, before it shows a page of progress instead."""
BETWEEN_REPORTS = 0.4


@dataclass(frozen=True, slots=True)
class Task:
    """A received file with all that is needed to read it without the request it came with."""

    received_id: UUID
    content: bytes
    file_name: str
    table: bytes
    campaign: Campaign
    unit: Unit
    kind: ListKind
    actor: Actor
    keys: KeyRing
    context: ListContext
    remembered: Understanding | None
    before: Understanding | None


def task_for(
    received_id: UUID,
    *,
    campaign: Campaign,
    unit: Unit,
    kind: ListKind,
    actor: Actor,
    keys: KeyRing,
) -> Task:
    """Gather what the work needs. Raises `UnknownList`."""
    place = {"unit_id": unit.id, "kind_id": kind.id}
    with reading() as db:
        subject = intake.received(db, received_id, **place)
        return Task(
            received_id,
            subject.file,
            subject.file_name,
            subject.table,
            campaign,
            unit,
            kind,
            actor,
            keys,
            queries.list_context(db, campaign, unit, kind),
            queries.remembered_reading(db, **place),
            queries.last_reading(db, **place),
        )


def begin(task: Task, work: Callable[[Task], None]) -> None:
    """Start the work and wait for it as long as somebody likes to look at a button."""
    with transaction() as db:
        intake.advance(db, task.received_id, "unpacking", 0, 0, now=clock.now())
    worker = threading.Thread(target=_guarded, args=(task, work), daemon=True)
    worker.start()
    worker.join(PATIENCE)


def _guarded(task: Task, work: Callable[[Task], None]) -> None:
    try:
        work(task)
    except Exception as error:
        # Nobody else hears of it: the page must not wait for a work that is over.
        log.failure(error)
        with transaction() as db:
            intake.note_stopped(db, task.received_id, now=clock.now())


class _Reporter:
    """Writes progress down at every new stage, and now and then within one."""

    def __init__(self, received_id: UUID) -> None:
        self._id = received_id
        self._stage = "unpacking"
        self._written = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage == self._stage and time.monotonic() - self._written < BETWEEN_REPORTS:
            return
        self._stage, self._written = stage, time.monotonic()
        with transaction() as db:
            intake.advance(db, self._id, stage, done, total, now=clock.now())


def understand(task: Task) -> None:
    """First half: what the file says, for a person to confirm."""
    table = b""
    try:
        workbook = read_workbook(task.content, task.file_name, progress=_Reporter(task.received_id))
        table = pack(workbook, task.content)
        understood, rows = take_in(workbook, task.context, remembered=task.remembered)
    except FileRefused as refusal:
        _note(task, refusal, table)
        return
    shown = preview(workbook, understood, rows, task.context, task.before)
    with transaction() as db:
        intake.note_understood(
            db, task.received_id, understood, shown, table=table, now=clock.now()
        )


def store(task: Task, told: Told | None) -> None:
    """Second half: check the file as confirmed and keep it as the next version of the list."""
    progress = _Reporter(task.received_id)
    try:
        workbook = intake.workbook_of(task.content, task.file_name, task.table, progress=progress)
        checked = check_workbook(
            workbook, task.context, told=told, remembered=task.remembered, progress=progress
        )
    except FileRefused as refusal:
        _note(task, refusal, task.table, told)
        return
    progress("comparing", 0, 0)
    now = clock.now()
    with transaction() as db:
        stored = service.stage(
            db,
            task.campaign,
            task.unit,
            task.kind,
            content=task.content,
            file_name=task.file_name,
            checked=checked,
            actor=task.actor.username,
            now=now,
            keys=task.keys,
        )
        intake.note_stored(db, task.received_id, stored.id, now=now)


def _note(task: Task, refusal: FileRefused, table: bytes, told: Told | None = None) -> None:
    with transaction() as db:
        # A list of another kind may only seem one because a person pointed at the wrong columns.
        mistold = told is not None and isinstance(refusal, WrongList)
        if mistold or isinstance(refusal, intake.UNCLEAR):
            pointed = Understanding(told.sheet, told.header_line, told.mapping) if told else None
            intake.note_unclear(
                db, task.received_id, refusal, reading=pointed, table=table, now=clock.now()
            )
        else:
            intake.note_refused(db, task.received_id, refusal, now=clock.now())
