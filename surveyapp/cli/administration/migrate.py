"""`surveyapp migrate`: the database brought to a revision, told beforehand."""

from __future__ import annotations

import sys

import click
from sqlalchemy import Engine

from surveyapp import db, schema
from surveyapp.config import read_settings
from surveyapp.i18n import _
from surveyapp.operations.installation import first_look


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
def migrate(revision: str, only_plan: bool, given_up: tuple[str, ...]) -> None:
    """Bring the database to a revision of its schema, forwards or back.

    Says first what it will do. Of two at once one waits for the other.
    """
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
            _check_given_up(engine, given_up)
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


def _tell(step: schema.Step) -> str:
    sign = "+" if step.forwards else "-"
    erased = f"  [{', '.join(step.erases)}]" if step.erases else ""
    return f"{sign} {step.revision}  {step.title}{erased}"


def _check_given_up(engine: Engine, given_up: tuple[str, ...]) -> None:
    missing = sorted(set(first_look.campaigns_at_stake(engine)) - set(given_up))
    if missing:
        click.echo(
            _(
                "Lùi phiên bản làm mất dữ liệu. Hãy sao lưu (surveyapp backup), rồi nêu từng đợt "
                "điều tra chấp nhận mất: %(options)s",
                options=" ".join(f"--giving-up {code}" for code in missing),
            ),
            err=True,
        )
        sys.exit(1)
