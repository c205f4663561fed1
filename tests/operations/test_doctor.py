"""The doctor names what is wrong and the command that mends it, and is quiet about what is well."""

import json
import stat
from dataclasses import replace
from datetime import timedelta

import pytest

from surveyapp import clock, timers
from surveyapp.cli.main import main
from surveyapp.config import PROJECT
from surveyapp.db import reading, transaction
from surveyapp.operations.doctor import background_work, examination, machine, outside
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


def test_a_timer_that_is_late_is_mended_by_a_unit_that_is_shipped(diagnoses, engine, now):
    units = {one.stem for one in (PROJECT / "deploy" / "systemd").glob("*.service")}
    with transaction() as db:
        factories.campaign(db, now, opened=True)
    assert set(background_work.UNITS) == set(background_work.TIMERS)
    assert set(background_work.UNITS.values()) <= units
    assert diagnoses()["timer"].command in {f"systemctl start {unit}" for unit in units}


def test_of_two_open_campaigns_the_one_whose_report_never_went_out_is_not_hidden_by_the_other(
    engine, settings, now
):
    def report():
        with reading() as db:
            told = background_work.look(db, settings, now=now)
            (one,) = [one for one in told if one.message.startswith("report.send")]
            return one.level

    with transaction() as db:
        for code in ("one", "two"):
            factories.campaign(db, now, code=code, opened=True)
        assert timers.claim(db, "report.send:two", holder="a", now=now)
        timers.end(db, "report.send:two", holder="a", outcome=timers.DONE, now=now)
    assert report() == Level.WARN
    with transaction() as db:
        assert timers.claim(db, "report.send:one", holder="a", now=now)
        timers.end(db, "report.send:one", holder="a", outcome=timers.DONE, now=now)
    assert report() == Level.OK


@pytest.mark.parametrize(
    ("seconds", "level"), [(1, Level.OK), (-10, Level.WARN), (600, Level.FAIL)]
)
def test_a_clock_apart_from_the_databases_is_named(now, seconds, level):
    told = machine.compare_clocks(now + timedelta(seconds=seconds), now)
    assert told.level == level
    assert bool(told.command) == (level != Level.OK)


def test_a_disk_and_its_inodes_that_fill_are_named(diagnoses, monkeypatch):
    monkeypatch.setattr(machine, "LOW_SHARE", 2)
    told = diagnoses()
    assert (told["disk"].level, told["disk"].command[:2]) == (Level.WARN, "du")
    monkeypatch.setattr(machine, "FULL_SHARE", 2)
    assert diagnoses()["disk"].level == Level.FAIL


def test_an_official_campaign_without_its_custodians_fails(diagnoses, now):
    with transaction() as db:
        campaign = factories.campaign(db, now)
        campaign.custody, campaign.official = "offline", True
    told = diagnoses()["custody"]
    assert (told.level, told.command) == (Level.FAIL, "surveyapp box register --campaign tiny")


def test_a_mail_server_and_a_gateway_out_of_reach_are_named(settings, tmp_path):
    gateway = tmp_path / "gateway.json"
    gateway.write_text(json.dumps({"url": "http://127.0.0.1:9/sms"}))
    away = replace(
        settings,
        smtp_url="smtp://127.0.0.1:9",
        mail_from="Vụ CCHC <khaosat@example.vn>",
        sms_gateway=gateway,
        base_url="http://127.0.0.1:9",
    )
    told = {one.check: one.level for one in outside.look(away)}
    assert told == {"mail": Level.FAIL, "sms": Level.FAIL, "outside": Level.FAIL}


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
