"""The list with its findings in place: mended here line by line, then confirmed."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from uuid import UUID

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.i18n import _, _n
from surveyapp.respondents import queries, service
from surveyapp.respondents.errors import NothingWritten
from surveyapp.respondents.labels import column_name
from surveyapp.respondents.lists import lines
from surveyapp.respondents.states import ListState
from surveyapp.web.desk import bp
from surveyapp.web.desk.upload import XLSX
from surveyapp.web.http import numbers
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.parts.list_page import list_page
from surveyapp.web.parts.list_words import finding_words, kind_name


def _back(list_id: UUID, anchor: str = "") -> ResponseReturnValue:
    """To the list, at the filter, page and row the person was looking at."""
    form: Mapping[str, str] = request.form
    page = form.get("page", "")
    address = url_for(
        "desk.one_list",
        list_id=list_id,
        show=form.get("show") or None,
        page=page if numbers.whole(page) and page != "1" else None,
        _anchor=anchor or form.get("row") or "lines",
    )
    return redirect(address, code=303)


@bp.get("/list/<uuid:list_id>/")
@allow("coordinator")
def one_list(list_id: UUID) -> str:
    """What was read and what is wrong, on the sheet's own rows."""
    page = list_page(list_id, unit=g.unit)
    is_open = page["list"].is_mendable
    mends = is_open and g.campaign.takes_lists
    return render_template("desk/one_list.html", **page, mends=mends)


@bp.post("/list/<uuid:list_id>/proposal")
@allow("coordinator")
def take_proposal(list_id: UUID) -> ResponseReturnValue:
    """Take one proposed value, or all alike."""
    line = numbers.whole(request.form.get("line", ""))
    with transaction() as db:
        mended = service.take_proposal(
            db,
            list_id,
            line=line or 0,
            column=request.form.get("column", ""),
            code=request.form.get("code", ""),
            alike="alike" in request.form,
            unit=g.unit,
            act=act(),
        )
    if mended:
        flash(_n("Đã sửa %(n)s ô theo đề nghị.", "Đã sửa %(n)s ô theo đề nghị.", mended), "success")
    return _back(list_id)


@bp.get("/list/<uuid:list_id>/line/new")
@bp.get("/list/<uuid:list_id>/line/<int:line>")
@allow("coordinator")
def line_form(list_id: UUID, line: int | None = None) -> str:
    """One line as a form; without a number, a new one."""
    return _line_page(list_id, line)


@bp.post("/list/<uuid:list_id>/line/new")
@bp.post("/list/<uuid:list_id>/line/<int:line>")
@allow("coordinator")
def write_line(list_id: UUID, line: int | None = None) -> ResponseReturnValue:
    """Write the line and check it again; while it has a must, the form stays open."""
    try:
        with transaction() as db:
            number = service.edit_line(
                db, list_id, line, request.form.to_dict(), unit=g.unit, act=act()
            )
    except NothingWritten:
        words = _("Vui lòng ghi họ và tên người cần thêm.")
        return _line_page(list_id, line, [("full_name", words)]), 422
    with reading() as db:
        written = lines.one_line(db, list_id, number)
    if any(finding.severity == "must" for finding in written.findings):
        flash(_("Đã lưu dòng %(line)s, nhưng còn lỗi phải sửa.", line=number), "warning")
        return redirect(url_for("desk.line_form", list_id=list_id, line=number), code=303)
    flash(_("Đã lưu dòng %(line)s.", line=number), "success")
    return _back(list_id, anchor=f"line-{number}" if line is None else "")


def _line_page(list_id: UUID, line: int | None, errors: Sequence[tuple[str, str]] = ()) -> str:
    with reading() as db:
        respondent_list, kind, _unit = queries.one_list(
            db, list_id, campaign_id=g.campaign.id, unit_id=g.unit.id
        )
        written = lines.one_line(db, list_id, line) if line is not None else None
        departments = campaigns.departments(db, g.campaign.id)
        context = queries.list_context(db, g.campaign, g.unit, kind)
    errors = [*errors, *_errors(written)]
    return render_template(
        "desk/line.html",
        list=respondent_list,
        kind=kind,
        line=written,
        columns=[c for c in context.columns if c != "group"],  # it follows from the department
        required=context.required,
        departments=[(d.name_vi, d.name_vi) for d in departments],
        errors=errors,
        wrongs=dict(errors),
        hints=_hints(written),
        column_name=column_name,
        finding_words=finding_words,
        kind_name=kind_name,
        back=request.args,
    )


