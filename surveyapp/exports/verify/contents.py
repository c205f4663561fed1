"""What the tables of a release say, counted again: rows against counts, counts against public tables."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .faults import ReleaseFault
from .layout import (
    DONT_KNOW,
    EXCLUDED,
    FLAGS,
    FORMAT_OF_KINDS,
    LABELS,
    MERGED,
    NOT_ASKED,
    REASONS,
)

Cell = tuple[str, str]
Recount = dict[Cell, dict[str, Counter[str]]]


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
    yield from _public_faults(folder, manifest, counts)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _codes(folder: Path) -> dict[str, list[str]]:
    """The option codes of each variable, and "98" where it is offered."""
    codes: dict[str, list[str]] = {}
    for row in _rows(folder / "scoring" / "codebook.csv"):
        if row["role"] in ("option", "dont_know", "missing"):
            codes.setdefault(row["variable"], []).append(row["code"])
    return codes


class ReleasedCounts:
    """`counts.csv` by cell and variable."""

    PATH = "scoring/counts.csv"

    def __init__(self, folder: Path, *, tells_missing: bool) -> None:
        self.tells_missing = tells_missing
        self.options: Recount = defaultdict(lambda: defaultdict(Counter))
        self.totals: dict[tuple[Cell, str], tuple[int, int, int, int]] = {}
        self.rows: dict[Cell, int] = {}
        for row in _rows(folder / self.PATH):
            cell = (row["rated_unit"], row["group"])
            self.options[cell][row["variable"]][row["option"]] += int(row["n_option"])
            answered, unsure = int(row["n_answered"]), int(row["n_dont_know"])
            missing, n = int(row["n_missing"]), int(row["n_responses"])
            self.totals[cell, row["variable"]] = (answered, unsure, missing, n)
            self.rows[cell] = n

    def faults(self, codes: Mapping[str, list[str]]) -> Iterator[ReleaseFault]:
        """Counts that contradict one another, or are not complete."""
        for (cell, variable), (answered, unsure, missing, n) in self.totals.items():
            where = "/".join((*cell, variable))
            options = self.options[cell][variable]
            away = n - answered - unsure - missing  # whom the routing did not lead to the question
            if (
                options.total() != answered
                or missing < 0
                or (away < 0 if self.tells_missing else away)
            ):
                yield ReleaseFault(self.PATH, "counts_do_not_add_up", where)
            if set(options) != set(codes.get(variable, ())) - {DONT_KNOW, *REASONS}:
                yield ReleaseFault(self.PATH, "counts_incomplete", where)

    def of(self, cell: Cell, variable: str) -> Counter[str]:
        """Answers by code, don't know among them."""
        unsure = self.totals[cell, variable][1]
        return +Counter({**self.options[cell][variable], DONT_KNOW: unsure})


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
            excluded[cell] += bool(row[EXCLUDED])
            if not rules.issuperset(row[FLAGS].split()):
                yield ReleaseFault(path, "unknown_code", f"{row[0]}/flags")
            counted = defaultdict(Counter) if row[EXCLUDED] else answers[cell]
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


def _public_faults(
    folder: Path, manifest: Mapping[str, Any], counts: ReleasedCounts
) -> Iterator[ReleaseFault]:
    minimum = manifest["disclosure"]["table_minimum"]
    for row in _rows(folder / "public" / "participation.csv"):
        path, where = "public/participation.csv", f"{row['rated_unit']}/{row['group']}"
        if row["responses"] and int(row["responses"]) < minimum:
            yield ReleaseFault(path, "small_public_cell", where)
        n = counts.rows.get((row["rated_unit"], row["group"]))
        if row["responses"] and n is not None and n != int(row["responses"]):
            yield ReleaseFault(path, "public_differs", where)
    for row in _rows(folder / "public" / "answers.csv"):
        path, cell = "public/answers.csv", (row["rated_unit"], row["group"])
        where = "/".join((*cell, row["variable"], row["option"]))
        if row["n"] and int(row["n"]) < minimum:
            yield ReleaseFault(path, "small_public_cell", where)
        if row["n"] and cell[0] != "all":
            totals = counts.totals.get((cell, row["variable"]), (0, 0, 0, 0))
            missing = row["option"] == "missing"
            n = totals[2] if missing else counts.of(cell, row["variable"])[row["option"]]
            if row["option"] == NOT_ASKED:
                n = totals[3] - totals[0] - totals[1] - totals[2]
            if n != int(row["n"]):
                yield ReleaseFault(path, "public_differs", where)
