"""Each thing that the contract says a check finds, done to a release by a forger who signs anew."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from surveyapp.exports.formats import csv_files
from surveyapp.exports.release import signature
from surveyapp.exports.verify import verify
from surveyapp.keys import KeyRing
from tests.exports.test_release import changed, codes, relisted, writable

CONTRACT = Path(__file__).parents[2] / "docs" / "release-contract.md"


@pytest.fixture
def copy(released, tmp_path):
    return writable(released.folder, tmp_path)


def tampered(path, old, new):
    def do(copy):
        changed(copy / path, old, new)

    return do


def without(path, beginning=""):
    """A row is gone: the first that begins so, after the heading."""

    def do(copy):
        heading, *lines = (copy / path).read_text().splitlines(keepends=True)
        gone = next(line for line in lines if line.startswith(beginning))
        lines.remove(gone)
        (copy / path).write_text("".join([heading, *lines]))

    return do


def submitted_by_more(copy):
    heading, first, *lines = (copy / "scoring" / "rates.csv").read_text().splitlines(keepends=True)
    cells = first.split(",")
    cells[heading.split(",").index("submitted")] = "7"
    (copy / "scoring" / "rates.csv").write_text("".join([heading, ",".join(cells), *lines]))


def figure(path, column, value, beginning=""):
    """Another figure in a column of the first row that begins so."""

    def do(copy):
        heading, *lines = (copy / path).read_text().splitlines(keepends=True)
        at = next(n for n, line in enumerate(lines) if line.startswith(beginning))
        cells = lines[at].rstrip("\n").split(",")
        cells[heading.strip().split(",").index(column)] = value
        lines[at] = ",".join(cells) + "\n"
        (copy / path).write_text("".join([heading, *lines]))

    return do


def remade(copy, change):
    """The manifest changed by `change` and signed anew."""
    manifest = json.loads((copy / "manifest.json").read_text())
    forger = KeyRing({1: bytes(range(32))})
    manifest["signing"]["public_key"] = signature.public_key(forger)
    change(manifest)
    for name in ("manifest.json", "manifest.sig"):
        (copy / name).unlink()
    csv_files.write_json(copy / "manifest.json", manifest)
    signature.sign(copy, forger)


def in_the_manifest(change):
    """Done to the manifest after the sums were made anew."""

    def do(copy):
        remade(relisted(copy), change)
        return copy

    return do


def renamed(copy):
    other = copy.with_name("tiny-release-002")
    copy.rename(other)
    return other


def as_zip(write):
    def do(copy):
        archive = copy.with_suffix(".zip")
        write(archive, copy)
        return archive

    return do


def no_zip(archive, _copy):
    archive.write_bytes(b"PK no zip")


def second_first_file(manifest):
    manifest["files"].append(manifest["files"][0])


def another_format(manifest):
    manifest["format"] = "par-survey-release/4"


def without_a_figure(manifest):
    del manifest["disclosure"]["rows_withheld"]


def left_alone(change):
    """The sums stay those of what was there: nobody signed anew."""

    def do(copy):
        change(copy)
        return copy

    return do


def one_byte_more(copy):
    with (copy / "scoring" / "rates.csv").open("a") as file:
        file.write("\n")


def row_dropped(copy):
    without("scoring/responses.csv", "1,")(copy)


def two_counts(first, second):
    """Two options of one item change by these, so that the sum stays."""

    def do(copy):
        path = copy / "scoring" / "counts.csv"
        lines = path.read_text().splitlines()
        at = next(n for n, line in enumerate(lines) if line.startswith("province,01,P1,"))
        for line, change in ((at, first), (at + 1, second)):
            cells = lines[line].split(",")
            cells[7] = str(int(cells[7]) + change)
            lines[line] = ",".join(cells)
        path.write_text("\n".join(lines) + "\n")

    return do


FORGED = {
    "no_manifest": left_alone(lambda copy: (copy / "manifest.json").write_text("[" * 100_000)),
    "manifest_shape": in_the_manifest(without_a_figure),
    "unknown_format": in_the_manifest(another_format),
    "bad_signature": left_alone(tampered("manifest.json", '"release": 1', '"release": 2')),
    "bad_zip": as_zip(no_zip),
    "duplicate_path": in_the_manifest(second_first_file),
    "other_name": renamed,
    "missing_file": left_alone(lambda copy: (copy / "scoring" / "rates.csv").unlink()),
    "extra_file": left_alone(lambda copy: (copy / "public" / "more.csv").write_text("x")),
    "bytes": left_alone(one_byte_more),
    "sha256": left_alone(tampered("scoring/counts.csv", "M1-101", "M1-102")),
    "table_shape": tampered("public/means.csv", "responses,mean,", "mean,responses,"),
    "unreadable": lambda copy: (copy / "datapackage.json").write_text("{}"),
    "ddi_shape": tampered("documentation/ddi.xml", "<stdyDscr>", "<stdyDscr><notes/>"),
    "columns": tampered("scoring/codebook.csv", "M1_101,M1-101,", "M1_999,M1-101,"),
    "unknown_code": figure("scoring/responses.csv", "M1_101", "7", "1,"),
    "row_count": row_dropped,
    "small_label": tampered("scoring/responses.csv", ",ministry,*,M5,", ",ministry,BNV,M5,"),
    "small_public_cell": tampered("public/participation.csv", "ministry,TTCP,M1,\n", "ministry,TTCP,M1,3\n"),
    "counts_do_not_add_up": two_counts(1, 0),
    "counts_incomplete": without("scoring/counts.csv", "province,01,P1,"),
    "counts_differ": two_counts(1, -1),
    "public_differs": tampered("public/answers.csv", "ministry,BNV,M1,M1-101,M1_101,", "ministry,NHNN,M1,M1-101,M1_101,"),
    "questionnaire_differs": tampered("questionnaires/M1.json", "Rất tốt", "Rất tồi"),
    "codebook_differs": tampered("scoring/codebook.csv", "Rất tốt", "Rất tồi"),
    "criteria_differ": without("scoring/criteria.csv"),
    "rates_differ": submitted_by_more,
    "cleaning_differs": tampered("scoring/cleaning.csv", "under-floor,3,under_floor,exclude,BNV,M1,", "under-floor,3,under_floor,exclude,BNV,M1,9"),
    "ranks_differ": figure("scoring/sensitivity.csv", "rank_all_in", "3", "under-floor,01,"),
    "sensitivity_differs": figure("scoring/sensitivity.csv", "mean_tail_out", "62.914135", "under-floor,01,"),
    "weights_differ": figure("scoring/weights.csv", "weight", "2.000000"),
    "means_differ": figure("scoring/means.csv", "mean", "49.999000", "ministry,BNV,M1,"),
    "name_missing": without("names/units.csv", "BNV,"),
    "ddi_differs": tampered("documentation/ddi.xml", "<caseQnty>", "<caseQnty>1"),
    "package_differs": tampered("datapackage.json", '"name": "planned"', '"name": "listed"'),
}  # fmt: skip
"""What a forger does to a copy, by the line of the contract that says it is found. Where nothing is given back, the sums
are made anew and signed with a key of the forger's own."""

