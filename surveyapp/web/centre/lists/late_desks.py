"""Desks whose lists are not in: whom to remind, and who may be later."""

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from flask import flash, g, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.documents import tables
from surveyapp.i18n import _, _n, day, moment
from surveyapp.respondents import service
from surveyapp.respondents.deadlines import desks
from surveyapp.respondents.deadlines.desks import LateUnit, how_far
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.safeguards.people_shown import Purpose, note_shown
from surveyapp.web.parts.dates import read_day
from surveyapp.web.parts.list_page import changes_page
from surveyapp.web.parts.list_words import REMINDERS, deadline, kind_name
from surveyapp.web.parts.narrowed_list import narrowed

OPERATOR = "operator"
ON_A_PAGE = 12
"""Units on a page: each has several lines on a telephone."""


@bp.get("/lists/late")
@allow("operator", "viewer", "auditor")
def late_lists() -> ResponseReturnValue:
    """Units with lists not handed in, on screen or as a workbook for whoever telephones."""
    now = clock.now()
    with reading() as db:
        late = desks.late_units(db, g.campaign, today=clock.day(now))
    if request.args.get("as") == "xlsx":
        return _late_book(late)
    return make_response(_late_page(late))


def _late_page(late: Sequence[LateUnit], errors: Sequence[tuple[str, str]] = ()) -> str:
    today = clock.day(clock.now())
    return render_template(
        "centre/lists_late.html",
        late=late,
        shown=narrowed(
            late,
            words=lambda row: f"{row.unit.code} {unit_name(row.unit)}",
            per_page=ON_A_PAGE,
        ),
        reachable=sum(bool(row.email) for row in late),
        deadline=lambda due: deadline(due, today=today),
        started=sum(late.state != "missing" for row in late for late in row.lists),
        reminders=REMINDERS,
        by_progress=_by_progress,
        unit_name=unit_name,
        units=[(row.unit.code, unit_name(row.unit)) for row in late],
        errors=errors,
        typed=request.form,
        may_decide=OPERATOR in g.actor.roles_in(g.campaign.code),
    )


def _by_progress(row: LateUnit) -> dict[str, list[str]]:
    """Names of the unit's lists by how far they are: several kinds of list are mostly equally far."""
    named: dict[str, list[str]] = {}
    for late in row.lists:
        named.setdefault(how_far(late), []).append(kind_name(late.kind))
    return named


def _late_book(late: Sequence[LateUnit]) -> ResponseReturnValue:
    now = clock.now()
    columns = [
        tables.Column(words)
        for words in (_("Đơn vị"), _("Hạn"), _("Danh sách chưa gửi xong"), _("Thư điện tử đầu mối"), _("Đã nhắc"))
    ]  # fmt: skip
    rows = [
        (
            unit_name(row.unit),
            day(row.due),
            "; ".join(f"{kind_name(late.kind)} ({how_far(late)})" for late in row.lists),
            row.email,
            moment(row.reminded_at) if row.reminded_at else "",
        )
        for row in late
    ]
    content = tables.write("xlsx", columns, rows, title=_("Đơn vị chưa gửi đủ danh sách"), notes=[moment(now)])  # fmt: skip
    return send_file(
        BytesIO(content),
        mimetype=tables.MEDIA["xlsx"],
        as_attachment=True,
        download_name=f"chua-gui-{g.campaign.code}-{clock.day(now)}.xlsx",
    )


@bp.post("/lists/remind")
@allow("operator")
def remind_desks() -> ResponseReturnValue:
    """Queue an e-mail for every late desk that has said where it is written to."""
    now = clock.now()
    with transaction() as db:
        queued = service.ask_reminders(db, g.campaign, act=act(now), today=clock.day(now))
    flash(_n("Đã xếp hàng %(n)s thư nhắc.", "Đã xếp hàng %(n)s thư nhắc.", queued), "success")
    return redirect(url_for("centre.late_lists"), code=303)


@bp.post("/lists/deadline")
@allow("operator")
def extend_deadline() -> ResponseReturnValue:
    """Grant one unit a later day."""
    due, reason = read_day(request.form.get("due", "")), request.form.get("reason", "").strip()
    if due is None or not reason:
        with reading() as db:
            late = desks.late_units(db, g.campaign, today=clock.day(clock.now()))
        words = _("Vui lòng ghi ngày mới và lý do gia hạn.")
        return _late_page(late, [("due" if due is None else "reason", words)]), 422
    with transaction() as db:
        unit = campaigns.unit(db, g.campaign.id, request.form.get("unit", ""))
        service.extend(db, g.campaign, unit, due=due, reason=reason[:500], act=act())
        words = _("Đã gia hạn cho %(unit)s đến hết %(day)s.", unit=unit_name(unit), day=day(due))
    flash(words, "success")
    return redirect(url_for("centre.late_lists"), code=303)


@bp.post("/list/<uuid:list_id>/hold")
@allow("operator")
def hold_list(list_id: UUID) -> ResponseReturnValue:
    """Hold an accepted list for review, or end that with an empty note."""
    note = "" if "end" in request.form else request.form.get("hold_note", "").strip()
    if not note and "end" not in request.form:
        flash(_("Vui lòng ghi vì sao giữ lại danh sách để xem xét."), "error")
        return redirect(url_for("centre.one_list", list_id=list_id), code=303)
    with transaction() as db:
        service.hold(db, list_id, note=note[:2000], campaign=g.campaign, act=act())
    flash(_("Đã giữ lại danh sách để xem xét.") if note else _("Đã thôi giữ danh sách."), "success")
    return redirect(url_for("centre.one_list", list_id=list_id), code=303)


@bp.get("/list/<uuid:list_id>/changes")
@allow("operator", "viewer", "auditor")
def list_changes(list_id: UUID) -> str:
    """Who came, changed and went since the version before."""
    page = changes_page(list_id, unit=None)
    changes = page["changes"]
    if changes is not None:
        people = len(changes.added) + len(changes.changed) + len(changes.removed)
        note_shown(Purpose.LIST_REVIEW, people=people, unit_code=page["of_unit"].code)
    return render_template("centre/list_changes.html", **page, unit_name=unit_name)
