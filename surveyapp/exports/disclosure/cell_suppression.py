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

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping

TOTAL = None
"""Name of the row and of the column that hold the totals."""

Line = Hashable
Place = tuple[Line, Line]
"""Row and column of a cell."""
Corner = tuple[str, Line]
Arcs = Mapping[Corner, Collection[Corner]]

_ENDLESS = 1 << 60


def with_totals(counts: Mapping[Place, int]) -> dict[Place, int]:
    """The table with the total of every row and column, and of all."""
    table: dict[Place, int] = defaultdict(int)
    for (row, column), n in counts.items():
        for place in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            table[place] += n
    return dict(table)


def hidden_cells(
    table: Mapping[Place, int],
    minimum: int,
    *,
    forced: Iterable[Place] = (),
    known: Collection[Place] = (),
) -> frozenset[Place]:
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


def revealed(table: Mapping[Place, int], hidden: Collection[Place]) -> set[Place]:
    """The hidden places whose value follows from the shown cells, the totals and counts being >= 0."""
    arcs = _arcs(table, hidden)
    component = _strong_components(arcs)
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


def told_small(table: Mapping[Place, int], hidden: Collection[Place], minimum: int) -> set[Place]:
    """The hidden places under `minimum` that the shown cells and counts being >= 0 keep under it."""
    room = _room(table, hidden)
    wide = {
        start: [end for end, most in ends.items() if most >= minimum]
        for start, ends in room.items()
    }
    component = _strong_components(wide)
    found = set()
    for place in hidden:
        if table[place] < minimum:
            start, end = _corners(place)
            ways_back = component.get(start, start) == component.get(end, end)
            if not ways_back and not _can_grow(room, place, table[place], minimum):
                found.add(place)
    return found


def _lines(table: Mapping[Place, int]) -> dict[Corner, list[Place]]:
    """The places of every line, in an order of names: what is hidden first decides what is hidden next,
    and two releases that hid different cells of the same results would give them away together."""
    lines: dict[Corner, list[Place]] = defaultdict(list)
    for place in sorted(table, key=str):
        lines["row", place[0]].append(place)
        lines["column", place[1]].append(place)
    return lines


def _is_total(place: Place, corner: Corner) -> bool:
    """Whether `place` is the total of the line `corner`."""
    return place[1 if corner[0] == "row" else 0] is TOTAL


def _smallest(table: Mapping[Place, int], places: Iterable[Place]) -> Place | None:
    """Smallest first, inner cells before totals, then by name: the same table, the same choice."""
    order: Callable[[Place], tuple[bool, int, str]] = lambda place: (  # noqa: E731
        TOTAL in place,
        table[place],
        str(place),
    )
    return min(places, key=order, default=None)


def _thicken(
    table: Mapping[Place, int],
    lines: Mapping[Corner, list[Place]],
    hidden: set[Place],
    minimum: int,
    known: Collection[Place],
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
    table: Mapping[Place, int],
    corner: Corner,
    places: list[Place],
    hidden: Collection[Place],
    minimum: int,
) -> bool:
    inside = [place for place in places if place in hidden]
    if not inside or any(_is_total(place, corner) for place in inside):
        return False
    return len(inside) < 2 or sum(table[place] for place in inside) < minimum


def _next_beside(
    found: Collection[Place],
    table: Mapping[Place, int],
    lines: Mapping[Corner, list[Place]],
    hidden: Collection[Place],
    known: Collection[Place],
) -> Place | None:
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


def _corners(place: Place) -> tuple[Corner, Corner]:
    """From where to where a walk goes that lets the cell grow: row to column, but the other way for a
    total of one line, which counts with the opposite sign in the other."""
    row, column = ("row", place[0]), ("column", place[1])
    return (column, row) if (place[0] is TOTAL) != (place[1] is TOTAL) else (row, column)


def _arcs(table: Mapping[Place, int], hidden: Collection[Place]) -> Arcs:
    """The steps a walk may take: forwards where the cell can grow, back where it can shrink."""
    arcs: dict[Corner, list[Corner]] = defaultdict(list)
    for place in hidden:
        start, end = _corners(place)
        arcs[start].append(end)
        arcs[end] += [start] if table[place] > 0 else []
    return arcs


def _room(table: Mapping[Place, int], hidden: Collection[Place]) -> dict[Corner, dict[Corner, int]]:
    """How much each step can carry: a cell grows without end and shrinks to 0."""
    room: dict[Corner, dict[Corner, int]] = defaultdict(dict)
    for place in hidden:
        start, end = _corners(place)
        room[start][end] = _ENDLESS
        room[end][start] = table[place]
    return room


def _can_grow(room: dict[Corner, dict[Corner, int]], place: Place, n: int, minimum: int) -> bool:
    """Whether the cell of `n` can be `minimum` while every line still adds up (Ford and Fulkerson).

    `room` is as it was when this returns.
    """
    end, start = _corners(place)  # the cell itself closes the walk
    own = room[end].pop(start), room[start].pop(end)
    taken = []
    while n < minimum and (path := _path(room, start, end)):
        most = min(minimum - n, *(room[one][other] for one, other in path))
        for one, other in path:
            room[one][other] -= most
            room[other][one] += most
        taken.append((path, most))
        n += most
    for path, most in taken:
        for one, other in path:
            room[one][other] += most
            room[other][one] -= most
    room[end][start], room[start][end] = own
    return n >= minimum


def _path(
    left: Mapping[Corner, Mapping[Corner, int]], start: Corner, end: Corner
) -> list[tuple[Corner, Corner]]:
    """The shortest walk over steps that carry something; empty where there is none."""
    before: dict[Corner, Corner] = {}
    waiting = deque([start])
    while waiting and end not in before:
        corner = waiting.popleft()
        for other, most in left[corner].items():
            if most > 0 and other not in before and other != start:
                before[other] = corner
                waiting.append(other)
    steps = []
    while end in before:
        steps.append((before[end], end))
        end = before[end]
    return steps[::-1]


def _strong_components(arcs: Arcs) -> dict[Corner, int]:
    """Number of the strongly connected component of each corner (Kosaraju)."""
    backwards: dict[Corner, list[Corner]] = defaultdict(list)
    for start, ends in arcs.items():
        for end in ends:
            backwards[end].append(start)
    order: list[Corner] = []
    seen: set[Corner] = set()
    for corner in [*arcs, *backwards]:
        order += [one for one, leaving in _walk(corner, arcs, seen) if leaving]
    component: dict[Corner, int] = {}
    done: set[Corner] = set()
    for number, corner in enumerate(reversed(order)):
        component.update(dict.fromkeys((one for one, _ in _walk(corner, backwards, done)), number))
    return component


def _walk(start: Corner, arcs: Arcs, seen: set[Corner]) -> Iterator[tuple[Corner, bool]]:
    """Depth first from `start` over corners not `seen`: each on entering (False) and leaving (True)."""
    if start in seen:
        return
    seen.add(start)
    yield start, False
    path = [(start, iter(arcs.get(start, ())))]
    while path:
        corner, ends = path[-1]
        step = next((end for end in ends if end not in seen), None)
        if step is None:
            path.pop()
            yield corner, True
        else:
            seen.add(step)
            yield step, False
            path.append((step, iter(arcs.get(step, ()))))


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
