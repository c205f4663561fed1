"""The cleaning report says which rules ran, whom they touched and what moved; the public one tells no cell."""

import csv
import json
import re
from dataclasses import asdict

import pypdfium2
import pytest

from surveyapp.documents.pdf import write_pdf
from surveyapp.exports.cleaning import report
from surveyapp.exports.cleaning.rule_labels import condition
from surveyapp.exports.cleaning.rulesets import read_rules
from surveyapp.exports.formats import report_document
from surveyapp.i18n import speaking
from tests.exports.conftest import PAIR, written
from tests.exports.opened import SIZES


@pytest.fixture
def folder(released):
    return released.folder


def words(path):
    """The text of a page or of a PDF, spaces and broken lines made one space."""
    if path.suffix == ".html":
        text = re.sub(r"<[^>]+>", " ", path.read_text())
    else:
        text = " ".join(
            page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)
        )
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_the_report_names_rules_version_date_and_person(folder, kind):
    told = words(folder / "scoring" / f"cleaning.{kind}")
    for said in (
        "phiên bản 1, vu.cchc chốt lúc",
        "Họp ngày 5",
        "under-floor 3",
        "Không tính vào kết quả",
        "từ 5 câu liền nhau trở lên chọn cùng một mức; chỉ nhóm M1, P1",
        "Theo biên bản họp",
        "Biên bản 12",
    ):
        assert said in told, said


def test_the_report_counts_the_touched_by_unit_and_group_as_the_table_does(folder):
    page = (folder / "scoring" / "cleaning.html").read_text()
    with (folder / "scoring" / "cleaning.csv").open(newline="") as file:
        touched = [row for row in csv.DictReader(file) if row["rated_unit"] == "46"]
    row = re.search(r"<th scope=\"row\">Thừa Thiên Huế</th><td>P1</td>(.*?)</tr>", page)[1]
    figures = [int(n) for n in re.findall(r">(\d+)<", row)]
    assert figures[:-2] == [int(one["touched"]) for one in touched]
    assert figures[-1] == SIZES["46", "P1"]


def test_the_table_of_effects_agrees_with_the_study_of_the_centre(released):
    folder, study = released.folder, released.account.study
    with (folder / "scoring" / "sensitivity.csv").open(newline="") as file:
        rows = {(row["rule"], row["rated_unit"]): row for row in csv.DictReader(file)}
    for unit in study.together.units:
        row = rows["*", unit.unit]
        assert row["mean_person_out"] == f"{unit.means[3]:.6f}"
        assert row["rank_person_out"] == str(unit.ranks[3])
    told = json.loads((folder / "manifest.json").read_text())
    assert study.excluded == told["counts"]["excluded"] > 0


def test_the_public_report_tells_no_unit_no_person_and_no_small_count(folder):
    for kind in ("html", "pdf"):
        told = words(folder / "public" / f"cleaning.{kind}")
        for kept in ("Hà Nội", "Thừa Thiên Huế", "vu.cchc", "Biên bản 12", "Họp ngày 5"):
            assert kept not in told
    page = (folder / "public" / "cleaning.html").read_text()
    rules = page.split("<tbody>")[1].split("</tbody>")[0]
    shown = re.findall(r'class="number">([^<]+)<', rules)
    assert shown[-1] == "–"  # of the held cell, whose size is in the table of participation
    assert all(n == "–" or int(n) % 5 == 0 < int(n) for n in shown)


@pytest.mark.parametrize(
    ("n", "shown"), [(0, "–"), (4, "–"), (5, "5"), (9, "5"), (95, "95"), (96, "–")]
)
def test_a_public_count_and_its_rest_are_never_small(n, shown):
    assert report._rounded(n, 100, 5) == shown


def test_the_documents_do_not_know_the_hour(folder):
    for part in ("scoring", "public"):
        document = pypdfium2.PdfDocument(folder / part / "cleaning.pdf")
        assert document.get_metadata_dict()["CreationDate"] == ""


def test_the_same_words_are_printed_to_the_same_bytes(released):
    facts = {**asdict(report.public(released.account)), "language": "vi"}
    printed = (released.folder / "public" / "cleaning.pdf").read_bytes()
    assert write_pdf(report_document.TEMPLATE, facts) == printed


def test_the_report_of_the_centre_is_the_one_of_the_release(released):
    page = report_document.as_html(report.whole(released.account))
    assert page == (released.folder / "scoring" / "cleaning.html").read_text()


def test_a_report_is_spoken_in_english_too(released):
    with speaking("en"):
        page = report_document.as_html(report.whole(released.account))
    assert "Cleaning report" in page
    assert "5 items in a row or more with the same step; only groups M1, P1. As minuted" in page
    assert 'lang="en"' in page


BACK = {
    "first": {"item": "M1-101", "codes": ["5"]},
    "second": {"item": "M1-102", "codes": ["1"]},
}


def test_every_kind_of_rule_has_its_condition_in_words():
    told = [
        condition(rule)
        for rule in read_rules(
            [
                written("dont_know_share", at_least=1),
                written("identical_share", at_least=0.95),
                written("low_variation", below=0.25),
                written("contradiction", pairs=[PAIR, BACK]),
                written("test", units=["01"]),
            ]
        )
    ]
    assert told == [
        "chọn “Không biết” ở từ 100% số câu trở lên",
        "cùng một mức ở từ 95% số câu có trả lời",
        "độ lệch chuẩn giữa các câu dưới 0,25",
        "M1-101 cùng M1-102: 1/2 với 5, 5 với 1",
        "phiếu thử, về các đơn vị 01",
    ]
