"""Printed letters of a wave: set a pile aside, download it on record, confirm that it was posted."""

from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from surveyapp import clock
from surveyapp.accounts.actions import Action
from surveyapp.accounts.second_person import Deed
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.delivery.letters import batches
from surveyapp.i18n import _n
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act, enter
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.two_persons import two_persons
from surveyapp.web.http.state import keys, settings


@bp.post("/messages/wave/<uuid:wave_id>/letters")
@allow("operator")
def make_letters(wave_id: UUID) -> ResponseReturnValue:
    """Set aside the letters of one unit."""
    with transaction() as db:
        unit = campaigns.unit(db, g.campaign.id, request.form.get("unit", ""))
        batches.make_batch(db, g.campaign, wave_id, unit, act=act())
    return redirect(url_for("centre.one_wave", wave_id=wave_id), code=303)


@bp.post("/messages/letters/<uuid:batch_id>/file")
@allow("operator")
@fresh_factor
@two_persons(Deed.LETTERS)
def download_letters(batch_id: UUID) -> ResponseReturnValue:
    """The pile as a PDF; every download is on record."""
    now = clock.now()
    with transaction() as db:
        pile, unit = batches.batch(db, g.campaign, batch_id)
        facts = {"batch": str(pile.id), "letters": pile.letters}
        enter(db, Action.LETTERS_DOWNLOADED, facts, unit_code=unit.code)
    with reading() as db:
        base_url = settings().base_url
        content = batches.write(db, g.campaign, pile, unit, keys=keys(), base_url=base_url, now=now)
    name = f"thu-moi-{g.campaign.code}-{unit.code}-{pile.id.hex[:8]}.pdf"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype="application/pdf", headers=headers)


@bp.post("/messages/letters/<uuid:batch_id>/posted")
@allow("operator")
def letters_posted(batch_id: UUID) -> ResponseReturnValue:
    """The pile is on its way: its people count as invited."""
    with transaction() as db:
        pile, _unit = batches.batch(db, g.campaign, batch_id)
        sent = batches.confirm_batch(db, g.campaign, batch_id, act=act())
    words = _n("Đã ghi nhận %(n)s thư giấy đã gửi.", "Đã ghi nhận %(n)s thư giấy đã gửi.", sent)
    flash(words, "success")
    return redirect(url_for("centre.one_wave", wave_id=pile.wave_id), code=303)
