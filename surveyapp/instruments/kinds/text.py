"""A few words of one's own. At the opening they leave their row, like a remark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from .kind import (
    WIDEST,
    AnswerCategory,
    ItemFault,
    ItemLike,
    QuestionKind,
    Said,
    plain,
    to_translate,
    too_long,
)

LENGTH, LONGEST = 300, 1000
_LENGTH = re.compile(r"string-length\(\s*\.\s*\)\s*(<=|<)\s*(\d{1,4})")
_SOMETHING = re.compile(
    r"string-length\(\s*\.\s*\)\s*(?:>=\s*1|>\s*0|!=\s*0)|\.\s*!=\s*(?:''|\"\")"
)
"""True of every answer there is."""
_WORDS = ("Cần thêm hướng dẫn.", "Hệ thống chậm vào cuối tháng.", "Mong có thêm tập huấn.")


class Written(QuestionKind):
    """Words, short."""

    code = "text"
    words = to_translate("chữ")
    template = "kinds/text.html"
    form_word = "text"
    has_options = False
    leaves_row = True

    def faults(self, item: ItemLike) -> Iterator[ItemFault]:
        for name, value in item.settings.items():
            if name != "max_length":
                yield ItemFault(
                    ("settings", name), Said(to_translate("không có trường nào tên như vậy"))
                )
            elif type(value) is not int or not 1 <= value <= LONGEST:
                said = Said(to_translate("phải là số nguyên từ 1 đến %(n)s"), {"n": LONGEST})
                yield ItemFault(("settings", name), said)
        if item.dont_know:
            yield ItemFault(
                ("dont_know",), Said(to_translate("câu ghi chữ không có “Không biết”: ghi false"))
            )

    def read(self, item: ItemLike, sent: Sequence[str]) -> str:
        return plain(sent[0]) if sent else ""

    def refusal(self, item: ItemLike, value: str) -> Said | None:
        return too_long(value, limit(item))

    def codes(self, item: ItemLike) -> frozenset[str]:
        return frozenset()

    def longest(self, item: ItemLike) -> str:
        return WIDEST * limit(item)

    def told(self, item: Any, value: str, language: str) -> str:
        return value

    def printed(self, item: Any, language: str) -> tuple[list[str], str]:
        return [], "…" * 60

    def chosen(self, value: str) -> tuple[str, ...]:
        return ()

    def representatives(self, item: ItemLike, tests: Sequence[Any]) -> list[str]:
        return ["", "x"]

    def opened(self, item: ItemLike, value: str) -> str:
        return ""

    def categories(self, item: Any) -> tuple[AnswerCategory, ...]:
        return ()

    def option_codes(self, item: ItemLike) -> tuple[str, ...]:
        return ()

    def form_constraint(self, item: ItemLike) -> str:
        return f"string-length(.) <= {limit(item)}"

    def settings_of(self, constraint: str) -> dict[str, Any] | None:
        if not constraint or _SOMETHING.fullmatch(constraint.strip()):
            return {}
        length = _LENGTH.fullmatch(constraint.strip())
        most = int(length[2]) - (length[1] == "<") if length else 0
        if most == LENGTH:
            return {}  # what is meant without saying so
        return {"max_length": most} if 1 <= most <= LONGEST else None

    def seconds(self, item: ItemLike) -> float:
        return 20.0

    def play(self, item: ItemLike, random: Random, level: float) -> str:
        return random.choice(_WORDS)[: limit(item)] if random.random() < 0.4 else ""


def limit(item: ItemLike) -> int:
    """Most UTF-16 units of the text."""
    return int(item.settings.get("max_length", LENGTH))
