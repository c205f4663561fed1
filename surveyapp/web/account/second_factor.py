"""The second factor after the password, and once more before what cannot be undone."""

from uuid import UUID

from flask import flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.factors import passkeys
from surveyapp.accounts.factors import service as factors
from surveyapp.accounts.factors.passkeys import Site
from surveyapp.accounts.factors.service import Factor
from surveyapp.accounts.signing_in import sessions as staff_sessions
from surveyapp.accounts.signing_in import sign_in as signing
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.web.account import bp
from surveyapp.web.http import sessions
from surveyapp.web.http.access import password_shown, safe_next, signed_in
from surveyapp.web.http.safeguards import device, fresh_factor
from surveyapp.web.http.state import keys, settings


@bp.get("/second-factor")
@password_shown
def second_factor() -> ResponseReturnValue:
    """Ask for the passkey or the code; who has neither sets one up first."""
    after = safe_next(request.args.get("next"))
    if g.half is None:
        return redirect(after or url_for("account.start"), code=303)
    return _page(after)


def _page(after: str | None, errors: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
    with reading() as db:
        standing = factors.standing(db, g.half.staff_id)
    if not standing.count:
        return redirect(url_for("account.set_up"), code=303)
    shown = render_template(
        "account/second_factor.html",
        next=after,
        standing=standing,
        takes_passkeys=Site.of(settings().base_url).takes_passkeys,
        errors=errors,
    )
    return (shown, 422) if errors else shown


@bp.post("/second-factor")
@password_shown
def show_factor() -> ResponseReturnValue:
    """Open the session with a passkey, the app's digits or a recovery code."""
    after = safe_next(request.form.get("next"))
    onward = redirect(after or url_for("account.start"), code=303)
    if g.half is None:
        return onward
    response, now = make_response(onward), clock.now()
    with transaction() as db:
        factor = fresh_factor.checked(db, g.half.staff_id, g.half.session_hash)
        if factor is None:
            goes_on = signing.factor_failed(
                db, g.half.staff_id, g.half.session_hash, device=device.known(), now=now
            )
        else:
            outcome = signing.complete(db, g.half, device=device.carry(response), now=now)
            _on_record(db, outcome.username, factor)
    if factor is None:
        return _refused(after) if goes_on else _over()
    if factor == Factor.RECOVERY_CODE:
        flash(_("Đã dùng một mã khôi phục. Mã đó không dùng lại được."), "warning")
    sessions.begin_staff(outcome.session_id)
    return response


def _on_record(db: Session, username: str, factor: Factor) -> None:
    act = Act(username, clock.now(), keys())
    audit.record(db, act, Action.STAFF_SIGNED_IN, facts={"factor": factor.value})


def _refused(after: str | None) -> ResponseReturnValue:
    words = _("Mã chưa đúng hoặc đã dùng. Vui lòng nhập mã mới nhất.")
    return _page(after, [(fresh_factor.CODE, words)])


def _over() -> ResponseReturnValue:
    sessions.end_staff()
    flash(_("Sai mã nhiều lần nên phiên đăng nhập đã kết thúc. Vui lòng đăng nhập lại."), "error")
    return redirect(url_for("account.sign_in"), code=303)


@bp.post("/second-factor/options")
@password_shown
def factor_options() -> ResponseReturnValue:
    """What the browser signs with one of the person's own passkeys, in this session only."""
    staff_id: UUID = g.actor.staff_id if g.actor else g.half.staff_id
    id_hash = staff_sessions.session_hash(sessions.staff_session_id() or "")
    with transaction() as db:
        site = Site.of(settings().base_url)
        asked = passkeys.ask_to_sign(
            db, site=site, session_hash=id_hash, now=clock.now(), staff_id=staff_id
        )
    return jsonify(asked)


@bp.get("/second-factor/again")
@signed_in
def show_again() -> ResponseReturnValue:
    """Ask for the second factor before a page that wants a fresh one."""
    return fresh_factor.page()


@bp.post("/second-factor/again")
@signed_in
@fresh_factor.fresh_factor
def shown_again() -> ResponseReturnValue:
    """It was shown: on to the page."""
    return redirect(safe_next(request.args.get("next")) or url_for("account.start"), code=303)
