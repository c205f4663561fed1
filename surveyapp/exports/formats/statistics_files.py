"""The same results for other programs: Parquet, SPSS and Stata, made from the CSV just written.

Each is read from the CSV, so that no two files of a release can disagree. The heavy libraries are
imported late. Nothing of the present moment goes into a file: what the formats date is set to the
opening of the box.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surveyapp.exports.formats.codebook import LABELS, in_both
from surveyapp.exports.release.results import Frame, ItemColumn
from surveyapp.exports.release.scoring import COUNTS, response_heading
from surveyapp.i18n import LOCALES

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
    """Write `responses.parquet`, `counts.parquet`, `responses.sav` and `.dta` beside the CSV, these two also
    with English labels as `responses_en.…`."""
    responses = _read(folder / "responses.csv", _response_types(frame))
    _write_parquet(folder / "responses.parquet", responses)
    _write_parquet(folder / "counts.parquet", _read(folder / "counts.csv", _count_types()))
    columns = _columns(responses, frame)
    del responses
    for number, locale in enumerate(LOCALES):
        name = "responses" if number == 0 else f"responses_{locale}"
        words = _Words.of(frame, locale)
        _write_spss(folder / f"{name}.sav", columns, frame, words, at=at)
        _write_stata(folder / f"{name}.dta", columns, frame, words, at=at)


@dataclass(frozen=True)
class _Words:
    """Every label of the file in one language, uncut: of the file, the columns, and of codes by column."""

    title: str
    columns: dict[str, str]
    items: dict[str, dict[int | float, str]]
    cells: dict[str, dict[str, str]]

    @classmethod
    def of(cls, frame: Frame, locale: str) -> "_Words":
        number = LOCALES.index(locale)
        campaign = frame.campaign
        labels = {name: in_both(words)[number] for name, words in LABELS.items()}
        return cls(
            title=(campaign.title_vi, campaign.title_en)[number],
            columns=labels | {one.name: one.label.get(locale) for one in frame.columns},
            items={
                column.name: {int(one.code): one.get(locale) for one in column.categories}
                for column in frame.columns
            },
            cells={
                "rated_unit": {
                    code: (one.name_vi, one.name_en)[number]
                    for code, one in frame.units_by_code.items()
                },
                "group": {
                    code: (one.name_vi, one.name_en)[number]
                    for code, one in frame.groups_by_code.items()
                },
            },
        )


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


def _write_spss(
    path: Path, columns: "pd.DataFrame", frame: Frame, words: _Words, *, at: datetime
) -> None:
    """Widths and formats are those of the columns, not of what happens to stand in them."""
    import pyreadstat

    asked = {column.name: column for column in frame.columns}
    formats = {name: f"A{width}" for name, width in WIDTHS.items()}
    formats |= {name: f"F{_digits(item)}.0" for name, item in asked.items()}
    formats |= dict(_NUMBER_FORMATS)
    if len(columns):
        # the library gives a text the width of the longest: blanks at the end are none in SPSS
        columns = columns.assign(
            **{name: [f"{columns[name][0]:<{w}}", *columns[name][1:]] for name, w in WIDTHS.items()}
        )
    # a column without rows is none of texts to the library
    coded: dict[str, Any] = {**words.items, **(words.cells if len(columns) else {})}
    pyreadstat.write_sav(
        columns,
        path,
        file_label=_cut(words.title, 64),
        column_labels={name: _cut(text, _SPSS_LABEL_BYTES) for name, text in words.columns.items()},
        variable_value_labels={
            name: {code: _cut(text, _SPSS_VALUE_BYTES) for code, text in of_codes.items()}
            for name, of_codes in coded.items()
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


def _write_stata(
    path: Path, columns: "pd.DataFrame", frame: Frame, words: _Words, *, at: datetime
) -> None:
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

    ConstantWidths(
        path,
        columns.astype(
            {"row": "int32", "longest_run": "Int16", "excluded": "Int8"}
            | dict.fromkeys(frame.variables, "Int8")
        ),
        write_index=False,
        time_stamp=at.replace(tzinfo=None),
        data_label=words.title[:_STATA_SIGNS],
        variable_labels={name: text[:_STATA_SIGNS] for name, text in words.columns.items()},
        value_labels={
            name: {code: _cut(text, _SPSS_VALUE_BYTES) for code, text in of_codes.items()}
            for name, of_codes in words.items.items()
        },
        version=118,
    ).write_file()


def _digits(column: ItemColumn) -> int:
    """Of the longest code."""
    return max(map(len, column.codes))


def _missing(column: ItemColumn) -> list[Any]:
    """The codes that are no answer: SPSS takes three, or a range."""
    codes = [int(code) for code in column.missing]
    return codes if len(codes) == 1 else [{"lo": min(codes), "hi": max(codes)}]


def _cut(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8: SPSS counts bytes. The codebook has the whole text."""
    return text.encode()[:limit].decode(errors="ignore")
