"""`surveyapp setup`: a new installation from its questions to the doctor's word."""

from __future__ import annotations

import os
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlsplit

import click

from surveyapp import clock
from surveyapp.cli.main import main
from surveyapp.config import ENVIRONMENT_FILE, read_settings
from surveyapp.i18n import _

if TYPE_CHECKING:
    from surveyapp.operations.installing.answers import Answers


@click.command()
@click.option("--answers", "file", type=click.File(), help="Lines `name = value`; else it asks.")
@click.option("--questions", "only_list", is_flag=True, help="Only list the names and defaults.")
def setup(file: TextIO | None, only_list: bool) -> None:
    """Make a new installation: database, keys, first operator, campaign, settings, units, and look it over.

    What stands already is kept; run again, it goes on where it stopped.
    """
    from surveyapp.operations.installing import answers as questions
    from surveyapp.operations.installing import database, files
    from surveyapp.operations.installing.answers import Answers

    if only_list:
        for one in fields(Answers):
            default = one.default if isinstance(one.default, str) else ""
            click.echo(f"{one.name} = {default}")
        return
    told = questions.read(file.read()) if file is not None else questions.ask(_prompt, {})
    told = _with_its_database(told)
    if told.database_admin:
        made = database.make(told.database_admin, told.database_url)
        click.echo(_("Đã tạo trong PostgreSQL: %(names)s", names=", ".join(made) or "–"))
    _write_settings(told)
    os.environ[ENVIRONMENT_FILE] = told.environment_file
    _run("init")
    _run("migrate")
    if told.pack:
        _run("campaign", "load", told.pack)
    if told.campaign and not _is_there(told.operator):
        role = ("--role", "operator", "--campaign", told.campaign)
        _run("staff", "add", told.operator, "--name", told.operator_name, *role)
    files.make_own_folder(Path(told.backups))
    for folder in (told.instance, told.backups):
        files.give(Path(folder), told.user)
    if told.units:
        path = Path(told.environment_file)
        names = files.write_units(Path(told.units), user=told.user, environment_file=path)
        click.echo(_("Đã ghi %(n)s tệp vào %(folder)s", n=len(names), folder=told.units))
    _write_front(told)
    _run("doctor", "--no-outside")


def _with_its_database(told: Answers) -> Answers:
    """The address with its password: the one of the settings that stand, else a fresh one."""
    from surveyapp.operations.installing import answers as questions

    if Path(told.environment_file).exists():
        os.environ[ENVIRONMENT_FILE] = told.environment_file
        return replace(told, database_url=read_settings().database_url)
    return questions.with_password(told)


def _write_front(told: Answers) -> None:
    """What stands before the nodes, and the command by its name."""
    from surveyapp.operations.installing import front

    if told.nginx:
        host, folder = urlsplit(told.base_url).hostname or "", Path(told.certificate)
        if front.make_certificate(folder, host=host, now=clock.now()):
            words = _("Chứng thư tạm, tự ký: %(path)s. Hãy thay bằng chứng thư thật.", path=folder)
            click.echo(words)
        site, ports = Path(told.nginx), told.nodes.split()
        is_new = front.write_site(site, base_url=told.base_url, ports=ports, certificate=folder)
        words = _("Đã ghi: %(path)s") if is_new else _("Giữ nguyên: %(path)s")
        click.echo(words % {"path": site})
    if told.command and not Path(told.command).exists():
        Path(told.command).symlink_to(Path(sys.executable).with_name("surveyapp"))


def _write_settings(told: Answers) -> None:
    from surveyapp.operations.backup import sealed_file
    from surveyapp.operations.installing import answers as questions
    from surveyapp.operations.installing import files

    path, secret = Path(told.environment_file), questions.secret_file(told)
    if path.exists():
        click.echo(_("Giữ nguyên: %(path)s", path=path))
        return
    public, private = sealed_file.make_key()
    files.make_folder(secret.parent)
    descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(private + "\n")
    files.write_environment(path, questions.settings(told, recipient=public), user=told.user)
    click.echo(_("Đã ghi: %(path)s", path=path))
    click.echo(
        _("Nửa bí mật: %(path)s. Cất ngoài máy chủ, cùng với bộ khóa trên giấy.", path=secret)
    )


def _is_there(username: str) -> bool:
    from surveyapp.accounts import queries
    from surveyapp.cli.main import database as bound
    from surveyapp.db import reading

    with bound(), reading() as db:
        return any(one.username == username for one in queries.every_staff(db))


def _prompt(name: str, default: str) -> str:
    answer: str = click.prompt(name, default=default, show_default=bool(default))
    return answer


def _run(*words: str) -> None:
    """One of our own commands; its refusal is the end of the set-up."""
    click.echo(f"$ surveyapp {' '.join(words)}")
    try:
        main.main(list(words), standalone_mode=False, prog_name="surveyapp")
    except click.exceptions.Exit as ended:
        if ended.exit_code:
            raise
    except SystemExit as ended:
        if ended.code and words[0] != "doctor":
            raise
