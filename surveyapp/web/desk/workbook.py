"""The file behind a list: handed back with its faults marked, read otherwise, compared with the one before."""

from io import BytesIO
from uuid import UUID

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from surveyapp.campaigns.models import ListKind, Unit
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.respondents import queries, service
from surveyapp.respondents.handback import marked_workbook
from surveyapp.respondents.lists.uploads.file_reading import Arrived
from surveyapp.respondents.lists.uploads.upload import check_file
from surveyapp.respondents.models import RespondentList
from surveyapp.respondents.reading.sheet_reading import WorkbookReading
from surveyapp.web.desk import bp
from surveyapp.web.desk.received import looked_at, reading_words, told_in
from surveyapp.web.desk.upload import XLSX
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.parts.list_page import changes_page
from surveyapp.web.parts.list_words import kind_name


@bp.get("/list/<uuid:list_id>/marked.xlsx")
@allow("coordinator")
def marked(list_id: UUID) -> ResponseReturnValue:
    """The unit's own workbook with its faults coloured and commented."""
    with reading() as db:
        stored = marked_workbook.standing(db, list_id, unit_id=g.unit.id)
    back = marked_workbook.mark_up(stored)
    return send_file(
        BytesIO(back.content), mimetype=XLSX, as_attachment=True, download_name=back.file_name
    )


@bp.get("/list/<uuid:list_id>/changes")
@allow("coordinator")
def changes(list_id: UUID) -> str:
    """Who came, changed and went since the version before."""
    return render_template("desk/changes.html", **changes_page(list_id, unit=g.unit))


@bp.post("/list/<uuid:list_id>/amend")
@allow("coordinator")
def amend(list_id: UUID) -> ResponseReturnValue:
    """Begin a new version as a copy of the approved one, for a change of a few people."""
    with transaction() as db:
        copy = service.amend(db, list_id, unit=g.unit, act=act())
    return redirect(url_for("desk.one_list", list_id=copy.id, show="all"), code=303)


@bp.get("/list/<uuid:list_id>/reading")
@allow("coordinator")
def reading_form(list_id: UUID) -> str:
    """Which sheet, which row, which column is what, to be put right."""
    return _reading_page(list_id)


@bp.post("/list/<uuid:list_id>/reading")
@allow("coordinator")
def read_again(list_id: UUID) -> ResponseReturnValue:
    """Read the stored file again as the coordinator says, and remember it for this unit."""
    stored, kind, unit = _stored(list_id)
    with reading() as db:
        context = queries.list_context(db, g.campaign, unit, kind)
    told = told_in(request.form, context)
    if told is None:
        return _reading_page(list_id, _("Vui lòng chọn cột có họ và tên.")), 422
    checked = check_file(stored.file, stored.file_name, context, told=told)
    if checked.reason is not None:
        return _reading_page(list_id, checked.reason), 422
    with transaction() as db:
        service.read_again(db, list_id, checked, unit=g.unit, act=act())
    flash(_("Đã đọc lại tệp. Cách đọc này được nhớ cho các tệp sau của đơn vị."), "success")
    return redirect(url_for("desk.one_list", list_id=list_id), code=303)


def _stored(list_id: UUID) -> tuple[RespondentList, ListKind, Unit]:
    with reading() as db:
        stored = queries.original(db, list_id, unit_id=g.unit.id)
        _one_list, kind, unit = queries.one_list(db, list_id, campaign_id=g.campaign.id)
    return stored, kind, unit


def _reading_page(list_id: UUID, error: str | None = None) -> str:
    stored, kind, unit = _stored(list_id)
    with reading() as db:
        context = queries.list_context(db, g.campaign, unit, kind)
    understood = WorkbookReading.from_json(stored.understanding)
    seen = looked_at(Arrived(stored.file, stored.file_name, context), understood)
    mapping = understood.mapping if seen.is_at(understood) else seen.mapping
    return render_template(
        "desk/reading.html",
        list=stored,
        kind=kind,
        kind_name=kind_name,
        look=seen,
        errors=[("column_full_name", error)] if error else [],
        **reading_words(context, seen.columns, mapping),
    )
