"""A browser that has the link and nothing more: it shows nothing saved, and says what opens it."""

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.i18n import _
from surveyapp.responses import drafts
from surveyapp.responses.errors import BegunElsewhere
from surveyapp.web.http import sessions
from surveyapp.web.respond import bp, privacy_notice
from surveyapp.web.respond.devices import browser_cookie
from surveyapp.web.respond.visit import present


@bp.get("/phieu/may-moi")
def elsewhere() -> ResponseReturnValue:
    """Answers are saved from another device: how to see them here, or how to begin anew beside them."""
    facts = privacy_notice.facts(present().invited)
    return render_template("respond/elsewhere.html", **facts)


@bp.post("/phieu/may-moi")
def begin_anew() -> ResponseReturnValue:
    """Answer here from the start; what is saved elsewhere stays until one of the two is submitted."""
    code = present().code
    own = drafts.new_strand()
    sessions.hold_strand(own)
    response = redirect(url_for("respond.hub"), code=303)
    browser_cookie.remember(response, code, own)
    return response


@bp.errorhandler(BegunElsewhere)
def begun_elsewhere(_error: BegunElsewhere) -> ResponseReturnValue:
    """Nothing was shown or saved; the page that says why comes instead."""
    if request.accept_mimetypes.best == "application/json":
        return jsonify(message=_("Máy này chưa được xem các câu đã lưu trên máy khác.")), 409
    return redirect(url_for("respond.elsewhere"), code=303)
