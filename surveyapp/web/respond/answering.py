"""Answering: the choice of questionnaires, its pages, saving with and without a script."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import (
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from surveyapp import clock, i18n
from surveyapp.i18n import _
from surveyapp.instruments.model import Instrument
from surveyapp.invitations.queries import AssignmentView
from surveyapp.responses.errors import DraftUnreadable, NotAnOption, RemarkTooLong
from surveyapp.responses.rules import answered
from surveyapp.web.http import sessions, state
from surveyapp.web.http.error_pages.refusals import words_for
from surveyapp.web.parts import help_desk
from surveyapp.web.respond import (
    bp,
    pages,
    posted_ends,
    privacy_notice,
    saving,
    sealed_page,
)
from surveyapp.web.respond.document import browser_buffer, section_page, whole_form
from surveyapp.web.respond.visit import SessionOver, Visit, present, rated
from surveyapp.web.respond.visit import answering as answering_now


@bp.get("/phieu")
def hub() -> ResponseReturnValue:
    """The person's questionnaires, or the page before answering when none is begun."""
    visit = present()
    facts = privacy_notice.facts(visit.invited)
    rows = [_hub_row(each, *_draft(visit, each)) for each in visit.assignments]
    for row, each in zip(rows, visit.assignments, strict=True):
        row["address"] = (
            resume_at(visit, each) if row["answered"] and row["left"] is not None else ""
        )
    beside = _begun_beside(visit)
    begun = any(row["begun"] for row in rows)
    template = "respond/hub.html" if begun else "respond/welcome.html"
    return render_template(
        template, rows=rows, beside=beside, declaration_address=_declaration, **facts
    )


def _begun_beside(visit: Visit) -> bool:
    """Another device holds answers of its own that this one does not see."""
    if visit.strand is None or not visit.invited.campaign.is_collecting(clock.now()):
        return False
    return any(
        visit.saved[each.id].beside for each in visit.unsubmitted if each.begun_on is not None
    )


def _declaration(kind: str) -> str:
    return url_for("respond.confirm_declaration_typed", kind=kind)


def _draft(visit: Visit, assignment: AssignmentView) -> tuple[bool, int | None]:
    """Whether anything of a questionnaire is answered, and how many items are not, read from its draft.

    None where that cannot be told.
    """
    if assignment.is_submitted or assignment.begun_on is None:
        return False, None
    if not visit.is_taken:
        return True, None
    instrument = assignment.instrument
    try:
        draft = visit.draft(assignment, instrument)
    except DraftUnreadable:
        return True, None  # the other questionnaires can be answered all the same
    done, items = answered(instrument, draft.answers)
    return bool(draft.answers), items - done


def _hub_row(assignment: AssignmentView, is_answered: bool, left: int | None) -> dict[str, Any]:
    return {
        "minutes": assignment.instrument.minutes,
        "left": left,
        "answered": is_answered,
        "number": assignment.number,
        "rated": rated(assignment),
        "submitted": assignment.is_submitted,
        "begun": assignment.is_submitted
        or assignment.disposition not in {"not_sent", "sent", "bounced"},
    }


@bp.get("/phieu/<int:number>/<int:page>")
def section(number: int, page: int) -> ResponseReturnValue:
    """One page of items, with what is already saved."""
    visit, assignment, instrument = answering_now(number)
    if assignment.is_submitted:
        return redirect(url_for("respond.receipt", number=number))
    if "sai" in request.args and (kept := sealed_page.refused(number, page, visit.code)):
        typed, (item, *why) = kept
        return _again(number, page, typed, item, why[i18n.LOCALES.index(i18n.locale())]), 422
    draft = visit.draft(assignment, instrument)
    return section_page.shown(visit, assignment, instrument, draft.answers, page)


@bp.post("/phieu/<int:number>/<int:page>")
def save(number: int, page: int) -> ResponseReturnValue:
    """Save the page and go where the pressed button says."""
    try:
        instrument, saved = saving.save(number, _chosen(request.form), page=page)
    except (NotAnOption, RemarkTooLong) as exc:
        return _refused(number, page, exc)
    if request.form.get("go") == "leave":
        return leave(number)
    if saved.elsewhere:
        flash(saving.told_elsewhere(instrument, saved), "warning")
    response = redirect(_destination(instrument, number, page, saved.answers), code=303)
    sealed_page.forget(response)
    return response


