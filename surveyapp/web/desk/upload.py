"""Handing in a list: template, upload, versions, the declaration that there is nobody."""

from collections.abc import Mapping
from io import BytesIO
from uuid import UUID

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import ListKind
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.respondents import queries, service
from surveyapp.respondents.context import ListContext
from surveyapp.respondents.errors import ListNotExpected
from surveyapp.respondents.reading import Checked, check_file
from surveyapp.respondents.sheet.marking import column_index
from surveyapp.respondents.understanding import Told
from surveyapp.respondents.wording import column_name
from surveyapp.web import numbers
from surveyapp.web.access import allow
from surveyapp.web.desk import bp
from surveyapp.web.guard import takes_upload
from surveyapp.web.listpage import addresses
from surveyapp.web.listwords import STATES, kind_name
from surveyapp.web.state import keys

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_BYTES = 10 * 1024 * 1024


@bp.get("/lists/<kind>/")
@allow("coordinator")
def list_kind(kind: str) -> str:
    """One list kind: hand in a file, get the template, see all versions."""
    return _kind_page(kind)


@bp.post("/lists/<kind>/")
@allow("coordinator")
@takes_upload
def upload(kind: str) -> ResponseReturnValue:
    """Read the file, then store it with its findings; a refused file changes nothing."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _kind_page(kind, _("Chưa chọn tệp. Vui lòng chọn tệp danh sách rồi gửi.")), 422
    content = file.stream.read(FILE_BYTES + 1)
    checked = _read(kind, content, file.filename)
    if checked.reason is not None:
        return _kind_page(kind, checked.reason), 422
    stored = _store(kind, content, file.filename, checked)
    return redirect(url_for("desk.one_list", list_id=stored), code=303)


def _read(kind: str, content: bytes, file_name: str) -> Checked:
    """Read before the write lock is taken: other desks upload at the same time."""
    with reading() as db:
        asked = _expected(db, kind)
        context = queries.list_context(db, g.campaign, g.unit, asked)
        remembered = queries.remembered_reading(db, unit_id=g.unit.id, kind_id=asked.id)
    told = told_in(request.form, context)
    return check_file(content, file_name, context, told=told, remembered=remembered)


def told_in(form: Mapping[str, str], context: ListContext) -> Told | None:
    """What a form says about a workbook; None without a header row or a column of names."""
    line = numbers.whole(form.get("header_line", ""))
    mapping = {}
    for column in context.columns:
        index = column_index(form.get(f"column_{column}", ""))
        if index is not None:
            mapping[column] = index
    if line is None or "full_name" not in mapping:
        return None
    return Told(form.get("sheet", ""), line, mapping)


def _store(kind: str, content: bytes, file_name: str, checked: Checked) -> UUID:
    now = clock.now()
    with transaction() as db:
        stored = service.stage(
            db,
            g.campaign,
            g.unit,
            _expected(db, kind),
            content=content,
            file_name=file_name[-120:],
            checked=checked,
            actor=g.actor.username,
            now=now,
            keys=keys(),
        )
    if stored.staged_at != now:
        flash(_("Tệp này đã được gửi trước đó, không có gì thay đổi."), "info")
    return stored.id


def _expected(db: Session, kind: str) -> ListKind:
    """The list kind of the address; raises `ListNotExpected` if the unit is not asked for it."""
    for asked in campaigns.expected_kinds(db, g.unit.id):
        if asked.code == kind:
            return asked
    raise ListNotExpected(g.unit.code, kind)


def _kind_page(kind: str, error: str | None = None) -> str:
    with reading() as db:
        asked = _expected(db, kind)
        context = queries.list_context(db, g.campaign, g.unit, asked)
        versions = queries.versions(db, unit_id=g.unit.id, kind_id=asked.id)
    return render_template(
        "desk/list_kind.html",
        **addresses("desk"),
        kind=asked,
        kind_name=kind_name,
        context=context,
        versions=versions,
        typed=request.form,
        column_name=column_name,
        states=STATES,
        errors=[("file", error)] if error else [],
        takes_lists=g.campaign.state in ("preparing", "open"),
    )


@bp.get("/lists/<kind>/template.xlsx")
@allow("coordinator")
def template(kind: str) -> ResponseReturnValue:
    """The template workbook of this list for this unit."""
    from surveyapp.respondents.template import write_template

    with reading() as db:
        context = queries.list_context(db, g.campaign, g.unit, _expected(db, kind))
    name = f"mau-{g.unit.code}-{kind}.xlsx"
    content = BytesIO(write_template(context))
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name=name)


@bp.post("/lists/<kind>/nobody")
@allow("coordinator")
def nobody(kind: str) -> ResponseReturnValue:
    """Declare that the unit has nobody for this list."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        words = _("Vui lòng ghi lý do đơn vị không có người trong danh sách này.")
        return _kind_page(kind, words), 422
    with transaction() as db:
        service.declare_nobody(
            db,
            g.campaign,
            g.unit,
            _expected(db, kind),
            reason=reason[:1000],
            actor=g.actor.username,
            now=clock.now(),
            keys=keys(),
        )
    flash(_("Đã ghi nhận: đơn vị không có người trong danh sách này."), "success")
    return redirect(url_for("desk.home"), code=303)


@bp.get("/list/<uuid:list_id>/file")
@allow("coordinator")
def original(list_id: UUID) -> ResponseReturnValue:
    """The file as it was sent."""
    with reading() as db:
        stored = queries.original(db, list_id, unit_id=g.unit.id)
    return send_file(
        BytesIO(stored.file),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=stored.file_name or "danh-sach",
    )


@bp.post("/lists/<kind>/headcount")
@allow("coordinator")
def headcount(kind: str) -> ResponseReturnValue:
    """Declare how many people of this kind the unit has; the list is checked against it."""
    typed = numbers.whole(request.form.get("declared", ""))
    with transaction() as db:
        service.declare_headcount(
            db,
            g.campaign,
            g.unit,
            _expected(db, kind),
            declared=-1 if typed is None else typed,
            actor=g.actor.username,
            now=clock.now(),
            keys=keys(),
        )
    flash(_("Đã ghi nhận số người. Tệp gửi từ nay được đối chiếu với số này."), "success")
    return redirect(url_for("desk.list_kind", kind=kind), code=303)
