"""Accounts of the campaign: who may do what; new ones, new links, accounts closed and factors reset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import access, queries, service
from surveyapp.accounts.access import COORDINATOR, OPERATOR, ROLES, Grant
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import BadUsername, NotPermitted, NotVisible, UsernameTaken
from surveyapp.accounts.factors import service as factors
from surveyapp.accounts.links import account_mail, activation, invite
from surveyapp.accounts.links.invite import NewPerson
from surveyapp.accounts.models import Staff, StaffLink
from surveyapp.accounts.second_person import Deed
from surveyapp.accounts.signing_in import sessions
from surveyapp.accounts.states import LinkMail
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Unit
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.messaging.email.return_addresses import is_address
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act, enter
from surveyapp.web.http.frame import role_name, unit_name
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.two_persons import two_persons
from surveyapp.web.http.state import keys, settings
from surveyapp.web.parts.narrowed_list import narrowed


@dataclass(frozen=True)
class Made:
    """A link just made: mailed by the worker, or shown this once to be handed over."""

    username: str
    email: str
    url: str | None


@bp.get("/staff")
@allow("operator", "auditor")
def staff() -> str:
    """All accounts that hold a role on this campaign."""
    return page()


def _is_for_the_centre() -> bool:
    return request.form.get("role", COORDINATOR) != COORDINATOR


@bp.post("/staff")
@allow("operator")
@fresh_factor
@two_persons(Deed.CENTRE_ROLE, when=_is_for_the_centre)
def add_person() -> ResponseReturnValue:
    """An account whose person sets the password; one of the centre needs a second person's consent."""
    form = {
        name: request.form.get(name, "").strip() for name in ("username", "name", "email", "unit")
    }
    role = request.form.get("role", COORDINATOR)
    with reading() as db:
        known = {unit.code for unit in campaigns.units(db, g.campaign.id)}
    errors = _faults(form, role, known)
    if errors:
        return page(errors=errors), 422
    grant = Grant(g.campaign.code, role, form["unit"] if role == COORDINATOR else "")
    new = NewPerson(form["username"].lower(), form["name"][:100], form["email"], grant)
    try:
        with transaction() as db:
            made, link = invite.invite(db, new, mailed=can_mail(), act=act())
            told = _told(db, made, link)
    except UsernameTaken:
        return page(errors=[("username", _("Tên đăng nhập này đã có người dùng."))]), 422
    except BadUsername:
        words = _(
            "Tên đăng nhập gồm 2–64 chữ cái a–z, chữ số, dấu chấm, gạch nối; bắt đầu bằng chữ."
        )
        return page(errors=[("username", words)]), 422
    return page(made=told)


def can_mail() -> bool:
    """There is a mail server for the worker to hand links to."""
    return bool(settings().smtp_url)


def _told(db: Session, staff: Staff, link: StaffLink) -> Made:
    by_hand = link.mail == LinkMail.BY_HAND
    addresses = settings().addresses
    url = account_mail.address(db, keys(), link, addresses=addresses) if by_hand else None
    return Made(staff.username, staff.email, url)


def _faults(form: dict[str, str], role: str, known: set[str]) -> list[tuple[str, str]]:
    faults = []
    if not form["username"]:
        faults.append(("username", _("Vui lòng ghi tên đăng nhập.")))
    if not form["name"]:
        faults.append(("name", _("Vui lòng ghi họ và tên.")))
    if form["email"] and not is_address(form["email"]):
        faults.append(("email", _("Vui lòng nhập một địa chỉ, ví dụ: ten@example.vn")))
    if role not in ROLES:
        faults.append(("role", _("Vui lòng chọn vai trò.")))
    if role == COORDINATOR and form["unit"] not in known:
        faults.append(("unit", _("Vui lòng chọn đơn vị.")))
    return faults


@bp.post("/staff/<uuid:staff_id>/link")
@allow("operator")
@fresh_factor
def send_link(staff_id: UUID) -> ResponseReturnValue:
    """A new link to activate the account or set another password; the old password works until then."""
    with transaction() as db:
        person = _person(db, staff_id)
        link = invite.send_link(
            db, person, mailed=can_mail(), act=act(), campaign_code=g.campaign.code
        )
        told = _told(db, person, link)
    return page(made=told)


