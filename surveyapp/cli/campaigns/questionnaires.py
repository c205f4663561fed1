"""`surveyapp campaign …` on questionnaires: the linter, which are approved, and approving one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveyapp import clock
from surveyapp.i18n import _, moment

if TYPE_CHECKING:
    from surveyapp.campaigns import approvals as standing
    from surveyapp.campaigns.pack.linting import Located

ACTOR = "command line"
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

campaign_option = click.option("--campaign", "code", required=True, help="Code of the campaign.")


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--excused", is_flag=True, help="Show what explained exceptions cover as well.")
@click.option("--json", "as_json", is_flag=True, help="Print every finding for a program.")
def lint(folder: Path, excused: bool, as_json: bool) -> None:
    """Look for what respondents would stumble over in the pack at FOLDER; exit code 1 for errors only."""
    from surveyapp.campaigns.pack import linting
    from surveyapp.instruments.lint.findings import SEVERITIES

    located = linting.lint_pack(folder)
    if as_json:
        click.echo(json.dumps([one.to_json() for one in located], ensure_ascii=False, indent=2))
    else:
        for one in located:
            if excused or not one.finding.excuse:
                _echo_finding(one)
        counts = [f"{SEVERITIES[name]}: {n}" for name, n in linting.counted(located)]
        hidden = sum(1 for one in located if one.finding.excuse)
        counts.append(_("có lý do giữ nguyên: %(n)s", n=hidden))
        click.echo("; ".join(counts))
    if any(one.finding.severity == "error" for one in located):
        sys.exit(1)


def _echo_finding(one: Located) -> None:
    from surveyapp.instruments.lint.findings import SEVERITIES

    finding = one.finding
    line = (
        f"{one.file}:{one.line}: {finding.place} [{SEVERITIES[finding.severity]}, {finding.rule}] "
    )
    line += f"{finding.why}; {finding.remedy}"
    if finding.excuse:
        line += " " + _("(giữ nguyên: %(reason)s)", reason=finding.excuse)
    click.echo(line)


@click.command()
@campaign_option
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def approvals(code: str, as_json: bool) -> None:
    """List the questionnaires in use: checksum, whether approved, by whom and when."""
    from surveyapp.campaigns import approvals as standing
    from surveyapp.campaigns import queries
    from surveyapp.db import reading

    with reading() as db:
        statuses = standing.standings(db, queries.campaign(db, code).id)
        facts = [_facts(each) for each in statuses]
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for each in statuses:
        line = f"{each.code}  {each.sha256[: standing.SHORT]}  {standing.STATES[each.state]}"
        if each.approval is not None:
            line += f"  {each.approval.approved_by}, {moment(each.approval.approved_at)}"
        click.echo(line)


@click.command()
@campaign_option
@click.option("--questionnaire", required=True, help="Code of the questionnaire.")
@click.option("--sha256", required=True, help="Its checksum as looked at, 12 digits at least.")
@click.option("--note", default="", help="Decision or minute it rests on.")
def approve(code: str, questionnaire: str, sha256: str, note: str) -> None:
    """Approve a questionnaire word for word, before the campaign opens."""
    from surveyapp.accounts import audit
    from surveyapp.accounts.act import Act
    from surveyapp.accounts.actions import Action
    from surveyapp.campaigns import service
    from surveyapp.cli.main import database
    from surveyapp.db import transaction

    now = clock.now()
    with database() as server, transaction() as db:
        made = service.approve_questionnaire(
            db, code, questionnaire, sha256=sha256, note=note, actor=ACTOR, now=now
        )
        audit.record(
            db,
            Act(ACTOR, now, server.keys),
            Action.QUESTIONNAIRE_APPROVED,
            campaign_code=code,
            facts=made.facts,
        )
    click.echo(_("Đã duyệt phiếu %(code)s.", code=questionnaire))


def _facts(status: standing.ApprovalStatus) -> dict[str, object]:
    return {
        "code": status.code,
        "groups": status.groups,
        "sha256": status.sha256,
        "state": status.state,
        "approvals_needed": status.needed,
        "approvers": sorted(status.approvers),
        "approved_by": status.approval.approved_by if status.approval else None,
        "approved_at": status.approval.approved_at.isoformat() if status.approval else None,
    }
