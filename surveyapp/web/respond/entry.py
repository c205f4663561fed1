"""The way in: a typed code, a link, and the declarations made instead of answering."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.assignments.rules import Disposition
from surveyapp.db import prepared_transaction, transaction
from surveyapp.documents.qr import qr_svg
from surveyapp.i18n import _
from surveyapp.invitations import queries as invitations
from surveyapp.invitations import service as inviting
from surveyapp.invitations.credentials import attempts, device_handoff, links, pasted
from surveyapp.invitations.errors import CampaignClosed, ChallengeNeeded, MistypedCode, UnknownCode
from surveyapp.responses import draft_secret, drafts
from surveyapp.web.http import sessions, state
from surveyapp.web.http.guard import without_token
from surveyapp.web.http.safeguards import challenge
from surveyapp.web.parts import help_desk
from surveyapp.web.respond import bp, dead_ends, posted_ends, privacy_notice, sealed_page
from surveyapp.web.respond.answering import resume_at
from surveyapp.web.respond.devices import browser_cookie
from surveyapp.web.respond.document import prepared_pages
from surveyapp.web.respond.visit import Visit, opened, present, visiting

CODE_DIGITS = 16
SERVER = "server"
"""Whom the audit trail names for what the server does by itself."""
SHOWN_DIGITS = 24
KEPT_TYPED = 600
"""Characters that stand in the box again: a whole message, and the cookie still fits."""


@bp.get("/")
def home() -> ResponseReturnValue:
    """Where a code from a letter or an SMS is typed; with `?sai=1` what was wrong with the last one, with `?het=1`
    what became of what was sent in after the session's end, with `?cho=1` what is asked for before the next try."""
    left = posted_ends.told() if {"het", "cho"} & set(request.args) else {}
    if "over" in left:
        pressed, seconds, had_one = left["over"]
        kept_until = datetime.fromtimestamp(seconds, UTC) if seconds else None
        return dead_ends.over(pressed, kept_until, had_one=had_one)
    if "challenge" in left:
        return _challenged(*left["challenge"])
    told = "sai" in request.args or "khac" in request.args
    typed = sessions.noted("typed") if told else None
    return render_template(
        "respond/code.html",
        resumable=sessions.respondent_code() is not None,
        typed=typed,
        another=sessions.own_digits() if typed and "khac" in request.args else "",
        errors=[("code", wrong_code(typed))]
        if typed is not None and "sai" in request.args
        else None,
        contact=help_desk.nearest(),
    )


def _challenged(effort: int, typed: str, ticket: str) -> ResponseReturnValue:
    now = clock.now()
    own = attempts.network(state.keys(), request.remote_addr or "", now=now).own
    page = "respond/challenge.html"
    return challenge.page(page, own, effort=effort, now=now, ticket=ticket, typed=typed)


@bp.post("/")
@without_token
def enter() -> ResponseReturnValue:
    """Open the questionnaires of a typed code; a slip of the finger is seen by its check digit."""
    typed = request.form.get("code", "")
    now = clock.now()
    try:
        read = pasted.read(typed)
    except MistypedCode:
        return _ask_again(typed)
    with transaction() as db:
        network = attempts.network(state.keys(), request.remote_addr or "", now=now)
        before = browser_cookie.mark()
        carried = attempts.device_tag(state.keys(), before) if before else None
        try:
            attempts.check(
                db,
                network,
                now=now,
                device=carried,
                proven=challenge.has_worked(db, network.own, now=now),
                waited=challenge.has_waited(network.own, now=now),
            )
        except ChallengeNeeded as needed:
            ticket = request.form.get(challenge.WAITED, "")
            asked = [needed.effort, typed[:KEPT_TYPED], ticket]
            return posted_ends.lead(url_for("respond.home", cho=1), {"challenge": asked})
        invited = _known(db, read)
        attempts.count(db, network, succeeded=invited is not None, now=now, device=carried)
    if invited is None:
        return _ask_again(typed)
    code, strand = invited
    if sessions.holds_another(code) and request.form.get("instead") != sessions.own_digits():
        sessions.note("typed", typed[:KEPT_TYPED])
        return redirect(url_for("respond.home", khac=1), code=303)
    return _opened(_visit(code, strand))


