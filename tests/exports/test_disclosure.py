"""No row points to a small group, no public cell can be worked out: proved on random tables."""

import itertools
import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.exports.disclosure.cell_suppression import (
    TOTAL,
    hidden_cells,
    revealed,
    told_small,
    with_totals,
)
from surveyapp.exports.disclosure.row_labels import MERGED, row_labels

cells = st.dictionaries(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["M1", "M5"])),
    st.integers(0, 25),
    max_size=10,
)


def labelled(rows, minimum):
    labels, shown = row_labels(rows, minimum), Counter()
    for cell, n in rows.items():
        shown[labels.of(cell)] += n
    return labels, +shown


@given(cells, st.integers(1, 15))
def test_no_row_label_is_shared_by_fewer_than_the_minimum_and_no_row_is_lost(rows, minimum):
    labels, shown = labelled(rows, minimum)
    assert shown.total() == sum(rows.values())
    withheld = shown.pop((MERGED, MERGED), 0)
    assert withheld == sum(rows[cell] for cell in labels.withheld)
    assert all(n >= minimum for n in shown.values())


@given(cells, st.integers(1, 15))
def test_a_pool_is_never_one_unit_unless_its_group_has_only_one(rows, minimum):
    labels, _ = labelled(rows, minimum)
    for pool in labels.pools:
        answered = [unit for (unit, group), n in rows.items() if group == pool.group and n]
        assert len(pool.units) >= 2 or len(answered) == 1
        assert pool.rows == sum(rows[unit, pool.group] for unit in pool.units)


@given(cells, st.integers(1, 15))
def test_the_rows_of_every_group_with_enough_rows_keep_their_group(rows, minimum):
    _, shown = labelled(rows, minimum)
    for group in ("M1", "M5"):
        n = sum(count for (_, of), count in rows.items() if of == group)
        if n >= minimum:
            assert sum(count for (_, of), count in shown.items() if of == group) == n


def test_associations_are_pooled_over_ministries():
    rows = {("BNV", "M5"): 6, ("BTC", "M5"): 7, ("BNV", "M1"): 60, ("BTC", "M1"): 50}
    labels, shown = labelled(rows, 10)
    assert shown == {(MERGED, "M5"): 13, ("BNV", "M1"): 60, ("BTC", "M1"): 50}
    assert labels.withheld == frozenset()


def test_one_small_cell_takes_the_next_smallest_with_it():
    _, shown = labelled({("A", "P1"): 9, ("B", "P1"): 30, ("C", "P1"): 11}, 10)
    assert shown == {(MERGED, "P1"): 20, ("B", "P1"): 30}


def small_tables(rows, columns, top):
    names = list(itertools.product("abcde"[:rows], "vwxyz"[:columns]))
    counts = st.lists(st.integers(0, top), min_size=len(names), max_size=len(names))
    return counts.map(lambda values: with_totals(dict(zip(names, values, strict=True))))


def equations(table):
    """Every line of the table adds up to its total: rows of coefficients by place."""
    lines = {("row", row) for row, _ in table} | {("column", column) for _, column in table}
    for kind, name in lines:
        axis = 0 if kind == "row" else 1
        line = [place for place in table if place[axis] == name]
        yield {place: -1 if place[1 - axis] is TOTAL else 1 for place in line}


def follows_by_subtraction(table, hidden):
    """Hidden places that linear algebra alone fixes: the unit vector lies in the row space."""
    order = sorted(hidden, key=str)
    matrix = [[Fraction(line.get(p, 0)) for p in order] for line in equations(table)]
    pivots = []
    for column in range(len(order)):
        row = next((r for r in range(len(pivots), len(matrix)) if matrix[r][column]), None)
        if row is None:
            continue
        top = len(pivots)
        matrix[top], matrix[row] = matrix[row], matrix[top]
        lead = matrix[top][column]
        matrix[top] = [value / lead for value in matrix[top]]
        for r in range(len(matrix)):
            if r != top and matrix[r][column]:
                factor = matrix[r][column]
                matrix[r] = [a - factor * b for a, b in zip(matrix[r], matrix[top], strict=True)]
        pivots.append(column)
    return {
        order[column]
        for r, column in enumerate(pivots)
        if sum(1 for value in matrix[r] if value) == 1
    }


@settings(max_examples=60, deadline=None)
@given(small_tables(4, 4, 30), st.integers(1, 8))
def test_no_public_cell_under_the_threshold_nor_derivable_by_subtraction(table, minimum):
    hidden = hidden_cells(table, minimum)
    assert all(n >= minimum for place, n in table.items() if place not in hidden)
    assert follows_by_subtraction(table, hidden) == set()


@settings(max_examples=60, deadline=None)
@given(small_tables(3, 4, 30), st.integers(1, 8))
def test_no_line_with_its_total_shown_hides_less_than_the_threshold_in_all(table, minimum):
    hidden = hidden_cells(table, minimum)
    for line in equations(table):
        inside = [place for place in line if place in hidden]
        total_shown = not any(line[place] == -1 for place in inside)
        if inside and total_shown:
            assert len(inside) >= 2
            assert sum(table[place] for place in inside) >= minimum


@settings(max_examples=60, deadline=None)
@given(small_tables(4, 4, 12), st.integers(2, 8), st.randoms(use_true_random=False))
def test_the_same_table_hides_the_same_cells_in_whatever_order_it_comes(table, minimum, chance):
    places = list(table.items())
    chance.shuffle(places)
    assert hidden_cells(dict(places), minimum) == hidden_cells(table, minimum)


