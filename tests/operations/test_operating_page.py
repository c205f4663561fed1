"""Every command that the operating page shows is run, in the page's order, on an installation of its own."""

import os
import re
import shutil
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from surveyapp.cli.administration import watch
from surveyapp.cli.main import main
from surveyapp.config import PROJECT
from surveyapp.operations.installing import answers
from tests import factories
from tests.site import bare_debian

PAGE = (PROJECT / "docs" / "operating.md").read_text()
RUN = re.findall(r"^surveyapp (.+)$", PAGE, re.M)
NAMED = set(re.findall(r"`surveyapp ([a-z-]+(?: [a-z][a-z-]+)?)\b", PAGE))


@pytest.fixture
def installed(tmp_path, empty_sqlite):
    """An installation of the test's own, made by `surveyapp setup` from a file of answers."""
    return set_up(tmp_path, empty_sqlite)


@dataclass(frozen=True)
class SetUp:
    """An installation that nobody takes anything away from."""

    folder: Path
    said: str
    words: str


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """One for all tests that only look at it or set it up once more."""
    folder = tmp_path_factory.mktemp("installation")
    said, words = set_up(folder, f"sqlite:///{folder / 'survey.sqlite3'}")
    return SetUp(folder, said, words)


def set_up(tmp_path: Path, url: str) -> tuple[str, str]:
    """What `surveyapp setup` said, and the answers that it was given."""
    answers = {
        "base_url": "http://127.0.0.1:9",
        "database_url": url,
        "instance": tmp_path / "instance",
        "environment_file": tmp_path / "etc" / "surveyapp.env",
        "trusted_proxies": "0",
        "pack": factories.PACKS / "tiny",
        "operator": "operator",
        "operator_name": "Trần Thị Vận Hành",
        "campaign": "tiny",
        "backups": tmp_path / "backups",
        "backup_secret": tmp_path / "secrets" / "backup.key",
        "units": tmp_path / "units",
        "user": "nobody",
        "nodes": "8000 8001",
        "nginx": tmp_path / "sites" / "khaosat.conf",
        "certificate": tmp_path / "tls",
        "command": tmp_path / "surveyapp",
    }
    words = "".join(f"{name} = {value}\n" for name, value in answers.items())
    code, said = call(tmp_path, "setup", "--answers", "-", words=words)
    assert code == 0, said
    return said, words


