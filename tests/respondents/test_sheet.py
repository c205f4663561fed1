"""Reading workbooks: real line numbers, what headings mean, sections, merged cells, corrections."""

import html
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.respondents import errors, labels
from surveyapp.respondents.handback.template import write_template
from surveyapp.respondents.lists.uploads.upload import check_file
from surveyapp.respondents.reading.checking import Checked, check_workbook, read_lines
from surveyapp.respondents.reading.headings import map_headings
from surveyapp.respondents.reading.sheet_reading import (
    Override,
    WorkbookReading,
    understand,
    understand_as,
)
from surveyapp.respondents.rules import check_rows
from surveyapp.respondents.sheet import Sheet, Workbook, child, read_workbook
from surveyapp.respondents.sheet.workbook import workbook_from_reply
from tests.files import writers
from tests.files.layouts import Grid
from tests.files.office import converted
from tests.files.people import COLUMNS, context

LEADERS = context("agency-leaders")
HEAD = ["Họ và tên", "Chức vụ", "Sở", "Điện thoại", "Email"]


def check(rows: list[list[str]], kind: str = "agency-leaders", **how: object) -> Checked:
    return check_file(writers.xlsx(Grid(rows), **how), "list.xlsx", context(kind))  # type: ignore[arg-type]


def person(name: str, department: str = "Sở Nội vụ", n: int = 1) -> list[str]:
    return [name, "Giám đốc", department, f"059900000{n}", f"p{n}@coquan.example.vn"]


def test_a_line_has_the_number_a_spreadsheet_shows_though_rows_above_are_empty() -> None:
    checked = check([[], [], ["", *HEAD], [], ["", *person("Lê Văn An")]])
    assert [line.number for line in checked.lines] == [5]


def test_a_csv_record_over_two_lines_counts_as_one_row() -> None:
    text = '\ufeffHọ và tên,Chức vụ,Sở,Điện thoại\n"Lê\nVăn An",Giám đốc,Sở Y tế,0599000001\nBùi Thị Hà,X,STC,0599000002\n'
    checked = check_file(text.encode(), "a.csv", LEADERS)
    assert [(line.number, line.values["full_name"]) for line in checked.lines] == [
        (2, "Lê Văn An"),
        (3, "Bùi Thị Hà"),
    ]


def test_headings_are_known_in_capitals_without_accents_decomposed_and_in_old_fonts() -> None:
    for heading in (
        "HỌ VÀ TÊN",
        "ho ten",
        unicodedata.normalize("NFD", "Họ và tên"),
        "Hä vµ tªn",
        "Hoï vaø teân",
        "Họ & tên (*)",
    ):
        assert map_headings([heading, "Chức vụ"], LEADERS)["full_name"] == 0, heading


def test_an_agency_heading_means_what_the_list_needs() -> None:
    assert map_headings(["Họ tên", "Đơn vị"], LEADERS)["department"] == 1
    assert map_headings(["Họ tên", "Đơn vị"], context("department-leaders"))["workplace"] == 1
    mapped = map_headings(["Họ tên", "Cơ quan", "Đơn vị"], context("subunit-leaders"))
    assert (mapped["department"], mapped["workplace"]) == (1, 2)


def test_of_two_telephone_columns_the_mobile_is_taken() -> None:
    mapped = map_headings(["Họ tên", "Điện thoại cơ quan", "Di động"], LEADERS)
    assert mapped["phone"] == 2


def test_one_contact_column_gives_address_and_number() -> None:
    checked = check(
        [
            ["Họ và tên", "Chức vụ", "Sở", "Liên hệ"],
            ["Lê Văn An", "Giám đốc", "STC", "0599000001, an@x.example.vn"],
        ]
    )
    assert checked.lines[0].values["phone"] == "0599000001"
    assert checked.lines[0].values["email"] == "an@x.example.vn"
    assert checked.clean == 1


def test_a_section_title_fills_in_the_department_of_the_rows_below() -> None:
    head = ["STT", "Họ và tên", "Chức vụ", "Điện thoại"]
    rows = [head, ["I", "SỞ NỘI VỤ"], ["1", "Lê Văn An", "Giám đốc", "0599000001"],
            ["II", "Sở KH&ĐT (1 người)"], ["1", "Bùi Thị Hà", "Giám đốc", "0599000002"]]  # fmt: skip
    checked = check(rows)
    assert [line.department for line in checked.lines] == ["SNV", "SKHDT"]


def test_a_person_whose_family_name_is_tong_is_no_total_row() -> None:
    checked = check([HEAD, person("Tống Văn An"), ["Tổng cộng", "", "", "1"]])
    assert [line.values["full_name"] for line in checked.lines] == ["Tống Văn An"]


def test_headings_repeated_on_the_next_page_are_not_a_person() -> None:
    checked = check([HEAD, person("Lê Văn An"), HEAD, person("Bùi Thị Hà", n=2)])
    assert [line.number for line in checked.lines] == [2, 4]


