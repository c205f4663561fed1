"""The life of an assignment: the one table of allowed moves, and the one writer of all of them.

Whoever changes an assignment locks it (`lock`, `lock_all`), says which move it is, and calls `write`: state
and disposition, the event of the day and the change of the counts go together in its transaction, and a
move that makes a draft unreadable takes the draft with it.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Update, bindparam, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.assignments.count_deltas import Cell, Deltas
from surveyapp.assignments.errors import (
    AlreadySubmitted,
    AssignmentRevoked,
    DraftsUnattended,
    MoveRefused,
    UnknownAssignment,
)
from surveyapp.assignments.models import LOCK_ORDER, Assignment, AssignmentEvent
from surveyapp.assignments.plan import LockedAssignment
from surveyapp.assignments.rules import DECLARED, STARTED_OVER, Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.db import Executes

BATCH = 1000
_NOT_ASKED = frozenset({Disposition.REMOVED, Disposition.DUPLICATE})
_SUBMITTED = frozenset({Disposition.SUBMITTED})
_ACTIVE = frozenset(Disposition) - _SUBMITTED - _NOT_ASKED


@dataclass(frozen=True)
class Move:
    """One thing that can happen to an assignment: from which dispositions, to which.

    `event` is what is noted of the day; issuing is implied by the row and submission by its date, so
    neither is noted. `discards_draft`: the draft was kept under a code that is gone.
    """

    name: str
    before: frozenset[Disposition]
    after: frozenset[Disposition]
    event: str = ""
    discards_draft: bool = False


def _moves(*moves: Move) -> Mapping[str, Move]:
    return {move.name: move for move in moves}


_SENT = frozenset({Disposition.SENT})
_BEGUN = frozenset({Disposition.BEGUN})
_UNSENT = frozenset({Disposition.NOT_SENT})

MOVES: Final = _moves(
    Move("send", _UNSENT | {Disposition.BOUNCED}, _SENT, "sent"),
    Move("bounce", _UNSENT | _SENT, frozenset({Disposition.BOUNCED}), "bounced"),
    Move("begin", _ACTIVE - _BEGUN, _BEGUN, "begun"),
    Move("submit", _ACTIVE, _SUBMITTED),
    Move("declare", _ACTIVE, frozenset(DECLARED.values()), "declared"),
    Move(
        "take_back",
        frozenset(DECLARED.values()),
        _UNSENT | _SENT | _BEGUN,
        "returned",
    ),
    Move(
        "set_aside",
        _SENT | _BEGUN | {Disposition.BOUNCED},
        frozenset({Disposition.UNAVAILABLE}),
        "unavailable",
    ),
    Move("come_back", frozenset({Disposition.UNAVAILABLE}), _SENT | _BEGUN, "returned"),
    Move("take_off", _ACTIVE | _NOT_ASKED, _NOT_ASKED, "revoked"),
    Move("restore", _NOT_ASKED, _UNSENT | _SENT | _BEGUN, "restored"),
    Move("revoke", _ACTIVE, frozenset({Disposition.REMOVED}), "revoked", discards_draft=True),
    Move("start_over", STARTED_OVER | _UNSENT, _UNSENT, "reissued", discards_draft=True),
    Move("give_new_code", _ACTIVE, _ACTIVE, "reissued", discards_draft=True),
    Move("count_elsewhere", frozenset(Disposition), frozenset(Disposition)),
)
"""Every allowed move. `take_off` keeps the draft, for the lists may name the person again;
`count_elsewhere` changes the department or channel under which a form is counted, nothing else."""


@dataclass(frozen=True, slots=True)
class AssignmentChange:
    """One assignment's part in a move: where it goes, and what else of its row changes with it."""

    assignment: LockedAssignment
    disposition: str
    values: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


# Statements on tables, made once: each save and each submission runs several of them, and making one
# takes longer than running it.
_TABLE = cast(Table, Assignment.__table__)
_LOCKED = select(*(_TABLE.c[name] for name in LockedAssignment._fields))
_ONE = _LOCKED.where(_TABLE.c.id == bindparam("held")).with_for_update()
_WRITE_ONE = update(_TABLE).where(_TABLE.c.id == bindparam("moved"))


@cache
def _write_one(names: tuple[str, ...]) -> Update:
    """One form's row, with new values of these columns."""
    return _WRITE_ONE.values({name: bindparam(f"new_{name}") for name in names})


_NOTE = insert(cast(Table, AssignmentEvent.__table__))
_DEPARTMENT = "department_id"

_discard: list[Callable[[Executes, Collection[UUID]], object]] = []


def attend_drafts(discard: Callable[[Executes, Collection[UUID]], object]) -> None:
    """Say what becomes of drafts that a move makes unreadable; the last to say so is asked."""
    _discard[:] = [discard]


def lock(db: Executes, assignment_id: UUID) -> LockedAssignment:
    """One assignment, held until the transaction ends (SQLite's write lock holds it already).

    Raises `UnknownAssignment`, `AlreadySubmitted` or `AssignmentRevoked`.
    """
    row = db.execute(_ONE, {"held": assignment_id}).one_or_none()
    if row is None:
        raise UnknownAssignment(assignment_id)
    assignment = LockedAssignment._make(row)
    if assignment.state == AssignmentState.SUBMITTED:
        raise AlreadySubmitted(assignment_id)
    if assignment.state == AssignmentState.REVOKED:
        raise AssignmentRevoked(assignment_id)
    return assignment


