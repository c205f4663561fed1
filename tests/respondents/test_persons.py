"""Approved lines are persons: one per human being, kept over versions, counted per form."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.keys import KeyRing
from surveyapp.respondents import queries, service
from surveyapp.respondents.errors import UnknownPerson
from surveyapp.respondents.models import Person, PersonEntry
from tests import factories

AN = ("Nguyễn Văn An", "0912000001", "an@snv.example.vn")
HOA = ("Trần Thị Hòa", "0912000002", "hoa@snv.example.vn")
CHI = ("Lê Văn Chi", "0912000003", "chi@snv.example.vn")


def active(db: Session) -> dict[str, Person]:
    return {p.full_name: p for p in db.scalars(select(Person).where(Person.state == "active"))}


def forms(db: Session, campaign: Campaign) -> dict[tuple[str, str, str], int]:
    groups = {g.id: g.code for g in campaigns.groups(db, campaign.id)}
    units = {u.id: u.code for u in campaigns.units(db, campaign.id)}
    forms_by_cell: dict[tuple[str, str, str], int] = {}
    for cell, n in queries.approved_forms(db, campaign.id).items():
        key = groups[cell.group_id], units[cell.supplying_unit_id], units[cell.rated_unit_id]
        forms_by_cell[key] = forms_by_cell.get(key, 0) + n
    return forms_by_cell


def test_the_same_person_in_two_lists_of_a_unit_is_one_person_with_two_entries(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, kind="council", listed=[AN, HOA])
    factories.approved_list(db, *stored, listed=[("NGUYỄN VĂN AN", "84912000001", ""), CHI])
    rosters = {r.person_id: r for r in queries.persons_to_invite(db, campaign.id)}
    an = active(db)["Nguyễn Văn An"]
    assert len(rosters) == 3
    assert {e.kind_code for e in rosters[an.id].entries} == {"council", "agency-leaders"}
    assert an.email == "an@snv.example.vn"


def test_old_and_new_tone_placement_is_the_same_person(
    db: Session, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    before = active(db)["Trần Thị Hòa"].id
    factories.approved_list(db, *stored, listed=[AN, ("Trần Thị Hoà", "0912000002", "")])
    assert active(db)["Trần Thị Hoà"].id == before


def test_two_namesakes_behind_one_office_mailbox_stay_two_persons(
    db: Session, campaign: Campaign, stored: tuple[Any, ...], now: datetime, keys: KeyRing
) -> None:
    office = "vanphong@snv.example.vn"
    headings, _ = factories.LIST_ROWS["agency-leaders"]
    rows = (
        f"Nguyễn Văn An,Giám đốc,Sở Nội vụ,0912000001,{office}",
        f"Nguyễn Văn An,Chánh Thanh tra,Thanh tra tỉnh,0912000002,{office}",
    )
    factories.approved_list(db, *stored, content="\n".join([headings, *rows]).encode())
    assert sum(1 for _ in queries.persons_to_invite(db, campaign.id)) == 2


def test_a_new_version_keeps_adds_and_removes(
    db: Session, campaign: Campaign, stored: tuple[Any, ...], now: datetime, keys: KeyRing
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    kept = active(db)["Nguyễn Văn An"].id
    accepted = factories.accepted_list(db, *stored, listed=[AN, CHI])
    changes = service.approve(db, accepted.id, campaign=campaign, act=Act("centre", now, keys))
    assert (changes.kept, changes.added, changes.removed) == (1, 1, 1)
    assert set(active(db)) == {"Nguyễn Văn An", "Lê Văn Chi"}
    assert active(db)["Nguyễn Văn An"].id == kept
    gone = db.scalar(select(Person).where(Person.full_name == "Trần Thị Hòa"))
    assert gone is not None
    assert list(queries.removed_persons(db, campaign.id)) == [gone.id]


def test_a_changed_phone_and_address_in_the_same_position_is_the_same_person(
    db: Session, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    before = active(db)["Nguyễn Văn An"].id
    changed = ("Nguyễn Văn An", "0988000009", "nguyenvanan@moi.example.vn")
    factories.approved_list(db, *stored, listed=[changed, HOA])
    an = active(db)["Nguyễn Văn An"]
    assert (an.id, an.phone, an.email) == (before, "0988000009", "nguyenvanan@moi.example.vn")


def test_who_leaves_one_list_but_stays_in_another_stays_a_person(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, kind="council", listed=[AN, HOA])
    factories.approved_list(db, *stored, listed=[AN, CHI])
    factories.approved_list(db, *stored, listed=[CHI])
    rosters = {r.person_id: r for r in queries.persons_to_invite(db, campaign.id)}
    an = active(db)["Nguyễn Văn An"]
    assert [e.kind_code for e in rosters[an.id].entries] == ["council"]


def test_who_comes_back_in_a_later_version_is_the_person_of_before(
    db: Session, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    before = active(db)["Trần Thị Hòa"].id
    factories.approved_list(db, *stored, listed=[AN])
    factories.approved_list(db, *stored, listed=[AN, HOA, CHI])
    assert active(db)["Trần Thị Hòa"].id == before
    entries = db.scalars(select(PersonEntry).where(PersonEntry.person_id == before)).all()
    assert [entry.state for entry in entries] == ["active"]


def test_a_line_left_out_yields_nobody(
    db: Session, campaign: Campaign, stored: tuple[Any, ...], now: datetime, keys: KeyRing
) -> None:
    unit = campaigns.unit(db, campaign.id, "01")
    staged = factories.staged_list(db, *stored, listed=[AN, HOA])
    by_desk: dict[str, Any] = {"unit": unit, "act": Act("desk", now, keys)}
    service.leave_out(db, staged.id, 3, left_out=True, **by_desk)
    service.accept(db, staged.id, **by_desk)
    service.approve(db, staged.id, campaign=campaign, act=Act("centre", now, keys))
    assert set(active(db)) == {"Nguyễn Văn An"}


def test_a_person_removed_by_hand_is_no_longer_invited(
    db: Session, campaign: Campaign, stored: tuple[Any, ...], now: datetime, keys: KeyRing
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    an = active(db)["Nguyễn Văn An"].id
    act: dict[str, Any] = {"campaign": campaign, "act": Act("centre", now, keys)}
    home, other = (campaigns.unit(db, campaign.id, code) for code in ("01", "46"))
    with pytest.raises(UnknownPerson):
        service.remove_person(db, an, unit=other, reason="Chuyển công tác", **act)
    service.remove_person(db, an, unit=home, reason="Chuyển công tác", **act)
    assert an not in {r.person_id for r in queries.persons_to_invite(db, campaign.id)}
    assert list(queries.removed_persons(db, campaign.id)) == [an]


def test_one_row_gives_a_form_on_the_ministry_and_one_on_the_province(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    assert forms(db, campaign) == {("M2", "01", "BNV"): 2, ("P2", "01", "01"): 2}


def test_a_department_without_a_ministry_gives_the_province_form_only_and_the_bank_the_ministry_form(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    headings, _ = factories.LIST_ROWS["agency-leaders"]
    rows = (
        "Nguyễn Văn An,Chánh Văn phòng,Văn phòng Ủy ban nhân dân tỉnh,0912000001,",
        "Trần Thị Hòa,Giám đốc,Ngân hàng Nhà nước chi nhánh tỉnh,0912000002,",
    )
    factories.approved_list(db, *stored, content="\n".join([headings, *rows]).encode())
    assert forms(db, campaign) == {("P2", "01", "01"): 1, ("M2", "01", "NHNN"): 1}


def test_listed_forms_count_the_latest_version_that_was_handed_in(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, kind="council", listed=[AN])
    factories.accepted_list(db, *stored, kind="council", listed=[AN, HOA, CHI])
    assert sum(queries.listed_forms(db, campaign.id).values()) == 3
    assert sum(queries.approved_forms(db, campaign.id).values()) == 1


def test_contacts_are_those_of_the_latest_approved_list(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, listed=[AN])
    an = active(db)["Nguyễn Văn An"].id
    contact = queries.contacts(db, [an])[an]
    assert (contact.full_name, contact.phone, contact.email) == AN


def test_a_unit_finds_its_people_by_name_and_by_list(
    db: Session, campaign: Campaign, stored: tuple[Any, ...]
) -> None:
    factories.approved_list(db, *stored, listed=[AN, HOA])
    factories.approved_list(db, *stored, unit="46", listed=[("Trần Văn Hòa", "0977000001", "")])
    unit = campaigns.unit(db, campaign.id, "01")
    matches, total = queries.people(db, unit_id=unit.id, search="HOÀ")
    assert ([person.full_name for person in matches], total) == (["Trần Thị Hòa"], 1)
