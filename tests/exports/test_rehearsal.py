"""A rehearsal makes and checks a whole release from answers nobody gave, and touches nothing real."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from surveyapp.cli.main import main
from surveyapp.db import reading, transaction
from surveyapp.exports.models import Release, ReleaseRehearsal
from surveyapp.exports.release import rehearsal
from surveyapp.exports.release.rehearsal import RehearsalResult
from tests import factories
from tests.exports.opened import stand_in_formats
from tests.fieldwork.counting import half_way

SECRET = ("sealed_ballot", "response", "remark", "receipt", "draft", "person", "invitation")
"""Tables of the real database that a rehearsal never names."""


@pytest.fixture
def campaign(engine, now):
    """The tiny campaign a week after its sending: ballots are in its box."""
    with transaction() as db:
        opened = factories.campaign(db, now, opened=True)
        half_way(db, opened, sent_on=now.date() - timedelta(days=7))
    return opened


@pytest.fixture
def quick(monkeypatch):
    """The files of other formats take seconds, and tests of their own."""
    monkeypatch.setattr(
        "surveyapp.exports.formats.statistics_files.write_formats", stand_in_formats
    )


def rehearse(campaign, now, folder) -> RehearsalResult:
    with reading() as db:
        return rehearsal.rehearse(db, campaign, folder=folder, now=now)


def test_a_rehearsal_is_a_whole_release_and_leaves_nothing_behind(campaign, now, tmp_path):
    rehearsed = rehearse(campaign, now, tmp_path)
    assert (rehearsed.outcome, rehearsed.faults, rehearsed.error) == ("good", (), "")
    assert rehearsed.responses > 0
    assert rehearsed.peak_kib > 0
    assert rehearsed.seconds > 0
    assert {"scoring/responses.sav", "scoring/sipas.csv", "public/answers.csv"} <= set(
        rehearsed.sizes
    )
    assert (
        rehearsed.sizes["scoring/remarks.csv"] > 1000
    )  # its longest remark, as two persons let it leave
    assert list(tmp_path.iterdir()) == []
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Release)) == 0


def test_it_names_no_table_of_answers_or_persons_and_writes_nothing(
    engine, campaign, now, tmp_path, quick
):
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *facts: said.append(facts[2]))
    rehearse(campaign, now, tmp_path)
    words = [statement.replace('"', " ").replace(".", " ").split() for statement in said]
    assert words
    assert [name for name in SECRET for of in words if name in of] == []
    assert [of[0] for of in words if of[0].lower() not in ("select", "set", "begin", "rollback", "show")] == []  # fmt: skip


def test_the_command_records_how_it_went(runner, campaign, engine, settings, quick):
    ran = runner.invoke(main, ["--english", "release", "rehearse", "--campaign", "tiny"])
    assert ran.exit_code == 0, ran.output
    assert ran.output.startswith("Rehearsal of a release: passed; ")
    with reading() as db:
        (kept,) = db.scalars(select(ReleaseRehearsal)).all()
        assert (kept.outcome, kept.error) == ("good", "")
        assert kept.seconds > 0
        assert kept.sizes["manifest.json"] > 0


def test_small_cells_are_told_as_an_opening_tells_them_by_counts_or_the_number_alone(
    campaign, now, tmp_path, quick, monkeypatch
):
    """A pool of rows over cells of two, and of nine, would differ from the counts that may be told."""
    sizes = {("BNV", "M5"): 2, ("NHNN", "M5"): 9, ("01", "P1"): 40}
    monkeypatch.setattr(rehearsal, "_assignments", lambda _db, _campaign: sizes)
    with reading() as db:
        assert (campaign.row_minimum, campaign.count_minimum) == (10, 3)
        rehearsed = rehearsal.rehearse(db, campaign, folder=tmp_path, now=now)
    assert rehearsed.error == ""
    assert not rehearsed.faults
    assert rehearsed.responses == 51
