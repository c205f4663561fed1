"""`surveyapp staff …` and `surveyapp audit …`: accounts and the audit trail from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from surveyapp import clock
from surveyapp.accounts.access import ROLES
from surveyapp.cli import second_person
from surveyapp.cli.main import Server, database
from surveyapp.i18n import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from surveyapp.accounts.access import Grant
    from surveyapp.accounts.act import Act
    from surveyapp.accounts.models import StaffLink


ACTOR = second_person.ACTOR
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
@click.option("--email", default="", help="Address of the person; the worker mails the link there.")
@second_person.by_option
def add(username: str, name: str, role: str, campaign: str, unit: str, email: str, by: str) -> None:
    """Make an account with one role, and print the link by which its person sets a password.

    Two persons do it for a role at the centre, once there are two operators.
    """
    from surveyapp.accounts.access import Grant
    from surveyapp.accounts.links import invite
    from surveyapp.accounts.links.invite import NewPerson
    from surveyapp.db import transaction
    from surveyapp.messaging.email.return_addresses import is_address

    if email and not is_address(email):
        raise click.ClickException(_("“%(email)s” không phải địa chỉ thư.", email=email))
    new = NewPerson(username, name, email, Grant(campaign, role, unit))
    with (
        database() as server,
        _agreed_role(server, new.grant, username, by=by) as act,
        transaction() as db,
    ):
        _refuse_nowhere(db, campaign, unit)
        mailed = bool(email and server.settings.smtp_url)
        made, link = invite.invite(db, new, mailed=mailed, act=act)
        shown = _shown(db, server, link)
    click.echo(_("Đã tạo tài khoản %(username)s.", username=made.username))
    click.echo(shown)


@contextmanager
def _agreed_role(server: Server, grant: Grant, username: str, *, by: str) -> Iterator[Act]:
    """A role at the centre takes two persons; one at a desk none but who keeps the server."""
    from surveyapp.accounts.access import COORDINATOR
    from surveyapp.accounts.act import Act
    from surveyapp.accounts.second_person import Deed

    if grant.role == COORDINATOR:
        yield Act(ACTOR, clock.now(), server.keys)
        return
    code, deed = grant.campaign_code, Deed.CENTRE_ROLE
    with second_person.agreed(server, code, deed, by=by, concerned=username) as act:
        yield act


def _shown(db: Session, server: Server, link: StaffLink) -> str:
    """The link to hand over, or that it goes by mail."""
    from surveyapp.accounts.links import account_mail
    from surveyapp.accounts.states import LinkMail

    if link.mail == LinkMail.WAITING:
        return _("Liên kết đặt mật khẩu sẽ được gửi bằng thư (surveyapp worker).")
    url = account_mail.address(db, server.keys, link, addresses=server.settings.addresses)
    return _("Liên kết đặt mật khẩu, dùng một lần, trao riêng cho người dùng: %(url)s", url=url)


def _refuse_nowhere(db: Session, campaign_code: str, unit_code: str) -> None:
    """Say so where the role would be for a campaign or a unit that does not exist."""
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.campaigns.errors import UnknownCampaign, UnknownUnit

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
    from surveyapp.accounts import queries
    from surveyapp.db import reading

    with database(), reading() as db:
        staff = queries.every_staff(db)
    if as_json:
        listed = [{**asdict(each), "staff_id": str(each.staff_id)} for each in staff]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for each in staff:
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
@second_person.by_option
def grant(username: str, role: str, campaign: str, unit: str, remove: bool, by: str) -> None:
    """Give (or take away) a role; the person's sessions end.

    Two persons do it for a role at the centre, once there are two operators.
    """
    from surveyapp.accounts import audit as trail
    from surveyapp.accounts import service
    from surveyapp.accounts.access import Grant
    from surveyapp.accounts.actions import Action
    from surveyapp.db import transaction

    granted = Grant(campaign, role, unit)
    with (
        database() as server,
        _agreed_role(server, granted, username, by=by) as act,
        transaction() as db,
    ):
        if not remove:
            _refuse_nowhere(db, campaign, unit)
        person = service.staff_named(db, username)
        (service.remove_grant if remove else service.add_grant)(db, person.id, granted)
        trail.record(
            db,
            act,
            Action.GRANT_REMOVED if remove else Action.GRANT_ADDED,
            campaign_code=campaign,
            unit_code=unit,
            facts={"username": person.username, "role": role},
        )
    click.echo(_("Đã cập nhật quyền của %(username)s.", username=username))


@staff.command("link")
@click.argument("username")
@click.option("--mail", is_flag=True, help="Let the worker mail it to the person's address.")
def new_link(username: str, mail: bool) -> None:
    """Make a link by which the person sets another password; the present one works until then."""
    from surveyapp.accounts import service
    from surveyapp.accounts.act import Act
    from surveyapp.accounts.links import invite
    from surveyapp.db import transaction

    with database() as server, transaction() as db:
        person = service.staff_named(db, username)
        link = invite.send_link(
            db,
            person,
            mailed=mail and bool(server.settings.smtp_url),
            act=Act(ACTOR, clock.now(), server.keys),
            campaign_code="",
        )
        shown = _shown(db, server, link)
    click.echo(shown)


@staff.command("reset-second-factor")
@click.argument("username")
@campaign_option
@second_person.by_option
def reset_second_factor(username: str, campaign: str, by: str) -> None:
    """Take every second factor of a person away: she sets up another at the next sign-in.

    Two persons do it, while the campaign has two operators beside the one concerned.
    """
    from surveyapp.accounts import audit as trail
    from surveyapp.accounts import service
    from surveyapp.accounts.actions import Action
    from surveyapp.accounts.factors import service as factors
    from surveyapp.accounts.second_person import Deed
    from surveyapp.accounts.signing_in import sessions
    from surveyapp.db import transaction

    with (
        database() as server,
        second_person.agreed(server, campaign, Deed.FACTORS, by=by, concerned=username) as act,
        transaction() as db,
    ):
        person = service.staff_named(db, username)
        factors.reset(db, person.id)
        sessions.end_all(db, person.id)
        facts = {"username": person.username}
        trail.record(db, act, Action.FACTORS_RESET, campaign_code=campaign, facts=facts)
    click.echo(_("Đã đặt lại xác thực hai bước của %(username)s.", username=person.username))


@staff.command()
@click.argument("username")
def disable(username: str) -> None:
    """Close an account; what it did stays in the audit trail."""
    from surveyapp.accounts import audit as trail
    from surveyapp.accounts import service
    from surveyapp.accounts.act import Act
    from surveyapp.accounts.actions import Action
    from surveyapp.db import transaction

    now = clock.now()
    with database() as server, transaction() as db:
        person = service.staff_named(db, username)
        service.disable(db, person.id)
        facts = {"username": person.username}
        trail.record(db, Act(ACTOR, now, server.keys), Action.STAFF_DISABLED, facts=facts)
    click.echo(_("Đã khóa tài khoản %(username)s.", username=username))


@click.group()
def audit() -> None:
    """The audit trail of the staff."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
@click.option("--entry", type=click.IntRange(1), help="Number of an entry that a copy names.")
@click.option("--digest", default="", help="Its digest as the copy has it.")
def verify(as_json: bool, entry: int | None, digest: str) -> None:
    """Walk the whole trail: 1 and the number of the entry if any was altered, moved or removed.

    Keep the head it prints elsewhere: only a copy shows that the last entries are missing. With such a
    copy, --entry and --digest say whether the trail still holds it.
    """
    from surveyapp.accounts import audit as trail
    from surveyapp.accounts import audit_head
    from surveyapp.accounts.errors import AuditBroken
    from surveyapp.db import reading

    with database() as server, reading() as db:
        chain = trail.verify(db, keys=server.keys)
        if entry is not None and not audit_head.holds(db, entry, digest):
            raise AuditBroken(entry)
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
