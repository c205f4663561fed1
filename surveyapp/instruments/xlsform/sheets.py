"""The cells of an XLSForm workbook as text, by sheet, row and column, whatever its columns are called."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault, QuestionnaireRefused
from surveyapp.instruments.xlsform.grids import SheetGrid, read_grids
from surveyapp.instruments.xlsform.headings import (
    LOGIC,
    OTHER,
    PLAIN,
    SPOKEN,
    FormHeading,
    column_of,
    language_of,
    read_heading,
)

MAX_BYTES = 5_000_000
REQUIRED = ("survey",)
READ = ("survey", "choices", "settings")
STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
"""Quotes that word processors curl: the converter straightens them too."""
OF_THE_STANDARD = ("external_choices", "entities", "osm")
"""Sheets that mean something to the converter and nothing to us."""


@dataclass(frozen=True)
class SheetCell:
    """Where a cell stands: the letter of its column, and its heading as typed."""

    letter: str
    heading: str


@dataclass(frozen=True)
class SheetRow:
    """One row of a sheet: `number` counts from 1 as the spreadsheet shows it; empty cells are left out."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    places: Mapping[str, SheetCell] = field(default_factory=dict)
    twice: tuple[SheetCell, ...] = ()
    """Cells whose column says another thing than the first column of that name."""
    nameless: tuple[SheetCell, ...] = ()
    """Filled cells of columns without a heading."""

    def get(self, column: str) -> str:
        """The text of a column, empty where there is none. Spoken columns end in `_vi` or `_en`."""
        return self.cells.get(column, "")

    def filled(self, column: str) -> SheetCell | None:
        """The first filled cell of a column, in whichever language; None where there is none."""
        return next((self.places[key] for key in self.cells if column_of(key) == column), None)

    def text(self, column: str) -> dict[str, str]:
        """What a spoken column says by language; a missing language is left out.

        Words in another language alone stand for both: such a row is refused for that, and for nothing else.
        """
        texts = {code: self.get(f"{column}_{code}") for code in ("vi", "en")}
        said = {code: words for code, words in texts.items() if words}
        foreign = next((w for key, w in self.cells.items() if key.startswith(f"{column}::")), "")
        return said or (dict.fromkeys(texts, foreign) if foreign else {})


@dataclass(frozen=True)
class FormSheets:
    """The rows of the three sheets, and the names of the sheets beside them that hold something."""

    survey: list[SheetRow]
    choices: list[SheetRow]
    settings: list[SheetRow]
    others: tuple[str, ...]
    language: str = ""
    """That of all its words, where it is neither of ours."""


def read_sheets(content: bytes, *, file: str) -> FormSheets:
    """The rows of survey, choices and settings; raises `QuestionnaireRefused` where there are none."""
    if len(content) > MAX_BYTES:
        raise QuestionnaireRefused([Fault(file, 1, "", _("tệp lớn hơn 5 MB"))])
    try:
        grids = read_grids(content, file=file)
    except ValueError as exc:
        words = _("không phải bảng tính XLSX hoặc tệp đã hỏng")
        if file.lower().endswith(".csv"):
            words = _(
                "không đọc được tệp CSV: cần chữ UTF-8, dấu phẩy giữa các ô, cột đầu ghi tên trang"
            )
        raise QuestionnaireRefused([Fault(file, 1, "", words)]) from exc
    named = {name.lower(): grid for name, grid in grids.items()}
    if "survey" not in named and len(named) == 1:
        named = {"survey": next(iter(named.values()))}  # a workbook of one sheet, whatever its name
    if missing := [name for name in REQUIRED if name not in named]:
        words = _("thiếu trang %(names)s của XLSForm", names=", ".join(missing))
        raise QuestionnaireRefused([Fault(file, 1, "", words)])
    settings = list(_rows("settings", named.get("settings", SheetGrid()), plain=PLAIN))
    default = settings[0].get("default_language") if settings else ""
    plain, foreign = _plain_language(default), _foreign_language(named["survey"], default)
    return FormSheets(
        survey=list(_rows("survey", named["survey"], plain=plain, foreign=foreign)),
        choices=list(
            _rows("choices", named.get("choices", SheetGrid()), plain=plain, foreign=foreign)
        ),
        settings=settings,
        language=foreign,
        others=tuple(
            name
            for name, grid in grids.items()
            if name.lower() in named
            and name.lower() not in READ
            and any(_text(cell) for line in grid.lines for cell in line)
        ),
    )


def _plain_language(default: str) -> str:
    """The language of words whose column names none: the form's default, else Vietnamese."""
    said = language_of(default)
    return said if said in ("vi", "en") else "vi"


def _foreign_language(grid: SheetGrid, default: str) -> str:
    """The language of a form that has no words in ours: its default, else the first it names."""
    typed = _headings(grid)
    double_colons = any("::" in heading for heading in typed)
    read = [read_heading("survey", one, double_colons=double_colons) for one in typed if one]
    words = [heading for heading in read if heading.column == "label"]
    if any(heading.language != OTHER for heading in words):
        return ""
    named = [heading.said for heading in words]
    return default if default in named else next(iter(named), "")


def _headings(grid: SheetGrid) -> list[str]:
    return [_text(cell) for cell in grid.lines[0]] if grid.lines else []


def _rows(sheet: str, grid: SheetGrid, *, plain: str, foreign: str = "") -> Iterator[SheetRow]:
    from xlsxwriter.utility import xl_col_to_name

    typed = _headings(grid)
    double_colons = any("::" in heading for heading in typed)
    heads = [_head(sheet, heading, double_colons, plain, foreign) for heading in typed]
    places = [
        SheetCell(xl_col_to_name(cell_name), " ".join(heading.split()))
        for cell_name, heading in enumerate(typed, grid.left)
    ]
    for number, line in zip(grid.numbers[1:], grid.lines[1:], strict=True):
        cells: dict[str, str] = {}
        known: dict[str, SheetCell] = {}
        twice, nameless = [], []
        for head, cell_name, cell in zip(heads, places, map(_text, line), strict=False):
            if not cell:
                continue
            if not head:
                nameless.append(cell_name)
                continue
            if head in LOGIC:
                cell = cell.translate(STRAIGHT)
            if cells.setdefault(head, cell) != cell:
                twice.append(cell_name)
            known.setdefault(head, cell_name)
        if cells or nameless:
            yield SheetRow(sheet, number, cells, known, tuple(twice), tuple(nameless))


def _head(sheet: str, typed: str, double_colons: bool, plain: str, foreign: str) -> str:
    """The key of a column among the cells of its rows; a language that is neither of ours keeps its heading."""
    if not typed:
        return ""
    heading = read_heading(sheet, typed, double_colons=double_colons)
    if heading.column not in SPOKEN:
        return heading.key
    if heading.language == PLAIN or (foreign and heading.said == foreign):
        return FormHeading(heading.column, plain).key
    return heading.key if heading.language in ("vi", "en") else f"{heading.column}::{typed}"


def _text(cell: object) -> str:
    """A cell as a person reads it: a number that Excel made of a code has no decimal point, and words are
    composed and broken into lines in one way, whatever machine they were typed on."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date | time):
        return cell.isoformat()
    words = str(cell).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", words).strip()
