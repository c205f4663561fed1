"""Dispositions and outcome rates in words, with the formulas of the standard."""

from dataclasses import dataclass

from surveyapp.assignments.rules import Disposition
from surveyapp.fieldwork.rules import LETTERS, Counts, letter, outcome_rates
from surveyapp.i18n import _, lazy, number, percent

_NAMES = {
    Disposition.NOT_SENT: lazy("Chưa gửi lời mời"),
    Disposition.SENT: lazy("Đã gửi, chưa bắt đầu"),
    Disposition.BOUNCED: lazy("Lời mời bị trả lại"),
    Disposition.STARTED: lazy("Đã mở phiếu, chưa trả lời câu nào"),
    Disposition.BROKEN_OFF: lazy("Trả lời dở dang, chưa nộp"),
    Disposition.BREAK_OFF_SUBMITTED: lazy("Đã nộp, trả lời dưới mức tối thiểu"),
    Disposition.PARTIAL: lazy("Đã nộp, trả lời một phần"),
    Disposition.COMPLETE: lazy("Đã nộp, đạt yêu cầu"),
    Disposition.REFUSED: lazy("Từ chối"),
    Disposition.UNAVAILABLE: lazy("Không liên hệ được đúng người"),
    Disposition.MOVED: lazy("Đã chuyển công tác"),
    Disposition.WRONG_GROUP: lazy("Không thuộc nhóm đối tượng"),
    Disposition.DUPLICATE: lazy("Trùng với phiếu khác"),
    Disposition.REMOVED: lazy("Đã bỏ khỏi danh sách"),
}
_PARTS = {
    "I": lazy("I – phiếu đạt yêu cầu"),
    "P": lazy("P – phiếu trả lời một phần"),
    "R": lazy("R – từ chối hoặc bỏ dở"),
    "NC": lazy("NC – không tiếp cận được"),
    "U": lazy("U – chưa rõ có thuộc đối tượng"),
    "out": lazy("Không thuộc đối tượng, đã xác minh"),
    "list": lazy("Đã sửa trong danh sách, không tính vào tỷ lệ"),
}


def disposition_name(disposition: Disposition) -> str:
    """The state of a form in words."""
    return str(_NAMES[disposition])


def channel_name(channel: str) -> str:
    """What took the link to the person, in words."""
    return {
        "email": _("Thư điện tử"),
        "sms": _("Tin nhắn"),
        "letter": _("Thư giấy"),
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
    """RR1–RR6, cooperation, refusal and contact rates of `counts`, as a page explains them."""
    rates = outcome_rates(counts)
    parts = {name: counts.of(LETTERS[name]) for name in ("I", "P", "R", "NC", "U")}
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
    everyone, likely, known = (
        "(I + P + R + NC + U)",
        "(I + P + R + NC + e × U)",
        "(I + P + R + NC)",
    )
    least = _("Thấp nhất: coi mọi người chưa rõ đều thuộc đối tượng")
    counted = _("Như trên, tính cả phiếu trả lời một phần; là tỷ lệ nêu ở trang Tổng quan")
    estimated = _("Ước lượng phần thuộc đối tượng trong số chưa rõ (e)")
    greatest = _("Cao nhất: bỏ qua những người chưa rõ")
    return [
        ("RR1", least, f"I ÷ {everyone}"),
        ("RR2", counted, f"(I + P) ÷ {everyone}"),
        ("RR3", estimated, f"I ÷ {likely}"),
        ("RR4", _("Như RR3, tính cả phiếu trả lời một phần"), f"(I + P) ÷ {likely}"),
        ("RR5", greatest, f"I ÷ {known}"),
        ("RR6", _("Như RR5, tính cả phiếu trả lời một phần"), f"(I + P) ÷ {known}"),
        ("COOP1", _("Hợp tác, trong số đã tiếp cận được"), "I ÷ (I + P + R)"),
        ("COOP2", _("Như COOP1, tính cả phiếu trả lời một phần"), "(I + P) ÷ (I + P + R)"),
        ("REF1", _("Từ chối hoặc bỏ dở"), f"R ÷ {everyone}"),
        ("REF2", _("Từ chối hoặc bỏ dở, có ước lượng e"), f"R ÷ {likely}"),
        ("REF3", _("Từ chối hoặc bỏ dở, bỏ qua những người chưa rõ"), f"R ÷ {known}"),
        ("CON1", _("Tiếp cận được"), f"(I + P + R) ÷ {everyone}"),
        ("CON2", _("Tiếp cận được, có ước lượng e"), f"(I + P + R) ÷ {likely}"),
        ("CON3", _("Tiếp cận được, bỏ qua những người chưa rõ"), f"(I + P + R) ÷ {known}"),
    ]
