"""`surveyapp release …` as an operator and as the receiver type it."""

import json
import shutil
from pathlib import Path

import pytest

from surveyapp.cli.main import main
from surveyapp.db import transaction
from tests import factories
from tests.exports.opened import opened_campaign


@pytest.fixture
def opened(engine, now):
    with transaction() as db:
        opened_campaign(db, now)


def run(runner, *arguments):
    return runner.invoke(main, ["--english", "release", *arguments])


def test_a_release_is_built_listed_and_verified(runner, opened, tmp_path):
    built = run(runner, "build", "--campaign", "tiny", "--out", str(tmp_path), "--json")
    assert built.exit_code == 0, built.output
    told = json.loads(built.output)
    assert told["number"] == 1
    listed = run(runner, "list", "--campaign", "tiny", "--json")
    assert [one["folder"] for one in json.loads(listed.output)] == [told["folder"]]
    verified = run(runner, "verify", told["folder"])
    words = "The release is whole, signed by an unknown key: see --key.\n"
    assert (verified.exit_code, verified.output) == (3, words)
    key = json.loads((Path(told["folder"]) / "manifest.json").read_text())["signing"]["public_key"]
    verified = run(runner, "verify", told["folder"] + ".zip", "--key", key, "--formats")
    assert (verified.exit_code, verified.output) == (0, "The release is whole.\n")


def test_a_release_that_was_changed_is_refused_with_the_reason(runner, opened, tmp_path):
    run(runner, "build", "--campaign", "tiny", "--out", str(tmp_path))
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "tiny-release-001", copy)
    (copy / "scoring" / "counts.csv").unlink()
    verified = run(runner, "verify", str(copy))
    assert verified.exit_code == 1
    assert verified.output == "scoring/counts.csv: the file is missing\n"
    as_json = run(runner, "verify", str(copy), "--json")
    assert json.loads(as_json.output)["whole"] is False
    assert as_json.exit_code == 1


def test_a_campaign_still_open_is_refused_in_words(runner, engine, now, tmp_path):
    with transaction() as db:
        factories.campaign(db, now, opened=True)
    refused = run(runner, "build", "--campaign", "tiny", "--out", str(tmp_path))
    assert refused.exit_code == 1
    assert "only after the box was opened" in refused.output


def test_a_faulty_sipas_table_is_told_line_by_line(runner, opened, tmp_path):
    table = tmp_path / "sipas.csv"
    table.write_text(
        "gso_code,n_valid,sipas_overall_pct,sipas_policy_pct,sipas_service_pct,source_document\n01,1,200,,,a\n"
    )
    out = str(tmp_path / "out")
    refused = run(runner, "build", "--campaign", "tiny", "--out", out, "--sipas", str(table))
    assert refused.exit_code == 1
    assert "Line 2, column sipas_overall_pct: must be a number from 0 to 100" in refused.output
