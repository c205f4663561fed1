"""The centre's reminding letters, one per supplying unit, with the figures the unit itself may see."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading
from surveyapp.fieldwork import queries
from surveyapp.fieldwork.disclosure import LEAST
from surveyapp.i18n import _, day
from surveyapp.web import chasepage, ratetable
from surveyapp.web.access import allow
from surveyapp.web.centre import bp
from surveyapp.web.frame import unit_name
from surveyapp.web.ratetable import Row


@bp.get("/chase")
@allow("operator", "viewer", "auditor")
def chase() -> str:
    """Supplying units, the lowest rate first, each with its letter."""
    until = chasepage.yesterday()
    with reading() as db:
        found = queries.figures(db, g.campaign.id, by=("supplying",), until=until)
        units = campaigns.units(db, g.campaign.id)
    rows = [
        Row(unit.code, unit_name(unit), found[unit.id,])
        for unit in units
        if (unit.id,) in found and found[unit.id,].counts.invited >= LEAST
    ]
    return render_template(
        "centre/chase.html",
        columns=ratetable.slim_columns(_("Đơn vị lập danh sách")),
        rows=[(row.code, ratetable.slim_row(row)["cells"]) for row in ratetable.worst_first(rows)],
        least=LEAST,
        until=day(until),
    )


@bp.get("/chase/<code>/letter.<any(pdf, docx):file>")
@allow("operator", "viewer", "auditor")
def chase_letter(code: str, file: str) -> ResponseReturnValue:
    """The centre's letter to one unit."""
    with reading() as db:
        unit = campaigns.unit(db, g.campaign.id, code)
    return chasepage.letter_file(unit, file, by_centre=True)
