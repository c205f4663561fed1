"""Folding count deltas into the kept counts."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Table, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveyapp.assignments.models import CountDelta
from surveyapp.fieldwork.models import ROLLUPS, CountDay, CountTotal, FoldVersion

_FOLD_LOCK = 7_063_001
_NOWHERE = {
    "supplying_unit_id": 0,
    "rated_unit_id": 0,
    "group_id": 0,
    "department_id": 0,
    "channel": "",
}

_RollupCell = tuple[int, str, int, int, int, int, str]
"""campaign, roll-up, supplying unit, rated unit, group, department, channel."""


FOLD_BATCH = 20_000
"""Deltas folded in one transaction, so that on SQLite no submission waits long for the write lock."""

FOLD_WHEN = 1_000
"""Deltas that may wait before a screen folds them: adding so few up costs it less than a millisecond."""


def fold(db: Session, *, limit: int = FOLD_BATCH) -> int:
    """Fold up to `limit` of the deltas written so far, in any order; returns how many there were.

    Safe beside writers and beside another fold: a delta is removed in the transaction that adds it
    up, and figures are the same before and after.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _FOLD_LOCK})
    chosen = select(CountDelta.id).limit(limit)
    taken = db.execute(
        delete(CountDelta).where(CountDelta.id.in_(chosen)).returning(*CountDelta.__table__.c)
    ).all()
    counts: Counter[tuple[_RollupCell, str]] = Counter()
    days: Counter[tuple[_RollupCell, date, str]] = Counter()
    for delta in taken:
        for cell in _cells(delta):
            counts[cell, delta.disposition] += delta.change
            days[cell, delta.day, delta.disposition] += delta.change
    _add(
        db,
        CountTotal.__table__,  # type: ignore[arg-type]  # a mapped class's table is a Table
        "n",
        [
            {**_named(cell), "disposition": disposition, "n": change}
            for (cell, disposition), change in sorted(counts.items())
            if change
        ],
    )
    _add(
        db,
        CountDay.__table__,  # type: ignore[arg-type]  # a mapped class's table is a Table
        "change",
        [
            {**_named(cell), "day": day, "disposition": disposition, "change": change}
            for (cell, day, disposition), change in sorted(days.items())
            if change
        ],
    )
    for campaign_id in {delta.campaign_id for delta in taken}:
        db.merge(FoldVersion(campaign_id=campaign_id, version=uuid4()))
    db.flush()
    return len(taken)


def _cells(delta: Row[Any]) -> Iterator[_RollupCell]:
    """The delta's place in each roll-up of the kept tables."""
    for rollup, kept in ROLLUPS.items():
        cell = (getattr(delta, name) if name in kept else _NOWHERE[name] for name in _NOWHERE)
        yield (delta.campaign_id, rollup, *cell)


def _named(cell: _RollupCell) -> dict[str, object]:
    campaign, rollup, *dimensions = cell
    return {
        "campaign_id": campaign,
        "rollup": rollup,
        **dict(zip(_NOWHERE, dimensions, strict=True)),
    }


def _add(db: Session, table: Table, column: str, rows: list[dict[str, object]]) -> None:
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    if rows:
        statement = insert(table)
        statement = statement.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={column: table.c[column] + statement.excluded[column]},
        )
        db.execute(statement, rows)
