"""The arithmetic of the plan, and which forms a line of a list gives."""

from hypothesis import given
from hypothesis import strategies as st

from surveyapp.campaigns.rules import groups_of, rated_plan, split_evenly

AGENCY_LEADERS = [("M2", "department_ministry"), ("P2", "own_unit")]


@given(total=st.integers(0, 100_000), parts=st.integers(1, 200))
def test_an_even_split_sums_and_its_shares_differ_by_one_at_most(total: int, parts: int) -> None:
    shares = split_evenly(total, parts)
    assert len(shares) == parts
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


def test_who_rates_the_unit_that_listed_them_is_planned_there() -> None:
    assert rated_plan("own_unit", supplied={"01": 3}, rated_ministries=["BNV"]) == {"01": 3}
    assert rated_plan("field_ministry", supplied={"BNV": 9}, rated_ministries=[]) == {"BNV": 9}


def test_who_rates_the_ministry_of_the_sector_is_planned_over_the_ministries() -> None:
    supplied = {"01": 4, "46": 3}
    planned = rated_plan("department_ministry", supplied=supplied, rated_ministries=["A", "B"])
    assert planned == {"A": 4, "B": 3}


def test_a_leader_of_a_department_with_a_ministry_gives_two_forms() -> None:
    assert groups_of(AGENCY_LEADERS, department=(True, True)) == ["M2", "P2"]


def test_a_department_without_a_ministry_gives_the_province_form_only() -> None:
    assert groups_of(AGENCY_LEADERS, department=(False, True)) == ["P2"]


def test_a_state_bank_branch_gives_the_ministry_form_only() -> None:
    assert groups_of(AGENCY_LEADERS, department=(True, False)) == ["M2"]


def test_a_list_without_departments_gives_its_own_group() -> None:
    assert groups_of([("P1", "own_unit")], department=None) == ["P1"]
    assert groups_of([("M5", "field_ministry")], department=None) == ["M5"]
