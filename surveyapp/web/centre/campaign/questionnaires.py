"""The questionnaires before anybody answers: approved word for word, on paper and as spreadsheets."""

from collections.abc import Callable

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature

from surveyapp.accounts import audit
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import approvals, service
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import CampaignError
from surveyapp.campaigns.labels import refusal
from surveyapp.campaigns.models import RespondentGroup
from surveyapp.campaigns.pack import linting
from surveyapp.campaigns.states import ApprovalState
from surveyapp.db import reading, transaction
from surveyapp.documents import tables
from surveyapp.i18n import _, locale
from surveyapp.instruments import printed
from surveyapp.instruments.changes import PARTS
from surveyapp.instruments.freeze import thaw
from surveyapp.instruments.lint.findings import SEVERITIES
from surveyapp.instruments.lint.form_rules import estimate
from surveyapp.instruments.model import DONT_KNOW_LABEL, Instrument
from surveyapp.instruments.xlsform.writing import write_xlsform
from surveyapp.web.centre import bp
from surveyapp.web.centre.campaign import walk_through
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act

ROLES = ("operator", "viewer", "auditor")


@bp.get("/questionnaires")
@allow(*ROLES)
def questionnaires() -> str:
    """Every group with its questionnaire."""
    with reading() as db:
        statuses = {each.code: each for each in approvals.standings(db, g.campaign.id)}
        rows = []
        for group in campaigns.groups(db, g.campaign.id):
            standing = statuses[campaigns.instrument(db, group.instrument_id).code]
            to_look_at = _to_look_at(standing.instrument)
            rows.append(
                {"group": group, "name": _name(group), "standing": standing, "open": to_look_at}
            )
    waiting = [each.code for each in statuses.values() if each.state != ApprovalState.APPROVED]
    return render_template(
        "centre/questionnaires.html",
        rows=rows,
        waiting=waiting if g.campaign.is_preparing else [],
        states=approvals.STATES,
        total=len(statuses),
    )


@bp.get("/questionnaires/<code>")
@allow(*ROLES)
def questionnaire(code: str) -> str:
    """One questionnaire: whether it is approved, what changed since, every word of it."""
    return _page(code)


@bp.post("/questionnaires/<code>")
@allow("operator")
def approve_questionnaire(code: str) -> ResponseReturnValue:
    """Approve it at the checksum that was looked at, once its code is typed."""
    try:
        draft = walk_through.draft_sent(request.form) if "draft" in request.form else None
    except BadSignature:
        return walk_through.unreadable()
    again = _page if draft is None else _draft_again(draft)
    if request.form.get("confirmed", "").strip().casefold() != code.casefold():
        words = _("Để chắc chắn, vui lòng gõ đúng mã phiếu: %(code)s", code=code)
        return again(code, [("confirmed", words)]), 422
    try:
        _approve(code, draft)
    except CampaignError as error:
        return again(code, [("", refusal(error))]), 409
    flash(_said(code, draft), "success")
    return redirect(url_for("centre.questionnaires"), code=303)


def _draft_again(draft: Instrument) -> Callable[[str, list[tuple[str, str]]], str]:
    return lambda _code, errors: walk_through.review_of_draft(draft, errors)


@bp.get("/questionnaires/<group>.<any(vi, en):language>.pdf")
@allow(*ROLES)
def questionnaire_file(group: str, language: str) -> ResponseReturnValue:
    """The whole questionnaire on paper, in one language."""
    with reading() as db:
        asked = walk_through.group_of(db, group)
        instrument = campaigns.instrument(db, asked.instrument_id)
    content = printed.questionnaire_pdf(
        instrument,
        language=language,
        campaign_title=g.campaign.title_en if language == "en" else g.campaign.title_vi,
        group=asked.name_en if language == "en" else asked.name_vi,
    )
    name = f"phieu-{g.campaign.code}-{asked.code}-{language}.pdf"
    return Response(
        content,
        mimetype="application/pdf",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


@bp.get("/questionnaires/<code>.xlsx")
@allow(*ROLES)
def questionnaire_xlsform(code: str) -> ResponseReturnValue:
    """The questionnaire as an XLSForm workbook."""
    with reading() as db:
        status = approvals.standing(db, g.campaign.id, code)
    name = f"{g.campaign.code}-{status.code}.xlsx"
    return Response(
        write_xlsform(thaw(status.instrument)),
        mimetype=tables.MEDIA["xlsx"],
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _approve(code: str, draft: Instrument | None = None) -> None:
    seen, note, approval = request.form.get("sha256", ""), request.form.get("note", ""), act()
    with transaction() as db:
        made = service.approve_questionnaire(
            db,
            g.campaign.code,
            code,
            sha256=seen,
            note=note,
            actor=approval.actor,
            now=approval.now,
            draft=draft,
        )
        audit.record(
            db,
            approval,
            Action.QUESTIONNAIRE_APPROVED,
            campaign_code=g.campaign.code,
            facts=made.facts,
        )


def _said(code: str, draft: Instrument | None) -> str:
    with reading() as db:
        status = approvals.standing(db, g.campaign.id, code, draft=draft)
        loaded = approvals.standing(db, g.campaign.id, code)
    if status.state == ApprovalState.WAITING:
        return _("Đã ghi nhận. Phiếu %(code)s còn chờ một người khác duyệt.", code=code)
    if loaded.sha256 != status.sha256:
        return _(
            "Đã duyệt bản thử của phiếu %(code)s. Đặt tệp YAML của nó vào bộ đợt điều tra rồi nạp lại: nạp đúng "
            "từng chữ thì phiếu đứng là đã duyệt.",
            code=code,
        )
    return _("Đã duyệt phiếu %(code)s.", code=code)


def _page(code: str, errors: list[tuple[str, str]] | None = None) -> str:
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        approval = walk_through.approval(db, code)
        status = approvals.standing(db, campaign.id, code)
        past = approvals.history(db, campaign.id, code)
        groups = [each for each in campaigns.groups(db, campaign.id) if each.code in status.groups]
    return render_template(
        "centre/questionnaire.html",
        status=status,
        past=past,
        groups=[(group.code, _name(group)) for group in groups],
        state=approvals.STATES[status.state],
        parts=PARTS,
        dont_know=DONT_KNOW_LABEL,
        errors=errors or [],
        short=approvals.SHORT,
        findings=linting.lint_loaded(status.instrument, campaign.settings),
        severities=SEVERITIES,
        estimate=estimate(status.instrument),
        may_approve=approval["may_approve"],
        typed=request.form,
    )


def _to_look_at(instrument: Instrument) -> int:
    """Findings of the linter that no exception covers; notes apart."""
    findings = linting.lint_loaded(instrument, g.campaign.settings)
    return sum(1 for each in findings if not each.excuse and each.severity != "note")


def _name(group: RespondentGroup) -> str:
    return group.name_en if locale() == "en" else group.name_vi
