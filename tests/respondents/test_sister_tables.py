"""Tables of every kind as other desks lay them out."""

from collections.abc import Sequence

import pytest

from surveyapp.respondents.reading.checking import Checked, check_workbook
from tests.respondents.test_every_row import HEAD, LEADERS, book
from tests.respondents.test_sister_cells import GIVEN, MIDDLE, context_of

OWN = context_of("30")
HEAD_5 = ["STT", "Họ và tên", "Chức vụ", "Điện thoại", "Email"]
DEPARTMENTS = ["Sở Nội vụ", "Sở Tư pháp", "Sở Y tế"]


def row(n: int, columns: str = "nNpdte", *, position: str = "Phó Giám đốc") -> list[str]:
    """The n-th person, the cells in that order."""
    cells = {
        "n": str(n),
        "N": f"Trương {MIDDLE[n % 7]} {GIVEN[n % 11]}",
        "p": position,
        "d": DEPARTMENTS[n % 3],
        "t": f"0912{n * 7919 % 1_000_000:06d}",
        "e": f"nguoi{n * 31}x@haiduong.gov.vn",
    }
    return [cells.get(c, "") for c in columns]


def names(checked: Checked) -> list[str]:
    return [line.values["full_name"] for line in checked.lines]


def departments(checked: Checked) -> list[str]:
    return [line.values["department"] for line in checked.lines]


def asked(checked: Checked) -> list[tuple[int, str]]:
    return [(f.line, f.code) for f in checked.findings if f.counts and f.line > 0]


def whole(checked: Checked) -> set[str]:
    return {f.code for f in checked.findings if f.line == 0}


@pytest.mark.parametrize("name", ["{}", "{n}. {}", "0{n}_{}", "DS {}", "{} (3)", "Danh sách {}"])
def test_a_sheet_for_each_department_says_whose_people_it_holds(name: str) -> None:
    sheets = [[HEAD_5, *(row(n * 5 + k, "nNpte") for k in range(2))] for n in range(3)]
    titles = [name.format(d, n=n) for n, d in enumerate(DEPARTMENTS, 1)]
    checked = check_workbook(book(*sheets, names=titles), OWN)
    assert departments(checked) == [d for d in DEPARTMENTS for _ in range(2)]
    assert "other_sheets" in whole(checked)


@pytest.mark.parametrize("indent", [0, 1, 2, 4])
@pytest.mark.parametrize("again", [HEAD_5, ["TT", "Họ tên", "Chức danh", "SĐT", "Thư điện tử"]])
def test_tables_below_one_another_belong_to_the_department_above_each(
    indent: int, again: list[str]
) -> None:
    rows: list[list[str]] = []
    for n, department in enumerate(DEPARTMENTS):
        rows += [[""] * indent + [department], again if n else HEAD_5]
        rows += [row(n * 5 + k, "nNpte") for k in range(2)]
    checked = check_workbook(book(rows), OWN)
    assert departments(checked) == [d for d in DEPARTMENTS for _ in range(2)]
    assert asked(checked) == []


def test_a_table_below_in_another_order_keeps_the_department_of_its_title() -> None:
    rows = [["Sở Nội vụ"], HEAD_5, row(1, "nNpte"), row(2, "nNpte"), ["Sở Y tế"]]
    rows += [["Email", "SĐT", "Họ và tên", "Chức vụ"], row(3, "etNp"), row(4, "etNp")]
    assert departments(check_workbook(book(rows), OWN)) == ["Sở Nội vụ"] * 2 + ["Sở Y tế"] * 2


@pytest.mark.parametrize(
    "head",
    [
        [["STT", "Họ và tên", "", "Chức vụ", "Sở, ban, ngành", "Liên hệ", ""], ["", "Họ đệm", "Tên", "", "", "ĐT", "Email"]],
        [["STT", "Họ và tên", "Họ và tên", "Chức vụ", "Sở, ban, ngành", "Liên hệ", "Liên hệ"],
         ["STT", "Họ, chữ đệm", "Tên", "Chức vụ", "Sở, ban, ngành", "Di động", "Thư điện tử"]],
    ],
)  # fmt: skip
def test_a_name_has_parts_below_its_heading(head: list[list[str]]) -> None:
    people = [["1", "Lê Văn", "An", "Giám đốc", "Sở Nội vụ", "0912000001", "an@haiduong.gov.vn"],
              ["2", "Bùi Thị", "Hà", "Giám đốc", "Sở Y tế", "0912000077", "ha@haiduong.gov.vn"]]  # fmt: skip
    checked = check_workbook(book([*head, *people]), OWN)
    assert (names(checked), asked(checked)) == (["Lê Văn An", "Bùi Thị Hà"], [])


