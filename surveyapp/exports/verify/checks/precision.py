"""Weights and means of the scoring part against the counts and rates they follow from."""

from collections.abc import Iterator
from math import isclose
from pathlib import Path

from ..faults import ReleaseFault
from .public import ALL, Scores
from .released_counts import ReleasedCounts, rows_of

WEIGHTS, MEANS = "scoring/weights.csv", "scoring/means.csv"
CLOSE = 2e-6
"""Figures are written with six digits."""


def precision_faults(
    folder: Path, counts: ReleasedCounts, scores: Scores
) -> Iterator[ReleaseFault]:
    """What a response stands for, and every mean with its intervals."""
    for row in rows_of(folder / WEIGHTS):
        forms, responses = int(row["forms"]), int(row["responses"])
        cell = (row["rated_unit"], row["group"])
        weight = max(forms, responses) / responses if responses else 0.0
        deff = float(row["deff"] or 1)
        if (
            counts.rows.get(cell, responses) != responses
            or not isclose(float(row["weight"] or 0), weight, abs_tol=CLOSE)
            or (row["deff"] and not isclose(deff, _deff(row, weight), abs_tol=1e-5))
        ):
            yield ReleaseFault(WEIGHTS, "weights_differ", "/".join(cell))
    for row in rows_of(folder / MEANS):
        cell, variable = (row["rated_unit"], row["group"]), row["variable"]
        mean = float(row["mean"])
        where = "/".join((*cell, variable))
        if not all(_is_inside(row, mean, name) for name in ("finite", "wide")):
            yield ReleaseFault(MEANS, "means_differ", where)
        elif cell[0] != ALL and variable in scores:
            chosen = {code: counts.options[cell][variable][code] for code in scores[variable]}
            n = sum(chosen.values())
            total = sum(scores[variable][code] * k for code, k in chosen.items())
            if int(row["n_answered"]) != n or not isclose(mean, total / n, abs_tol=CLOSE):
                yield ReleaseFault(MEANS, "means_differ", where)


def _deff(row: dict[str, str], weight: float) -> float:
    """Kish's design effect of the row's own columns."""
    size = float(row["cluster_size"] or 0)
    return max(1.0, 1 + (size / weight - 1) * float(row["icc"]))


def _is_inside(row: dict[str, str], mean: float, name: str) -> bool:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return not low or float(low) - CLOSE <= mean <= float(high) + CLOSE
