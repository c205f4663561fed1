"""Operators issue, hand over, replace and end invitations; nobody else does."""

import csv
import io
import re
from types import SimpleNamespace

import pytest
from flask import g
from openpyxl import load_workbook
from sqlalchemy import select

from surveyapp.accounts import audit
from surveyapp.accounts.models import AuditEntry
from surveyapp.assignments.models import Assignment
from surveyapp.db import reading, transaction
from surveyapp.invitations import queries
from surveyapp.invitations.credentials import codes, links
from surveyapp.invitations.errors import LinkReplaced, LinkRevoked
from surveyapp.invitations.models import Invitation
from surveyapp.responses.models import Draft
from surveyapp.web.http.safeguards import people_shown
from tests import factories
from tests.invitations.roster import Roster, counted, opened, standing
from tests.web.browsing import post, sign_in

PAGE = "/centre/tiny/invitations"


@pytest.fixture
def people(engine, now):
    """Three people on an approved list, and the staff."""
    with transaction() as db:
        campaign = opened(db, now)
        roster = Roster(db, campaign)
        person_ids = [
            roster.named("01", "agency-leaders", "SNV", name=name, email=email)
            for name, email in (
                ("Nguyễn Văn An", "an@so.example.vn"),
                ("Trần Thị Bình", "=HYPERLINK(1)"),
                ("Lê Đức Chi", "chi@so.example.vn"),
            )
        ]
        for role in ("operator", "viewer", "auditor"):
            factories.staff(db, now, role)
    return person_ids


@pytest.fixture
def operator(client, people):
    sign_in(client, "operator")
    return client


def download(operator, **fields):
    return post(operator, PAGE + "/mailing", PAGE + "/mailing", **fields)


def rows_of(answer):
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_one_press_invites_everybody_on_the_approved_lists(operator, people):
    before = operator.get(PAGE).text
    assert "Đã xử lý 0 trên 3 người" in before
    post(operator, PAGE, PAGE + "/issue")
    assert "đều đã có lời mời đúng với danh sách" in operator.get(PAGE).text
    with transaction() as db:
        assert len(db.scalars(select(Invitation)).all()) == 3


def test_the_mailing_file_opens_the_questionnaires_of_its_people(operator, people, keys):
    post(operator, PAGE, PAGE + "/issue")
    answer = download(operator, who="waiting", format="csv")
    assert answer.headers["Content-Disposition"].endswith(".csv")
    rows = rows_of(answer)
    assert [row["Họ và tên"] for row in rows] == ["Lê Đức Chi", "Nguyễn Văn An", "Trần Thị Bình"]
    for row in rows:
        code = links.read(keys, row["Liên kết"].removeprefix("http://localhost/t/"))
        assert row["Mã truy cập"] == codes.show(code)
        assert row["Số phiếu"] == "2"
        with transaction() as db:
            assert len(queries.find(db, code, keys=keys).assignments) == 2


def test_no_cell_of_the_csv_runs_as_a_formula(operator, people):
    post(operator, PAGE, PAGE + "/issue")
    rows = rows_of(download(operator, who="waiting", format="csv"))
    assert "'=HYPERLINK(1)" in {row["Thư điện tử"] for row in rows}


def test_the_workbook_keeps_codes_and_formulas_as_text(operator, people):
    post(operator, PAGE, PAGE + "/issue")
    answer = download(operator, who="waiting", format="xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    lines = list(book.active.iter_rows(values_only=True))
    book.close()
    assert len(lines) == 4
    assert all(re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{4}", line[7]) for line in lines[1:])
    assert "=HYPERLINK(1)" in {line[4] for line in lines}


def test_a_file_is_entered_in_the_audit_trail_and_its_people_wait_no_longer(operator, people):
    post(operator, PAGE, PAGE + "/issue")
    download(operator, who="waiting", format="csv")
    with transaction() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "invitation.listed")).one()
        assert (entry.actor, entry.facts["people"]) == ("operator", 3)
    again = download(operator, who="waiting", format="csv")
    assert again.status_code == 303
    assert len(rows_of(download(operator, who="everyone", format="csv"))) == 3


def test_questionnaires_count_as_sent_once_an_operator_confirms(operator, people):
    post(operator, PAGE, PAGE + "/issue")
    download(operator, who="waiting", format="csv")
    with transaction() as db:
        assert set(db.scalars(select(Assignment.disposition))) == {"not_sent"}
    post(operator, PAGE, PAGE + "/sent")
    with transaction() as db:
        assert set(db.scalars(select(Assignment.disposition))) == {"sent"}
        assert counted(db) == standing(db)


def test_a_lost_letter_is_answered_with_a_new_code(operator, people, keys, engine):
    post(operator, PAGE, PAGE + "/issue")
    old = next(
        row
        for row in rows_of(download(operator, who="waiting", format="csv"))
        if row["Họ và tên"] == "Nguyễn Văn An"
    )
    with transaction() as db:
        forms = queries.find(db, codes.read_typed(old["Mã truy cập"]), keys=keys).assignments
        db.add(
            Draft(
                assignment_id=forms[0].id, strand=bytes(16), version=bytes(16), ciphertext=b"begun"
            )
        )
    results = post(
        operator, PAGE, PAGE + "/search", text="nguyễn văn an", unit="", search_reason="gọi lại"
    )
    card = re.search(r'href="(/centre/tiny/invitations/[0-9a-f-]{36}/)"', results.text)[1]
    assert "Trần Thị Bình" not in results.text
    post(operator, card, card + "reissue", reissue_reason="Thư thất lạc")
    with transaction() as db:
        with pytest.raises(LinkReplaced):
            queries.find(db, codes.read_typed(old["Mã truy cập"]), keys=keys)
        assert db.scalars(select(Draft)).all() == []
    (fresh,) = rows_of(download(operator, who="waiting", format="csv"))
    assert fresh["Họ và tên"] == "Nguyễn Văn An"
    assert fresh["Mã truy cập"] != old["Mã truy cập"]


