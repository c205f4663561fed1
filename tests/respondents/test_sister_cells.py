"""Cells of every kind as other desks write them: names, remarks, numbers, addresses, departments, headings."""

from collections.abc import Iterator, Sequence

import pytest

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.findings import Finding, Line
from surveyapp.respondents.reading.checking import check_workbook
from surveyapp.respondents.words.bearers import could_be_person
from surveyapp.respondents.words.departments import index_for
from surveyapp.respondents.words.names import fold
from tests.files import sister_cells
from tests.files.desk_cases import DeskCase
from tests.files.people import context
from tests.respondents.test_every_row import HEAD, LEADERS, book, person

# Every cell stands in a list with all the others, so what is said of two rows together is not about the cell.
TOGETHER = {"contact_shared", "namesake", "duplicate", "duplicate_likely", "counts_up"}
FAMILY, MIDDLE = "Đinh Hà Lê Mai Tô Vũ Ngô Hồ Trần".split(), "Minh Văn Thu Đức Hữu Xuân Hải".split()
GIVEN = "Tâm Sơn Lan Bình Yến Nga Hòa Dũng Tú Mai Vân".split()


def context_of(unit: str, kind: str = "agency-leaders") -> ListContext:
    """A list of that unit as the pack of 2023 has it."""
    return DeskCase("", unit, kind, True, 0).context


def _name(n: int) -> str:
    return f"{FAMILY[n % 9]} {MIDDLE[n % 7]} {GIVEN[n % 11]}"


def _row(n: int) -> list[str]:
    return [
        str(n), _name(n), "Phó Giám đốc", "Sở Nội vụ", f"0912{n * 7919 % 1_000_000:06d}", f"nguoi{n * 31}x@hagiang.example.vn", "",
    ]  # fmt: skip


def judged(column: int, texts: Sequence[str]) -> Iterator[tuple[Line, list[Finding]]]:
    """For each text, alone in its cell of an otherwise faultless row, the line and what is asked about it."""
    rows = [_row(n) for n in range(1, len(texts) + 1)]
    for row, text in zip(rows, texts, strict=True):
        row[column] = text
    checked = check_workbook(book([[*HEAD, "Ghi chú"], *rows]), LEADERS)
    lines = {line.number: line for line in checked.lines}
    assert sorted(lines) == list(range(2, len(texts) + 2)), "nobody is lost"
    for number in sorted(lines):
        asked = [f for f in checked.findings if f.line == number and f.counts]
        yield lines[number], [f for f in asked if f.code not in TOGETHER]


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (1, sister_cells.NAMES_ASKED),
        (2, sister_cells.POSITIONS_ASKED),
        (4, sister_cells.PHONES_ASKED),
        (5, sister_cells.ADDRESSES_ASKED),
        (6, sister_cells.NOTES_ASKED),
    ],
)
def test_what_a_clerk_would_ask_about_is_asked_about(column: int, texts: Sequence[str]) -> None:
    silent = [line.cells for line, asked in judged(column, texts) if not asked]
    assert silent == []


@pytest.mark.parametrize(
    ("column", "texts"),
    [(1, sister_cells.NAMES), (2, sister_cells.POSITIONS), (6, sister_cells.NOTES)],
)
def test_what_a_clerk_would_let_pass_is_let_pass(column: int, texts: Sequence[str]) -> None:
    assert [(line.cells, asked) for line, asked in judged(column, texts) if asked] == []


@pytest.mark.parametrize(
    ("column", "field", "pairs"),
    [(4, "phone", sister_cells.PHONES), (5, "email", sister_cells.ADDRESSES)],
)
def test_a_contact_is_read_as_what_it_means(
    column: int, field: str, pairs: Sequence[tuple[str, str]]
) -> None:
    lines_and_questions = judged(column, [written for written, _ in pairs])
    wrong = [
        (written, line.values[field], asked)
        for (written, right), (line, asked) in zip(pairs, lines_and_questions, strict=True)
        if asked or line.values[field] != right
    ]
    assert wrong == []


def test_a_slip_in_a_domain_is_asked_about_and_the_right_one_proposed() -> None:
    rows = []
    for n, (written, _right) in enumerate(sister_cells.DOMAINS, 1):
        row = _row(n)
        row[5] = f"{fold(GIVEN[n % 11])}{n}@{written}"
        rows.append(row)
    own = [_row(n) for n in range(900, 940)]
    for n, row in enumerate(own):
        row[5] = f"can.bo{n * 3}@haiduong.gov.vn"
    checked = check_workbook(book([[*HEAD, "Ghi chú"], *rows, *own]), context_of("30"))
    asked = {f.line: f.proposal for f in checked.findings if f.column == "email" and f.counts}
    wrong = [
        (written, asked.get(line))
        for line, (written, right) in enumerate(sister_cells.DOMAINS, 2)
        if asked.get(line, "").partition("@")[2] != right
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "address",
    ["an@snv.gov.vn", "an@sxd.hanoi.gov.vn", "an@most.gov.vn", "an@mot.gov.vn", "an@hanam.gov.vn", "an@hatinh.gov.vn", "an@gm.com",
     "an@gmx.com", "an@ymail.com", "an@live.vn", "an@yahoo.fr", "an@hay.com", "an@vnu.edu.vn", "an@bidv.com.vn"],
)  # fmt: skip
def test_a_sound_domain_is_nobodys_slip(address: str) -> None:
    [(line, asked)] = judged(5, [address])
    assert (line.values["email"], asked) == (address, [])


