"""Cleaning by rule: each response is looked at as it was stored; none is ever changed or deleted."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import pstdev

from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack.cleaning_rules import Answered, CleaningRule
from surveyapp.db import thawed
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.release.results import Tally
from surveyapp.instruments.model import DONT_KNOW, Instrument
from surveyapp.responses.queries import ResponseRow
from surveyapp.responses.rules import in_order, longest_run


@dataclass(frozen=True)
class Cleaned:
    """A response after the rules: `flags` names every rule that touched it, `row` has the items set
    missing by a rule emptied; an excluded one is in no count."""

    row: ResponseRow
    flags: tuple[str, ...] = ()
    excluded: bool = False


@dataclass
class Touched:
    """How many responses of each cell each rule touched, and how many were excluded by any."""

    by_rule: dict[str, Counter[Cell]] = field(default_factory=dict)
    excluded: Counter[Cell] = field(default_factory=Counter)


def rules_of(campaign: Campaign) -> tuple[CleaningRule, ...]:
    """The rules frozen with the campaign's pack, in its order."""
    return read_rules(thawed(campaign.settings.get("cleaning", [])))


def read_rules(written: Iterable[Mapping[str, object]]) -> tuple[CleaningRule, ...]:
    """Rules from their stored form. Raises pydantic's `ValidationError` if one is not sound."""
    return tuple(CleaningRule.model_validate(rule) for rule in written)


def clean(
    rows: Iterable[ResponseRow],
    rules: Sequence[CleaningRule],
    instruments: Mapping[str, Instrument],
    *,
    touched: Touched,
    seen: Callable[[ResponseRow, list[CleaningRule]], None] | None = None,
) -> Iterator[Cleaned]:
    """Apply every rule to every response as it was stored, so that their order does not matter.

    `instruments` by group code; `touched` is filled while the result is read, and `seen` told of
    each response as it was stored and the rules that touch it.
    """
    for rule in rules:
        touched.by_rule[rule.id] = Counter()
    for row in rows:
        hit = hits(row, rules, instruments[row.group_code])
        if seen is not None:
            seen(row, hit)
        cell = (row.rated_unit_code, row.group_code)
        for rule in hit:
            touched.by_rule[rule.id][cell] += 1
        excluded = any(rule.effect == "exclude" for rule in hit)
        touched.excluded[cell] += excluded
        emptied = {
            item
            for rule in hit
            if rule.effect == "set_missing"
            for item in contradicting(rule, row)
        }
        if emptied:
            kept = {item: code for item, code in row.answers.items() if item not in emptied}
            row = replace(row, answers=kept)
        yield Cleaned(row, tuple(rule.id for rule in hit), excluded)


def counted(tally: Tally, rows: Iterable[Cleaned]) -> Iterator[Cleaned]:
    """Pass `rows` on, counting those that are not excluded."""
    for cleaned in rows:
        if not cleaned.excluded:
            tally.add(cleaned.row)
        yield cleaned


def hits(
    row: ResponseRow, rules: Iterable[CleaningRule], instrument: Instrument
) -> list[CleaningRule]:
    """Those of `rules` that find in the response what they look for."""
    marks = _Marks(row, instrument)
    return [rule for rule in rules if _touches(rule, marks)]


def touches(rule: CleaningRule, row: ResponseRow, instrument: Instrument) -> bool:
    """Whether `rule` finds what it looks for. Shares of missing and don't know are of all items,
    identical ones of the answers on a scale; variation is the standard deviation of those answers
    (intra-individual response variability), which needs two of them."""
    return _touches(rule, _Marks(row, instrument))


@dataclass
class _Marks:
    """A response with what several rules ask of it, each counted once."""

    row: ResponseRow
    instrument: Instrument

    @cached_property
    def on_scale(self) -> list[int]:
        return [int(code) for code in self.row.answers.values() if code != DONT_KNOW]

    @cached_property
    def shares(self) -> dict[str, float]:
        answered, items = len(self.row.answers), len(self.instrument.items)
        scaled = len(self.on_scale)
        return {
            "missing_share": (items - answered) / items,
            "dont_know_share": (answered - scaled) / items,
            "identical_share": max(Counter(self.on_scale).values(), default=0) / max(scaled, 1),
            "longest_run": longest_run(in_order(self.instrument, self.row.answers)),
        }


def _touches(rule: CleaningRule, marks: _Marks) -> bool:
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
        return len(marks.on_scale) > 1 and pstdev(marks.on_scale) < rule.below
    assert rule.at_least is not None
    return marks.shares[rule.kind] >= rule.at_least


def contradicting(rule: CleaningRule, row: ResponseRow) -> set[str]:
    """The items of every contradiction found."""
    return {
        half.item
        for pair in rule.pairs
        if _chosen(pair.first, row) and _chosen(pair.second, row)
        for half in (pair.first, pair.second)
    }


def _chosen(half: Answered, row: ResponseRow) -> bool:
    return row.answers.get(half.item) in half.codes
