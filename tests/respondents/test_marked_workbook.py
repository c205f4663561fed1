"""The unit's own workbook handed back: the very file, with its faults marked."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from surveyapp.respondents.handback import marked_workbook
from surveyapp.respondents.handback.marked_workbook import ListToMark, MarkedWorkbook
from surveyapp.respondents.lists.uploads.upload import check_file
from surveyapp.respondents.reading.checking import Checked
from surveyapp.respondents.sheet.marks.marking import AUTHOR, LEGEND_SHEET, SIGN
from tests.files import build_corpus
from tests.files.build_corpus import Case
from tests.files.office import converted
from tests.files.people import context

CASES = {case.name: case for case in build_corpus.readable_cases()}
HEADINGS = ("STT", "Họ và tên", "Chức vụ", "Sở, ban, ngành", "Điện thoại", "Email")
PEOPLE = (
    ("Nguyễn Văn An", "Giám đốc", "Sở Nội vụ", "0912000001", "an@snv.example.vn"),
    ("Trần Thị Bình", "Phó Giám đốc", "Sở Nội vụ", "0912000002", "binh@gmial.com"),
    ("Lê Văn Chi", "Giám đốc", "Sở Tài chính", "12", "chi@@stc.example.vn"),
    ("Phạm Thị Dung", "Phó Giám đốc", "", "0912000004", "dung@stc.example.vn"),
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def own_workbook() -> bytes:
    """What an office really keeps: a letterhead, a picture, notes, colours of its own, formulas."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("Ghi chép").write(0, 0, "riêng của văn phòng")
        sheet = book.add_worksheet("DS lãnh đạo")
        sheet.write(0, 0, "UBND TỈNH", book.add_format({"bold": True, "font_color": "red"}))
        sheet.set_header("&L&G", {"image_left": "dau.png", "image_data_left": io.BytesIO(PIXEL)})
        sheet.insert_image("J2", "dau.png", {"image_data": io.BytesIO(PIXEL)})
        for column, heading in enumerate(HEADINGS):
            sheet.write(2, column, heading, book.add_format({"bg_color": "#DDEEFF"}))
        for line, person in enumerate(PEOPLE, start=3):
            sheet.write_row(line, 0, (line - 2, *person))
        sheet.write_formula("H4", "=COUNTA(B4:B7)", None, 4)
        sheet.write_comment("B4", "hỏi lại anh An", {"author": "văn thư"})
        sheet.conditional_format(
            "A4:F7", {"type": "blanks", "format": book.add_format({"bg_color": "#FF00FF"})}
        )
        sheet.data_validation("C4:C7", {"validate": "list", "source": ["Giám đốc", "Phó Giám đốc"]})
        sheet.autofilter("A3:F7")
    return buffer.getvalue()


def read(content: bytes, name: str = "ds.xlsx", kind: str = "agency-leaders") -> Checked:
    checked = check_file(content, name, context(kind))
    assert checked.reason is None
    return checked


def standing(content: bytes, name: str = "ds.xlsx", kind: str = "agency-leaders") -> ListToMark:
    checked = read(content, name, kind)
    assert checked.understanding is not None
    return ListToMark(
        content=content,
        file_name=name,
        understanding=checked.understanding.to_json(),
        kind_name="Lãnh đạo sở",
        unit_name="Hà Nội",
        version=1,
        findings=checked.findings,
        mended={},
        left_out=frozenset(),
        added={},
    )


def marked(content: bytes, name: str = "ds.xlsx", kind: str = "agency-leaders") -> MarkedWorkbook:
    return marked_workbook.mark_up(standing(content, name, kind))


