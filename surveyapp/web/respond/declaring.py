"""What is declared instead of answering: asked before it is told, shown again, taken back until the deadline."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import transaction
from surveyapp.i18n import _
from surveyapp.invitations import queries as invitations
from surveyapp.invitations import service as inviting
from surveyapp.invitations.credentials import links
from surveyapp.web.http import sessions, state
from surveyapp.web.http.guard import without_token
from surveyapp.web.parts import help_desk
from surveyapp.web.respond import bp, posted_ends, privacy_notice
from surveyapp.web.respond.visit import present, visiting


@bp.get("/t/<token>/<any(not_me, moved, wrong_group, decline):kind>")
def confirm_declaration(token: str, kind: str) -> ResponseReturnValue:
    """Ask before anything is told to the centre."""
    code = links.read(state.keys(), token)
    facts = privacy_notice.facts(invitations.find_at_once(code, keys=state.keys()))
    back = url_for("respond.landing", token=token)
    return render_template("respond/declare.html", kind=kind, back=back, **facts)


@bp.post("/t/<token>/<any(not_me, moved, wrong_group, decline):kind>")
@without_token
def declare(token: str, kind: str) -> ResponseReturnValue:
    """Tell the centre that this person will not answer, and why."""
    code = links.read(state.keys(), token)
    with transaction() as db:
        invited = invitations.find(db, code, keys=state.keys())
        inviting.declare(db, invited, kind, today=clock.day(clock.now()))
    if not sessions.holds_another(code):  # somebody else's, on a shared computer, stays open
        sessions.end_respondent()
    return redirect(url_for("respond.declared", kind=kind), code=303)


@bp.get("/da-ghi-nhan/<any(not_me, moved, wrong_group, decline):kind>")
def declared(kind: str) -> ResponseReturnValue:
    """Thanks for the declaration, and how to take it back."""
    return render_template("respond/declared.html", kind=kind, contact=help_desk.nearest())


@bp.get("/phieu/khai-bao/<any(not_me, moved, wrong_group, decline):kind>")
def confirm_declaration_typed(kind: str) -> ResponseReturnValue:
    """The same question for someone who typed the code."""
    facts = privacy_notice.facts(present().invited)
    back = url_for("respond.hub")
    return render_template("respond/declare.html", kind=kind, back=back, in_session=True, **facts)


@bp.post("/phieu/khai-bao/<any(not_me, moved, wrong_group, decline):kind>")
def declare_typed(kind: str) -> ResponseReturnValue:
    """The same declaration from an open session."""
    with transaction() as db:
        visit = visiting(db)
        inviting.declare(db, visit.invited, kind, today=clock.day(clock.now()))
    return posted_ends.lead_out("respond.declared", {"left": [0, "", ""]}, kind=kind)


@bp.post("/t/<token>/rut-lai")
@without_token
def take_back(token: str) -> ResponseReturnValue:
    """What was declared no longer stands; the page of the link says so."""
    code = links.read(state.keys(), token)
    now = clock.now()
    with transaction() as db:
        invited = invitations.find(db, code, keys=state.keys())
        inviting.take_back(db, invited, now=now)
    return redirect(url_for("respond.landing", token=token, rut=1), code=303)


@bp.post("/phieu/rut-lai")
def take_back_typed() -> ResponseReturnValue:
    """The same from an open session."""
    now = clock.now()
    with transaction() as db:
        inviting.take_back(db, visiting(db).invited, now=now)
    flash(_("Đã rút lại. Lời mời của Ông/Bà có hiệu lực như trước."), "success")
    return redirect(url_for("respond.hub"), code=303)
