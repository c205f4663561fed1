"""The pooled curve: which share of the invited answers on which day after being written to.

A cure model: a share `reach` of the people can be won at all, and of those still to come a share of
1 − exp(−h) answers each day, log h = a + b·τ + c·log(1 + τ) + w·(day off) + r·(after a reminder), τ
being days since the invitation or the last reminder. h is fitted by Poisson regression with weak
priors for each of several `reach`, which are then weighed by how well they explain the days.
Documented in docs/forecast.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log, log1p
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Array = NDArray[Any]

PRIOR_MEAN = (log(0.05), -0.12, -0.4, log(0.25), log(0.5))
PRIOR_SPREAD = (1.5, 0.1, 0.5, 0.6, 0.5)
"""Weak opinions, so that the first mornings have a curve at all: the share falls from day to day,
a quarter as many answer on a day off, a reminder brings half of what the invitation brought."""

TEMPER = 3.0
"""Days are not independent looks at the same curve: their evidence about the reach counts a third."""

_STEPS = 12
_SMALL = 1e-5


@dataclass(frozen=True)
class Cohort:
    """Forms first sent on the same day, and how many of them were answered on each day since.

    `reminders` are days on which these forms were reminded of, beside the reminders of everybody.
    """

    starts: date
    forms: int
    answered: Mapping[date, int]
    reminders: tuple[date, ...] = ()

    @property
    def told(self) -> tuple[date, tuple[date, ...]]:
        """What tells it from other cohorts."""
        return self.starts, self.reminders


@dataclass(frozen=True)
class ReminderCalendar:
    """Days on which reminders went (or will go) out to everybody, and public holidays."""

    reminders: tuple[date, ...] = ()
    holidays: frozenset[date] = frozenset()

    def features(self, cohort: Cohort, day: date) -> tuple[float, ...]:
        """What the regression knows of `day` for these forms."""
        reminders = (*self.reminders, *cohort.reminders)
        pushes = [reminder for reminder in reminders if cohort.starts < reminder <= day]
        since = (day - max(pushes, default=cohort.starts)).days
        is_off = day.weekday() >= 5 or day in self.holidays
        return (1.0, float(since), log1p(since), float(is_off), float(bool(pushes)))

    def with_reminder(self, day: date) -> "ReminderCalendar":
        """The same with one more reminder."""
        return ReminderCalendar(tuple(sorted({*self.reminders, day})), self.holidays)


@dataclass(frozen=True)
class FittedCurve:
    """One fitted curve. `dispersion` is how much wider than Poisson the days scatter (at least 1)."""

    reach: float
    weight: float
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    dispersion: float
    forms: int
    calendar: ReminderCalendar

    def coming(
        self,
        cohort: Cohort,
        so_far: float,
        days: Sequence[date],
        calendar: ReminderCalendar | None = None,
    ) -> list[float]:
        """Shares of the forms expected on each of `days`, after `so_far` (0..1) have answered."""
        left = max(self.reach - so_far, 0.0)
        shares = []
        for day in days:
            features = (calendar or self.calendar).features(cohort, day)
            came = left * (1 - exp(-exp(min(_dot(self.coefficients, features), 1.0))))
            left -= came
            shares.append(came)
        return shares

    def spread(self, cohort: Cohort, days: Sequence[date], shares: Sequence[float]) -> float:
        """Standard deviation of the logarithm of the sum of `shares`, of fit and of days."""
        total = sum(shares)
        if total <= 0:
            return 0.0
        features = [self.calendar.features(cohort, day) for day in days]
        # What comes later cannot come if it came earlier: the nearer to its reach, the less is open.
        room = 1 - min(total / max(self.reach, total), 1.0) * 0.5
        gradient = [
            sum(share * x[i] for share, x in zip(shares, features, strict=True)) / total * room
            for i in range(len(self.coefficients))
        ]
        of_fit = _dot(gradient, [_dot(row, gradient) for row in self.covariance])
        of_days = self.dispersion / max(self.forms * total, 1.0)
        return float((of_fit + of_days) ** 0.5)


def fit(cohorts: Sequence[Cohort], calendar: ReminderCalendar, *, until: date) -> list[FittedCurve]:
    """Curves up to the end of `until`, one for each possible reach, with weights that sum to 1."""
    forms = sum(cohort.forms for cohort in cohorts)
    answered = sum(sum(cohort.answered.values()) for cohort in cohorts)
    seen = answered / forms if forms else 0.0
    fits = [
        (reach, _fit_one(days))
        for reach in _reaches(seen)
        if (days := _days_seen(cohorts, calendar, reach, until)) is not None
    ]
    if not fits:
        return []
    dispersion = min(one.dispersion for _, one in fits)
    best = max(one.likelihood / dispersion for _, one in fits)
    weights = [exp(max((one.likelihood / dispersion - best) / TEMPER, -50.0)) for _, one in fits]
    return [
        FittedCurve(
            reach,
            weight / sum(weights),
            one.coefficients,
            one.covariance,
            one.dispersion,
            forms,
            calendar,
        )
        for (reach, one), weight in zip(fits, weights, strict=True)
    ]


def _reaches(seen: float) -> list[float]:
    """Shares of people who may be won in the end: from little more than have answered up to all."""
    left = 1 - seen
    return [seen + left * step for step in (0.03, 0.08, 0.16, 0.27, 0.4, 0.55, 0.75, 1.0)]


@dataclass(frozen=True)
class _Days:
    """One row for each cohort and day: its features, the forms still to be won, the answers."""

    features: "_Array"
    left: "_Array"
    answered: "_Array"

    def expected(self, coefficients: "_Array") -> "_Array":
        """Answers of each row; nobody answers more than e times the forms that are left."""
        import numpy as np

        expected: _Array = self.left * np.exp(np.minimum(self.features @ coefficients, 1.0))
        return expected

    def likelihood(self, coefficients: "_Array") -> float:
        """Logarithm of the Poisson likelihood, but for what no reach changes."""
        import numpy as np

        rate = np.minimum(self.features @ coefficients, 1.0)
        terms = self.answered * rate - self.left * np.exp(rate) + self.answered * np.log(self.left)
        return float(terms.sum())


def _days_seen(
    cohorts: Sequence[Cohort], calendar: ReminderCalendar, reach: float, until: date
) -> _Days | None:
    """What every cohort did up to the end of `until`, if no more than `reach` can be won."""
    import numpy as np

    features, left, answered = [], [], []
    for cohort in cohorts:
        came = 0
        for day in days_between(cohort.starts, until):
            features.append(calendar.features(cohort, day))
            left.append(max(cohort.forms * reach - came, 0.5))
            answered.append(cohort.answered.get(day, 0))
            came += answered[-1]
    if not features:
        return None
    return _Days(np.array(features), np.array(left), np.array(answered, dtype=float))


@dataclass(frozen=True)
class _Fit:
    """What one reach makes of the days."""

    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    dispersion: float
    likelihood: float


def _fit_one(days: "_Days") -> _Fit:
    """The penalised quasi-Poisson regression for one reach; the dispersion is found beside it."""
    dispersion = 1.0
    coefficients, covariance = _maximise(days, dispersion)
    for _ in range(2):
        dispersion = _dispersion(days, coefficients)
        coefficients, covariance = _maximise(days, dispersion)
    return _Fit(
        tuple(coefficients.tolist()),
        tuple(tuple(row) for row in covariance.tolist()),
        dispersion,
        days.likelihood(coefficients),
    )


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included; none when `last` is earlier."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _maximise(days: "_Days", dispersion: float) -> tuple["_Array", "_Array"]:
    """Newton's method on the penalised quasi-likelihood; the coefficients and their covariance."""
    import numpy as np

    prior, precision = np.array(PRIOR_MEAN), 1 / np.array(PRIOR_SPREAD) ** 2
    coefficients = prior
    for _ in range(_STEPS):
        expected = days.expected(coefficients)
        slope = precision * (prior - coefficients)
        slope = slope + days.features.T @ (days.answered - expected) / dispersion
        information = np.diag(precision) + (days.features.T * expected) @ days.features / dispersion
        step = np.linalg.solve(information, slope)
        longest = np.abs(step).max()
        coefficients = coefficients + step / max(longest, 1.0)
        if longest < _SMALL:
            break
    return coefficients, np.linalg.inv(information)


def _dispersion(days: "_Days", coefficients: "_Array") -> float:
    """Pearson's statistic per degree of freedom, at least 1."""
    expected = days.expected(coefficients)
    pearson = ((days.answered - expected) ** 2 / expected.clip(min=0.5)).sum()
    return max(1.0, float(pearson) / max(len(expected) - len(coefficients), 1))


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))
