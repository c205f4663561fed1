"""`surveyapp backup …` and `surveyapp restore`: encrypted copies, read back, and the way back from one."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from surveyapp import clock
from surveyapp.cli.main import database
from surveyapp.config import Settings, read_settings
from surveyapp.i18n import _, moment

ACTOR = "command line"
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def backup() -> None:
    """Copies of the database and the instance, encrypted to a key that is not on the server."""


@backup.command("make-key")
@click.argument("file", type=FILE)
def make_key(file: Path) -> None:
    """Make the key pair: the secret half into FILE, for the safe; the public half is printed."""
    from surveyapp.operations.backup import sealed_file

    public, secret = sealed_file.make_key()
    with file.open("x") as out:
        file.chmod(0o600)
        out.write(secret + "\n")
    click.echo(_("Nửa bí mật: %(path)s. Cất ngoài máy chủ, cùng với bộ khóa trên giấy.", path=file))
    click.echo(f"SURVEYAPP_BACKUP_RECIPIENT={public}")


@backup.command()
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder; else the setting.")
def take(folder: Path | None) -> None:
    """Take one while the server runs, read it back, and remove those that are too old."""
    from surveyapp import db, timers
    from surveyapp.operations.backup import service
    from surveyapp.operations.backup.errors import NoRecipient

    with database() as server:
        settings = server.settings
        if not settings.backup_recipient:
            raise NoRecipient
        into = folder or settings.backups
        with timers.turn("backup", now=clock.now) as turn:
            if not turn.is_ours:
                click.echo(_("Việc này đang được nơi khác làm."))
                return
            _bring_what_others_keep(settings)
            taken = service.take(
                into,
                url=settings.backup_database_url or settings.database_url,
                instance=settings.instance,
                store=settings.store,
                recipient=settings.backup_recipient,
                now=clock.now(),
            )
            with db.transaction() as session:
                service.record(session, taken)
            gone = service.rotate(into, keep=settings.backup_keep)
    click.echo(
        _(
            "Đã sao lưu và đọc lại: %(path)s (%(size)s byte, %(files)s tệp). Đã bỏ %(gone)s bản cũ.",
            path=taken.path,
            size=taken.size,
            files=len(taken.members),
            gone=len(gone),
        )
    )


def _bring_what_others_keep(settings: Settings) -> None:
    """Releases and maps of the bucket; a backup without them is better than none, and says so."""
    from surveyapp.operations.backup import service
    from surveyapp.store import BucketAway, open_store

    shared = open_store(settings)
    try:
        for part in service.STORED:
            shared.bring_all(part)
    except BucketAway as away:
        words = _("Kho chung không trả lời (%(fault)s): sao lưu những gì có ở đây.", fault=away)
        click.echo(words, err=True)


@backup.command()
@click.argument("file", type=FILE)
@click.option("--secret", type=FILE, required=True, help="File of the secret half.")
def verify(file: Path, secret: Path) -> None:
    """Read a whole backup with the secret key, as a restore would."""
    from surveyapp.operations.backup import sealed_file, service

    files = service.verify(file, secret.read_text())
    head = sealed_file.read_head(file)
    click.echo(
        _(
            "Đọc được trọn vẹn: %(files)s tệp, chụp lúc %(taken)s, phiên bản %(revision)s.",
            files=files,
            taken=head["taken_at"],
            revision=head["revision"],
        )
    )


@click.command()
@click.argument("file", type=FILE, required=False)
@click.option("--secret", type=FILE, help="File of the secret half.")
@click.option(
    "--mark",
    "marked",
    metavar="MOMENT",
    help="Restore nothing; the database was brought back otherwise, to this moment (ISO, with zone).",
)
def restore(file: Path | None, secret: Path | None, marked: str | None) -> None:
    """Put a backup into an empty database and instance folder; the key ring comes from its own place.

    Nothing is sent by itself afterwards: waves are paused, and the pages say since when receipts are unknown.
    """
    from surveyapp import db
    from surveyapp.accounts.act import Act
    from surveyapp.operations.backup import restoring

    settings = read_settings()
    if marked is None:
        if file is None or secret is None:
            raise click.UsageError("FILE and --secret, or --mark")
        taken_at = _put_back(settings, file, secret)
    else:
        taken_at = _moment(marked)
    with database() as server, db.transaction() as session:
        held = restoring.mark_restored(
            session, taken_at=taken_at, act=Act(ACTOR, clock.now(), server.keys)
        )
    click.echo(
        _(
            "Đã khôi phục về lúc %(moment)s. Tạm dừng %(waves)s đợt gửi, bỏ %(reminders)s thư nhắc chờ gửi.",
            moment=moment(taken_at),
            waves=held.waves,
            reminders=held.reminders,
        )
    )
    click.echo(_("Phiếu nộp sau lúc đó không có ở đây. Xem docs/operating.md, phần khôi phục."))


def _put_back(settings: Settings, file: Path, secret: Path) -> datetime:
    from surveyapp import db, schema
    from surveyapp.keys import read_key_ring
    from surveyapp.operations.backup import restoring, service
    from surveyapp.store import open_store

    head = restoring.check_place(
        file,
        keys=read_key_ring(settings.keys),
        url=settings.database_url,
        instance=settings.instance,
        store=settings.store,
    )
    if not settings.database_url.startswith("sqlite"):
        engine = db.make_engine(settings.database_url)
        try:
            restoring.check_no_tables(engine)
        finally:
            engine.dispose()
    count = restoring.put_back(
        file,
        secret=secret.read_text(),
        url=settings.database_url,
        instance=settings.instance,
        store=settings.store,
    )
    shared = open_store(settings)
    for part in service.STORED:
        for path in sorted((settings.store / part).glob("[!.]*")):
            shared.share(path, f"{part}/{path.name}")
    click.echo(_("Đã đặt lại %(files)s tệp.", files=count))
    if head["revision"] != schema.newest():
        engine = db.make_engine(settings.database_url)
        try:
            schema.migrate(engine)
        finally:
            engine.dispose()
    return datetime.fromisoformat(head["taken_at"])


def _moment(words: str) -> datetime:
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise click.BadParameter(words) from None
    if moment.tzinfo is None:
        click.echo("--mark: 2024-01-15T10:00:00+07:00", err=True)
        sys.exit(2)
    return moment.astimezone(UTC)
