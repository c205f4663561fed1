"""The reminding letter as a file, for a desk and for the centre."""

from datetime import date, timedelta
from io import BytesIO

from flask import abort, g, send_file
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.campaigns.models import Unit
from surveyapp.db import reading
from surveyapp.fieldwork.reports import official_letter, unit_figures

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def yesterday() -> date:
    """The last day that is over: nothing newer is told to a unit."""
    return clock.day(clock.now()) - timedelta(days=1)


def letter_file(unit: Unit, kind: str, *, by_centre: bool) -> ResponseReturnValue:
    """The letter about one unit; 404 while too few were asked to say anything."""
    with reading() as db:
        gathered = unit_figures.gather(db, g.campaign, unit, until=yesterday())
    if not gathered.is_shown:
        abort(404)
    write = official_letter.from_centre if by_centre else official_letter.from_desk
    letter = write(g.campaign, unit, gathered)
    content = official_letter.as_pdf(letter) if kind == "pdf" else official_letter.as_docx(letter)
    name = f"cong-van-don-doc-{g.campaign.code}-{unit.code}-{gathered.until}.{kind}"
    return send_file(BytesIO(content), mimetype=MEDIA[kind], as_attachment=True, download_name=name)
