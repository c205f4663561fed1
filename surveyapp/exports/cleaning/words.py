"""Cleaning rules in words: what each looks for with its threshold, and what it does to results."""

from collections.abc import Iterator

from surveyapp.campaigns.pack.cleaning_rules import Answered, CleaningRule
from surveyapp.i18n import _, lazy, number, percent

EFFECTS = {
    "flag": lazy("Chỉ đánh dấu"),
    "set_missing": lazy("Để trống câu mâu thuẫn"),
    "exclude": lazy("Không tính vào kết quả"),
}
VARIANTS = {
    "all_in": lazy("Tính tất cả"),
    "as_ruled": lazy("Theo quy tắc"),
    "tail_out": lazy("Bỏ phần cuối đáng ngờ"),
    "person_out": lazy("Bỏ cả phiếu"),
}
"""The ways of counting that are compared."""


def condition(rule: CleaningRule) -> str:
    """What the rule looks for, with its parameter, and in which groups."""
    told = _condition(rule)
    if not rule.groups:
        return told
    return _("%(told)s; chỉ nhóm %(groups)s", told=told, groups=", ".join(rule.groups))


def _condition(rule: CleaningRule) -> str:
    limit = rule.at_least or 0
    match rule.kind:
        case "missing_share":
            return _("bỏ trống từ %(share)s số câu trở lên", share=percent(limit, 0))
        case "dont_know_share":
            return _("chọn “Không biết” ở từ %(share)s số câu trở lên", share=percent(limit, 0))
        case "identical_share":
            return _("cùng một mức ở từ %(share)s số câu có trả lời", share=percent(limit, 0))
        case "longest_run":
            return _("từ %(n)s câu liền nhau trở lên chọn cùng một mức", n=number(limit))
        case "low_variation":
            return _("độ lệch chuẩn giữa các câu dưới %(limit)s", limit=number(rule.below or 0))
        case "under_floor":
            return _("nhanh hơn mức nhanh nhất có thể đọc hết câu hỏi")
        case "contradiction":
            return "; ".join(_pairs(rule))
        case "test":
            return _("phiếu thử, về các đơn vị %(units)s", units=", ".join(rule.units))
        case "held":
            return _("%(n)s ô đơn vị × nhóm giữ lại để xem xét", n=number(len(rule.cells)))


def _pairs(rule: CleaningRule) -> Iterator[str]:
    """Each pair of items once, with every two answers that cannot both be meant."""
    codes: dict[tuple[str, str], list[str]] = {}
    for pair in rule.pairs:
        told = _("%(one)s với %(other)s", one=_codes(pair.first), other=_codes(pair.second))
        codes.setdefault((pair.first.item, pair.second.item), []).append(told)
    for (first, second), told_codes in codes.items():
        yield _(
            "%(first)s cùng %(second)s: %(codes)s",
            first=first,
            second=second,
            codes=", ".join(told_codes),
        )


def _codes(half: Answered) -> str:
    return "/".join(half.codes)
