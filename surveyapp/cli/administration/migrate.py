"""`surveyapp migrate`: the database brought to a revision, told beforehand."""

from __future__ import annotations

import contextlib
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveyapp import clock
from surveyapp.config import read_settings
from surveyapp.i18n import _
from surveyapp.traces import ReadableByOthers

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from surveyapp import schema


FRESH = timedelta(hours=1)


@click.command()
@click.option("--to", "revision", default="head", show_default=True, help="Revision, or base.")
@click.option("--plan", "only_plan", is_flag=True, help="Only say what would be done.")
@click.option(
    "--giving-up",
    "given_up",
    multiple=True,
    metavar="CAMPAIGN",
    help="Going back loses data: name each campaign that stands there.",
)
@click.option(
    "--backup",
    "backup_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Going back: a backup of this database, not older than an hour.",
)
def migrate(
    revision: str, only_plan: bool, given_up: tuple[str, ...], backup_file: Path | None
) -> None:
    """Bring the database to a revision of its schema, forwards or back.

    Says first what it will do. Of two at once one waits for the other.
    """
    from surveyapp import db, schema

    settings = read_settings()
    if revision == "head":
        settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = db.make_engine(settings.database_url)
    try:
        steps = schema.way(engine, to=revision)
        for step in steps:
            click.echo(_tell(step))
        if only_plan:
            return
        if steps and not steps[0].forwards:
            _check_given_up(engine, given_up, backup_file)
        reached = schema.migrate(engine, to=revision)
    except schema.NotCompacted as exc:
        click.echo(
            _(
                "Đã nâng cấp, nhưng một giao dịch cũ (như sao lưu đang chạy) còn giữ dữ liệu đã xóa của: "
                "%(tables)s. Khi giao dịch đó xong, chạy VACUUM FULL cho các bảng này.",
                tables=exc,
            ),
            err=True,
        )
        sys.exit(1)
    finally:
        engine.dispose()
    click.echo(_("Cơ sở dữ liệu ở phiên bản %(revision)s.", revision=reached or "base"))
    if revision == "head":
        _claim()


def _claim() -> None:
    """From now on the database is this machine's ring's; one without a ring leaves that to the first that has it.

    Raises `ForeignKeyRing` where another ring wrote what stands there.
    """
    from surveyapp.cli.main import database
    from surveyapp.keys import KeyRingRefused

    with contextlib.suppress(KeyRingRefused, ReadableByOthers), database():
        pass


def _tell(step: schema.Step) -> str:
    sign = "+" if step.forwards else "-"
    erased = f"  [{', '.join(step.erases)}]" if step.erases else ""
    return f"{sign} {step.revision}  {step.title}{erased}"


def _check_given_up(engine: Engine, given_up: tuple[str, ...], backup: Path | None) -> None:
    from surveyapp.operations.installation import first_look

    at_stake = first_look.campaigns_at_stake(engine)
    missing = sorted(set(at_stake) - set(given_up))
    if at_stake and not (backup and _is_fresh(engine, backup)):
        click.echo(
            _(
                "Lùi phiên bản làm mất dữ liệu. Hãy nêu bản sao lưu của chính cơ sở dữ liệu này, mới trong vòng "
                "một giờ: --backup TỆP (surveyapp backup take)"
            ),
            err=True,
        )
    if missing:
        click.echo(
            _(
                "Lùi phiên bản làm mất dữ liệu. Hãy sao lưu (surveyapp backup), rồi nêu từng đợt "
                "điều tra chấp nhận mất: %(options)s",
                options=" ".join(f"--giving-up {code}" for code in missing),
            ),
            err=True,
        )
    if missing or (at_stake and not (backup and _is_fresh(engine, backup))):
        sys.exit(1)


def _is_fresh(engine: Engine, backup: Path) -> bool:
    from surveyapp.operations.backup import sealed_file
    from surveyapp.operations.installation import first_look

    head = sealed_file.read_head(backup)
    age = clock.now() - datetime.fromisoformat(head["taken_at"])
    return head["identity"] == first_look.identity(engine) and age < FRESH
