"""Rows put into a workbook in bulk are read by others as they were given, whatever is in them."""

import io

import xlsxwriter
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from surveyapp.exports.formats.csv_files import write_csv
from surveyapp.exports.formats.sheet_rows import SheetRows, put_into

WORDS = [
    "",
    "Bộ Nội vụ",
    "01",
    "<b>&amp;",
    " hai đầu ",
    "dòng\nmới",
    "=1+1",
    "\x0b",
    "_x000B_",
    "a,b",
    '"',
]


def test_every_text_and_number_is_read_back(tmp_path):
    empty = io.BytesIO()
    with xlsxwriter.Workbook(empty) as book:
        for n in range(11):
            book.add_worksheet(f"sheet {n}").freeze_panes(1, 0)
    sheets = []
    for n in range(11):
        sheet = SheetRows(30, frozenset(range(29)))
        sheet.add_heading([f"column {n} {column}" for column in range(30)])
        sheet.add([*WORDS, *[""] * (29 - len(WORDS)), "61.500000"])
        sheets.append(sheet)
    put_into(empty, tmp_path / "book.xlsx", sheets)
    for sheet in sheets:
        sheet.close()
    for n, sheet in enumerate(load_workbook(tmp_path / "book.xlsx")):
        heading, row = sheet.iter_rows(values_only=True)
        assert heading[29] == f"column {n} 29"
        assert [unescape(cell or "") for cell in row[: len(WORDS)]] == WORDS
        assert row[29] == 61.5


def test_a_row_written_at_once_is_the_row_written_cell_by_cell(tmp_path):
    for words in (*WORDS, "-1", "abc def.1", "@x"):
        write_csv(tmp_path / "one.csv", ["a", "b"], [["1", words]])
        write_csv(tmp_path / "other.csv", ["a", "b"], [[1, words]])
        assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()
