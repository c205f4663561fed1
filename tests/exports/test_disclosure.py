"""No row points to a small group, no merged count can be worked out: proved on random counts."""

from collections import Counter
from itertools import combinations, pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.exports.disclosure.item_figures import figures_of
from surveyapp.exports.disclosure.mean_rounding import APART, TENTHS, exact_mean, mean_bands
from surveyapp.exports.disclosure.option_merging import OptionRow, merge_options
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


@given(cells, st.sets(st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["M1", "M5"]))))
def test_rows_of_cells_that_are_told_nothing_of_stand_in_no_pool(rows, untold):
    labels = row_labels(rows, 10, untold=untold)
    assert {cell for cell in untold if rows.get(cell)} <= labels.withheld
    assert not labels.merged & untold


def test_associations_are_pooled_over_ministries():
    rows = {("BNV", "M5"): 6, ("BTC", "M5"): 7, ("BNV", "M1"): 60, ("BTC", "M1"): 50}
    labels, shown = labelled(rows, 10)
    assert shown == {(MERGED, "M5"): 13, ("BNV", "M1"): 60, ("BTC", "M1"): 50}
    assert labels.withheld == frozenset()


def test_one_small_cell_takes_the_next_smallest_with_it():
    _, shown = labelled({("A", "P1"): 9, ("B", "P1"): 30, ("C", "P1"): 11}, 10)
    assert shown == {(MERGED, "P1"): 20, ("B", "P1"): 30}


ROW = OptionRow(("1", "2", "3", "4", "5"), ("1", "2"), ("98", "missing"))
SHORT = OptionRow(("1", "2", "3"), ("1",), ("98", "missing"))


def counted(row, most):
    counts = st.lists(st.integers(0, most), min_size=len(row.codes), max_size=len(row.codes))
    return counts.map(lambda numbers: dict(zip(row.codes, numbers, strict=True)))


@given(counted(ROW, 12), st.integers(2, 8))
def test_every_number_told_holds_the_threshold_and_none_is_lost(counts, minimum):
    told = merge_options(ROW, counts, minimum)
    if sum(counts.values()) < minimum:
        assert told is None
        return
    assert sorted(code for run, _ in told.runs for code in run) == sorted(ROW.codes)
    for run, n in told.runs:
        assert n == sum(counts[code] for code in run) >= minimum


@given(counted(ROW, 12), st.integers(2, 8))
def test_the_share_of_the_best_two_is_exact_wherever_it_and_the_rest_hold_the_threshold(
    counts, minimum
):
    best, total = counts["1"] + counts["2"], sum(counts.values())
    if best >= minimum and total - best >= minimum:
        assert merge_options(ROW, counts, minimum).between(("1", "2")) == (best, best)


def every_cut(codes):
    for n in range(len(codes)):
        for ends in combinations(range(1, len(codes)), n):
            places = (0, *ends, len(codes))
            yield [codes[a:b] for a, b in pairwise(places)]


@settings(max_examples=60, deadline=None)
@given(counted(SHORT, 12), st.integers(2, 8))
def test_no_other_cut_merges_less_than_the_one_taken(counts, minimum):
    """Held against every way there is to cut the row, by trying them all."""
    told = merge_options(SHORT, counts, minimum)
    if told is None:
        return

    def loss(runs):
        merged = [run for run in runs if len(run) > 1]
        mixed = [run for run in merged if set(run) & set(SHORT.scale) and set(run) & set(SHORT.off)]
        beyond = sum(counts[code] for run in merged for code in run if counts[code] >= minimum)
        return len(mixed), beyond, len(merged)

    def keeps(runs, codes):
        return all(set(run) <= codes or not set(run) & codes for run in runs)

    runs = [run for run, _ in told.runs]
    for off in (("98", "missing"), ("missing", "98")):
        for cut in every_cut((*SHORT.scale, *off)):
            allowed = all(sum(counts[code] for code in run) >= minimum for run in cut)
            kept = all(keeps(cut, codes) for codes in ({"1"}, {"98"}) if keeps(runs, codes))
            assert not (allowed and kept and loss(cut) < loss(runs)), cut


def every_count_that_fits(row, told, band):
    """All counts that add up to the runs and whose mean lies in the band, by trying everything."""
    ways = []
    for run, n in told.runs:
        ways.append([w for w in product(range(n + 1), repeat=len(run)) if sum(w) == n])
    codes = [code for run, _ in told.runs for code in run]
    for way in product(*ways):
        counts = dict(zip(codes, [n for part in way for n in part], strict=True))
        mean = exact_mean(counts, row.scale)
        if mean is not None and band.low <= int(mean * TENTHS) <= band.high:
            yield counts


@settings(max_examples=60, deadline=None)
@given(counted(SHORT, 7), st.integers(3, 5))
def test_beside_the_mean_every_merged_option_may_have_been_chosen_by_nobody_or_by_two(
    counts, minimum
):
    """Whatever the attacker tries, three counts at least are left for it."""
    told = merge_options(SHORT, counts, minimum)
    mean = exact_mean(counts, SHORT.scale)
    if told is None or mean is None or told.responses > 24:
        return
    (band,) = mean_bands([(told, mean)])
    if all(len(run) == 1 for run, _ in told.runs):
        return
    fits = list(every_count_that_fits(SHORT, told, band))
    for run, _ in told.runs:
        if len(run) > 1 and set(run) & set(SHORT.scale):
            for code in run:
                possible = {one[code] for one in fits}
                assert 0 in possible
                assert max(possible) >= APART


@given(counted(ROW, 30), st.integers(3, 6))
def test_the_band_of_the_mean_holds_the_mean(counts, minimum):
    told, mean = merge_options(ROW, counts, minimum), exact_mean(counts, ROW.scale)
    if told is None or mean is None:
        return
    (band,) = mean_bands([(told, mean)])
    assert band.low - 1 <= mean * TENTHS <= band.high + 1
    figures = figures_of(told, band)
    assert figures.interval[0] <= figures.mean[0] <= figures.mean[1] <= figures.interval[1]


def test_large_counts_are_told_as_they_are_and_the_mean_to_a_tenth():
    counts = {"1": 120, "2": 200, "3": 60, "4": 20, "5": 9, "98": 12, "missing": 7}
    told = merge_options(ROW, counts, 5)
    assert [run for run, _ in told.runs] == [(code,) for code in ROW.codes]
    (band,) = mean_bands([(told, exact_mean(counts, ROW.scale))])
    assert band.low == band.high == 746


def test_a_unanimous_unit_has_no_mean_to_the_point():
    """Fourteen of fourteen chose the best: a mean of 100 would tell that four options have none."""
    counts = dict.fromkeys(ROW.codes, 0) | {"1": 14}
    told = merge_options(ROW, counts, 5)
    (band,) = mean_bands([(told, exact_mean(counts, ROW.scale))])
    assert band.high == 1000
    assert band.low <= 100 * TENTHS * 12 / 14


def test_what_no_answer_tells_is_not_told_by_a_missing_mean():
    """Ten forms without any answer: the scale is merged with the missing ones."""
    counts = dict.fromkeys(ROW.codes, 0) | {"missing": 10}
    assert len(merge_options(ROW, counts, 5).runs) == 1
