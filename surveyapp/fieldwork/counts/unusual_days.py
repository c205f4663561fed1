"""Days on which a supplying unit handed in unusually many forms, from counts alone: no answer, no person."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from surveyapp.assignments.models import CountDelta
from surveyapp.assignments.rules import Disposition
from surveyapp.fieldwork.models import CountDay

FEWEST = 10
"""Forms of a day from which on it can be called unusual."""

TIMES = 5.0
"""Pearson residual, in units of the spread of all units and days, from which on a day is unusual."""

COLUMNS = ("supplying_unit", "day", "submitted", "expected", "residual")


@dataclass(frozen=True)
class UnusualDay:
    """So many forms submitted where the other units' course over the days made one expect fewer."""

    unit_id: int
    day: date
    submitted: int
    expected: float
    residual: float


def unusual_days(db: Session, campaign_id: int) -> list[UnusualDay]:
    """The most unusual first. Expected is the unit's total spread over the days as all units' is."""
    return find(_by_day(db, campaign_id))


def find(submitted: dict[tuple[int, date], int]) -> list[UnusualDay]:
    """`submitted` by unit and day; see `unusual_days`. The spread is the mean squared Pearson residual,
    at least 1, over cells below `TIMES` so that one great day does not hide itself."""
    units: dict[int, int] = defaultdict(int)
    days: dict[date, int] = defaultdict(int)
    for (unit, day), n in submitted.items():
        units[unit] += n
        days[day] += n
    everything = sum(units.values())
    rows = [
        UnusualDay(unit, day, n, expected, (n - expected) / expected**0.5)
        for unit, of_unit in units.items()
        for day, of_day in days.items()
        if (expected := of_unit * of_day / everything) > 0
        for n in (submitted.get((unit, day), 0),)
    ] if everything else []  # fmt: skip
    usual = [row.residual**2 for row in rows if abs(row.residual) < TIMES]
    spread = max(sum(usual) / max(len(usual), 1), 1.0) ** 0.5
    unusual = [row for row in rows if row.submitted >= FEWEST and row.residual / spread >= TIMES]
    return sorted(unusual, key=lambda row: (-row.residual, row.unit_id, row.day))


def _by_day(db: Session, campaign_id: int) -> dict[tuple[int, date], int]:
    kept = select(CountDay.supplying_unit_id, CountDay.day, CountDay.change).where(
        CountDay.campaign_id == campaign_id,
        CountDay.rollup == "supplying",
        CountDay.disposition == Disposition.SUBMITTED,
    )
    waiting = select(CountDelta.supplying_unit_id, CountDelta.day, CountDelta.change).where(
        CountDelta.campaign_id == campaign_id, CountDelta.disposition == Disposition.SUBMITTED
    )
    both = union_all(kept, waiting).subquery()
    rows = db.execute(
        select(both.c.supplying_unit_id, both.c.day, func.sum(both.c.change)).group_by(
            both.c.supplying_unit_id, both.c.day
        )
    )
    return {(unit, day): int(n) for unit, day, n in rows if n > 0}
