"""Do those who answered look like those who were asked? R-indicator, its parts, whom to remind.

Sources: Schouten, Cobben, Bethlehem (2009), "Indicators for the representativeness of survey
response", Survey Methodology 35(1), for R = 1 − 2·S(ρ) and the coefficient of variation; Schouten,
Shlomo, Skinner (2011), "Indicators for monitoring and improving representativeness of response",
Journal of Official Statistics 27(2), for the partial indicators. Propensities are those of the
cross-classified strata, supplying and rated unit among them: response differs most between units, and
strata that leave them out find everybody alike. The noise of small strata is taken off. Pure: counts in,
indicators out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import copysign, sqrt
from typing import NamedTuple


class Stratum(NamedTuple):
    """The categories of one stratum, one for each variable; empty where it has none."""

    region: str = ""
    group: str = ""
    department: str = ""
    supplying: str = ""
    rated: str = ""


VARIABLES = Stratum._fields
_BESIDE = {
    "region": ("group", "department"),
    "group": ("department", "supplying"),
    "department": ("group", "supplying"),
    "supplying": ("group", "department"),
    "rated": ("region", "group", "department"),
}
"""Within which others a variable's conditional part is measured: none that would settle its category, as a
unit settles its region."""

SETTLE_DAYS = 3
STILL_R, STILL_RATE = 0.01, 0.01
"""A wave has stopped changing the picture when in three days neither R nor the rate moved by a hundredth."""

LEAST_IN_STRATUM = 10
"""Strata of fewer forms are laid together by unit and group: the noise of a thousand strata of two or three
is larger than what is between them."""

LEAST_WAITING = 10
SUGGESTED = 10


@dataclass(frozen=True)
class StratumCounts:
    """Forms that may be eligible, those answered, and those that a reminder could still reach."""

    forms: int = 0
    answered: int = 0
    waiting: int = 0

    def __add__(self, other: "StratumCounts") -> "StratumCounts":
        return StratumCounts(
            self.forms + other.forms, self.answered + other.answered, self.waiting + other.waiting
        )

    @property
    def rate(self) -> float:
        """Answered per form; 0 without forms."""
        return self.answered / self.forms if self.forms else 0.0


@dataclass(frozen=True)
class Category:
    """A category's part in the variation: below 0 it answers less than the whole, above 0 more."""

    name: str
    tally: StratumCounts
    unconditional: float
    conditional: float


@dataclass(frozen=True)
class Variable:
    """Between-category variation of one variable, alone and beside the other variables."""

    name: str
    unconditional: float
    conditional: float
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True)
class Representativeness:
    """R (1 is perfect), the spread S of propensities and its coefficient of variation.

    While nobody has answered nothing is known of them: no R, though all strata are alike.
    """

    r: float | None
    s: float
    cv: float | None
    whole: StratumCounts
    variables: tuple[Variable, ...] = field(default=())

    @property
    def largest(self) -> Variable | None:
        """The variable between whose categories response differs most; None where it differs nowhere."""
        most = max(self.variables, key=lambda each: each.unconditional, default=None)
        return most if most is not None and most.unconditional > 0 else None


def measure(strata: Mapping[Stratum, StratumCounts]) -> Representativeness | None:
    """All indicators of a response; None where nobody is eligible."""
    present = {key: tally for key, tally in strata.items() if tally.forms > 0}
    whole = sum(present.values(), start=StratumCounts())
    if not whole.forms:
        return None
    s = sqrt(_between(_laid_together(present), whole))
    variables = tuple(_variable(present, variable, whole) for variable in VARIABLES)
    if not whole.answered:
        return Representativeness(None, s, None, whole, variables)
    return Representativeness(1 - 2 * s, s, s / whole.rate, whole, variables)


def _variable(
    strata: Mapping[Stratum, StratumCounts], variable: str, whole: StratumCounts
) -> Variable:
    by_category: dict[str, StratumCounts] = {}
    crossed: dict[tuple[str, ...], dict[str, StratumCounts]] = {}
    for key, tally in strata.items():
        name = getattr(key, variable)
        by_category[name] = by_category.get(name, StratumCounts()) + tally
        cell = crossed.setdefault(tuple(getattr(key, each) for each in _BESIDE[variable]), {})
        cell[name] = cell.get(name, StratumCounts()) + tally
    within = dict.fromkeys(by_category, 0.0)
    conditional = 0.0
    for cell in crossed.values():
        together = sum(cell.values(), start=StratumCounts())
        share = together.forms / whole.forms
        conditional += share * _between(list(cell.values()), together)
        for name, tally in cell.items():
            within[name] += tally.forms / whole.forms * (tally.rate - together.rate) ** 2
    categories = tuple(
        Category(name, tally, _signed(tally, whole), sqrt(within[name]))
        for name, tally in sorted(by_category.items(), key=lambda item: _signed(item[1], whole))
    )
    spread = sqrt(_between(list(by_category.values()), whole))
    return Variable(variable, spread, sqrt(conditional), categories)


