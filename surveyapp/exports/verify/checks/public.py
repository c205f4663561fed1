"""The public tables against the counts they are made of: nothing small, every number the right one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..faults import ReleaseFault
from ..layout import DONT_KNOW, NOT_ASKED
from .released_counts import Cell, ReleasedCounts, rows_of

ALL, MISSING = "all", "missing"
PARTICIPATION, ANSWERS = "public/participation.csv", "public/answers.csv"
MEANS, CRITERIA = "public/means.csv", "public/criteria.csv"
CLOSE = 0.1 + 1e-6
"""Means are told to a tenth."""

Scores = Mapping[str, Mapping[str, float]]
"""Worth of each option of a scale, 0 to 100, by variable."""


def public_faults(
    folder: Path, manifest: Mapping[str, Any], counts: ReleasedCounts, scores: Scores
) -> Iterator[ReleaseFault]:
    """What is under its threshold, or is not what the counts and the other public tables say."""
    minimum = manifest["disclosure"]["table_minimum"]
    yield from _participation_faults(folder, counts, minimum)
    yield from _answer_faults(folder, counts, minimum)
    yield from _mean_faults(folder, counts, scores)
    yield from _criterion_faults(folder)


def _participation_faults(
    folder: Path, counts: ReleasedCounts, minimum: int
) -> Iterator[ReleaseFault]:
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    told: dict[tuple[str, str, str], int] = {}
    for row in rows_of(folder / PARTICIPATION):
        level, unit, group = row["level"], row["rated_unit"], row["group"]
        n, where = int(row["responses"] or 0), f"{unit}/{group}"
        if row["responses"] and n < minimum:
            yield ReleaseFault(PARTICIPATION, "small_public_cell", where)
        if ALL in (unit, group):
            told[level, unit, group] = n
            continue
        for key in ((level, ALL, group), (level, unit, ALL), (level, ALL, ALL)):
            sums[key] += n
        if row["responses"] and n != counts.rows.get((unit, group), n):
            yield ReleaseFault(PARTICIPATION, "public_differs", where)
    for key in sorted({*sums, *told}):
        if sums.get(key, 0) != told.get(key, 0):
            yield ReleaseFault(PARTICIPATION, "public_differs", "/".join(key[1:]))


def _answer_faults(folder: Path, counts: ReleasedCounts, minimum: int) -> Iterator[ReleaseFault]:
    """Runs of a unit hold the threshold and are sums of counts; those over units follow from them."""
    over: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    told: dict[tuple[str, str, str], list[int]] = {}
    for row in rows_of(folder / ANSWERS):
        cell, variable = (row["rated_unit"], row["group"]), row["variable"]
        run, low, high = row["options"].split(), int(row["n_low"]), int(row["n_high"])
        where = "/".join((*cell, variable, row["options"]))
        if cell[0] == ALL:
            told[cell[1], variable, row["options"]] = [low, high]
            continue
        if low < minimum:
            yield ReleaseFault(ANSWERS, "small_public_cell", where)
        if low != high or low != sum(_counted(counts, cell, variable, code) for code in run):
            yield ReleaseFault(ANSWERS, "public_differs", where)
        for code in run:
            ends = over[cell[1], variable, code]
            ends[0] += low * (len(run) == 1)
            ends[1] += high
    for key in sorted({*over, *told}):
        if list(over.get(key, ())) != told.get(key):
            yield ReleaseFault(ANSWERS, "public_differs", "/".join((ALL, *key)))


def _counted(counts: ReleasedCounts, cell: Cell, variable: str, code: str) -> int:
    totals = counts.totals.get((cell, variable), (0, 0, 0, 0))
    if code == NOT_ASKED:
        return totals[3] - totals[0] - totals[1] - totals[2]
    if code in (MISSING, DONT_KNOW):
        return totals[2 if code == MISSING else 1]
    return counts.options[cell][variable][code]


def _mean_faults(folder: Path, counts: ReleasedCounts, scores: Scores) -> Iterator[ReleaseFault]:
    for row in rows_of(folder / MEANS):
        cell, variable = (row["rated_unit"], row["group"]), row["variable"]
        where = "/".join((*cell, variable))
        names = ("mean_low", "mean", "mean_high", "interval_low", "interval_high")
        low, mean, high, least, most = (float(row[name] or "nan") for name in names)
        if not least <= low <= mean <= high <= most:
            yield ReleaseFault(MEANS, "public_differs", where)
        if cell[0] == ALL:
            continue
        chosen = {code: counts.options[cell][variable][code] for code in scores.get(variable, {})}
        answered = sum(chosen.values())
        weighted = sum(scores[variable][code] * n for code, n in chosen.items())
        if answered and not low - CLOSE <= weighted / answered <= high + CLOSE:
            yield ReleaseFault(MEANS, "public_differs", where)


def _criterion_faults(folder: Path) -> Iterator[ReleaseFault]:
    """Means per criterion from the means per item."""
    criterion = {
        (group, row["variable"]): row["criterion"]
        for row in rows_of(folder / "scoring" / "criteria.csv")
        for group in row["groups"].split()
    }
    parts: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows_of(folder / MEANS):
        of = criterion.get((row["group"], row["variable"]), "")
        parts[row["rated_unit"], of][row["group"]].append(float(row["mean"]))
    told = {
        (row["rated_unit"], row["criterion"]): float(row["mean"])
        for row in rows_of(folder / CRITERIA)
    }
    for key in sorted({*parts, *told}):
        groups = parts.get(key, {})
        means = [sum(of_group) / len(of_group) for of_group in groups.values()]
        if not means or abs(sum(means) / len(means) - told.get(key, -1.0)) > 1e-4:
            yield ReleaseFault(CRITERIA, "public_differs", "/".join(key))
