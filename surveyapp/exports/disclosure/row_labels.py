"""Which label a response row may carry, so that no row points to a small group of people.

An opening leaves no row in a cell under the minimum, so that here nothing is merged. What came out of
a box with an older program, or in a bundle that custodians signed, is held to it once more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

MERGED = "*"
"""Stands where a rated unit or a group is not told."""

Cell = tuple[str, str]
"""Rated unit code and group code."""


@dataclass(frozen=True)
class LabelPool:
    """Small cells of one group whose rows are told apart no longer: how many rows, of which units."""

    group: str
    units: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class RowLabels:
    """How the rows of each cell are labelled.

    A cell in `pools` keeps its group and loses its unit. A cell in `withheld` belongs to a group
    with fewer rows than the minimum in the whole campaign, so that its item columns alone would name the
    group, or is one of which no counts are told: its rows carry no label and no answer. All other cells
    keep both labels.
    """

    pools: tuple[LabelPool, ...] = ()
    withheld: frozenset[Cell] = frozenset()
    merged: frozenset[Cell] = field(default=frozenset())

    def of(self, cell: Cell) -> Cell:
        """The unit and group that a row of `cell` shows."""
        if cell in self.withheld:
            return MERGED, MERGED
        return (MERGED, cell[1]) if cell in self.merged else cell


def row_labels(
    rows: Mapping[Cell, int], minimum: int, *, untold: Collection[Cell] = ()
) -> RowLabels:
    """Labels under which no row belongs to fewer than `minimum` rows; the number of rows stays.

    Rows of the cells in `untold`, of which no counts leave, stand in no pool: the pool less the counts of its
    other units would tell them.

    Within a group the cells under the minimum are pooled over units, since the questions answered
    tell the group anyway. A pool that is itself too small, or that holds one unit only and so would
    name it by elimination, takes in the next smallest cell of the group.
    """
    pools, withheld = [], {cell for cell in untold if rows.get(cell)}
    for group in sorted({group for _, group in rows}):
        sizes = {
            unit: n
            for (unit, of), n in rows.items()
            if of == group and n > 0 and (unit, of) not in withheld
        }
        if sum(sizes.values()) < minimum:
            withheld |= {(unit, group) for unit in sizes}
            continue
        units = _pooled(sizes, minimum)
        if units:
            total = sum(sizes[unit] for unit in units)
            pools.append(LabelPool(group, tuple(sorted(units)), total))
    merged = frozenset((unit, pool.group) for pool in pools for unit in pool.units)
    return RowLabels(tuple(pools), frozenset(withheld), merged)


def _pooled(sizes: Mapping[str, int], minimum: int) -> list[str]:
    """Smallest first, by code where equal, so that the same counts always give the same pool."""
    by_size = sorted(sizes, key=lambda unit: (sizes[unit], unit))
    small = [unit for unit in by_size if sizes[unit] < minimum]
    if not small:
        return []
    taken = len(small)
    while taken < len(by_size) and (
        taken < 2 or sum(sizes[unit] for unit in by_size[:taken]) < minimum
    ):
        taken += 1
    return by_size[:taken]