def test_headings_in_two_tongues_are_headings_both() -> None:
    english = ["No.", "Full name", "Position", "Department", "Phone", "Email"]
    checked = check_workbook(book([english, HEAD, *map(row, range(1, 4))]), OWN)
    assert (len(checked.lines), asked(checked)) == (3, [])


@pytest.mark.parametrize("order", ["nNpdte", "ndpNte", "Npdet", "dNt", "tNde"])
def test_columns_without_headings_are_told_in_any_order(order: str) -> None:
    rows = [row(n, order) for n in range(1, 6)]
    checked = check_workbook(book(rows), OWN)
    assert names(checked) == [row(n)[1] for n in range(1, 6)]
    assert "headings_guessed" in whole(checked)


def test_a_section_above_the_first_person_counts_where_there_are_no_headings() -> None:
    rows = [["UBND TỈNH HẢI DƯƠNG"], ["I", "Sở Nội vụ"], *(row(n, "nNpte") for n in (1, 2, 3))]
    rows += [["II", "Sở Y tế"], *(row(n, "nNpte") for n in (4, 5))]
    checked = check_workbook(book(rows), OWN)
    assert departments(checked) == ["Sở Nội vụ"] * 3 + ["Sở Y tế"] * 2


BELOW = [
    [["", "Ấn định danh sách: 03 người"]], [["", "", "Tổng: 3 người"]], [["Tổng số: 03 (ba) người"]],
    [["", "Cán bộ đầu mối"], ["", "Trần Thị Lập", "Chuyên viên", "", "0912345678", "lap@haiduong.gov.vn"]],
    [["", "Người lập biểu:", "Trần Thị Lập", "", "0912345678", "lap@haiduong.gov.vn"]],
    [["", "Liên hệ", "Lê Thị Tư", "", "0912345678", ""]],
    [["", "GIÁM ĐỐC"], [], ["", "Nguyễn Văn Giám"]],
    [["", "", "", "Hải Dương, ngày 20 tháng 12 năm 2023"], ["", "NGƯỜI LẬP", "", "KT. CHỦ TỊCH"], ["", "Lê Thị Lập", "", "Trần Văn Ký"]],
    [["", "Mọi thông tin xin liên hệ đ/c Nguyễn Văn Hỗ, SĐT 0912345678"]],
]  # fmt: skip


@pytest.mark.parametrize("below", BELOW)
def test_what_stands_below_the_people_is_nobody(below: list[list[str]]) -> None:
    checked = check_workbook(book([HEAD, *map(row, (1, 2, 3)), [], *below]), OWN)
    assert (len(checked.lines), asked(checked)) == (3, [])
    assert not any(code.startswith("count_gap") for code in whole(checked))


@pytest.mark.parametrize("total", ["Tổng: 5 người", "Ấn định danh sách: 05 người", "Cộng: 5"])
def test_a_sum_that_differs_is_a_gap(total: str) -> None:
    checked = check_workbook(book([HEAD, *map(row, (1, 2, 3)), ["", total]]), OWN)
    assert "count_gap_total" in whole(checked)


def test_people_without_contact_below_a_post_are_people() -> None:
    rows = [HEAD, ["", "GIÁM ĐỐC"], *([str(n), f"Lê Văn {x}"] for n, x in enumerate(GIVEN, 1))]
    assert len(check_workbook(book(rows), LEADERS).lines) == len(GIVEN)


