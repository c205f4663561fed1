"""Review, submission and the receipt."""

import re
from collections.abc import Mapping
from itertools import count
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import reading, transaction
from surveyapp.i18n import _, locale
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.kinds.routing import OTHER
from surveyapp.instruments.model import Instrument, InstrumentItem
from surveyapp.responses import receipts
from surveyapp.responses import service as responses
from surveyapp.responses.errors import DraftChanged
from surveyapp.responses.rules import answered
from surveyapp.web.http import state
from surveyapp.web.parts import help_desk
from surveyapp.web.respond import bp, pages, privacy_notice
from surveyapp.web.respond.document import browser_buffer
from surveyapp.web.respond.visit import answering, rated, visiting


@bp.get("/phieu/<int:number>/xem-lai")
def review(number: int) -> ResponseReturnValue:
    """Every answer, what is unanswered first, and what submitting means."""
    with reading() as db:
        visit, assignment, instrument = answering(db, number)
        if assignment.is_submitted:
            return redirect(url_for("respond.receipt", number=number))
        draft = visit.draft(db, assignment, instrument)
    done, total = answered(instrument, draft.answers)
    sections = _reviewed(instrument, number, draft.answers)
    return render_template(
        "respond/review.html",
        number=number,
        version=draft.version.hex(),
        answered=done,
        total=total,
        beside=draft.beside,
        sections=sections,
        gaps=[
            item
            for each in sections
            for item in each["items"]
            if item["answer"] is None and item["applies"]
        ],
        remark=draft.answers.get(instrument.remark.id, "") if instrument.remark else None,
        remark_url=url_for("respond.section", number=number, page=pages.count(instrument)),
        rated=rated(assignment),
        custody=visit.invited.campaign.custody,
        contact=help_desk.contact(visit.invited.campaign.settings),
        deadline=visit.deadline,
    )


def _reviewed(instrument: Instrument, number: int, answers: dict[str, str]) -> list[dict[str, Any]]:
    """Title and items of each section, with the present answer and where to mend it."""
    place = locale()
    numbers = count(1)
    applying = instrument.applying(answers)
    rows = []
    for page, each in enumerate(instrument.sections, start=1):
        address = url_for("respond.section", number=number, page=page)
        items = [
            {
                "id": item.id,
                "position": next(numbers),
                "text": item.text.get(place),
                "answer": _told(item, answers, place),
                "applies": item.id in applying,
                "url": f"{address}#{item.id}-item",
            }
            for item in each.items
        ]
        rows.append({"title": each.title.get(place), "items": items, "page": page})
    return rows


def _told(item: InstrumentItem, answers: Mapping[str, str], language: str) -> str | None:
    """The answer in words, with what was written beside it; None where there is none."""
    kind, value = kind_of(item), answers.get(item.id, "")
    if not value:
        return None
    beside = answers.get(item.id + OTHER, "") if kind.words_beside(item, value) else ""
    return kind.told(item, value, language) + (f": {beside}" if beside else "")


@bp.post("/phieu/<int:number>/nop")
def submit(number: int) -> ResponseReturnValue:
    """Seal what the review page showed. Pressed twice, it ends on the same receipt.

    The script, which tries again while the line is down, is told where to go as JSON.
    """
    seen = request.form.get("version", "")
    try:
        with reading() as db:
            visit, assignment, instrument = answering(db, number)
        with transaction(in_turn=True) as db:
            responses.submit(
                db,
                visit.invited.campaign,
                assignment,
                instrument,
                holder=visit.holder,
                now=clock.now(),
                version=_version(seen),
            )
    except DraftChanged:
        flash(_("Phiếu vừa được sửa trên thiết bị khác. Vui lòng xem lại rồi nộp."), "warning")
        return _lead(url_for("respond.review", number=number))
    return _lead(url_for("respond.receipt", number=number))


def _lead(address: str) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(address=address)
    return redirect(address, code=303)


def _version(seen: str) -> bytes:
    """The version of the draft that was reviewed; empty, which no draft has, for anything else."""
    return bytes.fromhex(seen) if re.fullmatch("[0-9a-f]{32}", seen) else b""


@bp.get("/phieu/<int:number>/bien-nhan")
def receipt(number: int) -> ResponseReturnValue:
    """Thanks, and a receipt that says nothing about the answers. The same however often it is opened."""
    with reading() as db:
        visit = visiting(db)
        assignment = visit.assignment(number)
        facts = privacy_notice.facts(db, visit.invited)
    if not assignment.is_submitted:
        return redirect(url_for("respond.section", number=number, page=1))
    own = receipts.receipt(state.keys(), assignment.id)
    following = visit.unsubmitted[0] if visit.unsubmitted else None
    return render_template(
        "respond/receipt.html",
        number=number,
        kept_name=browser_buffer.name(state.keys(), assignment.id),
        receipt=own,
        mark=receipts.grouped(receipts.tag(own).hex()),
        submitted_on=assignment.submitted_on,
        rated=rated(assignment),
        following=following,
        following_rated=rated(following) if following else None,
        **facts,
    )
