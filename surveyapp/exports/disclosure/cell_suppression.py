"""Which cells of a published table are hidden, so that none under the threshold can be worked out.

A two-way table with its totals is a graph: each line (row or column, the totals included) is a
corner, each hidden cell an edge between its row and its column. A hidden cell can be worked out
exactly when no closed walk of corners lets it change while every line still adds up: a bridge of
the graph (D. Gusfield, "A graph theoretic approach to statistical data security", SIAM Journal on
Computing 17, 1988). Counts are never negative, so a hidden zero can only grow: its edge has one
direction, and the walk must respect it.

That a cell is small can be known without its value: where 73 is the sum of a shown 40 and of two
hidden cells, and a shown 30 is part of one of them, the other is 3 at most. So every cell under the
threshold must be able to grow up to it for all that is shown, which is a flow in the same graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Ints = NDArray[np.int32]

TOTAL = None
"""Name of the row and of the column that hold the totals."""

LineName = Hashable
TableCell = tuple[LineName, LineName]
"""Row and column of a cell."""
Corner = tuple[str, LineName]
Steps = Mapping[tuple[Corner, Corner], int]
"""Steps that a walk may take, from corner to corner, with how much each can carry."""

_AT_ONCE = 200
"""Cells asked about in one flow at most: memory grows with their number times that of hidden cells."""


def with_totals(counts: Mapping[TableCell, int]) -> dict[TableCell, int]:
    """The table with the total of every row and column, and of all."""
    table: dict[TableCell, int] = defaultdict(int)
    for (row, column), n in counts.items():
        for place in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            table[place] += n
    return dict(table)


def hidden_cells(
    table: Mapping[TableCell, int],
    minimum: int,
    *,
    forced: Iterable[TableCell] = (),
    known: Collection[TableCell] = (),
) -> frozenset[TableCell]:
    """The places to hide of a table with totals (`with_totals`).

    Hidden are all cells under `minimum`, zeros too, those in `forced`, and the next smallest where
    the others would give a hidden one away, or would tell that it is under `minimum`, or where less
    than `minimum` in all would be hidden in a line whose total is shown. Places in `known` are
    published elsewhere and are never hidden.
    """
    hidden = {place for place, n in table.items() if n < minimum and place not in known}
    hidden |= set(forced)
    lines = _lines(table)
    while True:
        _thicken(table, lines, hidden, minimum, known)
        found = revealed(table, hidden) or told_small(table, hidden, minimum)
        more = _next_beside(found, table, lines, hidden, known)
        if more is None:
            return frozenset(hidden)
        hidden.add(more)


def revealed(table: Mapping[TableCell, int], hidden: Collection[TableCell]) -> set[TableCell]:
    """The hidden places whose value follows from the shown cells, the totals and counts being >= 0."""
    component = _components(_steps(table, hidden))
    corners = {place: (("row", place[0]), ("column", place[1])) for place in hidden}
    fixed = {
        place for place, (row, column) in corners.items() if component[row] != component[column]
    }
    free = [corners[place] for place in hidden if place not in fixed]
    bridges = _bridges(free)
    return fixed | {
        place
        for place in hidden
        if place not in fixed and table[place] > 0 and corners[place] in bridges
    }


def told_small(
    table: Mapping[TableCell, int], hidden: Collection[TableCell], minimum: int
) -> set[TableCell]:
    """The hidden places under `minimum` that the shown cells and counts being >= 0 keep under it."""
    steps = _steps(table, hidden, most=minimum)
    lacking = {place: minimum - table[place] for place in hidden if table[place] < minimum}
    # one walk of which every step carries more than the cell itself, and what it lacks, settles most
    enough = {place: max(lack, table[place] + 1) for place, lack in lacking.items()}
    for least in sorted(set(enough.values())):
        component = _components({step: most for step, most in steps.items() if most >= least})
        for place in [place for place, n in enough.items() if n == least]:
            start, end = _corners(place)
            if component[start] == component[end]:
                del lacking[place]
    doubted = list(lacking.items())
    parts = (dict(doubted[n : n + _AT_ONCE]) for n in range(0, len(doubted), _AT_ONCE))
    return {place for part in parts for place in _too_narrow(steps, part)}


def _lines(table: Mapping[TableCell, int]) -> dict[Corner, list[TableCell]]:
    """The places of every line, in an order of names: what is hidden first decides what is hidden next,
    and two releases that hid different cells of the same results would give them away together."""
    lines: dict[Corner, list[TableCell]] = defaultdict(list)
    for place in sorted(table, key=str):
        lines["row", place[0]].append(place)
        lines["column", place[1]].append(place)
    return lines


def _is_total(place: TableCell, corner: Corner) -> bool:
    """Whether `place` is the total of the line `corner`."""
    return place[1 if corner[0] == "row" else 0] is TOTAL


def _smallest(table: Mapping[TableCell, int], places: Iterable[TableCell]) -> TableCell | None:
    """Smallest first, inner cells before totals, then by name: the same table, the same choice."""
    order: Callable[[TableCell], tuple[bool, int, str]] = lambda place: (  # noqa: E731
        TOTAL in place,
        table[place],
        str(place),
    )
    return min(places, key=order, default=None)


def _thicken(
    table: Mapping[TableCell, int],
    lines: Mapping[Corner, list[TableCell]],
    hidden: set[TableCell],
    minimum: int,
    known: Collection[TableCell],
) -> None:
    """Hide more until every line whose total is shown hides two cells and `minimum` in all."""
    before = -1
    while before != len(hidden):
        before = len(hidden)
        for corner, places in lines.items():
            while _is_thin(table, corner, places, hidden, minimum):
                shown = (place for place in places if place not in hidden and place not in known)
                more = _smallest(table, shown)
                if more is None:
                    break
                hidden.add(more)


def _is_thin(
    table: Mapping[TableCell, int],
    corner: Corner,
    places: list[TableCell],
    hidden: Collection[TableCell],
    minimum: int,
) -> bool:
    inside = [place for place in places if place in hidden]
    if not inside or any(_is_total(place, corner) for place in inside):
        return False
    return len(inside) < 2 or sum(table[place] for place in inside) < minimum


def _next_beside(
    found: Collection[TableCell],
    table: Mapping[TableCell, int],
    lines: Mapping[Corner, list[TableCell]],
    hidden: Collection[TableCell],
    known: Collection[TableCell],
) -> TableCell | None:
    """What to hide so that the smallest of `found` is safe: beside it, or else anywhere."""
    place = _smallest(table, found)
    if place is None:
        return None
    beside = (*lines["row", place[0]], *lines["column", place[1]])
    for places in (beside, table):
        shown = [one for one in places if one not in hidden and one not in known]
        more = _smallest(table, [one for one in shown if table[one] > 0] or shown)
        if more is not None:
            return more
    return None


def _corners(place: TableCell) -> tuple[Corner, Corner]:
    """From where to where a walk goes that lets the cell grow: row to column, but the other way for a
    total of one line, which counts with the opposite sign in the other."""
    row, column = ("row", place[0]), ("column", place[1])
    return (column, row) if (place[0] is TOTAL) != (place[1] is TOTAL) else (row, column)


def _steps(
    table: Mapping[TableCell, int], hidden: Collection[TableCell], *, most: int = 1
) -> dict[tuple[Corner, Corner], int]:
    """The steps a walk may take, and how much each can carry up to `most`: forwards a cell grows
    without end, back it shrinks to 0."""
    steps = {}
    for place in hidden:
        start, end = _corners(place)
        steps[start, end] = most
        if table[place] > 0:
            steps[end, start] = min(table[place], most)
    return steps


def _too_narrow(steps: Steps, lacking: Mapping[TableCell, int]) -> set[TableCell]:
    """Those of the places that cannot grow by what they lack while every line still adds up: less than
    that can flow back from the end of the cell to its start without the cell itself.

    All are asked in one flow: each place has a copy of the graph of its own, between one source and
    one drain.
    """
    import numpy as np
    from scipy.sparse.csgraph import maximum_flow

    number, graph = _graph(steps)
    copies = np.arange(len(lacking))[:, None]
    own = [tuple(number[corner] for corner in _corners(place)) for place in lacking]
    first, last = np.array(own)[:, :1], np.array(own)[:, 1:]
    starts, ends = graph.nonzero()
    is_own = ((starts == first) & (ends == last)) | ((starts == last) & (ends == first))
    source, drain = len(lacking) * len(number), len(lacking) * len(number) + 1
    least = np.array(list(lacking.values()), dtype=np.int32)
    offset = copies * len(number)
    arcs = _matrix(
        np.concatenate(
            [(starts + offset)[~is_own], np.full(len(own), source), (first + offset)[:, 0]]
        ),
        np.concatenate([(ends + offset)[~is_own], (last + offset)[:, 0], np.full(len(own), drain)]),
        np.concatenate([np.broadcast_to(graph.data, is_own.shape)[~is_own], least, least]),
        drain + 1,
    )
    flow = maximum_flow(arcs, source, drain).flow
    given = flow[[source], :].toarray()[0][(last + offset)[:, 0]]
    return {place for place, n, most in zip(lacking, least, given, strict=True) if most < n}


def _components(steps: Steps) -> dict[Corner, int]:
    """Number of the strongly connected component of each corner."""
    from scipy.sparse.csgraph import connected_components

    number, graph = _graph(steps)
    if not number:
        return {}
    component = connected_components(graph, connection="strong")[1].tolist()
    return {corner: component[n] for corner, n in number.items()}


def _graph(steps: Steps) -> tuple[dict[Corner, int], csr_array]:
    """The number of each corner, and what each step carries as a matrix of these numbers."""
    import numpy as np

    number = {corner: n for n, corner in enumerate(dict.fromkeys(chain.from_iterable(steps)))}
    starts = np.array([number[start] for start, _ in steps], dtype=np.int32)
    ends = np.array([number[end] for _, end in steps], dtype=np.int32)
    carried = np.fromiter(steps.values(), dtype=np.int32, count=len(steps))
    return number, _matrix(starts, ends, carried, len(number))


def _matrix(starts: Ints, ends: Ints, carried: Ints, size: int) -> csr_array:
    from scipy.sparse import csr_array

    return csr_array((carried, (starts, ends)), shape=(size, size))


def _bridges(edges: Iterable[tuple[Corner, Corner]]) -> set[tuple[Corner, Corner]]:
    """The edges (row corner, column corner) that lie on no cycle (Tarjan, lowest point reached)."""
    near: dict[Corner, list[Corner]] = defaultdict(list)
    for row, column in edges:
        near[row].append(column)
        near[column].append(row)
    found: set[tuple[Corner, Corner]] = set()
    number: dict[Corner, int] = {}
    low: dict[Corner, int] = {}
    for root in near:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        path: list[tuple[Corner, Corner | None, Iterator[Corner]]] = [
            (root, None, iter(near[root]))
        ]
        while path:
            corner, parent, ends = path[-1]
            for end in ends:
                if end == parent:
                    continue  # a row and a column share one cell, so there is no second such edge
                if end in number:
                    low[corner] = min(low[corner], number[end])
                else:
                    number[end] = low[end] = len(number)
                    path.append((end, corner, iter(near[end])))
                    break
            else:
                path.pop()
                if parent is not None:
                    low[parent] = min(low[parent], low[corner])
                    if low[corner] > number[parent]:
                        found.add((parent, corner) if parent[0] == "row" else (corner, parent))
    return found
