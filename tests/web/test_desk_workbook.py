"""A coordinator gets the own workbook back, puts its reading right and sees what a new file changes."""

import re
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from surveyapp.db import transaction
from tests import factories
from tests.web.browsing import read_and_confirm, reading_form, sign_in
from tests.web.test_desk import HOME, LISTED, hand_in, post, stored, text
from tests.web.test_desk import desk as desk

ODD = [
    ["Danh sách đại biểu"],
    ["Người", "Giữ chức", "Số máy", "Hòm thư"],
    ["Nguyễn Văn An", "Trưởng ban", "0912000001", "an@snv.example.vn"],
    ["Trần Thị Bình", "Phó trưởng ban", "0912000002", "binh@snv.example.vn"],
]
AT = {"sheet": "hdnd"}
TOLD = {
    **AT,
    "header_line": "2",
    "column_full_name": "A",
    "column_position": "B",
    "column_phone": "c",
}


def odd_file(*more: list[str]) -> bytes:
    return "\n".join(",".join(row) for row in [*ODD, *more]).encode()


def send(desk: FlaskClient, content: bytes) -> Any:
    """The answer to an upload: where the file is shown as it was understood."""
    return post(
        desk,
        f"{HOME}lists/council/",
        {"file": (BytesIO(content), "hdnd.csv")},
        content_type="multipart/form-data",
    )


def tell(desk: FlaskClient, content: bytes, **told: str) -> Any:
    """Send a file and say how it is to be read, or confirm what was understood; the answer to that."""
    sent = send(desk, content)
    if not told:
        return read_and_confirm(desk, sent)
    return desk.get(post(desk, sent.location, told).location)


