"""The same results for other programs: Parquet, SPSS and a workbook, made from the CSV just written.

Each is read from the CSV, so that no two files of a release can disagree. The heavy libraries are
imported late. Nothing of the present moment goes into a file: what the formats date is set to the
opening of the box.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surveyapp.exports.disclosure.row_labels import MERGED
from surveyapp.exports.formats.codebook import CODEBOOK, LABELS, in_both
from surveyapp.exports.release.results import Frame, ItemColumn
from surveyapp.exports.release.scoring import COUNTS, response_heading

if TYPE_CHECKING:
    import pyarrow as pa
    from xlsxwriter.worksheet import Worksheet

NUMBERS = ("row", "longest_run")
"""Columns of `LABELS` that hold numbers."""

_SPSS_LABEL_BYTES, _SPSS_VALUE_BYTES = 255, 120
_SPSS_DATE = 92
"""Where a .sav file says when it was made: `%d %b %y` and `%H:%M:%S`, 17 bytes."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TABLES = ("rates", "counts", "criteria", "codebook")


def write_formats(folder: Path, frame: Frame, *, at: datetime) -> None:
    """Write `responses.parquet`, `counts.parquet`, `responses.sav` and `results.xlsx` beside the CSV."""
    responses = _read(folder / "responses.csv", _response_types(frame))
    _write_parquet(folder / "responses.parquet", responses)
    _write_parquet(folder / "counts.parquet", _read(folder / "counts.csv", _count_types()))
    _write_spss(folder / "responses.sav", responses, frame, at=at)
    del responses
    _write_workbook(folder, frame, at=at)


def _response_types(frame: Frame) -> dict[str, Any]:
    import pyarrow as pa

    types = {name: pa.int32() if name in NUMBERS else pa.string() for name in LABELS}
    return types | dict.fromkeys(frame.variables, pa.int8())


def _count_types() -> dict[str, Any]:
    import pyarrow as pa

    numbers = {name: pa.int32() for name in COUNTS if name.startswith("n_")}
    return dict.fromkeys(COUNTS, pa.string()) | numbers | {"option": pa.int8()}


def _read(path: Path, types: Mapping[str, Any]) -> "pa.Table":
    from pyarrow import csv as arrow_csv

    return arrow_csv.read_csv(
        path,
        read_options=arrow_csv.ReadOptions(use_threads=False),
        convert_options=arrow_csv.ConvertOptions(column_types=dict(types), null_values=[""]),
    )


def _write_parquet(path: Path, table: "pa.Table") -> None:
    from pyarrow import parquet

    parquet.write_table(table, path, compression="zstd")


def _write_spss(path: Path, table: "pa.Table", frame: Frame, *, at: datetime) -> None:
    import pandas as pd
    import pyreadstat

    labels: dict[str, str | None] = {name: in_both(words)[0] for name, words in LABELS.items()}
    asked = {column.name: column for column in frame.columns}
    labels |= {
        name: _cut(column.label.get("vi"), _SPSS_LABEL_BYTES) for name, column in asked.items()
    }
    columns: dict[str, Any] = {}
    for name in response_heading(frame):
        column = table.column(name)
        if name in asked or name in NUMBERS:
            columns[name] = column.cast("float64").to_numpy()
        else:
            columns[name] = column.fill_null("").to_pylist()
    pyreadstat.write_sav(
        pd.DataFrame(columns),
        path,
        file_label=_cut(frame.campaign.title_vi, 64),
        column_labels=labels,
        variable_value_labels={name: _value_labels(column) for name, column in asked.items()},
        missing_ranges={name: _missing(column) for name, column in asked.items() if column.missing},
        variable_measure={name: column.measure for name, column in asked.items()},
        row_compress=True,
    )
    made = f"{at.day:02d} {_MONTHS[at.month - 1]} {at:%y%H:%M:%S}".encode()
    with path.open("r+b") as file:
        file.seek(_SPSS_DATE)
        file.write(made)


def _missing(column: ItemColumn) -> list[Any]:
    """The codes that are no answer: SPSS takes three, or a range."""
    codes = [int(code) for code in column.missing]
    return codes if len(codes) == 1 else [{"lo": min(codes), "hi": max(codes)}]


def _value_labels(column: ItemColumn) -> dict[int | float, str]:
    return {int(one.code): _cut(one.vi, _SPSS_VALUE_BYTES) for one in column.categories}


def _cut(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8: SPSS counts bytes. The codebook has the whole text."""
    return text.encode()[:limit].decode(errors="ignore")


def _write_workbook(folder: Path, frame: Frame, *, at: datetime) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(folder / "results.xlsx", options) as book:
        book.set_properties({"title": frame.campaign.title_vi, "created": at.replace(tzinfo=None)})
        for name in _TABLES:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(_csv_rows(folder / f"{name}.csv")):
                texts = () if number else range(len(row))
                _write_row(sheet, number, row, texts=texts or _text_columns(name))
        _write_rows_by_group(folder, frame, book)


def _text_columns(table: str) -> range:
    """Columns that stay text whatever they look like: "01" is a code, not the number 1."""
    return {
        "rates": range(3),
        "counts": range(6),
        "criteria": range(7),
        "codebook": range(len(CODEBOOK)),
    }[table]


def _write_rows_by_group(folder: Path, frame: Frame, book: Any) -> None:
    """One sheet of responses per group, with the columns of its own questions only."""
    rows = _csv_rows(folder / "responses.csv")
    heading = next(rows)
    column_of = {name: number for number, name in enumerate(heading)}
    sheets: dict[str, tuple[Any, list[int]]] = {}
    for group in (*frame.groups_by_code, MERGED):
        sheet = book.add_worksheet("withheld" if group == MERGED else group)
        sheet.freeze_panes(1, 0)
        columns = [column_of[name] for name in LABELS]
        if group != MERGED:
            asked = {item.id for item in frame.instrument(group).items}
            columns += [column_of[one.name] for one in frame.columns if one.item.id in asked]
        _write_row(sheet, 0, [heading[number] for number in columns], texts=range(len(columns)))
        sheets[group] = (sheet, columns)
    written = dict.fromkeys(sheets, 0)
    texts = range(1, len(LABELS))
    for row in rows:
        group = row[column_of["group"]]
        written[group] += 1
        sheet, columns = sheets[group]
        _write_row(sheet, written[group], [row[number] for number in columns], texts=texts)


def _write_row(sheet: "Worksheet", number: int, row: list[str], *, texts: range) -> None:
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
