"""The receiver's check reads the files of other programs too, and finds what a forger changed in one of them."""

import csv
import subprocess
import sys
import zipfile

import pandas as pd
import pyreadstat
import pytest

from surveyapp.exports.verify import verify
from surveyapp.exports.verify.checks import formats
from surveyapp.exports.verify.command import main
from tests.exports.test_release import relisted, writable


@pytest.fixture
def copy(released, tmp_path):
    return writable(released.folder, tmp_path)


def another_answer(copy):
    """The row of the first response with an answer to M1-101, and another answer to it."""
    with (copy / "scoring" / "responses.csv").open(newline="") as file:
        return next(n for n, row in enumerate(csv.DictReader(file)) if row["M1_101"] == "1"), 2


def in_parquet(copy):
    path = copy / "scoring" / "responses.parquet"
    table = pd.read_parquet(path)
    row, answer = another_answer(copy)
    table.loc[row, "M1_101"] = answer
    table.to_parquet(path, index=False)


def in_counts(copy):
    path = copy / "scoring" / "counts.parquet"
    table = pd.read_parquet(path)
    table.loc[0, "n_option"] += 1
    table.to_parquet(path, index=False)


def in_spss(copy):
    path = copy / "scoring" / "responses.sav"
    table, _ = pyreadstat.read_sav(path, user_missing=True)
    row, answer = another_answer(copy)
    table.loc[row, "M1_101"] = answer
    pyreadstat.write_sav(table, path)


def swapped_labels(copy):
    path = copy / "scoring" / "responses_en.sav"
    table, about = pyreadstat.read_sav(path, user_missing=True)
    labels = dict(about.variable_value_labels)
    of_item = labels["M1_101"]
    labels["M1_101"] = of_item | {1.0: of_item[5.0], 5.0: of_item[1.0]}
    pyreadstat.write_sav(table, path, variable_value_labels=labels)


def in_stata(name):
    def do(copy):
        path = copy / "scoring" / name
        table, _ = pyreadstat.read_dta(path)
        pyreadstat.write_dta(table.drop(index=len(table) - 1), path)

    return do


def in_the_workbook(old, new, part="scoring"):
    def do(copy):
        path = copy / part / "results.xlsx"
        with zipfile.ZipFile(path) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        changed = next(name for name, text in parts.items() if old in text)
        parts[changed] = parts[changed].replace(old, new, 1)
        with zipfile.ZipFile(path, "w") as book:
            for name, text in parts.items():
                book.writestr(name, text)

    return do


FORGED = {
    "scoring/responses.parquet": in_parquet,
    "scoring/counts.parquet": in_counts,
    "scoring/responses.sav": in_spss,
    "scoring/responses.dta": in_stata("responses.dta"),
    "scoring/responses_en.sav": swapped_labels,
    "scoring/responses_en.dta": in_stata("responses_en.dta"),
    "scoring/results.xlsx": in_the_workbook(b"<t>BNV</t>", b"<t>NHNN</t>"),
    "public/results.xlsx": in_the_workbook(b"<t>BNV</t>", b"<t>NHNN</t>", "public"),
}


def test_nothing_is_found_in_a_whole_release(released):
    assert verify(released.folder, formats=True) == []


@pytest.mark.parametrize("path", FORGED)
def test_a_file_that_differs_from_the_csv_is_found(copy, path):
    FORGED[path](copy)
    relisted(copy)
    assert verify(copy) == []
    assert {(one.path, one.code) for one in verify(copy, formats=True)} == {
        (path, "formats_differ")
    }


def test_a_province_written_as_a_number_is_found(copy):
    in_the_workbook(b't="inlineStr"><is><t>01</t></is></c>', b"><v>1</v></c>")(copy)
    faults = verify(relisted(copy), formats=True)
    assert {(one.path, one.code) for one in faults} == {("scoring/results.xlsx", "formats_differ")}


def test_a_missing_library_is_named(copy, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(formats.NoReader, match="pyarrow"):
        verify(copy, formats=True)
    with pytest.raises(SystemExit) as left:
        main(["--formats", str(copy)])
    assert left.value.code == 2
    assert "pyarrow" in capsys.readouterr().err


def test_without_libraries_the_rest_is_checked(released):
    code = "import sys; sys.modules.update(pyarrow=None, pyreadstat=None); from surveyapp.exports.verify.command import main; sys.exit(main(sys.argv[1:]))"  # fmt: skip
    ran = subprocess.run([sys.executable, "-c", code, str(released.folder)], capture_output=True, text=True)  # fmt: skip
    assert (ran.returncode, ran.stdout) == (3, "whole, signed by an unknown key: see --key\n")
