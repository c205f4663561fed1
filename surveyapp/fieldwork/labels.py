"""Dispositions and outcome rates in words, with the formulas of the standard."""

from dataclasses import dataclass

from surveyapp.assignments.rules import Disposition
from surveyapp.fieldwork.rules import LETTERS, Counts, letter, outcome_rates
from surveyapp.i18n import _, lazy, number, percent
from surveyapp.messaging import registry

_NAMES = {
    Disposition.NOT_SENT: lazy("Chưa gửi lời mời"),
    Disposition.SENT: lazy("Đã gửi, chưa bắt đầu"),
    Disposition.BOUNCED: lazy("Lời mời bị trả lại"),
    Disposition.BEGUN: lazy("Đã bắt đầu, chưa nộp"),
    Disposition.SUBMITTED: lazy("Đã nộp"),
    Disposition.REFUSED: lazy("Từ chối"),
    Disposition.UNAVAILABLE: lazy("Không liên hệ được đúng người"),
    Disposition.MOVED: lazy("Đã chuyển công tác"),
    Disposition.WRONG_GROUP: lazy("Không thuộc nhóm đối tượng"),
    Disposition.DUPLICATE: lazy("Trùng với phiếu khác"),
    Disposition.REMOVED: lazy("Đã bỏ khỏi danh sách"),
}
_PARTS = {
    "S": lazy("S – phiếu đã nộp"),
    "R": lazy("R – từ chối hoặc bỏ dở"),
    "NC": lazy("NC – không tiếp cận được"),
    "U": lazy("U – chưa rõ có thuộc đối tượng"),
    "out": lazy("Không thuộc đối tượng, đã xác minh"),
    "list": lazy("Đã sửa trong danh sách, không tính vào tỷ lệ"),
}


def disposition_name(disposition: Disposition) -> str:
    """The state of a form in words."""
    return str(_NAMES[disposition])


def reason_words() -> list[tuple[str, str]]:
    """Why forms are not submitted, in the order of `briefing.REASONS`."""
    return [
        ("not_begun", _("chưa mở phiếu")),
        ("begun", _("đang làm dở")),
        ("bounced", _("thư bị trả lại")),
        ("not_sent", _("chưa gửi được lời mời")),
        ("declined", _("từ chối")),
        ("unreached", _("nhầm người, vắng mặt")),
        ("moved", _("chuyển công tác, sai nhóm")),
    ]


def channel_name(channel: str) -> str:
    """What took the link to the person, in words."""
    if channel in registry.BY_CODE:
        return str(registry.BY_CODE[channel].label)
    return {
        "file": _("Tệp gửi của cơ quan chủ trì"),
        "none": _("Chưa rõ kênh hoặc chưa gửi"),
    }[channel]


def part_of(disposition: Disposition) -> str:
    """Which letter of the formulas the disposition counts under."""
    return str(_PARTS[letter(disposition)])


@dataclass(frozen=True)
class RateInWords:
    """One rate: what it asks, the formula with letters, with the numbers, and the result."""

    code: str
    meaning: str
    formula: str
    sum: str
    shown: str


def rates_in_words(counts: Counts) -> list[RateInWords]:
    """Response, cooperation, refusal and contact rates that are known before the opening, as a page explains them."""
    rates = outcome_rates(counts)
    parts = {name: counts.of(LETTERS[name]) for name in ("S", "R", "NC", "U")}
    e = "–" if rates.e is None else number(round(rates.e, 3))
    explained = []
    for code, meaning, formula in _explained():
        figures = " ".join(
            e if word == "e" else number(parts[word]) if word in parts else word
            for word in _spaced(formula).split()
        )
        figures = figures.replace("( ", "(").replace(" )", ")")
        shown = percent(getattr(rates, code.lower()))
        explained.append(RateInWords(code, meaning, formula, figures, shown))
    return explained


def _spaced(formula: str) -> str:
    return formula.replace("(", "( ").replace(")", " )")


def _explained() -> list[tuple[str, str, str]]:
    everyone, likely, known = "(S + R + NC + U)", "(S + R + NC + e × U)", "(S + R + NC)"
    least = _(
        "Thấp nhất: coi mọi người chưa rõ đều thuộc đối tượng; là tỷ lệ nêu ở trang Tổng quan"
    )
    return [
        ("RR2", least, f"S ÷ {everyone}"),
        ("RR4", _("Ước lượng phần thuộc đối tượng trong số chưa rõ (e)"), f"S ÷ {likely}"),
        ("RR6", _("Cao nhất: bỏ qua những người chưa rõ"), f"S ÷ {known}"),
        ("COOP2", _("Hợp tác, trong số đã tiếp cận được"), "S ÷ (S + R)"),
        ("REF1", _("Từ chối hoặc bỏ dở"), f"R ÷ {everyone}"),
        ("REF2", _("Từ chối hoặc bỏ dở, có ước lượng e"), f"R ÷ {likely}"),
        ("REF3", _("Từ chối hoặc bỏ dở, bỏ qua những người chưa rõ"), f"R ÷ {known}"),
        ("CON1", _("Tiếp cận được"), f"(S + R) ÷ {everyone}"),
        ("CON2", _("Tiếp cận được, có ước lượng e"), f"(S + R) ÷ {likely}"),
        ("CON3", _("Tiếp cận được, bỏ qua những người chưa rõ"), f"(S + R) ÷ {known}"),
    ]
