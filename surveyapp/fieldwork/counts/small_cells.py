"""Which rows of a table a desk may see: none that could tell about a few persons, not even by subtraction."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


def hidden_rows(invited: Mapping[Name, int], *, least: int) -> frozenset[Name]:
    """Rows to hide of a table whose total is shown, by how many each has invited.

    Every row with fewer than `least`, the campaign's `table_minimum`, and, where the hidden ones together
    are fewer than that or stand alone, the next smallest too: else the total less the shown rows would
    tell them. A row with nobody invited tells nothing and is not hidden.
    """
    smallest_first = sorted((n, position) for position, n in enumerate(invited.values()) if n > 0)
    names = list(invited)
    hidden: list[Name] = []
    together = 0
    for n, position in smallest_first:
        is_small = n < least
        is_cover = bool(hidden) and (together < least or len(hidden) == 1)
        if not is_small and not is_cover:
            break
        hidden.append(names[position])
        together += n
    return frozenset(hidden)
