"""What is kept of a rehearsal that went wrong, and what the centre is warned of."""

import json
import os
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from surveyapp.campaigns import queries
from surveyapp.db import reading, transaction
from surveyapp.exports import verify
from surveyapp.exports.labels import rehearsal_warning
from surveyapp.exports.release import rehearsal
from surveyapp.exports.release.rehearsal import RehearsalResult
from surveyapp.exports.release.signature import public_key
from tests import factories
from tests.exports.opened import stand_in_formats

FEW = {("BNV", "M1"): 12, ("01", "P1"): 30}


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """Only reading differs between the engines, and its test runs on both."""
    return sqlite_engine


@pytest.fixture
def campaign(engine, now):
    with transaction() as db:
        return factories.campaign(db, now, opened=True)


@pytest.fixture
def few(monkeypatch):
    """A few dozen assignments, and no files of the slow formats."""
    monkeypatch.setattr(rehearsal, "_assignments", lambda *_facts: FEW)
    monkeypatch.setattr(
        "surveyapp.exports.formats.statistics_files.write_formats", stand_in_formats
    )


@pytest.fixture
def no_run(monkeypatch):
    """Everything around a rehearsal, but not itself."""
    monkeypatch.setattr(rehearsal, "_run", lambda *_facts: {"outcome": "good"})


def rehearse(campaign, now, folder) -> RehearsalResult:
    with reading() as db:
        return rehearsal.rehearse(db, campaign, folder=folder, now=now)


def test_it_is_signed_with_a_key_of_the_moment_under_a_code_of_its_own(
    campaign, now, keys, tmp_path, few, monkeypatch
):
    seen = []
    real = verify.verify
    monkeypatch.setattr(
        verify,
        "verify",
        lambda folder, *, key: (
            seen.append((key, json.loads((folder / "manifest.json").read_text())))
            or real(folder, key=key)
        ),
    )
    rehearse(campaign, now, tmp_path)
    ((key, manifest),) = seen
    assert key != public_key(keys)
    assert manifest["campaign"]["code"] == "tiny-dien-tap"


def test_what_goes_wrong_is_told_and_nothing_is_left(campaign, now, tmp_path, few, monkeypatch):
    def full(*_facts, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("surveyapp.exports.formats.statistics_files.write_formats", full)
    rehearsed = rehearse(campaign, now, tmp_path)
    assert rehearsed.outcome == "failed"
    assert rehearsed.error == "OSError: [Errno 28] No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_a_check_that_finds_faults_is_no_success(campaign, now, tmp_path, few, monkeypatch):
    fault = verify.ReleaseFault("scoring/counts.csv", "counts_differ", "BNV M1")
    monkeypatch.setattr(verify, "verify", lambda _folder, *, key: [fault] if key else [])
    rehearsed = rehearse(campaign, now, tmp_path)
    assert rehearsed.outcome == "faulty"
    assert rehearsed.faults == ("scoring/counts.csv: counts_differ (BNV M1)",)


def test_before_anybody_is_invited_the_plan_says_how_many(campaign, now, tmp_path, no_run):
    with reading() as db:
        planned = sum(queries.plan(db, campaign.id, side="rated").values())
    assert rehearse(campaign, now, tmp_path).responses == planned


@pytest.mark.parametrize(
    ("outcome", "ago", "warning", "words"),
    [
        (None, 0, "never", "Chưa lần nào"),
        ("good", 1, "", ""),
        ("good", 3, "overdue", "quá hai ngày"),
        ("faulty", 1, "faulty", "có lỗi khi kiểm tra"),
        ("failed", 1, "failed", "không lập được"),
        ("running", 1, "interrupted", "bị ngắt"),
        ("running", 0, "", ""),
    ],
)
def test_the_centre_is_warned_of_a_night_without_success(
    campaign, now, outcome, ago, warning, words
):
    later = now + timedelta(days=10)
    if outcome is not None:
        at = later - timedelta(days=ago)
        with transaction() as db:
            rehearsal.begin(db, campaign, now=at)
            if outcome != "running":
                told = RehearsalResult(outcome, 1, 1.0, 1)
                rehearsal.finish(db, campaign, told, started_at=at)
    with reading() as db:
        status = rehearsal.status(db, campaign, now=later)
    assert status.warning == warning
    assert words in rehearsal_warning(status)
    assert bool(words) == bool(rehearsal_warning(status))


def test_what_a_killed_rehearsal_left_is_taken_away_later(campaign, now, tmp_path, no_run):
    left = tmp_path / ".rehearsal-old"
    left.mkdir()
    old = (now - timedelta(hours=4)).timestamp()
    os.utime(left, (old, old))
    rehearse(campaign, now, tmp_path)
    assert not left.exists()