def _signed(tally: StratumCounts, whole: StratumCounts) -> float:
    """Unconditional partial indicator of a category, with the sign of its difference from the whole."""
    difference = tally.rate - whole.rate
    return copysign(sqrt(tally.forms / whole.forms) * abs(difference), difference)


def _between(tallies: Sequence[StratumCounts], whole: StratumCounts) -> float:
    """Variance of the rates around the whole's, less what chance alone would give; never below 0.

    The binomial noise of each rate, p(1 − p)/(n − 1), adds w(1 − w) times itself to the variance that
    is seen, w being the stratum's share. A stratum of one form tells nothing of it: those are left out,
    for to count them as alike would be a comfort.
    """
    telling = [tally for tally in tallies if tally.forms > 1]
    forms = sum(tally.forms for tally in telling)
    if not forms:
        return 0.0
    mean = whole.rate if forms == whole.forms else sum(t.answered for t in telling) / forms
    variance = 0.0
    for tally in telling:
        share = tally.forms / forms
        noise = tally.rate * (1 - tally.rate) / (tally.forms - 1)
        variance += share * (tally.rate - mean) ** 2 - share * (1 - share) * noise
    return max(variance, 0.0)


@dataclass(frozen=True)
class Suggestion:
    """A unit's group to remind, and what R would be if it came up to the whole's rate."""

    stratum: Stratum
    tally: StratumCounts
    r_then: float


def suggest(strata: Mapping[Stratum, StratumCounts]) -> list[Suggestion]:
    """Units' groups that answer less than the whole, those that weigh most on R first.

    A wave is made for units and groups, so that is what can be reminded apart.
    """
    now = measure(strata)
    if now is None or now.r is None:
        return []
    of_unit: dict[Stratum, dict[Stratum, StratumCounts]] = {}
    for key, tally in strata.items():
        named = Stratum(region=key.region, group=key.group, supplying=key.supplying)
        of_unit.setdefault(named, {})[key] = tally
    whole = {key: sum(each.values(), start=StratumCounts()) for key, each in of_unit.items()}
    behind = [
        (tally.forms * (now.whole.rate - tally.rate) ** 2, key)
        for key, tally in whole.items()
        if tally.waiting >= LEAST_WAITING and tally.rate < now.whole.rate
    ]
    chosen = []
    for _weight, key in sorted(behind, reverse=True)[:SUGGESTED]:
        tally = whole[key]
        lifted = StratumCounts(tally.forms, round(tally.forms * now.whole.rate), tally.waiting)
        rest = {other: n for other, n in strata.items() if other not in of_unit[key]}
        chosen.append(Suggestion(key, tally, _r({**rest, key: lifted})))
    return chosen


def _r(strata: Mapping[Stratum, StratumCounts]) -> float:
    present = {key: tally for key, tally in strata.items() if tally.forms > 0}
    whole = sum(present.values(), start=StratumCounts())
    return 1 - 2 * sqrt(_between(_laid_together(present), whole))


def _laid_together(strata: Mapping[Stratum, StratumCounts]) -> list[StratumCounts]:
    """The strata, small ones of the same unit and group as one."""
    large = [tally for tally in strata.values() if tally.forms >= LEAST_IN_STRATUM]
    small: dict[Stratum, StratumCounts] = {}
    for key, tally in strata.items():
        if tally.forms < LEAST_IN_STRATUM:
            shared = key._replace(department="", rated="")
            small[shared] = small.get(shared, StratumCounts()) + tally
    return [*large, *small.values()]


@dataclass(frozen=True)
class DayPicture:
    """R and the response rate at the end of a day."""

    day: date
    r: float
    rate: float


@dataclass(frozen=True)
class WaveEffect:
    """What a sending has changed so far, and whether it still does."""

    sent_on: date
    before: DayPicture | None
    """None where nobody had answered before it."""
    latest: DayPicture
    has_stopped: bool


def wave_effect(pictures: Sequence[DayPicture], sendings: Sequence[date]) -> WaveEffect | None:
    """The last sending's effect on the picture; None before the first or without pictures.

    A wave has three days to settle; after that it has stopped when the last three days moved neither
    R nor the response rate (a phase that has reached its capacity: Groves and Heeringa, 2006).
    """
    if not pictures:
        return None
    latest = pictures[-1]
    sent = [day for day in sendings if day <= latest.day]
    if not sent:
        return None
    before = _at(pictures, sent[-1] - timedelta(days=1))
    earlier = _at(pictures, latest.day - timedelta(days=SETTLE_DAYS))
    is_settled = (latest.day - sent[-1]).days >= SETTLE_DAYS
    is_still = (
        earlier is not None
        and abs(latest.r - earlier.r) < STILL_R
        and abs(latest.rate - earlier.rate) < STILL_RATE
    )
    return WaveEffect(sent[-1], before, latest, is_settled and is_still)


def _at(pictures: Sequence[DayPicture], day: date) -> DayPicture | None:
    past = [picture for picture in pictures if picture.day <= day]
    return past[-1] if past else None
