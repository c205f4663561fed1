"""`surveyapp counts …`: fold the count deltas, prove the kept counts."""

import json
import sys
from datetime import datetime, timedelta

import click

from surveyapp import clock
from surveyapp.i18n import _
from surveyapp.i18n import day as show_day


@click.group()
def counts() -> None:
    """Kept counts of assignments by disposition."""


@counts.command()
def fold() -> None:
    """Fold every waiting change into the kept counts. Screens are right without it, only slower."""
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.fieldwork.counts import folding

    done = 0
    with database():
        while True:
            with transaction() as db:
                folded = folding.fold(db)
            done += folded
            if folded < folding.FOLD_BATCH:
                break
    click.echo(_("Đã gộp %(n)s thay đổi vào số đếm.", n=done))


@counts.command()
@click.option("--campaign", "code", required=True, help="Code of the campaign.")
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def check(code: str, as_json: bool) -> None:
    """Compare the kept counts with a recount of every assignment; exit code 1 where they differ."""
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import reading
    from surveyapp.fieldwork.counts import queries

    with database(), reading() as db:
        differing = queries.differences(db, campaigns.campaign(db, code).id)
    if as_json:
        click.echo(json.dumps({"sound": not differing, "differing_cells": len(differing)}))
    elif differing:
        click.echo(_("%(n)s ô số đếm khác với đếm lại từng phiếu.", n=len(differing)), err=True)
    else:
        click.echo(_("Số đếm khớp với đếm lại từng phiếu."))
    if differing:
        sys.exit(1)


@counts.command()
@click.option("--campaign", "code", required=True, help="Code of the campaign.")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day whose end is kept; yesterday unless given.",
)
def snapshot(code: str, day: datetime | None) -> None:
    """Keep the plan, the lists and the forecast of a day, so that its table can be shown later.

    Run it shortly after midnight. Figures only, no person in them.
    """
    from surveyapp import timers
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.fieldwork.counts import folding
    from surveyapp.fieldwork.forecast import nightly

    now = clock.now()
    kept = day.date() if day is not None else clock.day(now) - timedelta(days=1)
    with database(), timers.turn(f"counts.snapshot:{code}", now=clock.now) as turn:
        if not turn.is_ours:
            click.echo(_("Việc này đang được nơi khác làm."))
            return
        while True:
            with transaction() as db:
                folded = folding.fold(db)
            if folded < folding.FOLD_BATCH:
                break
        with transaction() as db:
            nightly.take(db, campaigns.campaign(db, code), day=kept, now=now)
    click.echo(_("Đã lưu số liệu đến hết ngày %(day)s.", day=show_day(kept)))
