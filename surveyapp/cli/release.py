"""`surveyapp release …`: build, list and verify releases from the command line."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveyapp import clock
from surveyapp.cli import second_person
from surveyapp.i18n import _

if TYPE_CHECKING:
    from surveyapp.exports.verify import ReleaseFault


ACTOR = "command line"

campaign_option = click.option("--campaign", "code", required=True, help="Code of the campaign.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print it for a program.")


@click.group()
def release() -> None:
    """Build, list and verify releases of the results."""


@release.command()
@campaign_option
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder the release is put into; made if it is not there.",
)
@click.option(
    "--sipas",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of the citizens' survey, one row per province, carried beside.",
)
@click.option(
    "--cleaning",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file of cleaning rules that stand in for those of the pack.",
)
@second_person.by_option
@json_option
def build(
    code: str, out: Path, sipas: Path | None, cleaning: Path | None, by: str, as_json: bool
) -> None:
    """Write the next release of an opened campaign: a folder and the same as a zip. Two persons do it."""
    from surveyapp.accounts.second_person import Deed
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.campaigns.pack.cleaning_rules import read_cleaning
    from surveyapp.cli.main import database
    from surveyapp.db import reading, transaction
    from surveyapp.exports.release import building as releases
    from surveyapp.store import open_store

    with database() as server, second_person.agreed(server, code, Deed.RELEASE, by=by) as act:
        with reading() as db:
            prepared = releases.prepare(
                db,
                campaigns.campaign(db, code),
                out=out.absolute(),
                keys=server.keys,
                store=open_store(server.settings),
                sipas_table=sipas.read_bytes() if sipas else None,
                rules=read_cleaning(cleaning) if cleaning else None,
            )
        with transaction() as db:
            folder = releases.register(
                db,
                campaigns.campaign(db, code),
                prepared,
                act=act,
                store=open_store(server.settings),
            )
    if as_json:
        told = {
            "number": prepared.number,
            "responses": prepared.responses,
            "folder": str(folder),
            "archive": str(prepared.archive),
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo(
            _(
                "Đã phát hành số %(number)s với %(responses)s phiếu trả lời: %(folder)s",
                number=prepared.number,
                responses=prepared.responses,
                folder=folder,
            )
        )


@release.command("list")
@campaign_option
@json_option
def list_(code: str, as_json: bool) -> None:
    """The releases of a campaign, the newest first."""
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import reading
    from surveyapp.exports.release import building as releases

    with database(), reading() as db:
        rows = [
            {
                "number": one.number,
                "built_at": one.built_at.isoformat(),
                "built_by": one.built_by,
                "responses": one.response_count,
                "manifest_sha256": one.manifest_sha256,
                "folder": one.folder,
            }
            for one in releases.releases(db, campaigns.campaign(db, code).id)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in rows:
        click.echo(
            _(
                "Số %(number)s: %(responses)s phiếu trả lời, %(built_at)s, %(folder)s",
                **one,
            )
        )


@release.command()
@campaign_option
@click.option("--number", required=True, type=int, help="Number of the release.")
def published(code: str, number: int) -> None:
    """Record that the public part of a release is out: later releases are held against it."""
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.exports.release import publication

    with database() as server, transaction() as db:
        act = Act(ACTOR, clock.now(), server.keys)
        publication.record_publication(db, campaigns.campaign(db, code), number, act=act)
    click.echo(_("Đã ghi nhận phần public của bản phát hành số %(n)s là đã công bố.", n=number))


@release.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--key", help="Public key of the sender, as `release key` prints it.")
@click.option(
    "--formats", is_flag=True, help="Hold the Parquet, SPSS, Stata and Excel files against the CSV."
)
@click.option(
    "--ddi-schema",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="codebook.xsd of DDI-Codebook 2.5, to check the description for archives by.",
)
@json_option
def verify(
    folder: Path, key: str | None, formats: bool, ddi_schema: Path | None, as_json: bool
) -> None:
    """Check a release FOLDER, or its zip, as its receiver would: files, counts, thresholds. Needs no database.

    Ends with 3 where it is whole but no --key said who must have signed it.
    """
    from surveyapp.exports import labels
    from surveyapp.exports.verify import UNKNOWN_KEY
    from surveyapp.exports.verify import verify as find_faults

    faults = find_faults(folder, key=key, formats=formats)
    if ddi_schema:
        faults += _by_xsd(folder, ddi_schema)
    if as_json:
        told = {
            "whole": not faults,
            "key": "known" if key else "unknown",
            "faults": [asdict(fault) for fault in faults],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif faults:
        for fault in faults:
            click.echo(labels.fault(fault))
    elif key:
        click.echo(_("Bản phát hành nguyên vẹn."))
    else:
        click.echo(_("Bản phát hành nguyên vẹn, ký bằng khóa chưa biết của ai: xem --key."))
    if faults:
        sys.exit(1)
    if not key:
        sys.exit(UNKNOWN_KEY)


def _by_xsd(folder: Path, schema: Path) -> list[ReleaseFault]:
    from surveyapp.exports.verify.ddi import NoValidator, schema_faults

    try:
        return schema_faults(folder, schema)
    except NoValidator as exc:
        words = _("Kiểm tra theo tệp XSD cần thư viện lxml hoặc chương trình xmllint.")
        raise click.ClickException(words) from exc


@release.command()
@campaign_option
@json_option
def rehearse(code: str, as_json: bool) -> None:
    """Make a release from synthetic answers, check it, throw it away, and record how it went.

    For the night, while answers come in: no real answer is touched. Exit code 1 where it went wrong.
    """
    from surveyapp import log, timers
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import reading, transaction
    from surveyapp.exports import labels
    from surveyapp.exports.release import rehearsal

    now = clock.now()
    with database() as server, timers.turn(f"release.rehearse:{code}", now=clock.now) as turn:
        if not turn.is_ours:
            click.echo(_("Việc này đang được nơi khác làm."))
            return
        with transaction() as db:
            campaign = campaigns.campaign(db, code)
            rehearsal.begin(db, campaign, now=now)
        with reading() as db:
            folder = server.settings.store / "releases"
            outcome = rehearsal.rehearse(db, campaign, folder=folder, now=now)
        with transaction() as db:
            rehearsal.finish(db, campaign, outcome, started_at=now)
        click.echo(
            json.dumps(asdict(outcome), ensure_ascii=False)
            if as_json
            else labels.rehearsed(outcome)
        )
        if outcome.outcome != rehearsal.GOOD:
            log.alarm("release.rehearsal_failed", campaign=code, outcome=outcome.outcome)
            sys.exit(1)


@release.command()
@campaign_option
@click.option("--name", required=True, help="Which system the token is for.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650))
def token(code: str, name: str, days: int) -> None:
    """Make a token with which the scoring stage fetches releases over HTTP, and print it once."""
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
        made = readers.make_token(
            db, campaign.id, name, actor=ACTOR, now=now, days=days, scope=readers.RELEASES
        )
        audit.record(
            db,
            Act(ACTOR, now, server.keys),
            Action.RELEASE_TOKEN_MADE,
            campaign_code=code,
            facts={"name": name[:80]},
        )
    click.echo(made)


@release.command()
def key() -> None:
    """Print the public key that releases of this server are signed with; no secret."""
    from surveyapp.cli.main import database
    from surveyapp.exports.release.signature import public_key

    with database() as server:
        click.echo(public_key(server.keys))
