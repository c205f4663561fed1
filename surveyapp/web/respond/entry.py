"""The way in: a typed code, a link, and the declarations made instead of answering."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.db import reading, transaction
from surveyapp.documents.qr import qr_svg
from surveyapp.i18n import _
from surveyapp.invitations import queries as invitations
from surveyapp.invitations import service as inviting
from surveyapp.invitations.credentials import attempts, codes, device_handoff, links
from surveyapp.invitations.errors import CampaignClosed, ChallengeNeeded, MistypedCode, UnknownCode
from surveyapp.web.http import sessions, state
from surveyapp.web.http.guard import without_token
from surveyapp.web.http.safeguards import challenge, device
from surveyapp.web.respond import bp, privacy_notice, sealed_page
from surveyapp.web.respond.visit import Visit, visiting

CODE_DIGITS = 16


@bp.get("/")
def home() -> ResponseReturnValue:
    """Where a code from a letter or an SMS is typed."""
    return render_template("respond/code.html", resumable=sessions.respondent_code() is not None)


@bp.post("/")
@without_token
def enter() -> ResponseReturnValue:
    """Open the questionnaires of a typed code; a slip of the finger is seen by its check digit."""
    typed = request.form.get("code", "")
    now = clock.now()
    try:
        passed_on = device_handoff.read_typed(typed)
        code = None if passed_on else codes.read_typed(typed)
    except MistypedCode as exc:
        return _ask_again(typed, _mistyped(exc))
    with transaction() as db:
        network = attempts.network(state.keys(), request.remote_addr or "", now=now)
        before = device.opened_before()
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
            page = "respond/challenge.html"
            return challenge.page(page, network.own, effort=needed.effort, now=now, typed=typed)
        found = _known(db, code, passed_on)
        attempts.count(db, network, succeeded=found is not None, now=now, device=carried)
    if found is None:
        return _ask_again(typed, _unknown(passed_on))
    return _opened(found, url_for("respond.hub"))


def _opened(code: str, first: str) -> ResponseReturnValue:
    """This browser answers for `code`; a page that waited for it sealed is saved and shown first."""
    sessions.begin_respondent(code)
    response = redirect(sealed_page.restore(code) or first, code=303)
    sealed_page.forget(response)
    device.remember_opening(response, code)
    return response


def _known(db: Session, code: str | None, passed_on: str | None) -> str | None:
    """The access code behind what was typed; None where nobody is invited with it."""
    try:
        if code is None:
            code = device_handoff.take(db, passed_on or "", keys=state.keys(), now=clock.now())
        invitations.find_typed(db, code, keys=state.keys())
    except UnknownCode:
        return None
    return code


def _unknown(passed_on: str | None) -> str:
    if passed_on:
        return _(
            "Mã chuyển máy này không có, đã dùng hoặc đã quá 10 phút. "
            "Vui lòng lấy mã mới trên máy đang mở phiếu, hoặc nhập mã truy cập 16 chữ số."
        )
    return _("Không tìm thấy mã này. Vui lòng so lại từng số với thư mời hoặc tin nhắn.")


def _mistyped(exc: MistypedCode) -> str:
    if exc.digits_given not in (CODE_DIGITS, device_handoff.DIGITS):
        return _(
            "Mã truy cập có 16 chữ số, Ông/Bà đã nhập %(given)s chữ số. Vui lòng nhập đúng cả dãy.",
            given=exc.digits_given,
        )
    return _("Có một chữ số chưa đúng hoặc hai chữ số bị đổi chỗ. Vui lòng so lại từng số.")


def _ask_again(typed: str, error: str) -> ResponseReturnValue:
    return render_template("respond/code.html", typed=typed, errors=[("code", error)]), 422


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
    """How to go on at another device, before a code for it is made."""
    with reading() as db:
        facts = privacy_notice.facts(db, visiting(db).invited)
    return render_template("respond/other_device.html", **facts)


@bp.post("/phieu/may-khac")
def pass_on() -> ResponseReturnValue:
    """Ten digits and their QR code; typed or scanned at the other device within ten minutes."""
    with transaction() as db:
        visit = visiting(db)
        facts = privacy_notice.facts(db, visit.invited)
        offered = device_handoff.offer(db, visit.code, keys=state.keys(), now=clock.now())
    base_url = state.settings().base_url
    address = base_url + url_for("respond.passed_on", digits=offered.digits)
    return render_template(
        "respond/other_device.html",
        shown=device_handoff.show(offered.digits),
        until=offered.expires_at,
        qr=qr_svg(address),
        host=base_url.partition("://")[2],
        **facts,
    )


@bp.get("/tro-nang")
def accessibility() -> ResponseReturnValue:
    """What the pages do for people with disabilities, what they do not, and whom to tell."""
    return render_template("respond/accessibility.html")


@bp.get("/t/<token>")
def landing(token: str) -> ResponseReturnValue:
    """What the link leads to: who asks, why, what is kept. Changes nothing, names nobody."""
    code = links.read(state.keys(), token)
    with reading() as db:
        invited = invitations.find(db, code, keys=state.keys())
        facts = privacy_notice.facts(db, invited)
    return render_template(
        "respond/landing.html",
        token=token,
        declaration_address=lambda kind: url_for(
            "respond.confirm_declaration", token=token, kind=kind
        ),
        **facts,
    )


@bp.post("/t/<token>/start")
@without_token
def start(token: str) -> ResponseReturnValue:
    """Begin or resume, and leave the secret behind in the old address."""
    code = links.read(state.keys(), token)
    with transaction() as db:
        visit = Visit(code, invitations.find(db, code, keys=state.keys()))
        _begin(db, visit)
    return _opened(code, _first_page(visit))


@bp.post("/phieu/bat-dau")
def start_typed() -> ResponseReturnValue:
    """Begin or resume after a typed code."""
    with transaction() as db:
        visit = visiting(db)
        _begin(db, visit)
    return redirect(_first_page(visit), code=303)


def _begin(db: Session, visit: Visit) -> None:
    now = clock.now()
    if not visit.unsubmitted:
        return
    try:
        inviting.check_open(visit.invited.campaign, now)
    except CampaignClosed:
        if any(each.is_submitted for each in visit.assignments):
            return  # the receipts of what is submitted are shown at any time
        raise
    inviting.begin(db, visit.invited, today=clock.day(now))


def _first_page(visit: Visit) -> str:
    """Straight to the questionnaire when there is just one left to begin; else the choice."""
    if len(visit.assignments) == 1 and visit.unsubmitted:
        return url_for("respond.section", number=visit.unsubmitted[0].number, page=1)
    return url_for("respond.hub")


@bp.get("/t/<token>/<any(not_me, moved, wrong_group, decline):kind>")
def confirm_declaration(token: str, kind: str) -> ResponseReturnValue:
    """Ask before anything is told to the centre."""
    code = links.read(state.keys(), token)
    with reading() as db:
        invited = invitations.find(db, code, keys=state.keys())
        facts = privacy_notice.facts(db, invited)
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
        facts = privacy_notice.facts(db, invited)
    sessions.end_respondent()
    return render_template("respond/declared.html", kind=kind, **facts)


@bp.get("/phieu/khai-bao/<any(not_me, moved, wrong_group, decline):kind>")
def confirm_declaration_typed(kind: str) -> ResponseReturnValue:
    """The same question for someone who typed the code."""
    with reading() as db:
        facts = privacy_notice.facts(db, visiting(db).invited)
    back = url_for("respond.hub")
    return render_template("respond/declare.html", kind=kind, back=back, in_session=True, **facts)


@bp.post("/phieu/khai-bao/<any(not_me, moved, wrong_group, decline):kind>")
def declare_typed(kind: str) -> ResponseReturnValue:
    """The same declaration from an open session."""
    with transaction() as db:
        visit = visiting(db)
        inviting.declare(db, visit.invited, kind, today=clock.day(clock.now()))
        facts = privacy_notice.facts(db, visit.invited)
    sessions.end_respondent()
    return render_template("respond/declared.html", kind=kind, **facts)
