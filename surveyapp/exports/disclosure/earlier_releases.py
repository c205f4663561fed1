"""What may still be published when something is out already: a cell as it was, or not at all.

Two tables of the same people under different cleaning rules differ by the forms that one of them leaves
out, which may be few. So a rated unit × group that was published is published again only if every
figure of it is the same to the letter; else the later release tells nothing of it.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from surveyapp.exports.disclosure.row_labels import Cell

TABLES = ("participation.csv", "answers.csv", "means.csv")
ALL = "all"

CellRows = dict[Cell, list[tuple[str, ...]]]


def changed_cells(public: Path, earlier: Iterable[Path]) -> frozenset[Cell]:
    """Cells of the public tables in `public` that differ from those published in any of `earlier`."""
    new = _rows_by_cell(public)
    out = [_rows_by_cell(folder) for folder in earlier]
    return frozenset(
        cell for cell, rows in new.items() for told in out if cell in told and told[cell] != rows
    )


def _rows_by_cell(folder: Path) -> CellRows:
    """Every figure of each rated unit × group, totals left aside; a cell that is told nothing of is not in it."""
    rows: CellRows = defaultdict(list)
    for name in TABLES:
        if not (folder / name).is_file():
            continue  # a release from before this table
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                cell = (row["rated_unit"], row["group"])
                if ALL not in cell and row.get("responses", "told"):
                    rows[cell].append((name, *row.values()))
    return dict(rows)
