"""The demo begins again after an interruption, and never touches what is not its own."""

from pathlib import Path

import pytest

from surveyapp import schema
from surveyapp.campaigns import service
from surveyapp.campaigns.pack.reading import read_pack
from surveyapp.cli.main import main
from surveyapp.config import Settings
from surveyapp.db import make_engine, transaction
from surveyapp.demo import state
from surveyapp.demo.state import NotADemo
from surveyapp.keys import make_key_ring
from tests.factories import PACKS


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """Settings of an instance that is not there yet."""
    folder = tmp_path / "there"
    return Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'survey.sqlite3'}",
        keys=folder / "keys.json",
    )


def test_a_demo_begun_and_not_finished_is_recognised(empty):
    state.begin(empty)
    assert state.was_interrupted(empty)
    assert not state.is_finished(empty)


def test_clearing_takes_away_everything_of_a_demo(empty):
    state.begin(empty)
    make_key_ring(empty.keys)
    (empty.instance / "releases").mkdir()
    for name in ("survey.sqlite3", "survey.sqlite3-wal", "demo.json"):
        (empty.instance / name).touch()
    state.clear(empty)
    assert not empty.instance.exists()


def test_a_folder_with_a_key_ring_alone_may_become_a_demo(empty):
    empty.instance.mkdir()
    make_key_ring(empty.keys)
    state.begin(empty)
    assert state.was_interrupted(empty)


@pytest.mark.parametrize("act", [state.begin, state.clear])
def test_a_folder_with_other_things_is_left_alone(empty, act):
    (empty.instance / "releases").mkdir(parents=True)
    with pytest.raises(NotADemo):
        act(empty)
    assert [path.name for path in empty.instance.iterdir()] == ["releases"]


def test_a_database_with_a_campaign_is_left_alone(engine, settings, now):
    with transaction() as db:
        service.load_pack(db, read_pack(PACKS / "tiny"), now=now)
    with pytest.raises(NotADemo):
        state.begin(settings)


def test_a_cleared_demo_on_postgresql_leaves_no_tables(empty_postgres, tmp_path):
    settings = Settings(
        instance=tmp_path / "there", database_url=empty_postgres, keys=tmp_path / "keys.json"
    )
    engine = make_engine(empty_postgres)
    schema.migrate(engine)
    state.begin(settings)
    state.clear(settings)
    with engine.connect() as connection:
        assert schema.revision(connection) is None
    engine.dispose()


def test_the_command_refuses_another_survey_and_says_where_to_go(engine, runner, now):
    with transaction() as db:
        service.load_pack(db, read_pack(PACKS / "tiny"), now=now)
    result = runner.invoke(main, ["demo", "prepare"])
    assert result.exit_code == 1
    assert "SURVEYAPP_INSTANCE" in result.output
