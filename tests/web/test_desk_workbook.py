"""A coordinator gets the own workbook back, puts its reading right and sees what a new file changes."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from tests.web.test_desk import HOME, LISTED, hand_in, post, stored, text
from tests.web.test_desk import desk as desk

ODD = [
    ["Danh sách đại biểu"],
    ["Người", "Giữ chức", "Số máy", "Hòm thư"],
    ["Nguyễn Văn An", "Trưởng ban", "0912000001", "an@snv.example.vn"],
    ["Trần Thị Bình", "Phó trưởng ban", "0912000002", "binh@snv.example.vn"],
]
TOLD = {"header_line": "2", "column_full_name": "A", "column_position": "B", "column_phone": "c"}


def odd_file(*more: list[str]) -> bytes:
    return "\n".join(",".join(row) for row in [*ODD, *more]).encode()


def send(desk: FlaskClient, content: bytes, **told: str) -> Any:
    return post(
        desk,
        f"{HOME}lists/council/",
        {"file": (BytesIO(content), "hdnd.csv"), **told},
        content_type="multipart/form-data",
    )


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


def test_the_first_version_has_no_changes_to_show(desk: FlaskClient) -> None:
    address = hand_in(desk, LISTED).location
    assert "chưa có gì để so sánh" in text(desk.get(f"{address}changes"))


def test_a_file_nobody_understands_is_read_as_the_coordinator_says(desk: FlaskClient) -> None:
    refused = send(desk, odd_file())
    assert (refused.status_code, "Chỉ rõ dòng tiêu đề" in text(refused)) == (422, True)
    answer = send(desk, odd_file(), **TOLD)
    assert answer.status_code == 303
    assert (stored()[0].line_count, stored()[0].must_count) == (2, 0)


def test_the_reading_is_remembered_for_the_next_file_of_the_unit(desk: FlaskClient) -> None:
    send(desk, odd_file(), **TOLD)
    answer = send(desk, odd_file(["Lê Văn Chi", "Ủy viên", "0912000003", ""]))
    assert answer.status_code == 303
    assert stored()[1].line_count == 3
    assert "Đọc theo cách đầu mối của đơn vị đã chỉ" in text(desk.get(answer.location))


def test_the_reading_is_put_right_on_a_page_that_shows_the_rows(desk: FlaskClient) -> None:
    address = send(desk, odd_file(), **TOLD).location
    page = text(desk.get(f"{address}reading"))
    assert "D: Hòm thư" in page
    told = {**TOLD, "column_email": "D"}
    assert post(desk, f"{address}reading", told).status_code == 303
    shown = text(desk.get(f"{address}?show=all"))
    assert "binh@snv.example.vn" in shown


def test_a_reading_without_names_changes_nothing(desk: FlaskClient) -> None:
    address = send(desk, odd_file(), **TOLD).location
    answer = post(desk, f"{address}reading", {"header_line": "2", "column_phone": "C"})
    assert (answer.status_code, stored()[0].line_count) == (422, 2)


def test_another_row_can_be_looked_at_before_it_is_chosen(desk: FlaskClient) -> None:
    address = send(desk, odd_file(), **TOLD).location
    assert "A: Nguyễn Văn An" in text(desk.get(f"{address}reading?header_line=3"))


@pytest.mark.parametrize("line", ["0", "999999", "x", "-1"])
def test_any_header_row_typed_is_answered(desk: FlaskClient, line: str) -> None:
    address = send(desk, odd_file(), **TOLD).location
    assert desk.get(f"{address}reading?header_line={line}").status_code == 200
