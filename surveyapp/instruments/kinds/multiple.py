"""Several options of a list, with a least and a most, and perhaps "none of these", which stands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from .kind import (
    DONT_KNOW,
    DONT_KNOW_CATEGORY,
    LEFT_EMPTY,
    NOT_ASKED,
    NOT_OFFERED,
    WITHHELD,
    AnswerCategory,
    ItemFault,
    ItemLike,
    QuestionKind,
    ReleasedColumn,
    Said,
    option_faults,
    to_translate,
)

_COUNT = re.compile(r"count-selected\(\s*\.\s*\)\s*(<=|>=|<|>|=)\s*(\d+)")
_OURS = re.compile(r" or (?:not\(selected\(\., '\d+'\)\)|selected\(\., '\d+'\))")


YES, NO = AnswerCategory("1", "Có chọn", "Chosen"), AnswerCategory("2", "Không chọn", "Not chosen")
APART = frozenset((DONT_KNOW, NOT_ASKED, WITHHELD, LEFT_EMPTY))


class Multiple(QuestionKind):
    """A choice of several; an answer is its codes in the order of the list, with blanks between."""

    code = "multiple"
    words = to_translate("chọn nhiều")
    template = "kinds/multiple.html"
    form_word = "select_multiple"
    is_several = True

    def faults(self, item: ItemLike) -> Iterator[ItemFault]:
        for name, value in item.settings.items():
            if name not in ("least", "most"):
                yield ItemFault(
                    ("settings", name), Said(to_translate("không có trường nào tên như vậy"))
                )
            elif type(value) is not int or not 1 <= value <= len(item.options):
                said = Said(
                    to_translate("phải là số nguyên từ 1 đến %(n)s"), {"n": len(item.options)}
                )
                yield ItemFault(("settings", name), said)
        least, most = item.settings.get("least"), item.settings.get("most")
        if type(least) is int and type(most) is int and least > most:
            yield ItemFault(("settings", "least"), Said(to_translate("nhiều hơn mức nhiều nhất")))
        yield from option_faults(item, alone=True)

    def read(self, item: ItemLike, sent: Sequence[str]) -> str:
        given = {code for value in sent for code in value.split()}
        order = [*(option.code for option in item.options), DONT_KNOW]
        known = [code for code in order if code in given]
        return " ".join([*known, *sorted(given - set(known))])

    def refusal(self, item: ItemLike, value: str) -> Said | None:
        chosen = self.chosen(value)
        if not chosen or not set(chosen) <= self.codes(item) or self.read(item, [value]) != value:
            return NOT_OFFERED
        apart = {option.code for option in item.options if option.alone} | {DONT_KNOW}
        if set(chosen) & apart:
            words = to_translate("Phương án này loại trừ các phương án khác: chỉ chọn riêng nó.")
            return Said(words) if len(chosen) > 1 else None
        least, most = item.settings.get("least", 1), item.settings.get("most", len(item.options))
        if len(chosen) < least:
            return Said(to_translate("Chọn ít nhất %(n)s phương án."), {"n": least})
        if len(chosen) > most:
            return Said(to_translate("Chọn nhiều nhất %(n)s phương án."), {"n": most})
        return None

    def longest(self, item: ItemLike) -> str:
        codes = sorted((option.code for option in item.options), key=len, reverse=True)
        return " ".join(codes[: item.settings.get("most", len(codes))])

    def chosen(self, value: str) -> tuple[str, ...]:
        return tuple(value.split())

    def choices(self, item: ItemLike) -> tuple[int, int]:
        together = sum(not option.alone for option in item.options)
        return item.settings.get("least", 1), min(item.settings.get("most", together), together)

    def representatives(self, item: ItemLike, tests: Sequence[Any]) -> list[str]:
        together = [option.code for option in item.options if not option.alone]
        most = item.settings.get("most", len(together))
        named = [
            code for test in tests for code in (*test.codes, *test.without) if code in together
        ]
        least = item.settings.get("least", 1)
        groups = [" ".join(dict.fromkeys([*named, *together][:most]))]
        groups += [
            self.read(item, [*[code], *[c for c in together if c != code][: least - 1]])
            for code in together
        ]
        return ["", *groups, *sorted(self.codes(item) - set(together))]

    def instruction(self, item: ItemLike) -> Said | None:
        least, most = item.settings.get("least"), item.settings.get("most")
        if least and most:
            facts = {"least": least, "most": most}
            return Said(to_translate("Chọn từ %(least)s đến %(most)s phương án."), facts)
        if most:
            return Said(to_translate("Chọn nhiều nhất %(n)s phương án."), {"n": most})
        if least:
            return Said(to_translate("Chọn ít nhất %(n)s phương án."), {"n": least})
        return Said(to_translate("Có thể chọn nhiều phương án."))

    def columns(self, item: Any) -> tuple[ReleasedColumn, ...]:
        """One an option, with yes and no; don't know and why there is no answer stand in each of them."""
        told = (YES, NO, DONT_KNOW_CATEGORY) if item.dont_know else (YES, NO)
        return tuple(
            ReleasedColumn(
                option.code,
                AnswerCategory(
                    option.code,
                    f"{item.text.vi} – {option.label.vi}",
                    f"{item.text.en} – {option.label.en}",
                ),
                told,
                "nominal",
            )
            for option in item.options
        )

    def cells(self, item: ItemLike, value: str) -> tuple[str, ...]:
        chosen = self.chosen(value)
        apart = next((code for code in chosen if code in APART), "" if chosen else value)
        if not chosen or apart:
            return (apart,) * len(item.options)
        return tuple("1" if option.code in chosen else "2" for option in item.options)

    def form_constraint(self, item: ItemLike) -> str:
        """Limits of count for those who choose none that stands alone, and each of these by itself."""
        apart = [option.code for option in item.options if option.alone]
        apart += [DONT_KNOW] if item.dont_know else []
        limits = []
        for name, sign in (("least", ">="), ("most", "<=")):
            if name in item.settings:
                limits.append(f"count-selected(.) {sign} {item.settings[name]}")
        parts = []
        if limits:
            free = "".join(f" or selected(., '{code}')" for code in apart)
            parts.append(
                f"({' and '.join(limits)}{')' if not free else ''}{free}{')' if free else ''}"
            )
        parts += [f"(not(selected(., '{code}')) or count-selected(.) = 1)" for code in apart]
        return " and ".join(parts)

    def settings_of(self, constraint: str) -> dict[str, Any] | None:
        limits: dict[str, Any] = {}
        if not constraint.strip():
            return limits
        for part in " ".join(constraint.split()).split(" and "):
            match = _COUNT.fullmatch(part.strip("() "))
            match = match or _COUNT.fullmatch(part.strip())
            if match is None:
                return None
            sign, n = match[1], int(match[2])
            if sign in (">=", ">", "="):
                limits["least"] = n + (sign == ">")
            if sign in ("<=", "<", "="):
                limits["most"] = n - (sign == "<")
        return limits

    def seconds(self, item: ItemLike) -> float:
        return 7.0 + len(item.options) / 2

    def play(self, item: ItemLike, random: Random, level: float) -> str:
        codes = [option.code for option in item.options if not option.alone]
        least, most = item.settings.get("least", 1), item.settings.get("most", len(codes))
        top = max(least, min(most, len(codes), least + 2))
        return self.read(item, random.sample(codes, random.randint(least, top)))
