"""The same results for other programs: Parquet, SPSS and Stata, made from the CSV just written.

Each is read from the CSV, so that no two files of a release can disagree. The heavy libraries are
imported late. Nothing of the present moment goes into a file: what the formats date is set to the
opening of the box.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surveyapp.exports.formats.codebook import LABELS, in_both
from surveyapp.exports.release.results import Frame, ItemColumn
from surveyapp.exports.release.scoring import COUNTS, response_heading

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NUMBERS = ("row", "longest_run", "excluded")
"""Columns of `LABELS` that hold numbers."""

_SPSS_LABEL_BYTES, _SPSS_VALUE_BYTES = 255, 120
_SPSS_DATE = 92
"""Where a .sav file says when it was made: `%d %b %y` and `%H:%M:%S`, 17 bytes."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STATA_SIGNS = 80
"""Of a label of a variable or a file."""

WIDTHS = {
    "level": 8, "rated_unit": 32, "group": 32, "instrument": 32, "version": 16, "under_floor": 8, "flags": 255,
}  # fmt: skip
"""Texts among `LABELS`, with the bytes they may have."""
_NUMBER_FORMATS = {"row": "F8.0", "longest_run": "F4.0", "excluded": "F1.0"}


def write_formats(folder: Path, frame: Frame, *, at: datetime) -> None:
    """Write `responses.parquet`, `counts.parquet`, `responses.sav` and `responses.dta` beside the CSV."""
    responses = _read(folder / "responses.csv", _response_types(frame))
    _write_parquet(folder / "responses.parquet", responses)
    _write_parquet(folder / "counts.parquet", _read(folder / "counts.csv", _count_types()))
    columns = _columns(responses, frame)
    del responses
    _write_spss(folder / "responses.sav", columns, frame, at=at)
    _write_stata(folder / "responses.dta", columns, frame, at=at)


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


def _columns(table: "pa.Table", frame: Frame) -> "pd.DataFrame":
    """Numbers as floats, NaN where empty; texts as they are."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for name in response_heading(frame):
        column = table.column(name)
        if name in WIDTHS:
            columns[name] = column.fill_null("").to_pylist()
        else:
            columns[name] = column.cast("float64").to_numpy()
    return pd.DataFrame(columns)


def _write_spss(path: Path, columns: "pd.DataFrame", frame: Frame, *, at: datetime) -> None:
    """Widths and formats are those of the columns, not of what happens to stand in them."""
    import pyreadstat

    labels: dict[str, str | None] = {name: in_both(words)[0] for name, words in LABELS.items()}
    asked = {column.name: column for column in frame.columns}
    labels |= {
        name: _cut(column.label.get("vi"), _SPSS_LABEL_BYTES) for name, column in asked.items()
    }
    formats = {name: f"A{width}" for name, width in WIDTHS.items()}
    formats |= {name: f"F{_digits(item)}.0" for name, item in asked.items()}
    formats |= dict(_NUMBER_FORMATS)
    if len(columns):
        # the library gives a text the width of the longest: blanks at the end are none in SPSS
        columns = columns.assign(
            **{name: [f"{columns[name][0]:<{w}}", *columns[name][1:]] for name, w in WIDTHS.items()}
        )
    pyreadstat.write_sav(
        columns,
        path,
        file_label=_cut(frame.campaign.title_vi, 64),
        column_labels=labels,
        variable_value_labels={
            **{name: _value_labels(item) for name, item in asked.items()},
            # a column without rows is none of texts to the library
            **(_names(frame) if len(columns) else {}),
        },
        missing_ranges={name: _missing(column) for name, column in asked.items() if column.missing},
        variable_measure={name: column.measure for name, column in asked.items()},
        variable_format=formats,
        variable_display_width={
            name: int(form[1:].split(".")[0]) for name, form in formats.items()
        },
        row_compress=True,
    )
    made = f"{at.day:02d} {_MONTHS[at.month - 1]} {at:%y%H:%M:%S}".encode()
    with path.open("r+b") as file:
        file.seek(_SPSS_DATE)
        file.write(made)


def _write_stata(path: Path, columns: "pd.DataFrame", frame: Frame, *, at: datetime) -> None:
    """Stata 14 and later: Unicode; a byte for a code, texts as wide as in SPSS; "don't know" is a labelled code,
    for the reader to set aside."""
    from pandas.io.stata import StataWriterUTF8  # type: ignore[attr-defined]  # not in the stubs

    class ConstantWidths(StataWriterUTF8):  # type: ignore[misc]  # not in the stubs
        """The library gives a text the width of the longest; ours do not depend on the rows."""

        def _set_formats_and_types(self, dtypes: Any) -> None:
            super()._set_formats_and_types(dtypes)
            for number, name in enumerate(dtypes.index):
                if name in WIDTHS:
                    self.typlist[number] = WIDTHS[name]
                    self.fmtlist[number] = f"%-{WIDTHS[name]}s"

    labels = {name: in_both(words)[0][:_STATA_SIGNS] for name, words in LABELS.items()}
    asked = {column.name: column for column in frame.columns}
    labels |= {name: column.label.get("vi")[:_STATA_SIGNS] for name, column in asked.items()}
    ConstantWidths(
        path,
        columns.astype(
            {"row": "int32", "longest_run": "Int16", "excluded": "Int8"}
            | dict.fromkeys(asked, "Int8")
        ),
        write_index=False,
        time_stamp=at.replace(tzinfo=None),
        data_label=frame.campaign.title_vi[:_STATA_SIGNS],
        variable_labels=dict(labels),
        value_labels={name: dict(_value_labels(item)) for name, item in asked.items()},
        version=118,
    ).write_file()


def _names(frame: Frame) -> dict[str, dict[Any, str]]:
    """What the codes of units and groups stand for."""
    units = {
        code: _cut(unit.name_vi, _SPSS_VALUE_BYTES) for code, unit in frame.units_by_code.items()
    }
    groups = {
        code: _cut(one.name_vi, _SPSS_VALUE_BYTES) for code, one in frame.groups_by_code.items()
    }
    return {"rated_unit": units, "group": groups}


def _digits(column: ItemColumn) -> int:
    """Of the longest code."""
    return max(map(len, column.codes))


def _missing(column: ItemColumn) -> list[Any]:
    """The codes that are no answer: SPSS takes three, or a range."""
    codes = [int(code) for code in column.missing]
    return codes if len(codes) == 1 else [{"lo": min(codes), "hi": max(codes)}]


def _value_labels(column: ItemColumn) -> dict[int | float, str]:
    return {int(one.code): _cut(one.vi, _SPSS_VALUE_BYTES) for one in column.categories}


def _cut(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8: SPSS counts bytes. The codebook has the whole text."""
    return text.encode()[:limit].decode(errors="ignore")
