"""Parquet, SPSS and the workbook say what the CSV says."""

import csv
from pathlib import Path

import pyreadstat
import pytest
from openpyxl import load_workbook
from pyarrow import parquet

from surveyapp.accounts.act import Act
from surveyapp.exports.release import building
from tests.exports.opened import opened_campaign


@pytest.fixture
def engine(sqlite_engine):
    """The files are made from the CSV; the database makes no difference."""
    return sqlite_engine


@pytest.fixture(scope="module")
def built() -> list[Path]:
    return []


@pytest.fixture
def scoring(built, request, now, keys, tmp_path_factory):
    """The folder of a release that is built once: every test only reads it."""
    if not built:
        db, out = request.getfixturevalue("db"), tmp_path_factory.mktemp("release")
        campaign = opened_campaign(db, now)
        built.append(building.build(db, campaign, out=out, act=Act("centre", now, keys)))
    return built[0] / "scoring"


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_text(value) -> str:
    if value is None or value != value:
        return ""
    return str(int(value)) if isinstance(value, float) else str(value)


def as_number(cell) -> str | float:
    """Numbers alike whether text or not; a code that begins with 0 stays a text."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, str) and text[:1] == "0" and text[1:2] not in ("", "."):
        return text
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize("name", ["responses", "counts"])
def test_parquet_holds_the_same_cells(scoring, name):
    rows = parquet.read_table(scoring / f"{name}.parquet").to_pylist()
    assert [{k: as_text(v) for k, v in row.items()} for row in rows] == cells(
        scoring / f"{name}.csv"
    )


def test_codes_of_provinces_keep_their_leading_zero(scoring):
    table = parquet.read_table(scoring / "responses.parquet")
    assert "01" in table.column("rated_unit").to_pylist()


def test_spss_holds_the_same_cells_with_labels_and_the_missing_code(scoring):
    frame, meta = pyreadstat.read_sav(scoring / "responses.sav", user_missing=True)
    rows = [{k: as_text(v) for k, v in row.items()} for row in frame.to_dict("records")]
    assert rows == cells(scoring / "responses.csv")
    assert meta.variable_value_labels["M1_101"][1.0] == "Rất tốt"
    assert meta.variable_value_labels["M1_101"][98.0] == "Không biết / Không có ý kiến"
    assert meta.missing_ranges["M1_101"] == [{"lo": 98.0, "hi": 98.0}]
    assert "M1_203" not in meta.missing_ranges  # no "don't know" was offered
    assert meta.column_names_to_labels["M1_101"].startswith("Ông/Bà đánh giá")


def test_widths_and_formats_in_spss_are_those_of_the_columns_not_of_the_rows(scoring):
    _, meta = pyreadstat.read_sav(scoring / "responses.sav", user_missing=True)
    types = meta.original_variable_types
    assert (types["rated_unit"], types["flags"], types["level"]) == ("A32", "A255", "A8")
    assert (types["M1_101"], types["M1_203"], types["excluded"]) == ("F2.0", "F1.0", "F1.0")
    assert meta.variable_value_labels["rated_unit"]["BNV"] == "Bộ Nội vụ"
    assert meta.variable_value_labels["group"]["M1"]


def test_stata_holds_the_same_cells_with_labels_dated_by_the_opening(scoring):
    frame, meta = pyreadstat.read_dta(scoring / "responses.dta")
    rows = [{k: as_text(v) for k, v in row.items()} for row in frame.to_dict("records")]
    assert rows == cells(scoring / "responses.csv")
    assert meta.variable_value_labels["M1_101"][1] == "Rất tốt"
    assert meta.column_names_to_labels["M1_101"].startswith("Ông/Bà đánh giá")
    assert b"<timestamp>\x1115 Jan 2024 03:00<" in (scoring / "responses.dta").read_bytes()[:1024]


@pytest.mark.parametrize(("name", "read"), [("responses_en.sav", pyreadstat.read_sav), ("responses_en.dta", pyreadstat.read_dta)])  # fmt: skip
def test_the_same_file_has_english_labels_too(scoring, name, read):
    frame, meta = read(scoring / name, **({"user_missing": True} if name.endswith("sav") else {}))
    rows = [{k: as_text(v) for k, v in row.items()} for row in frame.to_dict("records")]
    assert rows == cells(scoring / "responses.csv")
    assert meta.variable_value_labels["M1_101"][1] == "Very good"
    assert meta.column_names_to_labels["M1_101"].startswith("How do you rate")
    assert meta.file_label == "Tiny trial survey"


@pytest.mark.parametrize("name", ["read.R", "read.do", "read.sps"])
def test_ready_commands_label_every_column_in_both_languages(scoring, name):
    folder = scoring.parent / "documentation" / "syntax"
    vietnamese, english = (
        (folder / one).read_text() for one in (name, name.replace("read", "read_en"))
    )
    with (scoring / "responses.csv").open(encoding="utf-8") as file:
        columns = file.readline().strip().split(",")
    for column in columns:
        assert column in vietnamese
        assert column in english
    assert "Rất tốt" in vietnamese
    assert "Very good" in english
    assert "Rất tốt" not in english
    assert "scoring/responses.csv" in vietnamese


def test_every_unit_group_and_criterion_has_its_words_in_both_languages(scoring):
    names = scoring.parent / "names"
    units = {row["code"]: row for row in cells(names / "units.csv")}
    assert (units["BNV"]["name_vi"], units["01"]["kind"]) == ("Bộ Nội vụ", "province")
    assert {"all", "*"} <= set(units)
    assert {row["code"] for row in cells(names / "groups.csv")} >= {"M1", "P3", "all", "*"}
    told = {row["criterion"] for row in cells(names / "criteria.csv")}
    assert told >= {row["criterion"] for row in cells(scoring / "criteria.csv")}
    assert all(row["title_vi"] and row["area_en"] for row in cells(names / "criteria.csv"))


def test_the_workbook_has_a_sheet_for_every_table_with_codes_as_text(scoring):
    book = load_workbook(scoring / "results.xlsx", read_only=True)
    tables = {path.stem for path in scoring.glob("*.csv")} - {"responses"}
    assert tables <= set(book.sheetnames)
    assert {"public-means", "public-answers", "names-units"} <= set(book.sheetnames)
    heading, *rows = book["public-participation"].iter_rows(values_only=True)
    assert "01" in [row[heading.index("rated_unit")] for row in rows]
    heading, *rows = book["names-criteria"].iter_rows(values_only=True)
    assert all(isinstance(row[heading.index("area")], str) for row in rows)


def test_the_public_workbook_holds_what_may_be_published_and_nothing_else(scoring):
    release = scoring.parent
    book = load_workbook(release / "public" / "results.xlsx", read_only=True)
    told = [path for part in ("public", "names") for path in (release / part).glob("*.csv")]
    expected = {f"{path.parent.name}-{path.stem}": path for path in told if path.stem != "sdmx"}
    assert set(book.sheetnames) == set(expected)
    for name, path in expected.items():
        heading, *rows = book[name].iter_rows(values_only=True)
        texts = [[as_number(one) for one in row] for row in rows]
        with path.open(encoding="utf-8", newline="") as file:
            head, *lines = csv.reader(file)
        assert list(heading) == head
        assert texts == [[as_number(cell) for cell in line] for line in lines], name


def test_statistical_systems_get_the_public_means_as_observations(scoring):
    public = scoring.parent / "public"
    means = {
        (row["rated_unit"], row["group"], row["item"]): row["mean"]
        for row in cells(public / "means.csv")
    }
    told = {
        (row["REF_AREA"], row["RESPONDENT_GROUP"], row["ITEM"]): row["OBS_VALUE"]
        for row in cells(public / "sdmx.csv")
        if row["INDICATOR"] == "MEAN"
    }
    assert told == means


def test_spss_is_dated_by_the_opening_not_by_the_clock(scoring):
    header = (scoring / "responses.sav").read_bytes()[:176]
    assert header[92:109] == b"15 Jan 2403:00:00"


def test_the_workbook_holds_every_row_and_names_no_small_group(scoring):
    book = load_workbook(scoring / "results.xlsx", read_only=True)
    rows = cells(scoring / "responses.csv")
    for group in ("M1", "M5", "P1"):
        sheet = list(book[group].iter_rows(values_only=True))
        rows_of_group = [row for row in rows if row["group"] == group]
        for told, row in zip(sheet[1:], rows_of_group, strict=True):
            named = dict(zip(sheet[0], told, strict=False))
            assert {name: as_text(value) for name, value in named.items()} == {
                name: row[name] for name in named
            }
    assert len(list(book["withheld"].iter_rows())) == 5
    assert len(list(book["counts"].iter_rows())) == len(cells(scoring / "counts.csv")) + 1
