"""`surveyapp campaign …`: packs and the life of a campaign from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from surveyapp import clock
from surveyapp.cli import second_person
from surveyapp.cli.campaigns import questionnaires, xlsform
from surveyapp.config import PROJECT
from surveyapp.i18n import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from surveyapp.campaigns.models import Campaign
    from surveyapp.instruments.comparability import Asked

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
MOMENT = click.DateTime(formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])

campaign_option = click.option("--campaign", "code", required=True, help="Code of the campaign.")


@click.group("campaign")
def campaign() -> None:
    """Check, load, open and close campaigns."""


for command in (
    questionnaires.lint,
    questionnaires.approvals,
    questionnaires.approve,
    xlsform.xlsform,
):
    campaign.add_command(command)


@contextmanager
def _refusing() -> Iterator[None]:
    """Say why and leave with 1 where a rule refuses."""
    from surveyapp.campaigns import labels
    from surveyapp.campaigns.errors import CampaignError

    try:
        yield
    except CampaignError as error:
        click.echo(labels.refusal(error), err=True)
        sys.exit(1)


@campaign.command()
@click.argument("folder", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print the findings for a program.")
def check(folder: Path, as_json: bool) -> None:
    """Find every fault in the pack at FOLDER, each with file and line."""
    from surveyapp.campaigns import labels
    from surveyapp.campaigns.errors import PackRefused
    from surveyapp.campaigns.pack.reading import read_pack

    try:
        pack = read_pack(folder)
    except PackRefused as refused:
        if as_json:
            _echo_json({"sound": False, "faults": [asdict(fault) for fault in refused.faults]})
        else:
            click.echo(labels.refusal(refused), err=True)
        sys.exit(1)
    facts: dict[str, Any] = {
        "code": pack.code,
        "sha256": pack.sha256,
        "units": len(pack.units),
        "groups": len(pack.campaign.groups),
        "lists": len(pack.expected_lists()),
        "planned": sum(row.planned for row in pack.plan),
        "items": {code: len(form.items) for code, form in pack.instruments.items()},
    }
    if as_json:
        _echo_json({"sound": True, "faults": [], **facts})
        return
    click.echo(
        _(
            "%(code)s: không có lỗi. %(units)s đơn vị, %(groups)s nhóm, %(lists)s danh sách, "
            "%(planned)s phiếu theo kế hoạch.",
            **{name: facts[name] for name in ("code", "units", "groups", "lists", "planned")},
        )
    )


@campaign.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def compare(first: str, second: str, as_json: bool) -> None:
    """Tell per item whether rounds A and B may stand in one time series, and why not.

    A and B are packs (a folder, or its name in questionnaires/) or codes of loaded campaigns.
    """
    from surveyapp.instruments import comparability

    with _refusing():
        comparison = comparability.compare(_asked(first), _asked(second))
    if as_json:
        _echo_json([{**asdict(each), "verdict": each.verdict} for each in comparison])
        return
    for each in comparison:
        reasons = "; ".join(str(comparability.REASONS[reason]) for reason in each.reasons)
        if each.twins:
            twins = ", ".join(each.twins)
            reasons += "; " + _("đợt kia hỏi y hệt dưới mã %(twins)s", twins=twins)
        click.echo(f"{each.item}  {comparability.VERDICTS[each.verdict]}  {reasons}".rstrip())
    counts = {
        name: sum(each.verdict == name for each in comparison) for name in comparability.VERDICTS
    }
    click.echo("; ".join(f"{comparability.VERDICTS[name]}: {n}" for name, n in counts.items()))


def _asked(named: str) -> Asked:
    from surveyapp.campaigns.pack import rounds
    from surveyapp.db import reading

    folder = rounds.pack_folder(named, shipped=PROJECT / "questionnaires")
    if folder is not None:
        return rounds.from_pack(folder)
    with reading() as db:
        return rounds.from_database(db, named)


@campaign.command()
@click.option("--write", is_flag=True, help="Write them to questionnaires/schema/.")
def schema(write: bool) -> None:
    """Print the JSON Schemas of a pack's files, or write them where editors look."""
    from surveyapp.campaigns.pack.json_schemas import FOLDER as PUBLISHED
    from surveyapp.campaigns.pack.json_schemas import schemas

    if not write:
        _echo_json({name: json.loads(text) for name, text in schemas().items()})
        return
    PUBLISHED.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (PUBLISHED / name).write_text(text, encoding="utf-8")
        click.echo(str(PUBLISHED / name))


@campaign.command()
@click.argument("folder", type=FOLDER)
def load(folder: Path) -> None:
    """Load the pack at FOLDER into the database; the same pack again changes nothing."""
    from surveyapp.campaigns import service
    from surveyapp.campaigns.pack.reading import read_pack
    from surveyapp.db import transaction

    with _refusing():
        pack = read_pack(folder)
        with transaction() as db:
            loaded = service.load_pack(db, pack, now=clock.now())
            _echo_state(loaded)
            _echo_changed(db, loaded)


