"""A coordinator hands in a list, mends it on the page and confirms it."""

import re
import subprocess
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from surveyapp import clock
from surveyapp.accounts.models import Staff
from surveyapp.db import reading, transaction
from surveyapp.keys import KeyRing
from surveyapp.respondents.lists import dropping
from surveyapp.respondents.models import RespondentList
from tests import factories
from tests.web.browsing import HERE, read_and_confirm, sign_in, token

HOME = "/desk/tiny/01/"
LISTED = [
    ("Nguyễn Văn An", "0912000001", "an@snv.example.vn"),
    ("Trần Thị Bình", "0912000002", "binh@gmial.com"),
    ("Lê Văn Chi", "", "chi@@snv.example.vn"),
]
CLEAN = LISTED[:1]


@pytest.fixture
def desk(client: FlaskClient, keys: KeyRing, now: datetime) -> FlaskClient:
    """Signed in as the coordinator of Hà Nội, before anything was handed in."""
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "coordinator", unit="01", username="desk01")
    sign_in(client, "desk01")
    return client


def post(desk: FlaskClient, url: str, fields: dict[str, Any], **kind: Any) -> Any:
    given = {"csrf_token": token(desk.get(HOME)), **fields}
    return desk.post(url, data=given, headers=HERE, **kind)


def hand_in(
    desk: FlaskClient, people: list[tuple[str, str, str]], kind: str = "agency-leaders"
) -> Any:
    """Send a file and press on from the page that shows how it was understood."""
    content = factories.list_file(kind, people)
    sent = post(
        desk,
        f"{HOME}lists/{kind}/",
        {"file": (BytesIO(content), "danh-sach.csv")},
        content_type="multipart/form-data",
    )
    return read_and_confirm(desk, sent)


def stored() -> list[RespondentList]:
    with reading() as db:
        return list(db.scalars(select(RespondentList).order_by(RespondentList.version)))


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_the_home_page_lists_what_is_asked_for_against_the_plan(desk: FlaskClient) -> None:
    page = text(desk.get(HOME))
    assert "Đã gửi 0 trên 4 danh sách" in page
    assert "– / khoảng 5" in page


def test_an_upload_leads_to_the_findings_on_the_sheets_own_rows(desk: FlaskClient) -> None:
    answer = hand_in(desk, LISTED)
    assert answer.status_code == 303
    page = text(desk.get(answer.location))
    assert "Còn 1 lỗi phải sửa ở 1 dòng" in page
    assert "chi@@snv.example.vn" in page
    assert "binh@gmial.com" in text(desk.get(f"{answer.location}?show=check"))


