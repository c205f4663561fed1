"""Addresses that people type from memory: each leads to where they work."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from surveyapp.web.http.access import signed_in

bp = Blueprint("doors", __name__)


@bp.get("/desk/")
@bp.get("/centre/")
@signed_in
def to_work() -> ResponseReturnValue:
    """To the one place where the person works, or the choice of them; signing in comes first."""
    return redirect(url_for("account.start"), code=303)
