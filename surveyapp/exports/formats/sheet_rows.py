"""Rows of a workbook in bulk: put into the sheets of a book that xlsxwriter has made, at a fourth of its cost.

The library makes everything else. A full round has three million cells; a sheet's row is a line of text like any other.
"""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

_END = b"</sheetData>"
_EMPTY = b"<sheetData/>"
_DAY = (1980, 1, 1, 0, 0, 0)
_ESCAPED_BY_EXCEL = re.compile("_x[0-9a-fA-F]{4}_")
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
"""What no XML may hold; Excel writes it `_xHHHH_`."""


class SheetRows:
    """The rows of one sheet, on disk until they are put into the book. `texts` are the columns of texts."""

    def __init__(self, width: int, texts: frozenset[int]) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed by `close`
        self._letters = [_letters(column) for column in range(width)]
        self._texts = texts
        self._written = 0

    def add_heading(self, names: Sequence[str]) -> None:
        """A row of texts alone."""
        self._add(names, frozenset(range(len(names))))

    def add(self, row: Sequence[str]) -> None:
        """One row; an empty cell is left out, a number stands as it is written."""
        self._add(row, self._texts)

    def _add(self, row: Sequence[str], texts: frozenset[int]) -> None:
        self._written += 1
        number, letters = self._written, self._letters
        cells = "".join(
            f'<c r="{letters[column]}{number}" t="inlineStr"><is>{_text(value)}</is></c>'
            if column in texts
            else f'<c r="{letters[column]}{number}"><v>{value}</v></c>'
            for column, value in enumerate(row)
            if value
        )
        self._file.write(f'<row r="{number}">{cells}</row>'.encode())

    @property
    def last_cell(self) -> str:
        """The lower right one."""
        return f"{self._letters[-1]}{max(self._written, 1)}"

    def copy_to(self, target: IO[bytes]) -> None:
        """All of them, in the order they came; no row is added afterwards."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, target, 1 << 20)

    def close(self) -> None:
        """They are needed no more."""
        self._file.close()


def put_into(book: IO[bytes], path: Path, sheets: Iterable[SheetRows]) -> None:
    """Write the workbook at `path`: that in `book`, whose sheets are empty, with the rows of each in their order."""
    waiting = iter(sheets)
    with zipfile.ZipFile(book) as made, zipfile.ZipFile(path, "w") as packed:
        for member in sorted(made.namelist(), key=_place):
            info = zipfile.ZipInfo(member, _DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            content = made.read(member)
            with packed.open(info, "w", force_zip64=True) as target:
                if member.startswith("xl/worksheets/sheet"):
                    head, rest = content.replace(_EMPTY, b"<sheetData>" + _END).split(_END)
                    sheet = next(waiting)
                    ends = f'<dimension ref="A1:{sheet.last_cell}"/>'.encode()
                    target.write(re.sub(rb"<dimension [^<>]*/>", ends, head))
                    sheet.copy_to(target)
                    target.write(_END + rest)
                else:
                    target.write(content)


def _place(member: str) -> tuple[int, str]:
    """Sheets by their number, after all else: `sheet10.xml` follows `sheet9.xml`."""
    number = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", member)
    return (int(number[1]) if number else 0, "" if member == "[Content_Types].xml" else member)


def _letters(column: int) -> str:
    """A for the first, AA after Z."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text(value: str) -> str:
    """The words of a cell as XML."""
    if value.isalnum():
        return f"<t>{value}</t>"
    words = _ESCAPED_BY_EXCEL.sub(lambda mark: "_x005F" + mark[0], value)
    words = _UNSPEAKABLE.sub(lambda sign: f"_x{ord(sign[0]):04X}_", escape(words))
    keeps = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
    return f"<t{keeps}>{words}</t>"
