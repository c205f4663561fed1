"""Programs that others wrote read a release and find the same numbers in every format."""

import csv
import itertools
import json
import shutil
from collections import Counter

import duckdb
import frictionless
import pandas as pd
import pyreadstat
import pytest


@pytest.fixture
def folder(released):
    return released.folder


def cells(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_frictionless_finds_every_table_as_described(folder):
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "message"])
    assert len(report.tasks) == len(list(folder.rglob("*.csv")))


def test_frictionless_finds_a_code_that_no_question_offers(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    package = json.loads((copy / "datapackage.json").read_text())
    (resource,) = [one for one in package["resources"] if one["name"] == "scoring-responses"]
    (field,) = [one for one in resource["schema"]["fields"] if one["name"] == "M1_101"]
    field["constraints"]["enum"].remove(1)
    (copy / "datapackage.json").chmod(0o644)
    (copy / "datapackage.json").write_text(json.dumps(package))
    report = frictionless.validate(str(copy / "datapackage.json"))
    faulty = {(name, kind) for name, kind in report.flatten(["fieldName", "type"])}
    assert faulty == {("M1_101", "constraint-error")}


def chosen(rows):
    """How often each code stands in each column of an item."""
    return {
        name: Counter(str(int(float(row[name]))) for row in rows if row[name] not in ("", None))
        for name in rows[0]
        if name[0].isupper()
    }


def test_duckdb_counts_in_parquet_what_stands_in_the_csv(folder):
    expected = chosen(cells(folder / "scoring" / "responses.csv"))
    counts = Counter(
        {
            (row["rated_unit"], row["group"], row["variable"], int(row["option"])): int(
                row["n_option"]
            )
            for row in cells(folder / "scoring" / "counts.csv")
        }
    )
    with duckdb.connect() as base:
        table = base.read_parquet(str(folder / "scoring" / "responses.parquet"))
        counted = {
            name: {
                str(code): n
                for code, n in table.filter(f"{name} is not null")
                .aggregate(f"{name}, count(*)", name)
                .fetchall()
            }
            for name in expected
        }
        told = base.read_parquet(str(folder / "scoring" / "counts.parquet"))
        columns = 'rated_unit, "group", variable, option, n_option'
        summed = {(*key, code): n for *key, code, n in told.project(columns).fetchall()}
    assert counted == expected
    assert summed == counts


def test_pandas_reads_from_parquet_the_table_it_reads_from_csv(folder):
    for name in ("responses", "counts"):
        stored = pd.read_parquet(folder / "scoring" / f"{name}.parquet")
        written = pd.read_csv(
            folder / "scoring" / f"{name}.csv", dtype=str, keep_default_na=False, na_values=[""]
        )
        assert list(stored.columns) == list(written.columns)
        for column in stored:
            ours, theirs = stored[column], written[column]
            if pd.api.types.is_numeric_dtype(ours):
                theirs = pd.to_numeric(theirs)
                pd.testing.assert_series_equal(ours, theirs, check_dtype=False)
            else:
                assert ours.fillna("").tolist() == theirs.fillna("").tolist()


def test_pyreadstat_reads_the_same_answers_and_leaves_out_the_user_missing(folder):
    expected = chosen(cells(folder / "scoring" / "responses.csv"))
    every, _ = pyreadstat.read_sav(folder / "scoring" / "responses.sav", user_missing=True)
    assert chosen(every.astype(object).where(every.notna(), None).to_dict("records")) == expected
    valid, _ = pyreadstat.read_sav(folder / "scoring" / "responses.sav")
    for name, counts in expected.items():
        assert valid[name].notna().sum() == counts.total() - counts["98"]


def test_json_stat_and_sdmx_tell_the_figures_of_the_public_means(folder):
    told = {
        (row["rated_unit"], row["group"], row["item"], name.upper()): float(value)
        for row in cells(folder / "public" / "means.csv")
        for name, value in list(row.items())[5:]
        if value
    }
    sdmx = {
        (row["REF_AREA"], row["RESPONDENT_GROUP"], row["ITEM"], row["INDICATOR"]): float(
            row["OBS_VALUE"]
        )
        for row in cells(folder / "public" / "sdmx.csv")
    }
    assert sdmx == told
    for name in ("means", "means_en"):
        cube = json.loads((folder / "public" / f"{name}.json").read_text())
        indices = [cube["dimension"][one]["category"]["index"] for one in cube["id"]]
        assert cube["size"] == [len(one) for one in indices]
        places = list(itertools.product(*indices))  # row-major, as JSON-stat counts
        assert {places[int(n)]: value for n, value in cube["value"].items()} == told
    words = cube["dimension"]["REF_AREA"]["category"]["label"]
    assert (words["BNV"], words["01"]) == ("Ministry of Home Affairs", "Ha Noi")
