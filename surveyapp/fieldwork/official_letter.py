"""The official letter that reminds a unit's people, in the layout of Decree 30/2020/NĐ-CP, ready to be signed.

Number, place, date and signature stay open: the office that sends it fills them in.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.documents.pdf import write_pdf
from surveyapp.documents.word import Grid, Text, write_docx
from surveyapp.fieldwork.chase import Chase, Line
from surveyapp.i18n import _, day, locale, moment, number, percent

TEMPLATE = Path(__file__).with_name("official_letter.typ")


@dataclass(frozen=True)
class Letter:
    """Every word of the letter, in the order of the page."""

    over: str
    sender: str
    about: str
    to: str
    paragraphs: tuple[str, ...]
    tables: tuple[tuple[str, list[list[str]]], ...]
    closing: tuple[str, ...]
    copies: tuple[str, ...]


def from_desk(campaign: Campaign, unit: Unit, chase: Chase) -> Letter:
    """The unit writes to the offices under it."""
    request = _(
        "Đề nghị thủ trưởng các cơ quan, đơn vị nhắc công chức thuộc đối tượng điều tra đã nhận lời mời mà "
        "chưa nộp phiếu trả lời trước %(closes)s.",
        closes=moment(campaign.closes_at),
    )
    to = _("Thủ trưởng các cơ quan, đơn vị trực thuộc")
    return _letter(campaign, chase, "", _unit(unit), to, request)


def from_centre(campaign: Campaign, unit: Unit, chase: Chase) -> Letter:
    """The centre writes to the unit."""
    request = _(
        "Đề nghị %(unit)s đôn đốc đối tượng điều tra thuộc phạm vi quản lý đã nhận lời mời mà chưa nộp "
        "phiếu trả lời trước %(closes)s, đồng thời bổ sung địa chỉ liên hệ còn thiếu hoặc không nhận được thư.",
        unit=_unit(unit),
        closes=moment(campaign.closes_at),
    )
    sender = _("Vụ Cải cách hành chính")
    return _letter(campaign, chase, _("Bộ Nội vụ"), sender, _unit(unit), request)


def _unit(unit: Unit) -> str:
    return unit.name_en if locale() == "en" else unit.name_vi


def _letter(
    campaign: Campaign, chase: Chase, over: str, sender: str, to: str, request: str
) -> Letter:
    title = campaign.title_en if locale() == "en" else campaign.title_vi
    counts = chase.total.counts
    standing = _(
        "Tính đến hết ngày %(day)s, trong số %(invited)s phiếu được mời có %(submitted)s phiếu đã nộp "
        "(tỷ lệ trả lời RR2: %(rate)s); còn %(rest)s phiếu chưa nộp. Số liệu cụ thể như sau:",
        day=day(chase.until),
        invited=number(counts.invited),
        submitted=number(counts.submitted),
        rate=percent(chase.total.rates.rr2),
        rest=number(chase.outstanding),
    )
    opening = _("Thực hiện %(campaign)s, đối tượng điều tra đã được mời trả lời phiếu.", campaign=title)  # fmt: skip
    voluntary = _(
        "Việc trả lời là tự nguyện và ẩn danh: số liệu trên chỉ đếm phiếu, không cho biết ai đã trả lời; "
        "đề nghị không hỏi từng người đã trả lời hay chưa và trả lời thế nào."
    )
    return Letter(
        over=over,
        sender=sender,
        about=_("V/v đôn đốc trả lời phiếu: %(campaign)s", campaign=title),
        to=to,
        paragraphs=(opening, standing),
        tables=_tables(chase),
        closing=(request, voluntary),
        copies=(_("- Như trên;"), _("- Lưu: VT.")),
    )


def _tables(chase: Chase) -> tuple[tuple[str, list[list[str]]], ...]:
    parts = (
        (_("Theo nhóm đối tượng"), _("Nhóm đối tượng"), chase.groups),
        (_("Theo sở, ban, ngành"), _("Sở, ban, ngành"), chase.departments),
    )
    return tuple((title, _rows(heading, lines)) for title, heading, lines in parts if lines)


def _rows(heading: str, lines: Any) -> list[list[str]]:
    head = [heading, _("Được mời"), _("Đã nộp"), _("Chưa nộp")]
    return [head, *([line.name, *_numbers(line)] for line in lines)]


def _numbers(line: Line) -> list[str]:
    if line.invited is None or line.submitted is None:
        return [_("ẩn")] * 3
    return [number(line.invited), number(line.submitted), number(line.invited - line.submitted)]


def _fixed() -> dict[str, str]:
    return {
        "state": _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        "motto": _("Độc lập - Tự do - Hạnh phúc"),
        "number": _("Số:          /"),
        "dated": _("…………, ngày …… tháng …… năm ………"),
        "addressed": _("Kính gửi:"),
        "receivers": _("Nơi nhận:"),
        "signer": _("QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ"),
        "sign_here": _("(Chữ ký, dấu, họ và tên)"),
    }


def as_pdf(letter: Letter) -> bytes:
    """The letter on paper."""
    return write_pdf(TEMPLATE, {**vars(letter), **_fixed(), "language": locale()})


def as_docx(letter: Letter) -> bytes:
    """The letter to be worked on."""
    fixed = _fixed()
    left = [Text(letter.over.upper(), 12, align="center")] if letter.over else []
    left += [
        Text(letter.sender.upper(), 12, bold=True, align="center", underline=True),
        Text(fixed["number"], align="center"),
        Text(letter.about, 12, align="center"),
    ]
    right = [
        Text(fixed["state"], 12, bold=True, align="center"),
        Text(fixed["motto"], 13, bold=True, align="center", underline=True),
        Text(fixed["dated"], italic=True, align="center"),
    ]
    receivers = [
        Text(fixed["receivers"], 12, bold=True, italic=True),
        *(Text(copy, 11) for copy in letter.copies),
    ]
    signer = [
        Text(fixed["signer"], bold=True, align="center"),
        Text(fixed["sign_here"], italic=True, align="center"),
    ]
    body: list[Text | Grid] = [Text(words, align="both") for words in letter.paragraphs]
    for title, rows in letter.tables:
        body += [Text(title, bold=True), _table(rows)]
    return write_docx(
        [
            Grid([[left, right]], (4, 6)),
            Text(f"{fixed['addressed']} {letter.to}", 14, align="center"),
            *body,
            *(Text(words, align="both") for words in letter.closing),
            Grid([[receivers, signer]], (1, 1)),
            Text(""),
        ]
    )


def _table(rows: list[list[str]]) -> Grid:
    cells = [
        [
            [Text(words, 12, bold=n == 0, align="left" if column == 0 else "right")]
            for column, words in enumerate(row)
        ]
        for n, row in enumerate(rows)
    ]
    return Grid(cells, (5, 2, 2, 2), border=True)
