"""`surveyapp invitations …`: issue, hand over and replace invitations from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from surveyapp import clock
from surveyapp.cli import second_person
from surveyapp.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from surveyapp.keys import KeyRing


ACTOR = second_person.ACTOR

campaign_option = click.option("--campaign", "code", required=True, help="Code of the campaign.")


@click.group("invitations")
def invitations() -> None:
    """Issue invitations, write the mailing file, replace a code."""


@contextmanager
def _server() -> Iterator[tuple[KeyRing, str]]:
    from surveyapp.cli.main import database

    with database() as server:
        yield server.keys, server.settings.addresses.respondent


@invitations.command()
@campaign_option
@click.option("--json", "as_json", is_flag=True, help="Print the totals for a program.")
def issue(code: str, as_json: bool) -> None:
    """Bring invitations to what the approved lists say, in batches; may be repeated."""
    with _server() as (keys, _base_url):
        totals = issue_all(code, keys, quiet=as_json)
    if as_json:
        click.echo(json.dumps(totals))
    else:
        click.echo(
            _(
                "Đã xử lý %(done)s người: cấp %(created)s phiếu, thu hồi %(revoked)s phiếu.",
                **totals,
            )
        )


def issue_all(code: str, keys: KeyRing, *, quiet: bool = False) -> dict[str, int]:
    """Run batch after batch, each its own transaction, with a progress bar; totals of all."""
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.db import reading, transaction
    from surveyapp.invitations import service
    from surveyapp.invitations.issuing import outstanding

    with reading() as db:
        remaining = outstanding.state(db, campaigns.campaign(db, code)).remaining
    totals = {"done": 0, "created": 0, "revoked": 0}
    with click.progressbar(length=remaining, label=_("Cấp lời mời"), hidden=quiet) as bar:
        while True:
            with transaction() as db:
                campaign = campaigns.campaign(db, code)
                progress = service.issue(db, campaign, keys=keys, now=clock.now())
            bar.update(progress.done)
            totals["done"] += progress.done
            totals["created"] += progress.created
            totals["revoked"] += progress.revoked
            if not progress.done or not progress.remaining:
                return totals


@invitations.command()
@campaign_option
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), default="csv")
@click.option("--everyone", is_flag=True, help="Also those who were in a file before.")
@second_person.by_option
def mailing(code: str, out: Path, kind: str, everyone: bool, by: str) -> None:
    """Write the mailing file: it opens the questionnaires of everybody in it. Two persons do it."""
    from surveyapp.accounts.second_person import Deed
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import reading, transaction
    from surveyapp.invitations import mailing_file, service

    deed = Deed.MAILING_FILE
    with database() as server, second_person.agreed(server, code, deed, by=by) as act:
        keys, base_url = server.keys, server.settings.base_url
        with transaction() as db:
            campaign = campaigns.campaign(db, code)
            people = service.mark_listed(db, campaign, everyone=everyone, act=act)
        out.touch(mode=0o600)
        with reading() as db, out.open("wb") as file:
            rows = service.mailing(db, campaign, keys=keys, base_url=base_url, listed_at=act.now)
            if kind == "xlsx":
                mailing_file.write_xlsx(rows, mailing_file.headings(), file)
            else:
                file.writelines(mailing_file.csv_lines(rows, mailing_file.headings()))
    click.echo(_("Đã ghi %(n)s người vào %(file)s.", n=people, file=out))


@invitations.command()
@campaign_option
def sent(code: str) -> None:
    """Confirm that what the mailing files hold went out."""
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.db import transaction
    from surveyapp.invitations import service

    with _server() as (keys, _base_url), transaction() as db:
        campaign = campaigns.campaign(db, code)
        forms = service.mark_sent(db, campaign, act=Act(ACTOR, clock.now(), keys))
    click.echo(_("Đã ghi nhận: %(n)s phiếu đã gửi.", n=forms))


@invitations.command()
@campaign_option
@click.option("--invitation", "invitation_id", required=True, type=click.UUID)
@click.option("--reason", required=True, help="Kept in the audit trail.")
@second_person.by_option
def reissue(code: str, invitation_id: UUID, reason: str, by: str) -> None:
    """Give one person a new code; the old link is dead at once and the draft can no longer be read.

    Two persons do it.
    """
    from surveyapp.accounts.second_person import Deed
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.cli.main import database
    from surveyapp.db import transaction
    from surveyapp.invitations import service

    deed = Deed.REISSUE
    with (
        database() as server,
        second_person.agreed(server, code, deed, by=by) as act,
        transaction() as db,
    ):
        campaign = campaigns.campaign(db, code)
        again = service.reissue(db, campaign, invitation_id, reason=reason, act=act)
    click.echo(_("Đã cấp mã lần thứ %(n)s.", n=again.issue_number))


@invitations.command("erase-people")
@campaign_option
@click.confirmation_option(
    prompt="Names, contacts, lists and links of this campaign go for good. Erase them?"
)
def erase_people(code: str) -> None:
    """Forget who was invited, after the release: names, contacts, lists and links; figures stay."""
    from surveyapp.cli.main import database

    with database() as server:
        erase([code], server.keys, server.engine)


def erase(codes: Sequence[str], keys: KeyRing, engine: Engine) -> None:
    """Forget the people of these campaigns, each in a transaction of its own, and say how many they were."""
    from surveyapp.accounts.act import Act
    from surveyapp.db import compact, transaction
    from surveyapp.operations import erasing

    total = {"people": 0, "lines": 0}
    for code in codes:
        with transaction() as db:
            erased = erasing.erase_people(db, code, act=Act(ACTOR, clock.now(), keys))
        total = {name: total[name] + erased[name] for name in total}
    is_compact = compact(engine, erasing.KEPT_IN)
    if not is_compact:
        click.echo(
            _(
                "Một giao dịch khác (có thể là sao lưu đang chạy) còn giữ các dòng cũ trong tệp dữ liệu."
                " Khi giao dịch ấy kết thúc, vui lòng chạy lại lệnh này."
            ),
            err=True,
        )
    click.echo(
        _(
            "Đã xóa tên và cách liên hệ của %(people)s người, %(lines)s dòng danh sách. Bản sao lưu"
            " cũ vẫn còn: hãy xóa theo thời hạn lưu của đơn vị.",
            **total,
        )
    )
