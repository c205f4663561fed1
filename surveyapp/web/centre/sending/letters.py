"""Printed letters of a wave: set a pile aside, download it on record, confirm that it was posted."""

from collections.abc import Iterator
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from surveyapp import clock
from surveyapp.accounts.actions import Action
from surveyapp.accounts.second_person import Deed
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Unit
from surveyapp.db import reading, transaction
from surveyapp.delivery.errors import NoLetters, UnknownWave
from surveyapp.delivery.letters import batches
from surveyapp.delivery.models import LetterBatch
from surveyapp.delivery.waves import wave_lookup
from surveyapp.documents import zip_stream
from surveyapp.i18n import _, _n, locale, speaking
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
        pile = batches.make_batch(db, g.campaign, wave_id, unit, act=act())
    if pile is None:
        flash(_("Không còn thư nào phải in: những người này đã trả lời hoặc không còn được mời."))
    return redirect(url_for("centre.one_wave", wave_id=wave_id), code=303)


@bp.post("/messages/wave/<uuid:wave_id>/letters/all")
@allow("operator")
def make_all_letters(wave_id: UUID) -> ResponseReturnValue:
    """Set aside the letters of every unit that has some waiting: a pile each, each in a transaction of its own."""
    with reading() as db:
        waiting = batches.waiting(db, g.campaign, wave_id)
    made = 0
    for unit, _letters in waiting:
        try:
            with transaction() as db:
                pile = batches.make_batch(db, g.campaign, wave_id, unit, act=act())
                made += pile.letters if pile is not None else 0
        except NoLetters:
            continue
    flash(_n("Đã lập tập cho %(n)s thư.", "Đã lập tập cho %(n)s thư.", made), "success")
    return redirect(url_for("centre.one_wave", wave_id=wave_id), code=303)


def _is_there() -> bool:
    """Nobody is asked to agree to letters of a wave that this campaign does not have."""
    wave_id = (request.view_args or {})["wave_id"]
    with reading() as db:
        try:
            wave_lookup.wave(db, g.campaign.id, wave_id)
        except UnknownWave:
            return False
    return True


@bp.post("/messages/wave/<uuid:wave_id>/letters/file")
@allow("operator")
@fresh_factor
@two_persons(Deed.LETTERS, when=_is_there)
def download_all_letters(wave_id: UUID) -> Response:
    """The piles named, not posted yet: one PDF with its cover each, packed as they are printed; all on record."""
    now, named = clock.now(), set(request.form.getlist("pile"))
    with transaction() as db:
        piles = [
            one
            for one in batches.batches(db, g.campaign, wave_id)
            if one[0].confirmed_at is None and one[0].id.hex in named
        ]
        for pile, unit in piles:
            facts = {"batch": str(pile.id), "letters": pile.letters}
            enter(db, Action.LETTERS_DOWNLOADED, facts, unit_code=unit.code)
    campaign, base_url, ring, own = g.campaign, settings().addresses.respondent, keys(), locale()

    def files() -> Iterator[tuple[str, bytes]]:
        for pile, unit in sorted(piles, key=lambda one: one[1].position):
            with reading() as db, speaking(own):
                yield (
                    _file_name(campaign.code, pile, unit),
                    batches.write(db, campaign, pile, unit, keys=ring, base_url=base_url, now=now),
                )

    name = f"thu-giay-{campaign.code}-{wave_id.hex[:8]}.zip"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(zip_stream.packed(files()), mimetype="application/zip", headers=headers)


@bp.post("/messages/wave/<uuid:wave_id>/letters/posted")
@allow("operator")
def all_letters_posted(wave_id: UUID) -> ResponseReturnValue:
    """Every pile of the wave is on its way."""
    with reading() as db:
        piles = [
            one for one, _ in batches.batches(db, g.campaign, wave_id) if one.confirmed_at is None
        ]
    sent = 0
    for pile in piles:
        with transaction() as db:
            sent += batches.confirm_batch(db, g.campaign, pile.id, act=act())
    return _posted(wave_id, sent)


def _file_name(code: str, pile: LetterBatch, unit: Unit) -> str:
    return f"thu-moi-{code}-{unit.code}-{pile.id.hex[:8]}.pdf"


def _posted(wave_id: UUID, sent: int) -> ResponseReturnValue:
    words = _n("Đã ghi nhận %(n)s thư giấy đã gửi.", "Đã ghi nhận %(n)s thư giấy đã gửi.", sent)
    flash(words, "success")
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
        base_url = settings().addresses.respondent
        content = batches.write(db, g.campaign, pile, unit, keys=keys(), base_url=base_url, now=now)
    name = _file_name(g.campaign.code, pile, unit)
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype="application/pdf", headers=headers)


@bp.post("/messages/letters/<uuid:batch_id>/posted")
@allow("operator")
def letters_posted(batch_id: UUID) -> ResponseReturnValue:
    """The pile is on its way: its people count as invited."""
    with transaction() as db:
        pile, _unit = batches.batch(db, g.campaign, batch_id)
        sent = batches.confirm_batch(db, g.campaign, batch_id, act=act())
    return _posted(pile.wave_id, sent)
