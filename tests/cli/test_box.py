"""The box from the command line: exit codes, and the whole life of a key."""

import json
import stat

import pytest
from sqlalchemy import Engine, delete, select

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns import service
from surveyapp.cli.main import main
from surveyapp.db import reading, transaction
from surveyapp.keys import read_key_ring
from surveyapp.responses import queries
from surveyapp.responses.models import SealedBallot
from surveyapp.responses.sealed_box import box
from tests import factories
from tests.responses.world import World, survey


@pytest.fixture
def run(runner):
    def command(*arguments: str) -> tuple[int, str]:
        done = runner.invoke(main, ["--english", "box", *arguments, "--campaign", "tiny"])
        return done.exit_code, done.output

    return command


@pytest.fixture
def collected(engine: Engine, runner, run, settings, now) -> World:
    """A campaign whose key was made by the command; eleven people have submitted; closed."""
    with transaction() as db:
        campaign = factories.campaign(db, now)
    assert run("keys")[0] == 0
    with transaction() as db:
        factories.approve_questionnaires(db, campaigns.campaign(db, "tiny"), now)
        service.open_campaign(db, "tiny", now=now)
        campaign = campaigns.campaign(db, "tiny")
        world = survey(db, read_key_ring(settings.keys), now, people=11, campaign=campaign)
        for form in world.forms:
            world.save(db, form, {"P1-101": "1"})
            world.submit(db, form)
        factories.close_campaign(db, "tiny", now=now)
    return world


def test_a_key_is_made_once_and_its_fingerprint_is_printed(engine, run, settings, now):
    with transaction() as db:
        factories.campaign(db, now)
    code, output = run("keys")
    with reading() as db:
        campaign = campaigns.campaign(db, "tiny")
        assert campaign.box_fingerprint == box.fingerprint(campaign.box_public_key)
    assert (code, campaign.box_fingerprint in output) == (0, True)
    path = settings.instance / "box" / "tiny.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run("keys") == (1, "The campaign tiny has a box key already. Nothing was changed.\n")


def test_a_key_whose_record_was_lost_is_taken_up_again(engine, run, settings, now):
    with transaction() as db:
        factories.campaign(db, now)
    assert run("keys")[0] == 0
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        fingerprint, campaign.box_public_key, campaign.box_fingerprint = (
            campaign.box_fingerprint,
            None,
            None,
        )
    code, output = run("keys")
    assert (code, fingerprint in output) == (0, True)


def test_the_box_is_checked_and_opened(collected, run):
    assert run("check", "--json") == (
        0,
        json.dumps({"ballots": 11, "submitted": 11, "forged": 0}, indent=2) + "\n",
    )
    code, output = run("open")
    assert code == 0
    assert "The box is open: 11 ballots in 1 cells of unit × group.\n" in output
    with reading() as db:
        assert len(list(queries.responses(db, collected.campaign.id))) == 11
        assert queries.opening(db, collected.campaign.id).digest in output
    code, output = run("open")
    assert (code, "opened already" in output) == (1, True)


def test_a_box_that_does_not_add_up_stays_shut(collected, run):
    with transaction() as db:
        one = select(SealedBallot.id).limit(1).scalar_subquery()
        db.execute(delete(SealedBallot).where(SealedBallot.id == one))
    assert run("check")[0] == 1
    code, output = run("open")
    assert (code, "10 ballots, but 11" in output) == (1, True)


def test_the_key_is_destroyed_after_the_release_only(collected, run, settings):
    assert run("open")[0] == 0
    assert run("destroy", "--yes")[0] == 1
    with transaction() as db:
        service.record_release(db, "tiny")
    assert run("destroy", "--yes") == (0, "The box key was destroyed.\n")
    assert not (settings.instance / "box" / "tiny.json").exists()


def test_an_unknown_campaign_is_refused_with_the_reason(engine, run):
    code, output = run("check")
    assert (code, bool(output)) == (1, True)


def test_a_failed_export_leaves_no_file(engine, run, now, tmp_path):
    with transaction() as db:
        factories.campaign(db, now)
    assert run("export", "--out", str(tmp_path / "export.gz"))[0] == 1
    assert not (tmp_path / "export.gz").exists()