def _chosen(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """The fields as they were sent in; the item whose "clear" button was pressed has no answer."""
    cleared = form.get("clear")
    if not cleared:
        return form
    return MultiDict((name, value) for name, value in form.items(multi=True) if name != cleared)


def resume_at(visit: Visit, assignment: AssignmentView) -> str:
    """The address of the first question without an answer; of the review once there is none."""
    number = assignment.number
    if assignment.begun_on is not None and visit.strand is not None:
        instrument = assignment.instrument
        try:
            draft = visit.draft(assignment, instrument)
        except DraftUnreadable:
            return url_for("respond.section", number=number, page=1)
        if draft.answers:
            return _first_gap(instrument, number, draft.answers)
    return url_for("respond.section", number=number, page=1)


def _first_gap(instrument: Instrument, number: int, answers: Mapping[str, str]) -> str:
    applying = instrument.applying(answers)
    for page, asked in enumerate(instrument.sections, start=1):
        for item in asked.items:
            if item.id in applying and item.id not in answers:
                anchor = f"{item.id}-item" if item is not asked.items[0] else None
                return url_for("respond.section", number=number, page=page, _anchor=anchor)
    return url_for("respond.review", number=number)


@bp.post("/phieu/<int:number>/luu")
def autosave(number: int) -> ResponseReturnValue:
    """Save what the script gathered, of any page; answer with all that stands now."""
    try:
        instrument, saved = saving.save(number, request.form)
    except (NotAnOption, RemarkTooLong) as exc:
        return jsonify(message=words_for(exc).message, item=exc.item_id), 422
    return jsonify(
        saved=_("Đã lưu %(time)s", time=i18n.clock_time(clock.now())),
        answers=saved.answers,
        elsewhere=saving.told_elsewhere(instrument, saved) if saved.elsewhere else "",
        seconds=sessions.touch_respondent(),
        final=sessions.respondent_session_is_final(),
    )


@bp.get("/phieu/<int:number>/ca-phieu/<mark>")
def whole(number: int, mark: str) -> ResponseReturnValue:
    """All pages of the questionnaire for the script, without anybody's answers.

    The address names the content, so a process that has it asks the database for nothing.
    """
    if sessions.respondent_code() is None:
        raise SessionOver
    known = whole_form.known(mark)
    if known is None:
        _visit, _assignment, instrument = answering_now(number)
        known = whole_form.rendered(instrument)
    return whole_form.response(known, asked=mark)


def _refused(number: int, page: int, error: NotAnOption | RemarkTooLong) -> ResponseReturnValue:
    """To the page with what is wrong on top, by an address of its own. What no cookie holds is answered at once."""
    why = []
    for language in i18n.LOCALES:
        with i18n.speaking(language):
            why.append(words_for(error).message)
    response = redirect(url_for("respond.section", number=number, page=page, sai=1), code=303)
    if sealed_page.put_refused(response, number, page, present().code, [error.item_id, *why]):
        return response
    return _again(number, page, request.form, error.item_id, words_for(error).message), 422


def _again(number: int, page: int, form: MultiDict[str, str], item: str, why: str) -> str:
    """The page as it was typed, with what is wrong on top and beside the field. Nothing was saved."""
    visit, assignment, instrument = answering_now(number)
    draft = visit.draft(assignment, instrument)
    typed = {each: saving.sent(instrument, form, each) for each in pages.item_ids(instrument, page)}
    return section_page.refused(
        visit, assignment, instrument, draft.answers, page, typed=typed, errors={item: why}
    )


@bp.post("/phieu/gia-han")
def extend() -> ResponseReturnValue:
    """Keep the session alive, asked for by the person (WCAG 2.2.1)."""
    present()
    seconds = sessions.touch_respondent()
    if request.accept_mimetypes.best == "application/json":
        return jsonify(seconds=seconds, final=sessions.respondent_session_is_final())
    return redirect(url_for("respond.hub"), code=303)


@bp.post("/phieu/ngon-ngu")
def language() -> ResponseReturnValue:
    """Change the language and stay on the same page."""
    session["locale"] = i18n.set_locale(request.form.get("language"))
    back = request.form.get("back", "")
    stays = back.startswith("/phieu") and "\\" not in back and back.isprintable()
    return redirect(back if stays else url_for("respond.hub"), code=303)


@bp.post("/phieu/roi-khoi")
def leave(saved: int | None = None) -> ResponseReturnValue:
    """The browser forgets the code; the next page says until when it is good, and which it was.

    Our cookies go by name. What the browser kept of questionnaire `saved` is here and goes as well; what it could
    not send of others stays, encrypted, until it can, and the next page says so of this person's alone.
    """
    visit = present()
    until = visit.invited.campaign.closes_at.timestamp() if visit.unsubmitted else 0
    names = {one.number: browser_buffer.name(state.keys(), one.id) for one in visit.assignments}
    name = names.get(saved, "") if saved is not None else ""
    told = {"left": [until, visit.code[-sessions.OWN_DIGITS :], name], "own": [*names.values()]}
    return posted_ends.lead_out("respond.left", told)


@bp.get("/da-dong")
def left() -> ResponseReturnValue:
    """What leaving means, and how to come back; the same however often it is loaded."""
    told = posted_ends.told()
    until, own, name = told.get("left") or (0, "", "")
    return render_template(
        "respond/left.html",
        last_digits=own,
        closes_at=datetime.fromtimestamp(until, UTC) if until else None,
        kept_name=name,
        own_names=told.get("own", ()),
        contact=help_desk.nearest(),
    )


def _destination(instrument: Instrument, number: int, page: int, answers: Mapping[str, str]) -> str:
    """Where the pressed button leads. The language button stays on the page."""
    go = request.form.get("go", "next")
    if request.form.get("language"):
        session["locale"] = i18n.set_locale(request.form["language"])
        at = request.form.get("at", "")
        anchor = f"{at}-item" if at in pages.item_ids(instrument, page) else None
        return url_for("respond.section", number=number, page=page, _anchor=anchor)
    cleared = request.form.get("clear")
    if cleared in pages.item_ids(instrument, page):
        return url_for("respond.section", number=number, page=page, _anchor=f"{cleared}-item")
    page = pages.led_to(instrument, page, go, answers)
    if page > pages.count(instrument):
        return url_for("respond.review", number=number)
    if page < 1:
        return url_for("respond.hub")
    return url_for("respond.section", number=number, page=page)
