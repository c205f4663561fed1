"""The receiver installs the check without the server, and any JSON Schema validator agrees with it."""

import csv
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from surveyapp.exports.verify import SCHEMA, verify
from surveyapp.exports.verify.layout import COLUMNS
from surveyapp.exports.verify.schema import misfits
from tests.exports.test_release import changed, relisted, writable

PROJECT = Path(__file__).parents[2]
OFFLINE = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


@pytest.fixture
def folder(released):
    return released.folder


def run(*arguments, cwd):
    return subprocess.run(arguments, cwd=cwd, env=OFFLINE, capture_output=True, text=True)


def test_the_check_is_installed_where_there_is_no_server(folder, tmp_path):
    venv.create(tmp_path / "receiver", with_pip=False)
    python = tmp_path / "receiver" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps")
    installed = run(*pip, str(PROJECT / "verifier"), cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    check = tmp_path / "receiver" / "bin" / "par-release-verify"
    ran = run(str(check), "--json", str(folder), cwd=tmp_path)
    assert (ran.returncode, json.loads(ran.stdout)) == (
        3,
        {"whole": True, "key": "unknown", "faults": []},
    )
    for server in ("surveyapp", "sqlalchemy", "lxml"):
        assert run(str(python), "-c", f"import {server}", cwd=tmp_path).returncode == 1
    copy = writable(folder, tmp_path)
    changed(copy / "scoring" / "counts.csv", "M1-101", "M1-102")
    ran = run(str(check), str(copy), cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stdout.startswith("scoring/counts.csv: sha256 ")


def test_the_check_runs_as_one_file_without_being_installed(folder, tmp_path):
    made = run(
        sys.executable, str(PROJECT / "verifier" / "backend.py"), str(tmp_path), cwd=tmp_path
    )
    assert made.returncode == 0, made.stderr
    alone = (sys.executable, "-I", "-S", str(tmp_path / "verify.pyz"))
    key = json.loads((folder / "manifest.json").read_text())["signing"]["public_key"]
    ran = run(*alone, "--key", key, str(folder), cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "whole\n")
    ran = run(*alone, str(folder) + ".zip", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (3, "whole, signed by an unknown key: see --key\n")
    assert json.loads(run(*alone, "--schema", cwd=tmp_path).stdout) == SCHEMA


def test_the_schema_is_published_with_the_documents_and_in_the_release(folder):
    Draft202012Validator.check_schema(SCHEMA)
    published = json.loads((PROJECT / "docs" / "release.schema.json").read_text())
    assert published == SCHEMA
    assert json.loads((folder / "documentation" / "release.schema.json").read_text()) == SCHEMA


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_library_validates_the_manifest_and_every_table_by_the_schema(folder):
    Draft202012Validator(SCHEMA).validate(json.loads((folder / "manifest.json").read_text()))
    tables = {path.relative_to(folder).as_posix(): rows(path) for path in folder.rglob("*.csv")}
    Draft202012Validator(SCHEMA["$defs"]["tables"]).validate(tables)


def test_the_schema_and_the_package_describe_the_same_columns(folder):
    package = json.loads((folder / "datapackage.json").read_text())
    for resource in package["resources"]:
        fields, columns = resource["schema"]["fields"], COLUMNS[resource["path"]]
        assert [field["name"] for field in fields][: len(columns)] == list(columns)
        for field, schema in zip(fields, columns.values(), strict=False):
            counted = (
                schema.get("pattern") in ("^[0-9]+$", "^[0-9]*$") or field["name"] == "excluded"
            )
            assert counted == (field["type"] == "integer"), (resource["path"], field["name"])


def places(value, path=()):
    """Every place in a document."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


ODD = st.sampled_from(
    [None, True, -1, 0, 1.5, "", "x", [], {}, "par-survey-release/5", "flag", "=1"]
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_receivers_own_validator_agrees_with_a_library(released, data):
    manifest = json.loads((released.folder / "manifest.json").read_text())
    manifest["files"] = manifest["files"][:2]
    where = data.draw(st.sampled_from([path for path in places(manifest) if path]))
    parent = manifest
    for key in where[:-1]:
        parent = parent[key]
    if data.draw(st.booleans()):
        del parent[where[-1]]
    else:
        parent[where[-1]] = data.draw(ODD)
    whole = Draft202012Validator(SCHEMA).is_valid(manifest)
    assert whole == (not list(misfits(manifest, SCHEMA))), where


@pytest.mark.parametrize(
    ("path", "old", "new", "detail"),
    [
        ("scoring/rates.csv", "planned,listed", "listed,planned", "level,rated_unit"),
        ("scoring/cleaning.csv", ",exclude,", ",delete,", "effect: delete"),
        ("scoring/remarks.csv", "ministry,Nên", "ministry,=Nên", "text: =Nên"),
        (
            "public/answers.csv",
            ",all,M1,M1-101,M1_101,1,",
            ",all,M1,M1-101,M1_101,1.0,",
            "options: 1.0",
        ),
        ("scoring/counts.csv", "province,01,P1,", "province,01,P1,P1,", "!= 12"),
    ],
)
def test_a_table_of_another_shape_is_found(folder, tmp_path, path, old, new, detail):
    copy = writable(folder, tmp_path)
    changed(copy / path, old, new)
    faults = verify(relisted(copy))
    assert {(fault.path, fault.code) for fault in faults} == {(path, "table_shape")}
    assert any(detail in fault.detail for fault in faults), faults