def lock_all(db: Session, *criteria: ColumnElement[bool]) -> list[LockedAssignment]:
    """Every assignment that meets the criteria, in the order in which all lock several."""
    rows = db.execute(_LOCKED.where(*criteria).order_by(*LOCK_ORDER).with_for_update())
    return [LockedAssignment._make(row) for row in rows]


def write(db: Executes, changes: Mapping[str, Iterable[AssignmentChange]], *, today: date) -> None:
    """Carry out a campaign's changes by name of their move, in that order: rows, events, counts, drafts.

    Raises `MoveRefused` for what the table does not allow and `DraftsUnattended` where drafts would be
    left that nobody can read; nothing is written then.
    """
    moves = [(MOVES[name], list(of_it)) for name, of_it in changes.items()]
    for move, of_it in moves:
        if move.discards_draft and of_it and not _discard:
            raise DraftsUnattended(move.name)
        for change in of_it:
            _check(move, change)
    deltas = Deltas()
    for move, of_it in moves:
        _write_rows(db, of_it)
        _write_events(db, move, of_it, today=today)
        for change in of_it:
            _count(deltas, change)
        if move.discards_draft and of_it:
            _discard[0](db, [change.assignment.id for change in of_it])
    for campaign_id in {c.assignment.campaign_id for _, of_it in moves for c in of_it}:
        deltas.write(db, campaign_id, today=today)


def move_one(
    db: Executes,
    name: str,
    assignment: LockedAssignment,
    disposition: str,
    *,
    today: date,
    note: str = "",
    **values: Any,
) -> None:
    """`write` for a single assignment."""
    change = AssignmentChange(assignment, disposition, values, note)
    write(db, {name: (change,)}, today=today)


def create(db: Session, campaign_id: int, rows: Sequence[dict[str, Any]], *, today: date) -> None:
    """Write new assignments, `not_sent` or `duplicate`, and count them.

    A row gives id, invitation, number, group, instrument, units, department, second_form, disposition.
    """
    if not rows:
        return
    deltas = Deltas()
    whole = []
    for row in rows:
        disposition = row["disposition"]
        if disposition not in (Disposition.NOT_SENT, Disposition.DUPLICATE):
            raise MoveRefused(row["id"], "create", "", disposition)
        fixed = {"begun_on": None, "channel": "none", "submitted_on": None}
        whole.append({"campaign_id": campaign_id, "state": state_of(disposition), **fixed, **row})
        cell_key = (row["supplying_unit_id"], row["rated_unit_id"], row["group_id"])
        deltas.add(Cell(*cell_key, row[_DEPARTMENT] or 0, "none"), disposition)
    db.execute(insert(Assignment), whole)
    deltas.write(db, campaign_id, today=today)


def state_of(disposition: str) -> AssignmentState:
    """The state that goes with a disposition; the database holds the two together."""
    if disposition in _SUBMITTED:
        return AssignmentState.SUBMITTED
    return AssignmentState.REVOKED if disposition in _NOT_ASKED else AssignmentState.ACTIVE


def _check(move: Move, change: AssignmentChange) -> None:
    before, after = change.assignment.disposition, change.disposition
    stays = move.name in ("count_elsewhere", "give_new_code")
    if before not in move.before or after not in move.after or (stays and before != after):
        raise MoveRefused(change.assignment.id, move.name, before, after)


def _write_rows(db: Executes, changes: Sequence[AssignmentChange]) -> None:
    """Each form once: a row written twice would make PostgreSQL ask its invitation for leave."""
    if len(changes) == 1:
        only = changes[0]
        new = _values(only)
        given = {f"new_{name}": value for name, value in new.items()}
        db.execute(_write_one(tuple(new)), {**given, "moved": only.assignment.id})
        return
    alike: defaultdict[tuple[tuple[str, Any], ...], list[UUID]] = defaultdict(list)
    for change in changes:
        alike[tuple(_values(change).items())].append(change.assignment.id)
    for values, ids in alike.items():
        for start in range(0, len(ids), BATCH):
            batch = _TABLE.c.id.in_(ids[start : start + BATCH])
            db.execute(update(_TABLE).where(batch).values(**dict(values)))


def _values(change: AssignmentChange) -> dict[str, Any]:
    """What the row says afterwards."""
    disposition = str(change.disposition)
    return {"state": state_of(disposition), "disposition": disposition, **change.values}


def _write_events(
    db: Executes, move: Move, changes: Sequence[AssignmentChange], *, today: date
) -> None:
    if not move.event or not changes:
        return
    db.execute(
        _NOTE,
        [
            {
                "id": uuid.uuid4(),
                "assignment_id": change.assignment.id,
                "event": move.event,
                "on": today,
                "note": change.note,
            }
            for change in changes
        ],
    )


def _count(deltas: Deltas, change: AssignmentChange) -> None:
    before = change.assignment.cell
    after = before._replace(channel=change.values.get("channel", before.channel))
    if _DEPARTMENT in change.values:
        after = after._replace(department_id=change.values[_DEPARTMENT] or 0)
    deltas.add(before, change.assignment.disposition, -1)
    deltas.add(after, change.disposition)
