"""The command line. Exit codes: 0 done, 1 refused with the reason, 2 wrong usage."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from surveyapp import clock, i18n, traces
from surveyapp.config import PROJECT, Settings, read_settings
from surveyapp.errors import SurveyError
from surveyapp.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from surveyapp.keys import KeyRing

ELSEWHERE = {
    "init": ("surveyapp.cli.administration.keys", "Make the instance folder and its key ring."),
    "keys": (
        "surveyapp.cli.administration.keys",
        "The key ring: check it, keep it safe, add a key and use it.",
    ),
    "backup": (
        "surveyapp.cli.administration.backup",
        "Encrypted copies of the database and the instance.",
    ),
    "restore": (
        "surveyapp.cli.administration.backup",
        "Put a backup into an empty database and instance folder.",
    ),
    "database": (
        "surveyapp.cli.administration.database",
        "The second wall on PostgreSQL: a role for each audience.",
    ),
    "doctor": (
        "surveyapp.cli.administration.doctor",
        "What is wrong with this installation, and the command that mends it.",
    ),
    "setup": (
        "surveyapp.cli.administration.setup",
        "A new installation, from its questions to the doctor's word.",
    ),
    "watch": (
        "surveyapp.cli.administration.watch",
        "Look at the installation and write to the operators about what fails.",
    ),
    "upkeep": (
        "surveyapp.cli.administration.watch",
        "What has to happen by itself, for every campaign.",
    ),
    "migrate": (
        "surveyapp.cli.administration.migrate",
        "Bring the database to a revision of its schema.",
    ),
    "campaign": ("surveyapp.cli.campaigns.campaign", "Check, load, open and close campaigns."),
    "lists": ("surveyapp.cli.lists", "Respondent lists from units."),
    "invitations": ("surveyapp.cli.invitations", "Issue and reissue invitations."),
    "privacy": (
        "surveyapp.cli.administration.privacy",
        "Personal data: forget people when the purpose is done.",
    ),
    "worker": (
        "surveyapp.cli.worker",
        "Send the messages of confirmed waves, beside the web server.",
    ),
    "box": ("surveyapp.cli.box", "The box of sealed ballots: keys, check, open."),
    "counts": ("surveyapp.cli.counts", "Counts and response rates."),
    "report": ("surveyapp.cli.report", "The daily report and who reads it."),
    "release": ("surveyapp.cli.release", "Build and verify releases."),
    "demo": ("surveyapp.cli.demo", "A campaign with synthetic people, to look around."),
    "staff": ("surveyapp.cli.staff", "Staff accounts and what they may do."),
    "audit": ("surveyapp.cli.staff", "The audit trail of the staff."),
}
"""Groups that live with their package, with the line `--help` shows: none is imported before it is used."""
_BINDS = "binds_its_database"


class Commands(click.Group):
    """A group that imports its commands late and answers a broken rule with words and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        own = super().get_command(ctx, name)
        if own is not None or name not in ELSEWHERE:
            return own
        path = ELSEWHERE[name][0]
        command: click.Command = getattr(import_module(path), name)
        _bind_before(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for name in self.list_commands(ctx):
            own = super().get_command(ctx, name)
            rows.append((name, own.get_short_help_str() if own else ELSEWHERE[name][1]))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SurveyError as error:
            click.echo(reason(error), err=True)
            ctx.exit(1)
        except Exception as error:
            if not _is_of_database(error):
                raise
            click.echo(database_failure(error), err=True)
            ctx.exit(1)


def _bind_before(command: click.Command) -> None:
    """What is really run finds its database; help, which is answered before, imports none of it."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _bind_before(each)
        return
    run = command.callback
    if run is None or hasattr(run, _BINDS):
        return

    @wraps(run)
    def bound(*arguments: Any, **options: Any) -> Any:
        from surveyapp import db

        db.bind_when_needed(_make_engine)
        return run(*arguments, **options)

    setattr(bound, _BINDS, True)
    command.callback = bound


def _is_of_database(error: Exception) -> bool:
    """Asked without importing SQLAlchemy, which takes longer than help: who has not, has no such error."""
    if "sqlalchemy" not in sys.modules:
        return False
    from surveyapp import db

    return isinstance(error, (*db.UNREACHABLE, db.DatabaseFault))


def reason(error: SurveyError) -> str:
    """Why the command was refused, in words where the web has words for it."""
    from surveyapp.web.http.error_pages import refusals

    if not refusals.has_words(error):
        return str(error) or type(error).__name__
    words = refusals.words_for(error)
    return f"{words.message} {words.next_step}"


def database_failure(error: Exception) -> str:
    """What failed and where in the program, without the values it was about: they may be names and codes."""
    from surveyapp import db

    cause = getattr(error, "orig", None) or error
    told = getattr(getattr(cause, "diag", None), "message_primary", None)
    fault = str(told or (cause if db.of_database(error) else type(cause).__name__)).strip()
    frame = traceback.extract_tb(error.__traceback__)[-1]
    ours = [one for one in traceback.extract_tb(error.__traceback__) if "surveyapp" in one.filename]
    frame = ours[-1] if ours else frame
    return _(
        "Cơ sở dữ liệu không thực hiện được: %(fault)s (%(state)s, %(place)s)",
        fault=fault.splitlines()[0] if fault else type(cause).__name__,
        state=db.sqlstate(error) or "–",
        place=f"{Path(frame.filename).name}:{frame.lineno}",
    )


@dataclass(frozen=True)
class Server:
    """What a command works with: the settings, the keys and the database it is bound to."""

    settings: Settings
    keys: KeyRing
    engine: Engine


@contextmanager
def database() -> Iterator[Server]:
    """Bind the database of this environment for `transaction()` and `reading()`, and read the keys.

    Moves of assignments that make drafts unreadable are attended from here on. Raises `SettingsRefused`,
    `ReadableByOthers`, `KeyRingRefused`, `UnsafeDatabase` or `SchemaDiffers`.
    """
    import surveyapp.responses.drafts  # says what becomes of drafts
    import surveyapp.responses.sealed_box.registration  # noqa: F401  what an official campaign must have shown
    from surveyapp import db
    from surveyapp.keys import read_key_ring

    settings = read_settings()
    traces.check(settings)
    keys = read_key_ring(settings.keys)
    standing = db.bound()
    if standing is not None and _address(standing) == settings.database_url:
        yield Server(settings, _claimed(keys), standing)
        return
    engine = _make_engine()
    db.bind(engine)
    try:
        yield Server(settings, _claimed(keys), engine)
    finally:
        engine.dispose()
        if standing is not None:
            db.bind(standing)


def _claimed(keys: KeyRing) -> KeyRing:
    """The ring with the key in use here. Raises `ForeignKeyRing` or `KeyRingIncomplete`."""
    from surveyapp import db
    from surveyapp.operations.installation import ownership

    with db.reading() as session:
        fitting = ownership.fits(session, keys)
    if fitting is not None:
        return fitting
    with db.transaction() as session:
        return ownership.claim(session, keys, now=clock.now())


def _address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _make_engine() -> Engine:
    from surveyapp import db, schema
    from surveyapp.tables import metadata

    engine = db.make_engine(read_settings().database_url)
    try:
        db.check_durability(engine)
        schema.check(engine, metadata)
    except BaseException:
        engine.dispose()
        raise
    return engine


@click.group(cls=Commands)
@click.option("--english", is_flag=True, help="Messages in English instead of Vietnamese.")
def main(english: bool) -> None:
    """The survey collection server of the PAR INDEX.

    Settings come from the environment (see the README). Every command has its own --help.
    """
    i18n.set_locale("en" if english else "vi")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def run(host: str, port: int) -> None:
    """Serve with gunicorn until interrupted."""
    with database():  # whatever forbids serving is told once, before any worker starts
        pass
    arguments = ["-c", str(PROJECT / "gunicorn.conf.py"), "--chdir", str(PROJECT)]
    command = [sys.executable, "-m", "gunicorn", *arguments, "--bind", f"{host}:{port}", "wsgi:app"]
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606  no shell; the arguments are ours
