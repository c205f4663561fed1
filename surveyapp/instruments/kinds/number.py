"""A number between bounds, whole or with decimals. It stays exact in its ballot and leaves the box as the band it lies in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from .kind import (
    DONT_KNOW,
    DONT_KNOW_CATEGORY,
    UNKNOWN,
    AnswerCategory,
    ItemFault,
    ItemLike,
    QuestionKind,
    Said,
    to_translate,
)

MOST = 999_999_999
BANDS = 5
_LIMIT = re.compile(r"\.\s*(<=|>=|<|>)\s*(\d{1,9})")
_DIGITS = re.compile(r"0*(\d{1,9})")
_GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+")
MOST_DECIMALS = 2
_DECIMALS = re.compile(r"0*(\d{1,9})(?:\.(\d{1,2}))?")
_GROUPED_DECIMALS = re.compile(r"(\d{1,3}(?:([.,])\d{3})+)(?:(?!\2)[.,](\d{1,2}))?")


class Number(QuestionKind):
    """A count of something, with its unit."""

    code = "number"
    words = to_translate("số")
    template = "kinds/number.html"
    form_word = "integer"
    has_options = False
    is_number = True
    measure = "ordinal"

    def faults(self, item: ItemLike) -> Iterator[ItemFault]:
        for name in item.settings:
            if name not in ("least", "most", "unit", "bands", "decimals"):
                yield ItemFault(
                    ("settings", name), Said(to_translate("không có trường nào tên như vậy"))
                )
        sound = True
        for name in ("least", "most"):
            value = item.settings.get(name)
            if type(value) is not int or not 0 <= value <= MOST:
                sound = False
                said = Said(to_translate("phải là số nguyên từ 0 đến %(n)s"), {"n": MOST})
                yield ItemFault(("settings", name), said)
        if sound and item.settings["least"] >= item.settings["most"]:
            yield ItemFault(("settings", "least"), Said(to_translate("phải nhỏ hơn số lớn nhất")))
        unit = item.settings.get("unit")
        if unit is not None and not (
            isinstance(unit, Mapping) and set(unit) == {"vi", "en"} and all(map(str, unit.values()))
        ):
            yield ItemFault(("settings", "unit"), Said(to_translate("cần lời ở cả hai thứ tiếng")))
        decimals = item.settings.get("decimals")
        if decimals is not None and decimals not in range(1, MOST_DECIMALS + 1):
            said = Said(to_translate("phải là số nguyên từ 1 đến %(n)s"), {"n": MOST_DECIMALS})
            yield ItemFault(("settings", "decimals"), said)
        bands = item.settings.get("bands")
        if bands is not None and sound and not _are_edges(bands, item.settings):
            words = to_translate(
                "các mốc tăng dần, từ 1 đến 19 mốc, lớn hơn số nhỏ nhất và không quá số lớn nhất"
            )
            yield ItemFault(("settings", "bands"), Said(words))

    def read(self, item: ItemLike, sent: Sequence[str]) -> str:
        given = [" ".join(value.split()) for value in sent if value.strip()]
        spelled = _spelled_decimals if decimals_of(item) else _spelled
        return " ".join(dict.fromkeys(spelled(value) for value in given))

    def refusal(self, item: ItemLike, value: str) -> Said | None:
        if value == UNKNOWN and item.dont_know:
            return None
        least, most = item.settings["least"], item.settings["most"]
        if _is_number(value, decimals_of(item)) and least <= float(value) <= most:
            return None
        if UNKNOWN in value.split() and len(value.split()) > 1:
            return Said(to_translate("Ghi số hoặc chọn “Không biết”, không cả hai."))
        facts = {"least": least, "most": most, "n": decimals_of(item)}
        if facts["n"]:
            words = to_translate(
                "Ghi một số từ %(least)s đến %(most)s, nhiều nhất %(n)s chữ số sau dấu phẩy."
            )
            return Said(words, facts)
        return Said(to_translate("Ghi một số nguyên từ %(least)s đến %(most)s."), facts)

    def codes(self, item: ItemLike) -> frozenset[str]:
        return frozenset()

    def longest(self, item: ItemLike) -> str:
        decimals = decimals_of(item)
        written = str(item.settings["most"]) + ("." + "9" * decimals if decimals else "")
        return max(written, UNKNOWN, key=len)

    def told(self, item: Any, value: str, language: str) -> str:
        if value == UNKNOWN:
            return DONT_KNOW_CATEGORY.get(language)
        unit = item.settings.get("unit")
        written = value if language == "en" else value.replace(".", ",")
        return f"{written} {unit[language]}" if unit else written

    def printed(self, item: Any, language: str) -> tuple[list[str], str]:
        unit = item.settings.get("unit")
        return [], f"………………… {unit[language] if unit else ''}".strip()

    def instruction(self, item: ItemLike) -> Said | None:
        facts = {"least": item.settings["least"], "most": item.settings["most"]}
        if decimals := decimals_of(item):
            words = to_translate(
                "Số từ %(least)s đến %(most)s, nhiều nhất %(n)s chữ số sau dấu phẩy."
            )
            return Said(words, {**facts, "n": decimals})
        return Said(to_translate("Số nguyên từ %(least)s đến %(most)s."), facts)

    def number(self, value: str) -> float | None:
        if _DIGITS.fullmatch(value):
            return int(value)
        return float(value) if _DECIMALS.fullmatch(value) else None

    def chosen(self, value: str) -> tuple[str, ...]:
        return (DONT_KNOW,) if value == UNKNOWN else ()  # the number 98 is no code

    def conditions(self, item: ItemLike) -> frozenset[str]:
        return frozenset({DONT_KNOW}) if item.dont_know else frozenset()

    def categories_met(self, item: Any, test: Any) -> frozenset[str] | None:
        """Of a range those of whole bands; None where it cuts through one."""
        if test.least is None and test.most is None:
            return super().categories_met(item, test)
        first, last = item.settings["least"], item.settings["most"]
        if decimals_of(item) and test.most is not None and test.most < last:
            return None  # that number itself begins a band, and what comes right after it is in the same one
        starts = [first, *edges(item), last + 1]
        low = max(test.least if test.least is not None else first, first)
        above = min(test.most if test.most is not None else last, last) + 1
        if not {low, above} <= set(starts):
            return None
        return frozenset(
            code
            for code, start in zip(self.option_codes(item), starts, strict=False)
            if low <= start < above
        )

    def representatives(self, item: ItemLike, tests: Sequence[Any]) -> list[str]:
        least, most = item.settings["least"], item.settings["most"]
        near = {least, most}
        for test in tests:
            for limit in (test.least, test.most):
                near |= {limit - 1, limit, limit + 1} if limit is not None else set()
        inside = [str(n) for n in sorted(near) if least <= n <= most]
        if decimals_of(item):
            inside += [f"{n}.5" for n in sorted(near) if least <= n < most]
        return ["", *inside, *([UNKNOWN] if item.dont_know else [])]

    def opened(self, item: ItemLike, value: str) -> str:
        if value in ("", UNKNOWN):
            return DONT_KNOW if value else ""
        return str(bisect_right(edges(item), float(value)) + 1)

    def categories(self, item: Any) -> tuple[AnswerCategory, ...]:
        least, most = item.settings["least"], item.settings["most"]
        starts = [least, *edges(item)]
        if decimals_of(item):
            return self._decimal_bands(item, starts, most)
        ends = [*(edge - 1 for edge in edges(item)), most]
        labels = [str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True)]
        bands = tuple(AnswerCategory(str(n), words, words) for n, words in enumerate(labels, 1))
        return (*bands, DONT_KNOW_CATEGORY) if item.dont_know else bands

    def _decimal_bands(self, item: Any, starts: list[int], most: int) -> tuple[AnswerCategory, ...]:
        """Bands that reach up to where the next begins; the last holds its end."""
        bands = [
            AnswerCategory(str(n), f"{start} đến dưới {end}", f"{start} to under {end}")
            for n, (start, end) in enumerate(pairwise(starts), 1)
        ]
        last = AnswerCategory(
            str(len(starts)), f"{starts[-1]} đến {most}", f"{starts[-1]} to {most}"
        )
        return (*bands, last, *([DONT_KNOW_CATEGORY] if item.dont_know else []))

    def option_codes(self, item: ItemLike) -> tuple[str, ...]:
        return tuple(str(n) for n in range(1, len(edges(item)) + 2))

    def form_type(self, item: Any, list_name: str) -> str:
        return "decimal" if decimals_of(item) else self.form_word

    def form_constraint(self, item: ItemLike) -> str:
        limits = f". >= {item.settings['least']} and . <= {item.settings['most']}"
        return f"({limits}) or . = {UNKNOWN}" if item.dont_know else limits

    def settings_of(self, constraint: str) -> dict[str, Any] | None:
        limits = {"least": 0, "most": MOST}
        said = constraint.strip()
        while said.startswith("(") and said.endswith(")") and said.count("(") == 1:
            said = said[1:-1].strip()
        for part in " ".join(said.split()).split(" and ") if said else []:
            match = _LIMIT.fullmatch(part.strip("() "))
            if match is None:
                return None
            sign, n = match[1], int(match[2])
            if sign[0] == ">":
                limits["least"] = n + (sign == ">")
            else:
                limits["most"] = n - (sign == "<")
        return dict(limits) if limits["least"] < limits["most"] else None

    def lint(self, item: Any) -> Iterator[Said]:
        if "unit" not in item.settings:
            yield Said(to_translate("số không có đơn vị tính"))

    def play(self, item: ItemLike, random: Random, level: float) -> str:
        if item.dont_know and random.random() < 0.05:
            return UNKNOWN
        least, most = item.settings["least"], item.settings["most"]
        return str(least + round((most - least) * random.betavariate(2, 4)))


def decimals_of(item: ItemLike) -> int:
    """Digits after the comma, at most; 0 for a whole number."""
    return int(item.settings.get("decimals", 0))


def edges(item: ItemLike) -> list[int]:
    """The first number of every band but the first: those written, or bands of about equal width."""
    written = item.settings.get("bands")
    if written is not None:
        return list(written)
    least, most = item.settings["least"], item.settings["most"]
    n = min(BANDS, most - least + 1)
    return [least + (most - least + 1) * band // n for band in range(1, n)]


def _are_edges(bands: Any, settings: Mapping[str, Any]) -> bool:
    return (
        isinstance(bands, Sequence)
        and not isinstance(bands, str)
        and 1 <= len(bands) <= 19
        and all(type(edge) is int for edge in bands)
        and list(bands) == sorted(set(bands))
        and settings["least"] < bands[0]
        and bands[-1] <= settings["most"]
    )


def _spelled(value: str) -> str:
    """007 is 7, and 1.200 is 1200: thousands are set apart by hand in either way."""
    if _GROUPED.fullmatch(value):
        value = re.sub("[.,]", "", value)
    digits = _DIGITS.fullmatch(value)
    return str(int(digits[1])) if digits else value


def _spelled_decimals(value: str) -> str:
    """12,50 is 12.5: a comma or a point before one or two digits is the decimal sign. 1.200 alone may be either, and is none."""
    grouped = _GROUPED_DECIMALS.fullmatch(value)
    if grouped and (grouped[3] or value.count(grouped[2]) > 1):
        whole = re.sub("[.,]", "", grouped[1])
        value = f"{whole}.{grouped[3]}" if grouped[3] else whole
    digits = _DECIMALS.fullmatch(value.replace(",", "."))
    if digits is None:
        return value
    rest = (digits[2] or "").rstrip("0")
    return str(int(digits[1])) + (f".{rest}" if rest else "")


def _is_number(value: str, decimals: int) -> bool:
    """Whether it is a number in its one spelling, with no more decimals than that."""
    if not decimals:
        return bool(_DIGITS.fullmatch(value)) and str(int(value)) == value
    digits = _DECIMALS.fullmatch(value)
    return (
        digits is not None
        and len(digits[2] or "") <= decimals
        and _spelled_decimals(value) == value
    )