def test_the_own_workbook_comes_back_with_its_faults_marked(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    assert "Tải lại tệp của đơn vị có đánh dấu lỗi" in text(desk.get(address))
    answer = desk.get(f"{address}marked.xlsx")
    assert "danh-sach-da-danh-dau.xlsx" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    assert "Phải sửa" in sheet["E4"].comment.text


def test_the_marked_workbook_of_another_unit_is_not_found(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    assert desk.get(f"{address}marked.xlsx".replace("/01/", "/46/")).status_code == 404


def test_a_second_file_shows_who_came_changed_and_went(desk: FlaskClient) -> None:
    hand_in(desk, LISTED)
    better = [("Trần Thị Bình", "0912000002", "binh@snv.example.vn"), LISTED[0]]
    address = hand_in(desk, better).location
    assert "So với bản 1: thêm 0, sửa 1, bớt 1 người" in text(desk.get(address))
    page = text(desk.get(f"{address}changes"))
    assert "binh@gmial.com → binh@snv.example.vn" in page
    assert "Lê Văn Chi" in page


def test_many_changes_come_a_page_at_a_time(desk: FlaskClient) -> None:
    hand_in(desk, LISTED)
    address = hand_in(desk, factories.people(35, start=100)).location
    pages = [desk.get(f"{address}changes?page={n}").get_data(as_text=True) for n in (1, 2, 3)]
    names = [re.findall(r'data-label="Họ và tên">([^<]+)<', page) for page in pages]
    added = sum(map(len, names)) - len(LISTED)
    assert [len(each) for each in names] == [15 + len(LISTED), 15, added - 30]
    assert f"Thêm: {added} người" in pages[2]
    assert 'changes?page=2"' in pages[0]


def test_the_changes_are_those_of_this_moment_after_mends_by_hand(
    desk: FlaskClient, now: datetime
) -> None:
    people = [
        ("Trần Thị Bình", "0912000002", "binh@snv.example.vn"),
        ("Lê Văn Chi", "0912000003", "chi@snv.example.vn"),
    ]
    hand_in(desk, people)
    address = hand_in(desk, [*people, ("Đỗ Văn Em", "0912000005", "em@snv.example.vn")]).location
    assert "thêm 1, sửa 0, bớt 0 người" in text(desk.get(address))
    post(desk, f"{address}line/2", {"email": "tran.binh@snv.example.vn"})
    assert "thêm 1, sửa 1, bớt 0 người" in text(desk.get(address))
    typed = {"full_name": "Đỗ Thị Hoa", "position": "Giám đốc", "department": "Sở Nội vụ"}
    post(desk, f"{address}line/new", {**typed, "phone": "0987654321"})
    post(desk, f"{address}line/3/out", {})
    assert "thêm 2, sửa 1, bớt 1 người" in text(desk.get(address))
    with transaction() as db:
        factories.staff(db, now, "operator", username="vu")
    centre = desk.application.test_client()
    sign_in(centre, "vu")
    page = text(centre.get(f"/centre/tiny/list/{stored()[-1].id}/"))
    assert "thêm 2, sửa 1, bớt 1 người" in page


def test_the_first_version_has_no_changes_to_show(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    assert "chưa có gì để so sánh" in text(desk.get(f"{address}changes"))


def test_a_file_nobody_understands_is_read_as_the_coordinator_says(desk: FlaskClient) -> None:
    page = desk.get(send(desk, odd_file()).location)
    assert "Không tìm thấy dòng tiêu đề" in text(page)
    assert "Nguyễn Văn An" in text(page)
    assert stored() == []
    chosen = text(
        desk.get(re.search(r'href="([^"]*header_line=2)"', page.text)[1].replace("&amp;", "&"))
    )
    assert "A: Người" in chosen
    form = reading_form(desk.get(f"{send(desk, odd_file()).location}"))
    assert (form["header_line"], form["column_full_name"], form["column_email"]) == ("2", "A", "D")
    assert "tiêu đề ở dòng 2" in chosen
    assert tell(desk, odd_file(), **TOLD).status_code == 303
    assert (stored()[0].line_count, stored()[0].must_count) == (2, 0)


def test_pointing_at_no_column_of_names_keeps_the_file_and_says_so(desk: FlaskClient) -> None:
    reading_page = send(desk, odd_file()).location
    answer = post(desk, reading_page, {"header_line": "2", "column_phone": "C"})
    assert (answer.status_code, "chọn cột có họ và tên" in text(answer)) == (422, True)
    assert stored() == []


def test_the_reading_is_remembered_for_the_next_file_of_the_unit(desk: FlaskClient) -> None:
    tell(desk, odd_file(), **TOLD)
    more = odd_file(["Lê Văn Chi", "Ủy viên", "0912000003", ""])
    shown = text(desk.get(send(desk, more).location))
    assert "Trình bày như tệp lần trước" in shown
    answer = tell(desk, more)
    assert answer.status_code == 303
    assert stored()[1].line_count == 3
    assert "Đọc theo cách đầu mối của đơn vị đã chỉ" in text(desk.get(answer.location))


def test_the_reading_is_put_right_on_a_page_that_shows_the_rows(desk: FlaskClient) -> None:
    address = tell(desk, odd_file(), **TOLD).location
    page = text(desk.get(f"{address}reading"))
    assert "D: Hòm thư" in page
    told = {**TOLD, "column_email": "D"}
    assert post(desk, f"{address}reading", told).status_code == 303
    shown = text(desk.get(f"{address}?show=all"))
    assert "binh@snv.example.vn" in shown


def test_a_reading_without_names_changes_nothing(desk: FlaskClient) -> None:
    address = tell(desk, odd_file(), **TOLD).location
    answer = post(desk, f"{address}reading", {"header_line": "2", "column_phone": "C"})
    assert (answer.status_code, stored()[0].line_count) == (422, 2)


def test_another_row_can_be_looked_at_before_it_is_chosen(desk: FlaskClient) -> None:
    address = tell(desk, odd_file(), **TOLD).location
    assert "A: Nguyễn Văn An" in text(desk.get(f"{address}reading?header_line=3"))


@pytest.mark.parametrize("line", ["0", "999999", "x", "-1"])
def test_any_header_row_typed_is_answered(desk: FlaskClient, line: str) -> None:
    address = tell(desk, odd_file(), **TOLD).location
    assert desk.get(f"{address}reading?header_line={line}").status_code == 200
