"""Answers as arrays: what cleaning computes with, read once from the responses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from surveyapp.campaigns.pack.rule_kinds import HalfLike
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.instruments.model import DONT_KNOW, Instrument, InstrumentItem
from surveyapp.responses.queries import ResponseRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

DONT_KNOW_DIGIT = 9
"""Stands for don't know among the digits; 0 is an item without an answer."""

_DIGITS = {str(code): code for code in range(1, DONT_KNOW_DIGIT)} | {DONT_KNOW: DONT_KNOW_DIGIT}


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

    def cell(self, index: int) -> Cell:
        """The cell of the unit with this index."""
        return self.units[index], self.group

    @cached_property
    def column_of(self) -> dict[str, int]:
        """The column of each item."""
        return {item.id: n for n, item in enumerate(self.instrument.items)}

    @property
    def asked(self) -> int:
        return int(self.codes.shape[1])

    @cached_property
    def missing(self) -> Ints:
        return _count(self.codes == 0)

    @cached_property
    def dont_know(self) -> Ints:
        return _count(self.codes == DONT_KNOW_DIGIT)

    @cached_property
    def on_scale(self) -> Ints:
        return self.asked - self.missing - self.dont_know

    @cached_property
    def most_alike(self) -> Ints:
        import numpy as np

        counts = [_count(self.codes == code) for code in range(1, DONT_KNOW_DIGIT)]
        return np.asarray(np.max(counts, axis=0))

    @cached_property
    def spread(self) -> Ints:
        import numpy as np

        values = np.where(self.codes == DONT_KNOW_DIGIT, 0, self.codes).astype(np.int64)
        return np.asarray(self.on_scale * (values**2).sum(axis=1) - values.sum(axis=1) ** 2)

    @cached_property
    def longest_run(self) -> Ints:
        import numpy as np

        length = best = np.zeros(len(self.unit), dtype=np.int64)
        for n in range(self.asked):
            given = self.codes[:, n] > 0
            goes_on = given & (self.codes[:, n] == self.codes[:, n - 1]) if n else given & False
            length = np.where(goes_on, length + 1, given)
            best = np.maximum(best, length)
        return best

    def is_about(self, units: Collection[str]) -> Flags:
        import numpy as np

        return np.array([unit in units for unit in self.units], dtype=bool)[self.unit]

    def chose(self, half: HalfLike) -> Flags:
        import numpy as np

        if half.item not in self.column_of:
            return np.zeros(len(self.unit), dtype=bool)
        return np.isin(
            self.codes[:, self.column_of[half.item]], [_DIGITS[code] for code in half.codes]
        )


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
    asked = {group: [item.id for item in form.items] for group, form in instruments.items()}
    for row in rows:
        units.setdefault(row.group_code, []).append(row.rated_unit_code)
        fast.setdefault(row.group_code, []).append(row.quality.get("under_floor") == "yes")
        given = map(row.answers.get, asked[row.group_code])
        line = codes.setdefault(row.group_code, bytearray())
        line += bytes([_DIGITS[code] if code else 0 for code in given])
    groups = {}
    for group, of_rows in units.items():
        names = tuple(sorted(set(of_rows)))
        index = {name: n for n, name in enumerate(names)}
        grid = np.frombuffer(bytes(codes[group]), dtype=np.int8).reshape(len(of_rows), -1)
        unit = np.array([index[name] for name in of_rows], dtype=np.int64)
        groups[group] = GroupAnswers(
            group, instruments[group], names, unit, grid, np.array(fast[group], dtype=bool)
        )
    return groups


def scores(answers: GroupAnswers) -> Floats:
    """Each answer on a scale from 0 (worst) to 100 (best); NaN for no answer and don't know."""
    import numpy as np

    table = np.full((len(answers.instrument.items), DONT_KNOW_DIGIT + 1), np.nan)
    for n, item in enumerate(answers.instrument.items):
        for code, score in item_scores(item).items():
            table[n, int(code)] = score
    return table[np.arange(table.shape[0]), answers.codes]


def item_scores(item: InstrumentItem) -> dict[str, float]:
    """What each option is worth: 100 at the best end of the scale, 0 at the other, evenly between."""
    codes = [option.code for option in item.options]
    if item.best == codes[0]:
        codes = codes[::-1]
    return {code: 100 * n / (len(codes) - 1) for n, code in enumerate(codes)}
