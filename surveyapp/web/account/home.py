"""Choosing where to work; the person's own sessions, second factors, password, address and language."""

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock, i18n
from surveyapp.accounts import audit, passwords, queries, service
from surveyapp.accounts.access import COORDINATOR, Actor, Grant
from surveyapp.accounts.actions import Action
from surveyapp.accounts.factors import service as factors
from surveyapp.accounts.signing_in import sessions as staff_sessions
from surveyapp.accounts.signing_in import sign_in as signing
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import CampaignError
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.messaging.email.return_addresses import is_address
from surveyapp.web.account import bp
from surveyapp.web.account.activation import password_faults
from surveyapp.web.http import sessions
from surveyapp.web.http.access import signed_in
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import role_name, unit_name
from surveyapp.web.http.safeguards import device


@dataclass(frozen=True)
class PlaceOfWork:
    """A campaign, or a unit of one, where the person has work."""

    url: str
    campaign: str
    role: str
    unit: str


@bp.get("/start")
@signed_in
def start() -> ResponseReturnValue:
    """Straight to the one place where the person works; a choice where there are several."""
    places = _places(g.actor)
    if len(places) == 1:
        return redirect(places[0].url, code=303)
    return render_template("account/places.html", places=places)


def _places(actor: Actor) -> list[PlaceOfWork]:
    places: dict[str, PlaceOfWork] = {}
    with reading() as db:
        for grant in actor.grants:
            try:
                campaign = campaigns.campaign(db, grant.campaign_code)
                unit = campaigns.unit(db, campaign.id, grant.unit_code) if grant.unit_code else None
            except CampaignError:
                continue  # granted before the campaign is loaded
            title = campaign.title_en if i18n.locale() == "en" else campaign.title_vi
            name = unit_name(unit) if unit is not None else ""
            url = _address(grant)
            places.setdefault(url, PlaceOfWork(url, title, role_name(grant.role), name))
    return list(places.values())


def _address(grant: Grant) -> str:
    if grant.role == COORDINATOR:
        return f"/desk/{grant.campaign_code}/{grant.unit_code}/"
    return f"/centre/{grant.campaign_code}/"


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """The person's own sessions, password, language and places."""
    return _home()


def _home(errors: list[tuple[str, str]] | None = None) -> str:
    session_id = sessions.staff_session_id() or ""
    with reading() as db:
        live = queries.sessions(db, g.actor.staff_id, now=clock.now())
        email = queries.email(db, g.actor.staff_id)
        standing = factors.standing(db, g.actor.staff_id)
    return render_template(
        "account/home.html",
        username=g.actor.username,
        places=_places(g.actor),
        sessions=live,
        browser_name=device.readable,
        this_session=staff_sessions.session_hash(session_id),
        errors=errors,
        email=email,
        standing=standing,
    )


@bp.post("/email")
@signed_in
def change_email() -> ResponseReturnValue:
    """Remember where the person gets messages on trial; an empty field forgets it."""
    email = request.form.get("email", "").strip()
    if email and not is_address(email):
        return _home([("email", _("Vui lòng nhập một địa chỉ, ví dụ: ten@example.vn"))]), 422
    with transaction() as db:
        service.set_email(db, g.actor.staff_id, email)
        facts: dict[str, object] = {"domain": email.rpartition("@")[2]}
        audit.record(db, act(), Action.EMAIL_CHANGED, facts=facts)  # fmt: skip
    flash(_("Đã lưu địa chỉ thư."), "success")
    return redirect(url_for("account.home"), code=303)


@bp.post("/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change the password; every other session of the person ends."""
    present, fresh = request.form.get("present", ""), request.form.get("fresh", "")
    with reading() as db:
        against = signing.credentials(db, g.actor.username)
    errors = password_faults(fresh, request.form.get("again", ""), username=g.actor.username)
    if not signing.check_password(against, present).is_right:
        errors.insert(0, ("present", _("Mật khẩu hiện tại chưa đúng.")))
    if errors:
        return _home(errors), 422
    fresh_hash, now = passwords.accepted_hash(fresh, username=g.actor.username), clock.now()
    with transaction() as db:
        session_id = service.change_password(
            db,
            g.actor.staff_id,
            fresh_hash,
            session_id=sessions.staff_session_id() or "",
            now=now,
        )
        audit.record(db, act(now), Action.PASSWORD_CHANGED)
    sessions.begin_staff(session_id)
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "success")
    return redirect(url_for("account.home"), code=303)


@bp.post("/sessions/end")
@signed_in
def end_session() -> ResponseReturnValue:
    """End one of the person's sessions, in a browser left behind somewhere."""
    try:
        id_hash = bytes.fromhex(request.form.get("session", ""))
    except ValueError:
        id_hash = b""
    with transaction() as db:
        if "others" in request.form:
            mine = staff_sessions.session_hash(sessions.staff_session_id() or "")
            staff_sessions.end_all(db, g.actor.staff_id, but=mine)
        else:
            staff_sessions.end_session(db, g.actor.staff_id, id_hash)
    flash(_("Đã kết thúc phiên đăng nhập."), "success")
    return redirect(url_for("account.home"), code=303)


@bp.post("/language")
@signed_in
def change_language() -> ResponseReturnValue:
    """Remember the language the person works in."""
    chosen = request.form.get("language")
    if chosen in i18n.LOCALES:
        with transaction() as db:
            service.set_locale(db, g.actor.staff_id, chosen)
        session["locale"] = chosen
    return redirect(url_for("account.home"), code=303)
