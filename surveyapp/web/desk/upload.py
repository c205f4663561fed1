"""Handing in a list: template, upload, versions, the declaration that there is nobody."""

from io import BytesIO
from uuid import UUID

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts.queries import display_names
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import ListKind
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.respondents import labels, queries, service
from surveyapp.respondents.errors import FileRefused, ListNotExpected, UnknownList
from surveyapp.respondents.lists import staging
from surveyapp.respondents.lists.uploads import intake
from surveyapp.respondents.lists.uploads.upload import Upload, understand, upload_of
from surveyapp.respondents.sheet import refuse_by_size
from surveyapp.respondents.states import ReceivedState
from surveyapp.web.desk import background, bp
from surveyapp.web.http import numbers
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.guard import UPLOAD_BYTES, takes_upload
from surveyapp.web.http.state import keys
from surveyapp.web.parts.list_page import addresses
from surveyapp.web.parts.list_words import STATES, kind_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/lists/<kind>/")
@allow("coordinator")
def list_kind(kind: str) -> str:
    """One list kind: hand in a file, get the template, see all versions."""
    return _kind_page(kind)


@bp.post("/lists/<kind>/")
@allow("coordinator")
@takes_upload
def upload(kind: str) -> ResponseReturnValue:
    """Take the file in and read it; a person confirms the reading. A refused file leaves no trace."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _kind_page(kind, _("Chưa chọn tệp. Vui lòng chọn tệp danh sách rồi gửi.")), 422
    content = file.stream.read(UPLOAD_BYTES)
    same = _same_file(kind, content)
    if same is not None:
        flash(_("Tệp này đã được gửi trước đó, không có gì thay đổi."), "info")
        return redirect(url_for("desk.one_list", list_id=same), code=303)
    try:
        address = _take_in(kind, content, file.filename)
    except FileRefused as refusal:
        return _kind_page(kind, labels.refusal(refusal)), 422
    return redirect(address, code=303)


def _take_in(kind: str, content: bytes, file_name: str) -> str:
    """The page of the file as understood, or of how far the reading is; raises what refuses it at once."""
    refuse_by_size(len(content))
    upload = _receive(kind, content, file_name)
    background.begin(upload, understand)
    _refuse(upload)
    return url_for("desk.received", kind=kind, received_id=upload.received_id)


def _same_file(kind: str, content: bytes) -> UUID | None:
    with transaction() as db:
        same = staging.same_file(db, g.unit, expected_kind(db, kind), content)
        return same.id if same else None


def _receive(kind: str, content: bytes, file_name: str) -> Upload:
    with transaction() as db:
        asked = expected_kind(db, kind)
        received_id = intake.receive(
            db,
            g.campaign,
            g.unit,
            asked,
            content=content,
            file_name=file_name[-120:],
            actor=g.actor.username,
            now=clock.now(),
        )
    return received_upload(received_id, asked)


def received_upload(received_id: UUID, asked: ListKind) -> Upload:
    """A received file of this unit, to go on with."""
    return upload_of(
        received_id,
        campaign=g.campaign,
        unit=g.unit,
        kind=asked,
        actor=g.actor.username,
        keys=keys(),
        clock=clock.now,
    )


def _refuse(upload: Upload) -> None:
    """Raise why the file just read is no list at all; then nothing of it is kept."""
    owner = {"unit_id": upload.unit.id, "kind_id": upload.kind.id}
    with reading() as db:
        received_file = intake.received(db, upload.received_id, **owner)
    refusal = intake.refusal_of(received_file)
    if received_file.state == ReceivedState.REFUSED and refusal is not None:
        with transaction() as db:
            intake.discard(db, upload.received_id)
        raise refusal


def expected_kind(db: Session, kind: str) -> ListKind:
    """The list kind of the address; raises `ListNotExpected` if the unit is not asked for it."""
    for asked in campaigns.expected_kinds(db, g.unit.id):
        if asked.code == kind:
            return asked
    raise ListNotExpected(g.unit.code, kind)


def _kind_page(kind: str, error: str | None = None) -> str:
    with reading() as db:
        asked = expected_kind(db, kind)
        context = queries.list_context(db, g.campaign, g.unit, asked)
        versions = queries.versions(db, unit_id=g.unit.id, kind_id=asked.id)
        waiting = intake.waiting(db, unit_id=g.unit.id, kind_id=asked.id)
        names = display_names(db, {version.staged_by for version in versions})
    return render_template(
        "desk/list_kind.html",
        **addresses("desk"),
        kind=asked,
        kind_name=kind_name,
        context=context,
        versions=versions,
        names=names,
        waiting=waiting,
        states=STATES,
        errors=[("file", error)] if error else [],
        takes_lists=g.campaign.takes_lists,
    )


@bp.get("/lists/<kind>/template.xlsx")
@allow("coordinator")
def template(kind: str) -> ResponseReturnValue:
    """The template workbook of this list for this unit."""
    from surveyapp.respondents.handback.template import write_template

    with reading() as db:
        context = queries.list_context(db, g.campaign, g.unit, expected_kind(db, kind))
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
            db, g.campaign, g.unit, expected_kind(db, kind), reason=reason[:1000], act=act()
        )
    flash(_("Đã ghi nhận: đơn vị không có người trong danh sách này."), "success")
    return redirect(url_for("desk.home"), code=303)


@bp.get("/list/<uuid:list_id>/file")
@allow("coordinator")
def original(list_id: UUID) -> ResponseReturnValue:
    """The file as it was sent."""
    with reading() as db:
        stored = queries.original(db, list_id, unit_id=g.unit.id)
    if not stored.file:  # the desk dropped it a month ago
        raise UnknownList(list_id)
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
            expected_kind(db, kind),
            declared=-1 if typed is None else typed,
            act=act(),
        )
    flash(_("Đã ghi nhận số người. Tệp gửi từ nay được đối chiếu với số này."), "success")
    return redirect(url_for("desk.list_kind", kind=kind), code=303)
