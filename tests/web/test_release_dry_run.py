"""A program of the scoring stage tries its way before there is a release, and learns when one is there."""

import re
from pathlib import Path

import pytest
from sqlalchemy import delete

from surveyapp.db import transaction
from surveyapp.exports.models import Release
from surveyapp.exports.release import signature
from surveyapp.exports.verify import FORMAT, FORMAT_OF_KINDS
from tests.web.test_api import described, faults
from tests.web.test_release_api import ask, built, given

__all__ = ["built", "given"]
CHANGES = Path(__file__).parents[2] / "docs" / "release-contract-changes.md"


@pytest.fixture
def before_any(given: str) -> str:
    """The token, while there is no release."""
    with transaction() as db:
        db.execute(delete(Release))
    return given


def test_a_program_that_expects_what_a_release_has_is_told_so_before_there_is_one(
    client, before_any, keys
):
    columns = (
        "column=scoring/means.csv:mean&column=scoring/responses.csv:M1_101&column=public/sdmx.csv"
    )
    key = signature.public_key(keys)
    answer = ask(client, f"/dry-run?format={FORMAT}&key={key}&{columns}", before_any)
    assert answer.status_code == 200
    assert faults(described("releases/dry-run", "200"), answer.json) == []
    assert answer.json == {"campaign": "tiny", "format": FORMAT, "key": key, "mismatches": []}


@pytest.mark.parametrize(
    ("asked", "of"),
    [
        ("format=par-survey-release/4", "format"),
        ("format=" + FORMAT_OF_KINDS, "format"),
        ("key=" + "00" * 32, "key"),
        ("column=scoring/scores.csv:mean", "table"),
        ("column=scoring/means.csv:average", "column"),
        ("column=scoring/responses.csv:M9_101", "column"),
    ],
)
def test_what_no_release_has_is_named(client, before_any, asked, of):
    (wrong,) = ask(client, f"/dry-run?{asked}", before_any).json["mismatches"]
    assert wrong == {"of": of, "expected": asked.partition("=")[2]} or (
        of == "table" and wrong == {"of": of, "expected": "scoring/scores.csv"}
    )


def test_a_dry_run_asks_for_the_token_of_releases(client, before_any):
    assert ask(client, "/dry-run", "pir_wrong").status_code == 401
    assert ask(client, "/feed.json", "pir_wrong").status_code == 401


def test_the_feed_tells_of_a_release_when_it_is_there(client, given, built):
    first = ask(client, "/feed.json", given)
    assert faults(described("releases/feed.json", "200"), first.json) == []
    (item,) = first.json["items"]
    (listed,) = ask(client, "", given).json["releases"]
    assert item["content_text"] == listed["manifest_sha256"]
    zipped = item["url"].partition("/releases")[2]
    assert ask(client, zipped, given).data == built.with_name(built.name + ".zip").read_bytes()
    etag = first.headers["ETag"]
    assert ask(client, "/feed.json", given, If_None_Match=etag).status_code == 304
    with transaction() as db:
        db.execute(delete(Release))
    after = ask(client, "/feed.json", given, If_None_Match=etag)
    assert (after.status_code, after.json["items"]) == (200, [])


def test_the_changes_of_the_contract_begin_with_the_formats_of_today():
    headings = re.findall(r"^## .*`(par-survey-release/\d+)`", CHANGES.read_text(), re.M)
    assert headings[:2] == [FORMAT_OF_KINDS, FORMAT]
    numbers = [int(one.rpartition("/")[2]) for one in headings]
    assert numbers == sorted(numbers, reverse=True)
