"""A second upload: what changed is told, what was mended on the page still holds."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign
from surveyapp.keys import KeyRing
from surveyapp.respondents import service
from surveyapp.respondents.errors import NothingWritten
from surveyapp.respondents.lists import carry_over
from surveyapp.respondents.lists.versions import Kept, compared, pairs
from surveyapp.respondents.models import ListLine, RespondentList
from tests import factories

FIRST = [
    ("Nguyễn Văn An", "0912000001", "an@snv.example.vn"),
    ("Trần Thị Bình", "0912000002", "binh@gmial.com"),
    ("Lê Văn Chi", "", "chi@@snv.example.vn"),
    ("Phạm Thị Dung", "0912000004", "dung@snv.example.vn"),
]


@pytest.fixture
def hand_in(db: Session, campaign: Campaign, now: datetime, keys: KeyRing) -> Any:
    def staged(people: list[tuple[str, str, str]]) -> RespondentList:
        return factories.staged_list(db, campaign, now, keys, listed=people)

    return staged


def people(db: Session, version: RespondentList) -> dict[str, ListLine]:
    lines = db.scalars(select(ListLine).where(ListLine.list_id == version.id))
    return {line.values["full_name"]: line for line in lines}


def kept(line: int, name: str, phone: str = "", email: str = "", position: str = "") -> Kept:
    cells = {"full_name": name, "phone": phone, "email": email, "position": position}
    return Kept(line, cells, cells, name.lower())


def test_a_proposal_taken_on_the_page_holds_when_the_file_comes_again_with_the_old_cell(
    db: Session, hand_in: Any, by_desk: dict[str, Any]
) -> None:
    first = hand_in(FIRST)
    service.take_proposal(db, first.id, line=3, column="email", code="email_typo", **by_desk)
    second = hand_in([("Vũ Văn Em", "0912000005", "em@snv.example.vn"), *FIRST])
    assert people(db, second)["Trần Thị Bình"].values["email"] == "binh@gmail.com"
    assert people(db, second)["Trần Thị Bình"].line == 4


def test_a_cell_mended_in_the_file_counts_for_more_than_the_mend_on_the_page(
    db: Session, hand_in: Any, by_desk: dict[str, Any]
) -> None:
    first = hand_in(FIRST)
    service.edit_line(db, first.id, 4, {"email": "chi@sai.example.vn"}, **by_desk)
    second = hand_in([*FIRST[:2], ("Lê Văn Chi", "", "chi@snv.example.vn"), FIRST[3]])
    assert people(db, second)["Lê Văn Chi"].values["email"] == "chi@snv.example.vn"
    assert second.must_count == 0


def test_a_line_left_out_stays_out_while_it_is_sent_as_before(
    db: Session, hand_in: Any, by_desk: dict[str, Any]
) -> None:
    first = hand_in(FIRST)
    service.leave_out(db, first.id, 4, left_out=True, **by_desk)
    second = hand_in([*FIRST, ("Vũ Văn Em", "0912000005", "em@snv.example.vn")])
    assert people(db, second)["Lê Văn Chi"].left_out
    assert (second.line_count, second.left_out_count, second.must_count) == (4, 1, 0)


def test_a_person_added_on_the_page_is_kept_once(
    db: Session, hand_in: Any, by_desk: dict[str, Any]
) -> None:
    first = hand_in(FIRST[:2])
    typed = {
        "full_name": "Vũ Văn Em",
        "position": "Phó Giám đốc",
        "department": "Sở Nội vụ",
        "phone": "0912000005",
        "email": "em@snv.example.vn",
    }
    service.edit_line(db, first.id, None, typed, **by_desk)
    second = hand_in(FIRST[:1])
    assert set(people(db, second)) == {"Nguyễn Văn An", "Vũ Văn Em"}
    third = hand_in([FIRST[0], ("Vũ Văn Em", "0912000005", "em@snv.example.vn")])
    assert (third.line_count, third.must_count) == (2, 0)


def test_a_second_upload_counts_who_came_changed_and_went(
    db: Session, hand_in: Any, by_desk: dict[str, Any]
) -> None:
    first = hand_in(FIRST)
    second = hand_in(
        [
            ("Vũ Văn Em", "0912000005", "em@snv.example.vn"),
            FIRST[0],
            ("Trần Thị Bình", "0912000002", "binh@snv.example.vn"),
            FIRST[2],
        ]
    )
    assert carry_over.summary(db, second) == carry_over.Summary(1, added=1, changed=1, removed=1)
    changes = carry_over.changes_between(db, first.id, second.id)
    assert [line.values["full_name"] for line in changes.added] == ["Vũ Văn Em"]
    assert changes.changed[0].columns == {"email": ("binh@gmial.com", "binh@snv.example.vn")}
    assert [line.values["full_name"] for line in changes.removed] == ["Phạm Thị Dung"]


def test_the_first_version_has_nothing_to_be_compared_with(db: Session, hand_in: Any) -> None:
    assert carry_over.summary(db, hand_in(FIRST)) is None


def test_what_is_written_by_hand_after_the_upload_counts_as_a_change(
    db: Session, hand_in: Any, by_desk: dict[str, Any]
) -> None:
    hand_in(FIRST)
    second = hand_in([*FIRST, ("Vũ Văn Em", "0912000005", "em@snv.example.vn")])
    assert carry_over.summary(db, second) == carry_over.Summary(1, added=1, changed=0, removed=0)
    service.leave_out(db, second.id, 2, left_out=True, **by_desk)
    service.edit_line(db, second.id, 3, {"position": "Quyền Giám đốc"}, **by_desk)
    assert carry_over.summary(db, second) == carry_over.Summary(1, added=1, changed=1, removed=1)


def test_a_person_of_whom_nothing_is_written_is_not_added(
    db: Session, hand_in: Any, by_desk: dict[str, Any]
) -> None:
    first = hand_in(FIRST)
    with pytest.raises(NothingWritten):
        service.edit_line(db, first.id, None, {"full_name": "  ", "phone": ""}, **by_desk)
    assert len(carry_over.kept_lines(db, first.id)) == len(FIRST)


def test_a_name_mended_is_the_same_person_by_the_contact() -> None:
    before = [kept(2, "Nguyễn Văn A", "0912000001"), kept(3, "Trần Thị B", "0912000002")]
    now = [kept(2, "Trần Thị B", "0912000002"), kept(3, "Nguyễn Văn Anh", "0912000001")]
    assert pairs(before, now) == {2: 3, 3: 2}


def test_two_namesakes_are_told_apart_by_where_they_work() -> None:
    before = [kept(2, "Lê An", position="Giám đốc"), kept(3, "Lê An", position="Phó Giám đốc")]
    now = [kept(2, "Lê An", position="Phó Giám đốc")]
    changes = compared(before, now)
    assert (len(changes.added), len(changes.changed)) == (0, 0)
    assert [line.line for line in changes.removed] == [2]
