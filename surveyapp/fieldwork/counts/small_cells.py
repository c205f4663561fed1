"""Which rows of a table a desk may see: none that could tell about a few persons, not even by subtraction."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST = 5
Row = TypeVar("Row", bound=Hashable)


def hidden(invited: Mapping[Row, int], *, least: int = LEAST) -> frozenset[Row]:
    """Rows to hide of a table whose total is shown, by how many each has invited.

    Every row with fewer than `least`, and, where the hidden ones together are fewer than `least` or
    stand alone, the next smallest too: else the total less the shown rows would tell them. A row
    with nobody invited tells nothing and is not hidden.
    """
    smallest_first = sorted((n, position) for position, n in enumerate(invited.values()) if n > 0)
    rows = list(invited)
    chosen: list[Row] = []
    together = 0
    for n, position in smallest_first:
        is_small = n < least
        is_cover = bool(chosen) and (together < least or len(chosen) == 1)
        if not is_small and not is_cover:
            break
        chosen.append(rows[position])
        together += n
    return frozenset(chosen)


__all__ = ["LEAST", "hidden"]
