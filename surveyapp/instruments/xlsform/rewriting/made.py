"""Rows that stand in no sheet: made of one that does, and placed where its type is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from surveyapp.instruments.xlsform.rows.types import AskedType
from surveyapp.instruments.xlsform.sheets import SheetCell, SheetRow

AskedRow = tuple[SheetRow, AskedType]
Labels = dict[str, dict[str, str]]
"""By name of the option its words in each language."""


def placed(row: SheetRow, cells: Mapping[str, str]) -> SheetRow:
    """The row with these cells; what is made of it stands where its type does."""
    at = row.places.get("type") or SheetCell("A", "type")
    return replace(row, cells=cells, places={**dict.fromkeys(cells, at), **row.places})


def list_of(row: SheetRow, list_name: str, labels: Labels) -> list[SheetRow]:
    """The rows of a list that no sheet holds, for a question that stands in `row`."""
    made = []
    for name, words in labels.items():
        cells = {"list_name": list_name, "name": name, "best": "none"}
        cells |= {f"label_{language}": said for language, said in words.items()}
        made.append(placed(SheetRow("choices", row.number, {}, row.places), cells))
    return made
