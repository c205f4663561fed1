"""Files made to stop a server: each is read to its end, and the work grows as the file does."""

import difflib
from pathlib import Path

import pytest

from surveyapp.respondents.lists.uploads.upload import check_file
from surveyapp.respondents.sheet import Sheet, mark_workbook, read_workbook, write_anew
from surveyapp.respondents.sheet.marks.marking import Mark, Marking
from surveyapp.respondents.words import departments
from tests.files.people import context
from tests.files.sisters import hostile

FILES = Path(__file__).parents[1] / "files" / "hostile"
PEOPLE = {
    "S01d_500_tall_overlapping_merges.xlsx": 8,
    "S01e_20000_tall_overlapping_merges.xlsx": 8,
    "S02_blank_run_phone_3rows.csv": 3,
    "S02c_email_runs.csv": 3,
    "S02d_name_dashes.csv": 3,
    "S02e_email_angles.csv": 3,
    "S02f_phone_parens.csv": 3,
    "S03c_900_realistic_unknown.csv": 900,
    "dos.csv": 12,
}


def test_every_hostile_file_has_its_answer() -> None:
    assert {path.name for path in FILES.iterdir()} == set(PEOPLE)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_hostile_file_is_read_and_judged_within_the_childs_share(name: str) -> None:
    checked = check_file((FILES / name).read_bytes(), name, context("agency-leaders"))
    assert (checked.reason, len(checked.lines)) == (None, PEOPLE[name])


@pytest.mark.parametrize(
    ("name", "content", "people"), list(hostile.files()), ids=[f[0] for f in hostile.files()]
)
def test_a_sister_of_a_hostile_file_ends_within_the_childs_share(
    name: str, content: bytes, people: int
) -> None:
    checked = check_file(content, name, context("agency-leaders"))
    assert checked.refusal is None or checked.refusal.code != "took_too_much"
    if people > 0:
        assert (checked.reason, len(checked.lines)) == (None, people)


@pytest.mark.parametrize("name", [name for name in PEOPLE if name.startswith("S01")])
def test_a_hostile_file_is_handed_back_with_its_marks(name: str) -> None:
    content = (FILES / name).read_bytes()
    sheet = read_workbook(content, name).sheets[0].name
    marking = Marking(sheet, (Mark(3, 1, "must", "Phải sửa", None, sheet),), (), ())
    assert (mark_workbook(content, marking) or b"PK").startswith(b"PK")
    assert write_anew(content, name, marking, header_line=2).startswith(b"PK")


def test_every_merged_cell_is_spread_once_however_the_ranges_overlap() -> None:
    rows = [["", "x"] for _line in range(3000)]
    tall = tuple((top, 1, 3000, 1) for top in range(1, 3000))
    spread = list(Sheet("Ds", False, 1, rows, tall).merged())
    assert [line for line, _column, _top in spread] == list(range(2, 3001))
    apart = Sheet("Ds", False, 1, rows, ((1, 0, 3, 0), (5, 0, 6, 0), (2, 1, 3, 1)))
    assert sorted(apart.merged()) == [(2, 0, 1), (3, 0, 1), (3, 1, 2), (6, 0, 5)]


def test_an_unknown_department_is_compared_with_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    matcher = difflib.SequenceMatcher

    def counted(junk: None, text: str, other: str) -> difflib.SequenceMatcher[str]:
        compared.append(other)
        return matcher(junk, text, other)

    monkeypatch.setattr(difflib, "SequenceMatcher", counted)
    listed = context("agency-leaders")
    index = departments.DepartmentIndex(listed.departments, listed.unit_name)
    names = [f"Trung tâm Quan trắc thị xã Bá Trang số {n}" for n in range(200)]
    assert not any(map(index.find, names))
    assert len(compared) <= 200
    department = index.find("Sở Giáo dục và Đào tạp")
    assert department is not None
    assert (department.name, department.certain) == ("Sở Giáo dục và Đào tạo", False)
