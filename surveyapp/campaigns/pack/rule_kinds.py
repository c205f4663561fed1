"""The kinds of cleaning rule, each written once: its parameter, its words, and what it looks for.

What a kind looks for is asked of `Marks`. Those of one response (`PlainMarks`) answer true or false,
those of all responses of a group (`exports.cleaning.answer_arrays`) with an array of it: one expression
serves both. Nothing of the server is imported, so that the same rules hold where a box is opened away
from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any, Protocol, TypeVar

NOT_ASKED = "97"
"""Stands in a response for an item that its routing did not lead to (`instruments.kinds`)."""

Number = Any
"""A number of one response; of a group, an array with one of each."""

Truth = Any
"""Whether it is so of a response; of a group, an array of it."""


def to_translate(words: str) -> str:
    """`words` as they stand: marks them for the catalogues, in which whoever speaks looks them up."""
    return words


class HalfLike(Protocol):
    """One half of a contradiction: any of these codes on this item."""

    @property
    def item(self) -> str: ...
    @property
    def codes(self) -> Collection[str]: ...


class PairLike(Protocol):
    """Two answers that cannot both be meant."""

    @property
    def first(self) -> HalfLike: ...
    @property
    def second(self) -> HalfLike: ...


class CellLike(Protocol):
    """A rated unit × group that a person decided to hold for review."""

    @property
    def unit(self) -> str: ...
    @property
    def group(self) -> str: ...


class RuleLike(Protocol):
    """A cleaning rule as a pack writes it, or the same read elsewhere."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def effect(self) -> str: ...
    @property
    def groups(self) -> Collection[str]: ...
    @property
    def at_least(self) -> float | None: ...
    @property
    def below(self) -> float | None: ...
    @property
    def pairs(self) -> Sequence[PairLike]: ...
    @property
    def units(self) -> Collection[str]: ...
    @property
    def cells(self) -> Sequence[CellLike]: ...


class Marks(Protocol):
    """What rules ask of a response, or of all of a group."""

    @property
    def group(self) -> str: ...
    @property
    def asked(self) -> int:
        """How many items the group was asked."""

    @property
    def missing(self) -> Number: ...
    @property
    def dont_know(self) -> Number: ...
    @property
    def on_scale(self) -> Number:
        """How many answers lie on a scale."""

    @property
    def most_alike(self) -> Number:
        """How often the code chosen most stands among them."""

    @property
    def spread(self) -> Number:
        """Their variance times their number squared: a whole number."""

    @property
    def longest_run(self) -> Number: ...

    @property
    def under_floor(self) -> Truth:
        """Whether it was filled in faster than its questions can be read."""

    def is_about(self, units: Collection[str]) -> Truth:
        """Whether one of the units is rated."""

    def chose(self, half: HalfLike) -> Truth:
        """Whether the item has one of the codes."""


