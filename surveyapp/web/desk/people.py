"""A unit's approved people: its own names and contacts. Whether anyone answered is never shown."""

from flask import g, render_template, request

from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading
from surveyapp.respondents import queries
from surveyapp.web.desk import bp
from surveyapp.web.http import numbers
from surveyapp.web.http.access import allow
from surveyapp.web.parts.list_words import kind_name


@bp.get("/people")
@allow("coordinator")
def people() -> str:
    """Persons of the unit's approved lists by name, all or of one list kind."""
    number = max(numbers.whole(request.args.get("page", "")) or 1, 1)
    return _page(chosen=request.args.get("kind", ""), number=number)


@bp.post("/people")
@allow("coordinator")
def find_people() -> str:
    """The first page of those who match. Posted, so that no name stands in an address."""
    return _page(
        chosen=request.form.get("kind", ""), search=request.form.get("search", "").strip()[:100]
    )


def _page(*, chosen: str, number: int = 1, search: str = "") -> str:
    with reading() as db:
        kinds = {kind.code: kind for kind in campaigns.expected_kinds(db, g.unit.id)}
        people, total = queries.people(
            db,
            unit_id=g.unit.id,
            search=search,
            kind_id=kinds[chosen].id if chosen in kinds else None,
            page=number,
        )
    return render_template(
        "desk/people.html",
        people=people,
        total=total,
        page=number,
        pages=-(-total // queries.PAGE),
        search=search,
        chosen=chosen,
        kinds={code: kind_name(kind) for code, kind in kinds.items()},
    )
