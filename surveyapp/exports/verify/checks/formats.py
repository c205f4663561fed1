"""Parquet, SPSS, Stata and Excel files against the CSV they were made of; each by a library that may be missing."""

import csv
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from ..faults import ReleaseFault
from ..layout import COLUMNS, LABELS, MERGED
from .released_counts import rows_of

RESPONSES, _RESPONSES = "scoring/responses.csv", "scoring/responses"
OBSERVATIONS = "public/sdmx.csv"
"""The public means once more, for programs: the workbook has them once."""

BOOK, PUBLIC_BOOK = "scoring/results.xlsx", "public/results.xlsx"
CODEBOOK = "scoring/codebook.csv"
_WITHHELD = "withheld"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET_SIGNS = 31

_ESCAPED = re.compile("_x([0-9A-F]{4})_")
"""How a workbook writes what XML cannot."""
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")

Columns = Mapping[str, Sequence[object]]
Row = Sequence[str | float]


class NoReader(Exception):
    """The Python library that reads a format is not installed; `needs` names it."""

    def __init__(self, needs: str) -> None:
        super().__init__(needs)
        self.needs = needs


def format_faults(folder: Path) -> list[ReleaseFault]:
    """Every file of another format that tells something else than its CSV; the workbook needs no library.

    Raises `NoReader`.
    """
    faults = [*_workbook_faults(folder, BOOK), *_workbook_faults(folder, PUBLIC_BOOK)]
    counts = _csv_columns(folder / "scoring" / "counts.csv")
    faults += _differences(
        "scoring/counts.parquet", counts, _parquet(folder / "scoring" / "counts.parquet")
    )
    del counts
    told = _csv_columns(folder / RESPONSES)
    faults += _differences(
        f"{_RESPONSES}.parquet", told, _parquet(folder / f"{_RESPONSES}.parquet")
    )
    for suffix, language in (("", "vi"), ("_en", "en")):
        words = _words(folder, language)
        for ending in ("sav", "dta"):
            path = f"{_RESPONSES}{suffix}.{ending}"
            read_back, labels = _statistics_file(folder / path)
            faults += _differences(path, told, read_back)
            faults += _label_faults(path, words, labels)
    return faults


def _words(folder: Path, language: str) -> dict[str, dict[str, str]]:
    """The label of each code of each item."""
    words: dict[str, dict[str, str]] = {}
    for row in rows_of(folder / CODEBOOK):
        if row["code"]:
            words.setdefault(row["variable"], {})[row["code"]] = row[f"label_{language}"]
    return words


def _label_faults(
    path: str, words: Mapping[str, Mapping[str, str]], labels: Mapping[str, Mapping[str, str]]
) -> Iterator[ReleaseFault]:
    """Labels are those of the codebook, as long as the format takes them."""
    for name, of_codes in words.items():
        told = labels.get(name, {})
        if set(told) != set(of_codes) or any(
            not words_of or not of_codes[code].startswith(words_of)
            for code, words_of in told.items()
        ):
            yield ReleaseFault(path, "formats_differ", f"{name}: labels")


