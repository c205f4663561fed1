"""A file becomes a version of a list, and the desk mends it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.accounts.models import AuditEntry
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.keys import KeyRing
from surveyapp.respondents import queries, service
from surveyapp.respondents.errors import (
    FileRefused,
    ListInOtherState,
    ListNotExpected,
    ListsNoLongerTaken,
    UnknownLine,
    UnknownList,
)
from surveyapp.respondents.lists import dropping
from surveyapp.respondents.models import ListFinding, ListLine, RespondentList
from tests import factories

SLOPPY = [
    ("Nguyễn Văn An", "0912000001", "an@snv.example.vn"),
    ("Trần Thị Bình", "912000002", "binh@gmial.com"),
    ("Lê Văn Chi", "", "chi@@snv.example.vn"),
    ("Phạm Thị Dung", "01692000004", "dung@gmial.com"),
]


def codes(db: Session, version: RespondentList) -> set[tuple[int, str]]:
    rows = db.execute(
        select(ListFinding.line, ListFinding.code).where(
            ListFinding.list_id == version.id, ListFinding.severity != "note"
        )
    )
    return {(row.line, row.code) for row in rows}


def line(db: Session, version: RespondentList, number: int) -> ListLine:
    return db.get_one(ListLine, (version.id, number))


def test_every_line_is_kept_with_its_number_and_its_original_cells(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=SLOPPY)
    second = line(db, staged, 3)
    assert staged.line_count == 4
    assert second.cells["phone"] == "912000002"
    assert second.values["phone"] == "0912000002"
    assert second.values["department_code"] == "SNV"
    assert second.department_id is not None


def test_every_finding_is_stored_with_its_line_and_counted(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=SLOPPY)
    assert codes(db, staged) == {
        (3, "email_typo"),
        (4, "email_invalid"),
        (5, "email_typo"),
        (5, "phone_old_prefix"),
    }
    assert (staged.must_count, staged.check_count) == (1, 3)


def test_the_same_file_again_changes_nothing(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    first = factories.staged_list(db, campaign, now, keys)
    assert factories.staged_list(db, campaign, now, keys).id == first.id
    assert db.scalar(select(func.count()).select_from(RespondentList)) == 1


def test_another_file_is_the_next_version_and_the_one_before_gives_way(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    first = factories.staged_list(db, campaign, now, keys)
    second = factories.staged_list(db, campaign, now, keys, listed=factories.people(4))
    db.refresh(first)
    assert (first.state, second.version) == ("superseded", 2)


def test_a_file_that_cannot_be_read_leaves_nothing(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    with pytest.raises(FileRefused):
        factories.staged_list(db, campaign, now, keys, content=b"\x00\x01 not a workbook")
    assert db.scalar(select(func.count()).select_from(RespondentList)) == 0
    assert db.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_list_the_unit_is_not_asked_for_is_refused(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    with pytest.raises(ListNotExpected):
        factories.staged_list(db, campaign, now, keys, unit="TTCP", kind="associations")


def test_no_list_is_taken_after_the_close(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    campaign.state = "closed"
    with pytest.raises(ListsNoLongerTaken):
        factories.staged_list(db, campaign, now, keys)


def test_a_proposal_taken_mends_the_line_and_its_finding_is_gone(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=SLOPPY)
    mended = service.take_proposal(
        db, staged.id, line=3, column="email", code="email_typo", **by_desk
    )
    assert mended == 1
    assert line(db, staged, 3).values["email"] == "binh@gmail.com"
    assert line(db, staged, 3).cells["email"] == "binh@gmial.com"
    assert (3, "email_typo") not in codes(db, staged)
    assert (5, "email_typo") in codes(db, staged)


def test_all_alike_proposals_are_taken_at_once(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=SLOPPY)
    mended = service.take_proposal(
        db, staged.id, line=3, column="email", code="email_typo", alike=True, **by_desk
    )
    assert mended == 2
    assert line(db, staged, 5).values["email"] == "dung@gmail.com"
    assert {code for _, code in codes(db, staged)} == {"email_invalid", "phone_old_prefix"}


def test_a_line_written_anew_is_checked_again(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=SLOPPY)
    service.edit_line(db, staged.id, 4, {"email": "chi@snv.example.vn"}, **by_desk)
    assert staged.must_count == 0
    assert line(db, staged, 4).mends == {"email": "chi@snv.example.vn"}
    service.edit_line(db, staged.id, 4, {"email": "chi"}, **by_desk)
    assert staged.must_count == 1


def test_a_person_is_added_below_the_sheet(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys)
    number = service.edit_line(
        db,
        staged.id,
        None,
        {
            "full_name": "Đỗ Thị Hoa",
            "position": "Giám đốc",
            "department": "Thanh tra tỉnh",
            "phone": "0987654321",
            "salary": "9",
        },
        **by_desk,
    )
    added = line(db, staged, number)
    assert number == 5
    assert added.values["department_code"] == "TTT"
    assert "salary" not in added.mends
    assert (staged.line_count, staged.must_count) == (4, 0)


def test_a_line_left_out_takes_its_findings_along_and_can_come_back(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=SLOPPY)
    service.leave_out(db, staged.id, 4, left_out=True, **by_desk)
    assert (staged.line_count, staged.left_out_count, staged.must_count) == (3, 1, 0)
    service.leave_out(db, staged.id, 4, left_out=False, **by_desk)
    assert (staged.line_count, staged.left_out_count, staged.must_count) == (4, 0, 1)


def test_the_same_person_in_another_list_of_the_unit_is_pointed_out(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    factories.accepted_list(db, campaign, now, keys, kind="council")
    staged = factories.staged_list(db, campaign, now, keys)
    assert codes(db, staged) == {(n, "in_other_list_same_unit_rated") for n in (2, 3, 4)}


def test_a_person_listed_by_another_unit_is_pointed_out(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    factories.accepted_list(db, campaign, now, keys, unit="46")
    listed = [*factories.people(1), ("Hồ Thị Yến", "0912999999", "yen@x.example.vn")]
    staged = factories.staged_list(db, campaign, now, keys, listed=listed)
    assert codes(db, staged) == {(2, "in_other_unit")}


def test_a_namesake_elsewhere_with_another_phone_is_no_finding(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    factories.accepted_list(db, campaign, now, keys, unit="46", kind="council")
    listed = [
        (name, f"098{i:07d}", f"{i}@x.example.vn")
        for i, (name, _, _) in enumerate(factories.people(3))
    ]
    staged = factories.staged_list(db, campaign, now, keys, listed=listed)
    assert codes(db, staged) == set()


def test_a_new_version_says_who_came_and_went(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    factories.accepted_list(db, campaign, now, keys, listed=factories.people(10))
    staged = factories.staged_list(db, campaign, now, keys, listed=factories.people(5, start=5))
    shift = db.scalars(
        select(ListFinding).where(ListFinding.list_id == staged.id, ListFinding.line == 0)
    ).all()
    shift_finding = next(f for f in shift if f.code == "version_shift")
    assert (
        shift_finding.severity,
        shift_finding.facts["added"],
        shift_finding.facts["removed"],
    ) == ("check", 0, 5)


def test_a_small_change_of_version_is_no_finding(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    factories.accepted_list(db, campaign, now, keys, listed=factories.people(10))
    staged = factories.staged_list(db, campaign, now, keys, listed=factories.people(9, start=1))
    assert "version_shift" not in codes(db, staged)


def test_nobody_in_a_list_is_a_declaration_of_its_own(
    db: Session, campaign: Campaign, by_desk: dict[str, Any]
) -> None:
    kind = next(k for k in campaigns.list_kinds(db, campaign.id) if k.code == "council")
    service.declare_nobody(db, campaign, kind=kind, reason="Không còn HĐND", **by_desk)
    row = next(e for e in queries.expected(db, campaign.id) if e.kind.id == kind.id)
    assert row.state == "nobody"


def test_another_units_list_is_not_there(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    foreign = factories.staged_list(db, campaign, now, keys, unit="46", listed=SLOPPY)
    with pytest.raises(UnknownList):
        service.leave_out(db, foreign.id, 4, left_out=True, **by_desk)
    with pytest.raises(UnknownList):
        queries.one_list(db, foreign.id, campaign_id=campaign.id, unit_id=by_desk["unit"].id)


def test_a_line_that_is_not_there_cannot_be_mended(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys)
    with pytest.raises(UnknownLine):
        service.edit_line(db, staged.id, 99, {"email": "a@b.example.vn"}, **by_desk)


def test_an_accepted_list_is_mended_only_after_it_was_withdrawn(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    accepted = factories.accepted_list(db, campaign, now, keys)
    with pytest.raises(ListInOtherState):
        service.leave_out(db, accepted.id, 2, left_out=True, **by_desk)
    service.withdraw(db, accepted.id, **by_desk)
    service.leave_out(db, accepted.id, 2, left_out=True, **by_desk)
    assert accepted.line_count == 2


def test_a_version_that_its_desk_dropped_loses_file_and_names_after_a_month(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    dropped = factories.staged_list(db, campaign, now, keys, listed=SLOPPY)
    service.withdraw(db, dropped.id, **by_desk)
    standing = factories.staged_list(db, campaign, now, keys)
    assert dropping.forget_dropped(db, now=now + dropping.KEPT) == 0
    assert dropping.forget_dropped(db, now=now + dropping.KEPT + timedelta(seconds=1)) == 1
    assert dropping.forget_dropped(db, now=now + timedelta(days=90)) == 0
    db.expire_all()
    assert (dropped.file, dropped.file_name, dropped.line_count) == (b"", "", 4)
    for kept in (ListLine, ListFinding):
        of_version = select(func.count()).where(kept.list_id == dropped.id)
        assert db.scalar(of_version) == 0
    assert standing.file
    assert line(db, standing, 2).cells


def test_what_the_trail_says_holds_no_name(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=SLOPPY)
    service.edit_line(db, staged.id, 4, {"email": "chi@snv.example.vn"}, **by_desk)
    trail = db.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [entry.action for entry in trail] == ["list.staged", "list.mended"]
    assert "Chi" not in str([entry.facts for entry in trail])
