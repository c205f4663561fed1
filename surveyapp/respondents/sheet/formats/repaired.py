"""XLSX as Excel forgives it: backslashes in names, sheets in UTF-16, a stray cell far out. Put right before reading."""

import io
import re
import zipfile
from xml.parsers import expat

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import zipped
from surveyapp.respondents.sheet.formats.xlsx_details import column_index

FAR_CELLS = "far_cells_ignored"
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0?\0", b"\0<\0?")
_FAR_COLUMN = re.compile(rb"""r=["'](?:[A-Z]{3}|B[I-Z]|[C-Z][A-Z])\d""")
_FAR_ROW = re.compile(rb"""r=["'][A-Z]{0,3}(?:[6-9]\d{4}|[1-9]\d{5,6})["']""")
_ENCODING = re.compile(
    rb"""^(<\?xml[^>]{0,80}?)\s{1,9}encoding\s{0,9}=\s{0,9}["'][^"']{1,30}["']"""
)
STRAY = 50


def repaired(content: bytes, archive: zipfile.ZipFile) -> tuple[bytes, zipfile.ZipFile, list[str]]:
    """The file and its archive, rewritten only where something has to be put right, and what was left out.

    Raises TooManyRows, TooManyColumns where not some stray cells but a table lies beyond the limits.
    """
    changed: dict[str, bytes] = {}
    remarks: list[str] = []
    names = archive.namelist()
    for name in names:
        if not name.lower().endswith((".xml", ".rels")):
            continue
        raw = zipped.read_part(archive, name, limits.UNPACKED_BYTES)
        xml = _in_utf8(raw) if raw.startswith(_UTF16) else raw
        if "worksheets" in name:
            xml, stray = _without_far_cells(name, xml)
            if stray:
                remarks.append(FAR_CELLS)
        if xml is not raw:
            changed[name] = xml
    if not changed and not any("\\" in name for name in names):
        return content, archive, []
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        for name in dict.fromkeys(names):
            part = changed.get(name)
            if part is None:
                part = zipped.read_part(archive, name, limits.UNPACKED_BYTES)
            made.writestr(name.replace("\\", "/"), part)
    packed = buffer.getvalue()
    return packed, zipfile.ZipFile(io.BytesIO(packed)), list(dict.fromkeys(remarks))


def _in_utf8(raw: bytes) -> bytes:
    encoding = (
        "utf-16"
        if raw.startswith(_UTF16[:2])
        else "utf-16-le"
        if raw.startswith(b"<\0")
        else "utf-16-be"
    )
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as exc:
        raise errors.BrokenWorkbook(detected="XML") from exc
    return _ENCODING.sub(rb"\1", text.lstrip("\ufeff").encode())


class _FarWalk:
    """Byte ranges of rows and cells beyond the limits, and which of them hold something."""

    def __init__(self, xml: bytes) -> None:
        self.xml = xml
        self.ranges: list[tuple[int, int]] = []
        self.filled = 0
        self.furthest = (0, 0)
        self._line = 0
        self._begun: tuple[str, int] | None = None
        self._text = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name not in ("row", "c") or self._begun is not None:
            return
        cell = attributes.get("r", "")
        digits = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        line = int(digits) if digits.isdigit() and len(digits) < 8 else 0
        column = column_index(cell[: len(cell) - len(digits)].encode()) + 1 if name == "c" else 0
        if line > limits.ROWS or column > limits.COLUMNS:
            self._begun, self._text = (tag, self.parser.CurrentByteIndex), ""
            self._place = (line, column)

    def characters(self, text: str) -> None:
        if self._begun is not None and len(self._text) < 200:
            self._text += text

    def end(self, tag: str) -> None:
        if self._begun is None or tag != self._begun[0]:
            return
        end = self.xml.find(b">", self.parser.CurrentByteIndex) + 1
        self.ranges.append((self._begun[1], end))
        if self._text.strip():
            self.filled += 1
            self.furthest = max(self.furthest, self._place)
        self._begun = None

    parser: expat.XMLParserType
    _place: tuple[int, int] = (0, 0)


def _without_far_cells(name: str, xml: bytes) -> tuple[bytes, bool]:
    """The sheet without what lies beyond the limits, and whether anything was written there."""
    if not _FAR_COLUMN.search(xml) and not _FAR_ROW.search(xml):
        return xml, False
    walk = _FarWalk(xml)
    walk.parser = parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    parser.CharacterDataHandler = walk.characters
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        return xml, False
    if not walk.ranges:
        return xml, False
    sheet = name.rpartition("/")[2].partition(".")[0][:100]
    if walk.filled > STRAY:
        line, column = walk.furthest
        if line > limits.ROWS:
            raise errors.TooManyRows(sheet=sheet, rows=line, limit=limits.ROWS)
        raise errors.TooManyColumns(sheet=sheet, columns=column, limit=limits.COLUMNS)
    kept, at = [], 0
    for start, end in walk.ranges:
        kept.append(xml[at:start])
        at = end
    return b"".join([*kept, xml[at:]]), walk.filled > 0
