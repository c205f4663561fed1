"""Who may open a page: every view of the staff says it, and one hook before each request enforces it."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from surveyapp import clock
from surveyapp.accounts import access
from surveyapp.accounts.access import ROLES, Actor
from surveyapp.accounts.actions import Action
from surveyapp.accounts.signing_in import sessions as staff_sessions
from surveyapp.accounts.signing_in.sessions import HalfSignedIn
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import EVERY_UNIT, reading, see_units, transaction
from surveyapp.i18n import _
from surveyapp.web.http import guard, live, locale, sessions

View = TypeVar("View", bound=Callable[..., Any])

ANYONE, SIGNED_IN, PASSWORD_SHOWN = "anyone", Action.STAFF_SIGNED_IN, "password_shown"
OPEN_BLUEPRINTS = frozenset({"respond"})
"""Respondents' pages ask for a code, not for a role; everything else must say whom it admits."""
_DOTS = {".", ".."}


def allow(*roles: str) -> Callable[[View], View]:
    """Admit holders of one of `roles` on the page's campaign, and on its unit where it has one."""
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise ValueError(f"no such roles: {sorted(unknown)}")
    return _mark(roles)


def signed_in(view: View) -> View:
    """Admit everybody who is signed in, whatever the role."""
    return _mark((SIGNED_IN,))(view)


def password_shown(view: View) -> View:
    """Admit who is signed in (`g.actor`), or gave the password and not yet a second factor (`g.half`)."""
    return _mark((PASSWORD_SHOWN,))(view)


def anyone(view: View) -> View:
    """Admit everybody."""
    return _mark((ANYONE,))(view)


def _mark(admitted: tuple[str, ...]) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.admits = admitted  # type: ignore[attr-defined]  # a mark on the view
        return view

    return mark


def install(app: Flask) -> None:
    """Enforce the marks before every request."""
    app.before_request(_admit)


def _admit() -> ResponseReturnValue | None:
    see_units("")
    if request.endpoint is None or request.blueprint in OPEN_BLUEPRINTS:
        return None
    admitted = getattr(current_app.view_functions[request.endpoint], "admits", ())
    if not admitted:
        abort(404)
    g.actor, g.half = _actor(), None
    if guard.marked("by_bearer"):
        see_units(EVERY_UNIT)  # a program of the centre's or a provider's, not a coordinator
    elif g.actor is not None:
        see_units(g.actor.reach)
    if admitted == (ANYONE,):
        return None
    if g.actor is None:
        g.half = _half()
        if g.half is None:
            return _to_sign_in()
        return None if admitted == (PASSWORD_SHOWN,) else _to_second_factor()
    if admitted == (PASSWORD_SHOWN,):
        return None
    if admitted != (SIGNED_IN,):
        _enter_campaign(g.actor, admitted)
    return None


def _actor() -> Actor | None:
    session_id = sessions.staff_session_id()
    if session_id is None:
        return None
    now = clock.now()
    with reading() as db:
        actor = staff_sessions.current_staff(db, session_id, now=now)
        is_stale = actor is not None and staff_sessions.needs_touch(db, session_id, now=now)
    if actor is None:
        return None
    if is_stale and not live.is_again():
        with transaction() as db:
            staff_sessions.touch(db, session_id, now=now)
    locale.speak(actor.locale)
    return actor


def _half() -> HalfSignedIn | None:
    session_id = sessions.staff_session_id()
    if session_id is None:
        return None
    with reading() as db:
        half = staff_sessions.half_signed_in(db, session_id, now=clock.now())
    if half is not None:
        locale.speak(half.locale)
    return half


def _enter_campaign(actor: Actor, admitted: tuple[str, ...]) -> None:
    parts = request.view_args or {}
    campaign_code, unit_code = str(parts.get("campaign", "")), parts.get("unit")
    access.require(actor, *admitted, campaign_code=campaign_code, unit_code=unit_code)
    with reading() as db:
        g.campaign = campaigns.campaign(db, campaign_code)
        g.unit = campaigns.unit(db, g.campaign.id, unit_code) if unit_code is not None else None


def _to_second_factor() -> ResponseReturnValue:
    if live.is_again():
        return Response(status=401)
    is_read = request.method in sessions.SAFE_METHODS
    after = request.full_path.rstrip("?") if is_read else None
    return redirect(url_for("account.second_factor", next=after), code=303)


def _to_sign_in() -> ResponseReturnValue:
    if live.is_again():
        return Response(status=401)
    had_session = sessions.staff_session_id() is not None
    if had_session:
        sessions.end_staff()
    if request.method not in sessions.SAFE_METHODS:
        flash(
            _(
                "Phiên đăng nhập đã hết nên nội dung vừa gửi chưa được lưu. Vui lòng đăng nhập rồi gửi lại."
            ),
            "warning",
        )
        return redirect(url_for("account.sign_in"), code=303)
    if had_session:
        flash(_("Phiên đăng nhập đã hết. Vui lòng đăng nhập lại."), "info")
    return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")), code=303)


def safe_next(address: str | None) -> str | None:
    """`address` where it is a page of our own staff, as a path; None for anything else.

    Taken by what browsers make of it, not by what a parser of addresses does: `///account/` has no
    host for the one and leads to the host `account` in the other.
    """
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or not all("!" <= letter <= "~" for letter in address):
        return None
    path = address.partition("#")[0].partition("?")[0]
    is_climbing = _DOTS & set(path.lower().replace("%2e", ".").split("/"))
    return address if sessions.is_staff_path(path) and not is_climbing else None