def call(tmp_path: Path, *arguments: str, words: str = "") -> tuple[int, str]:
    """One command as an administrator gives it, in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SURVEYAPP_", "DATABASE"))}
    done = subprocess.run(
        [sys.executable, "-m", "surveyapp", *arguments],
        env={**kept, "SURVEYAPP_ENV_FILE": str(tmp_path / "etc" / "surveyapp.env")},
        input=words,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def run(words: str, tmp_path: Path) -> None:
    words = words.replace("BACKUP", str(next(iter((tmp_path / "backups").glob("*.backup")), "")))
    names = ("ring.pdf", "ring.txt", "backup.key")
    arguments = [str(tmp_path / one) if one in names else one for one in words.split()]
    code, said = call(tmp_path, *arguments)
    accepted = (0, 1) if arguments[0] == "doctor" else (0,)
    assert code in accepted, f"surveyapp {words}\n{said}"


def test_the_settings_lie_where_the_servers_user_gets_at_them_and_the_secret_is_for_root_alone(
    standing,
):
    def mode(*names):
        return oct(standing.folder.joinpath(*names).stat().st_mode & 0o777)

    assert (mode("etc"), mode("etc", "surveyapp.env")) == ("0o755", "0o640")
    assert mode("backups") == "0o700"  # in a folder of root's the service could not make it
    assert (mode("secrets"), mode("secrets", "backup.key")) == ("0o755", "0o600")


def test_every_command_of_the_page_runs_in_its_order(installed, tmp_path, empty_sqlite):
    assert len(RUN) >= 14
    run("keys export ring.txt", tmp_path)
    shutil.move(tmp_path / "secrets" / "backup.key", tmp_path / "secret-of-setup")
    for words in RUN:
        if words.startswith("backup make-key"):
            run(words, tmp_path)
            shutil.copy(tmp_path / "secret-of-setup", tmp_path / "backup.key")
        elif words.startswith("backup verify"):
            run(words, tmp_path)
        elif words.startswith("restore BACKUP"):
            for file in Path(empty_sqlite.removeprefix("sqlite:///")).parent.glob("survey*"):
                file.unlink()
            for folder in ("releases", "maps", "outbox", "spool"):
                shutil.rmtree(tmp_path / "instance" / folder, ignore_errors=True)
            run(words, tmp_path)
        elif words.startswith("keys import"):
            (tmp_path / "instance" / "keys.json").unlink()
            run(words, tmp_path)
        else:
            run(words, tmp_path)


def test_the_commands_named_in_sentences_are_run_by_tests(runner):
    """Those between backquotes: by a test of their own wherever it stands, not by their help alone."""
    assert NAMED
    every = "\n".join(file.read_text() for file in (PROJECT / "tests").rglob("test_*.py"))
    for words in sorted(NAMED):
        assert runner.invoke(main, [*words.split(), "--help"]).exit_code == 0, words
        given = r",\s*".join(f'"{word}"' for word in words.split())
        assert re.search(rf"[\[(, *]\s*{given}", every), words


def test_the_installation_is_watched_and_gives_an_audience_keys_of_its_own(standing, tmp_path):
    code, said = call(standing.folder, "watch")
    assert code in (0, 1), said
    ring = tmp_path / "respondent.json"
    code, said = call(standing.folder, "keys", "for-audience", "respondent", str(ring))
    assert code == 0, said
    assert ring.stat().st_mode & 0o077 == 0
    assert call(standing.folder, "setup", "--questions")[0] == 0


def test_a_setup_writes_settings_for_their_group_units_with_its_paths_and_goes_on_when_run_again(
    standing,
):
    tmp_path = standing.folder
    assert "surveyapp doctor" in standing.said
    assert (tmp_path / "etc" / "surveyapp.env").stat().st_mode & 0o007 == 0
    assert (tmp_path / "secrets" / "backup.key").stat().st_mode & 0o077 == 0
    unit = (tmp_path / "units" / "surveyapp-web@.service").read_text()
    assert f"EnvironmentFile={tmp_path / 'etc' / 'surveyapp.env'}" in unit
    assert f"ExecStart={PROJECT}/.venv/bin/surveyapp run" in unit
    before = (tmp_path / "etc" / "surveyapp.env").read_text()
    code, said = call(tmp_path, "setup", "--answers", "-", words=standing.words)
    assert code == 0, said
    assert (tmp_path / "etc" / "surveyapp.env").read_text() == before


def test_a_setup_writes_a_site_with_a_line_a_node_and_a_certificate_that_is_its_own(
    standing,
):
    tmp_path = standing.folder
    site = (tmp_path / "sites" / "khaosat.conf").read_text()
    assert [site.count(f"server 127.0.0.1:{port} ") for port in (8000, 8001)] == [1, 1]
    assert f"ssl_certificate     {tmp_path / 'tls'}/fullchain.pem;" in site
    assert "khaosat.example.vn" not in site
    shown = tmp_path / "sites" / "unavailable.html"
    assert shown.stat().st_mode & 0o777 == 0o644  # nginx reads it as a user of its own
    assert (tmp_path / "tls" / "key.pem").stat().st_mode & 0o077 == 0
    context = ssl.create_default_context(cafile=str(tmp_path / "tls" / "fullchain.pem"))
    context.load_cert_chain(tmp_path / "tls" / "fullchain.pem", tmp_path / "tls" / "key.pem")
    assert "tự ký" in standing.said
    assert (tmp_path / "surveyapp").is_symlink()


def test_the_page_installs_in_ten_commands_at_most_and_its_answers_are_understood():
    assert 5 < len(bare_debian.commands()) <= bare_debian.MOST_COMMANDS
    told = answers.read((PROJECT / "deploy" / "answers.example").read_text())
    assert told.nodes.split() == ["8000", "8001"]
    enabling = next(one for one in bare_debian.commands() if one.startswith("systemctl enable"))
    units = {one.name for one in (PROJECT / "deploy" / "systemd").iterdir()}
    for name in enabling.split()[3:]:
        stem = re.sub("@.*", "@", name)
        assert {stem, f"{stem}.service"} & units, name
    fresh = answers.with_password(told)
    assert answers.with_password(fresh) == fresh
    assert fresh.database_url != told.database_url


def test_a_file_of_answers_with_faults_is_refused_with_all_of_them(runner):
    refused = runner.invoke(main, ["setup", "--answers", "-"], input="colour = red\nbase_url\n")
    assert refused.exit_code == 1
    assert all(word in refused.output for word in ("colour", "base_url", "operator"))


def test_role_and_database_are_made_once_on_a_postgresql_that_has_neither(postgres_folder):
    import psycopg

    from surveyapp.operations.installing import database
    from tests import postgres

    admin = postgres.url(postgres_folder, "postgres")
    url = f"postgresql://fresh:secret@/fresh_survey?host={postgres_folder}"
    assert database.make(admin, url) == ["fresh", "fresh_survey"]
    assert database.make(admin, url) == []
    with psycopg.connect(url, connect_timeout=5) as connection:
        assert connection.execute("select current_user").fetchone() == ("fresh",)
    postgres.execute(postgres_folder, "drop database fresh_survey", "drop role fresh")


def test_what_timers_start_does_not_fail_on_an_installation_just_made(standing):
    for words in ("upkeep hourly", "upkeep morning"):
        code, said = call(standing.folder, *words.split())
        assert code == 0, f"surveyapp {words}\n{said}"


def test_one_campaign_that_fails_does_not_keep_the_timer_from_the_next(runner):
    told = []

    @click.command()
    @click.option("--code")
    def work(code: str) -> None:
        told.append(code)
        if code == "first":
            raise click.ClickException("no")

    @click.command()
    @click.pass_context
    def both(context: click.Context) -> None:
        watch._each(context, (work, {"code": "first"}), (work, {"code": "second"}))

    assert runner.invoke(both).exit_code == 1
    assert told == ["first", "second"]
