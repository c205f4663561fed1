"""`surveyapp privacy …`: what is kept of people, and when it goes."""

from __future__ import annotations

from datetime import datetime

import click

from surveyapp import clock
from surveyapp.cli.invitations import erase
from surveyapp.cli.main import database
from surveyapp.i18n import _


@click.group()
def privacy() -> None:
    """Personal data: forget people when the purpose is done."""


@privacy.command()
@click.option(
    "--released-before",
    "before",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="Campaigns whose last release was built before that day.",
)
@click.option("--yes", is_flag=True, help="Erase; without it only say whose people would go.")
def purge(before: datetime, yes: bool) -> None:
    """Forget the people of every campaign released before a day: names, contacts, lists and links; figures stay."""
    from surveyapp.db import reading
    from surveyapp.operations import erasing

    if before.date() > clock.day(clock.now()):
        raise click.BadParameter(f"{before:%F}", param_hint="--released-before")
    with database() as server:
        with reading() as db:
            codes = erasing.due(db, released_before=before.date())
        if not codes:
            click.echo(_("Không có đợt nào đã phát hành trước ngày đó mà còn giữ tên người."))
            return
        click.echo(_("Đợt đến hạn xóa tên người: %(codes)s", codes=", ".join(codes)))
        if yes:
            erase(codes, server.keys, server.engine)
