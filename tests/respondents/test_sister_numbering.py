"""People numbered in every way, and what stands below them and is nobody."""

from collections.abc import Sequence

import pytest

from surveyapp.respondents.reading.checking import Checked, check_workbook
from surveyapp.respondents.sheet import Sheet, Workbook
from tests.files.people import context
from tests.files.sisters.truth import HEAD, HEAD_5, OFFICES, Rows, crowd

LONE = ("Vũ Thị Hoa", "Trương Trung Tâm", "Đoàn Công Vụ", "Sở Văn Minh", "Lê Văn Hai", "Trần Thị Bé")  # fmt: skip
PEOPLE = crowd(9)
BODY = [HEAD, *(p.cells() for p in PEOPLE)]


def _read(rows: Rows, kind: str = "agency-leaders") -> Checked:
    sheet = Sheet("DS", False, 1, [list(row) for row in rows])
    return check_workbook(Workbook("danh-sach.xlsx", "xlsx", (sheet,)), context(kind))


def _names(checked: Checked) -> list[str]:
    return [line.values["full_name"] for line in checked.lines]


def _gaps(checked: Checked) -> list[str]:
    return [f.code for f in checked.findings if f.code.startswith("count_gap")]


@pytest.mark.parametrize("lead", ["{}. ", "{}) ", "({}) ", "{}/ ", "{} ", "- ", "+ ", "• ", "▪ "])
def test_a_name_alone_is_a_person_however_it_is_listed_in_its_cell(lead: str) -> None:
    rows = [["", lead.format(n) + name] for n, name in enumerate(LONE, 1)]
    assert _names(_read([HEAD, *rows])) == list(LONE)


@pytest.mark.parametrize("marks", ["I II III IV V VI", "A B C D E F", "a) b) c) d) e) f)"])
def test_names_alone_are_people_where_letters_count_them(marks: str) -> None:
    rows = [[mark, name] for mark, name in zip(marks.split(), LONE, strict=True)]
    assert _names(_read([HEAD, *rows])) == list(LONE)


def test_names_of_places_with_numerals_stay_titles_above_people_who_are_counted() -> None:
    rows = [["TT", "Họ và tên", "Chức vụ", "Điện thoại", "Email"]]
    districts = ("Ninh Giang", "Thanh Hà", "Kim Thành")
    for numeral, district, first in zip(("I", "II", "III"), districts, (0, 3, 6), strict=True):
        rows += [[numeral, district], *(p.cells("nNpte") for p in PEOPLE[first : first + 3])]
    checked = _read(rows, "district-leaders")
    assert [line.values["district"] for line in checked.lines] == [
        d for d in districts for _ in "123"
    ]


def test_a_council_may_hand_in_names_and_nothing_else() -> None:
    rows = [[str(n), name] for n, name in enumerate(LONE, 1)]
    assert _names(_read([["TT", "Họ và tên"], *rows], "council")) == list(LONE)


@pytest.mark.parametrize("sums", [("Cộng: 3 người", ""), ("Cộng {}: 3", ""), ("Cộng: 3", "Tổng cộng: 05 sở, 09 người")])  # fmt: skip
def test_sums_of_departments_that_are_right_are_no_gap(sums: tuple[str, str]) -> None:
    rows: list[list[str]] = [HEAD_5]
    for n in range(3):
        people = PEOPLE[n * 3 : n * 3 + 3]
        rows += [["", OFFICES[n]], *(p.cells("nNpte") for p in people), ["", sums[0].format(OFFICES[n])]]  # fmt: skip
    checked = _read([*rows, ["", sums[1]]])
    assert len(checked.lines) == 9
    assert _gaps(checked) == []


def test_a_sum_of_a_department_that_is_wrong_is_a_gap() -> None:
    rows: list[list[str]] = [HEAD_5]
    for n, said in enumerate((3, 4, 3)):
        people = PEOPLE[n * 3 : n * 3 + 3]
        rows += [["", OFFICES[n]], *(p.cells("nNpte") for p in people), ["", f"Cộng: {said} người"]]
    gap = next(f for f in _read(rows).findings if f.code == "count_gap_total")
    assert (gap.facts["read"], gap.facts["said"]) == (9, 10)


