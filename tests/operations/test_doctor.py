"""The doctor names what is wrong and the command that mends it, and is quiet about what is well."""

import json
import stat
from dataclasses import replace

import pytest

from surveyapp import clock
from surveyapp.cli.main import main
from surveyapp.db import transaction
from surveyapp.operations.doctor import examination
from surveyapp.operations.doctor.findings import Level
from surveyapp.operations.installation import ownership
from surveyapp.tables import metadata
from tests import factories
from tests.operations.test_key_ring import FOREIGN


@pytest.fixture
def diagnoses(settings, keys, engine):
    """Findings by check, as they stand when asked."""
    settings.instance.mkdir(mode=0o700, exist_ok=True)

    def look(with_settings=settings, ring=keys):
        told = examination.examine(
            with_settings,
            keys=ring,
            engine=engine,
            metadata=metadata,
            now=clock.now(),
            from_outside=False,
        )
        return {one.check: one for one in told}

    return look


def test_a_sound_installation_lacks_only_its_backup(diagnoses, keys, now):
    with transaction() as db:
        ownership.claim(db, keys, now=now)
    told = diagnoses()
    assert {check for check, one in told.items() if one.level == Level.FAIL} == {"backup"}
    assert told["backup"].command == "surveyapp backup make-key FILE"
    assert all(one.message for one in told.values())


def test_a_foreign_ring_an_older_schema_and_an_open_folder_are_named(
    diagnoses, settings, now, engine
):
    with transaction() as db:
        ownership.claim(db, FOREIGN, now=now)
    assert diagnoses()["keys"].level == Level.FAIL
    settings.instance.chmod(0o755)
    assert diagnoses()["modes"].command.startswith("chmod go= ")
    settings.instance.chmod(0o700)
    with engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '0001'")
    told = diagnoses()
    assert (told["schema"].level, told["schema"].command) == (Level.FAIL, "surveyapp migrate")
    assert "backup" not in told, "what cannot be asked is not asked"


def test_timers_and_workers_are_missed_only_while_a_campaign_is_open(diagnoses, keys, now):
    assert diagnoses()["worker"].level == Level.OK
    with transaction() as db:
        factories.campaign(db, now, opened=True)
    told = diagnoses()
    assert told["worker"].level == Level.WARN
    assert "surveyapp-worker" in told["worker"].command
    assert told["timer"].level == Level.WARN


def test_a_backup_key_is_asked_for_and_then_a_backup(diagnoses, settings):
    with_key = replace(settings, backup_recipient="backup-public-" + "a" * 52)
    assert diagnoses(with_key)["backup"].command == "surveyapp backup take"


def test_the_command_gives_json_and_an_exit_code(runner):
    told = runner.invoke(main, ["doctor", "--no-outside", "--json"])
    assert told.exit_code == 1
    assert {"check", "level", "message", "command"} == set(json.loads(told.output)[0])
    plain = runner.invoke(main, ["doctor", "--no-outside"])
    assert "surveyapp backup make-key" in plain.output


def test_settings_that_cannot_be_read_are_a_finding_and_not_a_stop(runner):
    told = runner.invoke(main, ["doctor", "--json"], env={"DATABASE_URL": None})
    assert told.exit_code == 1
    assert "DATABASE_URL" in json.loads(told.output)[0]["message"]


def test_without_a_ring_the_doctor_says_so(runner, settings):
    settings.keys.unlink()
    told = runner.invoke(main, ["doctor", "--json"])
    assert "surveyapp init" in told.output


def test_this_very_server_is_looked_at_from_outside(runner):
    told = runner.invoke(main, ["doctor"], env={"SURVEYAPP_BASE_URL": "http://127.0.0.1:9"})
    assert "http://127.0.0.1:9" in told.output


def test_the_ring_of_the_tests_is_for_its_owner_alone(runner, settings):
    assert stat.S_IMODE(settings.keys.stat().st_mode) == 0o600
