"""Cleaning rules in words: what each looks for with its threshold, and what it does to results."""

from collections.abc import Callable, Iterator

from surveyapp.campaigns.pack.cleaning_rules import Answered, CleaningRule
from surveyapp.campaigns.pack.rule_kinds import KINDS
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


_PARAMETERS: dict[str, Callable[[CleaningRule], str]] = {
    "share": lambda rule: percent(rule.at_least or 0, 0),
    "n": lambda rule: number(rule.at_least or 0),
    "limit": lambda rule: number(rule.below or 0),
    "pairs": lambda rule: "; ".join(_pairs(rule)),
    "units": lambda rule: ", ".join(rule.units),
    "cells": lambda rule: number(len(rule.cells)),
}
"""How the parameter of a rule is put where the words of its kind name it."""


def condition(rule: CleaningRule) -> str:
    """What the rule looks for, with its parameter, and in which groups."""
    template = KINDS[rule.kind].words
    named = {name: put for name, put in _PARAMETERS.items() if f"%({name})" in template}
    words = _(template, **{name: put(rule) for name, put in named.items()})
    if not rule.groups:
        return words
    return _("%(told)s; chỉ nhóm %(groups)s", told=words, groups=", ".join(rule.groups))


def _pairs(rule: CleaningRule) -> Iterator[str]:
    """Each pair of items once, with every two answers that cannot both be meant."""
    codes: dict[tuple[str, str], list[str]] = {}
    for pair in rule.pairs:
        words = _("%(one)s với %(other)s", one=_codes(pair.first), other=_codes(pair.second))
        codes.setdefault((pair.first.item, pair.second.item), []).append(words)
    for (first, second), both_codes in codes.items():
        yield _(
            "%(first)s cùng %(second)s: %(codes)s",
            first=first,
            second=second,
            codes=", ".join(both_codes),
        )


def _codes(half: Answered) -> str:
    return "/".join(half.codes)