def test_a_refused_file_says_why_and_stores_nothing(desk: FlaskClient) -> None:
    answer = post(
        desk,
        f"{HOME}lists/council/",
        {"file": (BytesIO(b"%PDF-1.7 nothing to see"), "danh-sach.pdf")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "không phải bảng tính" in text(answer)
    assert stored() == []


def test_a_form_without_a_file_says_so(desk: FlaskClient) -> None:
    answer = post(desk, f"{HOME}lists/council/", {}, content_type="multipart/form-data")
    assert (answer.status_code, "Chưa chọn tệp" in text(answer)) == (422, True)


def test_the_same_file_twice_is_one_version(desk: FlaskClient) -> None:
    first, second = hand_in(desk, LISTED), hand_in(desk, LISTED)
    assert first.location == second.location
    assert "đã được gửi trước đó" in text(desk.get(second.location))
    assert len(stored()) == 1


def test_one_click_takes_a_proposal_and_returns_to_the_same_rows(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    answer = post(
        desk,
        f"{address}proposal",
        {"line": "3", "column": "email", "code": "email_typo", "show": "check", "row": "line-2"},
    )
    assert answer.location.endswith("?show=check#line-2")
    page = text(desk.get(f"{address}?show=all"))
    assert "binh@gmail.com" in page
    assert "(đã sửa)" in page


def test_a_line_is_mended_by_a_form_that_says_what_is_wrong(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    form = desk.get(f"{address}line/4")
    assert "Địa chỉ thư điện tử không hợp lệ" in text(form)
    wrong = post(desk, f"{address}line/4", {"email": "chi@", "full_name": "Lê Văn Chi"})
    assert wrong.location.endswith("/line/4")
    right = post(desk, f"{address}line/4", {"email": "chi@snv.example.vn"})
    assert "/line/4" not in right.location
    assert stored()[0].must_count == 0


def test_a_person_is_added_by_the_same_form(desk: FlaskClient) -> None:
    address = hand_in(desk, CLEAN).location
    typed = {
        "full_name": "Đỗ Thị Hoa",
        "position": "Giám đốc",
        "department": "Sở Nội vụ",
        "phone": "0987 654 321",
    }
    post(desk, f"{address}line/new", typed)
    assert stored()[0].line_count == 2
    assert "0987654321" in text(desk.get(f"{address}?show=all"))


def test_a_list_is_confirmed_only_when_nothing_must_be_mended(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    refused = post(desk, f"{address}accept", {"checked": "1"})
    assert (refused.status_code, stored()[0].state) == (409, "staged")
    post(desk, f"{address}line/4/out", {})
    unchecked = post(desk, f"{address}accept", {})
    assert unchecked.status_code == 422
    assert "Vui lòng đánh dấu xác nhận" in text(unchecked)
    accepted = post(desk, f"{address}accept", {"checked": "1"})
    assert (accepted.status_code, stored()[0].state) == (303, "accepted")
    assert "Đã gửi 1 trên 4 danh sách" in text(desk.get(HOME))


def test_an_accepted_list_can_be_taken_back_and_mended(desk: FlaskClient) -> None:
    address = hand_in(desk, CLEAN).location
    post(desk, f"{address}accept", {})
    assert post(desk, f"{address}line/2/out", {}).status_code == 409
    post(desk, f"{address}withdraw", {})
    assert stored()[0].state == "staged"
    assert post(desk, f"{address}line/2/out", {}).status_code == 303


def test_the_file_as_sent_and_its_findings_can_be_downloaded(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    assert desk.get(f"{address}file").data == factories.list_file("agency-leaders", LISTED)
    book = desk.get(f"{address}findings.xlsx")
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_filelike(BytesIO(book.data)).get_sheet_by_index(0).to_python()
    assert (4.0, "Phải sửa", "Thư điện tử", "chi@@snv.example.vn") in {tuple(r[:4]) for r in rows}


def test_of_a_version_that_was_dropped_long_ago_there_is_no_file_and_the_pages_stand(
    desk: FlaskClient, now: datetime
) -> None:
    address = hand_in(desk, LISTED).location
    post(desk, f"{address}withdraw", {})
    with transaction() as db:
        assert dropping.forget_dropped(db, now=clock.now() + timedelta(days=31)) == 1
    assert desk.get(f"{address}file").status_code == 404
    assert desk.get(address).status_code == 200
    assert "Trần Thị Bình" not in text(desk.get(f"{address}?show=all"))
    assert desk.get(f"{HOME}lists/agency-leaders/").status_code == 200
    assert hand_in(desk, CLEAN).status_code == 303


def test_the_template_is_a_workbook_of_this_unit(desk: FlaskClient) -> None:
    answer = desk.get(f"{HOME}lists/agency-leaders/template.xlsx")
    assert answer.data.startswith(b"PK")
    assert "mau-01-agency-leaders.xlsx" in answer.headers["Content-Disposition"]


def test_nobody_in_a_list_needs_a_reason(desk: FlaskClient) -> None:
    assert post(desk, f"{HOME}lists/council/nobody", {}).status_code == 422
    post(desk, f"{HOME}lists/council/nobody", {"reason": "Không còn HĐND"})
    assert "Đã khai không có người" in text(desk.get(HOME))


def test_a_list_the_unit_is_not_asked_for_is_not_there(desk: FlaskClient) -> None:
    assert desk.get(f"{HOME}lists/par-officers/").status_code == 404


def test_another_units_list_is_not_there_on_any_page_of_a_desk(
    app: Flask, desk: FlaskClient, now: datetime, keys: KeyRing
) -> None:
    with transaction() as db:
        campaign = factories.campaign(db, now)
        foreign = factories.staged_list(db, campaign, now, keys, unit="46", listed=LISTED).id
    rules = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("desk.")]
    asked = [r for r in rules if "list_id" in r.arguments]
    assert len(asked) > 12
    answers = {}
    for rule in asked:
        for unit in ("01", "46"):
            parts = {"campaign": "tiny", "unit": unit, "list_id": foreign, "line": 2}
            with app.test_request_context():
                build = app.url_map.bind("localhost").build
                method = "POST" if "POST" in (rule.methods or ()) else "GET"
                address = build(rule.endpoint, parts, method=method, append_unknown=False)
            act = post(desk, address, {"checked": "1"}) if method == "POST" else desk.get(address)
            answers[method, address] = act.status_code
    assert {request: code for request, code in answers.items() if code != 404} == {}
    assert state_of(foreign) == "staged"


def state_of(list_id: UUID) -> str:
    with reading() as db:
        return db.get_one(RespondentList, list_id).state


def test_approved_people_are_shown_to_their_own_unit_only(
    desk: FlaskClient, now: datetime, keys: KeyRing
) -> None:
    with transaction() as db:
        campaign = factories.campaign(db, now)
        factories.approved_list(db, campaign, now, keys, listed=CLEAN)
        other = [("Phạm Thị Xa", "0977000001", "")]
        factories.approved_list(db, campaign, now, keys, unit="46", listed=other)
    page = text(desk.get(f"{HOME}people"))
    assert "Nguyễn Văn An" in page
    assert "Phạm Thị Xa" not in page


def test_people_are_searched_without_their_name_in_an_address(
    desk: FlaskClient, now: datetime, keys: KeyRing
) -> None:
    with transaction() as db:
        campaign = factories.campaign(db, now)
        factories.approved_list(db, campaign, now, keys, listed=factories.people(3))
    results = post(desk, f"{HOME}people", {"search": "Nguyễn Văn Bình", "kind": ""})
    page = text(results)
    assert "Nguyễn Văn Bình" in page
    assert "Nguyễn Văn Chi" not in page
    assert "search=" not in results.get_data(as_text=True)


def test_long_lists_are_shown_fifteen_lines_at_a_time(desk: FlaskClient) -> None:
    address = hand_in(desk, factories.people(40)).location
    first, last = desk.get(f"{address}?show=all"), desk.get(f"{address}?show=all&page=3")
    assert first.get_data(as_text=True).count('<tbody id="line-') == 15
    assert last.get_data(as_text=True).count('<tbody id="line-') == 10


@pytest.mark.parametrize("odd", ["²", "٣", "-1", "0", "1e9", "9" * 30, "9" * 5000, ""])
def test_a_number_that_is_none_or_too_large_is_no_failure_of_the_server(desk, odd: str) -> None:
    address = hand_in(desk, LISTED).location
    answers = {
        "page": desk.get(f"{address}?show=all&page={odd}"),
        "people": desk.get(f"{HOME}people?page={odd}"),
        "reading": desk.get(f"{address}reading?header_line={odd}"),
        "line": desk.get(f"{address}line/{odd}"),
        "proposal": post(desk, f"{address}proposal", {"line": odd, "column": "email"}),
        "headcount": post(desk, f"{HOME}lists/council/headcount", {"declared": odd}),
    }
    assert {name: a.status_code for name, a in answers.items() if a.status_code >= 500} == {}


def test_looking_at_a_list_changes_nothing(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    before = [(s.state, s.must_count, s.version) for s in stored()]
    for page in ("", "?show=all", "?show=nonsense&page=nonsense", "line/2", "findings.xlsx"):
        assert desk.get(f"{address}{page}").status_code == 200
    assert [(s.state, s.must_count, s.version) for s in stored()] == before
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(RespondentList)) == 1


def test_the_pages_are_there_in_english(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    assert "Still to mend: 1 (lines: 1)" in text(desk.get(f"{address}?lang=en"))


def test_a_list_handed_in_has_a_minute_to_sign_and_one_being_mended_has_none(
    desk: FlaskClient, tmp_path: Path
) -> None:
    address = hand_in(desk, CLEAN).location
    assert desk.get(f"{address}minute.pdf").status_code == 409
    post(desk, f"{address}accept", {})
    file = tmp_path / "minute.pdf"
    file.write_bytes(desk.get(f"{address}minute.pdf").data)
    read = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
    words = re.sub(r"\s+", " ", read.stdout.decode())
    assert "Biên bản gửi danh sách" in words
    assert "Danh sách lãnh đạo sở và tương đương" in words
    sha256 = stored()[0].file_sha256
    assert sha256[:8] in words
    assert "Nguyễn Văn An" not in words


def test_the_minute_names_the_person_who_handed_it_in_not_the_account(
    desk: FlaskClient, tmp_path: Path
) -> None:
    with transaction() as db:
        db.execute(update(Staff).values(display_name="Đặng Thu Hà"))
    address = hand_in(desk, CLEAN).location
    post(desk, f"{address}accept", {})
    file = tmp_path / "minute.pdf"
    file.write_bytes(desk.get(f"{address}minute.pdf").data)
    read = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
    words = read.stdout.decode()
    assert words.count("Đặng Thu Hà") == 2
    assert "desk01" not in words
    assert "Đặng Thu Hà" in text(desk.get(address))


def test_a_version_not_yet_confirmed_leaves_the_one_handed_in_standing_on_the_home_page(
    desk: FlaskClient,
) -> None:
    post(desk, f"{hand_in(desk, CLEAN).location}accept", {})
    hand_in(desk, LISTED)
    page = text(desk.get(HOME))
    assert "Đã gửi 1 trên 4 danh sách" in page
    assert "Bản 2 chưa xác nhận; bản đang ở Vụ CCHC vẫn là bản 1." in page
    assert f"{len(CLEAN)} / khoảng 5" in page


def test_a_file_whose_reading_nobody_confirmed_is_on_the_home_page(desk: FlaskClient) -> None:
    given = {"file": (BytesIO(factories.list_file("agency-leaders", CLEAN)), "lan-2.csv")}
    reading_page = post(
        desk, f"{HOME}lists/agency-leaders/", given, content_type="multipart/form-data"
    ).location
    page = desk.get(HOME)
    assert "Tệp “lan-2.csv” đã tải lên, chưa xác nhận cách đọc." in text(page)
    assert reading_page in page.text
    assert "Đã gửi 0 trên 4 danh sách" in text(page)


def test_an_empty_form_adds_nobody_and_says_what_to_write(desk: FlaskClient) -> None:
    address = hand_in(desk, CLEAN).location
    answer = post(desk, f"{address}line/new", {"full_name": " ", "phone": ""})
    assert (answer.status_code, "Vui lòng ghi họ và tên" in text(answer)) == (422, True)
    assert stored()[0].line_count == len(CLEAN)


@pytest.mark.parametrize("door", ["/desk/", "/centre/"])
def test_an_address_typed_from_memory_leads_to_where_one_works(
    desk: FlaskClient, client: FlaskClient, door: str
) -> None:
    assert desk.get(desk.get(door).location).location.endswith(HOME)
    stranger = desk.application.test_client()
    assert "/account/sign-in" in stranger.get(door).location
    assert "đăng nhập" in text(stranger.get("/"))
