"""Outcome rates of the American Association for Public Opinion Research.

Source: AAPOR Standard Definitions, 10th edition (2023), "Internet surveys of specifically named
persons". Letters are theirs: I complete, P partial, R refusal and break-off, NC non-contact,
O other, U unknown eligibility (their UH + UO), e the estimated share of U that is eligible. S, the submitted,
is ours: how many of them are I, how many P, nobody knows before the box is opened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from surveyapp.assignments.rules import INVITED, STARTED, Disposition

FOUND_BY_CONTACT = {Disposition.MOVED, Disposition.WRONG_GROUP}
"""Not eligible, and known to be so because the person was reached: the only ones that inform e.

Duplicates and removals are mended in the lists before anyone is asked; counting them would make the
unreached look less eligible than they are."""

LETTERS: Mapping[str, frozenset[Disposition]] = {
    "S": frozenset({Disposition.SUBMITTED}),
    "R": frozenset({Disposition.REFUSED, Disposition.BEGUN}),
    "NC": frozenset({Disposition.UNAVAILABLE}),
    "U": frozenset({Disposition.NOT_SENT, Disposition.SENT, Disposition.BOUNCED}),
    "out": frozenset(FOUND_BY_CONTACT),
    "list": frozenset({Disposition.DUPLICATE, Disposition.REMOVED}),
}
"""Which letter of the formulas each disposition counts under; `out` and `list` stand in none of them."""

SENT = INVITED - {Disposition.NOT_SENT}
"""Forms whose invitation left the house."""

ANSWERED = LETTERS["S"]
MAYBE_ELIGIBLE = ANSWERED | LETTERS["R"] | LETTERS["NC"] | LETTERS["U"]
"""The headline, RR2, is the first over the second, here and in every forecast and indicator."""

_SUMS = (INVITED, SENT, STARTED, ANSWERED, MAYBE_ELIGIBLE)
_SUMS_OF = {d: tuple(n for n, summed in enumerate(_SUMS) if d in summed) for d in Disposition}


def letter(disposition: Disposition) -> str:
    """The letter a disposition counts under: exactly one."""
    return next(name for name, members in LETTERS.items() if disposition in members)


@dataclass(frozen=True)
class Counts:
    """Assignments by disposition in some part of the campaign."""

    by_disposition: Mapping[Disposition, int] = field(default_factory=dict)

    def of(self, dispositions: Iterable[Disposition]) -> int:
        """Assignments in any of `dispositions`."""
        n_of = self.by_disposition.get
        return sum([n_of(disposition, 0) for disposition in dispositions])

    def __add__(self, other: "Counts") -> "Counts":
        added = dict(self.by_disposition)
        for key, n in other.by_disposition.items():
            added[key] = added.get(key, 0) + n
        return Counts(added)

    def __sub__(self, other: "Counts") -> "Counts":
        left = dict(self.by_disposition)
        for key, n in other.by_disposition.items():
            left[key] = left.get(key, 0) - n
        return Counts(left)

    @cached_property
    def _sums(self) -> list[int]:
        """Every sum below, in one pass: a page asks a thousand times."""
        sums = [0] * len(_SUMS)
        for disposition, n in self.by_disposition.items():
            for which in _SUMS_OF[disposition]:
                sums[which] += n
        return sums

    @property
    def assignments(self) -> int:
        """Every assignment that ever was made, whatever became of it."""
        return sum(self.by_disposition.values())

    @property
    def invited(self) -> int:
        """Forms that hold a place in an invitation."""
        return self._sums[0]

    @property
    def sent(self) -> int:
        """Forms whose invitation left the house."""
        return self._sums[1]

    @property
    def begun(self) -> int:
        """Forms whose holder pressed start and has not declined since."""
        return self._sums[2]

    @property
    def submitted(self) -> int:
        """Forms submitted, however much was answered: respondents until the opening, the numerator of RR2."""
        return self._sums[3]

    @property
    def maybe_eligible(self) -> int:
        """Forms not known to be out of scope: the denominator of RR1 and RR2."""
        return self._sums[4]

    @property
    def by_letter(self) -> dict[str, int]:
        """Forms under each letter of the formulas: S, R, NC, U, and `out`, found not eligible."""
        return {name: self.of(LETTERS[name]) for name in ("S", "R", "NC", "U", "out")}


class CompletenessCounts(NamedTuple):
    """What the submitted forms were, counted in the opened responses (AAPOR 1.1, 1.2, 2.12)."""

    complete: int = 0
    partial: int = 0
    break_off: int = 0


@dataclass(frozen=True)
class Rates:
    """Outcome rates as shares from 0 to 1; None where nobody is eligible (no rate, not 0 %).

    RR1, RR3, RR5, COOP1 and COOP3 ask how many of the submitted are complete: None before the opening.
    """

    e: float | None
    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    coop2: float | None
    coop3: float | None
    coop4: float | None
    ref1: float | None
    ref2: float | None
    ref3: float | None
    con1: float | None
    con2: float | None
    con3: float | None


def outcome_rates(counts: Counts, opened: CompletenessCounts | None = None) -> Rates:
    """All outcome rates of `counts`.

    Before the opening every submitted form counts as a respondent. Given how complete the `opened` are,
    only complete and partial ones do; a submitted form that is neither is a break-off.

    e is the share of eligible among those whose eligibility is known from contact (the proportional
    allocation, or CASRO, method); with nobody resolved yet it is taken as 1, the cautious side.
    """
    complete = opened.complete if opened else None
    answered = opened.complete + opened.partial if opened else counts.submitted
    refusal = counts.of(LETTERS["R"]) + counts.submitted - answered
    non_contact = counts.of(LETTERS["NC"])
    unknown = counts.of(LETTERS["U"])
    known = answered + refusal + non_contact
    ineligible = counts.of(LETTERS["out"])
    e = known / (known + ineligible) if known else 1.0
    everyone = known + unknown
    estimated = known + e * unknown
    reached = answered + refusal
    return Rates(
        e=e if known + unknown else None,
        rr1=_share(complete, everyone),
        rr2=_share(answered, everyone),
        rr3=_share(complete, estimated),
        rr4=_share(answered, estimated),
        rr5=_share(complete, known),
        rr6=_share(answered, known),
        coop1=_share(complete, reached),
        coop2=_share(answered, reached),
        coop3=_share(complete, reached),
        coop4=_share(answered, reached),
        ref1=_share(refusal, everyone),
        ref2=_share(refusal, estimated),
        ref3=_share(refusal, known),
        con1=_share(reached, everyone),
        con2=_share(reached, estimated),
        con3=_share(reached, known),
    )


def headline(counts: Counts) -> float | None:
    """RR2 alone, the rate that pages lead with."""
    return _share(counts.submitted, counts.maybe_eligible)


def _share(part: float | None, whole: float) -> float | None:
    return part / whole if whole and part is not None else None


def coverage(counts: Counts, planned: int) -> float | None:
    """Submitted forms per planned form: how much of the sample plan is reached. None without a plan."""
    return _share(counts.submitted, planned)
