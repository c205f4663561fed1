"""Whose address on the unit's own lists takes no mail: the desk is asked for a better one, no more is said."""

from flask import g, render_template

from surveyapp.db import reading
from surveyapp.delivery import labels, queries
from surveyapp.web.desk import bp
from surveyapp.web.http.access import allow


@bp.get("/contacts")
@allow("coordinator")
def contacts() -> str:
    """People of the unit's lists whose address is dead."""
    with reading() as db:
        asked = queries.contact_requests(db, g.unit.id)
    return render_template("desk/contacts.html", asked=asked, say=labels)