def _errors(written: lines.ShownLine | None) -> list[tuple[str, str]]:
    if written is None:
        return []
    musts = [f for f in written.findings if f.severity == "must"]
    return [(f.column or "full_name", finding_words(f)) for f in musts]


def _hints(written: lines.ShownLine | None) -> dict[str, str]:
    """What else is to be said about a column, below its label."""
    doubts = [f for f in written.findings if f.severity != "must"] if written else []
    return {f.column: finding_words(f) for f in reversed(doubts)}


@bp.post("/list/<uuid:list_id>/line/<int:line>/out")
@allow("coordinator")
def leave_out(list_id: UUID, line: int) -> ResponseReturnValue:
    """Leave the line out of the list, or take it back in."""
    left_out = "back" not in request.form
    with transaction() as db:
        service.leave_out(db, list_id, line, left_out=left_out, unit=g.unit, act=act())
    if left_out:
        flash(
            _(
                "Đã bỏ dòng %(line)s khỏi danh sách. Dòng vẫn được lưu và có thể lấy lại.",
                line=line,
            ),
            "success",
        )
    else:
        flash(_("Đã lấy lại dòng %(line)s.", line=line), "success")
    return _back(list_id)


@bp.post("/list/<uuid:list_id>/accept")
@allow("coordinator")
def accept(list_id: UUID) -> ResponseReturnValue:
    """Confirm the list and hand it to the centre; open checks have to be confirmed as seen."""
    with reading() as db:
        respondent_list, _kind, _unit = queries.one_list(
            db, list_id, campaign_id=g.campaign.id, unit_id=g.unit.id
        )
    if respondent_list.check_count and "checked" not in request.form:
        words = _("Vui lòng đánh dấu xác nhận đã kiểm tra các điểm cần xem lại.")
        page = list_page(list_id, unit=g.unit)
        errors = [("checked", words)]
        return render_template("desk/one_list.html", **page, mends=True, errors=errors), 422
    with transaction() as db:
        service.accept(db, list_id, unit=g.unit, act=act())
    flash(
        _(
            "Đã xác nhận và gửi danh sách. Vụ CCHC sẽ duyệt; Ông/Bà có thể rút lại để sửa trước khi được duyệt."
        ),
        "success",
    )
    return redirect(url_for("desk.one_list", list_id=list_id), code=303)


@bp.post("/list/<uuid:list_id>/withdraw")
@allow("coordinator")
def withdraw(list_id: UUID) -> ResponseReturnValue:
    """Take an accepted list back to mend it, or drop a staged one."""
    with transaction() as db:
        respondent_list = service.withdraw(db, list_id, unit=g.unit, act=act())
    if respondent_list.state == ListState.STAGED:
        flash(_("Đã rút lại danh sách. Ông/Bà có thể sửa rồi gửi lại."), "success")
        return redirect(url_for("desk.one_list", list_id=list_id), code=303)
    flash(_("Đã bỏ bản danh sách này."), "success")
    return redirect(url_for("desk.home"), code=303)


@bp.get("/list/<uuid:list_id>/findings.xlsx")
@allow("coordinator")
def findings_book(list_id: UUID) -> ResponseReturnValue:
    """All findings as a workbook."""
    from surveyapp.respondents.handback.findings_book import write_findings

    with reading() as db:
        respondent_list, kind, unit = queries.one_list(
            db, list_id, campaign_id=g.campaign.id, unit_id=g.unit.id
        )
        content = write_findings(lines.every_finding(db, list_id))
    name = f"loi-{unit.code}-{kind.code}-ban{respondent_list.version}.xlsx"
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


@bp.get("/list/<uuid:list_id>/minute.pdf")
@allow("coordinator")
def minute(list_id: UUID) -> ResponseReturnValue:
    """The minute of a list handed in, to be printed and signed."""
    from surveyapp.respondents.handback.handover_record import write_minute

    with reading() as db:
        respondent_list, kind, unit = queries.one_list(
            db, list_id, campaign_id=g.campaign.id, unit_id=g.unit.id
        )
        content = write_minute(db, g.campaign, unit, kind, respondent_list)
    name = f"bien-ban-{unit.code}-{kind.code}-ban{respondent_list.version}.pdf"
    return send_file(
        BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name
    )