def test_a_merged_department_reaches_all_its_rows_in_excel_and_in_opendocument() -> None:
    rows = [
        HEAD,
        person("Lê Văn An", n=1),
        person("Bùi Thị Hà", "", n=2),
        person("Cao Văn Tâm", "STC", n=3),
    ]
    grid = Grid(rows, spans=[(2, 3, 2)])
    for content in (writers.xlsx(grid), writers.ods(grid)):
        checked = check_file(content, "a", LEADERS)
        assert [line.department for line in checked.lines] == ["SNV", "SNV", "STC"]


@pytest.mark.parametrize("write", [writers.xlsx, writers.ods])
def test_an_error_value_is_reported_where_it_stands(write: Callable[[Grid], bytes]) -> None:
    content = write(Grid([HEAD, [*person("Lê Văn An")[:2], "#N/A", "0599000001", ""]]))
    checked = check_file(content, "a", LEADERS)
    assert [(f.line, f.column, f.code, f.value) for f in checked.findings] == [
        (2, "department", "cell_error", "#N/A")
    ]


def test_sheets_of_one_layout_are_read_together_and_it_is_said_so() -> None:
    import io

    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for name, count in (("Sở Nội vụ", 3), ("Sở Y tế", 1)):
        sheet = book.add_worksheet(name)
        for r, row in enumerate(
            [HEAD, *[person(f"Lê Văn {x}", n=r) for r, x in enumerate("An Ba Cúc".split()[:count])]]
        ):
            sheet.write_row(r, 0, row)
    book.close()
    checked = check_file(buffer.getvalue(), "a.xlsx", LEADERS)
    assert [line.number for line in checked.lines] == [2, 3, 4, 100_002]
    told = [f.facts["sheets"] for f in checked.findings if f.code == "other_sheets"]
    assert told == ["Sở Nội vụ, Sở Y tế"]


def test_what_was_understood_can_be_stored_and_corrected() -> None:
    content = writers.xlsx(Grid([["Người", *HEAD[1:]], person("Lê Văn An")]))
    workbook = read_workbook(content, "a.xlsx")
    with pytest.raises(errors.HeaderNotFound):
        understand(workbook, LEADERS)
    mapping = {"full_name": 0, "position": 1, "department": 2, "phone": 3}
    corrected = understand_as(workbook, LEADERS, Override("DS", 1, mapping))
    again = WorkbookReading.from_json(corrected.to_json())
    assert again == corrected
    assert [row.cells["full_name"] for row in read_lines(workbook, again, LEADERS)] == ["Lê Văn An"]
    assert check_file(content, "a.xlsx", LEADERS, remembered=again).clean == 1


def test_unknown_headings_are_named_and_missing_required_ones_too() -> None:
    workbook = read_workbook(
        writers.xlsx(Grid([["Họ và tên", "Giới tính", "Sở", "SĐT"]])), "a.xlsx"
    )
    reading = understand(workbook, LEADERS)
    assert reading.unknown == ((1, "Giới tính"),)
    assert reading.missing == ("position",)


def test_macros_and_external_links_are_left_alone_and_mentioned() -> None:
    checked = check_file(writers.xlsm(Grid([HEAD, person("Lê Văn An")])), "a.xlsm", LEADERS)
    assert [f.code for f in checked.findings if f.line == 0] == ["macros_ignored"]
    assert checked.clean == 1


@pytest.mark.parametrize("kind", list(COLUMNS))
def test_our_template_filled_in_comes_back_without_its_example_line(kind: str) -> None:
    empty = check_file(write_template(context(kind)), "mau.xlsx", context(kind))
    assert empty.refusal is not None and empty.refusal.code == "nobody_listed"


def test_the_template_survives_libreoffice_and_keeps_its_drop_downs(tmp_path: Path) -> None:
    (tmp_path / "mau.xlsx").write_bytes(_filled(write_template(LEADERS)))
    saved = converted(tmp_path / "mau.xlsx", "ods")
    checked = check_file(saved, "mau.ods", LEADERS)
    assert [line.values["full_name"] for line in checked.lines] == ["Lê Văn An"]
    assert checked.lines[0].values["phone"] == "0599000001"
    assert (checked.lines[0].values["group"], checked.clean) == ("M2 + P2", 1)
    content = html.unescape(_part(saved, "content.xml").decode())
    lists = re.findall(r'table:condition="of:cell-content-is-in-list\(([^)]*)\)"', content)
    assert any("_mau" in source for source in lists)
    assert '"M2 + P2";"M2";"P2"' in lists


def _filled(template: bytes) -> bytes:
    """The template as somebody mends it in Excel: one person under the example."""
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(template))
    given = person("Lê Văn An")
    for column, cell in enumerate(["1", *given[:3], "M2 + P2", *given[3:]], start=1):
        book.worksheets[0].cell(7, column, cell)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_group_that_does_not_follow_from_the_department_is_to_be_checked() -> None:
    head = [*HEAD, "Nhóm đối tượng"]
    rows = [
        [*person("Lê Văn An", n=1), "P2"],
        [*person("Bùi Thị Hà", "Văn phòng UBND", n=2), "P2"],
        [*person("Cao Văn Tâm", n=3), "P2 và M2"],
        [*person("Đỗ Văn Bảy", n=4), ""],
    ]
    findings = check([head, *rows]).findings
    assert [(f.line, f.code, f.proposal) for f in findings if f.counts] == [
        (2, "group_differs", "M2 + P2")
    ]


