"""R says how alike the strata answer; its parts say which of them makes the difference."""

from datetime import date, timedelta
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.fieldwork.representativeness.r_indicator import (
    DayPicture,
    Stratum,
    StratumCounts,
    measure,
    suggest,
    wave_effect,
)

BIG = 100_000
"""So large that chance adds nothing to speak of, and the published formulas hold as they stand."""


def north_and_south() -> dict[Stratum, StratumCounts]:
    """Half of the forms answer at 60 %, half at 20 %; groups do not differ within a region."""
    return {
        Stratum(region, group): StratumCounts(BIG, round(BIG * rate), round(BIG * (1 - rate)))
        for region, rate in (("north", 0.6), ("south", 0.2))
        for group in ("P1", "P2")
    }


def test_where_all_answer_alike_r_is_one():
    even = {Stratum(r, g): StratumCounts(BIG, BIG // 2) for r in "ab" for g in "cd"}
    measured = measure(even)
    assert measured.r == pytest.approx(1)
    assert measured.cv == pytest.approx(0, abs=1e-6)


def test_the_worked_example_of_two_regions():
    measured = measure(north_and_south())
    # S² = ½·0.2² + ½·0.2² = 0.04, so S = 0.2, R = 1 − 2·0.2, and the largest bias is 0.2 / 0.4.
    assert measured.s == pytest.approx(0.2, abs=1e-4)
    assert measured.r == pytest.approx(0.6, abs=1e-3)
    assert measured.cv == pytest.approx(0.5, abs=1e-3)


def test_the_partial_indicators_name_the_variable_that_makes_the_difference():
    region, group, department, *_units = measure(north_and_south()).variables
    assert region.unconditional == pytest.approx(0.2, abs=1e-4)
    assert region.conditional == pytest.approx(0.2, abs=1e-4)
    assert group.unconditional == pytest.approx(0, abs=1e-3)
    assert department.unconditional == 0
    south, north = region.categories
    assert south.name == "south"
    assert south.unconditional == pytest.approx(-sqrt(0.5) * 0.2)
    assert north.unconditional == pytest.approx(sqrt(0.5) * 0.2)
    assert south.conditional == pytest.approx(sqrt(0.5) * 0.2)


def test_small_strata_that_differ_by_chance_alone_do_not_lower_r():
    # Of 400 strata of ten, as many answers as ten tosses of a coin give: naive R is about 0.69.
    shape = {0: 1, 1: 4, 2: 18, 3: 47, 4: 82, 5: 98, 6: 82, 7: 47, 8: 17, 9: 4}
    strata, number = {}, 0
    for answered, times in shape.items():
        for _ in range(times):
            strata[Stratum(str(number), "P1")] = StratumCounts(10, answered)
            number += 1
    assert measure(strata).r > 0.93


def test_where_nobody_is_eligible_there_is_no_indicator():
    assert measure({}) is None
    assert measure({Stratum("a", "b"): StratumCounts()}) is None


def test_while_nobody_has_answered_there_is_no_r_though_all_are_alike():
    measured = measure({Stratum("a", "b"): StratumCounts(10, 0, 10)})
    assert (measured.r, measured.cv, measured.largest) == (None, None, None)


def test_regions_that_answer_alike_do_not_hide_units_that_do_not():
    units = {
        Stratum("north", "P1", "", unit, unit): StratumCounts(BIG, round(BIG * rate), 0)
        for unit, rate in (("01", 0.8), ("02", 0.2))
    } | {
        Stratum("south", "P1", "", unit, unit): StratumCounts(BIG, round(BIG * rate), 0)
        for unit, rate in (("03", 0.9), ("04", 0.1))
    }
    measured = measure(units)
    parts = {variable.name: variable for variable in measured.variables}
    assert parts["region"].unconditional == pytest.approx(0, abs=1e-3)
    assert measured.r == pytest.approx(1 - 2 * sqrt((0.3**2 + 0.4**2) / 2), abs=1e-3)
    assert measured.largest.name in ("supplying", "rated")
    assert measured.largest.categories[0].name == "04"
    assert parts["supplying"].conditional == pytest.approx(parts["supplying"].unconditional)


def test_many_small_departments_do_not_hide_what_lies_between_units():
    small = {
        Stratum("north", "P3", f"D{number}", unit, "BNV"): StratumCounts(
            2, 2 if number < full else 0
        )
        for unit, full in (("01", 30), ("02", 70))
        for number in range(100)
    }
    merged = {
        Stratum("north", "P3", "", unit): StratumCounts(200, 2 * full)
        for unit, full in (("01", 30), ("02", 70))
    }
    assert measure(small).s == pytest.approx(measure(merged).s)


def test_forms_alone_in_their_stratum_do_not_count_as_alike():
    told = {Stratum(str(n), "P1"): StratumCounts(BIG, round(BIG * n / 4), 0) for n in range(5)}
    alone = {Stratum(f"x{n}", "P1"): StratumCounts(1, n % 2, 0) for n in range(BIG)}
    assert measure({**told, **alone}).s == pytest.approx(measure(told).s, abs=1e-3)


tallies = st.integers(1, 300).flatmap(
    lambda n: st.integers(0, n).map(lambda answered: StratumCounts(n, answered, n - answered))
)
strata = st.dictionaries(
    st.builds(
        Stratum,
        st.sampled_from("abc"),
        st.sampled_from("de"),
        st.sampled_from("fg"),
        st.sampled_from("hi"),
    ),
    tallies,
    min_size=1,
)


@settings(deadline=None)
@given(strata)
def test_indicators_keep_within_their_bounds(some):
    measured = measure(some)
    assert (measured.r is None) == (measured.whole.answered == 0)
    assert measured.r is None or 0 - 1e-9 <= measured.r <= 1
    for variable in measured.variables:
        assert 0 <= variable.conditional <= 0.51
        assert 0 <= variable.unconditional <= 0.51
        assert sum(c.tally.forms for c in variable.categories) == measured.whole.forms


def test_subgroups_that_lag_are_suggested_and_lifting_them_would_raise_r():
    lagging = {
        **north_and_south(),
        Stratum("south", "P3", "SNV"): StratumCounts(BIG, BIG // 50, BIG // 2),
    }
    now = measure(lagging)
    suggestions = suggest(lagging)
    assert suggestions[0].stratum == Stratum("south", "P3")
    assert all(each.r_then > now.r for each in suggestions)
    assert all(each.stratum[0] == "south" for each in suggestions)


def test_a_subgroup_in_which_nobody_can_be_reminded_is_not_suggested():
    done = {**north_and_south(), Stratum("south", "P3"): StratumCounts(BIG, 0, 0)}
    assert Stratum("south", "P3") not in [each.stratum for each in suggest(done)]


SENT = date(2024, 1, 8)


def pictures(*points: tuple[float, float]) -> list[DayPicture]:
    """R and rate at the end of each day from the day before the sending."""
    return [DayPicture(SENT + timedelta(days=n - 1), *point) for n, point in enumerate(points)]


def test_a_wave_that_still_brings_answers_goes_on_changing_the_picture():
    moving = pictures((0.8, 0.1), (0.78, 0.2), (0.77, 0.28), (0.76, 0.33), (0.75, 0.36))
    effect = wave_effect(moving, [SENT])
    assert not effect.has_stopped
    assert (effect.before.rate, effect.latest.rate) == (0.1, 0.36)


def test_a_wave_after_which_nothing_moves_any_more_is_said_to_have_stopped():
    still = pictures((0.8, 0.1), (0.78, 0.3), (0.78, 0.31), (0.78, 0.31), (0.78, 0.312), (0.781, 0.315))  # fmt: skip
    assert wave_effect(still, [SENT]).has_stopped
    assert not wave_effect(still[:3], [SENT]).has_stopped
    # A new reminder opens the question again.
    assert not wave_effect(still, [SENT, SENT + timedelta(days=3)]).has_stopped


def test_before_the_first_sending_there_is_no_wave_to_judge():
    assert wave_effect([], [SENT]) is None
    assert wave_effect(pictures((0.8, 0.1)), []) is None
