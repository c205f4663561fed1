"""How last night's rehearsal of the release went: on the releases' page whole, on the first page if it went wrong."""

from typing import Any

from flask import g, request

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.exports import rehearsal
from surveyapp.exports.wording import outcome, rehearsal_warning
from surveyapp.web.centre import bp

SHOWN_ON = ("centre.overview", "centre.releases", "centre.build_release", "centre.download_release")


@bp.context_processor
def _rehearsed() -> dict[str, Any]:
    if request.endpoint not in SHOWN_ON or g.get("campaign") is None:
        return {}
    with reading() as db:
        found = rehearsal.standing(db, g.campaign, now=clock.now())
    return {
        "rehearsal": found.last,
        "rehearsal_outcome": outcome(found.last.outcome) if found.last else "",
        "rehearsal_warning": rehearsal_warning(found),
        "rehearsal_is_elsewhere": request.endpoint == "centre.overview",
    }
