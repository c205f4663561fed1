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
        for cell in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            table[cell] += n
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
    hidden = {cell for cell, n in table.items() if n < minimum and cell not in known}
    hidden |= set(forced)
    lines = _lines(table)
    while True:
        _thicken(table, lines, hidden, minimum, known)
        exposed = revealed(table, hidden) or told_small(table, hidden, minimum)
        more = _next_beside(exposed, table, lines, hidden, known)
        if more is None:
            return frozenset(hidden)
        hidden.add(more)


def revealed(table: Mapping[TableCell, int], hidden: Collection[TableCell]) -> set[TableCell]:
    """The hidden places whose value follows from the shown cells, the totals and counts being >= 0."""
    component = _components(_steps(table, hidden))
    corners = {cell: (("row", cell[0]), ("column", cell[1])) for cell in hidden}
    fixed = {cell for cell, (row, column) in corners.items() if component[row] != component[column]}
    free = [corners[cell] for cell in hidden if cell not in fixed]
    bridges = _bridges(free)
    return fixed | {
        cell
        for cell in hidden
        if cell not in fixed and table[cell] > 0 and corners[cell] in bridges
    }


def told_small(
    table: Mapping[TableCell, int], hidden: Collection[TableCell], minimum: int
) -> set[TableCell]:
    """The hidden places under `minimum` that the shown cells and counts being >= 0 keep under it."""
    steps = _steps(table, hidden, most=minimum)
    lacking = {cell: minimum - table[cell] for cell in hidden if table[cell] < minimum}
    # one walk of which every step carries more than the cell itself, and what it lacks, settles most
    enough = {cell: max(lack, table[cell] + 1) for cell, lack in lacking.items()}
    for least in sorted(set(enough.values())):
        component = _components({step: most for step, most in steps.items() if most >= least})
        for cell in [cell for cell, n in enough.items() if n == least]:
            start, end = _corners(cell)
            if component[start] == component[end]:
                del lacking[cell]
    doubted = list(lacking.items())
    parts = (dict(doubted[n : n + _AT_ONCE]) for n in range(0, len(doubted), _AT_ONCE))
    return {cell for part in parts for cell in _too_narrow(steps, part)}


def _lines(table: Mapping[TableCell, int]) -> dict[Corner, list[TableCell]]:
    """The places of every line, in an order of names: what is hidden first decides what is hidden next,
    and two releases that hid different cells of the same results would give them away together."""
    lines: dict[Corner, list[TableCell]] = defaultdict(list)
    for cell in sorted(table, key=str):
        lines["row", cell[0]].append(cell)
        lines["column", cell[1]].append(cell)
    return lines


def _is_total(cell: TableCell, corner: Corner) -> bool:
    """Whether `cell` is the total of the line `corner`."""
    return cell[1 if corner[0] == "row" else 0] is TOTAL


def _smallest(table: Mapping[TableCell, int], cells: Iterable[TableCell]) -> TableCell | None:
    """Smallest first, inner cells before totals, then by name: the same table, the same choice."""
    order: Callable[[TableCell], tuple[bool, int, str]] = lambda cell: (  # noqa: E731
        TOTAL in cell,
        table[cell],
        str(cell),
    )
    return min(cells, key=order, default=None)


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
        for corner, cells in lines.items():
            while _is_thin(table, corner, cells, hidden, minimum):
                shown = (cell for cell in cells if cell not in hidden and cell not in known)
                more = _smallest(table, shown)
                if more is None:
                    break
                hidden.add(more)


def _is_thin(
    table: Mapping[TableCell, int],
    corner: Corner,
    cells: list[TableCell],
    hidden: Collection[TableCell],
    minimum: int,
) -> bool:
    inside = [cell for cell in cells if cell in hidden]
    if not inside or any(_is_total(cell, corner) for cell in inside):
        return False
    return len(inside) < 2 or sum(table[cell] for cell in inside) < minimum


def _next_beside(
    exposed: Collection[TableCell],
    table: Mapping[TableCell, int],
    lines: Mapping[Corner, list[TableCell]],
    hidden: Collection[TableCell],
    known: Collection[TableCell],
) -> TableCell | None:
    """What to hide so that the smallest of `exposed` is safe: beside it, or else anywhere."""
    cell = _smallest(table, exposed)
    if cell is None:
        return None
    beside = (*lines["row", cell[0]], *lines["column", cell[1]])
    for cells in (beside, table):
        shown = [one for one in cells if one not in hidden and one not in known]
        more = _smallest(table, [one for one in shown if table[one] > 0] or shown)
        if more is not None:
            return more
    return None


def _corners(cell: TableCell) -> tuple[Corner, Corner]:
    """From where to where a walk goes that lets the cell grow: row to column, but the other way for a
    total of one line, which counts with the opposite sign in the other."""
    row, column = ("row", cell[0]), ("column", cell[1])
    return (column, row) if (cell[0] is TOTAL) != (cell[1] is TOTAL) else (row, column)


def _steps(
    table: Mapping[TableCell, int], hidden: Collection[TableCell], *, most: int = 1
) -> dict[tuple[Corner, Corner], int]:
    """The steps a walk may take, and how much each can carry up to `most`: forwards a cell grows
    without end, back it shrinks to 0."""
    steps = {}
    for cell in hidden:
        start, end = _corners(cell)
        steps[start, end] = most
        if table[cell] > 0:
            steps[end, start] = min(table[cell], most)
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
    own = [tuple(number[corner] for corner in _corners(cell)) for cell in lacking]
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
    return {cell for cell, n, most in zip(lacking, least, given, strict=True) if most < n}


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
    bridges: set[tuple[Corner, Corner]] = set()
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
                        bridges.add((parent, corner) if parent[0] == "row" else (corner, parent))
    return bridges
