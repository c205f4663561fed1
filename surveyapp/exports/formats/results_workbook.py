"""Workbooks: every table of the release in one, and those that may be published in another; text as text."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surveyapp.exports.disclosure.row_labels import MERGED
from surveyapp.exports.formats.codebook import LABELS
from surveyapp.exports.release.results import Frame

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

RESPONSES = "scoring/responses.csv"
_MOST_LETTERS = 31
"""Of the name of a sheet."""


def write_workbooks(
    folder: Path, frame: Frame, types: Mapping[str, Sequence[str]], *, at: datetime
) -> None:
    """Write `scoring/results.xlsx` and, of what may be published, `public/results.xlsx`; `types` of the columns
    ("string" or a number's) by table. Responses stand on one sheet a group."""
    told = [path for path in types if path != RESPONSES and (folder / path).is_file()]
    with _opened(folder / "scoring" / "results.xlsx", frame.campaign.title_vi, at) as book:
        for path in told:
            _write_table(book, folder / path, sheet_name(path), types[path])
        _write_rows_by_group(folder / RESPONSES, frame, book, types[RESPONSES])
    with _opened(folder / "public" / "results.xlsx", frame.campaign.title_vi, at) as book:
        for path in told:
            if not path.startswith("scoring/"):
                _write_table(book, folder / path, sheet_name(path), types[path])


def _opened(path: Path, title: str, at: datetime) -> Any:
    """A workbook whose cells are texts and numbers and nothing else, dated to the opening."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(path, options)
    book.set_properties({"title": title, "created": at.replace(tzinfo=None)})
    return book


def sheet_name(path: str) -> str:
    """`scoring/rates.csv` is `rates`, `public/means.csv` is `public-means`."""
    folder, _, name = path.removesuffix(".csv").rpartition("/")
    return (name if folder == "scoring" else f"{folder}-{name}")[:_MOST_LETTERS]


def _write_table(book: Any, path: Path, name: str, types: Sequence[str]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    texts = frozenset(n for n, each in enumerate(types) if each == "string")
    for number, row in enumerate(_csv_rows(path)):
        _write_row(sheet, number, row, texts=texts if number else frozenset(range(len(row))))


def _write_rows_by_group(path: Path, frame: Frame, book: Any, types: Sequence[str]) -> None:
    """One sheet of responses per group, with the columns of its own questions only."""
    rows = _csv_rows(path)
    heading = next(rows)
    column_of = {name: number for number, name in enumerate(heading)}
    sheets: dict[str, tuple[Any, list[int], frozenset[int]]] = {}
    for group in (*frame.groups_by_code, MERGED):
        sheet = book.add_worksheet("withheld" if group == MERGED else group)
        sheet.freeze_panes(1, 0)
        columns = [column_of[name] for name in LABELS]
        if group != MERGED:
            asked = {item.id for item in frame.instrument(group).items}
            columns += [column_of[one.name] for one in frame.columns if one.item.id in asked]
        head = [heading[number] for number in columns]
        _write_row(sheet, 0, head, texts=frozenset(range(len(columns))))
        texts = frozenset(n for n, column in enumerate(columns) if types[column] == "string")
        sheets[group] = (sheet, columns, texts)
    written = dict.fromkeys(sheets, 0)
    for row in rows:
        group = row[column_of["group"]]
        written[group] += 1
        sheet, columns, texts = sheets[group]
        _write_row(sheet, written[group], [row[number] for number in columns], texts=texts)


def _write_row(sheet: "Worksheet", number: int, row: list[str], *, texts: frozenset[int]) -> None:
    for column, value in enumerate(row):
        if not value:
            continue
        if column in texts:
            sheet.write_string(number, column, value)
        else:
            sheet.write_number(number, column, float(value))


def _csv_rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)
