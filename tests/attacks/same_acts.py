"""The same acts of the same people with other answers, what they leave in every table, and habits that tell."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.assignments.count_deltas import Cell, Deltas
from surveyapp.assignments.models import Assignment, AssignmentEvent
from surveyapp.fieldwork.counts import folding
from surveyapp.invitations import queries, service
from surveyapp.responses.models import Draft
from surveyapp.tables import metadata
from tests.responses.world import Form, World, answers

Answers = Callable[[Form], dict[str, str]]
Twin = Callable[[Session, World, Form, dict[str, str]], None]

RANDOM = {
    "assignment_event": {"id"},
    "count_delta": {"id"},
    "draft": {"strand", "version", "ciphertext"},
    "sealed_ballot": {"id", "ciphertext", "mac"},
    "kept_mark": {"mark"},
    "declaration": {"id"},
}
"""Columns drawn at random or encrypted; nothing else may differ in its value."""


def next_to_nothing(form: Form) -> dict[str, str]:
    return {form.instrument.items[0].id: "1"}


def everything(form: Form) -> dict[str, str]:
    assert form.instrument.remark
    remark = "ậ" * form.instrument.remark.max_length
    return {**answers(form, 3), form.instrument.remark.id: remark}


def act(db: Session, world: World, given: Answers, twin: Twin) -> None:
    """Begin, save twice, empty everything, submit, decline and come back, lose the code."""
    *several, rests = world.forms
    submits, empties, declines, leaves, loses = several
    day = clock.day(world.now)
    for form in several:
        service.start(db, form.id, today=day)
        for seconds in (30, 60):
            world.save(db, form, given(form), seconds=seconds, shown=0)
            twin(db, world, form, given(form))
    world.submit(db, submits)
    world.save(db, empties, dict.fromkeys(given(empties), ""), seconds=90)
    world.save(db, declines, given(declines), seconds=90)
    service.declare(db, queries.find(db, declines.code, keys=world.keys), "decline", today=day)
    world.save(db, declines, given(declines), seconds=120)
    folding.fold(db)
    invited = queries.find(db, loses.code, keys=world.keys)
    act = Act("o", world.now + timedelta(hours=1), world.keys)
    service.reissue(db, world.campaign, invited.invitation_id, reason="mất", act=act)
    world.save(db, leaves, given(leaves), seconds=150)
    world.save(db, rests, given(rests), seconds=180)
    twin(db, world, rests, given(rests))


def rows(db: Session) -> dict[str, list[Any]]:
    """Everything stored, random values by their length."""

    def seen(table: str, name: str, value: Any) -> Any:
        if name not in RANDOM.get(table, ()):
            return value
        return len(value.bytes if isinstance(value, uuid.UUID) else value)

    return {
        table.name: sorted(
            (
                tuple(seen(table.name, name, value) for name, value in row.items())
                for row in db.execute(select(table)).mappings()
            ),
            key=repr,
        )
        for table in metadata.sorted_tables
    }


def nobody(_db: Session, world: World, form: Form, _given: dict[str, str]) -> None:
    """Writes nothing more: the survey as it is."""


def event_tells(db: Session, world: World, form: Form, given: dict[str, str]) -> None:
    if len(given) > 1:
        at = {"event": "answered", "on": clock.day(world.now)}
        db.add(AssignmentEvent(id=uuid.uuid4(), assignment_id=form.id, **at))


def note_tells(db: Session, world: World, form: Form, given: dict[str, str]) -> None:
    db.execute(
        update(AssignmentEvent)
        .where(AssignmentEvent.assignment_id == form.id)
        .values(note="most" if len(given) > 1 else "some")
    )


def step_tells(db: Session, world: World, form: Form, given: dict[str, str]) -> None:
    if form is world.forms[-1]:
        padded = func.substr(Draft.ciphertext, 1, 512 if len(given) < 3 else 1024)
        db.execute(update(Draft).where(Draft.assignment_id == form.id).values(ciphertext=padded))


def day_tells(db: Session, world: World, form: Form, given: dict[str, str]) -> None:
    later = clock.day(world.now) + timedelta(days=len(given) > 1)
    db.execute(update(Assignment).where(Assignment.id == form.id).values(begun_on=later))


def delta_tells(db: Session, world: World, form: Form, given: dict[str, str]) -> None:
    if len(given) > 1:
        deltas = Deltas()
        deltas.add(Cell(1, 1, 1, 0, "none"), "begun")
        deltas.write(db, world.campaign.id, today=clock.day(world.now))
