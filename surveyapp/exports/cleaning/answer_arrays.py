"""Answers as arrays: what cleaning computes with, read once from the responses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from surveyapp.campaigns.pack.rule_kinds import HalfLike
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.instruments.kinds.kind import NOT_ASKED
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import DONT_KNOW, Instrument, InstrumentItem
from surveyapp.responses.queries import ResponseRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

DONT_KNOW_DIGIT, NOT_ASKED_DIGIT, SEVERAL_DIGIT = int(DONT_KNOW), int(NOT_ASKED), 96
"""Stand for don't know, for what the routing did not lead to, and for a choice of several among the digits;
0 is an item without an answer, and a code itself stands for its option."""

_MOST = 20
_DIGITS = {str(code): code for code in (*range(1, _MOST + 1), DONT_KNOW_DIGIT, NOT_ASKED_DIGIT)}


@dataclass(frozen=True)
class GroupAnswers:
    """Responses of one group: `unit[i]` is the rated unit of row i as an index of `units`, `codes`
    its digits by item in the order asked, `under_floor` whether it came too fast to be read.

    They are the `Marks` that rules ask, each an array with one value per row.
    """

    group: str
    instrument: Instrument
    units: tuple[str, ...]
    unit: Ints
    codes: NDArray[np.int8]
    under_floor: NDArray[np.bool_]
    several: Mapping[str, Ints] = field(default_factory=dict)
    """Of items with several answers the chosen options as bits, by item."""

    def cell(self, index: int) -> Cell:
        """The cell of the unit with this index."""
        return self.units[index], self.group

    @cached_property
    def column_of(self) -> dict[str, int]:
        """The column of each item that stands in rows."""
        return {item.id: n for n, item in enumerate(row_items(self.instrument))}

    @cached_property
    def _on_ladder(self) -> NDArray[np.bool_]:
        """Which columns hold steps of a ladder."""
        import numpy as np

        steps = [bool(item_scores(item)) for item in row_items(self.instrument)]
        return np.array(steps, dtype=bool)

    @cached_property
    def _steps(self) -> NDArray[np.int8]:
        """The digits that are steps of a ladder; 0 for all else."""
        import numpy as np

        return np.where((self.codes <= _MOST) & self._on_ladder, self.codes, np.int8(0))

    @cached_property
    def asked(self) -> Any:
        if not self.instrument.is_routed:
            return int(self.codes.shape[1])
        return self.codes.shape[1] - _count(self.codes == NOT_ASKED_DIGIT)

    @cached_property
    def missing(self) -> Ints:
        return _count(self.codes == 0)

    @cached_property
    def dont_know(self) -> Ints:
        return _count(self.codes == DONT_KNOW_DIGIT)

    @cached_property
    def on_scale(self) -> Ints:
        return _count(self._steps > 0)

    @cached_property
    def most_alike(self) -> Ints:
        import numpy as np

        highest = int(self._steps.max(initial=1))
        counts = [_count(self._steps == code) for code in range(1, highest + 1)]
        return np.asarray(np.max(counts, axis=0))

    @cached_property
    def spread(self) -> Ints:
        import numpy as np

        values = self._steps.astype(np.int64)
        return np.asarray(self.on_scale * (values**2).sum(axis=1) - values.sum(axis=1) ** 2)

    @cached_property
    def longest_run(self) -> Ints:
        import numpy as np

        length = best = before = np.zeros(len(self.unit), dtype=np.int64)
        for n in np.flatnonzero(self._on_ladder):
            now = self.codes[:, n].astype(np.int64)
            passed = now == NOT_ASKED_DIGIT
            goes_on = (now > 0) & (now == before)
            length = np.where(passed, length, np.where(goes_on, length + 1, now > 0))
            before = np.where(passed, before, now)
            best = np.maximum(best, length)
        return best

    def is_about(self, units: Collection[str]) -> Flags:
        import numpy as np

        return np.array([unit in units for unit in self.units], dtype=bool)[self.unit]

    def chose(self, half: HalfLike) -> Flags:
        import numpy as np

        if half.item not in self.column_of:
            return np.zeros(len(self.unit), dtype=bool)
        if half.item in self.several:
            return np.asarray((self.several[half.item] & _bits(half.codes)) > 0)
        return np.isin(
            self.codes[:, self.column_of[half.item]], [_DIGITS[code] for code in half.codes]
        )


def row_items(instrument: Instrument) -> tuple[InstrumentItem, ...]:
    """The items whose answers stay in rows, in the order asked."""
    return tuple(item for item in instrument.items if not kind_of(item).leaves_row)


def _bits(codes: Iterable[str]) -> int:
    return sum(1 << (0 if code == DONT_KNOW else int(code)) for code in codes if code != NOT_ASKED)


def _count(flags: Flags) -> Ints:
    """How many of each row."""
    import numpy as np

    return np.asarray(flags.sum(axis=1))


def read_answers(
    rows: Iterable[ResponseRow], instruments: Mapping[str, Instrument]
) -> dict[str, GroupAnswers]:
    """Responses by group code, in the order they come; `instruments` by group code."""
    import numpy as np

    units: dict[str, list[str]] = {}
    codes: dict[str, bytearray] = {}
    fast: dict[str, list[bool]] = {}
    asked = {group: [item.id for item in row_items(form)] for group, form in instruments.items()}
    many = {
        group: [item.id for item in row_items(form) if kind_of(item).is_several]
        for group, form in instruments.items()
    }
    several: dict[str, dict[str, list[int]]] = {}
    for row in rows:
        units.setdefault(row.group_code, []).append(row.rated_unit_code)
        fast.setdefault(row.group_code, []).append(row.quality.get("under_floor") == "yes")
        given = map(row.answers.get, asked[row.group_code])
        line = codes.setdefault(row.group_code, bytearray())
        if many[row.group_code]:
            line += bytes([_DIGITS.get(code, SEVERAL_DIGIT) if code else 0 for code in given])
            for item in many[row.group_code]:
                kept = several.setdefault(row.group_code, {}).setdefault(item, [])
                kept.append(_bits(row.answers.get(item, "").split()))
            continue
        line += bytes([_DIGITS[code] if code else 0 for code in given])
    groups = {}
    for group, of_rows in units.items():
        names = tuple(sorted(set(of_rows)))
        index = {name: n for n, name in enumerate(names)}
        grid = np.frombuffer(bytes(codes[group]), dtype=np.int8).reshape(len(of_rows), -1)
        unit = np.array([index[name] for name in of_rows], dtype=np.int64)
        groups[group] = GroupAnswers(
            group,
            instruments[group],
            names,
            unit,
            grid,
            np.array(fast[group], dtype=bool),
            {item: np.array(bits) for item, bits in several.get(group, {}).items()},
        )
    return groups


def scores(answers: GroupAnswers) -> Floats:
    """Each answer on a scale from 0 (worst) to 100 (best); NaN for no answer and don't know."""
    import numpy as np

    columns = row_items(answers.instrument)
    table = np.full((len(columns), DONT_KNOW_DIGIT + 1), np.nan)
    for n, item in enumerate(columns):
        for code, score in item_scores(item).items():
            table[n, int(code)] = score
    return table[np.arange(table.shape[0]), answers.codes]


def item_scores(item: InstrumentItem) -> dict[str, float]:
    """What each option is worth, 0 to 100; empty where answers are never averaged."""
    return kind_of(item).scores(item)
