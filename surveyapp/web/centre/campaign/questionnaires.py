"""The questionnaires before anybody answers: as each group will see them, and on paper for approval."""

from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

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
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.parts import help_desk
from surveyapp.web.respond import pages, privacy_notice
from surveyapp.web.respond.visit import NoSuchQuestionnaire

ROLES = ("operator", "viewer", "auditor")


@bp.get("/questionnaires")
@allow(*ROLES)
def questionnaires() -> str:
    """Every group with its questionnaire."""
    with reading() as db:
        statuses = {each.code: each for each in approvals.standings(db, g.campaign.id)}
        rows = []
        for group in campaigns.groups(db, g.campaign.id):
            standing = statuses[_instrument(db, group).code]
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
    if request.form.get("confirmed", "").strip().casefold() != code.casefold():
        words = _("Để chắc chắn, vui lòng gõ đúng mã phiếu: %(code)s", code=code)
        return _page(code, [("confirmed", words)]), 422
    try:
        _approve(code)
    except CampaignError as error:
        return _page(code, [("", refusal(error))]), 409
    flash(_said(code), "success")
    return redirect(url_for("centre.questionnaires"), code=303)


@bp.get("/questionnaires/<group>/<int:page>")
@allow(*ROLES)
def preview(group: str, page: int) -> str:
    """A page as the group's respondents will see it; page 0 is the one before answering."""
    with reading() as db:
        asked = _group(db, group)
        instrument = _instrument(db, asked)
    if page == 0:
        return render_template("centre/preview_start.html", group=asked, **_promised(instrument))
    facts = pages.facts(instrument, {}, page)
    for position, step in enumerate(facts["steps"], start=1):
        step["url"] = _address(asked, position)
        step.pop("go")
    return render_template(
        "centre/preview.html",
        other_language="vi" if locale() == "en" else "en",
        group=asked,
        rated=_("[tên đơn vị được đánh giá]"),
        contact=help_desk.contact(g.campaign.settings),
        **facts,
    )


@bp.get("/questionnaires/<group>.<any(vi, en):language>.pdf")
@allow(*ROLES)
def questionnaire_file(group: str, language: str) -> ResponseReturnValue:
    """The whole questionnaire on paper, in one language."""
    with reading() as db:
        asked = _group(db, group)
        instrument = _instrument(db, asked)
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


def _approve(code: str) -> None:
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
        )
        audit.record(
            db,
            approval,
            Action.QUESTIONNAIRE_APPROVED,
            campaign_code=g.campaign.code,
            facts=made.facts,
        )


def _said(code: str) -> str:
    with reading() as db:
        status = approvals.standing(db, g.campaign.id, code)
    if status.state == ApprovalState.WAITING:
        return _("Đã ghi nhận. Phiếu %(code)s còn chờ một người khác duyệt.", code=code)
    return _("Đã duyệt phiếu %(code)s.", code=code)


def _page(code: str, errors: list[tuple[str, str]] | None = None) -> str:
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
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
        may_approve=campaign.is_preparing
        and status.state != ApprovalState.APPROVED
        and g.actor.username not in status.approvers
        and "operator" in g.actor.roles_in(g.campaign.code),
        typed=request.form,
    )


def _to_look_at(instrument: Instrument) -> int:
    """Findings of the linter that no exception covers; notes apart."""
    findings = linting.lint_loaded(instrument, g.campaign.settings)
    return sum(1 for each in findings if not each.excuse and each.severity != "note")


def _group(db: Session, code: str) -> RespondentGroup:
    """The campaign's group with this code. Raises `NoSuchQuestionnaire`."""
    for group in campaigns.groups(db, g.campaign.id):
        if group.code == code:
            return group
    raise NoSuchQuestionnaire(0)


def _instrument(db: Session, group: RespondentGroup) -> Instrument:
    return campaigns.instrument(db, group.instrument_id)


def _name(group: RespondentGroup) -> str:
    return group.name_en if locale() == "en" else group.name_vi


def _address(group: RespondentGroup, page: int) -> str:
    return url_for("centre.preview", group=group.code, page=page)


def _promised(instrument: Instrument) -> dict[str, Any]:
    return {
        "campaign": g.campaign,
        **privacy_notice.promises(g.campaign),
        "supplier": _("[tên đơn vị lập danh sách]"),
        "forms_left": 1,
        "minutes": instrument.minutes,
        "closes_at": g.campaign.closes_at,
        "contact": help_desk.contact(g.campaign.settings),
    }
