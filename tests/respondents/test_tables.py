"""Tables as desks make them: several, side by side, below one another, with odd headings or none."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from surveyapp.respondents.lists.uploads.upload import check_file
from surveyapp.respondents.reading.checking import Checked, check_workbook
from surveyapp.respondents.sheet import Sheet, Workbook
from tests.files import writers
from tests.files.layouts import Grid
from tests.files.office import converted
from tests.files.people import context
from tests.respondents.test_every_row import HEAD, LEADERS, book, person

Cells = Sequence[Sequence[str]]


def people(checked: Checked) -> list[tuple[str, str]]:
    """Names with their departments."""
    return [(line.values["full_name"], line.values.get("department", "")) for line in checked.lines]


def codes(checked: Checked) -> set[str]:
    return {finding.code for finding in checked.findings if finding.counts}


def test_a_second_table_below_may_have_its_columns_in_another_order() -> None:
    rows = [HEAD, person("1", "Lê Văn An"), [], ["DANH SÁCH BỔ SUNG"]]
    rows += [["Họ và tên", "Điện thoại", "Chức vụ", "Sở, ban, ngành"]]
    rows += [["Bùi Thị Hà", "0912000077", "Giám đốc", "Sở Tài chính"]]
    checked = check_workbook(book(rows), LEADERS)
    assert people(checked) == [("Lê Văn An", "Sở Nội vụ"), ("Bùi Thị Hà", "Sở Tài chính")]
    assert checked.lines[1].values["phone"] == "0912000077"


def test_two_tables_side_by_side_are_read_both() -> None:
    head = ["STT", "Họ và tên", "Điện thoại", "", "STT", "Họ và tên", "Điện thoại"]
    row = ["1", "Lê Văn An", "0912000001", "", "2", "Bùi Thị Hà", "0912000099"]
    checked = check_workbook(book([["ĐẠI BIỂU"], head, row]), context("council"))
    assert [(n.number, n.values["full_name"], n.values["phone"]) for n in checked.lines] == [
        (3, "Lê Văn An", "0912000001"),
        (100_003, "Bùi Thị Hà", "0912000099"),
    ]


def test_the_name_of_a_sheet_or_a_title_says_whose_people_it_holds() -> None:
    head = ["STT", "Họ và tên", "Chức vụ", "Điện thoại"]
    one = [head, ["1", "Lê Văn An", "Giám đốc", "0912000001"]]
    two = [["DANH SÁCH LÃNH ĐẠO SỞ TÀI CHÍNH TỈNH THANH HÓA"], head, ["1", "Bùi Thị Hà", "Giám đốc", "0912000021"]]  # fmt: skip
    checked = check_workbook(book(one, two, names=("Sở Nội vụ", "Trang 2")), LEADERS)
    assert people(checked) == [("Lê Văn An", "Sở Nội vụ"), ("Bùi Thị Hà", "Sở Tài chính")]


def test_without_headings_the_columns_are_told_by_what_they_hold_and_it_is_said_so() -> None:
    rows = [person("1", "Lê Văn An"), person("2", "Bùi Thị Hà"), person("3", "Cao Văn Tâm")]
    checked = check_workbook(book([["DANH SÁCH"], *rows]), LEADERS)
    assert [name for name, _ in people(checked)] == ["Lê Văn An", "Bùi Thị Hà", "Cao Văn Tâm"]
    assert people(checked)[0][1] == "Sở Nội vụ"
    assert "headings_guessed" in codes(checked)


@pytest.mark.parametrize(
    "headings",
    [
        ["No.", "Full name (Mr/Ms)", "Job title", "Department/Unit", "Mobile number", "E-mail address"],
        ["Timestamp", "1. Họ và tên của Ông/Bà là gì?", "Ông/Bà đang giữ chức vụ gì?", "Ông/Bà công tác tại sở, ban, ngành nào?",
         "Số điện thoại liên hệ", "Email Address"],
        ["TT", "Họ và tên (viết đầy đủ)", "Chức vụ hiện nay", "Ðơn vị", "Ðiện thọai di ðộng", "Thƣ điện tử"],
    ],
)  # fmt: skip
def test_headings_of_forms_of_other_tongues_and_other_letters_are_understood(
    headings: list[str],
) -> None:
    row = ["1", "Lê Văn An", "Giám đốc", "Sở Nội vụ", "0912000001", "an@hagiang.gov.vn"]
    checked = check_workbook(book([headings, row]), LEADERS)
    stored = checked.lines[0].values
    assert [stored[c] for c in ("full_name", "position", "department", "email")] == [row[1], row[2], row[3], row[5]]  # fmt: skip


def test_a_name_in_parts_is_put_together_whatever_the_order_of_the_columns() -> None:
    head = ["First name", "Middle name", "Last name", "Position", "Sở, ban, ngành", "Email"]
    row = ["An", "Văn", "Lê", "Giám đốc", "Sở Nội vụ", "an@hagiang.gov.vn"]
    assert people(check_workbook(book([head, row]), LEADERS)) == [("Lê Văn An", "Sở Nội vụ")]


def test_the_contact_column_that_is_filled_counts() -> None:
    head = [*HEAD[:4], "Điện thoại cơ quan", "Di động", "Email công vụ", "Email cá nhân"]
    rows = [
        ["1", "Lê Văn An", "Giám đốc", "Sở Nội vụ", "02193866000", "", "", "an@gmail.com"],
        ["2", "Bùi Thị Hà", "Giám đốc", "Sở Nội vụ", "02193866001", "0912000001", "ha@hagiang.gov.vn", "ha@gmail.com"],
    ]  # fmt: skip
    lines = check_workbook(book([head, *rows]), LEADERS).lines
    assert [(n.values["phone"], n.values["email"]) for n in lines] == [
        ("02193866000", "an@gmail.com"),
        ("0912000001", "ha@hagiang.gov.vn"),
    ]


def test_people_on_a_hidden_sheet_and_in_hidden_rows_are_told() -> None:
    seen = Sheet("DS", False, 1, [HEAD, person("1", "Lê Văn An"), person("2", "Bùi Thị Hà")], hidden_lines=frozenset({3}))  # fmt: skip
    unseen = Sheet("Cũ", True, 1, [HEAD, person("1", "Cao Văn Tâm")])
    checked = check_workbook(Workbook("a.xlsx", "xlsx", (seen, unseen)), LEADERS)
    assert [name for name, _ in people(checked)] == ["Lê Văn An", "Bùi Thị Hà"]
    assert {"rows_hidden", "hidden_sheets"} <= codes(checked)


def test_the_clerk_to_be_telephoned_is_nobody_of_the_list() -> None:
    rows = [
        HEAD,
        person("1", "Lê Văn An"),
        [],
        ["", "Người liên hệ: Trần Thị Lập, ĐT 0912 345 678"],
    ]
    checked = check_workbook(book(rows), LEADERS)
    assert [name for name, _ in people(checked)] == ["Lê Văn An"]


def test_numbers_that_count_up_row_by_row_are_asked_about() -> None:
    rows = [[str(n), f"Lê Văn {x}", "Phó Giám đốc", "Sở Nội vụ", f"09123456{70 + n}", ""] for n, x in enumerate("An Ba Cúc Dần Én Gấm".split())]  # fmt: skip
    checked = check_workbook(book([HEAD, *rows]), LEADERS)
    assert [f.line for f in checked.findings if f.code == "counts_up"] == [2, 3, 4, 5, 6, 7]


def test_an_old_year_and_the_heads_of_divisions_are_asked_about() -> None:
    rows = [[str(n), f"Lê Văn {x}", "Trưởng phòng", "Sở Nội vụ", f"091234{n}6{70 - n}", ""] for n, x in enumerate("An Ba Cúc".split())]  # fmt: skip
    title = "DANH SÁCH PHỤC VỤ ĐIỀU TRA XÃ HỘI HỌC NĂM 2021"
    checked = check_workbook(book([[title], HEAD, *rows]), LEADERS)
    assert {"other_year_named", "position_unlikely"} <= codes(checked)
    term = "NHIỆM KỲ 2021-2026, KHẢO SÁT NĂM 2023"
    assert "other_year_named" not in codes(check_workbook(book([[term], HEAD, *rows]), LEADERS))


WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:p><w:r><w:t>DANH SÁCH LÃNH ĐẠO</w:t></w:r></w:p><w:tbl>{rows}</w:tbl></w:body></w:document>"
)


def _word(rows: Cells) -> bytes:
    told = "".join(
        "<w:tr>"
        + "".join(f"<w:tc><w:p><w:r><w:t>{c}</w:t></w:r></w:p></w:tc>" for c in row)
        + "</w:tr>"
        for row in rows
    )
    return writers.archive_of({"word/document.xml": WORD.format(rows=told)})


def _page(rows: Cells) -> bytes:
    told = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<html><body><p>DANH SÁCH</p><table>{told}</table></body></html>".encode()


@pytest.mark.parametrize(("write", "name"), [(_word, "ds.docx"), (_page, "ds.xls")])
def test_tables_of_word_and_of_web_pages_are_read(write, name: str) -> None:
    rows = [HEAD, person("1", "Lê Văn An"), person("2", "Bùi Thị Hà")]
    checked = check_file(write(rows), name, LEADERS)
    assert [(n.number, n.values["full_name"]) for n in checked.lines] == [(3, "Lê Văn An"), (4, "Bùi Thị Hà")]  # fmt: skip


def _csv(cells: Cells) -> str:
    return "\r\n".join(";".join(row) for row in cells) + "\r\n"


def test_codes_that_nobody_writes_any_more_are_read_and_a_bad_byte_does_not_stop_the_rest() -> None:
    rows = [HEAD, *(person(str(n), name) for n, name in enumerate(("Lê Văn Ấn", "Bùi Thị Hường", "Đỗ Đức Thuần"), 1))]  # fmt: skip
    text = _csv(rows)
    right = ["Lê Văn Ấn", "Bùi Thị Hường", "Đỗ Đức Thuần"]
    assert [n for n, _ in people(check_file(text.encode("utf-7"), "a.csv", LEADERS))] == right
    broken = text.encode().replace("Hường".encode(), b"H\xff\xfeng", 1)
    checked = check_file(broken, "a.csv", LEADERS)
    assert [n for n, _ in people(checked)][::2] == [right[0], right[2]]
    assert "text_damaged" in codes(checked)


def test_one_unclosed_quotation_mark_swallows_nobody() -> None:
    rows = [HEAD, person("1", "Lê Văn An"), person("2", '"Bùi Thị Hà'), person("3", "Cao Văn Tâm")]
    names = [n for n, _ in people(check_file(_csv(rows).encode(), "a.csv", LEADERS))]
    assert names == ["Lê Văn An", "Bùi Thị Hà", "Cao Văn Tâm"]


def test_a_stray_cell_far_out_is_left_aside_and_told() -> None:
    content = writers.xlsx(Grid([HEAD, person("1", "Lê Văn An")]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    stray = (
        b'<row r="900000"><c r="XFD900000" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    parts[sheet] = parts[sheet].replace(b"</sheetData>", stray)
    checked = check_file(writers.archive_of(parts), "a.xlsx", LEADERS)
    assert [n for n, _ in people(checked)] == ["Lê Văn An"]
    assert "far_cells_ignored" in {finding.code for finding in checked.findings}


def test_an_old_workbook_with_a_password_is_refused_for_its_password() -> None:
    records = b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\0" * 12 + b"\x2f\x00\x36\x00" + b"\1" * 54
    stream = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + records + b"\0" * 600
    content = stream + "Workbook".encode("utf-16-le")
    refusal = check_file(content, "a.xls", LEADERS).refusal
    assert refusal is not None and refusal.code == "password_protected"


def test_hidden_rows_of_an_open_document_are_told_too() -> None:
    rows = [HEAD, person("1", "Lê Văn An"), person("2", "Bùi Thị Hà")]
    content = writers.ods(Grid([list(row) for row in rows]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = parts["content.xml"].decode()
    at = xml.rindex("<table:table-row>")  # the last is one row repeated to the end of the sheet
    parts["content.xml"] = (xml[: at + 16] + ' table:visibility="filter"' + xml[at + 16 :]).encode()
    checked = check_file(writers.archive_of(parts), "a.ods", LEADERS)
    assert "rows_hidden" in codes(checked)


def _marked_workbook() -> bytes:
    """Five people: the first as usual, one struck out, one hidden, one with another address behind hers, one struck in part."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    rows = [HEAD, *(person(str(n), name) for n, name in enumerate(FIVE, 1))]
    for row in rows:
        sheet.append(list(row))
    for cell in sheet[3]:
        cell.font = Font(strike=True)
    sheet.row_dimensions[4].hidden = True
    sheet["F5"].value = "hanh@hagiang.gov.vn"
    sheet["F5"].hyperlink = "mailto:yen@hagiang.gov.vn"
    sheet["C6"].font = Font(strike=True)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


FIVE = ("Lê Văn An", "Bùi Thị Hà", "Cao Văn Tâm", "Đỗ Thị Hạnh", "Vũ Văn Bảy")


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_struck_out_and_hidden_people_and_links_are_told_in_every_format(
    kind: str, tmp_path: Path
) -> None:
    content = _marked_workbook()
    if kind != "xlsx":
        (tmp_path / "ds.xlsx").write_bytes(content)
        content = converted(tmp_path / "ds.xlsx", kind)
    checked = check_file(content, f"ds.{kind}", LEADERS)
    assert [name for name, _ in people(checked)] == list(FIVE)
    told = {(f.code, f.line) for f in checked.findings if f.code in ("row_struck_out", "email_link_differs", "rows_hidden")}  # fmt: skip
    assert told == {("row_struck_out", 3), ("email_link_differs", 5), ("rows_hidden", 0)}
