"""Walking through a questionnaire as its respondents will, up to approving it: answers come with each request and are
kept nowhere.

The pages are the respondents' own, with their script and without: a form carries what was answered on other pages
along. A draft that is part of nothing yet comes with each request too, signed by this server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from jinja2.utils import htmlsafe_json_dumps
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from surveyapp import i18n
from surveyapp.campaigns import approvals
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.approvals import ApprovalStatus
from surveyapp.campaigns.errors import UnknownQuestionnaire
from surveyapp.campaigns.models import RespondentGroup
from surveyapp.campaigns.states import ApprovalState
from surveyapp.db import reading
from surveyapp.i18n import _, locale
from surveyapp.instruments.model import Instrument
from surveyapp.responses.errors import NotAnOption, RemarkTooLong
from surveyapp.responses.rules import clean
from surveyapp.web.centre import bp
from surveyapp.web.http import sessions
from surveyapp.web.http.access import allow
from surveyapp.web.http.error_pages.refusals import words_for
from surveyapp.web.parts import help_desk
from surveyapp.web.respond import pages, privacy_notice, saving
from surveyapp.web.respond.document import review_page
from surveyapp.web.respond.visit import NoSuchQuestionnaire

ROLES = ("operator", "viewer", "auditor")
SALT = "draft questionnaire"


@dataclass(frozen=True)
class Walk:
    """One questionnaire that is walked through: of a group, or a draft."""

    instrument: Instrument
    group: RespondentGroup | None = None
    draft: str = ""

    def address(self, page: int) -> str:
        """Where a page of it is sent."""
        if self.group is None:
            return url_for("centre.walk_draft", page=page)
        return url_for("centre.walk", group=self.group.code, page=page)

    @property
    def saving(self) -> str:
        """Where the script has answers checked."""
        if self.group is None:
            return url_for("centre.check_draft_answers")
        return url_for("centre.check_answers", group=self.group.code)


@dataclass(frozen=True)
class SentIn:
    """What was sent in: as it would be kept, as it was typed, and why some of it will not do."""

    answers: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@bp.get("/questionnaires/<group>/<int:page>")
@allow(*ROLES)
def preview(group: str, page: int) -> ResponseReturnValue:
    """A page as the group's respondents will see it; page 0 is the one before answering."""
    walked = _of_group(group)
    if page == 0:
        return _start(walked)
    return _shown(walked, page, SentIn())


@bp.post("/questionnaires/<group>/<int:page>")
@allow(*ROLES)
def walk(group: str, page: int) -> ResponseReturnValue:
    """On to where the pressed button leads, or the page again with what is wrong beside its question."""
    return _walked(_of_group(group), page)


@bp.post("/questionnaires/<group>/answers")
@allow(*ROLES)
def check_answers(group: str) -> ResponseReturnValue:
    """What the script gathered, as it would be saved."""
    return _checked(_of_group(group))


@bp.post("/questionnaires/draft/<int:page>")
@allow("operator")
def walk_draft(page: int) -> ResponseReturnValue:
    """The same of a questionnaire that is part of nothing yet."""
    try:
        return _walked(_of_draft(), page)
    except BadSignature:
        return unreadable()


@bp.post("/questionnaires/draft/answers")
@allow("operator")
def check_draft_answers() -> ResponseReturnValue:
    """The same of a questionnaire that is part of nothing yet."""
    try:
        return _checked(_of_draft())
    except BadSignature:
        return jsonify(message=_("Bản thử không còn đọc được. Vui lòng chọn lại tệp phiếu.")), 400


def signed(instrument: Instrument) -> str:
    """A draft as its pages carry it."""
    return str(_serializer().dumps(instrument.to_json()))


def draft_sent(form: Mapping[str, str]) -> Instrument:
    """The draft that came with a page. Raises `BadSignature`."""
    return Instrument.from_json(_serializer().loads(form.get("draft", "")))


def group_of(db: Session, code: str) -> RespondentGroup:
    """The campaign's group with this code. Raises `NoSuchQuestionnaire`."""
    for group in campaigns.groups(db, g.campaign.id):
        if group.code == code:
            return group
    raise NoSuchQuestionnaire(0)


def approval(db: Session, code: str, draft: Instrument | None = None) -> dict[str, Any]:
    """Whether whoever asks may approve the questionnaire, or a draft of it, as it stands."""
    try:
        status = approvals.standing(db, g.campaign.id, code, draft=draft)
    except UnknownQuestionnaire:
        return {"status": None, "may_approve": False}
    return {"status": status, "may_approve": _may_approve(status), "short": approvals.SHORT}


def unreadable() -> ResponseReturnValue:
    """Where the draft that came is none of ours: a file is to be chosen again."""
    flash(_("Bản thử không còn đọc được. Vui lòng chọn lại tệp phiếu."), "warning")
    return redirect(url_for("centre.draft_questionnaire"), code=303)