def test_a_running_number_may_count_down() -> None:
    assert _gaps(_read([HEAD, *(p.cells(n=str(10 - p.n)) for p in PEOPLE)])) == []


@pytest.mark.parametrize(
    "below",
    [
        [["", "Lập biểu", "", "", "Phê duyệt"], ["", "Lê Thị Lập", "", "", "Phạm Văn Tuấn"]],
        [["", "Người kiểm tra", "", "", "Trưởng phòng"], ["", "Lê Thị Lập", "", "", "Phạm Văn Tuấn"]],
        [["", "Hết"]],
        [["", "* Ghi chú: liên hệ qua Zalo"]],
        [["", "Ký hiệu: GĐ: Giám đốc; PGĐ: Phó Giám đốc"]],
        [["", "Người cung cấp thông tin: Lê Thị Lập", "", "", "0983111222"]],
        [["", "Cán bộ cung cấp số liệu"], ["", "Lê Thị Lập", "Chuyên viên", "", "0983111222"]],
        [["", "Lê Thị Lập", "Chuyên viên phòng CCHC", "Người lập", "0983111222"]],
    ],
)  # fmt: skip
def test_what_stands_below_the_list_is_nobody(below: list[list[str]]) -> None:
    assert _names(_read([*BODY, *below])) == [p.name for p in PEOPLE]


@pytest.mark.parametrize(
    "hints",
    [
        ["", "(ghi đầy đủ)", "(hiện tại)", "", "(di động)", "(công vụ)", ""],
        ["", "", "", "", "(10 số)", "(@…gov.vn)", ""],
        ["---"] * 7,
    ],
)
def test_a_row_of_hints_below_the_headings_is_nobody(hints: Sequence[str]) -> None:
    assert _names(_read([HEAD, hints, *BODY[1:]])) == [p.name for p in PEOPLE]


@pytest.mark.parametrize("written", ["{}\nPhó Giám đốc", "{}, Phó Giám đốc", "{} Phó Giám đốc", "“{}”", "I. {}", "a) {}"])  # fmt: skip
def test_a_name_is_told_from_what_stands_around_it_in_its_cell(written: str) -> None:
    checked = _read([HEAD, *(p.cells(N=written.format(p.name)) for p in PEOPLE)])
    assert _names(checked) == [p.name for p in PEOPLE]
    assert not [f for f in checked.findings if f.counts and f.line]


def test_the_telephone_of_the_clerk_is_nobodys() -> None:
    head = ["STT", "Họ và tên", "Chức vụ", "Sở", "Người đầu mối", "ĐT đầu mối", "ĐT", "Email"]
    rows = [[*p.cells("nNpd"), "Lê Thị Lập", "0983111222", p.phone, p.email] for p in PEOPLE]
    checked = _read([head, *rows])
    assert [line.values["phone"] for line in checked.lines] == [p.phone for p in PEOPLE]


FOOT = "Ghi theo quyết định bổ nhiệm"


@pytest.mark.parametrize("row", [["", f"(1) {FOOT}"], ["(1)", FOOT], ["", f"(*) {FOOT}."]])
def test_a_note_with_a_number_below_the_table_is_nobody(row: list[str]) -> None:
    people = [[str(n), name] for n, name in enumerate(LONE, 1)]
    assert _names(_read([HEAD, *people, row])) == list(LONE)


def test_a_note_in_the_cell_of_a_name_is_not_missed_as_a_person() -> None:
    people = [[str(n), name] for n, name in enumerate(LONE, 1)]
    assert _gaps(_read([HEAD, *people, ["", f"(1) {FOOT}"]])) == []


@pytest.mark.parametrize(
    "name", ["(7) Nguyễn Văn Dũng", "(7) Trần thị ngọc hoa", "(7) Y Khăm Bun Phanh"]
)
def test_a_name_with_a_number_in_brackets_is_no_note(name: str) -> None:
    people = [[str(n), one] for n, one in enumerate(LONE, 1)]
    assert len(_names(_read([HEAD, *people, ["", name]]))) == len(LONE) + 1
