"""Folding count deltas into the kept counts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Table, delete, select, text
from sqlalchemy.orm import Session

from surveyapp.assignments.models import CountDelta
from surveyapp.db import add_up
from surveyapp.fieldwork.models import ROLLUPS, CountDay, CountTotal, FoldVersion

_FOLD_LOCK = 7_063_001
_NOWHERE: dict[str, Any] = {
    "supplying_unit_id": 0,
    "rated_unit_id": 0,
    "group_id": 0,
    "department_id": 0,
    "channel": "",
}
_WHERE = [CountDelta.__table__.c[name] for name in ("disposition", "day", "campaign_id", *_NOWHERE)]

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
        delete(CountDelta).where(CountDelta.id.in_(chosen)).returning(*_WHERE, CountDelta.change)
    ).all()
    # Whoever begins and submits in one fold is counted there and back: most changes cancel out here.
    net: Counter[tuple[Any, ...]] = Counter()
    for *where, change in taken:
        net[tuple(where)] += change
    counts: Counter[tuple[_RollupCell, str]] = Counter()
    days: Counter[tuple[_RollupCell, date, str]] = Counter()
    for (disposition, day, campaign_id, *dimensions), change in net.items():
        for cell in _cells(campaign_id, dimensions) if change else ():
            counts[cell, disposition] += change
            days[cell, day, disposition] += change
    add_up(
        db,
        cast(Table, CountTotal.__table__),
        [
            {**_named(cell), "disposition": disposition, "n": change}
            for (cell, disposition), change in sorted(counts.items())
            if change
        ],
        into="n",
    )
    add_up(
        db,
        cast(Table, CountDay.__table__),
        [
            {**_named(cell), "day": day, "disposition": disposition, "change": change}
            for (cell, day, disposition), change in sorted(days.items())
            if change
        ],
        into="change",
    )
    for campaign_id in {campaign_id for _disposition, _day, campaign_id, *_dimensions in net}:
        db.merge(FoldVersion(campaign_id=campaign_id, version=uuid4()))
    db.flush()
    return len(taken)


def _cells(campaign_id: int, dimensions: Sequence[Any]) -> Iterator[_RollupCell]:
    """The place of a change in each roll-up of the kept tables."""
    given = dict(zip(_NOWHERE, dimensions, strict=True))
    for rollup, kept in ROLLUPS.items():
        cell = (given[name] if name in kept else nowhere for name, nowhere in _NOWHERE.items())
        yield (campaign_id, rollup, *cell)


def _named(cell: _RollupCell) -> dict[str, object]:
    campaign, rollup, *dimensions = cell
    return {
        "campaign_id": campaign,
        "rollup": rollup,
        **dict(zip(_NOWHERE, dimensions, strict=True)),
    }
