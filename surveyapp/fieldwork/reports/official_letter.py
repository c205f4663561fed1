"""The official letter that reminds a unit's people, in the layout of Decree 30/2020/NĐ-CP, ready to be signed.

Number, day and signature stay open: the office that sends it fills them in. The typed file is in Times
New Roman as the decree says; on paper it is set in the serif that comes with typst.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from surveyapp.campaigns import unit_names
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.clock import VIETNAM
from surveyapp.documents.docx import Grid, Paragraph, Rule, write_docx
from surveyapp.documents.pdf import write_pdf
from surveyapp.fieldwork.reports.unit_figures import UnitFigures, UnitLine
from surveyapp.i18n import _, day, locale, number, percent

TEMPLATE = Path(__file__).with_name("official_letter.typ")


@dataclass(frozen=True)
class OfficialLetter:
    """Every word of the letter, in the order of the page."""

    over: str
    sender: str
    number: str
    place: str
    about: str
    to: str
    paragraphs: tuple[str, ...]
    tables: tuple[tuple[str, list[list[str]]], ...]
    left_out: str
    """Why the tables do not hold every line; empty where they do."""
    closing: tuple[str, ...]
    copies: tuple[str, ...]
    signer: tuple[str, ...]


def from_desk(campaign: Campaign, unit: Unit, chase: UnitFigures) -> OfficialLetter:
    """The unit writes to the offices under it."""
    request = _(
        "Đề nghị thủ trưởng các cơ quan, đơn vị nhắc công chức thuộc đối tượng điều tra đã nhận lời mời mà "
        "chưa nộp phiếu trả lời trước %(closes)s.",
        closes=_hour(campaign.closes_at),
    )
    is_province = unit.kind == "province"
    head = {
        "over": _("Ủy ban nhân dân") if is_province else "",
        "sender": _province(unit) if is_province else _unit(unit),
        "number": _("Số:          /"),
        "place": _unit(unit) if is_province else _("Hà Nội"),
        "to": _("Thủ trưởng các cơ quan, đơn vị trực thuộc"),
        "copies": (_("- Như trên;"), _("- Lưu: VT.")),
        "signer": (_("QUYỀN HẠN, CHỨC VỤ"),),
    }
    return _letter(campaign, chase, request, head)


def from_centre(campaign: Campaign, unit: Unit, chase: UnitFigures) -> OfficialLetter:
    """The ministry writes to the unit, signed for the minister by the head of the department."""
    request = _(
        "Đề nghị %(unit)s đôn đốc đối tượng điều tra thuộc phạm vi quản lý đã nhận lời mời mà chưa nộp "
        "phiếu trả lời trước %(closes)s, đồng thời bổ sung địa chỉ liên hệ còn thiếu hoặc không nhận được thư.",
        unit=_addressed(unit),
        closes=_hour(campaign.closes_at),
    )
    head = {
        "over": "",
        "sender": _("Bộ Nội vụ"),
        "number": _("Số:          /BNV-CCHC"),
        "place": _("Hà Nội"),
        "to": _addressed(unit),
        "copies": (_("- Như trên;"), _("- Lưu: VT, CCHC.")),
        "signer": (_("TL. BỘ TRƯỞNG"), _("VỤ TRƯỞNG VỤ CẢI CÁCH HÀNH CHÍNH")),
    }
    return _letter(campaign, chase, request, head)


def _unit(unit: Unit) -> str:
    return unit.name_en if locale() == "en" else unit.name_vi


def _province(unit: Unit) -> str:
    return unit_names.in_a_sentence(unit.code, _unit(unit), name_vi=unit.name_vi)


def _addressed(unit: Unit) -> str:
    """Whom a letter to the unit is addressed to."""
    if unit.kind == "province":
        return _("Ủy ban nhân dân %(province)s", province=_province(unit))
    return _unit(unit)


def _hour(moment: datetime) -> str:
    """A moment as it is written in a letter."""
    there = moment.astimezone(VIETNAM)
    return _("%(time)s ngày %(day)s", time=_("%(h)s giờ %(m)s", h=f"{there:%H}", m=f"{there:%M}"), day=day(there.date()))  # fmt: skip


def _letter(
    campaign: Campaign, chase: UnitFigures, request: str, head: dict[str, Any]
) -> OfficialLetter:
    title = campaign.title_en if locale() == "en" else campaign.title_vi
    counts = chase.total.counts
    standing = _(
        "Tính đến hết ngày %(day)s, trong số %(invited)s phiếu được mời có %(submitted)s phiếu đã nộp "
        "(%(rate)s); còn %(rest)s phiếu chưa nộp. Số liệu cụ thể như sau:",
        day=day(chase.until),
        invited=number(counts.invited),
        submitted=number(counts.submitted),
        rate=percent(counts.submitted / counts.invited if counts.invited else None),
        rest=number(chase.outstanding),
    )
    opening = _("Thực hiện %(campaign)s, đối tượng điều tra đã được mời trả lời phiếu.", campaign=title)  # fmt: skip
    voluntary = _(
        "Việc trả lời là tự nguyện và ẩn danh: số liệu trên chỉ đếm phiếu, không cho biết ai đã trả lời; "
        "đề nghị không hỏi từng người đã trả lời hay chưa và trả lời thế nào."
    )
    parts = [*chase.groups, *chase.departments]
    return OfficialLetter(
        **head,
        about=_("V/v đôn đốc trả lời phiếu: %(campaign)s", campaign=title),
        paragraphs=(opening, standing),
        tables=_tables(chase),
        left_out=_("Bảng không ghi những dòng có quá ít phiếu, để không suy ra được ai đã trả lời.")
        if any(line.invited is None for line in parts)
        else "",
        closing=(request, voluntary),
    )


def _tables(chase: UnitFigures) -> tuple[tuple[str, list[list[str]]], ...]:
    parts = (
        (_("Theo nhóm đối tượng"), _("Nhóm đối tượng"), chase.groups),
        (_("Theo sở, ban, ngành"), _("Sở, ban, ngành"), chase.departments),
    )
    tables = ((title, _rows(heading, lines)) for title, heading, lines in parts)
    return tuple((title, rows) for title, rows in tables if len(rows) > 1)


def _rows(heading: str, lines: Sequence[UnitLine]) -> list[list[str]]:
    head = [heading, _("Được mời"), _("Đã nộp"), _("Chưa nộp")]
    return [head, *_shown(lines)]


def _shown(lines: Sequence[UnitLine]) -> Iterator[list[str]]:
    for line in lines:
        if line.invited is not None and line.submitted is not None:
            counts = (line.invited, line.submitted, line.invited - line.submitted)
            yield [line.name, *map(number, counts)]


def _fixed() -> dict[str, str]:
    return {
        "state": _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        "motto": _("Độc lập - Tự do - Hạnh phúc"),
        "dated": _("ngày …… tháng …… năm ………"),
        "addressed": _("Kính gửi:"),
        "receivers": _("Nơi nhận:"),
        "sign_here": _("(Chữ ký, dấu, họ và tên)"),
    }


def as_pdf(letter: OfficialLetter) -> bytes:
    """The letter on paper."""
    return write_pdf(TEMPLATE, {**vars(letter), **_fixed(), "language": locale()})


def as_docx(letter: OfficialLetter) -> bytes:
    """The letter to be worked on."""
    body: list[Paragraph | Grid] = [_paragraph(words) for words in letter.paragraphs]
    for title, rows in letter.tables:
        body += [Paragraph(title, bold=True, before=8), _table(rows)]
    if letter.left_out:
        body.append(Paragraph(letter.left_out, 12, italic=True, before=6, after=6))
    addressed = f"{_fixed()['addressed']} {letter.to}"
    return write_docx(
        [
            Grid([_head(letter)], (4, 6)),
            Paragraph(""),
            Paragraph(addressed, 14, align="center"),
            Paragraph("", 6),
            *body,
            *(_paragraph(words) for words in letter.closing),
            Paragraph("", 6),
            Grid([_foot(letter)], (4, 6)),
            Paragraph(""),
        ]
    )


def _head(letter: OfficialLetter) -> list[list[Paragraph | Rule]]:
    fixed = _fixed()
    left: list[Paragraph | Rule] = (
        [Paragraph(letter.over.upper(), 12, align="center", after=0)] if letter.over else []
    )
    left += [
        Paragraph(letter.sender.upper(), 12, bold=True, align="center", after=0),
        Rule(0.3),
        Paragraph(letter.number, align="center"),
        Paragraph(letter.about, 12, align="center"),
    ]
    right: list[Paragraph | Rule] = [
        Paragraph(fixed["state"], 12, bold=True, align="center", after=0),
        Paragraph(fixed["motto"], 13, bold=True, align="center", after=0),
        Rule(0.62),
        Paragraph(f"{letter.place}, {fixed['dated']}", italic=True, align="center"),
    ]
    return [left, right]


def _foot(letter: OfficialLetter) -> list[list[Paragraph | Rule]]:
    fixed = _fixed()
    receivers: list[Paragraph | Rule] = [
        Paragraph(fixed["receivers"], 12, bold=True, italic=True, after=0)
    ]
    receivers += [Paragraph(copy, 11, after=0) for copy in letter.copies]
    signed: list[Paragraph | Rule] = [
        Paragraph(line, bold=True, align="center", after=0) for line in letter.signer
    ]
    return [receivers, [*signed, Paragraph(fixed["sign_here"], italic=True, align="center")]]


def _paragraph(words: str) -> Paragraph:
    return Paragraph(words, align="both", after=6, indent=True)


def _table(rows: list[list[str]]) -> Grid:
    cells = [
        [
            [Paragraph(words, 12, bold=n == 0, align="left" if column == 0 else "right", after=2)]
            for column, words in enumerate(row)
        ]
        for n, row in enumerate(rows)
    ]
    return Grid(cells, (5, 2, 2, 2), border=True)
