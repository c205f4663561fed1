"""`surveyapp box …`: the box of sealed ballots from the command line."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveyapp import clock
from surveyapp.cli import second_person
from surveyapp.i18n import _

if TYPE_CHECKING:
    from surveyapp.responses.sealed_box import opening


ACTOR = "command line"

campaign_option = click.option("--campaign", "code", required=True, help="Code of the campaign.")


@click.group()
def box() -> None:
    """The box of sealed ballots: its key and custodians, check, export, open, import, destroy."""


@box.command("keys")
@campaign_option
def make_keys(code: str) -> None:
    """Make the box key of a campaign in the server's custody, before it opens."""
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.responses import service
    from surveyapp.responses.sealed_box import custody

    with database() as server, transaction() as db:
        fingerprint = service.make_box_key(
            db,
            campaigns.campaign(db, code),
            folder=custody.key_folder(server.settings),
            act=Act(ACTOR, clock.now(), server.keys),
        )
    click.echo(_("Đã tạo khóa hộp phiếu. Dấu của khóa: %(mark)s", mark=fingerprint))


@box.command()
@campaign_option
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def check(code: str, as_json: bool) -> None:
    """Compare the ballots in the box with the submitted questionnaires; decrypts nothing."""
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import reading
    from surveyapp.responses.sealed_box import opening

    with database() as server, reading() as db:
        box_check = opening.check_box(db, campaigns.campaign(db, code), keys=server.keys)
    if as_json:
        click.echo(json.dumps(box_check, indent=2))
    else:
        click.echo(
            _(
                "%(ballots)s phiếu trong hộp, %(submitted)s phiếu đã nộp, %(forged)s phiếu sai dấu.",
                **box_check,
            )
        )
    if box_check["forged"] or box_check["ballots"] != box_check["submitted"]:
        sys.exit(1)


@box.command("open")
@campaign_option
@second_person.by_option
def open_(code: str, by: str) -> None:
    """Open the box of a closed campaign in the server's custody, once, shuffled. Two persons do it."""
    from surveyapp.accounts.second_person import Deed
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.exports.cleaning import rulesets
    from surveyapp.responses.sealed_box import custody, opening

    with database() as server, second_person.agreed(server, code, Deed.BOX, by=by) as act:
        private_key = custody.read_private_key(custody.key_folder(server.settings), code)
        with transaction() as db:
            campaign = campaigns.campaign(db, code)
            opened = opening.open_box(
                db,
                campaign,
                private_key=private_key,
                act=act,
                rules=rulesets.frozen(db, campaign),
            )
        is_compact = opening.compact(server.engine)
    _tell_opened(opened, is_compact=is_compact)


@box.command()
@campaign_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def register(code: str, file: Path) -> None:
    """Register the key that the custodians made: FILE is C-registration.json."""
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.responses.sealed_box import registration, sealed_export

    with database() as server, transaction() as db:
        registered = registration.register(
            db,
            campaigns.campaign(db, code),
            file.read_bytes(),
            name=file.name,
            act=Act(ACTOR, clock.now(), server.keys),
        )
    click.echo(_("Đã đăng ký khóa hộp phiếu. Dấu của khóa: %(mark)s", mark=registered.fingerprint))
    for one in registered.custodians:
        click.echo(_("Người giữ mảnh %(number)s: %(name)s", number=one.number, name=one.name))
    click.echo(_("Dấu khóa máy chủ: %(mark)s", mark=sealed_export.key_print(server.keys)))


@box.command()
@campaign_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def attest(code: str, file: Path) -> None:
    """Record what custodians signed: a drill, a check of the shares, the key's destruction."""
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.responses.sealed_box import registration
    from surveyapp.responses.sealed_box.labels import attested

    with database() as server, transaction() as db:
        campaign = campaigns.campaign(db, code)
        attestation = registration.attest(
            db,
            campaign,
            file.read_bytes(),
            name=file.name,
            act=Act(ACTOR, clock.now(), server.keys),
        )
        unread = [one.name for one in registration.shares_never_checked(db, campaign)]
    click.echo(
        _(
            "Đã ghi nhận: %(kind)s, ngày %(day)s.",
            kind=attested(attestation.kind),
            day=attestation.made_on.strftime("%d/%m/%Y"),
        )
    )
    if unread:
        click.echo(_("Mảnh khóa chưa kiểm tra lần nào: %(names)s", names=", ".join(unread)))


@box.command()
@campaign_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(code: str, out: Path) -> None:
    """Write a closed box into a file for its custodians; the last export counts."""
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.exports.cleaning import rulesets
    from surveyapp.responses.sealed_box import opening, sealed_export

    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with database() as server, os.fdopen(descriptor, "wb") as file:
        try:
            with transaction() as db:
                campaign = campaigns.campaign(db, code)
                digest = opening.export_box(
                    db,
                    campaign,
                    file,
                    act=Act(ACTOR, clock.now(), server.keys),
                    rules=rulesets.frozen(db, campaign),
                )
        except BaseException:
            out.unlink()
            raise
    click.echo(
        _("Đã xuất hộp phiếu vào %(path)s. Mã của tệp xuất: %(digest)s", path=out, digest=digest)
    )
    click.echo(_("Dấu khóa máy chủ: %(mark)s", mark=sealed_export.key_print(server.keys)))


@box.command("import")
@campaign_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(code: str, file: Path) -> None:
    """Take in what two custodians opened: FILE is C-bundle.json.gz. The box is emptied."""
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.responses.sealed_box import opening

    with database() as server:
        with transaction() as db:
            opened = opening.import_bundle(
                db,
                campaigns.campaign(db, code),
                file,
                act=Act(ACTOR, clock.now(), server.keys),
            )
        is_compact = opening.compact(server.engine)
    _tell_opened(opened, is_compact=is_compact)


def _tell_opened(opened: opening.Opened, *, is_compact: bool) -> None:
    from surveyapp.responses.sealed_box.labels import not_compacted

    if not is_compact:
        click.echo(not_compacted(), err=True)
    click.echo(
        _(
            "Đã mở hộp: %(ballots)s phiếu, %(cells)s ô đơn vị × nhóm.",
            ballots=opened.ballots,
            cells=len(opened.per_cell),
        )
    )
    click.echo(_("Mã kết quả mở hộp: %(digest)s", digest=opened.digest))


@box.command()
@campaign_option
@click.confirmation_option(prompt="No ballot in any backup can be read afterwards. Erase the key?")
def destroy(code: str) -> None:
    """Erase the box key after the release."""
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.responses.sealed_box import custody, opening

    with database() as server, transaction() as db:
        opening.destroy_key(
            db,
            campaigns.campaign(db, code),
            folder=custody.key_folder(server.settings),
            act=Act(ACTOR, clock.now(), server.keys),
        )
    click.echo(_("Đã hủy khóa hộp phiếu."))


@box.command("destroy-drafts")
@campaign_option
@click.option(
    "--minutes",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the minutes to sign into this PDF.",
)
def destroy_drafts(code: str, minutes: Path | None) -> None:
    """Erase the drafts' secret after the close: done at the close, and to be repeated on every further server."""
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.responses import draft_secret

    with database() as server, transaction() as db:
        campaign = campaigns.campaign(db, code)
        draft_secret.destroy(
            db,
            campaign,
            where=draft_secret.folder(server.settings),
            act=Act(ACTOR, clock.now(), server.keys),
        )
        paper = draft_secret.minutes(db, campaign)
    click.echo(_("Đã hủy bí mật bản nháp trên máy chủ này."))
    if minutes and paper:
        minutes.write_bytes(paper)
