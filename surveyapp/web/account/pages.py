"""Staff accounts: sign in and out, choose a campaign, own sessions, password and language."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock, i18n, log
from surveyapp.accounts import audit, passwords, queries, service
from surveyapp.accounts.access import COORDINATOR, Actor, Grant
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import WeakPassword
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import CampaignError
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.messaging.email.return_addresses import is_address
from surveyapp.web.http import sessions
from surveyapp.web.http.access import anyone, safe_next, signed_in
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.error_pages import refusals
from surveyapp.web.http.frame import role_name, unit_name
from surveyapp.web.http.state import keys

bp = Blueprint("account", __name__, url_prefix="/account")


@dataclass(frozen=True)
class PlaceOfWork:
    """A campaign, or a unit of one, where the person has work."""

    url: str
    campaign: str
    role: str
    unit: str


@bp.get("/sign-in")
@anyone
def sign_in() -> ResponseReturnValue:
    """Ask for name and password; who is signed in already goes on."""
    if g.actor is not None:
        return redirect(safe_next(request.args.get("next")) or url_for("account.start"), code=303)
    return render_template("account/sign_in.html", next=safe_next(request.args.get("next")))


@bp.post("/sign-in")
@anyone
def enter() -> ResponseReturnValue:
    """Open a session, or say, in the same words whatever was wrong, that it did not work."""
    username = request.form.get("username", "")
    after = safe_next(request.form.get("next"))
    outcome = _attempt(username, request.form.get("password", ""))
    if isinstance(outcome, service.SignInRefused):
        words = _(
            "Tên đăng nhập hoặc mật khẩu chưa đúng, hoặc tài khoản đang tạm dừng vì sai nhiều lần."
        )
        page = render_template(
            "account/sign_in.html", username=username, next=after, errors=[("username", words)]
        )
        return page, 422
    sessions.begin_staff(outcome.session_id)
    return redirect(after or url_for("account.start"), code=303)


def _attempt(username: str, password: str) -> service.SignedIn | service.SignInRefused:
    now = clock.now()
    network = _network(now)
    with reading() as db:
        service.check_network(db, network, now=now)
        against = service.credentials(db, username)
    check = service.check_password(against, password)
    with transaction() as db:
        outcome = service.finish_sign_in(db, check, network=network, now=now)
        if isinstance(outcome, service.SignedIn):
            audit.record(db, Act(outcome.username, now, keys()), Action.STAFF_SIGNED_IN)
    if isinstance(outcome, service.SignInRefused):
        log.event("sign_in_refused", waits=outcome.wait_until is not None)
    return outcome


def _network(now: datetime) -> bytes:
    """The caller's network as a number of the day: an address is never stored."""
    return keys().mac("limits", f"sign-in {clock.day(now)} {request.remote_addr}".encode())


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End the session here and in the database."""
    session_id = sessions.staff_session_id()
    if session_id:
        with transaction() as db:
            service.sign_out(db, session_id)
    sessions.end_staff()
    flash(_("Đã đăng xuất."), "success")
    response = redirect(url_for("account.sign_in"), code=303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


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
    return render_template(
        "account/home.html",
        username=g.actor.username,
        places=_places(g.actor),
        sessions=live,
        this_session=service.session_hash(session_id),
        errors=errors,
        email=email,
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
        against = service.credentials(db, g.actor.username)
    errors = _password_errors(against, present, fresh, request.form.get("again", ""))
    if errors:
        return _home(errors), 422
    fresh_hash, now = passwords.accepted_hash(fresh, username=g.actor.username), clock.now()
    with transaction() as db:
        session_id = service.change_password(db, g.actor.staff_id, fresh_hash, now=now)
        audit.record(db, act(now), Action.PASSWORD_CHANGED)
    sessions.begin_staff(session_id)
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "success")
    return redirect(url_for("account.home"), code=303)


def _password_errors(
    against: service.Credentials, present: str, fresh: str, again: str
) -> list[tuple[str, str]]:
    errors = []
    if not service.check_password(against, present).is_right:
        errors.append(("present", _("Mật khẩu hiện tại chưa đúng.")))
    try:
        passwords.check_strength(fresh, username=against.username)
    except WeakPassword as exc:
        errors.append(("fresh", refusals.words_for(exc).message))
    if fresh != again:
        errors.append(("again", _("Hai lần nhập mật khẩu mới không giống nhau.")))
    return errors


@bp.post("/sessions/end")
@signed_in
def end_session() -> ResponseReturnValue:
    """End one of the person's sessions, in a browser left behind somewhere."""
    try:
        id_hash = bytes.fromhex(request.form.get("session", ""))
    except ValueError:
        id_hash = b""
    with transaction() as db:
        service.end_session(db, g.actor.staff_id, id_hash)
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
