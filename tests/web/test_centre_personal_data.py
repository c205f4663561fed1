"""The centre's page of personal data: a request from the card to the answer, the statement, the record, and who sees what."""

import subprocess

import pytest
from sqlalchemy import select

from surveyapp.accounts.models import AuditEntry
from surveyapp.db import reading, transaction
from surveyapp.invitations.models import Invitation
from surveyapp.operations.models import DataRequest
from surveyapp.operations.personal_data.activities import ACTIVITIES
from tests import factories
from tests.invitations.roster import Roster, issue_all
from tests.web.browsing import person_card, post, sign_in
from tests.web.test_parts import Page

HERE = "/centre/tiny/personal-data"
NAME, WISH = "Trần Thị Bình", "Số điện thoại đúng là 0987 654 321"


@pytest.fixture
def invitation_id(engine, keys, now, moment):
    """An invited person of a province; an operator, an auditor, and the desks of two provinces."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        person = Roster(db, campaign).named("01", "council", name=NAME, email="binh@dv.example.vn")
        issue_all(db, campaign, keys, now)
        for role, unit in (("operator", ""), ("auditor", ""), ("coordinator", "01")):
            factories.staff(db, now, role, unit=unit)
        factories.staff(db, now, "coordinator", unit="46", username="another")
        held = select(Invitation.id).where(Invitation.person_id == person)
        return db.scalars(held).one()


def enter(client, invitation_id=None, **changed):
    """Write a request down; where it led."""
    fields = {"data_kind": "correct", "received_on": "15/01/2024", "way": "email", "identity": "Gọi lại", "wish": WISH} | changed  # fmt: skip
    address = f"{HERE}/new/{invitation_id}" if invitation_id else f"{HERE}/new"
    return post(client, address, address, **fields)


def test_a_request_goes_from_the_card_over_the_desk_to_its_answer(invitation_id, client, app):
    sign_in(client, "operator")
    card = person_card(client, f"/centre/tiny/invitations/{invitation_id}/").text
    assert f"{HERE}/new/{invitation_id}" in card
    own = enter(client, invitation_id).location
    page = client.get(own).text
    assert NAME in page and WISH in page
    assert "chậm nhất 17/01/2024" in page and "25/01/2024" in page
    for username, is_told in (("coordinator-01", True), ("another", False)):
        desk = app.test_client()
        sign_in(desk, username)
        unit = "01" if is_told else "46"
        assert (WISH in desk.get(f"/desk/tiny/{unit}/").text) is is_told
    assert post(client, own, f"{own}acknowledge").status_code == 303
    assert post(client, own, f"{own}put-off", reason="Đơn vị đang sửa").status_code == 303
    assert "04/02/2024" in client.get(own).text
    assert post(client, own, f"{own}answer", outcome="corrected").status_code == 303
    page = client.get(own).text
    assert "Đã sửa trong danh sách" in page
    assert not [form for form in Page(page).all("form") if form["action"].endswith("answer")]
    assert "Đã sửa trong danh sách" in client.get(HERE).text


def test_the_list_names_nobody_and_says_what_is_overdue(invitation_id, client, app, moment):
    sign_in(client, "operator")
    enter(client, invitation_id, received_on="02/01/2024")
    auditor = app.test_client()
    sign_in(auditor, "auditor")
    for one in (client, auditor):
        page = one.get(HERE).text
        assert "1 yêu cầu đã quá hạn một bước." in page
        assert NAME not in page and WISH not in page
    assert "/new" not in auditor.get(HERE).text


def test_what_is_held_is_shown_and_printed_each_time_with_an_entry(invitation_id, client, tmp_path):
    sign_in(client, "operator")
    own = enter(client, invitation_id, data_kind="see", wish="").location
    assert "binh@dv.example.vn" not in client.get(own).text
    shown = post(client, own, f"{own}held").text
    assert "binh@dv.example.vn" in shown and "chưa bắt đầu" in shown
    assert "không có câu trả lời nào" in shown
    printed = post(client, own, f"{own}statement.pdf")
    assert printed.mimetype == "application/pdf"
    paper = tmp_path / "statement.pdf"
    paper.write_bytes(printed.data)
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True, timeout=60).stdout  # fmt: skip
    assert NAME in text and "binh@dv.example.vn" in text
    with reading() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action.like("data%"))).all()
        assert [one.action for one in entries] == ["data_request.received", "data_held.shown", "data_held.printed"]  # fmt: skip
        assert not [one for one in entries if NAME in str(one.facts)]


def test_what_is_missing_is_named_beside_its_field_and_nothing_typed_is_lost(invitation_id, client):
    sign_in(client, "operator")
    page = enter(client, invitation_id, data_kind="", way="", identity="Thẻ công chức")
    assert page.status_code == 422
    assert "Vui lòng chọn loại yêu cầu." in page.text and "Thẻ công chức" in page.text
    page = enter(client, invitation_id, identity="", received_on="30/02/2024")
    assert page.status_code == 422
    assert "Vui lòng ghi ngày nhận" in page.text and WISH in page.text
    own = enter(client, invitation_id).location
    for fields in ({"outcome": ""}, {"outcome": "given"}, {"outcome": "refused"}):
        assert post(client, own, f"{own}answer", **fields).status_code == 422
    with reading() as db:
        assert db.scalars(select(DataRequest.answered_at)).one() is None


def test_somebody_on_no_list_is_answered_too_and_has_no_statement(invitation_id, client):
    sign_in(client, "operator")
    own = enter(client, data_kind="erase").location
    page = client.get(own)
    assert "statement.pdf" not in page.text and 'value="removed"' not in page.text
    assert post(client, own, f"{own}answer", outcome="nothing_held").status_code == 303


def test_the_record_of_processing_is_a_page_and_a_paper(invitation_id, client):
    sign_in(client, "auditor")
    page = client.get(f"{HERE}/processing").text
    assert "person_entry" in page and "draft: ciphertext" not in page
    assert page.count("<details><summary>") == len(ACTIVITIES) + 3  # all but the first is folded
    paper = client.get(f"{HERE}/processing.pdf")
    assert paper.data.startswith(b"%PDF")
