"""One option of a list: a ladder whose best step is known, or a list of things that are never averaged."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from .kind import DONT_KNOW, ItemFault, ItemLike, QuestionKind, Said, option_faults, to_translate

NOMINAL, MIDDLE = "none", "middle"
"""What a list says in place of its best step: that it has none, that it is the one in the middle."""


class Single(QuestionKind):
    """A choice of one."""

    code = "single"
    words = to_translate("chọn một")
    template = "kinds/single.html"
    form_word = "select_one"
    is_ladder = True
    measure = "ordinal"

    def faults(self, item: ItemLike) -> Iterator[ItemFault]:
        yield from super().faults(item)
        yield from option_faults(item, alone=False)

    def scores(self, item: ItemLike) -> dict[str, float]:
        codes = [option.code for option in item.options]
        if item.best == NOMINAL:
            return {}
        steps = len(codes) - 1
        if item.best == MIDDLE:
            return {code: 100 - 200 * abs(n - steps / 2) / steps for n, code in enumerate(codes)}
        if item.best == codes[0]:
            codes = codes[::-1]
        return {code: 100 * n / steps for n, code in enumerate(codes)}

    def measure_of(self, item: ItemLike) -> str:
        return "nominal" if item.best == NOMINAL else "ordinal"

    def play(self, item: ItemLike, random: Random, level: float) -> str:
        if item.dont_know and random.random() < 0.05:
            return DONT_KNOW
        codes: list[str] = [option.code for option in item.options]
        if item.best in (NOMINAL, MIDDLE):
            return random.choice(codes)
        if item.best != codes[0]:
            codes.reverse()
        return codes[min(max(round(level + 0.8 * random.gauss(0, 1)), 0), len(codes) - 1)]

    def lint(self, item: Any) -> Iterator[Said]:
        if len(item.options) > 7 and item.best != NOMINAL:
            yield Said(to_translate("thang có %(n)s mức: khó phân biệt"), {"n": len(item.options)})
