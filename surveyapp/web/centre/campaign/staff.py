"""Accounts of the campaign: who may do what, and new coordinators for units."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts import audit, passwords, queries, service
from surveyapp.accounts.access import COORDINATOR, Grant
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import BadUsername, UsernameTaken
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Unit
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import role_name, unit_name


@bp.get("/staff")
@allow("operator", "auditor")
def staff() -> str:
    """All accounts that hold a role on this campaign."""
    return _page()


@bp.post("/staff")
@allow("operator")
def add_coordinator() -> ResponseReturnValue:
    """A coordinator for one unit. The first password is shown on this answer, and never again."""
    username = request.form.get("username", "").strip().lower()
    name, unit_code = request.form.get("name", "").strip()[:100], request.form.get("unit", "")
    with reading() as db:
        known = {unit.code for unit in campaigns.units(db, g.campaign.id)}
    errors = _faults(username, name, unit_code, known)
    if errors:
        return _page(errors=errors), 422
    password = first_password()
    try:
        _create(username, name, Grant(g.campaign.code, COORDINATOR, unit_code), password)
    except UsernameTaken:
        return _page(errors=[("username", _("Tên đăng nhập này đã có người dùng."))]), 422
    except BadUsername:
        words = _(
            "Tên đăng nhập gồm 2–64 chữ cái a–z, chữ số, dấu chấm, gạch nối; bắt đầu bằng chữ."
        )
        return _page(errors=[("username", words)]), 422
    return _page(made={"username": username, "password": password})


def first_password() -> str:
    """A password that is easy to read out and long enough: five groups of four letters and digits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _letter in range(4)) for _group in range(5))


def _create(username: str, name: str, grant: Grant, password: str) -> None:
    fresh = passwords.hash_password(password)  # slow on purpose: outside the transaction
    now = clock.now()
    with transaction() as db:
        service.create_staff(
            db,
            username=username,
            display_name=name,
            password=password,
            password_hash=fresh,
            grants=[grant],
            now=now,
        )
        audit.record(
            db,
            act(now),
            Action.STAFF_ADDED,
            campaign_code=grant.campaign_code,
            unit_code=grant.unit_code,
            facts={"username": username, "role": grant.role},
        )


def _faults(username: str, name: str, unit_code: str, known: set[str]) -> list[tuple[str, str]]:
    faults = []
    if not username:
        faults.append(("username", _("Vui lòng ghi tên đăng nhập.")))
    if not name:
        faults.append(("name", _("Vui lòng ghi họ và tên.")))
    if unit_code not in known:
        faults.append(("unit", _("Vui lòng chọn đơn vị.")))
    return faults


def _page(*, errors: Sequence[tuple[str, str]] = (), made: dict[str, str] | None = None) -> str:
    with reading() as db:
        units = campaigns.units(db, g.campaign.id)
        everyone = queries.every_staff(db)
    named = {unit.code: unit_name(unit) for unit in units}
    return render_template(
        "centre/staff.html",
        people=_people(everyone, named),
        without=_without(everyone, units),
        units=list(named.items()),
        errors=errors,
        made=made,
        typed={} if made else request.form,
        may_act="operator" in g.actor.roles_in(g.campaign.code),
    )


def _people(everyone: Sequence[queries.StaffView], named: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": person.display_name,
            "username": person.username,
            "role": role_name(grant.role),
            "unit": named.get(grant.unit_code, ""),
            "active": person.active,
        }
        for person in everyone
        for grant in person.grants
        if grant.campaign_code == g.campaign.code
    ]


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
