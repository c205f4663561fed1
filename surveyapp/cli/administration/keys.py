"""`surveyapp keys …` and `surveyapp init`: the key ring, its safekeeping and its rotation."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from surveyapp import clock, i18n
from surveyapp.cli.main import database
from surveyapp.config import read_settings
from surveyapp.i18n import _
from surveyapp.keys import FOR_AUDIENCE

ACTOR = "command line"


@click.command()
def init() -> None:
    """Make the instance folder and its key ring; what is there already is kept.

    Refuses where the database was used with a ring before: another would leave every link dead.
    """
    from surveyapp import db
    from surveyapp.keys import make_key_ring, read_key_ring
    from surveyapp.operations.installation import first_look

    settings = read_settings()
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.keys.exists():
        read_key_ring(settings.keys)
        click.echo(_("Đã có bộ khóa: %(path)s", path=settings.keys))
        return
    engine = db.make_engine(settings.database_url)
    try:
        first_look.check_unclaimed(engine)
    finally:
        engine.dispose()
    make_key_ring(settings.keys)
    click.echo(_("Đã tạo bộ khóa: %(path)s. Hãy sao lưu ở nơi an toàn.", path=settings.keys))


@click.group()
def keys() -> None:
    """The key ring: check it, keep it safe, add a key and use it."""


@keys.command()
def check() -> None:
    """Read the ring as the server does, compare it with the database, say which keys are live."""
    from surveyapp.keys import read_key_ring
    from surveyapp.operations.installation import ownership

    ring = read_key_ring(read_settings().keys)
    with database() as server:
        current = server.keys.current
    click.echo(
        _(
            "Các khóa đang dùng: %(numbers)s. Khóa hiện hành: %(current)s.",
            numbers=", ".join(str(number) for number in sorted(ring.roots)),
            current=current,
        )
    )
    for number in sorted(ring.roots):
        click.echo(f"{number}  {ownership.fingerprint(ring, number)}")


@keys.command("for-audience")
@click.argument("audience", type=click.Choice(sorted(FOR_AUDIENCE)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def for_audience(audience: str, file: Path) -> None:
    """Write the keys that a process of one audience needs into FILE: its SURVEYAPP_KEYS. Again after each rotation."""
    from surveyapp.keys import install_key_ring, read_key_ring

    install_key_ring(file, read_key_ring(read_settings().keys).only(FOR_AUDIENCE[audience]))
    click.echo(str(file))


@keys.command()
def rotate() -> None:
    """Add a fresh key, to be handed to every node; nothing is signed with it before `keys use`."""
    from surveyapp import db
    from surveyapp.accounts.act import Act
    from surveyapp.keys import read_key_ring, rotate_key_ring
    from surveyapp.operations.installation import ownership

    settings = read_settings()
    with database() as server:
        number = rotate_key_ring(settings.keys)
        ring = read_key_ring(settings.keys).using(server.keys.current)
        with db.transaction() as session:
            ownership.add_key(session, number, act=Act(ACTOR, clock.now(), ring))
    click.echo(
        _(
            "Đã thêm khóa số %(number)s. Chép tệp khóa sang mọi máy, khởi động lại từng máy, rồi chạy: "
            "surveyapp keys use %(number)s",
            number=number,
        )
    )


@keys.command()
@click.argument("number", type=click.IntRange(1))
def use(number: int) -> None:
    """Sign with this key from now on. Refuses while a node that is alive does not hold it."""
    from surveyapp import db
    from surveyapp.accounts.act import Act
    from surveyapp.operations.installation import ownership

    with database() as server, db.transaction() as session:
        ownership.use_key(session, number, act=Act(ACTOR, clock.now(), server.keys))
    click.echo(_("Khóa số %(number)s được dùng từ lần khởi động tới của từng máy.", number=number))


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(file: Path) -> None:
    """Write the ring for the safe: a PDF with QR codes, or plain lines if FILE ends with .txt."""
    from surveyapp.keys import read_key_ring
    from surveyapp.operations.installation import paper

    settings = read_settings()
    ring = read_key_ring(settings.keys)
    if file.suffix == ".txt":
        lines = (paper.written(number, root) for number, root in sorted(ring.roots.items()))
        content = ("\n".join(lines) + "\n").encode()
    else:
        today = i18n.day(clock.day(clock.now()))
        content = paper.write_paper(ring, made_on=today, kept_at=settings.base_url)
    with file.open("xb") as out:
        file.chmod(0o600)
        out.write(content)
    click.echo(_("Đã ghi: %(path)s", path=file))


@keys.command("import")
@click.argument("file", type=click.File())
def import_(file: TextIO) -> None:
    """Make the ring anew from the lines of a paper; refuses a ring that is not the database's."""
    from surveyapp.keys import install_key_ring
    from surveyapp.operations.installation import ownership, paper

    settings = read_settings()
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    ring = paper.read_written(file)
    install_key_ring(settings.keys, ring)
    try:
        with database():
            pass
    except ownership.REFUSALS:
        settings.keys.unlink()
        raise
    click.echo(_("Đã khôi phục bộ khóa: %(path)s", path=settings.keys))