def _opened(visit: Visit, *, begun: bool = False) -> ResponseReturnValue:
    """This browser answers for a code; a page that waited for it sealed is saved and shown first."""
    sessions.begin_respondent(visit.code, visit.strand)
    if visit.strand is None:
        return redirect(url_for("respond.elsewhere"), code=303)
    response = redirect(
        sealed_page.restore(visit.code) or _first_page(visit, begun=begun), code=303
    )
    sealed_page.forget(response)
    posted_ends.forget(response)
    browser_cookie.remember(response, visit.code, visit.strand)
    return response


def _known(db: Session, read: pasted.Typed) -> tuple[str, bytes | None] | None:
    """Code and, where one was passed on, strand of what was typed; None where nobody is invited with it."""
    code, strand = read.code, None
    try:
        if code is None:
            handoff = read.handoff or ""
            given = device_handoff.take(db, handoff, keys=state.keys(), now=clock.now())
            code, strand = given.code, given.strand
        invitations.find_typed(db, code, keys=state.keys())
    except UnknownCode:
        return None
    return code, strand


def _visit(code: str, strand: bytes | None = None) -> Visit:
    """With the strand passed on, or of this browser, or a new one where nobody began elsewhere."""
    strand = strand or browser_cookie.strand(code)
    visit = opened(code, strand)
    if strand is None and not any(visit.saved[each.id].beside for each in visit.unsubmitted):
        return replace(visit, strand=drafts.new_strand())
    return visit


def wrong_code(typed: str) -> str:
    """What is wrong with a code that opened nothing, told without a look-up."""
    try:
        read = pasted.read(typed)
    except MistypedCode as exc:
        return _mistyped(exc)
    if read.handoff:
        return _(
            "Mã chuyển máy này không có, đã dùng hoặc đã quá 10 phút. "
            "Vui lòng lấy mã mới trên máy đang mở phiếu, hoặc nhập mã truy cập 16 chữ số."
        )
    return _("Không tìm thấy mã này. Vui lòng so lại từng số với thư mời hoặc tin nhắn.")


def _mistyped(exc: MistypedCode) -> str:
    """How many digits were understood, which, and what else was typed."""
    if not exc.read:
        told = _("Mã truy cập có 16 chữ số; ô này chưa có chữ số nào.")
    elif exc.digits_given not in (CODE_DIGITS, device_handoff.DIGITS):
        told = _(
            "Mã truy cập có 16 chữ số, Ông/Bà đã nhập %(given)s chữ số: %(read)s. Vui lòng nhập đúng cả dãy.",
            given=exc.digits_given,
            read=_grouped(exc.read),
        )
    else:
        told = _(
            "Máy đọc được %(read)s: có một chữ số chưa đúng hoặc hai chữ số bị đổi chỗ. "
            "Vui lòng so lại từng số.",
            read=_grouped(exc.read),
        )
    if exc.strange:
        told += " " + _("Phần không đọc được: %(signs)s", signs=" ".join(exc.strange))
    return told


def _grouped(digits: str) -> str:
    """Four by four, as codes are printed; of a great many the first few."""
    shown = digits[:SHOWN_DIGITS]
    groups = "-".join(shown[start : start + 4] for start in range(0, len(shown), 4))
    return groups + ("…" if len(digits) > SHOWN_DIGITS else "")


def _ask_again(typed: str) -> ResponseReturnValue:
    """The code page again, by an address of its own: going back never meets a form sent in."""
    sessions.note("typed", typed[:KEPT_TYPED])
    return redirect(url_for("respond.home", sai=1, _anchor="errors"), code=303)


@bp.get("/m/<digits>")
def passed_on(digits: str) -> ResponseReturnValue:
    """What the QR code on the other device leads to. Looks nothing up: the button does."""
    try:
        shown = device_handoff.show(device_handoff.read_typed(digits) or "")
    except MistypedCode:
        shown = ""
    return render_template("respond/code.html", typed=shown, passed_on=bool(shown.strip()))


@bp.get("/phieu/may-khac")
def other_device() -> ResponseReturnValue:
    """How to go on at another device; once a code was made, the code and its picture while it works."""
    facts = privacy_notice.facts(present().invited)
    digits, until = sessions.noted("handoff") or ("", 0)
    if until <= clock.now().timestamp():
        return render_template("respond/other_device.html", **facts)
    base_url = state.settings().base_url
    address = base_url + url_for("respond.passed_on", digits=digits)
    return render_template(
        "respond/other_device.html",
        shown=device_handoff.show(digits),
        until=datetime.fromtimestamp(until, UTC),
        qr=qr_svg(address),
        host=base_url.partition("://")[2],
        **facts,
    )


