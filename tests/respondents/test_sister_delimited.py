"""What other formats lose of a workbook, and escapes of one that turn up in another."""

import pytest

from surveyapp.respondents.reading.checking import check_workbook
from surveyapp.respondents.sheet import read_workbook
from tests.files.layouts import Grid
from tests.files.writers import delimited, ods
from tests.respondents.test_every_row import HEAD
from tests.respondents.test_sister_tables import (
    DEPARTMENTS,
    OWN,
    asked,
    departments,
    row,
    title_says,
    whole,
)

GROUPED = [d for d in DEPARTMENTS for _ in range(3)]


def grouped(filled: list[str]) -> bytes:
    """Nine people as CSV, the department of each as given."""
    rows = [row(n) for n in range(1, 10)]
    at = HEAD.index("Sở, ban, ngành")
    for cells, department in zip(rows, filled, strict=True):
        cells[at] = department
    return delimited(Grid([HEAD, *rows]))


def test_the_department_of_merged_cells_that_csv_lost_is_carried_down_and_asked_once() -> None:
    filled = [d if n % 3 == 0 else "" for n, d in enumerate(GROUPED)]
    checked = check_workbook(read_workbook(grouped(filled), "a.csv"), OWN)
    assert (departments(checked), asked(checked)) == (GROUPED, [])
    assert "carried_down" in whole(checked)


def test_a_department_left_out_among_others_is_not_guessed() -> None:
    filled = [*GROUPED[:4], "", *GROUPED[5:]]
    checked = check_workbook(read_workbook(grouped(filled), "a.csv"), OWN)
    assert [code for _line, code in asked(checked)] == ["department_missing"]
    assert "carried_down" not in whole(checked)


@pytest.mark.parametrize("said", [";", "\t", ","])
def test_a_separator_that_the_first_line_tells_wrong_is_told_by_the_rows(said: str) -> None:
    rows = delimited(Grid([HEAD, row(1), row(2)]), delimiter="\t", encoding="utf-8")
    workbook = read_workbook(f"sep={said}\r\n".encode() + rows, "a.csv")
    assert workbook.sheets[0].rows == [HEAD, row(1), row(2)]


def test_escapes_of_excel_are_blanks_in_every_format() -> None:
    grid = Grid([["Họ và tên"], ["Lê_x0020_An"], ["Vũ_x000D_\nHoa"], ["max_x_len"]])
    for content, name in ((ods(grid), "a.ods"), (delimited(grid), "a.csv")):
        first = [cells[0] for cells in read_workbook(content, name).sheets[0].rows]
        assert (first[1], first[2].split(), first[3]) == ("Lê An", ["Vũ", "Hoa"], "max_x_len")


def test_the_date_of_a_letter_does_not_hide_the_year_of_its_list() -> None:
    def said(*titles: str) -> bool:
        return "other_year_named" in whole(
            check_workbook(
                read_workbook(delimited(Grid([*([t] for t in titles), HEAD, row(1)])), "a.csv"), OWN
            )
        )

    letter = "Hải Dương, ngày 20 tháng 12 năm 2023"
    assert said(letter, "DANH SÁCH ĐIỀU TRA NĂM 2021")
    assert not said(letter, "DANH SÁCH ĐIỀU TRA NĂM 2023")
    assert title_says("DANH SÁCH NĂM 2020", "other_year_named")
