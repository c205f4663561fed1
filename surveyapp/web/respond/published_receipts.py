"""The published list of receipts: whoever holds one compares it alone, and the server is not told which.

A page fetches one of 256 parts of the list, by the first two signs of the receipt's mark, and compares in the
browser; without a script it shows that part, to be compared by eye. A part is shared by hundreds of receipts.
"""

import re

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.states import CampaignState
from surveyapp.db import reading
from surveyapp.i18n import locale
from surveyapp.operations.installation import ownership
from surveyapp.responses import receipts
from surveyapp.web.respond import bp

_PART = re.compile("[0-9a-f]{2}")


@bp.get("/bien-nhan")
def ask_receipt() -> ResponseReturnValue:
    """Where a receipt is compared with the list; before the box is open, when to come back."""
    part = request.args.get("dau", "").strip().lower()
    is_part = _PART.fullmatch(part) is not None
    with reading() as db:
        rounds = campaigns.campaigns(db)
        published = {each.id: receipts.published(db, each.id) for each in rounds}
        marks = receipts.part(db, part) if is_part else []
        gap = ownership.unknown_between(db)
    name = "title_en" if locale() == "en" else "title_vi"
    lists = [(getattr(each, name), each.code, published[each.id]) for each in rounds]
    return render_template(
        "respond/check_receipt.html",
        lists=[row for row in lists if row[2].number],
        awaited=[
            (getattr(each, name), each.closes_at)
            for each in rounds
            if each.state in (CampaignState.OPEN, CampaignState.CLOSED)
            and not published[each.id].number
        ],
        gap=gap,
        part=part,
        is_part=is_part,
        marks=[receipts.grouped(mark) for mark in marks],
    )


@bp.get("/bien-nhan/<string(length=2):part>.txt")
def receipts_part(part: str) -> ResponseReturnValue:
    """The marks that begin with these two signs, one a line."""
    if not _PART.fullmatch(part):
        abort(404)
    with reading() as db:
        marks = receipts.part(db, part)
    return _as_text(marks)


@bp.get("/bien-nhan/danh-sach/<campaign>.txt")
def receipts_list(campaign: str) -> ResponseReturnValue:
    """The whole list of a campaign, in the order of the marks; its digest stands on the page and in every release."""
    with reading() as db:
        campaign_row = campaigns.campaign(db, campaign)
        marks = [tag.hex() for tag in receipts.tags(db, campaign_row.id)]
    return _as_text(marks)


def _as_text(marks: list[str]) -> Response:
    return Response("".join(f"{mark}\n" for mark in marks), mimetype="text/plain")
