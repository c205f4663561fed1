"""Cleaning by rule: each response is looked at as it was stored; none is ever changed or deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from surveyapp.campaigns.pack import rule_kinds
from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning.answer_arrays import GroupAnswers, read_answers
from surveyapp.exports.release.results import AnswerTally
from surveyapp.instruments.kinds.kind import WITHHELD
from surveyapp.instruments.model import Instrument
from surveyapp.responses.queries import ResponseRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

_BATCH = 4000
"""Responses cleaned together: enough for arrays to be quick, few enough to cost no memory."""


@dataclass(frozen=True)
class RuleHits:
    """What one rule finds in a group: the rows it touches and, of a kind that names single answers,
    rows × items that it doubts."""

    rule: CleaningRule
    rows: Flags
    items: Flags | None = None

    @property
    def empties(self) -> bool:
        """Whether the answers it doubts are set missing."""
        return self.items is not None and self.rule.effect == "set_missing"


def apply_rules(rules: Iterable[CleaningRule], answers: GroupAnswers) -> list[RuleHits]:
    """What each rule finds in the responses of a group as they were stored, so that order does not
    matter."""
    return [_applied(rule, answers) for rule in rules]


def _applied(rule: CleaningRule, answers: GroupAnswers) -> RuleHits:
    import numpy as np

    rows = np.zeros(len(answers.unit), dtype=bool) | rule_kinds.touches(rule, answers)
    if rule_kinds.KINDS[rule.kind].doubts is None:
        return RuleHits(rule, rows)
    items = np.zeros(answers.codes.shape, dtype=bool)
    for pair, is_found in rule_kinds.doubts(rule, answers):
        for half in (pair.first, pair.second):
            if half.item in answers.column_of:
                items[is_found, answers.column_of[half.item]] = True
    return RuleHits(rule, rows, items)


@dataclass(frozen=True)
class Cleaned:
    """A response after the rules: `flags` names every rule that touched it, `row` has the items set
    missing by a rule emptied; an excluded one is in no count."""

    row: ResponseRow
    flags: tuple[str, ...] = ()
    excluded: bool = False


def clean(
    rows: Iterable[ResponseRow],
    rules: Sequence[CleaningRule],
    instruments: Mapping[str, Instrument],
    *,
    seen: Callable[[GroupAnswers, Sequence[RuleHits]], None] | None = None,
) -> Iterator[Cleaned]:
    """Apply every rule to every response, in the order they come.

    `instruments` by group code; `seen` is told of the responses as they were stored, a batch of
    a group at a time, and of what the rules find in them.
    """
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        places: dict[str, list[int]] = {}
        for n, row in enumerate(batch):
            places.setdefault(row.group_code, []).append(n)
        cleaned = [Cleaned(row) for row in batch]
        for group, answers in read_answers(batch, instruments).items():
            rule_hits = apply_rules(rules, answers)
            if seen is not None:
                seen(answers, rule_hits)
            for n, of_row in _touched(rule_hits):
                row_number = places[group][n]
                cleaned[row_number] = _cleaned(batch[row_number], answers, n, of_row)
        yield from cleaned


def _touched(rule_hits: Sequence[RuleHits]) -> Iterator[tuple[int, list[RuleHits]]]:
    """The rows that any rule touches, each with those that do."""
    import numpy as np

    if not rule_hits:
        return
    by_row = np.stack([hits.rows for hits in rule_hits], axis=1)
    for n in np.flatnonzero(by_row.any(axis=1)):
        yield int(n), [hits for hits, is_hit in zip(rule_hits, by_row[n], strict=True) if is_hit]


def _cleaned(row: ResponseRow, answers: GroupAnswers, n: int, rule_hits: list[RuleHits]) -> Cleaned:
    emptied = {
        item
        for hits in rule_hits
        if hits.empties and hits.items is not None
        for item, column in answers.column_of.items()
        if hits.items[n, column]
    }
    if emptied:
        left = {item: code for item, code in row.answers.items() if item not in emptied}
        if not answers.instrument.is_plain:
            left |= dict.fromkeys(emptied, WITHHELD)
        row = replace(row, answers=left)
    rules = [hits.rule for hits in rule_hits]
    return Cleaned(row, tuple(rule.id for rule in rules), rule_kinds.excludes(rules))


def counted(tally: AnswerTally, rows: Iterable[Cleaned]) -> Iterator[Cleaned]:
    """Pass `rows` on, counting those that are not excluded."""
    for cleaned in rows:
        if not cleaned.excluded:
            tally.add(cleaned.row)
        yield cleaned
