"""What the server refuses to start with: settings, keys, a database that could forget."""

import base64
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from surveyapp import create_app
from surveyapp.config import SettingsRefused, read_settings
from surveyapp.db import UnsafeDatabase, make_engine
from surveyapp.keys import KeyRingRefused, make_key_ring, read_key_ring

ROOT = bytes(range(32))


def ring(path: Path, roots: object, *, mode: int = 0o600) -> Path:
    """A key ring file with these root keys."""
    if isinstance(roots, dict):
        roots = {n: base64.b64encode(key).decode() for n, key in roots.items()}
    path.write_text(roots if isinstance(roots, str) else json.dumps(roots))
    path.chmod(mode)
    return path


def test_a_fresh_ring_is_taken_and_no_two_are_alike(tmp_path):
    make_key_ring(tmp_path / "a.json")
    make_key_ring(tmp_path / "b.json")
    first, second = (read_key_ring(tmp_path / name) for name in ("a.json", "b.json"))
    assert first.roots[1] != second.roots[1]
    assert "root" not in repr(first)


@pytest.mark.parametrize(
    ("roots", "reason"),
    [
        ("", "not a key ring"),
        ("[]", "not a key ring"),
        ('{"1": "not base64!"}', "not a key ring"),
        ({}, "holds no key"),
        ({"1": ROOT[:31]}, "31 bytes"),
        ({"1": b""}, "0 bytes"),
        ({"1": bytes(32)}, "not random"),
        ({"1": b"changeme" * 4}, "not random"),
        ({"1": ROOT, "2": ROOT}, "twice"),
    ],
)
def test_a_ring_that_protects_nothing_is_refused_with_its_reason(tmp_path, roots, reason):
    with pytest.raises(KeyRingRefused) as refused:
        read_key_ring(ring(tmp_path / "keys.json", roots))
    assert reason in refused.value.reason


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o777])
def test_a_ring_that_anybody_else_can_touch_is_refused(tmp_path, mode):
    with pytest.raises(KeyRingRefused, match="readable by others"):
        read_key_ring(ring(tmp_path / "keys.json", {"1": ROOT}, mode=mode))


def test_a_missing_ring_is_refused_and_the_command_that_makes_one_is_named(tmp_path):
    with pytest.raises(KeyRingRefused, match="surveyapp init"):
        read_key_ring(tmp_path / "keys.json")


def test_every_fault_of_the_environment_is_told_at_once(tmp_path):
    wrong = {
        "DATABASE_URL": "mysql://host/name",
        "SURVEYAPP_BASE_URL": "http://[",
        "SURVEYAPP_DEMO": "maybe",
        "SURVEYAPP_TRUSTED_PROXIES": "²",
        "SURVEYAPP_LOG_LEVEL": "loud",
        "SURVEYAPP_QUESTIONNAIRES": str(tmp_path / "no-such-folder"),
        "SURVEYAPP_SECRET": "x",
    }
    with pytest.raises(SettingsRefused) as refused:
        read_settings(wrong)
    assert {fault.partition(":")[0] for fault in refused.value.faults} == set(wrong)


@pytest.mark.parametrize("url", ["khaosat.vn", "ftp://a.vn", "https://a.vn/b", "https://a.vn?b", "https://u:p@a.vn"])  # fmt: skip
def test_an_address_of_more_or_less_than_scheme_and_host_is_refused(url):
    with pytest.raises(SettingsRefused):
        read_settings({"SURVEYAPP_BASE_URL": url})


def test_without_an_address_of_the_database_nothing_is_begun_but_a_demonstration(tmp_path):
    with pytest.raises(SettingsRefused, match="DATABASE_URL"):
        read_settings({"SURVEYAPP_INSTANCE": str(tmp_path)})
    assert read_settings({"SURVEYAPP_INSTANCE": str(tmp_path)}, as_demo=True).database_url
    (tmp_path / "demo.json").touch()
    assert read_settings({"SURVEYAPP_INSTANCE": str(tmp_path)}).database_url


def test_services_and_commands_read_one_file_and_the_environment_goes_before_it(
    tmp_path, monkeypatch
):
    file = tmp_path / "surveyapp.env"
    file.write_text(
        '# a remark\nDATABASE_URL=postgresql://survey@db/one\nSURVEYAPP_BASE_URL="https://a.vn"\n'
    )
    file.chmod(0o640)
    monkeypatch.setenv("SURVEYAPP_ENV_FILE", str(file))
    monkeypatch.setenv("SURVEYAPP_BASE_URL", "https://b.vn")
    settings = read_settings()
    assert settings.database_url == "postgresql+psycopg://survey@db/one"
    assert settings.base_url == "https://b.vn"


@pytest.mark.parametrize(
    ("words", "mode", "said"),
    [
        ("DATABASE_URL=sqlite:////x", 0o644, "chmod"),
        ("DATABASE_URL=sqlite:////x\nwhat is this", 0o600, ":2:"),
        ("DATABASE_URL=sqlite:////x\nSURVEYAPP_COLOUR=x", 0o600, "SURVEYAPP_COLOUR"),
    ],
)
def test_a_file_of_settings_with_a_fault_is_refused(tmp_path, monkeypatch, words, mode, said):
    file = tmp_path / "surveyapp.env"
    file.write_text(words)
    file.chmod(mode)
    monkeypatch.setenv("SURVEYAPP_ENV_FILE", str(file))
    with pytest.raises(SettingsRefused, match=said):
        read_settings()


def test_settings_that_are_printed_hold_no_password():
    settings = read_settings(
        {
            "DATABASE_URL": "postgresql://survey:matkhau@host/name",
            "SURVEYAPP_METRICS_TOKEN": "matkhau",
            "SURVEYAPP_SMTP_URL": "smtp://a:matkhau@host",
            "SURVEYAPP_MAIL_FROM": "a@x.vn",
            "SURVEYAPP_MAIL_BOUNCES": "a@x.vn",
            "SURVEYAPP_IMAP_URL": "imaps://a:matkhau@host/INBOX",
        }
    )
    assert "matkhau" in settings.database_url
    assert "matkhau" not in repr(settings)


def weakened(engine: Engine, *statements: str) -> Engine:
    """The engine, each connection of which is told to be less careful."""

    def weaken(connection, _entry):
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
        if engine.dialect.name == "postgresql":
            connection.commit()

    event.listen(engine, "connect", weaken)
    return engine


@pytest.mark.parametrize(
    ("setting", "statement"),
    [
        ("journal_mode", "PRAGMA journal_mode=delete"),
        ("synchronous", "PRAGMA synchronous=normal"),
        ("foreign_keys", "PRAGMA foreign_keys=off"),
    ],
)
def test_sqlite_that_could_forget_an_answer_serves_nobody(keys, setting, statement, tmp_path):
    careless = weakened(make_engine(f"sqlite:///{tmp_path / 'other.sqlite3'}"), statement)
    with pytest.raises(UnsafeDatabase) as refused:
        create_app(
            read_settings({"DATABASE_URL": "sqlite:////nowhere/survey.sqlite3"}),
            keys=keys,
            engine=careless,
        )
    careless.dispose()
    assert refused.value.setting == setting


def test_postgresql_that_could_forget_an_answer_serves_nobody(empty_postgres, tmp_path, keys):
    careless = weakened(make_engine(empty_postgres), "SET synchronous_commit = off")
    with pytest.raises(UnsafeDatabase) as refused:
        create_app(
            read_settings({"DATABASE_URL": "sqlite:////nowhere/survey.sqlite3"}),
            keys=keys,
            engine=careless,
        )
    careless.dispose()
    assert refused.value.setting == "synchronous_commit"
