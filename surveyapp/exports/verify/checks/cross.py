"""Tables and documents of a release against each other: questionnaires, codebook, criteria, rates, cleaning, ranks."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..faults import ReleaseFault
from ..layout import MERGED
from .rates import RATES, rate_faults
from .released_counts import rows_of

CODEBOOK, CRITERIA = "scoring/codebook.csv", "scoring/criteria.csv"
CLEANING, SENSITIVITY = "scoring/cleaning.csv", "scoring/sensitivity.csv"
RESPONSES = "scoring/responses.csv"
VARIANTS = ("all_in", "as_ruled", "tail_out", "person_out")


def cross_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    """Everything that one table says and another, or the manifest, contradicts."""
    yield from _questionnaire_faults(folder, manifest)
    yield from _criteria_faults(folder)
    yield from rate_faults(folder, manifest)
    yield from _cleaning_faults(folder, manifest)
    yield from _rank_faults(folder)
    yield from _name_faults(folder)


def _questionnaire_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    """Each questionnaire has the SHA-256 of the manifest, and the codebook has its words."""
    words: dict[tuple[str, str], str] = {}
    for row in rows_of(folder / CODEBOOK):
        if row["role"] == "option":
            words[row["item"], row["code"]] = row["label_vi"]
    asked: dict[tuple[str, str], str] = {}
    retold: set[str] = (
        set()
    )  # items whose codes are not those of their options: bands, a column an option
    for one in manifest["instruments"]:
        path = f"questionnaires/{one['code']}.json"
        if not (folder / path).is_file():
            yield ReleaseFault(path, "missing_file", "manifest")
            continue
        content = (folder / path).read_bytes()
        if hashlib.sha256(content).hexdigest() != one["sha256"]:
            yield ReleaseFault(path, "questionnaire_differs", one["code"])
            continue
        for section in json.loads(content)["sections"]:
            for item in section["items"]:
                if "kind" in item:
                    retold.add(item["id"])
                    continue
                for option in item["options"]:
                    asked[item["id"], option["code"]] = option["label"]["vi"]
    for key in sorted({*words, *asked}):
        if key[0] not in retold and words.get(key) != asked.get(key):
            yield ReleaseFault(CODEBOOK, "codebook_differs", "/".join(key))


def _criteria_faults(folder: Path) -> Iterator[ReleaseFault]:
    """The way from criteria to items is that of the codebook."""
    book = {
        (row["criterion"], row["item"], row["area"])
        for row in rows_of(folder / CODEBOOK)
        if row["role"] == "option"
    }
    told = {(row["criterion"], row["item"], row["area"]) for row in rows_of(folder / CRITERIA)}
    for key in sorted(book ^ told):
        yield ReleaseFault(CRITERIA, "criteria_differ", "/".join(key))


def _cleaning_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    """How many each rule touched, by the flags of the rows and by the manifest."""
    flagged: Counter[tuple[str, str, str]] = Counter()
    pooled = set()
    for row in rows_of(folder / RESPONSES):
        if MERGED in (row["rated_unit"], row["group"]):
            pooled.add(row["group"])
            continue
        for rule in row["flags"].split():
            flagged[rule, row["rated_unit"], row["group"]] += 1
    touched: Counter[str] = Counter()
    for row in rows_of(folder / CLEANING):
        key = (row["rule"], row["rated_unit"], row["group"])
        touched[row["rule"]] += int(row["touched"])
        if not pooled and flagged[key] != int(row["touched"]):
            yield ReleaseFault(CLEANING, "cleaning_differs", "/".join(key))
    for rule in manifest["cleaning"]:
        if touched[rule["id"]] != rule["touched"]:
            yield ReleaseFault(CLEANING, "cleaning_differs", rule["id"])


def _rank_faults(folder: Path) -> Iterator[ReleaseFault]:
    """A better mean never has a worse rank, among the units of one level that a rule ranks together."""
    kinds = {row["code"]: row["kind"] for row in rows_of(folder / "names" / "units.csv")}
    for variant in VARIANTS:
        ranked: dict[tuple[str, str], list[tuple[int, float, str]]] = defaultdict(list)
        for row in rows_of(folder / SENSITIVITY):
            rank, mean = row[f"rank_{variant}"], row[f"mean_{variant}"]
            if rank and mean:
                level = kinds.get(row["rated_unit"], "")
                ranked[row["rule"], level].append((int(rank), float(mean), row["rated_unit"]))
        for (rule, _), units in ranked.items():
            units.sort()
            for (_, better, _), (_, worse, unit) in pairwise(units):
                if worse > better + 1e-6:
                    yield ReleaseFault(SENSITIVITY, "ranks_differ", f"{rule}/{unit}/{variant}")


def _name_faults(folder: Path) -> Iterator[ReleaseFault]:
    """Every unit and group that a table of results names has its words."""
    for names, column in (("units", "rated_unit"), ("groups", "group")):
        known = {row["code"] for row in rows_of(folder / "names" / f"{names}.csv")}
        used = {
            row[column]
            for table in (RATES, "public/participation.csv", "public/means.csv")
            for row in rows_of(folder / table)
        }
        for code in sorted(used - known):
            yield ReleaseFault(f"names/{names}.csv", "name_missing", code)
