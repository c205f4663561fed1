"""Reading what the nightly snapshots keep: plan and lists as of a past day, the last forecast."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.models import FormDay, PlanDay, SnapshotDay


def latest(db: Session, campaign_id: int, *, until: date | None = None) -> date | None:
    """The last day kept (up to the end of `until`); None where there is none."""
    query = select(func.max(SnapshotDay.day)).where(SnapshotDay.campaign_id == campaign_id)
    return db.scalar(query if until is None else query.where(SnapshotDay.day <= until))


def last_forecast(
    db: Session, campaign_id: int, *, until: date | None = None
) -> SnapshotDay | None:
    """The latest snapshot (up to the end of `until`) that holds a forecast: one row, for pages that
    cannot wait for a new one."""
    upto = () if until is None else (SnapshotDay.day <= until,)
    return db.scalar(
        select(SnapshotDay)
        .where(SnapshotDay.campaign_id == campaign_id, SnapshotDay.final.is_not(None), *upto)
        .order_by(SnapshotDay.day.desc())
        .limit(1)
    )


def path(kept: SnapshotDay) -> list[tuple[date, float]]:
    """The kept forecast's expected answered forms by day."""
    return [(date.fromisoformat(day), float(n)) for day, n in kept.path]


def planned_then(
    db: Session, campaign_id: int, by: tuple[str, ...], part: Scope, *, side: str, until: date
) -> Iterable[tuple[tuple[int, ...], int]]:
    """Planned forms at the end of `until`, keyed by the dimensions `by` (group and `side` alone)."""
    column: dict[str, Any] = {"group": PlanDay.group_id, side: PlanDay.unit_id}
    keys = [column[name] for name in by]
    statement = (
        select(*keys, func.sum(PlanDay.planned))
        .where(PlanDay.campaign_id == campaign_id, PlanDay.side == side, PlanDay.day <= until)
        .group_by(*(keys or [literal(0)]))
    )
    if part.groups is not None:
        statement = statement.where(PlanDay.group_id.in_(part.groups))
    unit = part.rated if side == "rated" else part.supplying
    if unit is not None:
        statement = statement.where(PlanDay.unit_id == unit)
    for *key, planned in db.execute(statement):
        yield tuple(key), int(planned)


def forms_then(
    db: Session, campaign_id: int, by: tuple[str, ...], part: Scope, *, until: date
) -> Iterable[tuple[tuple[int, ...], int, int]]:
    """Forms listed and approved at the end of `until`, keyed by the dimensions `by`."""
    column: dict[str, Any] = {
        "group": FormDay.group_id,
        "supplying": FormDay.supplying_unit_id,
        "rated": FormDay.rated_unit_id,
        "department": FormDay.department_id,
    }
    keys = [column[name] for name in by]
    statement = (
        select(*keys, func.sum(FormDay.listed), func.sum(FormDay.approved))
        .where(FormDay.campaign_id == campaign_id, FormDay.day <= until)
        .group_by(*(keys or [literal(0)]))
    )
    if part.groups is not None:
        statement = statement.where(FormDay.group_id.in_(part.groups))
    for name in ("supplying", "rated", "department"):
        part_key = getattr(part, name)
        if part_key is not None:
            statement = statement.where(column[name] == part_key)
    for *key, listed, approved in db.execute(statement):
        yield tuple(key), int(listed), int(approved)
