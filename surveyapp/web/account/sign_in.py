"""Signing in with name and password or with a passkey, and signing out."""

from flask import flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from surveyapp import clock, log
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import PasskeyRefused
from surveyapp.accounts.factors import passkeys
from surveyapp.accounts.factors.passkeys import Site
from surveyapp.accounts.signing_in import sessions as staff_sessions
from surveyapp.accounts.signing_in import sign_in as signing
from surveyapp.accounts.signing_in.sign_in import Caller, SignedIn, SignInRefused
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.web.account import bp
from surveyapp.web.http import sessions
from surveyapp.web.http.access import anyone, safe_next, signed_in
from surveyapp.web.http.safeguards import device
from surveyapp.web.http.safeguards.fresh_factor import PASSKEY
from surveyapp.web.http.state import keys, settings


@bp.get("/sign-in")
@anyone
def sign_in() -> ResponseReturnValue:
    """Ask for name and password, or for a passkey; who is signed in already goes on."""
    if g.actor is not None:
        return redirect(safe_next(request.args.get("next")) or url_for("account.start"), code=303)
    return page(next=safe_next(request.args.get("next")))


def page(**facts: object) -> str:
    """The page to sign in, with what was wrong."""
    return render_template(
        "account/sign_in.html",
        takes_passkeys=Site.of(settings().base_url).takes_passkeys,
        demo_staff=_demo_staff(),
        provider=settings().oidc_name if settings().oidc_issuer else "",
        **facts,
    )


def _demo_staff() -> list[dict[str, str]]:
    """Whom a visitor of the demo may be, by one press."""
    if not settings().demo:
        return []
    from surveyapp.demo import directory, state

    if not state.is_finished(settings()):
        return []
    file = settings().instance / state.FINISHED
    staff: list[dict[str, str]] = directory.read(file).get("staff", [])
    return staff


@bp.post("/sign-in")
@anyone
def enter() -> ResponseReturnValue:
    """Open a session, or say, in the same words whatever was wrong, that it did not work."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    after = safe_next(request.form.get("next"))
    if "as" in request.form:
        username = request.form["as"]
        password = next((p["password"] for p in _demo_staff() if p["username"] == username), "")
    outcome = _attempt(username, password)
    if isinstance(outcome, SignInRefused):
        words = _(
            "Tên đăng nhập hoặc mật khẩu chưa đúng, hoặc tài khoản đang tạm dừng vì sai nhiều lần."
        )
        return page(username=username, next=after, errors=[("username", words)]), 422
    return begin(outcome, after)


def begin(outcome: SignedIn, after: str | None) -> Response:
    """Put the session into the browser and go on: to work, or to the second factor."""
    sessions.begin_staff(outcome.session_id)
    if outcome.is_whole:
        return make_response(redirect(after or url_for("account.start"), code=303))
    return make_response(redirect(url_for("account.second_factor", next=after), code=303))


def _attempt(username: str, password: str) -> SignedIn | SignInRefused:
    now, caller = clock.now(), who_calls()
    with reading() as db:
        against = signing.credentials(db, username)
        signing.check_network(db, caller, against, now=now)
    check = signing.check_password(against, password)
    with transaction() as db:
        outcome = signing.finish(
            db, check, caller=caller, now=now, demands_factor=not settings().demo
        )
        if isinstance(outcome, SignedIn) and outcome.is_whole:
            audit.record(db, Act(outcome.username, now, keys()), Action.STAFF_SIGNED_IN)
    if isinstance(outcome, SignInRefused):
        log.event("sign_in_refused", waits=outcome.wait_until is not None)
    return outcome


def who_calls() -> Caller:
    """Network and device of this request as numbers of the day: an address is never stored."""
    day = clock.day(clock.now())
    network = keys().mac("limits", f"sign-in {day} {request.remote_addr}".encode())
    return Caller(network, device.known(), device.browser())


@bp.post("/sign-in/passkey/options")
@anyone
def passkey_options() -> ResponseReturnValue:
    """What the browser signs with whatever passkey of this site it holds."""
    with transaction() as db:
        site = Site.of(settings().base_url)
        asked = passkeys.ask_to_sign(db, site=site, session_hash=None, now=clock.now())
    return jsonify(asked)


@bp.post("/sign-in/passkey")
@anyone
def enter_by_passkey() -> ResponseReturnValue:
    """A passkey that checked its holder opens a whole session: it is both factors at once."""
    now, after = clock.now(), safe_next(request.form.get("next"))
    response = make_response(redirect(after or url_for("account.start"), code=303))
    carried = device.carry(response)
    caller = Caller(None, carried, device.browser())
    try:
        with transaction() as db:
            site = Site.of(settings().base_url)
            answer = request.form.get(PASSKEY, "")
            staff_id = passkeys.signed_by(db, answer, site=site, session_hash=None, now=now)
            outcome = signing.by_passkey(db, staff_id, caller=caller, now=now)
            facts = {"factor": "passkey"}
            audit.record(
                db, Act(outcome.username, now, keys()), Action.STAFF_SIGNED_IN, facts=facts
            )
    except PasskeyRefused as refused:
        log.event("passkey_refused", reason=refused.reason)
        words = _("Khóa truy cập này chưa dùng được ở đây. Vui lòng đăng nhập bằng mật khẩu.")
        return page(next=after, errors=[("username", words)]), 422
    sessions.begin_staff(outcome.session_id)
    return response


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End the session here and in the database."""
    session_id = sessions.staff_session_id()
    if session_id:
        with transaction() as db:
            staff_sessions.sign_out(db, session_id)
    sessions.end_staff()
    flash(_("Đã đăng xuất."), "success")
    response = make_response(redirect(url_for("account.sign_in"), code=303))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
