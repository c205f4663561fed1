"""Row rules of cleaning: what each finds in one response as it was stored. None changes a response."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any, Protocol, TypeVar

Cell = tuple[str, str]
"""Rated unit code and group code."""


class Row(Protocol):
    """A response: its cell, its answers by item id, its marks of quality."""

    @property
    def rated_unit_code(self) -> str: ...
    @property
    def group_code(self) -> str: ...
    @property
    def answers(self) -> Mapping[str, str]: ...
    @property
    def quality(self) -> Mapping[str, Any]: ...


class Question(Protocol):
    """One item, of which only the id matters here."""

    @property
    def id(self) -> str: ...


class Asked(Protocol):
    """A questionnaire: its items in the order asked."""

    @property
    def items(self) -> Sequence[Question]: ...


class Half(Protocol):
    """One half of a contradiction: any of these codes on this item."""

    @property
    def item(self) -> str: ...
    @property
    def codes(self) -> Collection[str]: ...


class Pair(Protocol):
    """Two answers that cannot both be meant."""

    @property
    def first(self) -> Half: ...
    @property
    def second(self) -> Half: ...


class Held(Protocol):
    """A cell that a person decided to hold for review."""

    @property
    def unit(self) -> str: ...
    @property
    def group(self) -> str: ...


class Rule(Protocol):
    """A cleaning rule of a pack (`campaigns.cleaning.CleaningRule`), or the same read from an export."""

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
    def pairs(self) -> Sequence[Pair]: ...
    @property
    def units(self) -> Collection[str]: ...
    @property
    def cells(self) -> Sequence[Held]: ...


@dataclass(frozen=True)
class WrittenHalf:
    """`Half`, read."""

    item: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class WrittenPair:
    """`Pair`, read."""

    first: WrittenHalf
    second: WrittenHalf


@dataclass(frozen=True)
class WrittenCell:
    """`Held`, read."""

    unit: str
    group: str


@dataclass(frozen=True)
class WrittenRule:
    """`Rule`, read from its stored form."""

    id: str
    kind: str
    effect: str
    groups: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    pairs: tuple[WrittenPair, ...] = ()
    units: tuple[str, ...] = ()
    cells: tuple[WrittenCell, ...] = ()


def read_rule(written: Mapping[str, Any]) -> WrittenRule:
    """A rule in the form that the server stores. Raises `KeyError` or `TypeError` if it is none."""
    return WrittenRule(
        id=written["id"],
        kind=written["kind"],
        effect=written["effect"],
        groups=tuple(written.get("groups", ())),
        at_least=written.get("at_least"),
        below=written.get("below"),
        pairs=tuple(
            WrittenPair(_half(pair["first"]), _half(pair["second"]))
            for pair in written.get("pairs", ())
        ),
        units=tuple(written.get("units", ())),
        cells=tuple(WrittenCell(cell["unit"], cell["group"]) for cell in written.get("cells", ())),
    )


def _half(written: Mapping[str, Any]) -> WrittenHalf:
    return WrittenHalf(written["item"], tuple(written["codes"]))


R = TypeVar("R", bound=Rule)


def hits(row: Row, rules: Iterable[R], asked: Asked, *, dont_know: str) -> list[R]:
    """Those of `rules` that find in the response what they look for.

    Shares of missing and don't know are of all items, identical ones of the answers on a scale;
    variation is the standard deviation of those answers (intra-individual response variability),
    which needs two of them.
    """
    marks = _Marks(row, asked, dont_know)
    return [rule for rule in rules if _touches(rule, marks)]


def contradicting(rule: Rule, row: Row) -> set[str]:
    """The items of every contradiction found."""
    return {
        half.item
        for pair in rule.pairs
        if _chosen(pair.first, row) and _chosen(pair.second, row)
        for half in (pair.first, pair.second)
    }


def emptied(found: Iterable[Rule], row: Row) -> set[str]:
    """The items that the rules found set missing."""
    return {
        item for rule in found if rule.effect == "set_missing" for item in contradicting(rule, row)
    }


def excludes(found: Iterable[Rule]) -> bool:
    """Whether any of the rules found leaves the response out of the counts."""
    return any(rule.effect == "exclude" for rule in found)


def longest_run(codes: Sequence[str]) -> int:
    """Most items in a row with the same answer; an item without an answer breaks the run."""
    longest = run = 0
    previous = ""
    for code in codes:
        run = run + 1 if code and code == previous else int(bool(code))
        longest, previous = max(longest, run), code
    return longest


@dataclass
class _Marks:
    """A response with what several rules ask of it, each counted once."""

    row: Row
    asked: Asked
    dont_know: str

    @cached_property
    def on_scale(self) -> list[int]:
        return [int(code) for code in self.row.answers.values() if code != self.dont_know]

    @cached_property
    def variation(self) -> float | None:
        """n² times the variance is a whole number, so that a form on the threshold is on its right side."""
        n = len(self.on_scale)
        spread = n * sum(code * code for code in self.on_scale) - sum(self.on_scale) ** 2
        return sqrt(spread) / n if n > 1 else None

    def share(self, kind: str) -> float:
        """What a rule of a `kind` compares with its limit."""
        if kind == "longest_run":
            return self.run
        return self.shares[kind]

    @cached_property
    def run(self) -> int:
        return longest_run([self.row.answers.get(item.id, "") for item in self.asked.items])

    @cached_property
    def shares(self) -> dict[str, float]:
        answered, items = len(self.row.answers), len(self.asked.items)
        scaled = len(self.on_scale)
        return {
            "missing_share": (items - answered) / items,
            "dont_know_share": (answered - scaled) / items,
            "identical_share": max(Counter(self.on_scale).values(), default=0) / max(scaled, 1),
        }


def _touches(rule: Rule, marks: _Marks) -> bool:
    row = marks.row
    if rule.groups and row.group_code not in rule.groups:
        return False
    if rule.kind == "under_floor":
        return row.quality.get("under_floor") == "yes"
    if rule.kind == "test":
        return row.rated_unit_code in rule.units
    if rule.kind == "held":
        return any((c.unit, c.group) == (row.rated_unit_code, row.group_code) for c in rule.cells)
    if rule.kind == "contradiction":
        return bool(contradicting(rule, row))
    if rule.kind == "low_variation":
        assert rule.below is not None
        return marks.variation is not None and marks.variation < rule.below
    assert rule.at_least is not None
    return marks.share(rule.kind) >= rule.at_least


def _chosen(half: Half, row: Row) -> bool:
    return row.answers.get(half.item) in half.codes
