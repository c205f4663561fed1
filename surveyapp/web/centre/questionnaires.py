"""The questionnaires before anybody answers: as each group will see them, and on paper for approval."""

from typing import Any

from flask import Response, g, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import RespondentGroup
from surveyapp.db import reading
from surveyapp.i18n import _, locale
from surveyapp.instruments import printed
from surveyapp.instruments.model import Instrument
from surveyapp.web.access import allow
from surveyapp.web.centre import bp
from surveyapp.web.respond import pages, promise
from surveyapp.web.respond.visit import NoSuchQuestionnaire

ROLES = ("operator", "viewer", "auditor")


@bp.get("/questionnaires")
@allow(*ROLES)
def questionnaires() -> str:
    """Every group with its questionnaire."""
    with reading() as db:
        rows = [
            {"group": group, "name": _name(group), "instrument": _instrument(db, group)}
            for group in campaigns.groups(db, g.campaign.id)
        ]
    return render_template("centre/questionnaires.html", rows=rows)


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
        page_template=pages.template(instrument, page),
        other_language="vi" if locale() == "en" else "en",
        group=asked,
        rated=_("[tên đơn vị được đánh giá]"),
        contact=promise.contact(g.campaign.settings),
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
        "supplier": _("[tên đơn vị lập danh sách]"),
        "forms_left": 1,
        "minutes": instrument.minutes,
        "closes_at": g.campaign.closes_at,
        "contact": promise.contact(g.campaign.settings),
    }
