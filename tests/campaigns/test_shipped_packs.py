"""The packs that are shipped: the 2023 round at full size, and the small pilot of 2025."""

from collections import Counter

import pytest

from surveyapp.campaigns.pack.reading import Pack, read_pack
from surveyapp.campaigns.rules import rated_plan
from tests.campaigns.packs import SHIPPED


@pytest.fixture(scope="module")
def round_2023() -> Pack:
    return read_pack(SHIPPED / "par-index-2023")


@pytest.fixture(scope="module")
def pilot() -> Pack:
    return read_pack(SHIPPED / "par-index-2025-pilot")


def test_the_plan_of_2023_sums_to_its_published_totals(round_2023: Pack) -> None:
    by_group = Counter[str]()
    for row in round_2023.plan:
        by_group[row.group] += row.planned
    assert by_group == {
        "M1": 1600, "M2": 3700, "M3": 16400, "M4": 800, "M5": 155,
        "P1": 3500, "P2": 4100, "P3": 17800, "P4": 2100,
    }  # fmt: skip
    assert sum(by_group[code] for code in ("M1", "M2", "M3", "M4", "M5")) == 22655
    assert sum(by_group[code] for code in ("P1", "P2", "P3", "P4")) == 27500
    assert by_group.total() == 22655 + 27500 == 50155


def test_the_plan_is_split_evenly_but_for_associations(round_2023: Pack) -> None:
    for group in ("M1", "M2", "M3", "M4", "P1", "P2", "P3", "P4"):
        shares = [row.planned for row in round_2023.plan if row.group == group]
        assert max(shares) - min(shares) <= 1
        assert len(shares) == (19 if group in ("M1", "M4") else 63)
    associations = {row.unit: row.planned for row in round_2023.plan if row.group == "M5"}
    assert Counter(associations.values()) == {9: 17, 2: 1, 0: 1}
    assert (associations["UBDT"], associations["TTCP"]) == (2, 0)


def test_the_forms_on_ministries_from_provinces_are_planned_over_all_19(round_2023: Pack) -> None:
    assert len(round_2023.rated_ministries) == 19
    supplied = {row.unit: row.planned for row in round_2023.plan if row.group == "M2"}
    rated = rated_plan(
        round_2023.group("M2").rates,
        supplied=supplied,
        rated_ministries=round_2023.rated_ministries,
    )
    assert set(rated) == {unit.code for unit in round_2023.units if unit.kind == "ministry"}
    assert sum(rated.values()) == 3700
    assert set(rated.values()) == {194, 195}


def test_82_units_are_asked_for_308_lists(round_2023: Pack) -> None:
    expected = round_2023.expected_lists()
    assert len(round_2023.units) == 82
    assert len(expected) == 308
    kinds = [kind.code for unit, kind in expected if unit.code == "TTCP"]
    assert kinds == ["department-leaders", "par-officers"]
    assert [kind.code for unit, kind in expected if unit.code == "01"] == [
        "council", "agency-leaders", "subunit-leaders", "district-leaders",
    ]  # fmt: skip


def test_the_state_bank_branch_rates_the_bank_and_the_office_rates_the_province(
    round_2023: Pack,
) -> None:
    departments = {department.code: department for department in round_2023.departments}
    assert departments["NHNNCN"].assesses_ministry == "NHNN"
    assert not departments["NHNNCN"].rates_province
    assert departments["VPUBND"].assesses_ministry is None
    assert departments["VPUBND"].rates_province


def test_every_questionnaire_of_2023_is_of_real_size_and_marked_illustrative(
    round_2023: Pack,
) -> None:
    areas = {"M": [*"1234567"], "P": [*"12345678"]}
    for code, form in round_2023.instruments.items():
        assert form.status == "illustrative"
        assert 20 <= len(form.items) <= 33
        assert [section.area for section in form.sections] == areas[code[0]]
        assert len({item.scale for item in form.items}) >= 4
        assert all(len(item.options) == 5 for item in form.items)
        assert "Ông/Bà" in form.introduction.vi
        assert form.remark is not None
        assert form.remark.max_length == 1000


def test_the_same_criterion_is_asked_of_several_groups(round_2023: Pack) -> None:
    groups = Counter(
        criterion
        for form in round_2023.instruments.values()
        for criterion in {item.criterion for item in form.items}
    )
    assert sum(count > 1 for count in groups.values()) > 40


def test_the_pilot_has_other_units_groups_and_lists(pilot: Pack, round_2023: Pack) -> None:
    kinds = Counter(unit.kind for unit in pilot.units)
    assert kinds == {"province": 34, "ministry": 14}
    assert "commune-leaders" in {kind.code for kind in pilot.campaign.list_kinds}
    assert "district-leaders" not in {kind.code for kind in pilot.campaign.list_kinds}
    assert not {group.code for group in pilot.campaign.groups} & set(round_2023.instruments)
    assert len(pilot.expected_lists()) == 14 * 2 + 34 * 3


def test_a_code_that_names_another_province_since_2025_does_so_in_the_pilot(
    pilot: Pack, round_2023: Pack
) -> None:
    moved = {"15", "24", "44", "52", "80", "82", "91"}
    both = {unit.code for unit in pilot.units} & {unit.code for unit in round_2023.units}
    assert moved == {
        code
        for code in both
        if code.isdigit() and pilot.unit(code).name_vi != round_2023.unit(code).name_vi
    } - {"46"}