def review_of_draft(draft: Instrument, errors: list[tuple[str, str]]) -> str:
    """The end of the walk again, where approving was refused."""
    return _review(Walk(draft, draft=signed(draft)), SentIn(), errors)


def _may_approve(status: ApprovalStatus) -> bool:
    return (
        g.campaign.is_preparing
        and status.state != ApprovalState.APPROVED
        and g.actor.username not in status.approvers
        and "operator" in g.actor.roles_in(g.campaign.code)
    )


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"{SALT} {g.campaign.code}")


def _of_group(code: str) -> Walk:
    with reading() as db:
        group = group_of(db, code)
        return Walk(campaigns.instrument(db, group.instrument_id), group)


def _of_draft() -> Walk:
    return Walk(draft_sent(request.form), draft=request.form["draft"])


def _sent_in(instrument: Instrument, form: MultiDict[str, str]) -> SentIn:
    answers, typed, errors = {}, {}, {}
    for field_id in pages.all_ids(instrument):
        if saving.BASE + field_id not in form:
            continue
        value = saving.sent(instrument, form, field_id) if field_id != form.get("clear") else ""
        typed[field_id] = value
        try:
            kept = clean(instrument, field_id, value)
        except (NotAnOption, RemarkTooLong) as refused:
            errors[field_id] = words_for(refused).message
            continue
        if kept:
            answers[field_id] = kept
    return SentIn(answers, typed, errors)


def _walked(walked: Walk, page: int) -> ResponseReturnValue:
    instrument, form = walked.instrument, request.form
    sent = _sent_in(instrument, form)
    if language := form.get("language"):
        g.language_asked = i18n.set_locale(language)
    stays = language or form.get("clear")
    if page > 0:
        pages.items(instrument, page)  # there is such a page
        if sent.errors:
            return _shown(walked, page, sent), 422
        page = (
            page if stays else pages.led_to(instrument, page, form.get("go", "next"), sent.answers)
        )
    elif language:
        return _review(walked, SentIn(sent.answers))
    else:
        page = pages.led_to(instrument, page, form.get("go", "1"), sent.answers)
    sent = SentIn(sent.answers)
    if page > pages.count(instrument):
        return _review(walked, sent)
    if page < 1 or form.get("go") == "leave":
        return _left(walked)
    return _shown(walked, page, sent)


def _checked(walked: Walk) -> ResponseReturnValue:
    sent = _sent_in(walked.instrument, request.form)
    for item, message in sent.errors.items():
        return jsonify(message=message, item=item), 422
    return jsonify(
        saved=_("Bản xem trước, không lưu gì"),
        answers=sent.answers,
        elsewhere="",
        seconds=0,
        final=False,
    )


def _left(walked: Walk) -> ResponseReturnValue:
    if walked.group is None:
        return redirect(url_for("centre.draft_questionnaire"), code=303)
    return redirect(url_for("centre.preview", group=walked.group.code, page=0), code=303)


def _start(walked: Walk) -> str:
    return render_template(
        "centre/preview_start.html",
        walk=walked,
        campaign=g.campaign,
        **privacy_notice.promises(g.campaign),
        supplier=_("[tên đơn vị lập danh sách]"),
        forms_left=1,
        minutes=walked.instrument.minutes,
        closes_at=g.campaign.closes_at,
        contact=help_desk.contact(g.campaign.settings),
    )


def _shown(walked: Walk, page: int, sent: SentIn) -> str:
    here = pages.item_ids(walked.instrument, page)
    others = {name: value for name, value in sent.answers.items() if name not in here}
    return render_template(
        "centre/preview.html",
        **_frame(walked, page),
        **pages.facts(walked.instrument, sent.answers, page),
        carried=others,
        other_answers=htmlsafe_json_dumps(others, current_app.json.dumps),
        typed=sent.typed,
        errors=sent.errors,
        idle_minutes=int(sessions.IDLE.total_seconds()) // 60,
    )


def _review(walked: Walk, sent: SentIn, errors: list[tuple[str, str]] | None = None) -> str:
    instrument = walked.instrument
    draft = instrument if walked.group is None else None
    with reading() as db:
        approving = approval(db, instrument.code, draft)
    return render_template(
        "centre/preview_review.html",
        **{**review_page.previewed(instrument, sent.answers), **_frame(walked, 0)},
        **approving,
        carried=sent.answers,
        errors=errors or [],
    )


def _frame(walked: Walk, page: int) -> dict[str, Any]:
    return {
        "walk": walked,
        "address": walked.address(page),
        "rated": _("[tên đơn vị được đánh giá]"),
        "contact": help_desk.contact(g.campaign.settings),
        "due_shown": "",
        "language_url": None,
        "other_language": "vi" if locale() == "en" else "en",
    }
