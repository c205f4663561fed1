"""What the rules of cleaning move, worked out again from the rows and their flags.

Rows say which rules touched them, so means can be had again where no answer was taken out of them, of units all
of whose cells give rows under their own label. Campaigns with other questions than choices of one are left to the
sender: why an answer is away is not the same there and in the study.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isclose
from pathlib import Path
from typing import Any

from ..faults import ReleaseFault
from ..layout import FLAGS, FORMAT, LABELS, MERGED
from .public import Scores
from .released_counts import rows_of

SENSITIVITY, RESPONSES = "scoring/sensitivity.csv", "scoring/responses.csv"
VARIANTS = ("all_in", "as_ruled", "tail_out", "person_out")
TOGETHER = "*"
SHORTEST_TAIL = 3
CLOSE = 2e-6
"""Means are written with six digits."""

Sums = list[float]
"""Sum and number of scores."""


@dataclass
class _Unit:
    """What the rows of a rated unit add up to: by rule, variant and group."""

    responses: int = 0
    touched: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    emptied: bool = False
    sums: dict[tuple[str, str, str], Sums] = field(
        default_factory=lambda: defaultdict(lambda: [0.0, 0.0])
    )

    def mean(self, rule: str, variant: str, groups: Sequence[str]) -> float | None:
        """The mean of the means of the groups."""
        parts = [self.sums[rule, variant, group] for group in groups]
        means = [total / n for total, n in parts if n > 0.5]
        return sum(means) / len(means) if means else None


def sensitivity_faults(
    folder: Path, manifest: Mapping[str, Any], scores: Scores
) -> Iterator[ReleaseFault]:
    """Means, ranks and numbers that do not follow from the rows, or from one another."""
    yield from _rank_faults(folder)
    if manifest["format"] != FORMAT:
        return
    rules = {rule["id"]: rule for rule in manifest["cleaning"]}
    units, groups = _read(folder, rules, scores)
    is_labelled = (
        not manifest["disclosure"]["pools"] and not manifest["disclosure"]["rows_withheld"]
    )
    for row in rows_of(folder / SENSITIVITY):
        unit = units.get(row["rated_unit"], _Unit())
        where = f"{row['rule']}/{row['rated_unit']}"
        if int(row["responses"]) != unit.responses:
            if is_labelled:
                yield ReleaseFault(SENSITIVITY, "sensitivity_differs", where)
            continue
        if int(row["touched"]) != unit.touched[row["rule"]]:
            yield ReleaseFault(SENSITIVITY, "sensitivity_differs", f"{where}/touched")
        has_pairs = any(
            rule["kind"] == "contradiction" and unit.touched[code] for code, rule in rules.items()
        )
        for variant in VARIANTS:
            if unit.emptied or (variant == "tail_out" and has_pairs):
                continue  # what stood there, or which of two answers is doubted, the rows do not say
            mean = unit.mean(row["rule"], variant, groups[row["rated_unit"]])
            told = row[f"mean_{variant}"]
            if (mean is None) == bool(told) or (
                mean is not None and not isclose(float(told), mean, abs_tol=CLOSE)
            ):
                yield ReleaseFault(SENSITIVITY, "sensitivity_differs", f"{where}/{variant}")


def _read(
    folder: Path, rules: Mapping[str, Mapping[str, Any]], scores: Scores
) -> tuple[dict[str, _Unit], dict[str, list[str]]]:
    """What the rows add up to by unit, and the groups that rated each."""
    units: dict[str, _Unit] = defaultdict(_Unit)
    groups: dict[str, list[str]] = defaultdict(list)
    names = [*rules, TOGETHER]
    with (folder / RESPONSES).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        variables = next(reader)[LABELS:]
        worth = [scores.get(name, {}) for name in variables]
        for row in reader:
            code, group = row[2], row[3]
            if MERGED in (code, group):
                continue
            unit, flagged = units[code], set(row[FLAGS].split())
            unit.responses += 1
            if group not in groups[code]:
                groups[code].append(group)
            unit.emptied |= any(rules[name]["effect"] == "set_missing" for name in flagged)
            given = [(cell, of) for cell, of in zip(row[LABELS:], worth, strict=True) if cell]
            whole = _sums(given)
            for name in names:
                hit = flagged & (rules.keys() if name == TOGETHER else {name})
                unit.touched[name] += bool(hit)
                left = _left(row[LABELS:], worth, whole, [rules[one] for one in hit])
                for variant, (total, n) in zip(VARIANTS, left, strict=True):
                    kept = unit.sums[name, variant, group]
                    kept[0] += total
                    kept[1] += n
    return units, groups


def _left(
    cells: Sequence[str],
    worth: Sequence[Mapping[str, float]],
    whole: Sums,
    hit: Sequence[Mapping[str, Any]],
) -> list[Sums]:
    """What is left of a row under each variant, given the rules that touched it."""
    if not hit:
        return [whole] * len(VARIANTS)
    none = [0.0, 0.0]
    is_out = any(rule["effect"] == "exclude" for rule in hit)
    begins = _tail(cells)
    tail = _sums([(cell, of) for cell, of in zip(cells[:begins], worth, strict=False) if cell])
    return [whole, none if is_out else whole, tail, none]


def _sums(given: Sequence[tuple[str, Mapping[str, float]]]) -> Sums:
    points = [of[cell] for cell, of in given if cell in of]
    return [sum(points), float(len(points))]


def _tail(cells: Sequence[str]) -> int:
    """Where the first longest run of equal answers begins, if it is long enough."""
    length = longest = first = 0
    begins = len(cells)
    for n, cell in enumerate(cells):
        if cell and n and cell == cells[n - 1]:
            length += 1
        else:
            length, first = int(bool(cell)), n
        if length > longest:
            longest, begins = length, first
    return begins if longest >= SHORTEST_TAIL else len(cells)


def _rank_faults(folder: Path) -> Iterator[ReleaseFault]:
    """A rank is one more than the units of the level with a better mean; what six digits cannot tell apart may
    stand either way."""
    kinds = {row["code"]: row["kind"] for row in rows_of(folder / "names" / "units.csv")}
    for variant in VARIANTS:
        ranked: dict[tuple[str, str], list[tuple[float, str, str]]] = defaultdict(list)
        for row in rows_of(folder / SENSITIVITY):
            rank, mean = row[f"rank_{variant}"], row[f"mean_{variant}"]
            if bool(rank) != bool(mean):
                yield ReleaseFault(
                    SENSITIVITY, "ranks_differ", f"{row['rule']}/{row['rated_unit']}"
                )
            elif rank:
                level = kinds.get(row["rated_unit"], "")
                ranked[row["rule"], level].append((float(mean), rank, row["rated_unit"]))
        for (rule, _), units in ranked.items():
            for own, place_told, unit in units:
                better = sum(other > own + CLOSE for other, _, _ in units)
                as_good = sum(other >= own - CLOSE for other, _, _ in units)
                if not better < int(place_told) <= max(as_good, better + 1):
                    yield ReleaseFault(SENSITIVITY, "ranks_differ", f"{rule}/{unit}/{variant}")
