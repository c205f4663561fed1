"""The morning's briefing, from counts alone: how fast forms must come, why they are missing, where, what to do next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil

from surveyapp.assignments.rules import Disposition
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.rules import Counts

REASONS: Mapping[str, frozenset[Disposition]] = {
    "not_begun": frozenset({Disposition.SENT}),
    "begun": frozenset({Disposition.BEGUN}),
    "bounced": frozenset({Disposition.BOUNCED}),
    "not_sent": frozenset({Disposition.NOT_SENT}),
    "declined": frozenset({Disposition.REFUSED}),
    "unreached": frozenset({Disposition.UNAVAILABLE}),
    "moved": frozenset({Disposition.MOVED, Disposition.WRONG_GROUP}),
}
"""Why a form of an invited person is not submitted: each disposition under exactly one reason."""

PACE_DAYS = 5
"""Working days before today whose mean is the present pace."""
MANY = 0.2
"""A reason with this share of what is missing comes before reminding everybody."""
SHORT_OF_PLAN = 0.9
SETTLING = timedelta(days=2)
"""So long after it began a reminder still brings forms: nothing else is sent or asked meanwhile."""


class NextStep(StrEnum):
    """What brings the most of the missing forms."""

    MEND = "mend"
    INVITE = "invite"
    FINISH = "finish"
    REMIND = "remind"
    CALL = "call"
    LETTER = "letter"
    WAIT = "wait"
    NOTHING = "nothing"


def reasons(counts: Counts) -> dict[str, int]:
    """Forms not submitted of everybody invited, by reason; they add up to what is not submitted."""
    return {name: counts.of(dispositions) for name, dispositions in REASONS.items()}


def missing(figures: Figures) -> int:
    """Forms that may still come: of those who may be eligible, the ones not submitted."""
    return figures.counts.maybe_eligible - figures.counts.submitted


def furthest_behind(rows: Mapping[int, Figures], *, most: int) -> list[int]:
    """Ids of the rows with the most forms missing, the greatest first; equal ones by the lower rate."""
    behind = [id_ for id_, figures in rows.items() if missing(figures) > 0]
    behind.sort(key=lambda id_: (-missing(rows[id_]), rows[id_].rate or 0, id_))
    return behind[:most]


def next_step(
    figures: Figures, *, last_reminder: datetime | None, now: datetime, is_unit: bool = True
) -> NextStep:
    """What to do for this part next: every page that advises asks here, so that none says otherwise.

    Where hardly anybody is missing of a list that is short of the plan, the unit is written to. Contacts that
    bounced and invitations that never left come first where they are many: nothing else reaches these people.
    `last_reminder` is when the last reminder within the least days between messages began, or is confirmed to
    begin. While it settles one waits; then people are called rather than reminded again. A group
    (`is_unit` false) has no list and no contacts of its own.
    """
    why, lacking = reasons(figures.counts), missing(figures)
    if is_unit and figures.planned and figures.approved < SHORT_OF_PLAN * figures.planned:
        short = figures.planned - figures.approved
        if short > lacking:
            return NextStep.LETTER
    if is_unit and why["bounced"] and why["bounced"] >= MANY * lacking:
        return NextStep.MEND
    if why["not_sent"] and why["not_sent"] >= MANY * lacking:
        return NextStep.INVITE
    if not why["begun"] + why["not_begun"]:
        return NextStep.NOTHING
    if last_reminder is not None:
        return NextStep.WAIT if now - last_reminder < SETTLING else NextStep.CALL
    return NextStep.FINISH if why["begun"] > why["not_begun"] else NextStep.REMIND


@dataclass(frozen=True)
class Pace:
    """How fast forms come, and must come, in forms per working day.

    `needed` is None after the last day or without a plan, `present` before the first whole working day;
    `days` are working days left, today among them.
    """

    target: int | None
    submitted: int
    days: int
    needed: int | None
    present: float | None

    @property
    def is_enough(self) -> bool:
        """Going on like this meets the target."""
        return self.needed is not None and (self.present or 0) >= self.needed


def pace(
    points: Sequence[DayFigures],
    *,
    target: int | None,
    today: date,
    opens: date,
    closes: date,
    is_off: Callable[[date], bool],
) -> Pace:
    """The pace at `today`: what is left to come counts from the end of yesterday, today is still to run."""
    yesterday = today - timedelta(days=1)
    upto = _submitted_by(points, yesterday)
    days = sum(not is_off(day) for day in _days(max(today, opens), closes))
    left = None if target is None else max(target - upto, 0)
    needed = ceil(left / days) if left is not None and days else None
    return Pace(target, upto, days, needed, _present(points, opens, yesterday, is_off))


def _present(
    points: Sequence[DayFigures], opens: date, yesterday: date, is_off: Callable[[date], bool]
) -> float | None:
    worked = [day for day in _days(opens, yesterday) if not is_off(day)][-PACE_DAYS:]
    if not worked:
        return None
    before = worked[0] - timedelta(days=1)
    came = _submitted_by(points, yesterday) - _submitted_by(points, before)
    return came / len(worked)


def _submitted_by(points: Sequence[DayFigures], day: date) -> int:
    """Submitted at the end of `day`."""
    return next((point.counts.submitted for point in reversed(points) if point.day <= day), 0)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
