"""What runs at night: a snapshot of plan, lists and forecast, kept as changes; figures, no person."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.errors import SnapshotOutOfOrder
from surveyapp.fieldwork.forecast import series, snapshots
from surveyapp.fieldwork.models import FormDay, PlanDay, SnapshotDay

_FORM = ("supplying_unit_id", "rated_unit_id", "group_id", "department_id")
_PLAN = ("side", "unit_id", "group_id")
_Cell = tuple[Any, ...]


def take(db: Session, campaign: Campaign, *, day: date, now: datetime) -> int:
    """Keep the plan, the lists and the forecast as of the end of `day`; returns the rows that changed.

    Repeating a day replaces it. Raises `SnapshotOutOfOrder` when a later day is kept already.
    """
    later = snapshots.latest(db, campaign.id)
    if later is not None and later > day:
        raise SnapshotOutOfOrder(day, latest=later)
    for table in (SnapshotDay, FormDay, PlanDay):
        db.execute(delete(table).where(table.campaign_id == campaign.id, table.day == day))
    written = _write_forms(db, campaign.id, day) + _write_plan(db, campaign.id, day)
    expected = series.foresee_from(db, campaign, until=day).of()
    db.execute(
        insert(SnapshotDay).values(
            campaign_id=campaign.id,
            day=day,
            taken_at=now,
            final=expected and round(expected.final, 1),
            low=expected and expected.low,
            high=expected and expected.high,
            path=[[d.isoformat(), round(n, 1)] for d, n in expected.path] if expected else [],
        )
    )
    return written


def _write_forms(db: Session, campaign_id: int, day: date) -> int:
    live = queries.figures(db, campaign_id, by=("supplying", "rated", "group", "department"))
    now: dict[_Cell, list[int]] = {
        cell: [row.listed, row.approved] for cell, row in live.items() if row.listed or row.approved
    }
    columns = [getattr(FormDay, name) for name in _FORM]
    kept = db.execute(
        select(*columns, func.sum(FormDay.listed), func.sum(FormDay.approved))
        .where(FormDay.campaign_id == campaign_id)
        .group_by(*columns)
    )
    changed = _differences({tuple(row[:4]): list(row[4:]) for row in kept}, now)
    rows = [
        {**dict(zip(_FORM, cell, strict=True)), "listed": listed, "approved": approved}
        for cell, (listed, approved) in changed
    ]
    return _insert(db, FormDay, rows, campaign_id, day)


def _write_plan(db: Session, campaign_id: int, day: date) -> int:
    now: dict[_Cell, list[int]] = {
        (side, unit, group): [planned]
        for side in ("supplying", "rated")
        for (group, unit), planned in campaigns.plan(db, campaign_id, side=side).items()
    }
    columns = [getattr(PlanDay, name) for name in _PLAN]
    kept = db.execute(
        select(*columns, func.sum(PlanDay.planned))
        .where(PlanDay.campaign_id == campaign_id)
        .group_by(*columns)
    )
    changed = _differences({tuple(row[:3]): list(row[3:]) for row in kept}, now)
    rows = [{**dict(zip(_PLAN, cell, strict=True)), "planned": n} for cell, (n,) in changed]
    return _insert(db, PlanDay, rows, campaign_id, day)


def _differences(
    kept: Mapping[_Cell, list[int]], now: Mapping[_Cell, list[int]]
) -> list[tuple[_Cell, list[int]]]:
    """What has to be added to `kept` so that it says `now`."""
    width = len(next(iter((*now.values(), *kept.values())), []))
    nothing = [0] * width
    differences = []
    for cell in sorted({*kept, *now}):
        was, becomes = kept.get(cell, nothing), now.get(cell, nothing)
        change = [int(b) - int(a) for a, b in zip(was, becomes, strict=True)]
        if any(change) or cell not in kept:  # a plan of none is a plan
            differences.append((cell, change))
    return differences


def _insert(
    db: Session,
    table: type[FormDay] | type[PlanDay],
    rows: list[dict[str, Any]],
    id_: int,
    day: date,
) -> int:
    if rows:
        db.execute(insert(table), [{**row, "campaign_id": id_, "day": day} for row in rows])
    return len(rows)
