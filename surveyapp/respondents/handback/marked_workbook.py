"""A unit's own workbook handed back: faults coloured and commented, ready to be mended and sent again."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.i18n import _, speaking
from surveyapp.respondents import labels, queries
from surveyapp.respondents.errors import UnknownList
from surveyapp.respondents.findings import MUST, NOTE, WHOLE_LIST, Finding
from surveyapp.respondents.line_numbers import line_of, shown
from surveyapp.respondents.lists.lines import every_finding
from surveyapp.respondents.models import ListLine
from surveyapp.respondents.reading.workbook_reading import WorkbookReading
from surveyapp.respondents.sheet import mark_workbook, read_workbook, write_anew
from surveyapp.respondents.sheet.marks.marking import LegendCell, Mark, Marking, letters
from surveyapp.respondents.sheet.workbook import Sheet, Workbook

# Where Excel shows something else than the reader: dates, fractions, errors, truth, long numbers.
_SHOWN_OTHERWISE = re.compile(
    r"^-?\d*\.\d|^-?\d{12,}$|^\d{4}-\d\d-\d\d|^\d\d?:\d\d|^(TRUE|FALSE)$|^#|e[+-]?\d+$"
)
_CONTROL = re.compile(r"[\x00-\x1f]")
_LONGEST_COMPARED = 200
_LONGEST_COMMENT = 1500
_MOST_EXPLAINED = 3000
_WIDTHS = (10, 22, 18, 34, 90)
_GRAVITY = {"must": 0, "check": 1, "done": 2, "out": 3}

Legend = tuple[tuple[LegendCell, ...], ...]


@dataclass(frozen=True, slots=True)
class ListToMark:
    """A stored list as far as its file is marked with it: read inside a session, used outside.

    `mended` are the cells the desk wrote anew, `left_out` lines left out, `added` lines that are
    not in the file.
    """

    content: bytes
    file_name: str
    understanding: Mapping[str, Any]
    kind_name: str
    unit_name: str
    version: int
    findings: tuple[Finding, ...]
    mended: Mapping[tuple[int, str], str]
    left_out: frozenset[int]
    added: Mapping[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class MarkedWorkbook:
    """The marked workbook and what to call it."""

    content: bytes
    file_name: str


def standing(db: Session, list_id: uuid.UUID, *, unit_id: int) -> ListToMark:
    """What `mark_up` needs of a list. Raises `UnknownList`, also for one that came without a file."""
    respondent_list = queries.original(db, list_id, unit_id=unit_id)
    if not respondent_list.file_sha256:
        raise UnknownList(list_id)
    _subject, kind, unit = queries.one_list(db, list_id, campaign_id=respondent_list.campaign_id)
    mended: dict[tuple[int, str], str] = {}
    left_out, added = set(), {}
    touched = db.execute(
        select(ListLine.line, ListLine.cells, ListLine.mends, ListLine.left_out).where(
            ListLine.list_id == list_id
        )
    )
    for row in touched:
        if row.left_out:
            left_out.add(row.line)
        if not row.cells:
            added[row.line] = row.mends
            continue
        mended |= {(row.line, column): value for column, value in row.mends.items()}
    return ListToMark(
        content=respondent_list.file,
        file_name=respondent_list.file_name,
        understanding=respondent_list.understanding,
        kind_name=kind.name_vi,
        unit_name=unit.name_vi,
        version=respondent_list.version,
        findings=tuple(finding.plain() for finding in every_finding(db, list_id)),
        mended=mended,
        left_out=frozenset(left_out),
        added=added,
    )


def mark_up(stored: ListToMark) -> MarkedWorkbook:
    """The very file with its faults marked, in Vietnamese; what did not come as XLSX becomes one.

    Raises FileRefused when the stored file can no longer be read.
    """
    workbook = read_workbook(stored.content, stored.file_name)
    with speaking("vi"):
        marks = tuple(_marks(stored, workbook))
        legend = tuple(_legend(stored))
    marking = Marking(stored.understanding["sheet"], marks, legend, _WIDTHS)
    content = None
    if workbook.format in ("xlsx", "xlsm"):
        content = mark_workbook(stored.content, marking)
    if content is None:
        header = int(stored.understanding["header_line"])
        content = write_anew(stored.content, stored.file_name, marking, header_line=header)
    stem = PurePath(stored.file_name).stem.removesuffix("-da-danh-dau")[:80] or "danh-sach"
    return MarkedWorkbook(content, f"{stem}-da-danh-dau.xlsx")


def _marks(stored: ListToMark, workbook: Workbook) -> Iterator[Mark]:
    """One mark a cell, with everything there is to say about it; the gravest gives the colour."""
    reading = WorkbookReading.from_json(stored.understanding)
    every = {
        part: _Places(sheet, table.mapping)
        for part, table in reading.tables()
        if (sheet := workbook.sheet(table.sheet)) is not None
    }

    def at(number: int, column: str) -> tuple[int, int, int] | None:
        """Table, row and column of the cell; None where its sheet is no longer there."""
        part, line = line_of(number)
        return (part, *every[part].of(line, column)) if part in every else None

    told: dict[tuple[int, int, int], list[tuple[str, str]]] = {}
    for finding in stored.findings:
        if finding.line in stored.added or finding.line == WHOLE_LIST or finding.severity == NOTE:
            continue
        words = f"{labels.severity_name(finding.severity)}: {labels.message(finding)}"
        if (cell := at(finding.line, finding.column)) is not None:
            told.setdefault(cell, []).append((finding.severity, words))
    for (line, column), value in stored.mended.items():
        words = _("Đã sửa trên hệ thống thành “%(value)s”. Ghi lại như vậy hoặc để nguyên ô này đều được.", value=value)  # fmt: skip
        if (cell := at(line, column)) is not None:
            told.setdefault(cell, []).append(("done", words))
    for line in stored.left_out - stored.added.keys():
        words = _("Dòng này đã được bỏ khỏi danh sách trên hệ thống. Có thể xóa dòng, hoặc để nguyên: dòng vẫn được bỏ.")  # fmt: skip
        if (cell := at(line, "")) is not None:
            told.setdefault(cell, []).append(("out", words))
    for (part, line, index), remarks in sorted(told.items()):
        tone = min((tone for tone, _words in remarks), key=_GRAVITY.__getitem__)
        comment = "\n".join(words for _tone, words in remarks)[:_LONGEST_COMMENT]
        places = every[part]
        yield Mark(line, index, tone, comment, places.compared(line, index), places.sheet.name)


class _Places:
    """Where in the sheet a finding belongs."""

    def __init__(self, sheet: Sheet, mapping: Mapping[str, int]) -> None:
        self.sheet = sheet
        self._mapping = mapping
        self._tops = {(line, column): top for line, column, top in sheet.merged()}

    def of(self, line: int, column: str) -> tuple[int, int]:
        """Line and column; the name where the column is not in the sheet, the top of merged cells."""
        index = self._mapping.get(column, self._mapping["full_name"])
        return self._tops.get((line, index), line), index

    def compared(self, line: int, index: int) -> str | None:
        """The text in the cell, where Excel is sure to see the same."""
        row = self.sheet.row(line)
        text = row[index] if index < len(row) else ""
        if len(text) > _LONGEST_COMPARED or _SHOWN_OTHERWISE.search(text) or _CONTROL.search(text):
            return None
        return text


def _legend(stored: ListToMark) -> Iterator[tuple[LegendCell, ...]]:
    musts = sum(f.severity == MUST for f in stored.findings)
    yield (LegendCell(f"{stored.kind_name} – {stored.unit_name}", "title"),)
    yield (LegendCell(_("Bản %(n)s", n=stored.version)),)
    for tone, words in (
        ("must", _("Phải sửa: danh sách chỉ gửi được khi không còn ô nào như thế này (còn %(n)s).", n=musts)),
        ("check", _("Cần kiểm tra: nếu đúng thì để nguyên.")),
        ("done", _("Đã sửa trên hệ thống; trong tệp vẫn là nội dung cũ.")),
        ("out", _("Dòng đã được bỏ khỏi danh sách trên hệ thống.")),
    ):  # fmt: skip
        yield LegendCell("", tone), LegendCell(words)
    for words in (
        _("Rê chuột vào ô có màu để đọc chú thích. Sửa ngay trong ô; màu mất đi khi nội dung đã đổi."),
        _("Sửa xong, lưu tệp rồi tải lên lại đúng danh sách này. Những gì đã sửa trên hệ thống được giữ, trừ khi ô đó được sửa khác đi trong tệp."),
        _("Trang này và các chú thích chỉ để hướng dẫn, không được đọc khi tải lên; có thể xóa hoặc để nguyên."),
    ):  # fmt: skip
        yield (LegendCell(words),)
    yield ()
    yield tuple(
        LegendCell(words, "bold")
        for words in (_("Dòng"), _("Cột"), _("Mức độ"), _("Nội dung trong tệp"), _("Vì sao và sửa thế nào"))
    )  # fmt: skip
    yield from _explained(stored)


def _explained(stored: ListToMark) -> Iterator[tuple[LegendCell, ...]]:
    findings: Sequence[Finding] = [f for f in stored.findings if f.severity != NOTE or not f.line]
    reading = WorkbookReading.from_json(stored.understanding)
    tables = dict(reading.tables())
    for finding in findings[:_MOST_EXPLAINED]:
        line, link, sheet = _("Cả danh sách"), "", ""
        if finding.line:
            line = shown(finding.line)
            part, row = line_of(finding.line)
            if part in tables and finding.line not in stored.added:
                mapping, sheet = tables[part].mapping, tables[part].sheet
                index = mapping.get(finding.column, mapping["full_name"])
                link = f"{letters(index)}{row}"
        yield (
            LegendCell(line, link=link, sheet=sheet),
            LegendCell(labels.column_name(finding.column)),
            LegendCell(
                labels.severity_name(finding.severity),
                finding.severity if finding.severity != NOTE else "plain",
            ),
            LegendCell(finding.value),
            LegendCell(labels.message(finding)),
        )
    for cells in stored.added.values():
        words = _("Người này được thêm trên hệ thống, không có trong tệp; sẽ được giữ khi tải tệp lên lại.")  # fmt: skip
        name = LegendCell(cells.get("full_name", ""))
        yield LegendCell(_("Người thêm")), LegendCell(""), LegendCell(""), name, LegendCell(words)
