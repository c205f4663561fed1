"""The rights of the people on the lists: requests with their terms, what is held on one person, the record of processing."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts.actions import Action
from surveyapp.accounts.queries import display_names
from surveyapp.db import reading, transaction
from surveyapp.i18n import _, day, locale
from surveyapp.invitations import queries as invitations
from surveyapp.operations.personal_data import holdings, labels, requests, statement
from surveyapp.operations.personal_data import processing_record as records
from surveyapp.operations.personal_data.errors import DataRequestAnswered, DataRequestRefused
from surveyapp.operations.personal_data.requests import AskedFor, outcomes_of
from surveyapp.operations.personal_data.states import (
    DataRequestKind,
    DataRequestOutcome,
    DataRequestWay,
)
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.people_shown import Purpose, note_shown
from surveyapp.web.http.state import settings
from surveyapp.web.parts.dates import read_day
from surveyapp.web.parts.narrowed_list import narrowed

LONGEST = 1000
PDF = "application/pdf"


@bp.get("/personal-data")
@allow("operator", "auditor")
def personal_data() -> str:
    """Every request with its terms: no name, which stands on the page of the request."""
    today = clock.day(clock.now())
    with reading() as db:
        listed = requests.all_requests(db, g.campaign.id)
        names = display_names(db, _staff_of(listed))
    return render_template(
        "centre/personal_data.html",
        listed=listed,
        shown=narrowed(
            listed,
            words=lambda one: " ".join(
                (
                    str(labels.kind_name(one.kind)),
                    str(labels.stage_name(one.stage)[0]),
                    names.get(one.received_by, one.received_by),
                    day(one.received_on),
                )
            ),
            filters={"standing": lambda one, standing: one.is_open == (standing == "open")},
        ),
        names=names,
        say=labels,
        today=today,
        late=requests.are_late(listed, today=today),
        waits=sum(one.is_open for one in listed),
        may_act=_may_act(),
        was_in_time=requests.was_in_time,
        search_reason=_("Yêu cầu về dữ liệu cá nhân"),
    )


@bp.get("/personal-data/new", defaults={"invitation_id": None})
@bp.get("/personal-data/new/<uuid:invitation_id>")
@allow("operator")
def new_data_request(invitation_id: UUID | None) -> str:
    """Write a request down: of an invited person, or of somebody whom no list names."""
    return _form_page(invitation_id)


@bp.post("/personal-data/new", defaults={"invitation_id": None})
@bp.post("/personal-data/new/<uuid:invitation_id>")
@allow("operator")
def receive_data_request(invitation_id: UUID | None) -> ResponseReturnValue:
    """The request is entered; its terms begin with the day on which it came."""
    kind, way = request.form.get("data_kind", ""), request.form.get("way", "")
    unchosen = {
        name: "missing"
        for name, value, known in (
            ("data_kind", kind, DataRequestKind),
            ("way", way, DataRequestWay),
        )
        if value not in {str(one) for one in known}
    }
    if unchosen:
        return _form_page(invitation_id, wrong=unchosen), 422
    asked = AskedFor(
        kind=DataRequestKind(kind),
        way=DataRequestWay(way),
        received_on=read_day(request.form.get("received_on", "")) or date.min,
        wish=_typed("wish"),
        identity=_typed("identity"),
    )
    try:
        with transaction() as db:
            entered = requests.receive(
                db, g.campaign, asked, invitation_id=invitation_id, act=act()
            )
            request_id = entered.id
    except DataRequestRefused as error:
        return _form_page(invitation_id, wrong=error.fields), 422
    flash(_("Đã ghi nhận yêu cầu."), "success")
    return redirect(url_for("centre.data_request", data_request_id=request_id), code=303)


@bp.get("/personal-data/<uuid:data_request_id>/")
@allow("operator")
def data_request(data_request_id: UUID) -> str:
    """One request: who, what, by when, and the step that comes next."""
    return _request_page(data_request_id)


@bp.post("/personal-data/<uuid:data_request_id>/held")
@allow("operator")
def show_held(data_request_id: UUID) -> str:
    """What is held on the person of the request; that it was looked at is an entry."""
    with transaction() as db:
        one = requests.one_request(db, g.campaign, data_request_id)
        requests.note_shown(db, g.campaign, one, Action.DATA_HELD_SHOWN, act())
        sections = holdings.held_on(db, one.person_id) if one.person_id else ()
    return _request_page(data_request_id, sections=sections)


@bp.post("/personal-data/<uuid:data_request_id>/statement.pdf")
@allow("operator")
@fresh_factor
def print_held(data_request_id: UUID) -> ResponseReturnValue:
    """The same on paper, for the person."""
    now = clock.now()
    with transaction() as db:
        one = requests.one_request(db, g.campaign, data_request_id)
        requests.note_shown(db, g.campaign, one, Action.DATA_HELD_PRINTED, act(now))
        sections = holdings.held_on(db, one.person_id) if one.person_id else ()
    paper = statement.write_statement(g.campaign, sections, made_at=now)
    return _file(paper, f"du-lieu-ca-nhan-{str(data_request_id)[:8]}.pdf")


@bp.post("/personal-data/<uuid:data_request_id>/acknowledge")
@allow("operator")
def acknowledge_data_request(data_request_id: UUID) -> ResponseReturnValue:
    """The person was told that it is here and how it goes on."""
    try:
        with transaction() as db:
            requests.acknowledge(db, g.campaign, data_request_id, act=act())
    except DataRequestAnswered:
        return _taken_by_another(data_request_id)
    return _back(data_request_id, _("Đã ghi nhận việc phản hồi lần đầu."))


@bp.post("/personal-data/<uuid:data_request_id>/put-off")
@allow("operator")
def put_off_data_request(data_request_id: UUID) -> ResponseReturnValue:
    """The one extension."""
    try:
        with transaction() as db:
            requests.put_off(db, g.campaign, data_request_id, reason=_typed("reason"), act=act())
    except DataRequestAnswered:
        return _taken_by_another(data_request_id)
    except DataRequestRefused as error:
        return _request_page(data_request_id, wrong=error.fields), 422
    return _back(data_request_id, _("Đã gia hạn một lần. Vui lòng báo cho người gửi yêu cầu."))


@bp.post("/personal-data/<uuid:data_request_id>/answer")
@allow("operator")
def answer_data_request(data_request_id: UUID) -> ResponseReturnValue:
    """What was answered."""
    chosen = request.form.get("outcome", "")
    if chosen not in {str(one) for one in DataRequestOutcome}:
        return _request_page(data_request_id, wrong={"outcome": "missing"}), 422
    outcome = DataRequestOutcome(chosen)
    try:
        with transaction() as db:
            requests.answer(
                db, g.campaign, data_request_id, outcome, words=_typed("answer"), act=act()
            )
    except DataRequestAnswered:
        return _taken_by_another(data_request_id)
    except DataRequestRefused as error:
        return _request_page(data_request_id, wrong=error.fields), 422
    return _back(data_request_id, _("Đã ghi nhận câu trả lời."))


@bp.get("/personal-data/processing")
@allow("operator", "auditor")
def processing() -> str:
    """The record of processing as it stands now."""
    with reading() as db:
        record = records.gather(db, g.campaign, settings(), now=clock.now())
    return render_template("centre/processing.html", record=record)


@bp.get("/personal-data/processing.pdf")
@allow("operator", "auditor")
def print_processing() -> ResponseReturnValue:
    """The same on paper."""
    with reading() as db:
        record = records.gather(db, g.campaign, settings(), now=clock.now())
    paper = records.write_record(g.campaign, record)
    return _file(paper, f"ho-so-xu-ly-du-lieu-{g.campaign.code}.pdf")


# ---- pages


def _form_page(invitation_id: UUID | None, *, wrong: dict[str, str] | None = None) -> str:
    with reading() as db:
        card = invitations.card(db, g.campaign.id, invitation_id) if invitation_id else None
    note_shown(Purpose.DATA_REQUEST, people=1 if card else 0)
    return render_template(
        "centre/personal_data_new.html",
        card=card,
        unit=(card.unit_name_en if locale() == "en" else card.unit_name_vi) if card else "",
        kinds=[(str(one), labels.kind_name(one)) for one in DataRequestKind],
        ways=[(str(one), labels.way_name(one)) for one in DataRequestWay],
        typed=request.form,
        today=clock.day(clock.now()),
        limit=LONGEST,
        errors=_faults(wrong or {}),
    )


def _request_page(
    data_request_id: UUID, *, sections: Any = None, wrong: dict[str, str] | None = None
) -> str:
    with reading() as db:
        one = requests.one_request(db, g.campaign, data_request_id)
        who = requests.who_asked(db, one)
        names = display_names(db, _staff_of([one]))
    note_shown(Purpose.DATA_REQUEST, people=1 if who and who.full_name else 0)
    return render_template(
        "centre/personal_data_request.html",
        one=one,
        who=who,
        unit=(who.unit_en if locale() == "en" else who.unit_vi) if who else "",
        names=names,
        say=labels,
        day_of=clock.day,
        today=clock.day(clock.now()),
        sections=sections,
        closing=statement.closing() if sections is not None else [],
        outcomes=[(str(each), labels.outcome_name(each)) for each in outcomes_of(one)],
        typed=request.form,
        limit=LONGEST,
        errors=_faults(wrong or {}),
    )


def _faults(wrong: dict[str, str]) -> list[tuple[str, str]]:
    words = {
        ("wish", "missing"): _("Vui lòng ghi người này yêu cầu điều gì."),
        ("identity", "missing"): _("Vui lòng ghi đã xác minh người yêu cầu bằng cách nào."),
        ("received_on", "day"): _("Vui lòng ghi ngày nhận: hôm nay hoặc trong 60 ngày trước."),
        ("data_kind", "missing"): _("Vui lòng chọn loại yêu cầu."),
        ("way", "missing"): _("Vui lòng chọn cách yêu cầu được gửi đến."),
        ("reason", "missing"): _("Vui lòng ghi vì sao cần gia hạn."),
        ("reason", "late"): _("Đã quá hạn nên không gia hạn được nữa. Vui lòng trả lời ngay."),
        ("answer", "missing"): _("Vui lòng ghi lý do đã trả lời cho người yêu cầu."),
        ("outcome", "missing"): _("Vui lòng chọn kết quả."),
        ("outcome", "outcome"): _("Kết quả này không hợp với loại yêu cầu."),
        ("outcome", "asked"): _(
            "Lời mời của người này còn hiệu lực nên người này vẫn được nhắc. Vui lòng thu hồi lời mời trước."
        ),
    }
    return [(field, words[field, what]) for field, what in wrong.items()]


def _staff_of(listed: Any) -> set[str]:
    return {
        name
        for one in listed
        for name in (one.received_by, one.acknowledged_by, one.put_off_by, one.answered_by)
        if name
    }


def _typed(field: str) -> str:
    return request.form.get(field, "").strip()[:LONGEST]


def _may_act() -> bool:
    return "operator" in g.actor.roles_in(g.campaign.code)


def _back(data_request_id: UUID, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("centre.data_request", data_request_id=data_request_id), code=303)


def _taken_by_another(data_request_id: UUID) -> ResponseReturnValue:
    flash(_("Việc này đã được ghi nhận trước đó."), "info")
    return redirect(url_for("centre.data_request", data_request_id=data_request_id), code=303)


def _file(paper: bytes, name: str) -> ResponseReturnValue:
    return send_file(BytesIO(paper), mimetype=PDF, as_attachment=True, download_name=name)
