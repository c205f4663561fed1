"""What describes the tables or tells them again against the tables: DDI, SDMX-CSV, JSON-stat."""

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ..ddi import NAMESPACE
from ..ddi import PATH as DDI
from ..faults import ReleaseFault
from ..layout import COLUMNS
from .rates import COUNTED, rates_of
from .released_counts import rows_of

MEANS, SDMX = "public/means.csv", "public/sdmx.csv"
PACKAGE = "datapackage.json"
CUBES = ("public/means.json", "public/means_en.json")
_KEYS = ("level", "rated_unit", "group", "item", "variable")
_RATE = re.compile(r"RR([1-6]) ([0-9.]+|–)")
Observations = dict[tuple[str, ...], float]


def described_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    """Everything that a description says otherwise than the table it describes."""
    yield from _package_faults(folder, manifest)
    yield from _frequency_faults(folder)
    yield from _rate_faults(folder)
    told = _observations(folder)
    again: Observations = {
        (row["REF_AREA"], row["RESPONDENT_GROUP"], row["ITEM"], row["INDICATOR"]): float(
            row["OBS_VALUE"]
        )
        for row in rows_of(folder / SDMX)
    }
    times = sum(1 for _ in rows_of(folder / SDMX))
    if again != told or times != len(told):
        yield ReleaseFault(SDMX, "public_differs", _first(told, again))
    for path in CUBES:
        try:
            cube = _cube(json.loads((folder / path).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            yield ReleaseFault(path, "public_differs", type(error).__name__)
            continue
        if cube != told:
            yield ReleaseFault(path, "public_differs", _first(told, cube))


def _package_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    """The data package names every table with its columns and its SHA-256."""
    listed = {one["path"]: one for one in manifest["files"] if one["path"] in COLUMNS}
    package = json.loads((folder / PACKAGE).read_bytes())
    named = {one["path"]: one for one in package["resources"]}
    for path in sorted({*named, *listed}):
        if path not in named or path not in listed or len(named) != len(package["resources"]):
            yield ReleaseFault(PACKAGE, "package_differs", path)
            continue
        with (folder / path).open(encoding="utf-8", newline="") as file:
            heading = next(csv.reader(file), [])
        columns = [field["name"] for field in named[path]["schema"]["fields"]]
        if columns != heading or named[path]["hash"] != f"sha256:{listed[path]['sha256']}":
            yield ReleaseFault(PACKAGE, "package_differs", path)


def _first(told: Observations, other: Observations) -> str:
    return "/".join(min(set(told.items()) ^ set(other.items()), default=((), 0.0))[0])


def _observations(folder: Path) -> Observations:
    """Every figure of `means.csv` under unit, group, item and name."""
    return {
        (row["rated_unit"], row["group"], row["item"], name.upper()): float(value)
        for row in rows_of(folder / MEANS)
        for name, value in row.items()
        if name not in _KEYS and value
    }


def _cube(read: Any) -> Observations:
    """The figures of a JSON-stat data set by the codes of its dimensions."""
    index = [read["dimension"][name]["category"]["index"] for name in read["id"]]
    if [len(one) for one in index] != read["size"] or len(index) != 4:
        raise ValueError("size")
    figures: Observations = {}
    for offset, value in read["value"].items():
        rest, key = int(offset), []
        for codes in reversed(index):
            rest, n = divmod(rest, len(codes) or 1)
            key.append(codes[n])
        figures[tuple(reversed(key))] = float(value)
    if len(figures) != len(read["value"]):
        raise ValueError("value")
    return figures


def _frequency_faults(folder: Path) -> Iterator[ReleaseFault]:
    """How many rows hold each code, by the rows themselves."""
    with (folder / "scoring" / "responses.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        names = next(reader, [])
        counts: list[Counter[str]] = [Counter() for _ in names]
        rows = 0
        for row in reader:
            rows += 1
            for of_column, cell in zip(counts, row, strict=False):
                if cell:
                    of_column[cell] += 1
    by_name = dict(zip(names, counts, strict=True))
    root = ElementTree.parse(folder / DDI).getroot()  # noqa: S314  the manifest has its SHA-256
    for size in root.iter(f"{NAMESPACE}caseQnty"):
        if size.text != str(rows):
            yield ReleaseFault(DDI, "ddi_differs", f"caseQnty: {size.text} != {rows}")
    described = {one.get("name", ""): one for one in root.iter(f"{NAMESPACE}var")}
    if list(described) != names:
        yield ReleaseFault(DDI, "ddi_differs", "var")
    for name, variable in described.items():
        told = {
            category.findtext(f"{NAMESPACE}catValu", ""): category.findtext(
                f"{NAMESPACE}catStat", ""
            )
            for category in variable.iter(f"{NAMESPACE}catgry")
        }
        of_rows = by_name.get(name, Counter[str]())
        if any(n != str(of_rows[code]) for code, n in told.items()) or (
            told and set(of_rows) - set(told)
        ):
            yield ReleaseFault(DDI, "ddi_differs", name)


def _rate_faults(folder: Path) -> Iterator[ReleaseFault]:
    """The response rates of each group, worked out again from the table of rates."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows_of(folder / "scoring" / "rates.csv"):
        of_group = counts[row["group"]]
        if row["complete"]:
            of_group.update({name: int(row[name] or 0) for name in COUNTED})
    told: dict[str, list[dict[str, str]]] = defaultdict(list)
    root = ElementTree.parse(folder / DDI).getroot()  # noqa: S314  as above
    for rate in root.iter(f"{NAMESPACE}respRate"):
        text = rate.text or ""
        told[text.partition(" ")[0]].append({f"rr{n}": value for n, value in _RATE.findall(text)})
    for group in sorted({*counts, *told}):
        rates = rates_of(counts[group])
        expected = {
            name: "–" if rates[name] is None else f"{rates[name]:.6f}"
            for name in rates
            if name != "e"
        }
        if told[group] != [expected, expected]:
            yield ReleaseFault(DDI, "ddi_differs", f"respRate/{group}")
