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
    """Forms first sent on the same day, and how many of them were answered on each day since."""

    starts: date
    forms: int
    answered: Mapping[date, int]


@dataclass(frozen=True)
class Calendar:
    """Days on which reminders went (or will go) out to everybody, and days on which few work."""

    reminders: tuple[date, ...] = ()
    days_off: frozenset[date] = frozenset()

    def features(self, starts: date, day: date) -> tuple[float, ...]:
        """What the regression knows of `day` for forms sent on `starts`."""
        pushes = [reminder for reminder in self.reminders if starts < reminder <= day]
        since = (day - max(pushes, default=starts)).days
        is_off = day.weekday() >= 5 or day in self.days_off
        return (1.0, float(since), log1p(since), float(is_off), float(bool(pushes)))

    def with_reminder(self, day: date) -> "Calendar":
        """The same with one more reminder."""
        return Calendar(tuple(sorted({*self.reminders, day})), self.days_off)


@dataclass(frozen=True)
class Shape:
    """One fitted curve. `dispersion` is how much wider than Poisson the days scatter (at least 1)."""

    reach: float
    weight: float
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    dispersion: float
    forms: int
    calendar: Calendar

    def coming(
        self, starts: date, so_far: float, days: Sequence[date], calendar: Calendar | None = None
    ) -> list[float]:
        """Shares of the forms expected on each of `days`, after `so_far` (0..1) have answered."""
        left = max(self.reach - so_far, 0.0)
        shares = []
        for day in days:
            features = (calendar or self.calendar).features(starts, day)
            came = left * (1 - exp(-exp(min(_dot(self.coefficients, features), 1.0))))
            left -= came
            shares.append(came)
        return shares

    def spread(self, starts: date, days: Sequence[date], shares: Sequence[float]) -> float:
        """Standard deviation of the logarithm of the sum of `shares`, of fit and of days."""
        total = sum(shares)
        if total <= 0:
            return 0.0
        features = [self.calendar.features(starts, day) for day in days]
        # What comes later cannot come if it came earlier: the nearer to its reach, the less is open.
        room = 1 - min(total / max(self.reach, total), 1.0) * 0.5
        gradient = [
            sum(share * x[i] for share, x in zip(shares, features, strict=True)) / total * room
            for i in range(len(self.coefficients))
        ]
        of_fit = _dot(gradient, [_dot(row, gradient) for row in self.covariance])
        of_days = self.dispersion / max(self.forms * total, 1.0)
        return float((of_fit + of_days) ** 0.5)


def fit(cohorts: Sequence[Cohort], calendar: Calendar, *, until: date) -> list[Shape]:
    """Curves up to the end of `until`, one for each possible reach, with weights that sum to 1."""
    forms = sum(cohort.forms for cohort in cohorts)
    answered = sum(sum(cohort.answered.values()) for cohort in cohorts)
    seen = answered / forms if forms else 0.0
    tried = [
        (reach, _fit_one(rows))
        for reach in _reaches(seen)
        if (rows := _rows(cohorts, calendar, reach, until))
    ]
    if not tried:
        return []
    dispersion = min(found[2] for _, found in tried)
    best = max(found[3] / dispersion for _, found in tried)
    weights = [exp(max((found[3] / dispersion - best) / TEMPER, -50.0)) for _, found in tried]
    return [
        Shape(reach, weight / sum(weights), tuple(beta), covariance, spread, forms, calendar)
        for (reach, (beta, covariance, spread, _)), weight in zip(tried, weights, strict=True)
    ]


def _reaches(seen: float) -> list[float]:
    """Shares of people who may be won in the end: from little more than have answered up to all."""
    left = 1 - seen
    return [seen + left * step for step in (0.03, 0.08, 0.16, 0.27, 0.4, 0.55, 0.75, 1.0)]


def _rows(
    cohorts: Sequence[Cohort], calendar: Calendar, reach: float, until: date
) -> list["Observed"]:
    rows = []
    for cohort in cohorts:
        came = 0
        for day in days_between(cohort.starts, until):
            left = max(cohort.forms * reach - came, 0.5)
            today = cohort.answered.get(day, 0)
            rows.append((calendar.features(cohort.starts, day), left, today))
            came += today
    return rows


Fitted = tuple[list[float], tuple[tuple[float, ...], ...], float, float]


def _fit_one(rows: Sequence["Observed"]) -> Fitted:
    """Coefficients, covariance, dispersion and penalised log-likelihood for one reach."""
    dispersion = 1.0
    beta, covariance = _maximise(rows, dispersion)
    for _ in range(2):
        dispersion = _dispersion(rows, beta)
        beta, covariance = _maximise(rows, dispersion)
    likelihood = 0.0
    for x, left, today in rows:
        rate = min(_dot(beta, x), 1.0)
        likelihood += today * rate - left * exp(rate) + today * log(left)
    return beta, covariance, dispersion, likelihood


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included; none when `last` is earlier."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


Observed = tuple[tuple[float, ...], float, int]


def _maximise(
    rows: Sequence[Observed], dispersion: float
) -> tuple[list[float], tuple[tuple[float, ...], ...]]:
    """Newton's method on the penalised quasi-likelihood; the coefficients and their covariance."""
    size = len(PRIOR_MEAN)
    beta = list(PRIOR_MEAN)
    information: list[list[float]] = []
    for _ in range(_STEPS):
        precision = [1 / spread**2 for spread in PRIOR_SPREAD]
        slope = [precision[i] * (PRIOR_MEAN[i] - beta[i]) for i in range(size)]
        information = [[precision[i] if i == j else 0.0 for j in range(size)] for i in range(size)]
        for x, forms, answered in rows:
            expected = forms * exp(min(_dot(beta, x), 1.0))
            for i in range(size):
                slope[i] += x[i] * (answered - expected) / dispersion
                for j in range(size):
                    information[i][j] += x[i] * x[j] * expected / dispersion
        step = _solve(information, slope)
        longest = max(abs(s) for s in step)
        beta = [b + s / max(longest, 1.0) for b, s in zip(beta, step, strict=True)]
        if longest < _SMALL:
            break
    unit = [[1.0 if i == j else 0.0 for i in range(size)] for j in range(size)]
    return beta, tuple(tuple(_solve(information, column)) for column in unit)


def _dispersion(rows: Sequence[Observed], beta: Sequence[float]) -> float:
    """Pearson's statistic per degree of freedom, at least 1."""
    pearson = 0.0
    for x, forms, answered in rows:
        expected = forms * exp(min(_dot(beta, x), 1.0))
        pearson += (answered - expected) ** 2 / max(expected, 0.5)
    return max(1.0, pearson / max(len(rows) - len(beta), 1))


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def _solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Gaussian elimination with pivoting; the matrix is positive definite and small."""
    size = len(right)
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for i in range(size):
        best = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[best] = rows[best], rows[i]
        for k in range(i + 1, size):
            factor = rows[k][i] / rows[i][i]
            for j in range(i, size + 1):
                rows[k][j] -= factor * rows[i][j]
    found = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][j] * found[j] for j in range(i + 1, size))
        found[i] = (rows[i][size] - known) / rows[i][i]
    return found
