"""What people ask about the data held on them: terms, steps, what is told and what is not, and what is forgotten."""

import json
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.models import AuditEntry
from surveyapp.i18n import speaking
from surveyapp.invitations import service as invitations
from surveyapp.invitations.models import Invitation
from surveyapp.operations import erasing
from surveyapp.operations.models import DataRequest
from surveyapp.operations.personal_data import holdings, requests, rules
from surveyapp.operations.personal_data import processing_record as records
from surveyapp.operations.personal_data.activities import ACTIVITIES, NOBODYS
from surveyapp.operations.personal_data.errors import (
    DataRequestAnswered,
    DataRequestRefused,
    PeopleForgotten,
)
from surveyapp.operations.personal_data.requests import AskedFor
from surveyapp.operations.personal_data.states import (
    DataRequestKind,
    DataRequestOutcome,
    DataRequestWay,
)
from surveyapp.respondents.models import ListLine, Person, PersonEntry
from surveyapp.tables import metadata
from tests import factories
from tests.invitations.roster import Roster, issue_all

NAME, WISH, PROOF = "Trần Thị Bình", "Sửa số điện thoại thành 0987 654 321", "Gọi lại số cũ"


@pytest.fixture
def bình(db, now, keys):
    """An invited person of a province, and her campaign."""
    campaign = factories.campaign(db, now, opened=True)
    person_id = Roster(db, campaign).named("01", "council", name=NAME)
    issue_all(db, campaign, keys, now)
    invitation_id = db.scalars(select(Invitation.id).where(Invitation.person_id == person_id)).one()
    return campaign, person_id, invitation_id


def asked(kind=DataRequestKind.CORRECT, **changed):
    given = {
        "kind": kind,
        "way": DataRequestWay.EMAIL,
        "received_on": date(2024, 1, 15),
        "wish": WISH,
        "identity": PROOF,
    }
    return AskedFor(**(given | changed))


@pytest.fixture
def received(db, bình, now, keys):
    """See `receive`."""

    def receive(kind=DataRequestKind.CORRECT, **changed):
        campaign, _person, invitation_id = bình
        return requests.receive(
            db,
            campaign,
            asked(kind, **changed),
            invitation_id=invitation_id,
            act=Act("centre", now, keys),
        )

    return receive


# ---- terms


def test_the_first_answer_is_due_on_the_second_working_day_over_weekends_and_holidays(db, now):
    campaign = factories.campaign(db, now)
    campaign.settings = {**campaign.settings, "holidays": ["2024-01-16"]}
    for received, due in (
        (date(2024, 1, 11), date(2024, 1, 15)),  # Thursday: Friday, Monday
        (date(2024, 1, 13), date(2024, 1, 17)),  # Saturday: Monday, then a holiday
    ):
        assert rules.first_answer_by(campaign, received) == due


@pytest.mark.parametrize(
    ("kind", "days"), [("see", 10), ("correct", 10), ("object", 15), ("erase", 20)]
)
def test_a_request_has_the_days_of_its_kind_and_as_many_again_once(
    kind, days, db, bình, received, now, keys
):
    one = received(DataRequestKind(kind))
    assert one.finish_by == date(2024, 1, 15) + timedelta(days=days)
    act = Act("centre", now, keys)
    requests.put_off(db, bình[0], one.id, reason="Đơn vị nghỉ", act=act)
    assert one.finish_by == date(2024, 1, 15) + timedelta(days=2 * days)
    with pytest.raises(DataRequestAnswered):
        requests.put_off(db, bình[0], one.id, reason="Lần nữa", act=act)


def test_a_term_that_is_over_is_put_off_no_more(db, bình, received, now, keys):
    one = received()
    late = Act("centre", now + timedelta(days=11), keys)
    with pytest.raises(DataRequestRefused) as refused:
        requests.put_off(db, bình[0], one.id, reason="Quên", act=late)
    assert refused.value.fields == {"reason": "late"}


# ---- steps


