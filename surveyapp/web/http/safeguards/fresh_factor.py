"""What cannot be undone asks for the second factor once more, without losing the form that was sent."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import PasskeyRefused
from surveyapp.accounts.factors import passkeys
from surveyapp.accounts.factors import service as factors
from surveyapp.accounts.factors.passkeys import Site
from surveyapp.accounts.factors.service import Factor
from surveyapp.accounts.signing_in import sessions as staff_sessions
from surveyapp.accounts.signing_in import sign_in
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.web.http import sessions
from surveyapp.web.http.guard import marked
from surveyapp.web.http.safeguards import device
from surveyapp.web.http.state import keys, settings

View = TypeVar("View", bound=Callable[..., Any])
CODE, PASSKEY = "factor_code", "factor_passkey"
OURS = frozenset({CODE, PASSKEY, sessions.CSRF_FIELD})


def fresh_factor(view: View) -> View:
    """Mark a view that wants a second factor shown in the last quarter of an hour."""
    view.wants_fresh_factor = True  # type: ignore[attr-defined]  # a mark on the view
    return view


def install(app: Flask) -> None:
    """Enforce the mark, once it is known who asks and that the form is our own."""
    app.before_request(_demand)


def _demand() -> ResponseReturnValue | None:
    if request.endpoint is None or not marked("wants_fresh_factor") or g.get("actor") is None:
        return None
    now, session_id = clock.now(), sessions.staff_session_id() or ""
    with reading() as db:
        if staff_sessions.has_fresh_factor(db, session_id, now=now):
            return None
        enrolled = factors.is_enrolled(db, g.actor.staff_id)
    if settings().demo and not enrolled:
        return None
    if request.method in sessions.SAFE_METHODS:
        return redirect(url_for("account.show_again", next=request.full_path.rstrip("?")), code=303)
    if not (request.form.get(CODE) or request.form.get(PASSKEY)):
        return page()
    return None if shown_again(session_id) else _refused(session_id)


def shown_again(session_id: str) -> bool:
    """The form carries a right second factor of the person whose session this is; it is on record."""
    now, id_hash = clock.now(), staff_sessions.session_hash(session_id)
    with transaction() as db:
        factor = checked(db, g.actor.staff_id, id_hash)
        if factor is None:
            sign_in.factor_failed(db, g.actor.staff_id, id_hash, device=device.known(), now=now)
            return False
        staff_sessions.factor_shown(db, session_id, now=now)
        if factor == Factor.RECOVERY_CODE:
            audit.record(db, Act(g.actor.username, now, keys()), Action.RECOVERY_CODE_USED)
    return True


def checked(db: Session, staff_id: UUID, id_hash: bytes) -> Factor | None:
    """Which factor of this person the form carries: a passkey's answer, or a typed code."""
    now, answer = clock.now(), request.form.get(PASSKEY, "")
    if not answer:
        typed = request.form.get(CODE, "")[:40]
        return factors.shown(db, staff_id, typed, keys=keys(), now=now)
    site = Site.of(settings().base_url)
    try:
        passkeys.signed_by(db, answer, site=site, session_hash=id_hash, now=now, staff_id=staff_id)
    except PasskeyRefused:
        return None
    return Factor.PASSKEY


def _refused(session_id: str) -> ResponseReturnValue:
    with reading() as db:
        goes_on = staff_sessions.current_staff(db, session_id, now=clock.now()) is not None
    if not goes_on:
        sessions.end_staff()
        flash(
            _("Sai mã nhiều lần nên phiên đăng nhập đã kết thúc. Vui lòng đăng nhập lại."), "error"
        )
        return redirect(url_for("account.sign_in"), code=303)
    return page([(CODE, _("Mã chưa đúng hoặc đã dùng. Vui lòng nhập mã mới nhất."))])


def page(errors: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
    """Ask for the factor; the form comes along and is sent on as soon as it is shown."""
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in OURS]
    with reading() as db:
        standing = factors.standing(db, g.actor.staff_id)
    shown = render_template(
        "account/show_again.html",
        address=request.full_path.rstrip("?"),
        carried=carried,
        files_lost=bool(request.files),
        standing=standing,
        takes_passkeys=Site.of(settings().base_url).takes_passkeys,
        errors=errors,
    )
    if request.method in sessions.SAFE_METHODS:
        return shown
    return shown, 422 if errors else 403
