"""The daily report to download, its subscribers, and the tokens of dashboards."""

import uuid
from datetime import date, timedelta

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.fieldwork.errors import BadSubscriber
from surveyapp.fieldwork.reports import daily_report as reports
from surveyapp.fieldwork.reports import readers, workbook
from surveyapp.i18n import _
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import enter
from surveyapp.web.http.state import store
from surveyapp.web.parts.dates import read_day

MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/report")
@allow("operator", "viewer", "auditor")
def report() -> str:
    """The page of the report: which day, which file; for operators who gets it."""
    return _page()


@bp.get("/report/daily.<any(pdf, xlsx):file>")
@allow("operator", "viewer", "auditor")
def daily_report(file: str) -> ResponseReturnValue:
    """The report of one day as a file."""
    until = _day()
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        report = reports.gather(db, campaign, until=until, store=store())
    content = reports.as_pdf(report) if file == "pdf" else workbook.as_xlsx(report)
    name = f"bao-cao-{g.campaign.code}-{until.isoformat()}.{file}"
    return content, {
        "Content-Type": MEDIA[file],
        "Content-Disposition": f"attachment; filename={name}",
    }


@bp.post("/report/subscribers")
@allow("operator")
def subscribe() -> ResponseReturnValue:
    """Send the report to one more address."""
    email = request.form.get("email", "")
    language = request.form.get("language", "vi")
    actor, now = g.actor.username, clock.now()
    try:
        with transaction() as db:
            is_new = readers.subscribe(
                db, g.campaign.id, email, language=language, actor=actor, now=now
            )
            if is_new:
                enter(db, Action.REPORT_SUBSCRIBED, {"address": email.strip().lower()})
    except BadSubscriber:
        words = _("Đây không phải là một địa chỉ thư điện tử. Ví dụ: vanthu@donvi.gov.vn.")
        return _page(errors=[("email", words)], email=email), 422
    flash(_("Báo cáo sẽ được gửi tới %(email)s mỗi sáng.", email=email.strip()), "success")
    return redirect(url_for("centre.report"), code=303)


@bp.post("/report/subscribers/<uuid:subscriber_id>/remove")
@allow("operator")
def unsubscribe(subscriber_id: uuid.UUID) -> ResponseReturnValue:
    """Send it there no more."""
    with transaction() as db:
        if readers.unsubscribe(db, g.campaign.id, subscriber_id):
            enter(db, Action.REPORT_UNSUBSCRIBED, {"subscriber": str(subscriber_id)})
    flash(_("Đã bỏ địa chỉ này khỏi danh sách nhận báo cáo."), "success")
    return redirect(url_for("centre.report"), code=303)


@bp.post("/report/tokens")
@allow("operator")
def make_token() -> ResponseReturnValue:
    """Make a token and show it this once."""
    name = request.form.get("name", "").strip()
    if not name:
        return _page(errors=[("name", _("Vui lòng cho biết mã dùng cho hệ thống nào."))]), 422
    with transaction() as db:
        token = readers.make_token(db, g.campaign.id, name, actor=g.actor.username, now=clock.now())
        enter(db, Action.API_TOKEN_MADE, {"name": name[:80]})
    return _page(token=token)


@bp.post("/report/tokens/<uuid:token_id>/revoke")
@allow("operator")
def revoke_token(token_id: uuid.UUID) -> ResponseReturnValue:
    """The token reads nothing from now on."""
    with transaction() as db:
        if readers.revoke_token(db, g.campaign.id, token_id, now=clock.now()):
            enter(db, Action.API_TOKEN_REVOKED, {"token": str(token_id)})
    flash(_("Mã này không còn đọc được số liệu."), "success")
    return redirect(url_for("centre.report"), code=303)


def _day() -> date:
    """The day asked for, yesterday unless it is one that is over."""
    yesterday = clock.day(clock.now()) - timedelta(days=1)
    return min(read_day(request.args.get("day", "")) or yesterday, yesterday)


def _page(errors: list[tuple[str, str]] | None = None, *, email: str = "", token: str = "") -> str:
    may_act = "operator" in g.actor.roles_in(g.campaign.code)
    with reading() as db:
        subscribers = readers.subscribers(db, g.campaign.id) if may_act else []
        tokens = readers.tokens(db, g.campaign.id) if may_act else []
    return render_template(
        "centre/report.html",
        until=_day(),
        may_act=may_act,
        subscribers=subscribers,
        tokens=tokens,
        today=clock.day(clock.now()),
        errors=errors or [],
        email=email,
        token_made=token,
        figures_url=url_for("api.figures", campaign=g.campaign.code, _external=True),
    )