Doubts = Iterator[tuple[PairLike, Truth]]


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One kind, with the name of its parameter, if it takes one. `words` say in Vietnamese what is looked for; `%(share)s` and the like stand for the
    parameter (`exports.cleaning.words` fills them). A kind that `doubts` names single answers, and
    a rule of it can set them missing."""

    parameter: str
    words: str
    touches: Callable[[Any, Marks], Truth]
    doubts: Callable[[RuleLike, Marks], Doubts] | None = None


def _contradictions(rule: RuleLike, marks: Marks) -> Doubts:
    for pair in rule.pairs:
        yield pair, marks.chose(pair.first) & marks.chose(pair.second)


def _cells_of(rule: RuleLike, group: str) -> set[str]:
    return {cell.unit for cell in rule.cells if cell.group == group}


def _not_none(n: Number) -> Number:
    """The number, but 1 for none: what is divided by it is 0 then."""
    return n + (n == 0)


KINDS: dict[str, RuleKind] = {
    "missing_share": RuleKind(
        "at_least",
        to_translate("bỏ trống từ %(share)s số câu trở lên"),
        lambda rule, marks: marks.missing / _not_none(marks.asked) >= rule.at_least,
    ),
    "dont_know_share": RuleKind(
        "at_least",
        to_translate("chọn “Không biết” ở từ %(share)s số câu trở lên"),
        lambda rule, marks: marks.dont_know / _not_none(marks.asked) >= rule.at_least,
    ),
    "identical_share": RuleKind(  # of the answers on a scale
        "at_least",
        to_translate("cùng một mức ở từ %(share)s số câu có trả lời"),
        lambda rule, marks: marks.most_alike / _not_none(marks.on_scale) >= rule.at_least,
    ),
    "longest_run": RuleKind(
        "at_least",
        to_translate("từ %(n)s câu liền nhau trở lên chọn cùng một mức"),
        lambda rule, marks: marks.longest_run >= rule.at_least,
    ),
    "low_variation": RuleKind(  # intra-individual response variability, which needs two answers
        "below",
        to_translate("độ lệch chuẩn giữa các câu dưới %(limit)s"),
        lambda rule, marks: (
            (marks.on_scale > 1) & (marks.spread**0.5 / _not_none(marks.on_scale) < rule.below)
        ),
    ),
    "under_floor": RuleKind(
        "",
        to_translate("nhanh hơn mức nhanh nhất có thể đọc hết câu hỏi"),
        lambda _rule, marks: marks.under_floor,
    ),
    "contradiction": RuleKind(
        "pairs",
        "%(pairs)s",
        lambda rule, marks: reduce(or_, (hit for _, hit in _contradictions(rule, marks))),
        doubts=_contradictions,
    ),
    "test": RuleKind(
        "units",
        to_translate("phiếu thử, về các đơn vị %(units)s"),
        lambda rule, marks: marks.is_about(rule.units),
    ),
    "held": RuleKind(
        "cells",
        to_translate("%(cells)s ô đơn vị × nhóm giữ lại để xem xét"),
        lambda rule, marks: marks.is_about(_cells_of(rule, marks.group)),
    ),
}


def touches(rule: RuleLike, marks: Marks) -> Truth:
    """Whether the rule finds what it looks for; plain False in a group that it is not for."""
    if rule.groups and marks.group not in rule.groups:
        return False
    return KINDS[rule.kind].touches(rule, marks)


def doubts(rule: RuleLike, marks: Marks) -> Doubts:
    """Every two answers that the rule doubts, and whether they are found; of most kinds, none."""
    doubted = KINDS[rule.kind].doubts
    if doubted is not None and (not rule.groups or marks.group in rule.groups):
        yield from doubted(rule, marks)


class ResponseLike(Protocol):
    """One response: its cell, its answers by item id, its marks of quality."""

    @property
    def rated_unit_code(self) -> str: ...
    @property
    def group_code(self) -> str: ...
    @property
    def answers(self) -> Mapping[str, str]: ...
    @property
    def quality(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class PlainMarks:
    """`Marks` of one response to `items` in the order asked, without any library."""

    row: ResponseLike
    items: Sequence[str]
    dont_know_code: str
    ladder: Collection[str] | None = None
    """The items whose codes are steps of a ladder; None: all are."""

    @cached_property
    def asked(self) -> int:
        return len(self.items) - sum(code == NOT_ASKED for code in self.row.answers.values())

    @cached_property
    def _given(self) -> dict[str, str]:
        return {item: code for item, code in self.row.answers.items() if code != NOT_ASKED}

    @property
    def group(self) -> str:
        return self.row.group_code

    @property
    def missing(self) -> int:
        return self.asked - len(self._given)

    @property
    def dont_know(self) -> int:
        return sum(code == self.dont_know_code for code in self._given.values())

    @cached_property
    def _codes(self) -> list[int]:
        return [
            int(code)
            for item, code in self._given.items()
            if code != self.dont_know_code and (self.ladder is None or item in self.ladder)
        ]

    @property
    def on_scale(self) -> int:
        return len(self._codes)

    @property
    def most_alike(self) -> int:
        return max(Counter(self._codes).values(), default=0)

    @property
    def spread(self) -> int:
        squares = sum(code * code for code in self._codes)
        return len(self._codes) * squares - sum(self._codes) ** 2

    @property
    def longest_run(self) -> int:
        best = length = 0
        before: str | None = None
        for item in self.items:
            code = self.row.answers.get(item)
            if code == NOT_ASKED or (self.ladder is not None and item not in self.ladder):
                continue
            length = 0 if code is None else length + 1 if code == before else 1
            before, best = code, max(best, length)
        return best

    @property
    def under_floor(self) -> bool:
        return self.row.quality.get("under_floor") == "yes"

    def is_about(self, units: Collection[str]) -> bool:
        return self.row.rated_unit_code in units

    def chose(self, half: HalfLike) -> bool:
        return bool(set(self.row.answers.get(half.item, "").split()) & set(half.codes))


AnyRule = TypeVar("AnyRule", bound=RuleLike)


def hits(rules: Iterable[AnyRule], marks: PlainMarks) -> list[AnyRule]:
    """Those of `rules` that find in the response what they look for."""
    return [rule for rule in rules if touches(rule, marks)]


def emptied(rules: Iterable[RuleLike], marks: PlainMarks) -> set[str]:
    """The items that those of `rules` which set missing take out of the response."""
    return {
        half.item
        for rule in rules
        if rule.effect == "set_missing"
        for pair, is_hit in doubts(rule, marks)
        if is_hit
        for half in (pair.first, pair.second)
    }


def excludes(rules: Iterable[RuleLike]) -> bool:
    """Whether a response that these rules touch is left out of the counts."""
    return any(rule.effect == "exclude" for rule in rules)
