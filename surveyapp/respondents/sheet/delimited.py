"""CSV as offices write it: any of five encodings, comma, semicolon or tab."""

import csv
import io
import re
import unicodedata
from collections import Counter
from typing import Any

from surveyapp.respondents import errors
from surveyapp.respondents.progress import tell_parent
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.words.charsets import plausible_share

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_MARKUP = re.compile(
    r"\s*(<(\?xml|!doctype|!--|html|head|body|meta|style|table|div|[a-z]+:workbook|workbook)\b|MIME-Version:)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_DELIMITERS = ",;\t|"


def read(content: bytes, file_name: str) -> list[dict[str, Any]]:
    """The one sheet of a CSV file. Raises FileRefused when it is not text or not a table."""
    text = decode(content)
    if _MARKUP.match(text):
        raise errors.SavedAsWeb
    if _CONTROL.search(text):
        raise errors.NotAWorkbook(detected="")
    first_line, delimiter, text = _delimiter(text)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([cell[: limits.CELL_CHARACTERS + 1] for cell in row])
            tell_parent("reading", len(rows), len(rows))
            if len(rows) > limits.ROWS:
                raise errors.TooManyRows(sheet="CSV", rows=len(rows), limit=limits.ROWS)
    except csv.Error as exc:
        raise errors.BrokenWorkbook(detected="CSV") from exc
    widest = max((_width(row) for row in rows), default=0)
    if widest > limits.COLUMNS:
        raise errors.TooManyColumns(sheet="CSV", columns=widest, limit=limits.COLUMNS)
    rows = [row[: limits.COLUMNS] for row in rows]
    name = re.sub(r"\.[^.]*$", "", file_name)[:100] or "CSV"
    return [{"name": name, "hidden": False, "first_line": first_line, "rows": rows, "spans": []}]


def _width(row: list[str]) -> int:
    """Cells up to the last that holds something."""
    return max((i for i, cell in enumerate(row, 1) if cell.strip()), default=0)


def decode(content: bytes) -> str:
    """The text, by its mark, by its zero bytes, as UTF-8, or by which legacy code reads better.

    Raises NotAWorkbook when nothing fits.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _as(content, encoding)
    if b"\0" in content[:4096]:
        even, odd = content[0:4096:2].count(0), content[1:4096:2].count(0)
        if max(even, odd) * 4 < min(len(content), 4096) // 2:
            raise errors.NotAWorkbook(detected="")
        return _as(content, "utf-16-le" if odd > even else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # Windows-1258 is Vietnamese Excel's own "CSV"; TCVN3 and VNI fonts leave Latin-1 letters.
        modern = unicodedata.normalize("NFC", content.decode("cp1258", "replace"))
        old = [content.decode(e, "replace") for e in ("cp1252", "latin-1")]
        shares = [(plausible_share(modern[:20_000], legacy=False), modern)]
        shares += [(plausible_share(text[:20_000]), text) for text in old]
        return max(shares, key=lambda share: share[0])[1]


def _as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as exc:
        raise errors.NotAWorkbook(detected="") from exc


def _delimiter(text: str) -> tuple[int, str, str]:
    """First line number, delimiter and text; Excel's own `sep=;` line says it outright."""
    said = re.match(r"sep=(.)\r?\n", text)
    if said:
        return 2, said[1], text[said.end() :]
    counts: Counter[str] = Counter()
    for line in text[:50_000].splitlines()[:50]:
        bare = re.sub(r'"[^"]*"', "", line)
        counts.update({d: min(bare.count(d), 12) for d in _DELIMITERS})
    best = max(_DELIMITERS, key=lambda d: counts[d])
    return 1, best if counts[best] else ",", text
