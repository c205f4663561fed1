"""`surveyapp watch` and `surveyapp upkeep …`: what timers start, for all campaigns at once."""

from __future__ import annotations

import sys
from typing import Any

import click

from surveyapp import clock
from surveyapp.cli.administration.doctor import findings
from surveyapp.cli.main import database, reason
from surveyapp.config import read_settings
from surveyapp.errors import SurveyError
from surveyapp.i18n import _
from surveyapp.operations.doctor.findings import Level

Job = tuple[click.Command, dict[str, Any]]


@click.command()
def watch() -> None:
    """Look at the installation and write to the operators about what fails. Every five minutes."""
    from surveyapp import log
    from surveyapp.operations.doctor.findings import worst
    from surveyapp.operations.watch import alarms

    settings = read_settings()
    log.configure(settings.log_level)
    diagnoses, now = list(findings(outside=False)), clock.now()
    for one in diagnoses:
        if one.level == Level.FAIL:
            log.alarm("watch.fails", check=one.check)
    folder = settings.instance / "alarms"
    news = alarms.news(diagnoses, folder, now=now)
    if (news.failing or news.over) and settings.alarm_to:
        sent = alarms.tell(news, settings, settings.alarm_to, now=now)
        if sent:
            alarms.mark(news, folder, now=now)
        click.echo(_("Đã báo tới %(n)s địa chỉ.", n=sent))
    sys.exit(worst(diagnoses) == Level.FAIL)


@click.group()
def upkeep() -> None:
    """What has to happen by itself, for every campaign; repeated, nothing is done twice."""


def _open_campaigns() -> list[str]:
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.campaigns.states import CampaignState
    from surveyapp.db import reading

    with database(), reading() as db:
        return [one.code for one in campaigns.campaigns(db) if one.state == CampaignState.OPEN]


def _each(context: click.Context, *commands: Job) -> None:
    """Run each, go on after one that failed, and end with 1 if any did."""
    failed = False
    for command, arguments in commands:
        try:
            context.invoke(command, **arguments)
        except SystemExit as ended:
            failed = failed or bool(ended.code)
        except (click.ClickException, SurveyError) as refused:
            words = reason(refused) if isinstance(refused, SurveyError) else refused.message
            click.echo(words, err=True)
            failed = True
    sys.exit(failed)


@upkeep.command()
@click.pass_context
def hourly(context: click.Context) -> None:
    """Files that nobody confirmed and lists dropped long ago go; reminders go out to late desks."""
    from surveyapp.cli.lists import send_reminders
    from surveyapp.db import transaction
    from surveyapp.respondents.lists import dropping
    from surveyapp.respondents.lists.uploads import intake

    with database() as server, transaction() as db:
        intake.forget_old(db, now=clock.now())
        dropping.forget_dropped(db, now=clock.now())
        has_mail = bool(server.settings.smtp_url or server.settings.demo)
    if not has_mail:  # the doctor says so; a timer that fails every hour would say nothing more
        click.echo(_("Chưa cấu hình máy chủ thư (SURVEYAPP_SMTP_URL)."))
        return
    _each(context, (send_reminders, {}))


@upkeep.command()
@click.pass_context
def nightly(context: click.Context) -> None:
    """After midnight: the day's figures are kept, and a release is rehearsed."""
    from surveyapp.cli.counts import snapshot
    from surveyapp.cli.release import rehearse

    codes = _open_campaigns()
    snapshots: list[Job] = [(snapshot, {"code": code, "day": None}) for code in codes]
    rehearsals: list[Job] = [(rehearse, {"code": code, "as_json": False}) for code in codes]
    _each(context, *snapshots, *rehearsals)


@upkeep.command()
@click.pass_context
def morning(context: click.Context) -> None:
    """In the morning: the daily report to its readers."""
    from surveyapp.cli.report import send

    _each(context, *((send, {"code": code, "day": None}) for code in _open_campaigns()))
