"""`surveyapp box …`: the box of sealed ballots from the command line."""

import json
import sys
from pathlib import Path

import click

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.config import Settings
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.responses import custody, opening, service
from surveyapp.responses.wording import not_compacted

ACTOR = "command line"

campaign_option = click.option("--campaign", "code", required=True, help="Code of the campaign.")


def key_folder(settings: Settings) -> Path:
    """Where the box keys in the server's custody lie."""
    return settings.instance / "box"


@click.group()
def box() -> None:
    """The box of sealed ballots: keys, check, open, destroy its key."""


@box.command("keys")
@campaign_option
def make_keys(code: str) -> None:
    """Make the box key of a campaign in the server's custody, before it opens."""
    from surveyapp.cli.main import database

    with database() as server, transaction() as db:
        fingerprint = service.make_box_key(
            db,
            campaigns.campaign(db, code),
            folder=key_folder(server.settings),
            act=Act(ACTOR, clock.now(), server.keys),
        )
    click.echo(_("Đã tạo khóa hộp phiếu. Dấu của khóa: %(mark)s", mark=fingerprint))


@box.command()
@campaign_option
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def check(code: str, as_json: bool) -> None:
    """Compare the ballots in the box with the submitted questionnaires; decrypts nothing."""
    from surveyapp.cli.main import database

    with database() as server, reading() as db:
        found = opening.check_box(db, campaigns.campaign(db, code), keys=server.keys)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        click.echo(
            _(
                "%(ballots)s phiếu trong hộp, %(submitted)s phiếu đã nộp, %(forged)s phiếu sai dấu.",
                **found,
            )
        )
    if found["forged"] or found["ballots"] != found["submitted"]:
        sys.exit(1)


@box.command("open")
@campaign_option
@click.option("--exception", default="", help="The custodians' signed reason to open all the same.")
def open_(code: str, exception: str) -> None:
    """Open the box of a closed campaign, once: responses, remarks and receipts, shuffled."""
    from surveyapp.cli.main import database

    with database() as server:
        private_key = custody.read_private_key(key_folder(server.settings), code)
        with transaction() as db:
            opened = opening.open_box(
                db,
                campaigns.campaign(db, code),
                private_key=private_key,
                act=Act(ACTOR, clock.now(), server.keys),
                exception=exception,
            )
        is_compact = opening.compact(server.engine)
    if not is_compact:
        click.echo(not_compacted(), err=True)
    click.echo(
        _(
            "Đã mở hộp: %(ballots)s phiếu, %(cells)s ô đơn vị × nhóm.",
            ballots=opened.ballots,
            cells=len(opened.per_cell),
        )
    )


@box.command()
@campaign_option
@click.confirmation_option(prompt="No ballot in any backup can be read afterwards. Erase the key?")
def destroy(code: str) -> None:
    """Erase the box key after the release."""
    from surveyapp.cli.main import database

    with database() as server, transaction() as db:
        opening.destroy_key(
            db,
            campaigns.campaign(db, code),
            folder=key_folder(server.settings),
            act=Act(ACTOR, clock.now(), server.keys),
        )
    click.echo(_("Đã hủy khóa hộp phiếu."))
