"""Workbooks: every table of the release in one, and those that may be published in another; text as text."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from surveyapp.exports.disclosure.row_labels import MERGED
from surveyapp.exports.formats import sheet_rows
from surveyapp.exports.formats.codebook import LABELS
from surveyapp.exports.formats.sheet_rows import SheetRows
from surveyapp.exports.release.results import Frame

RESPONSES = "scoring/responses.csv"
_MOST_LETTERS = 31
"""Of the name of a sheet."""


def write_workbooks(
    folder: Path, frame: Frame, types: Mapping[str, Sequence[str]], *, at: datetime
) -> None:
    """Write `scoring/results.xlsx` and, of what may be published, `public/results.xlsx`; `types` of the columns
    ("string" or a number's) by table. Responses stand on one sheet a group."""
    told = [path for path in types if path != RESPONSES and (folder / path).is_file()]
    tables = {path: _table(folder / path, types[path]) for path in told}
    everything = {sheet_name(path): sheet for path, sheet in tables.items()}
    everything |= _rows_by_group(folder / RESPONSES, frame, types[RESPONSES])
    public = {
        sheet_name(path): sheet for path, sheet in tables.items() if not path.startswith("scoring/")
    }
    with ExitStack() as rows:
        for sheet in everything.values():
            rows.callback(sheet.close)
        for part, sheets in (("scoring", everything), ("public", public)):
            book = _without_rows(list(sheets), frame.campaign.title_vi, at)
            sheet_rows.put_into(book, folder / part / "results.xlsx", sheets.values())


def _without_rows(names: Sequence[str], title: str, at: datetime) -> io.BytesIO:
    """A workbook of empty sheets, dated to the opening."""
    import xlsxwriter

    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.set_properties({"title": title, "created": at.replace(tzinfo=None)})
        for name in names:
            book.add_worksheet(name).freeze_panes(1, 0)
    return written


def sheet_name(path: str) -> str:
    """`scoring/rates.csv` is `rates`, `public/means.csv` is `public-means`."""
    folder, _, name = path.removesuffix(".csv").rpartition("/")
    return (name if folder == "scoring" else f"{folder}-{name}")[:_MOST_LETTERS]


def _table(path: Path, types: Sequence[str]) -> SheetRows:
    rows = _csv_rows(path)
    texts = frozenset(n for n, each in enumerate(types) if each == "string")
    sheet = SheetRows(len(types), texts)
    sheet.add_heading(next(rows))
    for row in rows:
        sheet.add(row)
    return sheet


def _rows_by_group(path: Path, frame: Frame, types: Sequence[str]) -> dict[str, SheetRows]:
    """One sheet of responses per group, with the columns of its own questions only."""
    rows = _csv_rows(path)
    heading = next(rows)
    column_of = {name: number for number, name in enumerate(heading)}
    by_group: dict[str, tuple[SheetRows, list[int]]] = {}
    for group in (*frame.groups_by_code, MERGED):
        columns = [column_of[name] for name in LABELS]
        if group != MERGED:
            asked = {item.id for item in frame.instrument(group).items}
            columns += [column_of[one.name] for one in frame.columns if one.item.id in asked]
        texts = frozenset(n for n, column in enumerate(columns) if types[column] == "string")
        sheet = SheetRows(len(columns), texts)
        sheet.add_heading([heading[number] for number in columns])
        by_group[group] = (sheet, columns)
    for row in rows:
        sheet, columns = by_group[row[column_of["group"]]]
        sheet.add([row[number] for number in columns])
    return {"withheld" if group == MERGED else group: one[0] for group, one in by_group.items()}


def _csv_rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)