def title_says(title: str, code: str) -> bool:
    return code in whole(check_workbook(book([[title], HEAD, *map(row, (1, 2, 3, 4))]), OWN))


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("DANH SÁCH NĂM 2020", True), ("(Kèm theo Công văn số 12/SNV ngày 10/12/2021)", True), ("DANH SÁCH ĐIỀU TRA XHH 2021", True),
        ("Phục vụ xác định Chỉ số CCHC (PAR INDEX) 2022", True), ("Danh sách cập nhật đến 31/12/2022", True),
        ("Nhiệm kỳ 2021 - 2026", False), ("Danh sách năm 2024", False), ("Căn cứ Nghị định 13/2021/NĐ-CP", False),
        ("KHẢO SÁT GIAI ĐOẠN 2021-2025", False), ("Theo Quyết định số 876/QĐ-BNV năm 2022, khảo sát năm 2023", False),
    ],
)  # fmt: skip
def test_a_list_of_another_year_is_asked_about(title: str, told: bool) -> None:
    assert title_says(title, "other_year_named") is told


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("SỞ NỘI VỤ HƯNG YÊN", True), ("UBND TPHCM", True), ("UBND TP.HCM", True), ("ĐƠN VỊ: HƯNG YÊN", True), ("HĐND TỈNH HƯNG YÊN", True),
        ("DANH SÁCH LÃNH ĐẠO CÁC SỞ CỦA HƯNG YÊN", True), ("UBND TỈNH HẢI DƯƠNG", False),
        ("Sở Nội vụ Hải Dương gửi Bộ Nội vụ, Hà Nội", False), ("BỘ NỘI VỤ", False),
    ],
)  # fmt: skip
def test_a_list_of_another_unit_is_asked_about(title: str, told: bool) -> None:
    assert title_says(title, "other_unit_named") is told


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("DANH SÁCH ĐẠI BIỂU HĐND TỈNH", True), ("DANH SÁCH LÃNH ĐẠO PHÒNG, CHI CỤC, ĐƠN VỊ TRỰC THUỘC SỞ", True),
        ("DANH SÁCH LÃNH ĐẠO UBND CẤP HUYỆN", True), ("Danh sách công chức phụ trách CCHC", True), ("DANH SÁCH LÃNH ĐẠO CÁC SỞ", False),
        ("SỞ NỘI VỤ", False), ("DANH SÁCH LÃNH ĐẠO SỞ, BAN, NGÀNH TỈNH HẢI DƯƠNG", False),
    ],
)  # fmt: skip
def test_a_list_of_another_kind_is_asked_about(title: str, told: bool) -> None:
    assert title_says(title, "other_kind_named") is told


@pytest.mark.parametrize(
    ("position", "told"),
    [
        ("Trưởng phòng", True), ("Giám đốc Trung tâm", True), ("Giám đốc Bệnh viện", True), ("Hiệu trưởng", True), ("Chuyên viên", True),
        ("Kế toán trưởng", True), ("Phó Giám đốc", False), ("Chánh Thanh tra", False), ("Trưởng ban", False), ("Chánh Văn phòng", False),
    ],
)  # fmt: skip
def test_people_of_divisions_in_a_list_of_leaders_are_asked_about(
    position: str, told: bool
) -> None:
    rows = [row(n, position=position) for n in range(1, 7)]
    assert ("position_unlikely" in whole(check_workbook(book([HEAD, *rows]), OWN))) is told


GROUPS = (
    ("district-leaders", "30", ["UBND huyện Ninh Giang", "Huyện Thanh Hà", "THỊ XÃ KINH MÔN"], "district"),
    ("department-leaders", "BNV", ["Vụ Pháp chế", "VỤ TỔ CHỨC CÁN BỘ", "Cục Văn thư và Lưu trữ nhà nước"], "workplace"),
    ("agency-leaders", "30", ["SỞ NỘI VỤ", "Sở Y tế", "Thanh tra tỉnh"], "department"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "unit", "groups", "column"), GROUPS)
@pytest.mark.parametrize("contact", [["", "02193860000", "vanthu@haiduong.gov.vn"], ["", "", ""]])
def test_a_row_of_an_office_says_where_the_people_below_it_work(
    kind: str, unit: str, groups: Sequence[str], column: str, contact: list[str]
) -> None:
    rows = [HEAD_5]
    for n, group in enumerate(groups, 1):
        rows += [[str(n), group, *contact]]
        rows += [["", *row(n * 5 + k, "Npte", position="Phó Chủ tịch")] for k in range(2)]
    checked = check_workbook(book(rows), context_of(unit, kind))
    written = [line.values[column].casefold() for line in checked.lines]
    assert written == [g.casefold() for g in groups for _ in range(2)]