def _part(archive: bytes, name: str) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)


def test_a_template_of_another_unit_is_refused_by_name() -> None:
    checked = check_file(write_template(context("associations")), "mau.xlsx", LEADERS)
    assert isinstance(checked.refusal, errors.WrongTemplate)
    assert checked.reason is not None and "Danh sách lãnh đạo hội, hiệp hội" in checked.reason


SEEDS = [
    writers.xlsx(Grid([HEAD, person("Lê Văn An")])),
    writers.ods(Grid([HEAD, person("Lê Văn An")])),
    writers.delimited(Grid([HEAD, person("Lê Văn An")])),
    (Path(__file__).parent.parent / "files" / "xls" / "22-associations-shifted.xls").read_bytes(),
]


def read_here(content: bytes, name: str) -> None:
    """What the child does with a file, here: thousands of examples need no process each."""
    try:
        workbook = workbook_from_reply(name, child.read(content, name))
        assert check_workbook(workbook, LEADERS).readable
    except errors.FileRefused as refusal:
        assert labels.refusal(refusal)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_bytes_are_read_or_refused_never_anything_else(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(max_size=6))
        content[at : at + data.draw(st.integers(0, 40))] = piece
    read_here(bytes(content), "a.xlsx")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
    st.binary(max_size=3000),
)
def test_random_bytes_are_read_or_refused_never_anything_else(start: bytes, rest: bytes) -> None:
    read_here(start + rest, "a.csv")


@pytest.mark.parametrize("content", [SEEDS[0][:900], SEEDS[3][:3000], b"\xff\xfe\x00"])
def test_the_guarded_child_answers_of_a_broken_file_too(content: bytes) -> None:
    checked = check_file(content, "a.xlsx", LEADERS)
    assert checked.readable or checked.reason


ODD_CELLS = [
    "", "Họ và tên", "Tên", "Chức vụ", "Sở", "Đơn vị", "Email", "SĐT", "Liên hệ", "STT", "Hội", "1", "I", "II.", "(1)",
    "Lê Văn An", "Sở Nội vụ", "I. SỞ Y TẾ", "Tổng cộng", "TM. UBND", "0912345678", "a@x.vn", "@", "@@", "+84", "#REF!",
    "-", "Ông", "Đ/c", "\ufeff", "\n", "a@b@c", "NguyÔn", "x" * 501, "٣٤", "𝟗𝟏𝟐𝟑𝟒", "9.1E99", "😀", "\x00", "²", "%(x)s",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(ODD_CELLS), max_size=7), max_size=10),
    st.sampled_from(list(COLUMNS)),
)
def test_any_table_at_all_is_understood_or_refused_with_words(
    rows: list[list[str]], kind: str
) -> None:
    workbook = Workbook("a.xlsx", "xlsx", (Sheet("S", False, 1, rows, ((1, 0, 40, 3),)),))
    try:
        reading = understand(workbook, context(kind))
        _, findings = check_rows(read_lines(workbook, reading, context(kind)), context(kind))
    except errors.FileRefused as refused:
        assert "%(" not in labels.refusal(refused)
    else:
        assert all(labels.message(finding) for finding in findings)


def test_a_header_of_two_rows_with_years_of_birth_and_a_lettered_numbering_is_read() -> None:
    rows = [
        ["STT", "Họ và tên", "Năm sinh", "", "Chức vụ", "Sở", "Liên hệ", ""],
        ["", "", "Nam", "Nữ", "", "", "SĐT", "Email"],
        ["A", "B", "1", "2", "3", "4", "5", "6"],
        ["1", "Lê Văn An", "1970", "", "Giám đốc", "Sở Nội vụ", "0599000001", "an@x.example.vn"],
    ]
    checked = check(rows)
    assert [(line.number, line.values["email"]) for line in checked.lines] == [
        (4, "an@x.example.vn")
    ]
    assert checked.clean == 1


@pytest.mark.parametrize("mark", ["-nt-", "nt", "như trên", "nh­ trªn", '"', "”", "-//-"])
def test_a_ditto_says_what_stands_above_it_in_the_file(mark: str) -> None:
    checked = check([HEAD, person("Lê Văn An"), person("Bùi Thị Hà", mark, n=2)])
    assert [line.department for line in checked.lines] == ["SNV", "SNV"]
    assert checked.clean == 2


def test_a_ditto_below_nothing_or_in_place_of_a_contact_is_a_fault() -> None:
    first = [*person("Lê Văn An", "nt")[:3], "như trên", ""]
    faults = [(f.column, f.code) for f in check([HEAD, first]).findings if f.counts]
    assert sorted(faults) == [("department", "department_missing"), ("phone", "phone_invalid")]
