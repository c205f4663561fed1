"""Setting up a second factor: passkeys, an app's digits, ten codes on paper; and taking one away again."""

from typing import Any
from uuid import UUID

from flask import flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import PasskeyRefused
from surveyapp.accounts.factors import passkeys, recovery_codes, totp
from surveyapp.accounts.factors import service as factors
from surveyapp.accounts.factors.passkeys import Site
from surveyapp.accounts.factors.service import Factor
from surveyapp.accounts.models import Staff
from surveyapp.accounts.signing_in import sessions as staff_sessions
from surveyapp.accounts.signing_in import sign_in as signing
from surveyapp.db import reading, transaction
from surveyapp.documents.qr import qr_svg
from surveyapp.i18n import _
from surveyapp.web.account import bp
from surveyapp.web.http import sessions
from surveyapp.web.http.access import password_shown, signed_in
from surveyapp.web.http.safeguards import device
from surveyapp.web.http.safeguards.fresh_factor import PASSKEY, fresh_factor
from surveyapp.web.http.state import keys, settings


@bp.get("/second-factor/set-up")
@password_shown
def set_up() -> ResponseReturnValue:
    """The two ways side by side. Whoever has a second factor already must have shown it."""
    if _must_show_first():
        return redirect(url_for("account.second_factor"), code=303)
    return _page()


def _must_show_first() -> bool:
    with reading() as db:
        return g.half is not None and factors.is_enrolled(db, g.half.staff_id)


def _page(errors: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
    site = Site.of(settings().base_url)
    secret = totp.offered_secret(keys(), _session_hash())
    app = totp.address(secret, username=_username(), issuer=site.host)
    with reading() as db:
        standing = factors.standing(db, _staff_id())
    typed = totp.as_typed(secret)
    shown = render_template(
        "account/set_up.html",
        takes_passkeys=site.takes_passkeys,
        # the picture is our own writing; what it says is encoded in its squares
        picture=Markup(qr_svg(app)),  # noqa: S704  our own drawing
        secret=" ".join(typed[at : at + 4] for at in range(0, len(typed), 4)),
        standing=standing,
        first=g.half is not None,
        errors=errors,
    )
    return (shown, 422) if errors else shown


@bp.post("/second-factor/set-up/app")
@password_shown
@fresh_factor
def set_up_app() -> ResponseReturnValue:
    """Take the app whose digits were typed as proof that it holds the secret."""
    if _must_show_first():
        return redirect(url_for("account.second_factor"), code=303)
    now, secret = clock.now(), totp.offered_secret(keys(), _session_hash())
    with transaction() as db:
        typed = request.form.get("digits", "")
        taken = totp.enrol(db, _staff_id(), secret, typed, keys=keys(), now=now)
        enrolled = _enrolled(db, Factor.APP) if taken else None
    if enrolled is None:
        words = _("Sáu chữ số chưa đúng. Vui lòng kiểm tra đồng hồ của điện thoại rồi nhập số mới.")
        return _page([("digits", words)])
    return enrolled


@bp.post("/second-factor/set-up/passkey/options")
@password_shown
def new_passkey_options() -> ResponseReturnValue:
    """What the browser needs to make a passkey."""
    if _must_show_first():
        return jsonify(error="second_factor"), 403
    with transaction() as db:
        staff = db.get_one(Staff, _staff_id())
        site = Site.of(settings().base_url)
        asked = passkeys.ask_to_register(
            db, staff, site=site, session_hash=_session_hash(), now=clock.now()
        )
    return jsonify(asked)


@bp.post("/second-factor/set-up/passkey")
@password_shown
@fresh_factor
def set_up_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser made."""
    if _must_show_first():
        return redirect(url_for("account.second_factor"), code=303)
    try:
        with transaction() as db:
            passkeys.register(
                db,
                _staff_id(),
                request.form.get(f"new_{PASSKEY}", ""),
                name=request.form.get("name", "").strip() or device.browser(),
                site=Site.of(settings().base_url),
                session_hash=_session_hash(),
                now=clock.now(),
            )
            return _enrolled(db, Factor.PASSKEY)
    except PasskeyRefused:
        words = _("Chưa tạo được khóa truy cập. Vui lòng thử lại, hoặc dùng ứng dụng tạo mã.")
        return _page([("passkey", words)])


def _enrolled(db: Session, factor: Factor) -> Response:
    """A factor was added: other sessions end, the present one is whole; the first time codes are shown."""
    now, staff_id, username = clock.now(), _staff_id(), _username()
    made = not recovery_codes.left(db, staff_id)
    codes = recovery_codes.make(db, staff_id, keys=keys()) if made else []
    act = Act(username, now, keys())
    audit.record(db, act, Action.FACTOR_ADDED, facts={"factor": factor.value})
    staff_sessions.end_all(db, staff_id, but=_session_hash())
    response = make_response()
    if g.half is not None:
        outcome = signing.complete(db, g.half, device=device.carry(response), now=now)
        sessions.begin_staff(outcome.session_id)
        g.actor = staff_sessions.current_staff(db, outcome.session_id, now=now)
    if codes:
        response.set_data(render_template("account/recovery_codes.html", codes=codes))
        return response
    flash(_("Đã thêm cách xác thực. Các phiên đăng nhập khác đã kết thúc."), "success")
    response.status_code, response.location = 303, url_for("account.home")
    return response


@bp.post("/second-factor/codes")
@signed_in
@fresh_factor
def new_codes() -> ResponseReturnValue:
    """Ten new recovery codes; those on the old paper are dead."""
    with transaction() as db:
        codes = recovery_codes.make(db, g.actor.staff_id, keys=keys())
        act = Act(g.actor.username, clock.now(), keys())
        audit.record(db, act, Action.RECOVERY_CODES_MADE)
    return render_template("account/recovery_codes.html", codes=codes)


@bp.post("/second-factor/remove")
@signed_in
@fresh_factor
def remove_factor() -> ResponseReturnValue:
    """Forget a passkey or the app, as long as another second factor stays."""
    given = request.form.get("passkey", "")
    with transaction() as db:
        if factors.standing(db, g.actor.staff_id).count < 2:
            flash(
                _("Đây là cách xác thực duy nhất. Vui lòng thêm cách khác trước khi bỏ."), "error"
            )
            return redirect(url_for("account.home"), code=303)
        _remove(db, g.actor.staff_id, given)
        factor = Factor.PASSKEY if given else Factor.APP
        act = Act(g.actor.username, clock.now(), keys())
        audit.record(db, act, Action.FACTOR_REMOVED, facts={"factor": factor.value})
        staff_sessions.end_all(db, g.actor.staff_id, but=_session_hash())
    flash(_("Đã bỏ cách xác thực. Các phiên đăng nhập khác đã kết thúc."), "success")
    return redirect(url_for("account.home"), code=303)


def _remove(db: Session, staff_id: UUID, passkey: str) -> None:
    if not passkey:
        totp.remove(db, staff_id)
        return
    try:
        passkeys.remove(db, staff_id, bytes.fromhex(passkey))
    except ValueError:
        return  # no passkey of ours is written like this: nothing to forget


def _staff_id() -> UUID:
    who: Any = g.actor or g.half
    return who.staff_id  # type: ignore[no-any-return]  # of flask.g, which has no types


def _username() -> str:
    who: Any = g.actor or g.half
    return str(who.username)


def _session_hash() -> bytes:
    return staff_sessions.session_hash(sessions.staff_session_id() or "")