@pytest.mark.parametrize(
    ("unit", "written", "code"),
    [
        ("79", "SỞ NỘI VỤ TP.HCM", "SNV"), ("79", "SNV TPHCM", "SNV"), ("79", "Sở NgV", "SNGV"), ("79", "Sở KH&ĐT TP. HCM", "SKHDT"),
        ("79", "Thanh tra TP.HCM", "TTT"), ("79", "VP UBND TPHCM", "VPUBND"), ("79", "NHNN CN TPHCM", "NHNNCN"),
        ("79", "BQL Khu chế xuất và công nghiệp TP", "BQLKKT"), ("79", "Ban QL các KCX và CN", "BQLKKT"), ("79", "Sở NV", "SNV"),
        ("79", "Ngân hàng NN VN Chi nhánh TP. HCM", "NHNNCN"), ("38", "Chi nhánh NHNN tỉnh Thanh Hóa", "NHNNCN"),
        ("38", "Ban Quản lý khu kinh tế Nghi Sơn và các khu công nghiệp Thanh Hóa", "BQLKKT"), ("38", "Sở VH, TT và DL", "SVHTTDL"),
        ("38", "SNV Thanh Hoá", "SNV"), ("92", "Sở GTVT TPCT", "SGTVT"), ("92", "Sở CT", "SCT"), ("92", "VP UBND TP Cần Thơ", "VPUBND"),
        ("38", "Sở Nội vụ TP.HCM", ""), ("79", "Sở Văn hóa Thông tin", ""), ("79", "Công an TP.HCM", ""), ("38", "Sở Thủy sản", ""),
        ("38", "VP Đoàn ĐBQH và HĐND tỉnh", ""), ("38", "Ban Quản lý dự án", ""), ("38", "Sở", ""), ("79", "Quận 1", ""),
    ],
)  # fmt: skip
def test_a_department_is_known_under_its_provinces_own_spelling(
    unit: str, written: str, code: str
) -> None:
    match = index_for(context_of(unit)).find(written)
    assert (match.code if match and match.certain else "") == code


@pytest.mark.parametrize(
    ("text", "is_person"),
    [
        ("Trương Phong Nhã", True), ("TRƯƠNG PHONG", True), ("Trưởng phòng Nội vụ", False), ("Chánh Thị Hoa", True), ("Chánh Văn phòng", False),
        ("Lưu Ý Nhi", True), ("Lưu ý nộp sớm", False), ("Cơ Liêng Hải", True), ("Cơ quan khác", False), ("Hồ Tên Lửa", True),
    ],
)  # fmt: skip
def test_words_of_offices_in_other_tones_are_names(text: str, is_person: bool) -> None:
    assert could_be_person(text) is is_person


HEADINGS = (
    ("STT", ("#", "Nr", "S.T.T", "", "Thứ tự")),
    ("Họ và tên", ("Họ & tên", "Tên lãnh đạo", "Người được điều tra", "Đồng chí", "Lãnh đạo", "Đối tượng khảo sát", "Tên của bạn")),
    ("Chức vụ", ("Vị trí", "Cương vị", "Vai trò", "Chức danh, chức vụ", "Designation/Rank")),
    ("Sở, ban, ngành", ("Công tác tại", "Ngành", "Company", "Cơ quan/Đơn vị", "Thuộc sở")),
    ("Điện thoại", ("Đ.thoại", "Đ/T", "DĐ", "Cell", "Contact", "Số liên hệ", "Ðiện thọai")),
    ("Email", ("Hòm thư công vụ", "Địa chỉ thư công vụ", "Electronic mail", "Thƣ điện tử", "Tài khoản")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("at", "heading"), [(i, word) for i, (_, words) in enumerate(HEADINGS) for word in words]
)
def test_a_column_is_known_by_another_heading_or_by_what_stands_in_it(
    at: int, heading: str
) -> None:
    head = [usual for usual, _ in HEADINGS]
    head[at] = heading
    rows = [
        person(str(n), name) for n, name in enumerate(("Lê Văn An", "Bùi Thị Hà", "Vũ Văn Tâm"), 1)
    ]
    for row in rows:
        row[5] = f"{fold(row[1]).replace(' ', '.')}@hagiang.gov.vn"
    checked = check_workbook(book([head, *rows]), LEADERS)
    columns = ("full_name", "position", "department", "phone", "email")
    assert [[n.values[c] for c in columns] for n in checked.lines] == [row[1:] for row in rows]


def test_a_column_told_by_its_cells_is_shown_to_be_confirmed() -> None:
    rows = [person("1", "Lê Văn An"), person("2", "Bùi Thị Hà")]
    checked = check_workbook(book([[*HEAD[:4], "Contact", "Email"], *rows]), LEADERS)
    [told] = [f for f in checked.findings if f.code == "columns_by_content"]
    assert told.facts["columns"] == ["phone"]
    known = check_workbook(book([HEAD, *rows]), LEADERS)
    assert "columns_by_content" not in {f.code for f in known.findings}


def test_a_list_of_people_without_contacts_keeps_them_all() -> None:
    rows = [[str(n), _name(n), "", "", "", ""] for n in range(1, 40)]
    head = [*HEAD[:3], "Đơn vị công tác", *HEAD[4:]]
    checked = check_workbook(book([head, *rows]), context("council"))
    assert len(checked.lines) == 39
