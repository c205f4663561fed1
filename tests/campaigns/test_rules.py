"""The arithmetic of the plan, and which forms a line of a list gives."""

from hypothesis import given
from hypothesis import strategies as st

from surveyapp.campaigns.rules import Sector, rated_plan, ratings, split_evenly

RULES = {
    "M2": "department_ministry",
    "P1": "own_unit",
    "P2": "own_unit",
    "M5": "field_ministry",
}
UNITS = [("BNV", "ministry"), ("01", "province")]
KINDS = [
    ("agency-leaders", "province", ["M2", "P2"]),
    ("council", "province", ["P1"]),
    ("associations", "ministry", ["M5"]),
]
DEPARTMENTS = [
    ("SNV", Sector("BNV", True)),
    ("VP", Sector(None, True)),
    ("NHNN", Sector("NHNN", False)),
]
RATED = {
    (kind, department): {}
    for kind, _, _ in KINDS
    for department in (None, *(code for code, _ in DEPARTMENTS))
}
for _, kind, department, group, rated in ratings(UNITS, KINDS, DEPARTMENTS, RULES):
    RATED[kind, department][group] = rated


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
    assert RATED["agency-leaders", "SNV"] == {"M2": "BNV", "P2": "01"}


def test_a_department_without_a_ministry_gives_the_province_form_only() -> None:
    assert RATED["agency-leaders", "VP"] == {"P2": "01"}


def test_a_state_bank_branch_gives_the_ministry_form_only() -> None:
    assert RATED["agency-leaders", "NHNN"] == {"M2": "NHNN"}


def test_a_list_without_departments_gives_its_own_group() -> None:
    assert RATED["council", None] == {"P1": "01"}
    assert RATED["associations", None] == {"M5": "BNV"}


def test_people_of_a_ministry_stand_in_no_department() -> None:
    assert RATED["associations", "SNV"] == {}
