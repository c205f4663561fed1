"""Tokens with which the scoring stage's program fetches releases: made, shown once, revoked."""

import uuid

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts.actions import Action
from surveyapp.db import reading, transaction
from surveyapp.fieldwork.reports import readers
from surveyapp.i18n import _
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import enter
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor

SCOPE = readers.RELEASES


@bp.get("/releases/tokens")
@allow("operator")
def release_tokens() -> str:
    """The tokens, the newest first, and how a program fetches a release."""
    return _page()


@bp.post("/releases/tokens")
@allow("operator")
@fresh_factor
def make_release_token() -> ResponseReturnValue:
    """Make a token and show it this once."""
    name = request.form.get("name", "").strip()
    if not name:
        return _page(errors=[("name", _("Vui lòng cho biết mã dùng cho hệ thống nào."))]), 422
    with transaction() as db:
        token = readers.make_token(
            db, g.campaign.id, name, scope=SCOPE, actor=g.actor.username, now=clock.now()
        )
        enter(db, Action.RELEASE_TOKEN_MADE, {"name": name[:80]})
    return _page(token=token)


@bp.post("/releases/tokens/<uuid:token_id>/revoke")
@allow("operator")
def revoke_release_token(token_id: uuid.UUID) -> ResponseReturnValue:
    """The token fetches nothing from now on."""
    with transaction() as db:
        if readers.revoke_token(db, g.campaign.id, token_id, now=clock.now(), scope=SCOPE):
            enter(db, Action.RELEASE_TOKEN_REVOKED, {"token": str(token_id)})
    flash(_("Mã này không còn tải được bản phát hành."), "success")
    return redirect(url_for("centre.release_tokens"), code=303)


def _page(errors: list[tuple[str, str]] | None = None, *, token: str = "") -> str:
    with reading() as db:
        tokens = readers.tokens(db, g.campaign.id, scope=SCOPE)
    return render_template(
        "centre/release_tokens.html",
        tokens=tokens,
        today=clock.day(clock.now()),
        errors=errors or [],
        token_made=token,
        address=url_for("release_api.list_releases", campaign=g.campaign.code, _external=True),
    )
