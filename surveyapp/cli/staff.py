"""`surveyapp staff …` and `surveyapp audit …`: accounts and the audit trail from the command line."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import asdict

import click
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit as trail
from surveyapp.accounts import passwords, queries, service
from surveyapp.accounts.access import ROLES, Grant
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import UnknownCampaign, UnknownUnit
from surveyapp.cli.main import database
from surveyapp.db import reading, transaction
from surveyapp.i18n import _

ACTOR = "command line"
role_option = click.option("--role", type=click.Choice(ROLES), required=True)
campaign_option = click.option("--campaign", required=True, help="Code of the campaign.")
unit_option = click.option("--unit", default="", help="Code of the unit; for coordinators only.")


@click.group()
def staff() -> None:
    """Staff accounts and what they may do."""


@staff.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Name to show.")
@role_option
@campaign_option
@unit_option
@click.option("--password-stdin", is_flag=True, help="Read the password; else one is made up.")
def add(
    username: str, name: str, role: str, campaign: str, unit: str, password_stdin: bool
) -> None:
    """Make an account with one role, and print its first password."""
    password, now = _password(password_stdin), clock.now()
    with database() as server, transaction() as db:
        _refuse_nowhere(db, campaign, unit)
        made = service.create_staff(
            db,
            username=username,
            display_name=name,
            password=password,
            grants=[Grant(campaign, role, unit)],
            now=now,
        )
        facts = {"username": made.username, "role": role}
        trail.record(
            db,
            Act(ACTOR, now, server.keys),
            Action.STAFF_ADDED,
            campaign_code=campaign,
            unit_code=unit,
            facts=facts,
        )
    click.echo(_("Đã tạo tài khoản %(username)s.", username=username))
    _show_password(password, password_stdin)


def _refuse_nowhere(db: Session, campaign_code: str, unit_code: str) -> None:
    """Say so where the role would be for a campaign or a unit that does not exist."""
    try:
        campaign = campaigns.campaign(db, campaign_code)
        if unit_code:
            campaigns.unit(db, campaign.id, unit_code)
    except UnknownCampaign as exc:
        raise click.ClickException(
            _("Không có đợt điều tra “%(code)s”.", code=campaign_code)
        ) from exc
    except UnknownUnit as exc:
        raise click.ClickException(_("Không có đơn vị “%(unit)s”.", unit=unit_code)) from exc


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def list_staff(as_json: bool) -> None:
    """All accounts and their roles."""
    with database(), reading() as db:
        found = queries.every_staff(db)
    if as_json:
        listed = [{**asdict(each), "staff_id": str(each.staff_id)} for each in found]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for each in found:
        grants = ", ".join(
            f"{g.role} {g.campaign_code}{'/' + g.unit_code if g.unit_code else ''}"
            for g in each.grants
        )
        state = "" if each.active else _(" (đã khóa)")
        click.echo(f"{each.username}{state}\t{each.display_name}\t{grants}")


@staff.command()
@click.argument("username")
@role_option
@campaign_option
@unit_option
@click.option("--remove", is_flag=True, help="Take the role away instead.")
def grant(username: str, role: str, campaign: str, unit: str, remove: bool) -> None:
    """Give (or take away) a role; the person's sessions end."""
    wanted, now = Grant(campaign, role, unit), clock.now()
    with database() as server, transaction() as db:
        if not remove:
            _refuse_nowhere(db, campaign, unit)
        person = service.staff_named(db, username)
        (service.remove_grant if remove else service.add_grant)(db, person.id, wanted)
        trail.record(
            db,
            Act(ACTOR, now, server.keys),
            Action.GRANT_REMOVED if remove else Action.GRANT_ADDED,
            campaign_code=campaign,
            unit_code=unit,
            facts={"username": person.username, "role": role},
        )
    click.echo(_("Đã cập nhật quyền của %(username)s.", username=username))


@staff.command()
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password; else one is made up.")
def password(username: str, password_stdin: bool) -> None:
    """Set a new password and end all sessions of the person."""
    fresh, now = _password(password_stdin), clock.now()
    fresh_hash = passwords.accepted_hash(fresh, username=username)
    with database() as server, transaction() as db:
        person = service.staff_named(db, username)
        service.set_password(db, person.id, fresh_hash)
        facts = {"username": person.username}
        trail.record(db, Act(ACTOR, now, server.keys), Action.PASSWORD_SET, facts=facts)
    click.echo(_("Đã đặt mật khẩu mới cho %(username)s.", username=username))
    _show_password(fresh, password_stdin)


@staff.command()
@click.argument("username")
def disable(username: str) -> None:
    """Close an account; what it did stays in the audit trail."""
    now = clock.now()
    with database() as server, transaction() as db:
        person = service.staff_named(db, username)
        service.disable(db, person.id)
        facts = {"username": person.username}
        trail.record(db, Act(ACTOR, now, server.keys), Action.STAFF_DISABLED, facts=facts)
    click.echo(_("Đã khóa tài khoản %(username)s.", username=username))


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return secrets.token_urlsafe(15)


def _show_password(password: str, was_given: bool) -> None:
    if not was_given:
        click.echo(_("Mật khẩu đầu tiên (chỉ hiện một lần): %(password)s", password=password))


@click.group()
def audit() -> None:
    """The audit trail of the staff."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def verify(as_json: bool) -> None:
    """Walk the whole trail: 1 and the number of the entry if any was altered, moved or removed.

    Keep the head it prints elsewhere: only a copy shows that the last entries are missing.
    """
    with database() as server, reading() as db:
        chain = trail.verify(db, keys=server.keys)
    if as_json:
        click.echo(json.dumps({"entries": chain.entries, "head": chain.head.hex()}))
        return
    click.echo(
        _(
            "Nhật ký còn nguyên vẹn: %(entries)s mục. Mã cuối: %(head)s",
            entries=chain.entries,
            head=chain.head.hex(),
        )
    )
