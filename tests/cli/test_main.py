"""The command line: help everywhere, and exit codes that a script can rely on."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.cli.main import main
from surveyapp.db import bound, make_engine
from tests import factories


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command and group."""
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, f"{name} is announced but not there"
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_explains_itself(runner, path):
    told = runner.invoke(main, [*path, "--help"])
    assert told.exit_code == 0
    usage, _options, rest = told.output.partition("\n\n")
    assert usage.startswith("Usage:")
    assert len(rest.split()) > 3


def test_what_does_not_exist_is_wrong_usage(runner):
    assert runner.invoke(main, ["fly"]).exit_code == 2
    assert runner.invoke(main, ["staff", "add"]).exit_code == 2


def in_a_process(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python, which has imported nothing yet."""
    given = {**os.environ, **environment}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=given)


def test_help_of_every_command_is_quick_because_nothing_heavy_is_imported_for_it():
    asked = [list(path) for path in commands()]
    groups = sorted({path[:n] for path in commands() for n in range(len(path))})
    script = f"""
import contextlib, io, sys
from surveyapp.cli.main import main
for path in {[[*each] for each in groups] + asked!r}:
    with contextlib.redirect_stdout(io.StringIO()):
        main([*path, "--help"], standalone_mode=False)
    heavy = {{"flask", "pandas", "alembic", "pydantic", "sqlalchemy", "cryptography"}} & set(sys.modules)
    assert not heavy, (path, heavy)
print("read", end="")
"""
    done = in_a_process(script)
    assert (done.stdout, done.returncode) == ("read", 0), done.stderr


def test_an_option_whose_value_reads_like_a_call_for_help_is_run_with_its_database(tmp_path):
    """`--campaign --help` names a campaign; it is looked for in the database of the environment."""
    script = "import sys; sys.argv[1:] = 'campaign approvals --campaign --help'.split()\n"
    script += "from surveyapp.cli.main import main; main()"
    done = in_a_process(script, DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert (tmp_path / "empty.sqlite3").exists(), done.stderr
    assert done.returncode == 1 and "surveyapp migrate" in done.stderr, done.stderr


def test_init_makes_keys_once_and_never_overwrites_them(runner, settings):
    settings.keys.unlink()
    assert runner.invoke(main, ["init"]).exit_code == 0
    made = settings.keys.read_bytes()
    assert settings.keys.stat().st_mode & 0o077 == 0
    assert runner.invoke(main, ["init"]).exit_code == 0
    assert settings.keys.read_bytes() == made


def test_a_ring_that_others_can_read_is_refused(runner, settings):
    settings.keys.chmod(0o644)
    refused = runner.invoke(main, ["keys", "check"])
    assert refused.exit_code == 1
    assert "chmod 600" in refused.output


def test_every_fault_of_the_settings_is_told_at_once(runner):
    wrong = {"SURVEYAPP_DEMO": "maybe", "SURVEYAPP_TRUSTED_PROXIES": "-1", "SURVEYAPP_COLOUR": "x"}
    refused = runner.invoke(main, ["init"], env=wrong)
    assert refused.exit_code == 1
    assert all(name in refused.output for name in wrong)


def test_migrate_goes_to_the_newest_revision_and_back(runner, tmp_path):
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}"}
    forwards = runner.invoke(main, ["migrate"], env=env)
    assert forwards.exit_code == 0
    assert re.search(r"\b000\d", forwards.output)
    assert runner.invoke(main, ["migrate", "--to", "base"], env=env).exit_code == 0
    assert runner.invoke(main, ["migrate", "--to", "nowhere"], env=env).exit_code == 1


LOAD = ["campaign", "load", str(factories.PACKS / "tiny")]


def test_staff_are_added_listed_granted_given_a_link_and_disabled(runner):
    assert runner.invoke(main, LOAD).exit_code == 0
    add = ["staff", "add", "an.tran", "--name", "An", "--role", "coordinator"]
    added = runner.invoke(main, [*add, "--campaign", "tiny", "--unit", "BNV"])
    assert added.exit_code == 0, added.output
    assert runner.invoke(main, [*add, "--campaign", "tiny", "--unit", "BNV"]).exit_code == 1
    grant = ["staff", "grant", "an.tran", "--role", "viewer", "--campaign", "tiny"]
    assert runner.invoke(main, grant).exit_code == 0
    assert "http://localhost/account/activate/" in added.output
    again = runner.invoke(main, ["staff", "link", "an.tran"])
    assert again.exit_code == 0
    assert again.output.split("http")[1] != added.output.split("http")[1]
    assert runner.invoke(main, ["staff", "disable", "an.tran"]).exit_code == 0
    listed = json.loads(runner.invoke(main, ["staff", "list", "--json"]).output)
    assert [(each["username"], each["active"], len(each["grants"])) for each in listed] == [
        ("an.tran", False, 2)
    ]
    trail = json.loads(runner.invoke(main, ["audit", "verify", "--json"]).output)
    assert trail["entries"] == 4


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (["--campaign", "tinny"], "Không có đợt điều tra “tinny”."),
        (["--campaign", "tiny", "--unit", "99"], "Không có đơn vị “99”."),
    ],
)
def test_no_account_is_made_and_no_role_given_for_what_does_not_exist(runner, scope, said):
    assert runner.invoke(main, LOAD).exit_code == 0
    role = ["--role", "coordinator" if "--unit" in scope else "viewer"]
    refused = runner.invoke(main, ["staff", "add", "an.tran", "--name", "An", *role, *scope])
    assert (refused.exit_code, said in refused.output) == (1, True)
    assert json.loads(runner.invoke(main, ["staff", "list", "--json"]).output) == []
    viewer = ["--role", "viewer", "--campaign", "tiny"]
    runner.invoke(main, ["staff", "add", "an.tran", "--name", "An", *viewer])
    assert said in runner.invoke(main, ["staff", "grant", "an.tran", *role, *scope]).output
    (person,) = json.loads(runner.invoke(main, ["staff", "list", "--json"]).output)
    assert len(person["grants"]) == 1


def test_a_refusal_says_why_in_vietnamese_or_english(runner):
    refused = ["staff", "disable", "nobody"]
    vietnamese = runner.invoke(main, refused)
    assert vietnamese.exit_code == 1
    assert "Không có tài khoản nobody." in vietnamese.output
    assert "There is no account nobody." in runner.invoke(main, ["--english", *refused]).output


def test_a_command_on_another_database_leaves_the_bound_one_as_it_was(runner, tmp_path):
    standing, env = bound(), {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}"}
    add = ["staff", "add", "an.tran", "--name", "An", "--role", "viewer", "--campaign", "tiny"]
    assert runner.invoke(main, ["migrate"], env=env).exit_code == 0
    other = make_engine(env["DATABASE_URL"])
    with Session(other) as db, db.begin():
        factories.campaign(db, clock.now())
    other.dispose()
    for file in tmp_path.glob("other.sqlite3*"):  # as the mask of a process of ours leaves them
        file.chmod(0o600)
    assert runner.invoke(main, add, env=env).exit_code == 0
    assert bound() is standing
    assert "an.tran" in runner.invoke(main, ["staff", "list"], env=env).output
    assert "an.tran" not in runner.invoke(main, ["staff", "list"]).output


def test_the_module_is_the_command_line_too(runner, settings):
    env = {**os.environ, **{name: value for name, value in runner.env.items() if value}}
    done = subprocess.run(
        [sys.executable, "-m", "surveyapp", "keys", "check"],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", [["run", "--port", "1"], ["staff", "list"]])
def test_a_database_never_migrated_is_refused_and_told_how_to_mend(runner, tmp_path, command):
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    refused = runner.invoke(main, command, env=env)
    assert refused.exit_code == 1
    assert refused.output.rstrip().endswith("surveyapp migrate")
    assert re.search(r"\b00\d\d", refused.output)


def test_a_server_without_its_keys_does_not_start(runner, settings):
    settings.keys.unlink()
    refused = runner.invoke(main, ["run", "--port", "1"])
    assert (refused.exit_code, "surveyapp init" in refused.output) == (1, True)


def test_a_database_that_is_away_is_a_refusal_and_no_traceback(runner, tmp_path):
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}"}
    refused = runner.invoke(main, ["staff", "list"], env=env)
    assert refused.exit_code == 1
    assert refused.output.startswith("Cơ sở dữ liệu không thực hiện được: unable to open")