ELSEWHERE = {
    "other_key": "test_a_release_signed_by_a_stranger_is_found_by_who_knows_the_key",
    "ddi_schema": "test_who_has_an_xsd_checks_by_it",
    "formats_differ": "test_a_file_that_differs_from_the_csv_is_found",
}
"""Lines that need a key, a schema or libraries, and the test that proves each."""


def promised():
    """The codes in the contract's list."""
    table = CONTRACT.read_text().split("## What a check finds")[1]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [code for row in rows for code in re.findall(r"`(\w+)`", row)]


def forged(copy, do):
    given = do(copy)
    return given if isinstance(given, Path) else relisted(copy)


@pytest.mark.parametrize("code", promised())
def test_every_line_of_the_contract_is_proved_by_a_forgery(copy, code):
    if code in ELSEWHERE:
        written = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
        assert f"def {ELSEWHERE[code]}(" in written
        return
    assert code in FORGED, "nobody tampers with a release for this line"
    assert code in codes(forged(copy, FORGED[code]))


def test_no_forgery_is_for_a_line_that_the_contract_does_not_have():
    assert {*FORGED, *ELSEWHERE} == set(promised())


def test_the_zip_is_checked_as_the_folder_is(released, tmp_path):
    archive = released.folder.with_name(released.folder.name + ".zip")
    assert verify(archive) == []
    strange = tmp_path / "strange.zip"
    with zipfile.ZipFile(strange, "w") as packed:
        packed.writestr("../../outside.txt", "x")
    assert {fault.code for fault in verify(strange)} == {"bad_zip"}
    assert not (tmp_path.parent / "outside.txt").exists()
    strange.write_bytes(b"PK no zip")
    assert {fault.code for fault in verify(strange)} == {"bad_zip"}
