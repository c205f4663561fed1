"""What is written about the results is readable by people, archives and programs, and true."""

import csv
import hashlib
import json
import re
from xml.etree import ElementTree as ET

import pypdfium2
import pytest

from surveyapp.instruments.fingerprints import fingerprints
from tests.exports.opened import SIZES

DDI = {"d": "ddi:codebook:2_5"}


@pytest.fixture
def folder(released):
    return released.folder


def test_the_package_describes_every_column_of_every_table(folder):
    package = json.loads((folder / "datapackage.json").read_text())
    described = {resource["path"]: resource for resource in package["resources"]}
    tables = {path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")}
    assert set(described) == tables
    for path, resource in described.items():
        content = (folder / path).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        heading = content.decode().split("\n")[0].split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == heading


def test_every_cell_is_of_the_type_and_code_that_the_package_declares(folder):
    package = json.loads((folder / "datapackage.json").read_text())
    kinds = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "string": r"(?s).*"}
    for resource in package["resources"]:
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        with (folder / resource["path"]).open(newline="") as file:
            for row in csv.DictReader(file):
                for name, value in row.items():
                    assert not value or re.fullmatch(kinds[fields[name]["type"]], value), name
                    allowed = fields[name].get("constraints", {}).get("enum")
                    assert not value or allowed is None or int(value) in allowed, name


def test_archives_find_every_variable_with_its_categories(folder):
    root = ET.parse(folder / "documentation" / "ddi.xml").getroot()
    with (folder / "scoring" / "responses.csv").open() as file:
        columns = next(csv.reader(file))
    variables = root.findall("d:dataDscr/d:var", DDI)
    assert [variable.get("name") for variable in variables] == columns
    assert root.findtext("d:fileDscr/d:fileTxt/d:dimensns/d:caseQnty", None, DDI) == str(
        sum(SIZES.values())
    )
    asked = next(variable for variable in variables if variable.get("name") == "M1_101")
    codes = [value.text for value in asked.findall("d:catgry/d:catValu", DDI)]
    assert codes == ["1", "2", "3", "4", "5", "98"]
    missing = asked.findall("d:catgry[@missing='Y']/d:catValu", DDI)
    assert [value.text for value in missing] == ["98"]


def test_people_read_the_codebook_in_both_languages_without_a_script(folder):
    page = (folder / "documentation" / "codebook.html").read_text()
    assert "<caption><code>M1_101</code> Ông/Bà đánh giá" in page
    assert "How do you rate the quality" in page
    assert "<script" not in page
    assert "http" not in page


def test_people_read_the_codebook_on_paper_with_the_fingerprint_of_every_item(folder):
    document = pypdfium2.PdfDocument(folder / "documentation" / "codebook.pdf")
    told = " ".join(page.get_textpage().get_text_range() for page in document)
    page = (folder / "documentation" / "codebook.html").read_text()
    with (folder / "scoring" / "codebook.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert document.get_metadata_dict()["CreationDate"] == ""
    for row in rows:
        assert row["variable"] in told
        if row["item"]:
            assert re.fullmatch(r"[0-9a-f]{10}(-[0-9a-f]{10}){2}", row["fingerprint"])
            assert f"dấu vân tay {row['fingerprint']}" in page
            assert row["fingerprint"][:10] in told  # a line may break at a hyphen


def test_the_fingerprint_of_the_codebook_is_the_one_that_rounds_are_compared_by(released):
    frame = released.account.frame
    prints = {
        item: str(fingerprint)
        for form in frame.asked
        for item, fingerprint in fingerprints(form).items()
    }
    with (released.folder / "scoring" / "codebook.csv").open(newline="") as file:
        told = {row["item"]: row["fingerprint"] for row in csv.DictReader(file) if row["item"]}
    assert told == prints
