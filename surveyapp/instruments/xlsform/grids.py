"""The cells of a form's file, sheet by sheet, whether it is a workbook or one file of values between commas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_COLUMNS = 500
"""Values on a line: far more than the standard has columns."""


@dataclass
class SheetGrid:
    """The lines of one sheet, headings first."""

    lines: list[Sequence[object]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """Where each line stands in its file, from 1."""
    left: int = 0
    """Columns of the file before the first of the sheet."""


def read_grids(content: bytes, *, file: str) -> dict[str, SheetGrid]:
    """The sheets by name; raises `ValueError` where the file is neither what its ending says."""
    return _of_csv(content) if file.lower().endswith(".csv") else _of_workbook(content)


def _of_workbook(content: bytes) -> dict[str, SheetGrid]:
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(io.BytesIO(content))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except (calamine.CalamineError, OSError) as exc:
        raise ValueError(str(exc)) from exc
    return {
        name.strip(): SheetGrid(list(lines), list(range(1, len(lines) + 1)))
        for name, lines in sheets.items()
    }


def _of_csv(content: bytes) -> dict[str, SheetGrid]:
    """As the converter reads it: the first column names the sheet that begins there, the others hold its cells."""
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        grids: dict[str, SheetGrid] = {}
        grid = SheetGrid()
        for line in lines:
            if len(line) > MAX_COLUMNS:
                raise ValueError("too many columns")
            if line and (name := line[0].strip()):
                grid = grids.setdefault(name, SheetGrid(left=1))
            if any(cell.strip() for cell in line[1:]):
                grid.lines.append(line[1:])
                grid.numbers.append(lines.line_num)
    except (UnicodeDecodeError, csv.Error) as exc:
        raise ValueError(str(exc)) from exc
    return grids
