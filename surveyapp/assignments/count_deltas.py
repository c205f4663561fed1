"""Changes of the counts, gathered and written with the change that caused them."""

import os
from collections import Counter
from datetime import date
from typing import NamedTuple, cast

from sqlalchemy import Table, insert

from surveyapp.assignments.models import CountDelta
from surveyapp.db import Executes

_INSERT = insert(cast(Table, CountDelta.__table__))


class Cell(NamedTuple):
    """Where an assignment is counted: no person, no assignment."""

    supplying_unit_id: int
    rated_unit_id: int
    group_id: int
    department_id: int
    channel: str


class Deltas:
    """Net changes per cell and disposition within one transaction."""

    def __init__(self) -> None:
        self._changes: Counter[tuple[Cell, str]] = Counter()

    def add(self, cell: Cell, disposition: str, n: int = 1) -> None:
        """`n` assignments more (or fewer) of `cell` now stand in `disposition`."""
        self._changes[cell, disposition] += n

    def move(self, cell: Cell, before: str, after: str, *, channel: str | None = None) -> None:
        """One assignment of `cell` went from one disposition (and to another channel) to another."""
        self.add(cell, before, -1)
        self.add(cell if channel is None else cell._replace(channel=channel), after)

    def write(self, db: Executes, campaign_id: int, *, today: date) -> None:
        """One row for each cell and disposition that changed, under a random key."""
        rows = [
            {
                "id": os.urandom(16),
                "campaign_id": campaign_id,
                **cell._asdict(),
                "disposition": str(disposition),
                "day": today,
                "change": change,
            }
            for (cell, disposition), change in self._changes.items()
            if change
        ]
        if rows:
            db.execute(_INSERT, rows)
        self._changes.clear()