@campaign.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def list_campaigns(as_json: bool) -> None:
    """List the campaigns in the database."""
    from surveyapp.campaigns import queries
    from surveyapp.db import reading

    with reading() as db:
        campaigns = queries.campaigns(db)
        if as_json:
            _echo_json([_facts(each) for each in campaigns])
            return
        for each in campaigns:
            _echo_state(each)


@campaign.command("open")
@campaign_option
@second_person.by_option
def open_(code: str, by: str) -> None:
    """Freeze the campaign; collection begins at its opening moment. Two persons do it."""
    from surveyapp.accounts import audit
    from surveyapp.accounts.actions import Action
    from surveyapp.accounts.second_person import Deed
    from surveyapp.campaigns import service
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.responses import draft_secret

    deed = Deed.CAMPAIGN_OPENING
    with (
        _refusing(),
        database() as server,
        second_person.agreed(server, code, deed, by=by) as act,
        transaction() as db,
    ):
        campaign = service.open_campaign(db, code, now=act.now)
        audit.record(db, act, Action.CAMPAIGN_OPENED, campaign_code=code)
        draft_secret.make(db, campaign, where=draft_secret.folder(server.settings), act=act)
        _echo_state(campaign)


@campaign.command()
@campaign_option
@second_person.by_option
def close(code: str, by: str) -> None:
    """End collection for good; submissions under way are waited for. Two persons do it."""
    from surveyapp.accounts import audit
    from surveyapp.accounts.actions import Action
    from surveyapp.accounts.second_person import Deed
    from surveyapp.campaigns import queries, service
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.respondents.people import rosters
    from surveyapp.responses import draft_secret
    from surveyapp.responses.sealed_box import name_grams

    deed = Deed.CAMPAIGN_CLOSING
    with _refusing(), database() as server, second_person.agreed(server, code, deed, by=by) as act:
        with transaction() as db:
            campaign = service.close_campaign(db, code, now=act.now)
            name_grams.keep(db, campaign.id, rosters.full_names(db, campaign.id))
            _echo_state(campaign)
            audit.record(db, act, Action.CAMPAIGN_CLOSED, campaign_code=code)
        with transaction() as db:
            campaign = queries.campaign(db, code)
            draft_secret.destroy(db, campaign, where=draft_secret.folder(server.settings), act=act)


@campaign.command()
@campaign_option
@click.option("--closes-at", type=MOMENT, required=True, help="Vietnamese time.")
@second_person.by_option
def deadline(code: str, closes_at: datetime, by: str) -> None:
    """Move the end of collection; links already sent follow it. Two persons do it."""
    from surveyapp.accounts import audit
    from surveyapp.accounts.actions import Action
    from surveyapp.accounts.second_person import Deed
    from surveyapp.campaigns import queries, service
    from surveyapp.cli.main import database
    from surveyapp.db import transaction

    until, deed = closes_at.replace(tzinfo=clock.VIETNAM), Deed.DEADLINE
    with (
        _refusing(),
        database() as server,
        second_person.agreed(server, code, deed, by=by) as act,
        transaction() as db,
    ):
        before = queries.campaign(db, code).closes_at
        _echo_state(service.move_deadline(db, code, closes_at=until, now=act.now))
        facts = {"from": before.isoformat(), "to": until.isoformat()}
        audit.record(db, act, Action.DEADLINE_MOVED, campaign_code=code, facts=facts)


def _facts(campaign_: Campaign) -> dict[str, Any]:
    return {
        "code": campaign_.code,
        "title": campaign_.title_vi,
        "year": campaign_.year,
        "official": campaign_.official,
        "custody": campaign_.custody,
        "state": campaign_.state,
        "opens_at": campaign_.opens_at.isoformat(),
        "closes_at": campaign_.closes_at.isoformat(),
    }


def _echo_changed(db: Session, loaded: Campaign) -> None:
    """Name the questionnaires that no longer are what was approved."""
    from surveyapp.campaigns import approvals
    from surveyapp.campaigns.states import ApprovalState

    changed = [
        one.code for one in approvals.standings(db, loaded.id) if one.state == ApprovalState.CHANGED
    ]
    if changed:
        codes = ", ".join(changed)
        click.echo(_("Thay đổi sau khi duyệt, cần duyệt lại: %(codes)s", codes=codes), err=True)


def _echo_state(campaign_: Campaign) -> None:
    from surveyapp.campaigns import labels

    opens, closes = (
        at.astimezone(clock.VIETNAM) for at in (campaign_.opens_at, campaign_.closes_at)
    )
    window = f"{opens:%Y-%m-%d %H:%M} – {closes:%Y-%m-%d %H:%M}"
    click.echo(
        f"{campaign_.code}  {labels.STATES[campaign_.state]}  {window}  {campaign_.title_vi}"
    )


def _echo_json(content: Any) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))
