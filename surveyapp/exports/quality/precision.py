"""Weights and precision: what a mean stands for, and how far it may be off.

Everybody on the lists is asked. What is missing is non-response, taken to be at random within a rated unit × group
(response homogeneity groups: Särndal, Swensson, Wretman 1992, 15.6), so every form there weighs forms ÷ responses.
Two intervals answer two questions:

- *finite*: of all who are on the lists. Stratified estimator without replacement (Cochran 1977, 5.3):
  Var = Σ (N_h/N)² (1 − n_h/N_h) s²_h / n_h.
- *wide*: of how others like them would have answered. No finite-population correction, and the design effect of
  people who were named by the same supplying unit (Kish 1965, 5.4): deff = 1 + (b − 1)·ρ, with b = Σ b_i² ÷ Σ b_i
  (Kish's mean cluster size) times the share that answered.

ρ is `ICC`, documented and not estimated: a ballot does not carry the supplying unit, so no estimate can be made.
A cell whose people all come from one unit has no design effect; one with a single answer has no variance.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from surveyapp.exports.disclosure.item_figures import Z95
from surveyapp.exports.disclosure.row_labels import Cell

ICC = 0.05
"""Correlation of answers within one supplying unit: a convention, with its reasons in docs/decisions/0014."""


@dataclass(frozen=True)
class CellWeight:
    """One rated unit × group: `forms` that may be eligible, `responses` counted, forms of each supplying unit."""

    forms: int
    responses: int
    clusters: Sequence[int]

    @property
    def weight(self) -> float | None:
        """Forms that one response stands for; None where nobody answered. Never under 1."""
        return max(self.forms, self.responses) / self.responses if self.responses else None

    @property
    def cluster_size(self) -> float | None:
        """Forms named by the supplying unit of a form chosen at random; None without lists."""
        total = sum(self.clusters)
        return sum(n * n for n in self.clusters) / total if total else None

    @property
    def deff(self) -> float | None:
        """The design effect; None where the people come from one unit or from none that is known."""
        if len(self.clusters) < 2 or not self.weight or self.cluster_size is None:
            return None
        return max(1.0, 1 + (self.cluster_size / self.weight - 1) * ICC)


@dataclass(frozen=True)
class CellScores:
    """Scores 0–100 of one item in one cell: how many, their sum and the sum of their squares."""

    weight: CellWeight
    n: int
    total: float
    squares: float

    @property
    def forms(self) -> int:
        """People the stratum stands for: never fewer than answered."""
        return max(self.weight.forms, self.n)

    @property
    def mean(self) -> float:
        """Of the answers on the scale."""
        return self.total / self.n

    @property
    def variance(self) -> float | None:
        """s² with n − 1; None for a single answer."""
        if self.n < 2:
            return None
        return max(0.0, (self.squares - self.total * self.total / self.n) / (self.n - 1))


@dataclass(frozen=True)
class Estimate:
    """A mean with its two standard errors; None where they cannot be estimated."""

    n: int
    mean: float
    error_finite: float | None
    error_wide: float | None

    def interval(self, error: float | None) -> tuple[float | None, float | None]:
        """At 95 %, within the scale."""
        if error is None:
            return None, None
        return max(0.0, self.mean - Z95 * error), min(100.0, self.mean + Z95 * error)


def stratum(
    counts: Mapping[str, int], scores: Mapping[str, float], weight: CellWeight
) -> CellScores:
    """The sums of one cell from its counts by option and what each option is worth."""
    return CellScores(
        weight,
        n=sum(counts[code] for code in scores),
        total=sum(counts[code] * score for code, score in scores.items()),
        squares=sum(counts[code] * score * score for code, score in scores.items()),
    )


def estimate(strata: Iterable[CellScores]) -> Estimate | None:
    """The mean over strata, each as large as its forms; None where nobody answered on the scale."""
    answered = [one for one in strata if one.n]
    population = sum(one.forms for one in answered)
    if not population:
        return None
    finite = wide = 0.0
    known = True
    for one in answered:
        if one.variance is None:
            known = False
            continue
        share = one.forms / population
        plain = share * share * one.variance / one.n
        finite += plain * (1 - one.n / one.forms)
        wide += plain * (one.weight.deff or 1.0)
    return Estimate(
        n=sum(one.n for one in answered),
        mean=sum(one.forms * one.mean for one in answered) / population,
        error_finite=sqrt(finite) if known else None,
        error_wide=sqrt(wide) if known else None,
    )


def cell_weights(
    responses: Mapping[Cell, int], forms: Mapping[tuple[str, str, str], int]
) -> dict[Cell, CellWeight]:
    """Of every cell with responses; `forms` by rated unit, group and supplying unit."""
    clusters: dict[Cell, list[int]] = {}
    for (unit, group, _supplier), n in sorted(forms.items()):
        if n:
            clusters.setdefault((unit, group), []).append(n)
    return {
        cell: CellWeight(sum(clusters.get(cell, ())), n, tuple(clusters.get(cell, ())))
        for cell, n in responses.items()
    }