def test_a_request_goes_from_received_to_told_to_answered_and_each_step_names_who(
    db, bình, received, now, keys
):
    campaign = bình[0]
    one = received()
    requests.acknowledge(db, campaign, one.id, act=Act("hoa", now + timedelta(days=1), keys))
    corrected = DataRequestOutcome.CORRECTED
    requests.answer(db, campaign, one.id, corrected, words="Xong", act=Act("lan", now, keys))
    assert (one.received_by, one.acknowledged_by, one.answered_by) == ("centre", "hoa", "lan")
    assert requests.was_in_time(one)
    for again in (
        lambda: requests.answer(db, campaign, one.id, corrected, words="", act=Act("a", now, keys)),
        lambda: requests.acknowledge(db, campaign, one.id, act=Act("a", now, keys)),
    ):
        with pytest.raises(DataRequestAnswered):
            again()


def test_an_answer_after_its_day_counts_as_late(db, bình, received, now, keys):
    one = received()
    requests.acknowledge(db, bình[0], one.id, act=Act("hoa", now + timedelta(days=3), keys))
    assert requests.are_late([one], today=date(2024, 1, 18)) == 0, "the next step is not due yet"
    given = DataRequestOutcome.CORRECTED
    requests.answer(db, bình[0], one.id, given, words="", act=Act("hoa", now, keys))
    assert not requests.was_in_time(one)


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"wish": ""}, {"wish": "missing"}),
        ({"identity": ""}, {"identity": "missing"}),
        ({"received_on": date(2024, 1, 16)}, {"received_on": "day"}),
        ({"received_on": date(2023, 11, 1)}, {"received_on": "day"}),
    ],
)
def test_what_was_not_filled_in_is_named_and_nothing_is_entered(changed, fields, db, received):
    with pytest.raises(DataRequestRefused) as refused:
        received(**changed)
    assert refused.value.fields == fields
    assert db.scalars(select(DataRequest)).all() == []


def test_a_removal_is_answered_only_when_the_person_is_asked_no_more(db, bình, received, now, keys):
    campaign, _person, invitation_id = bình
    one, act = received(DataRequestKind.ERASE), Act("centre", now, keys)
    removed = DataRequestOutcome.REMOVED
    with pytest.raises(DataRequestRefused) as refused:
        requests.answer(db, campaign, one.id, removed, words="", act=act)
    assert refused.value.fields == {"outcome": "asked"}
    invitations.revoke(db, campaign, invitation_id, reason="Theo yêu cầu", act=act)
    requests.answer(db, campaign, one.id, removed, words="", act=act)
    assert one.outcome == removed


def test_of_nobody_on_the_lists_nothing_can_be_given_and_a_refusal_has_its_reason(
    db, bình, now, keys
):
    campaign, act = bình[0], Act("centre", now, keys)
    one = requests.receive(
        db, campaign, asked(DataRequestKind.SEE, wish=""), invitation_id=None, act=act
    )
    for outcome, words, fields in (
        (DataRequestOutcome.GIVEN, "", {"outcome": "outcome"}),
        (DataRequestOutcome.REFUSED, "", {"answer": "missing"}),
    ):
        with pytest.raises(DataRequestRefused) as refused:
            requests.answer(db, campaign, one.id, outcome, words=words, act=act)
        assert refused.value.fields == fields
    nothing = DataRequestOutcome.NOTHING_HELD
    requests.answer(db, campaign, one.id, nothing, words="", act=act)
    assert one.outcome == nothing


def test_the_trail_has_every_step_and_no_word_of_what_was_asked(db, bình, received, now, keys):
    campaign, act = bình[0], Act("centre", now, keys)
    one = received()
    requests.acknowledge(db, campaign, one.id, act=act)
    requests.put_off(db, campaign, one.id, reason="Lý do riêng", act=act)
    requests.note_shown(db, campaign, one, Action.DATA_HELD_SHOWN, act)
    requests.answer(
        db, campaign, one.id, DataRequestOutcome.REFUSED, words="Câu trả lời riêng", act=act
    )
    entries = db.scalars(select(AuditEntry).where(AuditEntry.action.like("data\\_%", escape="\\")))
    told = [(one.action, json.dumps(one.facts, ensure_ascii=False)) for one in entries]
    assert [action for action, _facts in told] == [
        "data_request.received",
        "data_request.acknowledged",
        "data_request.put_off",
        "data_held.shown",
        "data_request.answered",
    ]
    for secret in (NAME, WISH, PROOF, "Lý do riêng", "Câu trả lời riêng"):
        assert not [facts for _action, facts in told if secret in facts]


# ---- what is held


