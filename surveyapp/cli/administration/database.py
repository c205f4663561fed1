"""`surveyapp database …`: the roles of the second wall on PostgreSQL."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from surveyapp.config import read_settings
from surveyapp.i18n import _


@click.group()
def database() -> None:
    """The second wall on PostgreSQL: a role for each audience, with the least rights."""


@database.command()
@click.option("--prefix", default="survey", show_default=True, help="How the roles' names begin.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for one file a role with its DATABASE_URL, for roles that are made now.",
)
@click.option(
    "--as", "administrator", metavar="URL", help="Whoever may make roles and owns the tables."
)
@click.option("--check", "only_check", is_flag=True, help="Change nothing, say what differs.")
def roles(prefix: str, out: Path | None, administrator: str | None, only_check: bool) -> None:
    """Make the roles and set their rights anew; repeat it after each migration."""
    from surveyapp import db
    from surveyapp.operations.wall import roles as wall

    ours = read_settings().database_url
    url = administrator or ours
    if not wall.is_possible(url):
        click.echo(_("Chỉ PostgreSQL mới có bức tường thứ hai."), err=True)
        sys.exit(1)
    if not only_check and out is None:
        raise click.UsageError("--out FOLDER or --check")
    engine = db.make_engine(wall.spoken(url))
    db.bind(engine)
    try:
        if out is not None and not only_check:
            with db.transaction() as session:
                made = wall.make(session.connection(), prefix=prefix)
            for name, password in made.items():
                click.echo(str(_write(out, name, wall.address(ours, name, password))))
        with db.reading() as session:
            gaps = list(wall.gaps(session.connection(), prefix=prefix))
    finally:
        engine.dispose()
    for gap in gaps:
        click.echo(f"{gap.role or '-'}: {gap.what}", err=True)
    if gaps:
        sys.exit(1)
    click.echo(_("Bức tường thứ hai đứng: mỗi vai trò có đúng các quyền cần dùng."))


def _write(folder: Path, name: str, address: str) -> Path:
    """The address of the database for one role, for its owner alone; what stands there is not overwritten."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.env"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"DATABASE_URL={address}\n")
    return path
