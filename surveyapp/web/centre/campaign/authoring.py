"""A questionnaire on its way: a file is read, its faults are told in place, its words and pages shown. Nothing is stored."""

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.pack import linting, rounds
from surveyapp.db import reading
from surveyapp.i18n import _
from surveyapp.instruments.changes import PARTS, changes
from surveyapp.instruments.comparability import REASONS, VERDICTS, Asked, compare
from surveyapp.instruments.errors import QuestionnaireRefused
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.lint.findings import SEVERITIES
from surveyapp.instruments.lint.form_rules import estimate
from surveyapp.instruments.model import Instrument
from surveyapp.instruments.reading import parse_questionnaire
from surveyapp.instruments.xlsform.reading import ImportedForm, read_xlsform
from surveyapp.instruments.yaml_writing import as_yaml
from surveyapp.web.centre import bp
from surveyapp.web.centre.campaign import walk_through
from surveyapp.web.http.access import allow
from surveyapp.web.respond import pages

MOST_BYTES = 5_000_000
TEMPLATE = "centre/authoring.html"


@bp.get("/questionnaires/draft")
@allow("operator")
def draft_questionnaire() -> str:
    """Where a file is handed in."""
    return render_template(TEMPLATE, rounds=_rounds(), errors=[], faults=[])


@bp.post("/questionnaires/draft")
@allow("operator")
def read_draft() -> ResponseReturnValue:
    """What is wrong with the file, or what it asks; the file is forgotten."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        words = [("file", _("Xin chọn tệp phiếu."))]
        return render_template(TEMPLATE, rounds=_rounds(), errors=words, faults=[]), 422
    content = sent.stream.read(MOST_BYTES + 1)
    try:
        drafted = _read(content, sent.filename)
    except QuestionnaireRefused as refused:
        facts = {"errors": [], "faults": refused.faults, "file": sent.filename}
        return render_template(TEMPLATE, rounds=_rounds(), **facts), 422
    instrument = freeze(drafted.questionnaire)
    with reading() as db:
        beside = _beside(db, instrument, request.form.get("round", ""))
        settings = g.campaign.settings
    return render_template(
        TEMPLATE,
        rounds=_rounds(),
        errors=[],
        faults=[],
        file=sent.filename,
        form=instrument,
        notices=drafted.notices,
        mapped=drafted.mapped,
        findings=linting.lint_loaded(instrument, settings),
        severities=SEVERITIES,
        estimate=estimate(instrument),
        yaml=as_yaml(drafted.questionnaire),
        change_names=PARTS,
        reasons=REASONS,
        verdicts=VERDICTS,
        shown=[pages.part(instrument, page) for page in range(1, pages.count(instrument) + 1)],
        draft=walk_through.signed(instrument),
        **beside,
        **pages.fixed(instrument),
    )


def _read(content: bytes, name: str) -> ImportedForm:
    """By its ending a spreadsheet or one of our files. Raises `QuestionnaireRefused`."""
    if name.lower().endswith((".xlsx", ".xls", ".ods", ".csv")):
        return read_xlsform(content, file=name)
    return ImportedForm(parse_questionnaire(content, name=name), (), ())


def _beside(db: Session, instrument: Instrument, round_code: str) -> dict[str, Any]:
    """What differs from the campaign's own form of this code, and which items may stand in one series with
    those of another round."""
    present = rounds.from_database(db, g.campaign.code)
    own = present.instruments.get(instrument.code)
    groups = {instrument.code: present.groups.get(instrument.code, ())}
    compared = []
    if round_code in {one["code"] for one in _rounds_of(db)}:
        earlier = rounds.from_database(db, round_code)
        new = Asked(g.campaign.code, {instrument.code: instrument}, groups)
        asked = {item.id for item in instrument.items}
        compared = [one for one in compare(earlier, new) if one.item in asked]
    return {
        "changed": changes(own, instrument) if own else None,
        "compared": compared,
        "round_code": round_code,
    }


def _rounds() -> list[dict[str, str]]:
    with reading() as db:
        return _rounds_of(db)


def _rounds_of(db: Session) -> list[dict[str, str]]:
    """The campaigns that whoever asks may see."""
    return [
        {"code": one.code, "title": one.title_vi}
        for one in campaigns.campaigns(db)
        if g.actor.roles_in(one.code)
    ]