def test_a_new_code_needs_a_reason(operator, people):
    post(operator, PAGE, PAGE + "/issue")
    results = post(
        operator, PAGE, PAGE + "/search", text="Bình", unit="01", search_reason="gọi lại"
    )
    card = re.search(r'href="(/centre/tiny/invitations/[0-9a-f-]{36}/)"', results.text)[1]
    answer = post(operator, card, card + "reissue", reissue_reason="  ")
    assert answer.status_code == 422
    assert "Vui lòng ghi lý do" in answer.text
    with transaction() as db:
        assert set(db.scalars(select(Invitation.issue_number))) == {1}


def test_an_ended_invitation_opens_nothing(operator, people, keys):
    post(operator, PAGE, PAGE + "/issue")
    rows = rows_of(download(operator, who="waiting", format="csv"))
    row = next(row for row in rows if row["Họ và tên"] == "Lê Đức Chi")
    results = post(
        operator, PAGE, PAGE + "/search", text="chi@so", unit="", search_reason="gọi lại"
    )
    card = re.search(r'href="(/centre/tiny/invitations/[0-9a-f-]{36}/)"', results.text)[1]
    post(operator, card, card + "revoke", revoke_reason="Đã nghỉ hưu")
    with transaction() as db, pytest.raises(LinkRevoked):
        queries.find(db, codes.read_typed(row["Mã truy cập"]), keys=keys)
    assert "đã thu hồi" in operator.get(card).text


def test_viewers_see_how_far_it_is_and_no_person(client, people):
    sign_in(client, "viewer")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Tải tệp gửi" not in page.text
    assert client.get(PAGE + "/mailing").status_code == 403


def test_no_page_shows_a_code(operator, people, keys, now):
    post(operator, PAGE, PAGE + "/issue")
    results = post(operator, PAGE, PAGE + "/search", text="", unit="", search_reason="gọi lại")
    card = re.search(r'href="(/centre/tiny/invitations/[0-9a-f-]{36}/)"', results.text)[1]
    for page in (operator.get(PAGE), results, operator.get(card), operator.get(PAGE + "/mailing")):
        # Not within an id of an invitation, whose middle may happen to be of digits alone.
        assert not re.search(r"(?<![\w-])\d{4}(-\d{4}){3}(?![\w-])|/t/\d{16}", page.text)


def test_the_command_line_issues_and_writes_the_file(runner, engine, now, tmp_path):
    from surveyapp.cli.main import main

    with transaction() as db:
        roster = Roster(db, opened(db, now))
        roster.named("01", "council")
    issued = runner.invoke(main, ["invitations", "issue", "--campaign", "tiny"])
    assert issued.exit_code == 0, issued.output
    assert "cấp 1 phiếu" in issued.output
    out = tmp_path / "mailing.csv"
    where = ["--campaign", "tiny", "--out", str(out)]
    assert runner.invoke(main, ["invitations", "mailing", *where]).exit_code == 0
    assert out.stat().st_mode & 0o077 == 0
    assert len(out.read_text("utf-8-sig").splitlines()) == 2
    again = runner.invoke(main, ["invitations", "mailing", *where])
    assert again.exit_code == 1


def test_who_looks_people_up_says_why_and_it_is_entered_without_a_name(operator, people):
    silent = post(operator, PAGE, PAGE + "/search", text="Chi", unit="", search_reason=" ")
    assert silent.status_code == 422
    assert 'href="/centre/tiny/invitations/' not in silent.text.partition("<table")[2]
    post(operator, PAGE, PAGE + "/search", text="Chi", unit="01", search_reason="thư trả về")
    with reading() as db:
        (entry,) = [one for one in audit.entries(db) if one.action == "people.looked_up"]
    assert (entry.facts["reason"], entry.unit_code) == ("thư trả về", "01")
    assert set(entry.facts) == {"reason", "people"}


def test_a_card_by_its_address_asks_why_and_each_opening_is_an_entry(operator, people):
    post(operator, PAGE, PAGE + "/issue")
    with reading() as db:
        invitation_id = db.scalars(select(Invitation.id)).first()
    card = f"{PAGE}/{invitation_id}/"
    assert "Vì sao cần xem thông tin của người này?" in operator.get(card).text
    assert post(operator, card, card, search_reason="  ").status_code == 422
    post(operator, card, card, search_reason="thư bị trả lại")
    for _twice in range(2):
        assert "Ghi vào nhật ký với lý do: thư bị trả lại" in operator.get(card).text
    with reading() as db:
        entered = [one for one in audit.entries(db) if one.action == "people.shown"]
    assert [(one.facts["reason"], one.facts["invitation_id"]) for one in entered] == [
        ("thư bị trả lại", str(invitation_id))
    ] * 2


def test_a_reason_holds_for_four_hours_and_for_one_campaign(app, moment):
    with app.test_request_context("/centre/tiny/"):
        g.campaign = SimpleNamespace(code="tiny")
        people_shown.keep_reason("thư bị trả lại")
        assert people_shown.kept_reason() == "thư bị trả lại"
        g.campaign = SimpleNamespace(code="another")
        assert people_shown.kept_reason() == ""
        g.campaign = SimpleNamespace(code="tiny")
        moment.at += people_shown.HOLDS_FOR
        assert people_shown.kept_reason() == ""
