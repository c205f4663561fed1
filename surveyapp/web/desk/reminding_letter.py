"""What a desk chases with: its unit's counts until the end of yesterday, and a letter ready to be signed."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from surveyapp.db import reading
from surveyapp.fieldwork.reports import unit_figures as figures
from surveyapp.i18n import day
from surveyapp.web.desk import bp
from surveyapp.web.http.access import allow
from surveyapp.web.parts import reminding_letter


@bp.get("/chase")
@allow("coordinator")
def chase() -> str:
    """Counts by group, department, channel and reason; never a person."""
    with reading() as db:
        unit_figures = figures.gather(db, g.campaign, g.unit, until=reminding_letter.yesterday())
    return render_template(
        "desk/chase.html",
        unit_figures=unit_figures,
        least=unit_figures.least,
        until=day(unit_figures.until),
    )


@bp.get("/chase/letter.<any(pdf, docx):file>")
@allow("coordinator")
def chase_letter(file: str) -> ResponseReturnValue:
    """The unit's own letter to the offices under it."""
    return reminding_letter.letter_file(g.unit, file, by_centre=False)