def _csv_columns(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
        return {name: [row[n] for row in rows] for n, name in enumerate(heading)}


def _differences(path: str, told: Columns, read_back: Columns) -> Iterator[ReleaseFault]:
    """The first row that differs of each column, or the names of the columns where these do."""
    if list(told) != list(read_back):
        yield ReleaseFault(path, "formats_differ", "columns")
        return
    for name, cells in told.items():
        others = read_back[name]
        if len(others) != len(cells):
            yield ReleaseFault(path, "formats_differ", f"{name}: {len(others)} rows")
            continue
        for number, (cell, other) in enumerate(zip(cells, others, strict=True), 1):
            if cell != _text(other):
                yield ReleaseFault(path, "formats_differ", f"{name}/{number}")
                break


def _text(value: object) -> str:
    """As the CSV writes it: no number has a fraction there, and what is missing is empty."""
    if isinstance(value, str):
        return value
    if value is None or value != value:  # NaN
        return ""
    return str(int(value))  # type: ignore[call-overload]


def _parquet(path: Path) -> Columns:
    try:
        from pyarrow import parquet
    except ImportError as exc:
        raise NoReader("pyarrow") from exc
    table = parquet.read_table(path)
    return {name: table.column(name).to_pylist() for name in table.column_names}


def _statistics_file(path: Path) -> tuple[Columns, dict[str, dict[str, str]]]:
    """Columns of an SPSS or Stata file, and the labels of the codes of each."""
    try:
        import pyreadstat
    except ImportError as exc:
        raise NoReader("pyreadstat") from exc
    try:
        if path.suffix == ".sav":
            columns, about = pyreadstat.read_sav(path, user_missing=True, output_format="dict")
        else:
            columns, about = pyreadstat.read_dta(path, output_format="dict")
    except pyreadstat.ReadstatError as exc:
        raise ValueError(path.name) from exc
    labels = {
        name: {_text(code): str(words) for code, words in of_codes.items()}
        for name, of_codes in about.variable_value_labels.items()
    }
    return columns, labels


def _workbook_faults(folder: Path, of: str) -> Iterator[ReleaseFault]:
    """Every table on its sheet; the responses on one sheet a group, with the columns of its own questions."""
    with zipfile.ZipFile(folder / of) as book:
        sheets, told = _sheets(book), set[str]()
        for path in COLUMNS:
            if path in (RESPONSES, OBSERVATIONS) or not (folder / path).is_file():
                continue
            if of == PUBLIC_BOOK and path.startswith("scoring/"):
                continue
            name = _sheet_name(path)
            expected = _csv_rows(folder / path)
            if name not in sheets:
                yield ReleaseFault(of, "formats_differ", name)
                continue
            told.add(name)
            yield from _row_faults(of, name, expected, _read_sheet(book, sheets[name]))
        if of == BOOK:
            yield from _response_faults(folder, book, sheets)
        elif set(sheets) - told:
            yield ReleaseFault(of, "formats_differ", "/".join(sorted(set(sheets) - told)))


def _response_faults(
    folder: Path, book: zipfile.ZipFile, sheets: Mapping[str, str]
) -> Iterator[ReleaseFault]:
    rows = _csv_rows(folder / RESPONSES)
    heading = next(rows)
    by_group: dict[str, list[list[str]]] = {}
    for row in rows:
        by_group.setdefault(row[heading.index("group")], []).append(row)
    for group, of_group in by_group.items():
        name = _WITHHELD if group == MERGED else group
        if name not in sheets:
            yield ReleaseFault(BOOK, "formats_differ", name)
            continue
        read_back = _read_sheet(book, sheets[name])
        columns = [str(cell) for cell in next(read_back, [])]
        if columns[:LABELS] != heading[:LABELS] or not set(columns) <= set(heading):
            yield ReleaseFault(BOOK, "formats_differ", f"{name}/1")
            continue
        places = [heading.index(column) for column in columns]
        elsewhere = [n for n in range(len(heading)) if n not in places]
        expected = ([row[n] for n in places] for row in of_group)
        if any(row[n] for row in of_group for n in elsewhere):
            yield ReleaseFault(BOOK, "formats_differ", f"{name}/1")
        yield from _row_faults(BOOK, name, expected, read_back, first=2)


def _row_faults(
    of: str, name: str, expected: Iterator[list[str]], read_back: Iterator[Row], *, first: int = 1
) -> Iterator[ReleaseFault]:
    """The first row that differs; empty cells at its end are as good as none."""
    number = first
    for row in expected:
        if not _is_same(row, next(read_back, [])):
            yield ReleaseFault(of, "formats_differ", f"{name}/{number}")
            return
        number += 1
    if next(read_back, None) is not None:
        yield ReleaseFault(of, "formats_differ", f"{name}/{number}")


def _is_same(row: Sequence[str], read_back: Row) -> bool:
    cells = [*read_back, *[""] * (len(row) - len(read_back))]
    return len(cells) == len(row) and all(map(_is_told_as, row, cells))


def _is_told_as(cell: str, other: str | float) -> bool:
    """A number is one where the text is written as numbers are: `01` is none."""
    if isinstance(other, str):
        return cell == other
    return bool(_NUMBER.fullmatch(cell)) and float(cell) == other


def _csv_rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _sheet_name(path: str) -> str:
    folder, _, name = path.removesuffix(".csv").rpartition("/")
    return (name if folder == "scoring" else f"{folder}-{name}")[:_SHEET_SIGNS]


def _sheets(book: zipfile.ZipFile) -> dict[str, str]:
    """Parts of the file by name of the sheet: `xlsxwriter` numbers them in their order."""
    workbook = ElementTree.fromstring(book.read("xl/workbook.xml"))  # noqa: S314  as above
    names = [one.get("name", "") for one in workbook.iter(f"{_SHEET}sheet")]
    return {name: f"xl/worksheets/sheet{n}.xml" for n, name in enumerate(names, 1)}


def _read_sheet(book: zipfile.ZipFile, part: str) -> Iterator[Row]:
    """Rows of texts and numbers; the workbook is written with its texts in place, and without empty rows."""
    number = 0
    with book.open(part) as file:
        for _event, element in ElementTree.iterparse(file):  # noqa: S314  the manifest has its SHA-256
            if element.tag == f"{_SHEET}row":
                number += 1
                while number < int(element.get("r", number)):
                    yield []
                    number += 1
                yield _cells(element)
                element.clear()


def _cells(element: ElementTree.Element) -> Row:
    row: list[str | float] = []
    for cell in element:
        row += [""] * (_column(cell.get("r", "")) - len(row))
        text = "".join(cell.itertext())
        if cell.get("t") == "inlineStr":
            row.append(_ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), text))
        else:
            row.append(float(text))
    return row


def _column(reference: str) -> int:
    """The place of a cell, as `AB12`, counted from 0."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number - 1
