"""What a desk declares and is granted, what the centre holds back, whom it reminds."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, ListKind
from surveyapp.keys import KeyRing
from surveyapp.messaging.model import Outcome, Reason
from surveyapp.respondents import queries, service
from surveyapp.respondents.deadlines import desks, reminders
from surveyapp.respondents.errors import (
    BadDeskAddress,
    BadHeadcount,
    DeadlineNotLater,
    ListHeld,
    ListInOtherState,
)
from surveyapp.respondents.models import DeskReminder, ListFinding, ListLine, Person
from surveyapp.respondents.people import frame_checks
from tests import factories

ONE_MORE = {
    "full_name": "Vũ Văn Em",
    "position": "Phó Giám đốc",
    "department": "Sở Nội vụ",
    "phone": "0987000005",
    "email": "em@snv.example.vn",
}


def kind(db: Session, campaign: Campaign, code: str) -> ListKind:
    return next(k for k in campaigns.list_kinds(db, campaign.id) if k.code == code)


def test_a_list_is_compared_with_the_headcount_the_unit_declared(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing, by_desk: dict[str, Any]
) -> None:
    unit, acting = by_desk["unit"], {k: v for k, v in by_desk.items() if k != "unit"}
    agencies = kind(db, campaign, "agency-leaders")
    service.declare_headcount(db, campaign, unit, agencies, declared=4, **acting)
    listed = factories.staged_list(db, campaign, now, keys)
    census_finding = db.scalars(
        select(ListFinding).where(
            ListFinding.list_id == listed.id, ListFinding.code == "headcount_differs"
        )
    ).one()
    assert (census_finding.severity, census_finding.facts) == (
        "check",
        {"listed": 3, "declared": 4},
    )


@pytest.mark.parametrize("declared", [-1, 60_001])
def test_a_headcount_nobody_can_have_is_refused(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], declared: int
) -> None:
    unit, acting = by_desk["unit"], {k: v for k, v in by_desk.items() if k != "unit"}
    agencies = kind(db, campaign, "agency-leaders")
    with pytest.raises(BadHeadcount):
        service.declare_headcount(db, campaign, unit, agencies, declared=declared, **acting)


def test_a_held_list_is_approved_neither_alone_nor_with_all_others(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing, by_centre: dict[str, Any]
) -> None:
    listed = factories.accepted_list(db, campaign, now, keys)
    service.hold(db, listed.id, note="số điện thoại liền nhau", **by_centre)
    acting = {k: v for k, v in by_centre.items() if k != "campaign"}
    assert list(service.approve_many(db, campaign, **acting)) == []
    with pytest.raises(ListHeld):
        service.approve(db, listed.id, **by_centre)
    service.hold(db, listed.id, note="", **by_centre)
    assert service.approve(db, listed.id, **by_centre).added == 3


def test_one_person_is_added_to_an_approved_list_without_a_file(
    db: Session,
    campaign: Campaign,
    now: datetime,
    keys: KeyRing,
    by_desk: dict[str, Any],
    by_centre: dict[str, Any],
) -> None:
    approved = factories.approved_list(db, campaign, now, keys)
    copy = service.amend(db, approved.id, **by_desk)
    assert (copy.version, copy.state, copy.line_count) == (2, "staged", 3)
    service.edit_line(db, copy.id, None, ONE_MORE, **by_desk)
    assert db.scalars(select(Person)).all().__len__() == 3
    service.accept(db, copy.id, **by_desk)
    changes = service.approve(db, copy.id, **by_centre)
    assert (changes.kept, changes.added, changes.removed) == (3, 1, 0)


def test_asking_twice_for_a_copy_gives_the_one_being_mended(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing, by_desk: dict[str, Any]
) -> None:
    approved = factories.approved_list(db, campaign, now, keys)
    first = service.amend(db, approved.id, **by_desk)
    assert service.amend(db, approved.id, **by_desk).id == first.id


def test_only_an_approved_list_is_copied(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing, by_desk: dict[str, Any]
) -> None:
    staged = factories.staged_list(db, campaign, now, keys)
    with pytest.raises(ListInOtherState):
        service.amend(db, staged.id, **by_desk)


def test_what_was_mended_in_the_approved_version_is_in_its_copy(
    db: Session,
    campaign: Campaign,
    now: datetime,
    keys: KeyRing,
    by_desk: dict[str, Any],
    by_centre: dict[str, Any],
) -> None:
    staged = factories.staged_list(db, campaign, now, keys)
    service.edit_line(db, staged.id, 2, {"email": "moi@snv.example.vn"}, **by_desk)
    service.accept(db, staged.id, **by_desk)
    service.approve(db, staged.id, **by_centre)
    copy = service.amend(db, staged.id, **by_desk)
    assert db.get_one(ListLine, (copy.id, 2)).values["email"] == "moi@snv.example.vn"


def test_a_unit_is_granted_a_later_day_and_no_earlier_one(
    db: Session, campaign: Campaign, by_desk: dict[str, Any]
) -> None:
    unit, acting = by_desk["unit"], {k: v for k, v in by_desk.items() if k != "unit"}
    later = campaign.lists_due + timedelta(days=5)
    service.extend(db, campaign, unit, due=later, reason="bão", **acting)
    assert desks.due_of(db, campaign, unit.id) == later
    with pytest.raises(DeadlineNotLater):
        service.extend(db, campaign, unit, due=later, reason="bão", **acting)


def test_a_newer_version_in_the_making_does_not_undo_what_was_approved(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing, by_desk: dict[str, Any]
) -> None:
    approved = factories.approved_list(db, campaign, now, keys)
    service.amend(db, approved.id, **by_desk)
    late = desks.late_units(db, campaign, today=date(2026, 1, 5))
    kinds = {row.kind.code for unit in late if unit.unit.code == "01" for row in unit.lists}
    assert kinds and "agency-leaders" not in kinds


@pytest.mark.parametrize(
    ("state", "must_count", "words"),
    [
        ("missing", 0, "chưa có tệp"),
        ("staged", 2, "đã có tệp, còn 2 lỗi phải sửa"),
        ("staged", 0, "đã có tệp, chưa xác nhận gửi"),
        ("returned", 1, "đã trả lại, chờ sửa"),
    ],
)
def test_a_late_list_says_how_far_it_is(
    db: Session,
    campaign: Campaign,
    now: datetime,
    keys: KeyRing,
    by_desk: dict[str, Any],
    state: str,
    must_count: int,
    words: str,
) -> None:
    if state != "missing":
        accepted = factories.accepted_list(db, campaign, now, keys)
        accepted.state, accepted.must_count = state, must_count
        db.flush()
    late = desks.late_units(db, campaign, today=date(2026, 1, 5))
    (hanoi,) = [row for row in late if row.unit.code == "01"]
    told = {row.kind.code: desks.how_far(row) for row in hanoi.lists}
    assert told == dict.fromkeys(told, "chưa có tệp") | {"agency-leaders": words}


def test_late_desks_are_reminded_once_a_day_where_they_said(
    db: Session, campaign: Campaign, now: datetime, by_desk: dict[str, Any]
) -> None:
    unit, acting = by_desk["unit"], {k: v for k, v in by_desk.items() if k != "unit"}
    service.write_address(db, campaign, unit, email="cchc@hanoi.example.vn", **acting)
    today = date(2026, 1, 5)
    assert service.ask_reminders(db, campaign, today=today, **acting) == 1
    assert service.ask_reminders(db, campaign, today=today, **acting) == 0
    tomorrow = {"act": replace(acting["act"], now=now + timedelta(days=1))}
    assert service.ask_reminders(db, campaign, today=today, **tomorrow) == 1


def test_a_reminder_names_the_lists_and_nobody(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing, by_desk: dict[str, Any]
) -> None:
    unit, acting = by_desk["unit"], {k: v for k, v in by_desk.items() if k != "unit"}
    factories.accepted_list(db, campaign, now, keys)
    service.write_address(db, campaign, unit, email="cchc@hanoi.example.vn", **acting)
    service.ask_reminders(db, campaign, today=date(2026, 1, 5), **acting)
    ((reminder_id, message),) = reminders.messages(
        db,
        sender="Vụ CCHC <vu@moha.example.vn>",
        base_url="https://khaosat.example.vn",
        now=now,
        today=date(2026, 1, 5),
    )
    waiting = [row.kind.name_vi for row in queries.expected(db, campaign.id, unit_id=unit.id)]
    assert message.recipient == "cchc@hanoi.example.vn"
    assert [name for name in waiting if name in message.text] == [
        name for name in waiting if name != kind(db, campaign, "agency-leaders").name_vi
    ]
    reminders.note(db, reminder_id, Outcome.later(Reason.ACCEPTED, "451"), now=now)
    assert db.get_one(DeskReminder, reminder_id, populate_existing=True).state == "queued"
    reminders.note(db, reminder_id, Outcome.handed_over("250"), now=now)
    assert db.get_one(DeskReminder, reminder_id, populate_existing=True).state == "handed_over"


@pytest.mark.parametrize("typed", ["", "không có", "a@b", "a@b.vn\nBcc: c@d.vn", "a b@c.vn"])
def test_a_desk_is_written_to_only_at_an_address(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], typed: str
) -> None:
    unit, acting = by_desk["unit"], {k: v for k, v in by_desk.items() if k != "unit"}
    with pytest.raises(BadDeskAddress):
        service.write_address(db, campaign, unit, email=typed, **acting)


def test_numbers_in_a_row_and_departments_without_a_head_are_told_to_the_centre(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    factories.approved_list(db, campaign, now, keys, listed=factories.people(6))
    lines_by_concern = {
        concern.code: concern.n for concern in frame_checks.concerns(db, campaign.id)
    }
    assert (lines_by_concern["numbers_in_a_row"], lines_by_concern["no_head"]) == (6, 1)
