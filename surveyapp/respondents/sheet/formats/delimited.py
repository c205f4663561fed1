"""CSV as offices write it: any of five encodings, comma, semicolon or tab."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from surveyapp.respondents import errors
from surveyapp.respondents.progress import tell_parent
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import webpage
from surveyapp.respondents.sheet.formats.encodings import decode

_MARKUP = re.compile(
    r"\s*(<(\?xml|!doctype|!--|html|head|body|meta|style|table|div|[a-z]+:workbook|workbook)\b|MIME-Version:)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
UNCLOSED = "quote_unclosed"
_DELIMITERS = ",;\t|"


def read(content: bytes, file_name: str) -> tuple[str, list[dict[str, Any]], list[str]]:
    """Format and sheets of a text file, mostly CSV, and what was odd about it.

    Raises FileRefused when it is not text or not a table.
    """
    text, remarks = decode(content)
    if _MARKUP.match(text):
        charset = webpage.declared(content)
        if (
            charset
            and "utf-8" not in charset
            and not text.startswith("\ufeff")
            and "\0" not in text[:2]
        ):
            text = _in_charset(content, charset) or text
        return "html", webpage.read_page(content, text), []
    text = text.rstrip("\x1a")  # how DOS ended a file
    if _CONTROL.search(text):
        raise errors.NotAWorkbook(detected="")
    first_line, delimiter, text = _delimiter(text)
    # A sheet saved with stray formats below its table ends in thousands of rows of nothing.
    rows, unclosed = _rows(text.rstrip(f" \t\r\n\xa0{delimiter}"), delimiter)
    remarks += [UNCLOSED] if unclosed else []
    widest = max((_width(row) for row in rows), default=0)
    if widest > limits.COLUMNS:
        raise errors.TooManyColumns(sheet="CSV", columns=widest, limit=limits.COLUMNS)
    most = limits.CELL_CHARACTERS + 1
    rows = [[cell[:most] for cell in row[: limits.COLUMNS]] for row in rows]
    name = re.sub(r"\.[^.]*$", "", file_name)[:100] or "CSV"
    sheet = {"name": name, "hidden": False, "first_line": first_line, "rows": rows, "spans": []}
    return "csv", [sheet], remarks


def _in_charset(content: bytes, charset: str) -> str:
    try:
        return unicodedata.normalize("NFC", content.decode(charset))
    except (LookupError, UnicodeDecodeError):
        return ""


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], bool]:
    """The rows, and whether a quotation mark was never closed, so that every line was read by itself."""
    rows = list(_parsed(io.StringIO(text, newline=""), delimiter))
    usual = Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 0
    swallowed = max(3, usual - 2)
    if any(_swallows(cell, delimiter, swallowed) for row in rows for cell in row):
        return list(_line_by_line(text, delimiter, swallowed)), True
    return rows, False


def _parsed(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(limits.FILE_BYTES)
    try:
        for done, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
            yield row
            tell_parent("reading", done, done)
            if done > limits.ROWS:
                raise errors.TooManyRows(sheet="CSV", rows=done, limit=limits.ROWS)
    except csv.Error as exc:
        raise errors.BrokenWorkbook(detected="CSV") from exc


def _swallows(cell: str, delimiter: str, most: int) -> bool:
    """Whether whole lines of the file stand in one cell."""
    return "\n" in cell and any(line.count(delimiter) >= most for line in cell.split("\n")[1:])


def _line_by_line(text: str, delimiter: str, most: int) -> Iterator[list[str]]:
    """Records of a file with a stray quotation mark: one that would swallow the next line ends with its own."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        end = at + 1
        # A cell may well have a break in it, but no further whole line.
        while (
            "\n".join(lines[at:end]).count('"') % 2
            and end < len(lines)
            and end - at < 10
            and lines[end].count(delimiter) < most
        ):
            end += 1
        record = lines[at:end]
        if "\n".join(record).count('"') % 2:
            end = at + 1
            yield [cell.strip('"') for cell in lines[at].split(delimiter)]
        else:
            yield next(_parsed(iter([line + "\n" for line in record]), delimiter), [])
        at = end


def _width(row: list[str]) -> int:
    """Cells up to the last that holds something."""
    return max((i for i, cell in enumerate(row, 1) if cell.strip()), default=0)


def _delimiter(text: str) -> tuple[int, str, str]:
    """First line number, delimiter and text; Excel's own `sep=;` line says it, unless the rows say otherwise."""
    said = re.match(r"sep=(.)\r?\n", text)
    if said:
        text = text[said.end() :]
    told = {said[1]} - set(_DELIMITERS) if said else set()
    counts: Counter[str] = Counter()
    for line in text[:50_000].splitlines()[:50]:
        bare = re.sub(r'"[^"]*"', "", line)
        counts.update({d: min(bare.count(d), 12) for d in (*_DELIMITERS, *told)})
    best = max(_DELIMITERS, key=lambda d: counts[d])
    if said:
        return 2, best if counts[said[1]] * 3 < counts[best] else said[1], text
    return 1, best if counts[best] else ",", text
