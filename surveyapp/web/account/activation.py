"""Links by which people set their own password, at the beginning and when they forgot it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit, passwords
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import WeakPassword
from surveyapp.accounts.links import activation
from surveyapp.accounts.signing_in import sign_in as signing
from surveyapp.accounts.signing_in.sign_in import Caller, SignedIn, SignInRefused
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.web.account import bp
from surveyapp.web.account.sign_in import begin, who_calls
from surveyapp.web.http.access import anyone
from surveyapp.web.http.error_pages import refusals
from surveyapp.web.http.state import keys, settings


@bp.get("/activate/<token>")
@anyone
def activate(token: str) -> ResponseReturnValue:
    """Whose account it is, and two fields for a password. Opening the link changes nothing."""
    with reading() as db:
        invited = activation.read(db, token, keys=keys(), now=clock.now())
    return render_template("account/activate.html", invited=invited)


@bp.post("/activate/<token>")
@anyone
def set_first_password(token: str) -> ResponseReturnValue:
    """Set the password; the link is dead, and the second factor comes next."""
    fresh, now = request.form.get("fresh", ""), clock.now()
    with reading() as db:
        invited = activation.read(db, token, keys=keys(), now=now)
    errors = password_faults(fresh, request.form.get("again", ""), username=invited.username)
    if errors:
        return render_template("account/activate.html", invited=invited, errors=errors), 422
    fresh_hash = passwords.accepted_hash(fresh, username=invited.username)
    with transaction() as db:
        activation.use(db, token, fresh_hash, keys=keys(), now=now)
        facts = {"link": invited.purpose.value, "made_by": invited.made_by}
        audit.record(db, Act(invited.username, now, keys()), Action.PASSWORD_SET, facts=facts)
        outcome = _signed_in(db, invited.username, who_calls())
    flash(_("Đã đặt mật khẩu."), "success")
    if isinstance(outcome, SignInRefused):
        return redirect(url_for("account.sign_in"), code=303)
    return begin(outcome, None)


def _signed_in(db: Session, username: str, caller: Caller) -> SignedIn | SignInRefused:
    """The person goes on without typing the same password again."""
    against = signing.credentials(db, username)
    check = signing.PasswordCheck(against, is_right=against.staff_id is not None, fresh_hash=None)
    return signing.finish(
        db,
        check,
        caller=caller,
        now=clock.now(),
        demands_factor=not settings().demo,
    )


def password_faults(fresh: str, again: str, *, username: str) -> list[tuple[str, str]]:
    """What is wrong with a new password, by field."""
    faults = []
    try:
        passwords.check_strength(fresh, username=username)
    except WeakPassword as exc:
        faults.append(("fresh", refusals.words_for(exc).message))
    if fresh != again:
        faults.append(("again", _("Hai lần nhập mật khẩu mới không giống nhau.")))
    return faults


@bp.get("/forgotten")
@anyone
def forgotten() -> ResponseReturnValue:
    """Where a link to set a new password is asked for."""
    return render_template("account/forgotten.html")


@bp.post("/forgotten")
@anyone
def ask_for_link() -> ResponseReturnValue:
    """Queue the mail if the account has an address; nobody is told whether it has, or exists."""
    now = clock.now()
    with transaction() as db:
        activation.ask_again(db, request.form.get("username", "")[:64], now=now)
    words = _(
        "Nếu tài khoản có địa chỉ thư, liên kết đặt lại mật khẩu sẽ được gửi tới đó trong ít phút. "
        "Không nhận được thư, vui lòng liên hệ người phụ trách đợt điều tra."
    )
    flash(words, "info")
    return redirect(url_for("account.sign_in"), code=303)