def test_the_statement_says_what_stands_under_the_name_and_nothing_of_answers(
    db, bình, received, now
):
    campaign, person_id, invitation_id = bình
    received()
    held = {part.title: dict(part.rows) for part in holdings.held_on(db, person_id)}
    assert held["Thông tin do đơn vị cung cấp"]["Họ và tên"] == NAME
    assert list(held["Phiếu được giao"].values()) == ["chưa bắt đầu"]
    assert held["Lời mời"]["Tình trạng"] == "có hiệu lực"
    assert "15/01/2024" in held["Yêu cầu về dữ liệu cá nhân"]
    person = invitations_of(db, campaign, invitation_id)
    invitations.begin(db, person, today=now.date())
    held = {part.title: dict(part.rows) for part in holdings.held_on(db, person_id)}
    begun = list(held["Phiếu được giao"].values())
    assert begun == ["đã bắt đầu ngày 15/01/2024, chưa nộp"]


def test_rows_of_another_of_the_same_name_are_not_in_the_statement(db, bình):
    title = "Các dòng mang tên này trong những bản danh sách đơn vị đã gửi"

    def rows_of(person_id):
        return {part.title: part.rows for part in holdings.held_on(db, person_id)}[title]

    _campaign, person_id, _invitation_id = bình
    first = db.get_one(Person, person_id)
    entry = db.scalars(select(PersonEntry).where(PersonEntry.person_id == person_id)).first()
    kept = {"list_id": entry.list_id, "name_key": first.name_key, "values": {}}
    db.add(ListLine(**kept, line=entry.line, cells={"full_name": NAME, "phone": "0912 000 001"}))
    db.add(ListLine(**kept, line=9999, cells={"full_name": NAME, "phone": "0912 000 002"}))
    db.flush()
    assert "0912 000 002" in str(rows_of(person_id)), "one of that name: every row may be theirs"
    copied = ("campaign_id", "unit_id", "full_name", "name_key", "position", "workplace", "phone")
    other = Person(id=uuid.uuid4(), email="", **{one: getattr(first, one) for one in copied})
    db.add(other)
    db.flush()
    assert "0912 000 001" in str(rows_of(person_id))
    assert "0912 000 002" not in str(rows_of(person_id))
    assert rows_of(other.id) == ()


def invitations_of(db, campaign, invitation_id):
    from surveyapp.invitations.queries import invited

    return invited(db, campaign, invitation_id)


def hang_on_a_person() -> set[str]:
    """Every table with a reference to a person, or to a table that has one."""
    tables = {"person"}
    while True:
        more = {
            table.name
            for table in metadata.sorted_tables
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table.name in tables
        }
        if more <= tables:
            return tables
        tables |= more


def test_every_table_that_hangs_on_a_person_is_in_the_statement_or_has_its_reason():
    told = holdings.TOLD | set(holdings.NOT_TOLD)
    assert hang_on_a_person() - told == set()
    assert told - hang_on_a_person() == {"list_line"}, "which bears the name itself"
    assert not holdings.TOLD & set(holdings.NOT_TOLD)


# ---- the record of processing


def test_every_table_has_its_activity_in_the_record_or_is_about_nobody():
    settled = [table for one in ACTIVITIES for table in one.tables]
    assert len(settled) == len(set(settled))
    assert not set(settled) & NOBODYS
    assert set(settled) | NOBODYS == {*metadata.tables, "alembic_version"}
    assert hang_on_a_person() <= set(settled)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_record_is_printed_from_the_schema_and_the_settings(language, db, bình, settings, now):
    with speaking(language):
        record = records.gather(db, bình[0], settings, now=now)
        rows = [row for part in record.sections for row in part.rows]
        paper = records.write_record(bình[0], record)
    told = "\n".join(value for _label, value in rows)
    assert "full_name" in told and "ciphertext" in told
    assert paper.startswith(b"%PDF")
    assert all(label and value for label, value in rows)


# ---- forgotten


def test_with_the_people_the_words_of_their_requests_go_and_their_days_stay(
    db, bình, received, now, keys
):
    campaign = bình[0]
    one = received()
    campaign.state = "released"
    db.flush()
    erasing.erase_people(db, campaign.code, act=Act("centre", now, keys))
    db.expire_all()
    assert (one.person_id, one.wish, one.identity) == (None, "", "")
    assert one.received_on == date(2024, 1, 15)
    with pytest.raises(PeopleForgotten):
        received()
