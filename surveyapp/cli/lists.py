"""The command line about lists: what an upload would find, without storing anything."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from surveyapp.i18n import _, _n
from surveyapp.respondents import errors, labels
from surveyapp.respondents.findings import Finding
from surveyapp.respondents.states import ReminderState

if TYPE_CHECKING:
    from surveyapp.messaging.channels import Channel
    from surveyapp.messaging.model import Email
    from surveyapp.respondents.context import ListContext
    from surveyapp.respondents.reading.checking import Checked
    from surveyapp.timers import Turn

PACKS = Path(__file__).resolve().parents[2] / "questionnaires"


@click.group("lists")
def lists() -> None:
    """Respondent lists: check a file, write a template, send reminders to desks."""


_of_list = (
    click.option("--campaign", required=True, help="Campaign code, or the folder of its pack."),
    click.option("--unit", required=True, help="Unit code, as in the registries (BNV, 01)."),
    click.option("--kind", required=True, help="List kind, for example agency-leaders."),
)


def _for_list(command: Any) -> Any:
    for option in reversed(_of_list):
        command = option(command)
    return command


@lists.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_for_list
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
def check(file: Path, campaign: str, unit: str, kind: str, as_json: bool) -> None:
    """Print every finding an upload of FILE would bring. Exit 1 when the file is refused."""
    from surveyapp.respondents.lists.uploads.upload import check_file

    context = _context(campaign, unit, kind)
    checked = check_file(file.read_bytes(), file.name, context)
    if as_json:
        click.echo(json.dumps(as_reply(checked), ensure_ascii=False, indent=1))
    else:
        _print(checked)
    if not checked.readable:
        raise SystemExit(1)


@lists.command("template")
@_for_list
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def template(campaign: str, unit: str, kind: str, out: Path) -> None:
    """Write the workbook a unit fills in."""
    from surveyapp.respondents.handback.template import write_template

    out.write_bytes(write_template(_context(campaign, unit, kind)))


@lists.command("send-reminders")
def send_reminders() -> None:
    """Send the e-mails the centre asked for to desks whose lists are late. Exit 1 without a mail server."""
    from surveyapp import clock, timers
    from surveyapp.cli.main import database
    from surveyapp.messaging.channels import open_channels

    with (
        database() as server,
        timers.turn("lists.send-reminders", now=clock.now) as turn,
    ):
        if not turn.is_ours:
            click.echo(_("Việc này đang được nơi khác làm."))
            return
        channels = open_channels(server.settings)
        sender = server.settings.mail_from or ("demo@khaosat.example.vn" * server.settings.demo)
        if channels.email is None or not sender:
            raise click.ClickException(_("Chưa cấu hình máy chủ thư (SURVEYAPP_SMTP_URL)."))
        sent, queued = _send(channels.email, sender, server.settings.addresses.desk, turn)
        channels.close()
    click.echo(_("Đã gửi %(sent)s trên %(queued)s thư nhắc.", sent=sent, queued=queued))


def _send(channel: "Channel[Email]", sender: str, base_url: str, turn: "Turn") -> tuple[int, int]:
    """While it is our turn: how many of the queued reminders were handed over, and how many there were."""
    from surveyapp import clock
    from surveyapp.db import reading, transaction
    from surveyapp.respondents.deadlines import reminders

    now = clock.now()
    with reading() as db:
        queued = reminders.messages(
            db, sender=sender, base_url=base_url, now=now, today=clock.day(now)
        )
    handed_over = 0
    for reminder_id, message in queued:
        if not turn.is_still_ours(clock.now()):
            break  # whoever took over sends the rest
        outcome = channel.send(message)
        with transaction() as db:
            handed_over += (
                reminders.note(db, reminder_id, outcome, now=now) == ReminderState.HANDED_OVER
            )
        if outcome.concerns_channel:
            break
    return handed_over, len(queued)


def _context(campaign: str, unit: str, kind: str) -> "ListContext":
    from surveyapp.campaigns.errors import PackRefused, UnknownUnit
    from surveyapp.campaigns.pack.reading import read_pack
    from surveyapp.respondents.context import context_from_pack

    folder = Path(campaign) if Path(campaign).is_dir() else PACKS / campaign
    if not (folder / "campaign.yaml").is_file():
        raise click.UsageError(_("Không có đợt điều tra “%(code)s”.", code=campaign))
    try:
        return context_from_pack(read_pack(folder, with_questionnaires=False), unit, kind)
    except PackRefused as exc:
        raise click.ClickException(str(exc)) from exc
    except UnknownUnit as exc:
        raise click.UsageError(_("Không có đơn vị “%(unit)s”.", unit=unit)) from exc
    except errors.UnknownListKind as exc:
        known = ", ".join(exc.known)
        raise click.UsageError(
            _("Không có loại danh sách “%(kind)s”. Các loại: %(known)s.", kind=kind, known=known)
        ) from exc
    except errors.ListNotExpected as exc:
        raise click.UsageError(
            _("Đơn vị “%(unit)s” không lập danh sách “%(kind)s”.", unit=exc.unit_code, kind=kind)
        ) from exc


def as_reply(checked: "Checked") -> dict[str, Any]:
    """The JSON other programs rely on: readable, reason, lines, clean, findings."""
    return {
        "readable": checked.readable,
        "reason": checked.reason,
        "lines": len(checked.lines),
        "clean": checked.clean,
        "findings": [_finding(f) for f in checked.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "line": finding.line,
        "column": finding.column,
        "severity": finding.severity,
        "code": finding.code,
        "value": finding.value,
        "proposal": finding.proposal,
        "message": labels.message(finding),
    }


def _print(checked: "Checked") -> None:
    if not checked.readable:
        click.echo(checked.reason)
        return
    people = len(checked.lines)
    click.echo(
        _n(
            "%(n)s người, %(clean)s không có lỗi.",
            "%(n)s người, %(clean)s không có lỗi.",
            people,
            clean=checked.clean,
        )
    )
    for f in checked.findings:
        where = _("Cả danh sách") if f.line == 0 else _("Dòng %(line)s", line=f.line)
        column = f" · {labels.column_name(f.column)}" if f.column else ""
        click.echo(f"{where}{column} · {labels.severity_name(f.severity)}: {labels.message(f)}")
