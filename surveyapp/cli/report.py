"""`surveyapp report …`: the daily report as files and by e-mail, for cron; tokens for dashboards."""

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.i18n import _, speaking

if TYPE_CHECKING:
    from surveyapp.timers import Turn

ACTOR = "command line"
campaign_option = click.option("--campaign", "code", required=True, help="Code of the campaign.")
day_option = click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day at whose end the figures are taken; yesterday unless given.",
)


@click.group()
def report() -> None:
    """The daily report and who reads it."""


@report.command()
@campaign_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@day_option
def daily(code: str, out: Path, day: datetime | None) -> None:
    """Write the report of one day as PDF and XLSX into a folder."""
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import reading
    from surveyapp.fieldwork.reports import daily_report, workbook
    from surveyapp.store import open_store

    until = _day(day)
    with database() as server, reading() as db:
        campaign = campaigns.campaign(db, code)
        report = daily_report.gather(db, campaign, until=until, store=open_store(server.settings))
    out.mkdir(parents=True, exist_ok=True)
    for kind, content in (
        ("pdf", daily_report.as_pdf(report)),
        ("xlsx", workbook.as_xlsx(report)),
    ):
        path = out / f"bao-cao-{code}-{until.isoformat()}.{kind}"
        path.write_bytes(content)
        click.echo(str(path))


@report.command()
@campaign_option
@day_option
def send(code: str, day: datetime | None) -> None:
    """Send the report by e-mail to its subscribers, each day once however often it is run.

    Run it each morning; exit code 1 where some could not be reached, to be run again.
    """
    from surveyapp import timers
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import reading
    from surveyapp.fieldwork.reports import readers

    until, failed = _day(day), 0
    with database() as server, timers.turn(f"report.send:{code}", now=clock.now) as turn:
        if not turn.is_ours:
            click.echo(_("Việc này đang được nơi khác làm."))
            return
        with reading() as db:
            waiting = list(readers.not_sent_yet(db, campaigns.campaign(db, code).id, day=until))
        sent = 0
        if waiting:
            sent, failed = _send(server.settings, code, until, waiting, turn)
        click.echo(_("Đã gửi báo cáo tới %(n)s địa chỉ.", n=sent))
        if failed:
            click.echo(_("Chưa gửi được tới %(n)s địa chỉ.", n=failed), err=True)
            sys.exit(1)


def _send(
    settings: Settings, code: str, until: date, waiting: list[Any], turn: "Turn"
) -> tuple[int, int]:
    """Hand the report to each while it is our turn; how many have it, and how many could not be reached.

    Raises `NoMailServer`.
    """
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.db import reading, transaction
    from surveyapp.fieldwork.errors import NoMailServer
    from surveyapp.fieldwork.reports import daily_report, mail, readers
    from surveyapp.messaging import channels
    from surveyapp.store import open_store

    opened = channels.open_channels(settings)
    if opened.email is None:
        raise NoMailServer
    sent, failed, reports = 0, 0, {}
    made: dict[str, Any] = {}
    for one in waiting:
        with speaking(one.language):
            if one.language not in reports:
                with reading() as db:
                    campaign = campaigns.campaign(db, code)
                    reports[one.language] = daily_report.gather(
                        db, campaign, until=until, store=open_store(settings)
                    )
                made[one.language] = mail.files(reports[one.language])
            email = mail.compose(
                reports[one.language],
                one,
                mail_from=settings.mail_from or "noreply@localhost.localdomain",
                bounces=settings.mail_bounces,
                base_url=settings.addresses.centre,
                now=clock.now(),
                files=made[one.language],
            )
        if not turn.is_still_ours(clock.now()):
            break  # whoever took over sends to the rest
        if opened.email.send(email).is_handed_over:
            with transaction() as db:
                readers.mark_report_sent(db, one.id, day=until)
            sent += 1
        else:
            failed += 1
    opened.close()
    return sent, failed


@report.command()
@campaign_option
@click.argument("email")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True)
def subscribe(code: str, email: str, language: str) -> None:
    """Send the daily report to this address."""
    from surveyapp.accounts import audit
    from surveyapp.accounts.act import Act
    from surveyapp.accounts.actions import Action
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.fieldwork.reports import readers

    now = clock.now()
    with database() as server, transaction() as db:
        campaign = campaigns.campaign(db, code)
        is_new = readers.subscribe(db, campaign.id, email, language=language, actor=ACTOR, now=now)
        if is_new:
            audit.record(
                db,
                Act(ACTOR, now, server.keys),
                Action.REPORT_SUBSCRIBED,
                campaign_code=code,
                facts={"address": email},
            )
    click.echo(_("Báo cáo sẽ được gửi tới %(email)s mỗi sáng.", email=email))


@report.command()
@campaign_option
@click.option("--name", required=True, help="What the token is for.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650))
def token(code: str, name: str, days: int) -> None:
    """Make a token with which a dashboard reads this campaign's figures, and print it once."""
    from surveyapp.accounts import audit
    from surveyapp.accounts.act import Act
    from surveyapp.accounts.actions import Action
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.fieldwork.reports import readers

    now = clock.now()
    with database() as server, transaction() as db:
        campaign = campaigns.campaign(db, code)
        made = readers.make_token(db, campaign.id, name, actor=ACTOR, now=now, days=days)
        audit.record(
            db,
            Act(ACTOR, now, server.keys),
            Action.API_TOKEN_MADE,
            campaign_code=code,
            facts={"name": name},
        )
    click.echo(made)


def _day(given: datetime | None) -> date:
    return given.date() if given is not None else clock.day(clock.now()) - timedelta(days=1)
