"""Every row of a file is accounted for: a person, or shown as nobody with the reason."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.respondents import errors
from surveyapp.respondents.reading.checking import check_workbook, take_in
from surveyapp.respondents.reading.sheet_reading import Override
from surveyapp.respondents.sheet import Sheet, Workbook
from surveyapp.respondents.words.bearers import could_be_person
from surveyapp.respondents.words.names import tidy
from tests.files import crowds
from tests.files.people import context

LEADERS = context("agency-leaders")
HEAD = ["STT", "Họ và tên", "Chức vụ", "Sở, ban, ngành", "Điện thoại", "Email"]


def book(*sheets: Sequence[Sequence[str]], names: Sequence[str] = ()) -> Workbook:
    """A workbook of such rows."""
    read = [
        Sheet(names[n] if names else f"Trang {n + 1}", False, 1, [list(row) for row in rows])
        for n, rows in enumerate(sheets)
    ]
    return Workbook("a.xlsx", "xlsx", tuple(read))


def person(number: str, name: str, department: str = "Sở Nội vụ") -> list[str]:
    return [number, name, "Phó Giám đốc", department, f"091200{len(name):02d}{number[-1:]}1", ""]


CELLS = st.sampled_from(
    ["", "", "", " ", "1", "07.", "II", "Lê Văn An", "Vũ Thị Hoa", "Trương Văn Nam", "SỞ NỘI VỤ", "Phòng Văn thư", "Giám đốc",
     "Q. Giám đốc", "Sở Tài chính", "0912000001", "an@hagiang.gov.vn", "Tổng cộng: 30 người", "NGƯỜI LẬP", "Trang 1/2", "nt", "#N/A",
     "Họ và tên", "Chức vụ", "Ghi chú: nộp trước 20/12", "TM. ỦY BAN NHÂN DÂN", "\u200b", "Khuyết", "a" * 80]
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=12)


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS, ROWS)
def test_rows_read_and_rows_shown_are_all_the_rows_that_hold_anything(
    above: list[list[str]], below: list[list[str]], other: list[list[str]]
) -> None:
    workbook = book([*above, HEAD, person("1", "Bùi Thị Hà"), *below], other)
    try:
        reading, taken, _marks = take_in(workbook, LEADERS)
    except errors.FileRefused:
        return
    if any(table.left or table.right for _, table in reading.tables()):
        return  # two tables side by side: a row of the sheet is two rows
    holding = sum(any(map(tidy, row)) for sheet in workbook.sheets for row in sheet.rows)
    assert len(taken.people) + len(taken.aside) == holding
    numbers = [row.number for row in taken.people] + [aside.number for aside in taken.aside]
    assert len(set(numbers)) == len(numbers)


def test_nobody_of_thousands_is_lost_whatever_the_family_is_called() -> None:
    taken, whose = crowds.taken(7, list(crowds.names(7, 2_000)))
    people = {row.number for row in taken.people}
    assert {name for line, name in whose.items() if line not in people} == set()
    assert taken.stated == 2_000


@pytest.mark.parametrize(
    ("text", "is_person"),
    [
        ("Vũ Thị Hoa", True), ("Vụ Pháp chế", False), ("Trương Văn Nam", True), ("Trường Chính trị", False), ("Đoàn Minh Hải", True),
        ("Đoàn Thanh niên", False), ("Phòng Văn Tú", True), ("Phòng Văn thư", False), ("Hội Văn Phúc", True), ("Hội Văn học nghệ thuật", False),
        ("Sở Văn Nam", True), ("SỞ NỘI VỤ", False), ("Ban Thị Mai", True), ("Ban Dân tộc", False), ("Quân Đức An", True), ("Huyện Nga Sơn", False),
        ("Huyện Văn Lãng", False), ("QUẬN THỊ NGHÈ", False), ("Quản Thị Hoa", True), ("Quan Văn Minh", True),
        ("VU THI HOA", True), ("VU PHAP CHE", False), ("H'Hen Niê", True), ("NGƯỜI LẬP BIỂU", False), ("Tổng Thị Hoa", True),
    ],
)  # fmt: skip
def test_a_lone_text_names_a_person_or_an_office(text: str, is_person: bool) -> None:
    assert could_be_person(text) is is_person


def test_a_gap_in_the_numbering_or_against_the_sum_is_a_finding() -> None:
    rows = [HEAD, person("1", "Lê Văn An"), person("2", "Bùi Thị Hà"), person("4", "Cao Văn Tâm")]
    checked = check_workbook(book([*rows, ["", "Tổng cộng: 05 người"]]), LEADERS)
    gaps = {f.code: dict(f.facts) for f in checked.findings if f.code.startswith("count_gap")}
    assert gaps["count_gap_numbering"] == {"read": 3, "said": 4, "answer": ""}
    assert gaps["count_gap_total"] == {"read": 3, "said": 5, "answer": ""}


def test_numbers_that_begin_anew_in_every_department_leave_no_gap() -> None:
    rows = [HEAD, ["I", "SỞ NỘI VỤ"], person("1", "Lê Văn An"), person("2", "Bùi Thị Hà")]
    rows += [["II", "SỞ TÀI CHÍNH"], person("1", "Cao Văn Tâm"), ["", "Tổng cộng: 3 người"]]
    checked = check_workbook(book(rows), LEADERS)
    assert [f.code for f in checked.findings if f.code.startswith("count_gap")] == []


def test_a_row_that_a_person_says_is_a_person_is_read_as_one() -> None:
    rows = [HEAD, person("1", "Lê Văn An"), ["", "NGƯỜI LẬP"], ["", "Trần Thị Lập"]]
    workbook = book(rows)
    _, taken, _ = take_in(workbook, LEADERS)
    assert [aside.reason for aside in taken.aside] == ["header", "clerk", "signature"]
    _, taken, _ = take_in(workbook, LEADERS, told=Override("", 1, {}, frozenset({4})))
    assert [row.cells["full_name"] for row in taken.people] == ["Lê Văn An", "Trần Thị Lập"]


def test_lines_of_a_letter_below_the_table_can_be_said_to_be_people_and_who_signs_is_none() -> None:
    rows = [HEAD, person("1", "Lê Văn An"), ["", "Kính gửi: Bộ Nội vụ"], ["", "Số: 12/BC-SNV"]]
    rows += [["", "", "", "Hà Giang, ngày 20 tháng 12 năm 2023"], ["", "Phạm Văn Ký"]]
    workbook = book(rows)
    _, taken, _ = take_in(workbook, LEADERS)
    assert [aside.reason for aside in taken.aside] == [
        "header", "letter", "letter", "signature", "signature",
    ]  # fmt: skip
    _, taken, _ = take_in(workbook, LEADERS, told=Override("", 1, {}, frozenset({6})))
    assert [row.cells["full_name"] for row in taken.people] == ["Lê Văn An", "Phạm Văn Ký"]


def test_a_sheet_that_is_left_aside_is_not_read_but_shown() -> None:
    sheets = ([HEAD, person("1", "Lê Văn An")], [HEAD, person("1", "Bùi Thị Hà")])
    workbook = book(*sheets, names=("Sở Nội vụ", "Cũ"))
    told = Override("", 1, {}, unread=frozenset({"Cũ"}))
    _, taken, _ = take_in(workbook, LEADERS, told=told)
    assert [row.cells["full_name"] for row in taken.people] == ["Lê Văn An"]
    assert [a.text for a in taken.aside if a.reason == "unread"][1].startswith("Cũ: 1 | Bùi Thị Hà")
