"""What the tables of a release say, counted again: rows against counts, counts against public tables."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .checks.precision import precision_faults
from .checks.public import public_faults
from .checks.released_counts import Cell, Recount, ReleasedCounts, rows_of
from .checks.sensitivity import sensitivity_faults
from .faults import ReleaseFault
from .layout import EXCLUDED, FLAGS, FORMAT_OF_KINDS, LABELS, MERGED, REASONS


def content_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    """Everything in tables of the right shape that does not add up, differs, or is too small to be told."""
    codes, rules = _codes(folder), {rule["id"] for rule in manifest["cleaning"]}
    counts = ReleasedCounts(folder, tells_missing=manifest["format"] == FORMAT_OF_KINDS)
    yield from counts.faults(codes)
    rows: Counter[Cell] = Counter()
    excluded: Counter[Cell] = Counter()
    answers: Recount = defaultdict(lambda: defaultdict(Counter))
    yield from _read_responses(folder, codes, rules, rows, excluded, answers)
    yield from _row_faults(manifest, rows)
    yield from _recount_faults(manifest, counts, Counter(rows) - excluded, answers)
    scores = _scores(folder)
    yield from public_faults(folder, manifest, counts, scores)
    yield from precision_faults(folder, counts, scores)
    yield from sensitivity_faults(folder, manifest, scores)


def _codes(folder: Path) -> dict[str, list[str]]:
    """The option codes of each variable, and "98" where it is offered."""
    codes: dict[str, list[str]] = {}
    for row in rows_of(folder / "scoring" / "codebook.csv"):
        if row["role"] in ("option", "dont_know", "missing"):
            codes.setdefault(row["variable"], []).append(row["code"])
    return codes


def _scores(folder: Path) -> dict[str, dict[str, float]]:
    """What each option of a scale is worth: its best end 100, the other 0, evenly between."""
    options: dict[str, list[str]] = {}
    best = {}
    for row in rows_of(folder / "scoring" / "codebook.csv"):
        if row["role"] == "option":
            options.setdefault(row["variable"], []).append(row["code"])
            best[row["variable"]] = row["best"]
    return {
        variable: {
            code: 100 * n / (len(codes) - 1)
            for n, code in enumerate(codes[::-1] if best[variable] == codes[0] else codes)
        }
        for variable, codes in options.items()
        if len(codes) > 1 and best[variable] in (codes[0], codes[-1])
    }


def _read_responses(
    folder: Path,
    codes: Mapping[str, list[str]],
    rules: set[str],
    rows: Counter[Cell],
    excluded: Counter[Cell],
    answers: Recount,
) -> Iterator[ReleaseFault]:
    path = "scoring/responses.csv"
    with (folder / path).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        heading = next(reader, [])
        variables = heading[LABELS:]
        if heading[2:4] != ["rated_unit", "group"] or set(variables) != set(codes):
            yield ReleaseFault(path, "columns", ",".join(heading[:LABELS]))
            return
        for row in reader:
            cell = (row[2], row[3])
            rows[cell] += 1
            is_excluded = row[EXCLUDED] == "1"
            excluded[cell] += is_excluded
            if not rules.issuperset(row[FLAGS].split()):
                yield ReleaseFault(path, "unknown_code", f"{row[0]}/flags")
            counted = defaultdict(Counter) if is_excluded else answers[cell]
            for variable, code in zip(variables, row[LABELS:], strict=True):
                if code:
                    counted[variable][code] += code not in REASONS
                    if code not in codes[variable]:
                        yield ReleaseFault(path, "unknown_code", f"{row[0]}/{variable}")


def _row_faults(manifest: Mapping[str, Any], rows: Counter[Cell]) -> Iterator[ReleaseFault]:
    path = "scoring/responses.csv"
    expected = manifest["counts"]["responses"]
    if rows.total() != expected:
        yield ReleaseFault(path, "row_count", f"{rows.total()} != {expected}")
    withheld = manifest["disclosure"]["rows_withheld"]
    if rows[MERGED, MERGED] != withheld:
        yield ReleaseFault(path, "row_count", f"*/*: {rows[MERGED, MERGED]} != {withheld}")
    for cell, n in rows.items():
        if cell != (MERGED, MERGED) and n < manifest["disclosure"]["row_minimum"]:
            yield ReleaseFault(path, "small_label", "/".join(cell))


def _recount_faults(
    manifest: Mapping[str, Any], counts: ReleasedCounts, rows: Counter[Cell], answers: Recount
) -> Iterator[ReleaseFault]:
    """Counted rows under a label against the counts of the cells the label stands for."""
    pools = {pool["group"]: pool["units"] for pool in manifest["disclosure"]["pools"]}
    for (unit, group), n in rows.items():
        if group == MERGED:
            continue
        cells = (
            [(one, group) for one in pools.get(group, [])] if unit == MERGED else [(unit, group)]
        )
        if sum(counts.rows.get(cell, 0) for cell in cells) != n:
            yield ReleaseFault(ReleasedCounts.PATH, "counts_differ", f"{unit}/{group}")
            continue
        variables = {name for cell, name in counts.totals if cell == cells[0]}
        for variable in sorted(variables | set(answers[unit, group])):
            total: Counter[str] = Counter()
            for cell in cells:
                total += (
                    counts.of(cell, variable) if (cell, variable) in counts.totals else Counter()
                )
            if total != +answers[unit, group][variable]:
                yield ReleaseFault(
                    ReleasedCounts.PATH, "counts_differ", f"{unit}/{group}/{variable}"
                )
