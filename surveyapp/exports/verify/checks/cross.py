"""Tables and documents of a release against each other: questionnaires, codebook, criteria, rates, cleaning, ranks."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..faults import ReleaseFault
from ..layout import MERGED
from .rates import RATES, rate_faults
from .released_counts import rows_of

CODEBOOK, CRITERIA = "scoring/codebook.csv", "scoring/criteria.csv"
CLEANING = "scoring/cleaning.csv"
RESPONSES = "scoring/responses.csv"
_WORDS = (
    "instrument", "version", "area", "section", "criterion", "scale", "best", "text_vi", "text_en", "label_vi",
    "label_en",
)  # fmt: skip


def cross_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    """Everything that one table says and another, or the manifest, contradicts."""
    yield from _questionnaire_faults(folder, manifest)
    yield from _criteria_faults(folder)
    yield from rate_faults(folder, manifest)
    yield from _cleaning_faults(folder, manifest)
    yield from _name_faults(folder)


def _questionnaire_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    """Each questionnaire has the SHA-256 of the manifest, and the codebook has its words."""
    told: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows_of(folder / CODEBOOK):
        if row["role"] == "option":
            told[row["item"], row["code"]] = tuple(_plain(row[name]) for name in _WORDS)
    asked: dict[tuple[str, str], tuple[str, ...]] = {}
    retold: set[str] = (
        set()
    )  # items whose codes are not those of their options: bands, a column an option
    for one in manifest["instruments"]:
        path = f"questionnaires/{one['code']}.json"
        content = (folder / path).read_bytes()
        if hashlib.sha256(content).hexdigest() != one["sha256"]:
            yield ReleaseFault(path, "questionnaire_differs", one["code"])
            continue
        form = json.loads(content)
        items = sum(len(section["items"]) for section in form["sections"])
        if (form["code"], form["version"], items) != (one["code"], one["version"], one["items"]):
            yield ReleaseFault(path, "questionnaire_differs", one["code"])
        for section in form["sections"]:
            for item in section["items"]:
                if "kind" in item:
                    retold.add(item["id"])
                    continue
                for option in item["options"]:
                    asked[item["id"], option["code"]] = (
                        one["code"], one["version"], section["area"], section["id"], item["criterion"],
                        item["scale"], item["best"],
                        item["text"]["vi"], item["text"]["en"],
                        option["label"]["vi"], option["label"]["en"],
                    )  # fmt: skip
    for key in sorted({*told, *asked}):
        if key[0] not in retold and told.get(key) != asked.get(key):
            yield ReleaseFault(CODEBOOK, "codebook_differs", "/".join(key))


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") else cell


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
