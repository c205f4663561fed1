"""Before invitations go out the centre sees what does not add up over all units."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign
from surveyapp.respondents.people import frame_checks
from tests import factories

AN = ("Nguyễn Văn An", "0912000001", "an@snv.example.vn")
HOA = ("Trần Thị Hòa", "0912000002", "hoa@snv.example.vn")


def concerns_of(db: Session, campaign: Campaign, code: str) -> list[tuple[list[str], int]]:
    return [
        ([unit.code for unit in concern.units], concern.n)
        for concern in frame_checks.concerns(db, campaign.id)
        if concern.code == code
    ]


def test_people_and_lists_are_set_against_the_plan(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    total = next(t for t in frame_checks.totals(db, campaign.id) if t.kind.code == "agency-leaders")
    assert (total.asked, total.approved, total.people, total.planned) == (2, 1, 2, 10)


def test_one_person_in_two_units_is_counted_once(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    namesake = ("Trần Thị Hoà", "0977000001", "khac@x.example.vn")
    factories.approved_list(db, *stored, unit="46", listed=[AN, namesake])
    assert concerns_of(db, campaign, "in_two_units") == [(["01", "46"], 1)]


def test_a_mailbox_that_stands_for_three_people_is_a_concern_but_not_beside_own_phones(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    office = "vanphong@snv.example.vn"
    behind = [(name, "", office) for name, _, _ in factories.people(3)]
    reachable = [(name, phone, office) for name, phone, _ in factories.people(3)]
    factories.approved_list(db, *stored, listed=behind)
    factories.approved_list(db, *stored, unit="46", listed=reachable)
    assert concerns_of(db, campaign, "shared_contact") == [(["01"], 3)]


def test_a_list_of_less_than_half_the_plan_is_a_concern(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    factories.approved_list(db, *stored, unit="46", listed=factories.people(5))
    assert concerns_of(db, campaign, "size") == [(["01"], 2)]


def test_a_department_that_the_other_provinces_list_is_missed(
    db: Session, campaign: Campaign, stored: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_checks, "USUAL_SHARE", 0.5)
    factories.approved_list(db, *stored, listed=[AN, HOA])
    inspectors = "Chánh Thanh tra,Thanh tra tỉnh"
    factories.approved_list(
        db, *stored, unit="46", listed=factories.people(5, start=30), position_cells=inspectors
    )
    missed = concerns_of(db, campaign, "missing_department")
    assert missed == [(["46"], 1), (["01"], 1)]