def book_of(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def remarks(content: bytes, sheet: str = "DS lãnh đạo") -> dict[str, str]:
    """Our comments by cell."""
    cells = (cell for row in book_of(content)[sheet].iter_rows() for cell in row if cell.comment)
    return {c.coordinate: c.comment.text for c in cells if c.comment.author == AUTHOR}


def coloured(content: bytes, sheet: str = "DS lãnh đạo") -> Iterator[str]:
    for area in book_of(content)[sheet].conditional_formatting:
        if any(SIGN in formula for rule in area.rules for formula in rule.formula):
            yield str(area.sqref)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines(checked: Checked) -> list[tuple[int, dict[str, str]]]:
    return [(line.number, dict(line.cells)) for line in checked.lines]


def test_cells_with_findings_are_coloured_and_say_in_vietnamese_how_to_mend_them() -> None:
    content = marked(own_workbook()).content
    said = remarks(content)
    assert set(said) == {"F5", "E6", "F6", "D7"} == set(coloured(content))
    assert "binh@gmail.com" in said["F5"]
    assert said["F6"].startswith("Phải sửa: Địa chỉ thư điện tử không hợp lệ")


def test_all_but_the_marks_stays_byte_for_byte() -> None:
    before, after = parts(own_workbook()), parts(marked(own_workbook()).content)
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {
        "[Content_Types].xml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet2.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }
    cells = before["xl/worksheets/sheet2.xml"]
    rows = cells[cells.index(b"<sheetData>") : cells.index(b"</sheetData>")]
    assert rows in after["xl/worksheets/sheet2.xml"]


def test_notes_and_colours_of_the_office_stay() -> None:
    sheet = book_of(marked(own_workbook()).content)["DS lãnh đạo"]
    assert sheet["B4"].comment.text == "hỏi lại anh An"
    rules = [rule.type for area in sheet.conditional_formatting for rule in area.rules]
    assert "containsBlanks" in rules
    assert sheet.data_validations.dataValidation


def test_the_marked_workbook_is_read_with_the_same_lines() -> None:
    content = own_workbook()
    assert lines(read(marked(content).content)) == lines(read(content))


@pytest.mark.parametrize("name", list(CASES)[::4])
def test_every_workbook_comes_back_as_xlsx_with_the_lines_it_had(name: str) -> None:
    case: Case = CASES[name]
    back = marked(case.content, case.name, case.kind)
    assert back.file_name.endswith("-da-danh-dau.xlsx")
    assert lines(read(back.content, back.file_name, case.kind)) == lines(
        read(case.content, case.name, case.kind)
    )


def test_what_was_mended_in_the_file_loses_its_mark_the_next_time() -> None:
    book = book_of(marked(own_workbook()).content)
    book["DS lãnh đạo"]["F5"] = "binh@gmail.com"
    saved = io.BytesIO()
    book.save(saved)
    again = marked(saved.getvalue()).content
    assert set(remarks(again)) == {"E6", "F6", "D7"} == set(coloured(again))
    assert book_of(again).sheetnames.count(LEGEND_SHEET) == 1


def test_a_colour_goes_as_soon_as_the_cell_says_something_else() -> None:
    sheet = book_of(marked(own_workbook()).content)["DS lãnh đạo"]
    told = {
        str(a.sqref): r.formula[0]
        for a in sheet.conditional_formatting
        for r in a.rules
        if r.formula
    }
    assert told["F5"] == f'AND(LEN("{SIGN}"),EXACT(F5&"","binh@gmial.com"))'


def test_mends_on_the_page_and_lines_left_out_are_told_in_the_file() -> None:
    given = replace(
        standing(own_workbook()),
        mended={(5, "email"): "binh@gmail.com"},
        left_out=frozenset({7}),
        added={9: {"full_name": "Hoàng Văn Em"}},
        findings=(),
    )
    content = marked_workbook.mark_up(given).content
    assert "binh@gmail.com" in remarks(content)["F5"]
    assert "bỏ khỏi danh sách" in remarks(content)["B7"]
    legend = [cell.value for row in book_of(content)[LEGEND_SHEET].iter_rows() for cell in row]
    assert "Hoàng Văn Em" in legend


def test_macros_do_not_leave_the_server_again() -> None:
    name = next(name for name in CASES if name.endswith(".xlsm"))
    back = marked(CASES[name].content, name, CASES[name].kind)
    after = parts(back.content)
    assert not [part for part in after if "vba" in part.lower()]
    assert b"macroEnabled" not in after["[Content_Types].xml"]


def test_a_spreadsheet_program_opens_what_comes_back(tmp_path: Path) -> None:
    """LibreOffice opens and saves it: same lines, our remarks in it."""
    for name, content in (("ds.xlsx", own_workbook()), ("ds.csv", csv_file())):
        back = marked(content, name).content
        (tmp_path / "tra-lai.xlsx").write_bytes(back)
        saved = through_libreoffice(tmp_path)
        assert [dict(x.values) for x in read(saved).lines] == [
            dict(x.values) for x in read(content, name).lines
        ]
        sheet = "DS lãnh đạo" if name == "ds.xlsx" else "ds"
        assert set(remarks(back, sheet)) == set(coloured(saved, sheet))


def csv_file() -> bytes:
    rows = [HEADINGS, *((str(n), *person) for n, person in enumerate(PEOPLE, 1))]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode("utf-8-sig")


def through_libreoffice(folder: Path) -> bytes:
    return converted(folder / "tra-lai.xlsx", "xlsx")


def two_sheets() -> bytes:
    """A sheet for each department, each with a fault."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name, person in (("Sở Nội vụ", PEOPLE[1]), ("Sở Tài chính", PEOPLE[2])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADINGS)
            sheet.write_row(1, 0, (1, *person))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_every_sheet_that_was_read_is_marked_and_the_legend_leads_to_it(
    kind: str, tmp_path: Path
) -> None:
    (tmp_path / "ds.xlsx").write_bytes(two_sheets())
    content = two_sheets() if kind == "xlsx" else converted(tmp_path / "ds.xlsx", kind)
    once = marked(content, f"ds.{kind}").content
    again = marked(once).content
    (tmp_path / "tra-lai.xlsx").write_bytes(again)
    for back in (once, again):
        assert set(remarks(back, "Sở Nội vụ")) == {"F2"}
        assert set(remarks(back, "Sở Tài chính")) == {"E2", "F2"}
    for back in (once, again, through_libreoffice(tmp_path)):  # which forgets who wrote a comment
        assert set(coloured(back, "Sở Nội vụ")) == {"F2"}
        assert set(coloured(back, "Sở Tài chính")) == {"E2", "F2"}
    legend = book_of(again)[LEGEND_SHEET]
    leads = {c.hyperlink.location for row in legend.iter_rows() for c in row if c.hyperlink}
    assert {"'Sở Nội vụ'!F2", "'Sở Tài chính'!E2", "'Sở Tài chính'!F2"} <= leads
