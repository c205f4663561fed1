"""Where each unit × group will stand on the last day: own curve and the pooled curve of the others.

Each cell answers θ times as fast as the pooled curve; θ has a gamma distribution around its group's
mean, so that a cell with few answers leans on the others and one with many stands on its own. The
model, its limits and its back-test are in docs/forecast.md. Pure: counts in, forecasts out.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from math import exp, sqrt
from statistics import NormalDist

from surveyapp.fieldwork.forecast import coming_answers
from surveyapp.fieldwork.forecast.coming_answers import (
    SHARED_NODES,
    ComingAnswers,
    ExpectedDay,
)
from surveyapp.fieldwork.forecast.response_curve import (
    Cohort,
    FittedCurve,
    ReminderCalendar,
    days_between,
    fit,
)

CELL_DRIFT = 0.35
"""How much a cell's own speed changes between what is seen and what comes (standard deviation of the
logarithm), chosen by the back-test: units are chased, or forget."""

POOL_DRIFT = 0.25
"""The same for the whole campaign: what no regression on so few days can know."""

LEAST_ANSWERS = 30
LEAST_DAYS = 2
"""Below these there is no forecast, only a guess, and none is shown."""

_OWN_NODES = 7
_GROUP_STRENGTH = 5.0

Key = tuple[int, int]
"""supplying unit, group."""


@dataclass(frozen=True)
class UnitGroup:
    """What is known of one supplying unit × group at the end of a day.

    `reminders` are days on which it was reminded, or will be, beside those of everybody.
    """

    forms: int
    starts: date | None
    answered: Mapping[date, int]
    reminders: tuple[date, ...] = ()

    @property
    def so_far(self) -> int:
        """Forms answered up to that day."""
        return sum(self.answered.values())


@dataclass(frozen=True)
class ExpectedAnswers:
    """A forecast of answered forms at the end, in forms; `low` and `high` bound `LEVEL` of what may come.

    `reminder` is how many more one reminder tomorrow would bring.
    """

    forms: int
    so_far: int
    final: float
    low: float
    high: float
    reminder: float
    path: tuple[tuple[date, float], ...] = ()

    @property
    def rate(self) -> float | None:
        """The expected final rate (of RR2's kind); None without forms."""
        return self.final / self.forms if self.forms else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The interval as rates."""
        return (self.low / self.forms, self.high / self.forms) if self.forms else None

    def reaches(self, target: float) -> date | None:
        """The first day at whose end the expected share is `target` (0..1); None if not in time."""
        needed = target * self.forms
        return next((day for day, total in self.path if total >= needed - 1e-9), None)


class Forecast:
    """The forecast of a whole campaign from the end of one day; sums of cells keep what they share."""

    def __init__(
        self,
        cells: Mapping[Key, UnitGroup],
        calendar: ReminderCalendar,
        *,
        until: date,
        closes: date,
    ) -> None:
        self.until = until
        self.days = days_between(until + timedelta(days=1), closes)
        self.curves: list[FittedCurve] = []
        self._cells = cells
        self._coming: dict[Key, ComingAnswers] = {}
        self._cohorts = cohorts = list(_cohorts(cells.values()).values())
        answers = sum(cell.so_far for cell in cells.values())
        started = min((cohort.starts for cohort in cohorts), default=until)
        self.is_founded = answers >= LEAST_ANSWERS and (until - started).days >= LEAST_DAYS
        if self.is_founded:
            self.curves = fit(cohorts, calendar, until=until)
            self._coming = dict(_futures(self.curves, cells, cohorts, self.days, until))

    def keys(self) -> list[Key]:
        """Every cell known, whether it has a forecast or not."""
        return list(self._cells)

    @property
    def reminders(self) -> tuple[date, ...]:
        """The days of reminders to everybody that it reckons with."""
        return self.curves[0].calendar.reminders if self.curves else ()

    @property
    def reminder_is_seen(self) -> bool:
        """The gain from a reminder is learnt from a reminder of this campaign, not supposed."""
        own = (day for cohort in self._cohorts for day in cohort.reminders)
        return any(day <= self.until for day in (*self.reminders, *own))

    def cell(self, key: Key) -> ExpectedAnswers | None:
        """The forecast of one cell; None where there is no foundation or nobody was written to."""
        return self.of([key]) if key in self._coming else None

    def of(self, keys: Iterable[Key] | None = None) -> ExpectedAnswers | None:
        """The forecast of several cells together; all of them without `keys`.

        Cells nobody was written to yet count among the forms and bring nothing.
        """
        chosen = self._chosen(keys)
        if not self.is_founded or not chosen:
            return None
        coming = [self._coming[key] for key in chosen if key in self._coming]
        cells = [self._cells[key] for key in chosen]
        forms, so_far = sum(cell.forms for cell in cells), sum(cell.so_far for cell in cells)
        mean = sum(each.mean() for each in coming)
        low, high = coming_answers.interval(coming)
        ways = [(each.mean(), each.shares) for each in coming]
        path = [(self.until, float(so_far))] + [
            (day, so_far + sum(m * shares[i] for m, shares in ways))
            for i, day in enumerate(self.days)
        ]
        return ExpectedAnswers(
            forms,
            so_far,
            so_far + mean,
            so_far + low,
            so_far + high,
            sum(each.reminder for each in coming),
            tuple(path),
        )

    def by_day(self, keys: Iterable[Key] | None = None) -> list[ExpectedDay]:
        """The same forecast at the end of each coming day, with its bounds; nothing without a foundation."""
        chosen = self._chosen(keys)
        if not self.is_founded or not chosen:
            return []
        so_far = sum(self._cells[key].so_far for key in chosen)
        coming = [self._coming[key] for key in chosen if key in self._coming]
        return coming_answers.by_day(coming, self.days, so_far=so_far)

    def with_reminders(self, *days: date) -> "Forecast":
        """What is to be expected if everybody is reminded on these days, too: what was learnt stays the same."""
        other = copy(self)
        other.curves = []
        for curve in self.curves:
            calendar = curve.calendar
            for each in days:
                calendar = calendar.with_reminder(each)
            other.curves.append(replace(curve, calendar=calendar))
        other._coming = dict(
            _futures(other.curves, self._cells, self._cohorts, self.days, self.until)
            if self.is_founded
            else ()
        )
        return other

    def _chosen(self, keys: Iterable[Key] | None) -> list[Key]:
        return list(self._cells) if keys is None else [key for key in keys if key in self._cells]


_Told = tuple[date, tuple[date, ...]]
"""When a cell was first written to, and on which days reminded by itself."""


def _told(cell: UnitGroup) -> _Told | None:
    return None if cell.starts is None else (cell.starts, cell.reminders)


def _cohorts(cells: Iterable[UnitGroup]) -> dict[_Told, Cohort]:
    """Cells first written to on the same day, and reminded on the same days, taken together."""
    gathered: dict[_Told, tuple[int, dict[date, int]]] = {}
    for cell in cells:
        told = _told(cell)
        if told is None:
            continue
        forms, answered = gathered.setdefault(told, (0, {}))
        for day, n in cell.answered.items():
            answered[day] = answered.get(day, 0) + n
        gathered[told] = (forms + cell.forms, answered)
    return {
        (starts, reminders): Cohort(starts, forms, answered, reminders)
        for (starts, reminders), (forms, answered) in gathered.items()
    }


def _futures(
    curves: Sequence[FittedCurve],
    cells: Mapping[Key, UnitGroup],
    cohorts: Sequence[Cohort],
    days: Sequence[date],
    until: date,
) -> Iterable[tuple[Key, ComingAnswers]]:
    ahead = {cohort.told: _ahead(curves, cohort, days, until) for cohort in cohorts}
    past = {cohort.told: sum(cohort.answered.values()) / cohort.forms for cohort in cohorts}
    live = {k: c for k, c in cells.items() if c.starts is not None and c.forms > 0}
    speeds = _speeds(live, past)
    for key, cell in live.items():
        pooled = ahead[cell.starts or until, cell.reminders]
        alpha, beta = speeds[key]
        nodes = _nodes(cell, alpha, beta, pooled.totals)
        reminder = _gain(cell, alpha / beta, pooled.mean, pooled.more)
        yield key, ComingAnswers(cell.forms - cell.so_far, nodes, max(reminder, 0.0), pooled.way)


@dataclass(frozen=True)
class _Ahead:
    """The pooled curve's future for one cohort: equally likely totals, their mean, the way there."""

    totals: tuple[float, ...]
    mean: float
    more: float
    way: tuple[float, ...]


def _ahead(
    curves: Sequence[FittedCurve], cohort: Cohort, days: Sequence[date], until: date
) -> _Ahead:
    so_far = sum(cohort.answered.values()) / cohort.forms
    reminded = curves[0].calendar.with_reminder(until + timedelta(days=1))
    parts, mean, more = [], 0.0, 0.0
    way = [0.0] * len(days)
    for curve in curves:
        shares = curve.coming(cohort, so_far, days)
        total = sum(shares)
        spread = sqrt(curve.spread(cohort, days, shares) ** 2 + POOL_DRIFT**2)
        parts.append((curve.weight, total, spread))
        mean += curve.weight * total
        more += curve.weight * sum(curve.coming(cohort, so_far, days, reminded))
        way = [w + curve.weight * share for w, share in zip(way, shares, strict=True)]
    if mean <= 0:
        return _Ahead((0.0,) * SHARED_NODES, 0.0, 1.0, tuple(way))
    scale = more / mean
    sums = tuple(sum(way[: i + 1]) / mean for i in range(len(way)))
    return _Ahead(_mixture_nodes(parts), mean, scale, sums)


def _mixture_nodes(parts: Sequence[tuple[float, float, float]]) -> tuple[float, ...]:
    """Equally likely values of a mixture of lognormals, each (weight, median, spread)."""
    values = sorted(
        (total * exp(spread * z), weight / len(_fine_nodes()))
        for weight, total, spread in parts
        for z in _fine_nodes()
    )
    nodes, passed, index = [], 0.0, 0
    for value, weight in values:
        passed += weight
        while index < SHARED_NODES and passed >= (index + 0.5) / SHARED_NODES - 1e-12:
            nodes.append(value)
            index += 1
    return tuple(nodes + [values[-1][0]] * (SHARED_NODES - len(nodes)))


def _fine_nodes() -> tuple[float, ...]:
    return _normal_nodes(15)


def _speeds(
    cells: Mapping[Key, UnitGroup], past: Mapping[_Told, float]
) -> dict[Key, tuple[float, float]]:
    """Each cell's gamma posterior (shape, rate) of its speed relative to the pooled curve.

    The prior of a group is centred on the group's own speed; how closely its cells keep together is
    estimated by moments.
    """
    expected = {k: cell.forms * past[told] for k, cell in cells.items() if (told := _told(cell))}
    speeds: dict[Key, tuple[float, float]] = {}
    for group in {group for _, group in cells}:
        members = [key for key in cells if key[1] == group]
        answered = sum(cells[key].so_far for key in members)
        awaited = sum(expected[key] for key in members)
        mean = (answered + _GROUP_STRENGTH) / (awaited + _GROUP_STRENGTH)
        signal = sum((expected[key] * mean) ** 2 for key in members)
        excess = sum(
            (cells[key].so_far - expected[key] * mean) ** 2 - expected[key] * mean
            for key in members
        )
        strength = min(max(signal / excess, 1.0), 100.0) if excess > 0 else 100.0
        for key in members:
            speeds[key] = (strength + cells[key].so_far, strength / mean + expected[key])
    return speeds


def _nodes(
    cell: UnitGroup, alpha: float, beta: float, totals: Sequence[float]
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Mean and variance of the coming answers, for each shared node and each own one."""
    left = cell.forms - cell.so_far
    if left <= 0 or not any(totals):
        return (((0.0, 0.0),),) * SHARED_NODES
    own = 1 / (1 / alpha + CELL_DRIFT**2)
    speeds = [alpha / beta * _gamma_quantile(own, z) for z in _normal_nodes(_OWN_NODES)]
    grid = []
    for share in totals:
        ways = [min(speed * share * cell.forms / left, 1.0) for speed in speeds]
        grid.append(tuple((left * p, left * p * (1 - p)) for p in ways))
    return tuple(grid)


def _gain(cell: UnitGroup, speed: float, total: float, more: float) -> float:
    """Answers that one more reminder brings: the coming share is `more` times as large."""
    left = cell.forms - cell.so_far
    with_reminder = min(speed * total * more * cell.forms, left)
    return with_reminder - min(speed * total * cell.forms, left)


@lru_cache
def _normal_nodes(n: int) -> tuple[float, ...]:
    """`n` equally likely values of a standard normal, stretched to its variance of 1."""
    raw = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    scale = sqrt(sum(z * z for z in raw) / n)
    return tuple(z / scale for z in raw)


def _gamma_quantile(alpha: float, z: float) -> float:
    """A gamma variable of mean 1 at the standard normal value `z` (Wilson and Hilferty, 1931)."""
    return max(1 - 1 / (9 * alpha) + z / (3 * sqrt(alpha)), 0.0) ** 3