def all_tables_that_fit(table, hidden, top):
    """Every table of counts up to `top` that shows the same cells: by brute force."""
    inner = [place for place in table if TOTAL not in place]
    free = [place for place in inner if place in hidden]
    for values in itertools.product(range(top + 1), repeat=len(free)):
        guess = {place: table[place] for place in inner} | dict(zip(free, values, strict=True))
        full = with_totals(guess)
        if all(full[place] == n for place, n in table.items() if place not in hidden):
            yield full


@settings(max_examples=60, deadline=None)
@given(small_tables(2, 3, 3), st.data())
def test_what_is_called_revealed_is_what_an_attacker_finds_by_trying_everything(table, data):
    places = sorted(table, key=str)
    hidden = frozenset(data.draw(st.lists(st.sampled_from(places), unique=True, max_size=6)))
    fits = list(all_tables_that_fit(table, hidden, 7))
    fixed = {place for place in hidden if len({full[place] for full in fits}) == 1}
    assert revealed(table, hidden) == fixed


@settings(max_examples=60, deadline=None)
@given(small_tables(2, 3, 3), st.data())
def test_what_is_called_told_small_is_what_stays_small_in_every_table_that_fits(table, data):
    places = sorted(table, key=str)
    hidden = frozenset(data.draw(st.lists(st.sampled_from(places), unique=True, max_size=6)))
    most = dict.fromkeys(hidden, 0)
    for full in all_tables_that_fit(table, hidden, 7):
        most = {place: max(n, full[place]) for place, n in most.items()}
    small = {place for place in hidden if table[place] < 3 and most[place] < 3}
    assert told_small(table, hidden, 3) == small


@settings(max_examples=60, deadline=None)
@given(small_tables(4, 4, 12), st.integers(1, 8))
def test_nothing_shown_tells_that_a_hidden_cell_is_under_the_threshold(table, minimum):
    assert told_small(table, hidden_cells(table, minimum), minimum) == set()


def test_a_remainder_over_rows_and_totals_is_no_small_count():
    """73 in all less a row of 40 and a shown 30 of a hidden row: 3 would be left for the third row."""
    table = with_totals({("a", "x"): 40, ("b", "x"): 30, ("c", "x"): 3, **{(row, "y"): 0 for row in "abc"}})  # fmt: skip
    told = {place for place in table if place[1] == "y" or place[0] == "c"}
    told |= {("a", "x"), (TOTAL, "x"), ("b", TOTAL)}
    assert revealed(table, told) == set()
    assert ("c", TOTAL) in told_small(table, told, 5)
    assert not told_small(table, hidden_cells(table, 5), 5)


def test_a_single_small_cell_hides_a_second_one_in_its_row_and_column():
    table = with_totals({("a", "x"): 2, ("a", "y"): 20, ("b", "x"): 30, ("b", "y"): 9})
    hidden = hidden_cells(table, 5)
    assert {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")} <= hidden
    assert (TOTAL, TOTAL) not in hidden


def test_what_is_published_elsewhere_is_not_counted_on_to_hide_anything():
    table = with_totals({("a", "x"): 2, ("a", "y"): 20, ("b", "x"): 30, ("b", "y"): 9})
    known = {place for place in table if place[1] is TOTAL}
    assert not hidden_cells(table, 5, known=known) & known


def is_safe(table, hidden, minimum):
    """Nothing hidden follows from what is shown, or is known to be small, or stands almost alone."""
    for line in equations(table):
        inside = [place for place in line if place in hidden]
        if inside and not any(line[place] == -1 for place in inside):
            thin = len(inside) < 2 or sum(table[place] for place in inside) < minimum
            if thin:
                return False
    return not revealed(table, hidden) and not told_small(table, hidden, minimum)


def fewest_besides(table, small, minimum, most):
    """How many cells must be hidden besides the small ones, by trying every choice of up to `most`."""
    large = sorted(set(table) - small, key=str)
    return next(
        n
        for n in range(most + 1)
        for chosen in itertools.combinations(large, n)
        if is_safe(table, small | set(chosen), minimum)
    )


def test_no_more_is_hidden_than_small_cells_need():
    """Which cells to hide besides is a hard question, answered step by step: over many tables the steps
    hide the fewest possible in two of three, and in all a quarter more than the fewest at most."""
    chance, needed, taken = random.Random(11), [], []
    for _ in range(60):
        rows, columns = chance.choice([("ab", "xyz"), ("abc", "xy"), ("abc", "xyz")])
        table = with_totals(
            {
                (row, column): chance.choice([0, 2, 4, *chance.choices(range(5, 40), k=6)])
                for row in rows
                for column in columns
            }
        )
        small = {place for place, n in table.items() if n < 5}
        taken.append(len(hidden_cells(table, 5)) - len(small))
        needed.append(fewest_besides(table, small, 5, taken[-1]))
    fewest = sum(one == other for one, other in zip(needed, taken, strict=True))
    assert fewest >= 40
    assert sum(taken) <= sum(needed) * 5 / 4


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([[9, 9, 9], [9, 9, 9], [9, 9, 9]], []),
        ([[2, 30, 8], [30, 30, 30], [7, 30, 9]], ["ax", "az", "cx", "cz"]),
        ([[2, 3, 30], [30, 30, 30], [7, 6, 30]], ["ax", "ay", "cx", "cy"]),
        ([[0, 0, 0], [30, 30, 30], [30, 30, 30]], ["ax", "ay", "az", "aT", "bx", "by", "bz", "bT"]),
    ],
    ids=["none is small", "one in a corner", "two in one row", "an empty row"],
)
def test_beside_a_small_cell_the_smallest_that_hide_it_are_hidden(counts, hidden):
    table = with_totals(
        {
            (r, c): n
            for r, line in zip("abc", counts, strict=True)
            for c, n in zip("xyz", line, strict=True)
        }
    )
    found = hidden_cells(table, 5)
    assert sorted("".join(part or "T" for part in place) for place in found) == sorted(hidden)
