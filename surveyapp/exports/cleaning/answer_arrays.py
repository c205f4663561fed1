"""Answers as arrays: what the studies of cleaning compute with, read once from the responses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.instruments.model import DONT_KNOW, Instrument, InstrumentItem
from surveyapp.responses.queries import ResponseRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DONT_KNOW_DIGIT = 9
"""Stands for don't know among the digits; 0 is an item without an answer."""


@dataclass(frozen=True)
class GroupAnswers:
    """The responses of one group: `unit[i]` is the rated unit of row i as an index of `units`,
    `codes` its digits by item in the order asked, `under_floor` whether it came too fast to be read."""

    group: str
    instrument: Instrument
    units: tuple[str, ...]
    unit: Ints
    codes: NDArray[np.int8]
    under_floor: NDArray[np.bool_]

    def cell(self, index: int) -> Cell:
        """The cell of the unit with this index."""
        return self.units[index], self.group


def read_answers(
    rows: Iterable[ResponseRow], instruments: Mapping[str, Instrument]
) -> dict[str, GroupAnswers]:
    """All responses by group code, in the order they come; `instruments` by group code."""
    import numpy as np

    units: dict[str, list[str]] = {}
    codes: dict[str, bytearray] = {}
    fast: dict[str, list[bool]] = {}
    asked = {group: [item.id for item in form.items] for group, form in instruments.items()}
    for row in rows:
        units.setdefault(row.group_code, []).append(row.rated_unit_code)
        fast.setdefault(row.group_code, []).append(row.quality.get("under_floor") == "yes")
        line = codes.setdefault(row.group_code, bytearray())
        line += bytes([digit(row.answers.get(item)) for item in asked[row.group_code]])
    found = {}
    for group, of_rows in units.items():
        names = tuple(sorted(set(of_rows)))
        index = {name: n for n, name in enumerate(names)}
        grid = np.frombuffer(bytes(codes[group]), dtype=np.int8).reshape(len(of_rows), -1)
        unit = np.array([index[name] for name in of_rows], dtype=np.int64)
        found[group] = GroupAnswers(
            group, instruments[group], names, unit, grid, np.array(fast[group], dtype=bool)
        )
    return found


def digit(code: str | None) -> int:
    """A stored code as one digit."""
    return DONT_KNOW_DIGIT if code == DONT_KNOW else int(code or 0)


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
