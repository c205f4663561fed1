"""What is in `deploy/` is what the program needs: units start commands that exist, alarms ask for figures that are there."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from surveyapp import clock
from surveyapp.cli.main import main
from surveyapp.config import PROJECT
from surveyapp.db import reading, transaction
from surveyapp.operations.doctor.findings import Diagnosis, Level
from surveyapp.operations.installing import files
from surveyapp.operations.watch import alarms, gauges
from surveyapp.web.http.monitoring import metrics
from tests import factories

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
PROMISED = {"survey_queue_age_seconds", "survey_worker_sign_age_seconds", "survey_messages_day", "survey_backup_age_seconds", "survey_timer_failed", "survey_lock_waits", "survey_database_connections", "survey_database_up"}  # fmt: skip
"""Told only when there is something to tell: on PostgreSQL, after a first backup, with messages waiting."""


@pytest.mark.parametrize(
    "unit", [one for one in UNITS if one.suffix == ".service"], ids=lambda u: u.stem
)
def test_every_service_starts_a_command_that_exists_and_is_hardened(unit, runner):
    words = unit.read_text()
    command = re.search(r"^ExecStart=/opt/surveyapp/.venv/bin/surveyapp (.+)$", words, re.M)
    assert command
    plain = [word for word in command[1].split() if word[0] not in "-%$" and not word[0].isdigit()]
    assert runner.invoke(main, [*plain, "--help"]).exit_code == 0
    for line in (
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "LimitCORE=0",
        "UMask=0077",
        "PrivateTmp=yes",
    ):
        assert line in words, line


def test_every_timer_has_its_service():
    names = {one.name for one in UNITS}
    timers = [one for one in UNITS if one.suffix == ".timer"]
    assert timers
    assert all(f"{one.stem}.service" in names for one in timers)


def test_systemd_itself_finds_no_fault_in_the_units(tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:
        return  # another system: the units are not for it
    files.write_units(tmp_path, user="root", environment_file=tmp_path / "surveyapp.env")
    (tmp_path / "surveyapp.env").touch()
    done = subprocess.run(
        [program, "verify", "--man=no", *map(str, sorted(tmp_path.glob("surveyapp-*")))],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "surveyapp-" in line]
    assert ours == []


def test_nginx_itself_finds_no_fault_in_the_site(tmp_path):
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    assert program, (
        "nginx is not installed: apt-get install nginx-light, or run `make test` as root"
    )
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    names = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run([*certificate, *names, "-subj", "/CN=a"], check=True, capture_output=True)
    site = (PROJECT / "docs" / "proxy" / "nginx.conf").read_text()
    site = site.replace("/etc/ssl/khaosat", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}}}\n".replace(
            "listen 80;", "listen 8480;"
        )
    )
    done = subprocess.run(
        [program, "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_promtool_itself_finds_no_fault_in_scrape_and_alarms(tmp_path):
    program = shutil.which("promtool")
    if program is None:
        return  # it comes with a whole Prometheus, which nobody installs for this; seen with 2.42
    shutil.copytree(DEPLOY / "prometheus", tmp_path, dirs_exist_ok=True)
    scrape, token = tmp_path / "scrape.yml", tmp_path / "token"
    token.touch()
    scrape.write_text(scrape.read_text().replace("/etc/prometheus/surveyapp.token", str(token)))
    done = subprocess.run(
        [program, "check", "config", str(scrape)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def asked_for(text: str) -> set[str]:
    """Names of figures in a file of Prometheus or Grafana."""
    metrics_named = set(re.findall(r"survey_[a-z_]+", text))
    return {re.sub(r"_bucket$", "", name) for name in metrics_named}


@pytest.fixture
def told(settings, engine):
    """Names of the figures that `/metrics` has."""
    settings.instance.mkdir(exist_ok=True)
    with reading() as db:
        now = gauges.read(db, settings, now=clock.now())
    text = metrics.exposition(now).decode()
    return set(re.findall(r"^# TYPE (survey_[a-z_]+)", text, re.M)) | PROMISED


def test_alarms_and_dashboard_ask_for_figures_that_are_there(told):
    yaml = YAML(typ="safe", pure=True)
    rules = yaml.load((DEPLOY / "prometheus" / "surveyapp-alerts.yml").read_text())
    expressions = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    board = json.loads((DEPLOY / "grafana" / "surveyapp.json").read_text())
    expressions += [t["expr"] for panel in board["panels"] for t in panel["targets"]]
    assert len(expressions) > 15
    known = {re.sub(r"_total$", "", name) for name in told} | told
    unknown = {n for one in expressions for n in asked_for(one)} - known
    assert unknown == set()


def test_the_compose_file_has_two_nodes_and_mounts_what_is_there():
    compose = YAML(typ="safe", pure=True).load((DEPLOY / "compose" / "compose.yml").read_text())
    services = compose["services"]
    assert {"postgres", "pgbouncer", "app1", "app2", "worker", "nginx"} <= set(services)
    for volume in services["nginx"]["volumes"]:
        source = volume.split(":")[0]
        assert source == "./tls" or (DEPLOY / "compose" / source).exists(), source
    site = (DEPLOY / "compose" / "nginx.conf").read_text()
    assert "server app1:8000" in site
    alone = (PROJECT / "docs" / "proxy" / "nginx.conf").read_text()
    guards = re.findall(
        r"(?:client_(?:header|body)_timeout|send_timeout|client_max_body_size|"
        r"reset_timedout_connection|proxy_request_buffering) +[^;]+;",
        alone,
    )
    assert len(guards) == 6
    assert [guard for guard in guards if guard not in site] == []
    lock = (DEPLOY / "Containerfile").read_text()
    assert "--require-hashes -r requirements.lock" in lock


@pytest.mark.parametrize(
    "command",
    [
        ["hadolint", str(DEPLOY / "Containerfile")],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose" / "compose.yml")],
    ],
    ids=["containerfile", "compose"],
)  # fmt: skip
def test_the_files_for_containers_pass_their_own_linter_and_schema(command):
    """There is no engine to run them here, and the files say so."""
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([str(program), *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Not run here" in Path(command[-1]).read_text()


def test_gauges_are_of_machines_and_never_of_a_single_submission(settings, engine, now):
    with transaction() as db:
        factories.campaign(db, now, opened=True)
    with reading() as db:
        gauge_by_name = {one.name: one for one in gauges.read(db, settings, now=now)}
    assert gauge_by_name["survey_submitted"].value % gauges.STEP == 0
    assert gauge_by_name["survey_nodes"].labels["kind"] in ("web", "worker")


def test_an_alarm_is_told_once_again_after_hours_and_when_it_is_over(tmp_path, now):
    folder = tmp_path / "alarms"
    fails = [Diagnosis("backup", Level.FAIL, "…"), Diagnosis("disk", Level.WARN, "…")]
    first = alarms.news(fails, folder, now=now)
    assert [one.check for one in first.failing] == ["backup"]
    alarms.mark(first, folder, now=now)
    assert alarms.news(fails, folder, now=now).failing == ()
    assert alarms.news(fails, folder, now=now + alarms.AGAIN).failing
    over = alarms.news([], folder, now=now)
    assert over.over == ("backup",)
    alarms.mark(over, folder, now=now)
    assert alarms.news([], folder, now=now).over == ()


def test_an_alarm_goes_straight_to_the_mail_server(settings, tmp_path, now):
    demo = replace(
        settings, demo=True, mail_from="Máy chủ <a@example.vn>", base_url="https://ks.vn"
    )
    news = alarms.News((Diagnosis("backup", Level.FAIL, "Chưa có bản sao lưu nào."),), ())
    assert alarms.tell(news, demo, ["truc@example.vn"], now=now) == 1
    (line,) = (demo.instance / "spool" / "email.jsonl").read_text().splitlines()
    assert "Chưa có bản sao lưu nào." in json.loads(line)["text"]
