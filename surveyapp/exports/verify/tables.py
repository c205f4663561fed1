"""The tables of a release against the layout: their columns in order, and what stands in them."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from .faults import ReleaseFault
from .layout import COLUMNS, ITEM_COLUMN
from .schema import fits

WRITTEN = ("scoring/remarks.csv", "scoring/texts.csv")
"""What respondents wrote may hold any line end."""


def table_faults(folder: Path) -> Iterator[ReleaseFault]:
    """Every column that is not there, not where it belongs, or holds what it may not.

    The cells of items are checked against the codebook elsewhere.
    """
    for path in COLUMNS:
        if (folder / path).is_file():
            yield from _faults(folder, path)


def _faults(folder: Path, path: str) -> Iterator[ReleaseFault]:
    columns = COLUMNS[path]
    signs = (folder / path).read_bytes()
    if (
        b"\0" in signs
        or (b"\r" in signs and path not in WRITTEN)
        or b"\r\n" in signs.split(b"\n", 1)[0]
    ):
        yield ReleaseFault(path, "table_shape", "CR")
    with (folder / path).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        heading = next(reader, [])
        names, more = heading[: len(columns)], heading[len(columns) :]
        if names != list(columns) or not _may_follow(path, more):
            yield ReleaseFault(path, "table_shape", ",".join(names))
            return
        seen: list[set[str]] = [set() for _ in columns]
        for number, row in enumerate(reader, 1):
            if len(row) != len(heading):
                yield ReleaseFault(path, "table_shape", f"{number}: {len(row)} != {len(heading)}")
                return
            for values, value in zip(seen, row, strict=False):
                values.add(value)
    for (name, schema), values in zip(columns.items(), seen, strict=True):
        for value in sorted(values):
            if not fits(value, schema):
                yield ReleaseFault(path, "table_shape", f"{name}: {value[:40]}")


def _may_follow(path: str, names: list[str]) -> bool:
    """Only the responses have a column per item after their labels."""
    if path != "scoring/responses.csv":
        return not names
    return all(re.search(ITEM_COLUMN, name) for name in names)
