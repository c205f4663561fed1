"""The doctor names what is wrong and the command that mends it, and is quiet about what is well."""

import json
import re
import ssl
import stat
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from surveyapp import clock, timers
from surveyapp.cli.main import main
from surveyapp.config import PROJECT
from surveyapp.db import reading, transaction
from surveyapp.operations.doctor import background_work, database, examination, machine, outside
from surveyapp.operations.doctor.findings import Level
from surveyapp.operations.installation import ownership
from surveyapp.operations.installing import front as front_files
from surveyapp.operations.models import BackupRecord
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


@pytest.mark.parametrize(
    ("age", "level"),
    [(timedelta(hours=25), Level.OK), (timedelta(hours=30), Level.WARN), (timedelta(days=3), Level.FAIL)],
)  # fmt: skip
def test_a_backup_that_is_old_is_named_with_its_day(diagnoses, settings, age, level):
    with transaction() as db:
        made = BackupRecord(digest="d", taken_at=clock.now() - age, size=1, revision="1")
        db.add(made)
    told = diagnoses(replace(settings, backup_recipient="backup-public-" + "a" * 52))["backup"]
    assert told.level == level
    assert told.command == ("" if level == Level.OK else "surveyapp backup take")


@pytest.mark.parametrize(("free", "level"), [(20, Level.OK), (10, Level.WARN), (1, Level.FAIL)])
def test_a_disk_without_room_for_another_file_is_named_though_bytes_are_free(
    diagnoses, monkeypatch, free, level
):
    room = {"f_frsize": 1, "f_blocks": 100, "f_bfree": 90, "f_bavail": 90, "f_files": 100}
    monkeypatch.setattr(machine.os, "statvfs", lambda _: SimpleNamespace(**room, f_favail=free))
    told = diagnoses()
    assert told["disk"].level == Level.OK
    told = told["inodes"]
    assert (told.level, f"{free}%" in told.message) == (level, True)


@contextmanager
def front(answer, certificate: Path | None = None):
    """Something that stands before the survey; `answer` makes of a request's headers what it tells."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(answer(self.headers)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_): ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "fullchain.pem", certificate / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def seen_from_outside(settings, url):
    told = {one.check: one for one in outside.look(replace(settings, base_url=url, demo=True))}
    told.pop("mail")
    return told


def test_a_certificate_that_nobody_trusts_is_named(settings, tmp_path, now):
    front_files.make_certificate(tmp_path, host="127.0.0.1", now=now)
    with front(lambda _: {}, tmp_path) as url:
        told = seen_from_outside(settings, url)
    assert {check: one.level for check, one in told.items()} == {"tls": Level.FAIL}
    assert told["tls"].command == "certbot --nginx -d 127.0.0.1"


def believing(headers):
    """A proxy that lets through what a visitor sends."""
    return {
        "scheme": headers.get("X-Forwarded-Proto", "http"),
        "host": headers.get("X-Forwarded-Host", headers["Host"]),
    }


@pytest.mark.parametrize(
    ("proxy", "level"),
    [
        (believing, Level.FAIL),
        (lambda _headers: {"scheme": "http", "host": "127.0.0.1:8000"}, Level.FAIL),
        (lambda headers: {"scheme": "http", "host": headers["Host"]}, Level.OK),
    ],
    ids=["forged headers pass", "none are set", "set anew"],
)
def test_a_proxy_that_lets_forged_headers_through_or_sets_none_is_named(settings, proxy, level):
    with front(proxy) as url:
        told = seen_from_outside(settings, url)["proxy"]
    assert told.level == level
    assert ("nginx -t" in told.command) == (level != Level.OK)


COMMANDS = re.compile(
    r"(surveyapp|systemctl|psql|chmod|timedatectl|certbot|diff|editor|du|findmnt) "
)


def test_whatever_is_wrong_comes_with_a_command(settings, keys, engine, now, tmp_path, monkeypatch):
    gateway = tmp_path / "gateway.json"
    gateway.write_text(json.dumps({"url": "http://127.0.0.1:9/sms"}))
    away = replace(settings, base_url="http://127.0.0.1:9", sms_gateway=gateway)
    settings.instance.mkdir(mode=0o755, exist_ok=True)
    settings.instance.chmod(0o755)
    monkeypatch.setattr(machine, "LOW_SHARE", 2)
    monkeypatch.setattr(database, "FEWEST_CONNECTIONS", 10**6)
    with transaction() as db:
        ownership.claim(db, FOREIGN, now=now)
        ownership.find(db).restored_from = now
        campaign = factories.campaign(db, now, opened=True)
        campaign.custody, campaign.official = "offline", True
        for number in "12":
            ownership.sign(db, number, kind="web", version=number, keys=[1], now=clock.now())
    told = list(
        examination.examine(
            away, keys=keys, engine=engine, metadata=metadata, now=clock.now(), from_outside=True
        )
    )
    wrong = [one for one in told if one.level != Level.OK]
    checks = {one.check for one in wrong}
    assert checks >= {"disk", "modes", "keys", "backup", "restored", "nodes", "custody", "timer", "worker", "mail", "sms", "outside"}  # fmt: skip
    assert [one for one in wrong if not COMMANDS.match(one.command)] == []


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
    assert "surveyapp keys import FILE || surveyapp init" in told.output


def test_this_very_server_is_looked_at_from_outside(runner):
    told = runner.invoke(main, ["doctor"], env={"SURVEYAPP_BASE_URL": "http://127.0.0.1:9"})
    assert "http://127.0.0.1:9" in told.output


def test_the_ring_of_the_tests_is_for_its_owner_alone(runner, settings):
    assert stat.S_IMODE(settings.keys.stat().st_mode) == 0o600
