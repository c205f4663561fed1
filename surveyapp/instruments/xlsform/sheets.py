"""The cells of an XLSForm workbook as text, by sheet, row and column, whatever its columns are called."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault, QuestionnaireRefused
from surveyapp.instruments.xlsform.columns import SHEETS

MAX_BYTES = 5_000_000
SPOKEN = ("label", "hint")
_LANGUAGE = re.compile(r"(?:^|\()(vi|en)\)?$")


@dataclass(frozen=True)
class SheetRow:
    """One row of a sheet: `number` counts from 1 as the spreadsheet shows it; empty cells are left out."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The text of a column, empty where there is none. Spoken columns end in `_vi` or `_en`."""
        return self.cells.get(column, "")

    def text(self, column: str) -> dict[str, str]:
        """What a spoken column says by language; a missing language is left out."""
        found = {code: self.get(f"{column}_{code}") for code in ("vi", "en")}
        return {code: words for code, words in found.items() if words}


def read_sheets(content: bytes, *, file: str) -> dict[str, list[SheetRow]]:
    """The rows of survey, choices and settings; raises `QuestionnaireRefused` where there are none."""
    import python_calamine as calamine

    if len(content) > MAX_BYTES:
        raise QuestionnaireRefused([Fault(file, 1, "", _("tệp lớn hơn 5 MB"))])
    try:
        book = calamine.load_workbook(io.BytesIO(content))
        named = {name.strip().lower(): name for name in book.sheet_names}
        missing = [name for name in SHEETS if name not in named]
        if missing:
            words = _("thiếu trang %(names)s của XLSForm", names=", ".join(missing))
            raise QuestionnaireRefused([Fault(file, 1, "", words)])
        return {
            name: list(
                _rows(name, book.get_sheet_by_name(named[name]).to_python(skip_empty_area=False))
            )
            for name in SHEETS
        }
    except (calamine.CalamineError, OSError) as exc:
        raise QuestionnaireRefused(
            [Fault(file, 1, "", _("không phải bảng tính XLSX hoặc tệp đã hỏng"))]
        ) from exc


def _rows(sheet: str, grid: Sequence[Sequence[object]]) -> Iterator[SheetRow]:
    heads = [_column(_text(cell)) for cell in grid[0]] if grid else []
    for number, line in enumerate(grid[1:], 2):
        cells: dict[str, str] = {}
        for head, cell in zip(heads, line, strict=False):
            if head and _text(cell):
                cells.setdefault(head, _text(cell))
        if cells:
            yield SheetRow(sheet, number, cells)


def _column(heading: str) -> str:
    """`label::Tiếng Việt (vi)` as `label_vi`; a spoken column without a language is Vietnamese."""
    name, colons, language = (part.strip() for part in heading.partition("::"))
    name = name.lower().replace(" ", "_")
    if name not in SPOKEN:
        return heading.lower() if colons else name
    known = _LANGUAGE.search(language)
    if not colons:
        return f"{name}_vi"
    return f"{name}_{known[1]}" if known else heading


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
