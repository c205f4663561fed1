"""The centre's reminding letters, one per supplying unit, with the figures the unit itself may see."""

from datetime import timedelta

from flask import g, render_template
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading
from surveyapp.fieldwork.counts import queries
from surveyapp.i18n import _, day
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import next_steps
from surveyapp.web.http.access import allow
from surveyapp.web.parts import rate_table, reminding_letter
from surveyapp.web.parts.narrowed_list import narrowed


@bp.get("/chase")
@allow("operator", "viewer", "auditor")
def chase() -> str:
    """Supplying units, the lowest rate first, each with its letter."""
    until, least = reminding_letter.yesterday(), g.campaign.table_minimum
    with reading() as db:
        by_unit = queries.figures(db, g.campaign.id, by=("supplying",), until=until)
        changed = queries.changed(
            db, g.campaign.id, by=("supplying",), after=until - timedelta(days=1), until=until
        )
        units = {unit.id: unit for unit in campaigns.units(db, g.campaign.id)}
        advice = next_steps.of_units(db, clock.now())
    enough = {
        id_: figures for (id_,), figures in by_unit.items() if figures.counts.invited >= least
    }
    since = {id_: counts for (id_,), counts in changed.items()}
    rows = list(rate_table.rate_rows(units, enough, since=since).values())
    return render_template(
        "centre/chase.html",
        columns=rate_table.slim_columns(_("Đơn vị lập danh sách")),
        rows=narrowed(
            [(row.code, rate_table.slim_row(row)["cells"]) for row in rate_table.worst_first(rows)],
            words=lambda row: f"{row[0]} {row[1][0]}",
        ),
        least=least,
        advice=advice,
        may_act="operator" in g.actor.roles_in(g.campaign.code),
        until=day(until),
    )


@bp.get("/chase/<code>/letter.<any(pdf, docx):file>")
@allow("operator", "viewer", "auditor")
def chase_letter(code: str, file: str) -> ResponseReturnValue:
    """The centre's letter to one unit."""
    with reading() as db:
        unit = campaigns.unit(db, g.campaign.id, code)
    return reminding_letter.letter_file(unit, file, by_centre=True)