@bp.post("/phieu/may-khac")
def pass_on() -> ResponseReturnValue:
    """Ten digits and their QR code; typed or scanned at the other device within ten minutes."""
    with transaction() as db:
        visit = visiting(db)
        offered = device_handoff.offer(
            db, visit.code, visit.holder.strand, keys=state.keys(), now=clock.now()
        )
    sessions.note("handoff", [offered.digits, int(offered.expires_at.timestamp())])
    return redirect(url_for("respond.other_device"), code=303)


@bp.get("/tro-nang")
def accessibility() -> ResponseReturnValue:
    """What the pages do for people with disabilities, what they do not, and whom to tell."""
    return render_template("respond/accessibility.html")


@bp.get("/t/<token>", strict_slashes=False)
def landing(token: str) -> ResponseReturnValue:
    """What the link leads to: who asks, why, what is kept. Changes nothing, names nobody."""
    if (alone := links.trimmed(token)) != token:
        return redirect(url_for("respond.landing", token=alone))
    code = links.read(state.keys(), token)
    invited = invitations.find_at_once(code, keys=state.keys())
    shared = privacy_notice.shared(invited)
    shared["taken_back"] = "rut" in request.args and not shared["declared"]
    own = {"token": token, "supplier": privacy_notice.supplier(invited)}
    if sessions.holds_another(code):
        facts = _landing(token, **shared) | own | {"another": sessions.own_digits()}
        return render_template("respond/landing.html", **facts)
    return prepared_pages.page(
        "respond/landing.html", partial(_landing, prepared_pages.blank("token")), shared, own
    )


def _landing(token: str, **shared: Any) -> dict[str, Any]:
    """Everything that the page before answering shows but for the supplier of the name."""
    return privacy_notice.told(**shared) | {
        "declaration_address": lambda kind: url_for(
            "respond.confirm_declaration", token=token, kind=kind
        )
    }


@bp.post("/t/<token>/start")
@without_token
def start(token: str) -> ResponseReturnValue:
    """Begin or resume, and leave the secret behind in the old address."""
    code = links.read(state.keys(), token)
    visit = _visit(code)
    if sessions.holds_another(code) and request.form.get("instead") != sessions.own_digits():
        return redirect(url_for("respond.landing", token=token, khac=1), code=303)
    _begin(visit)
    return _opened(visit, begun=True)


@bp.post("/phieu/bat-dau")
def start_typed() -> ResponseReturnValue:
    """Begin or resume after a typed code."""
    visit = present()
    _begin(visit)
    return redirect(_first_page(visit, begun=True), code=303)


def _begin(visit: Visit) -> None:
    """Note that the person came in; nothing is written, or waited for, where that is noted."""
    now = clock.now()
    if not visit.unsubmitted:
        return
    try:
        inviting.check_open(visit.invited.campaign, now, begun=visit.is_begun)
    except CampaignClosed:
        if any(each.is_submitted for each in visit.assignments):
            return  # the receipts of what is submitted are shown at any time
        raise
    where = draft_secret.folder(state.settings())
    is_begun = all(each.disposition == Disposition.BEGUN for each in visit.unsubmitted)
    is_settled = draft_secret.is_settled(where, visit.invited.campaign.code)
    if is_begun and (is_settled or draft_secret.is_here(where, visit.invited.campaign.code)):
        return
    if not is_settled:
        with transaction(in_turn=True) as db:
            act = Act(SERVER, now, state.keys())
            draft_secret.make(db, visit.invited.campaign, where=where, act=act)
    if is_begun:
        return
    with prepared_transaction() as writing:
        inviting.begin(writing, visit.invited, today=clock.day(now))


def _first_page(visit: Visit, *, begun: bool) -> str:
    """Straight to the first question without an answer when there is just one questionnaire; else the choice.

    After a code alone (not `begun` by a button) the page before answering comes first, once.
    """
    left = visit.unsubmitted
    comes_back = begun or (visit.is_begun and visit.is_taken)
    if len(visit.assignments) == 1 and left and comes_back:
        return resume_at(visit, left[0])
    return url_for("respond.hub")
