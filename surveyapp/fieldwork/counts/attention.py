"""What needs the centre's attention this morning, from counts alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from surveyapp.assignments.rules import Disposition
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.rules import Counts

QUIET_DAYS = 3
"""Working days in a row on which nobody begins, before a unit is called quiet: a weekend says nothing."""
BOUNCED_SHARE = 0.05
SHORT_OF_PLAN = 0.9
LEAST_SENT = 5
KINDS = ("quiet", "bounced", "short")


@dataclass(frozen=True)
class UnitConcern:
    """One supplying unit and what is the matter: `n` of `of`.

    quiet: nobody of the `of` sent began in three working days, `n` have not begun; bounced: `n` of `of` sent
    came back; short: `n` forms approved of `of` planned.
    """

    kind: str
    unit_id: int
    n: int
    of: int


def quiet_window(day: date) -> int:
    """How many days up to `day`, itself among them, hold `QUIET_DAYS` working days."""
    window = worked = 0
    while worked < QUIET_DAYS:
        worked += (day - timedelta(days=window)).weekday() < 5
        window += 1
    return window


def concerns(by_unit: Mapping[int, Figures], lately: Mapping[int, Counts]) -> list[UnitConcern]:
    """Concerns about supplying units, of each kind those with the most people missing first.

    `lately` is what changed in the last `quiet_window` days, the day of the figures among them.
    """
    quiet, bounced, short = [], [], []
    for unit_id, row in by_unit.items():
        counts = row.counts
        returned = counts.of({Disposition.BOUNCED})
        if counts.sent and returned > BOUNCED_SHARE * counts.sent:
            bounced.append(UnitConcern("bounced", unit_id, returned, counts.sent))
        if row.planned and row.approved < SHORT_OF_PLAN * row.planned:
            short.append(UnitConcern("short", unit_id, row.approved, row.planned))
        was = counts - lately.get(unit_id, Counts())
        waiting = counts.of({Disposition.SENT, Disposition.BOUNCED})
        if was.sent >= LEAST_SENT and waiting and counts.begun <= was.begun:
            quiet.append(UnitConcern("quiet", unit_id, waiting, counts.sent))
    quiet.sort(key=lambda concern: -concern.n)
    bounced.sort(key=lambda concern: -concern.n)
    short.sort(key=lambda concern: concern.n - concern.of)
    return [*quiet, *bounced, *short]
