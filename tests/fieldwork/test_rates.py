"""Outcome rates against worked examples and the identities that hold between them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.assignments.rules import Disposition
from surveyapp.fieldwork.counts.small_cells import hidden_rows
from surveyapp.fieldwork.rules import LETTERS, CompletenessCounts, Counts, coverage, outcome_rates

D = Disposition
EXAMPLE = Counts(
    {
        D.SUBMITTED: 505,
        D.BEGUN: 25,
        D.REFUSED: 30,
        D.UNAVAILABLE: 40,
        D.SENT: 300,
        D.NOT_SENT: 60,
        D.BOUNCED: 40,
        D.MOVED: 90,
        D.WRONG_GROUP: 10,
        D.DUPLICATE: 25,
        D.REMOVED: 7,
    }
)
"""The worked example of docs/rates.md: S 505, R 55, NC 40, U 400, found not eligible 100."""

OPENED = CompletenessCounts(complete=480, partial=20, break_off=5)
"""What the 505 turn out to be."""


def test_the_worked_example_gives_the_rates_that_the_documentation_prints():
    rates = outcome_rates(EXAMPLE)
    assert rates.e == pytest.approx(600 / 700)
    assert rates.rr1 is rates.rr3 is rates.rr5 is rates.coop1 is None
    assert rates.rr2 == pytest.approx(505 / 1000)
    assert rates.rr4 == pytest.approx(505 / (600 + 400 * 6 / 7))
    assert rates.rr6 == pytest.approx(505 / 600)
    assert rates.coop2 == pytest.approx(505 / 560)
    assert rates.ref1 == pytest.approx(55 / 1000)
    assert rates.con1 == pytest.approx(560 / 1000)


def test_after_the_opening_the_worked_example_tells_complete_from_partial():
    rates = outcome_rates(EXAMPLE, OPENED)
    assert rates.e == pytest.approx(600 / 700)
    assert rates.rr1 == pytest.approx(480 / 1000)
    assert rates.rr2 == pytest.approx(500 / 1000)
    assert rates.rr3 == pytest.approx(480 / (600 + 400 * 6 / 7))
    assert rates.rr4 == pytest.approx(500 / (600 + 400 * 6 / 7))
    assert rates.rr5 == pytest.approx(480 / 600)
    assert rates.rr6 == pytest.approx(500 / 600)
    assert rates.coop1 == pytest.approx(480 / 560)
    assert rates.coop2 == pytest.approx(500 / 560)
    assert rates.ref1 == pytest.approx(60 / 1000)
    assert rates.ref3 == pytest.approx(60 / 600)
    assert rates.con1 == pytest.approx(560 / 1000)
    assert rates.con3 == pytest.approx(560 / 600)


def test_what_a_screen_counts_in_the_worked_example():
    assert EXAMPLE.assignments == 1132
    assert EXAMPLE.invited == 1100
    assert EXAMPLE.sent == 1040
    assert EXAMPLE.begun == 530
    assert EXAMPLE.submitted == 505
    assert coverage(EXAMPLE, 1010) == 0.5


def test_where_nobody_is_eligible_there_is_no_rate_rather_than_zero():
    for counts in (Counts(), Counts({D.MOVED: 4, D.DUPLICATE: 2})):
        rates = outcome_rates(counts)
        assert rates.rr1 is rates.rr2 is rates.rr3 is rates.rr5 is rates.e is None
    assert coverage(Counts(), 0) is None
    assert outcome_rates(Counts({D.SENT: 3})).rr2 == 0


def test_duplicates_and_removals_change_no_rate():
    cleaned = Counts(
        {d: n for d, n in EXAMPLE.by_disposition.items() if d not in (D.DUPLICATE, D.REMOVED)}
    )
    assert outcome_rates(cleaned) == outcome_rates(EXAMPLE)


counts = st.dictionaries(st.sampled_from(list(D)), st.integers(0, 5000)).map(Counts)


@given(counts, st.data())
def test_rates_keep_the_order_that_their_definitions_give(some, draw):
    complete = draw.draw(st.integers(0, some.submitted))
    partial = draw.draw(st.integers(0, some.submitted - complete))
    rates = outcome_rates(some, CompletenessCounts(complete, partial))
    for low, middle, high in (("rr1", "rr3", "rr5"), ("rr2", "rr4", "rr6"), ("ref1", "ref2", "ref3"), ("con1", "con2", "con3")):  # fmt: skip
        present = [r for r in (getattr(rates, n) for n in (low, middle, high)) if r is not None]
        assert all(a <= b + 1e-12 for a, b in pairwise(present))
        assert all(0 <= r <= 1 for r in present)
    if rates.rr1 is not None and rates.rr2 is not None:
        assert rates.rr1 <= rates.rr2


@given(counts)
def test_every_assignment_is_in_exactly_one_disposition(some):
    assert sum(some.of({d}) for d in D) == some.assignments
    assert some.invited + some.of({D.DUPLICATE, D.REMOVED}) == some.assignments
    assert some.submitted <= some.begun <= some.invited


@given(counts, counts)
def test_parts_of_a_campaign_add_up_to_the_whole(one, other):
    whole = one + other
    assert all(whole.of({d}) == one.of({d}) + other.of({d}) for d in D)


def test_every_disposition_counts_under_exactly_one_letter():
    members = [d for group in LETTERS.values() for d in group]
    assert sorted(members) == sorted(D)


def test_a_small_row_is_hidden_together_with_the_next_smallest():
    assert hidden_rows({"a": 3, "b": 40, "c": 12}, least=5) == {"a", "c"}
    assert hidden_rows({"a": 3, "b": 4, "c": 12}, least=5) == {"a", "b"}
    assert hidden_rows({"a": 1, "b": 2, "c": 12, "d": 50}, least=5) == {"a", "b", "c"}
    assert hidden_rows({"a": 5, "b": 40}, least=5) == frozenset()
    assert hidden_rows({"a": 5, "b": 40, "c": 9}, least=8) == {"a", "c"}


def test_a_row_with_nobody_invited_tells_nothing_and_is_shown():
    assert hidden_rows({"a": 0, "b": 40}, least=5) == frozenset()


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 40)))
def test_what_is_hidden_cannot_be_found_by_subtraction(invited):
    away = hidden_rows(invited, least=5)
    assert all(n >= 5 or n == 0 for row, n in invited.items() if row not in away)
    together = sum(invited[row] for row in away)
    everything = {row for row, n in invited.items() if n}
    assert not away or (together >= 5 and len(away) > 1) or away == everything