@bp.post("/staff/<uuid:staff_id>/closed")
@allow("operator")
@fresh_factor
def close_account(staff_id: UUID) -> ResponseReturnValue:
    """Close an account and end its sessions, or let a closed one be used again."""
    with transaction() as db:
        person = _person(db, staff_id)
        if person.active:
            service.disable(db, person.id)
        else:
            service.enable(db, person.id)
        closed = not person.active
        action = Action.STAFF_DISABLED if closed else Action.STAFF_ENABLED
        enter(db, action, {"username": person.username})
    flash(_("Đã khóa tài khoản.") if closed else _("Đã mở lại tài khoản."), "success")
    return redirect(url_for("centre.staff"), code=303)


@bp.post("/staff/<uuid:staff_id>/factors")
@allow("operator")
@fresh_factor
@two_persons(Deed.FACTORS)
def reset_factors(staff_id: UUID) -> ResponseReturnValue:
    """Take the second factor away from somebody who lost it: she sets up another at the next sign-in."""
    with transaction() as db:
        person = _person(db, staff_id)
        factors.reset(db, person.id)
        sessions.end_all(db, person.id)
        enter(db, Action.FACTORS_RESET, {"username": person.username})
    flash(_("Đã đặt lại. Lần đăng nhập tới, người này thiết lập lại xác thực hai bước."), "success")
    return redirect(url_for("centre.staff"), code=303)


def _person(db: Session, staff_id: UUID) -> Staff:
    """Somebody else with a role on this campaign, over whom this operator has authority.

    Raises `NotVisible` or `NotPermitted`.
    """
    member = next((one for one in queries.every_staff(db) if one.staff_id == staff_id), None)
    here = member is not None and any(g.campaign.code == x.campaign_code for x in member.grants)
    person = invite.person(db, staff_id)
    if member is None or person is None or not here:
        raise NotVisible
    access.require_authority(g.actor, member.grants)
    if staff_id == g.actor.staff_id:
        raise NotPermitted((OPERATOR,))
    return person


def page(
    *,
    errors: Sequence[tuple[str, str]] = (),
    made: Made | None = None,
    many: int | None = None,
    book_faults: Sequence[tuple[int, str]] = (),
) -> str:
    """The page of accounts, with what was just made or refused."""
    with reading() as db:
        units = campaigns.units(db, g.campaign.id)
        everyone = queries.every_staff(db)
        links = activation.links_of(db)
        enrolled = factors.enrolled(db)
    named = {unit.code: unit_name(unit) for unit in units}
    return render_template(
        "centre/staff.html",
        people=narrowed(
            _people(everyone, named, links, enrolled),
            words=lambda one: f"{one['username']} {one['unit']}",
            filters={
                "of_role": lambda one, role: one["role_code"] == role,
                "standing": lambda one, standing: one["standing"] == standing,
            },
        ),
        standings=[
            ("active", _("đang dùng")),
            ("waiting", _("chưa kích hoạt")),
            ("closed", _("đã khóa")),
        ],
        without=_without(everyone, units),
        units=list(named.items()),
        roles=[(role, role_name(role)) for role in reversed(ROLES)],
        errors=errors,
        made=made,
        many=many,
        book_faults=book_faults,
        typed={} if made else request.form,
        may_act="operator" in g.actor.roles_in(g.campaign.code),
        can_mail=can_mail(),
        now=clock.now(),
    )


def _people(
    everyone: Sequence[queries.StaffView],
    named: dict[str, str],
    links: dict[UUID, StaffLink],
    enrolled: frozenset[UUID],
) -> list[dict[str, Any]]:
    return [
        {
            "id": person.staff_id,
            "name": person.display_name,
            "username": person.username,
            "role": role_name(grant.role),
            "role_code": grant.role,
            "standing": _standing(person),
            "unit": named.get(grant.unit_code, ""),
            "active": person.active,
            "activated": person.activated,
            "enrolled": person.staff_id in enrolled,
            "link": links.get(person.staff_id),
            "is_me": person.staff_id == g.actor.staff_id,
        }
        for person in everyone
        for grant in person.grants
        if grant.campaign_code == g.campaign.code
    ]


def _standing(person: queries.StaffView) -> str:
    if not person.active:
        return "closed"
    return "active" if person.activated else "waiting"


def _without(everyone: Sequence[queries.StaffView], units: Sequence[Unit]) -> list[str]:
    """Units that nobody can hand in lists for yet."""
    served = {
        grant.unit_code
        for person in everyone
        if person.active
        for grant in person.grants
        if grant.campaign_code == g.campaign.code
    }
    return [unit_name(unit) for unit in units if unit.code not in served]
