"""Each thing that the contract says a check finds, done to a release by a forger who signs anew."""

import json
import shutil
import zipfile

import pytest

from surveyapp.exports.formats import csv_files
from surveyapp.exports.release import signature
from surveyapp.exports.verify import verify
from surveyapp.keys import KeyRing
from tests.exports.test_release import changed, codes, relisted, writable


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


FOUND = {
    "weights_differ": figure("scoring/weights.csv", "weight", "2.000000"),
    "means_differ": figure("scoring/means.csv", "mean", "49.999000", "ministry,BNV,M1,"),
    "questionnaire_differs": tampered("questionnaires/M1.json", "Rất tốt", "Rất tồi"),
    "codebook_differs": tampered("scoring/codebook.csv", "Rất tốt", "Rất tồi"),
    "criteria_differ": without("scoring/criteria.csv"),
    "rates_differ": submitted_by_more,
    "cleaning_differs": tampered("scoring/cleaning.csv", "under-floor,3,under_floor,exclude,BNV,M1,", "under-floor,3,under_floor,exclude,BNV,M1,9"),
    "name_missing": without("names/units.csv", "BNV,"),
    "public_differs": tampered("public/answers.csv", "ministry,BNV,M1,M1-101,M1_101,", "ministry,NHNN,M1,M1-101,M1_101,"),
    "table_shape": tampered("public/means.csv", "responses,mean,", "mean,responses,"),
    "ddi_shape": tampered("documentation/ddi.xml", "<stdyDscr>", "<stdyDscr><notes/>"),
}  # fmt: skip


@pytest.mark.parametrize("code", FOUND)
def test_what_a_forger_changed_is_found(copy, code):
    assert codes(copy) == set()
    FOUND[code](copy)
    assert code in codes(relisted(copy))


def test_a_better_mean_with_a_worse_rank_is_found(copy):
    path = copy / "scoring" / "sensitivity.csv"
    heading, *lines = path.read_text().splitlines()
    columns = heading.split(",")
    mean, rank = columns.index("mean_all_in"), columns.index("rank_all_in")
    rows = [line.split(",") for line in lines]
    best = next(row for row in rows if row[rank] == "1" and row[mean] != "0.000000")
    best[mean] = "0.000000"
    path.write_text("\n".join([heading, *(",".join(row) for row in rows)]) + "\n")
    assert "ranks_differ" in codes(relisted(copy))


def test_a_file_named_twice_is_found(copy):
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"].append(manifest["files"][0])
    forger = KeyRing({1: bytes(range(32))})
    manifest["signing"]["public_key"] = signature.public_key(forger)
    for name in ("manifest.json", "manifest.sig"):
        (copy / name).unlink()
    csv_files.write_json(copy / "manifest.json", manifest)
    signature.sign(copy, forger)
    assert codes(copy) == {"duplicate_path"}


def test_a_release_under_the_name_of_another_is_found(released, tmp_path):
    other = tmp_path / released.folder.name.replace("001", "002")
    shutil.copytree(released.folder, other)
    assert codes(other) == {"other_name"}


def test_a_manifest_nested_without_end_is_refused_not_crashed_over(copy):
    (copy / "manifest.json").write_text("[" * 100_000)
    assert codes(copy) == {"no_manifest"}


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
