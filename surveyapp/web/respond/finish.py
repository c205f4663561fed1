"""Review, submission and the receipt."""

import re
from datetime import date
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import prepared_transaction
from surveyapp.i18n import _
from surveyapp.responses import receipts
from surveyapp.responses import service as responses
from surveyapp.responses.errors import DraftChanged
from surveyapp.web.http import state
from surveyapp.web.respond import bp, privacy_notice
from surveyapp.web.respond.document import browser_buffer, prepared_pages, review_page
from surveyapp.web.respond.visit import answering, present, rated


@bp.get("/phieu/<int:number>/xem-lai")
def review(number: int) -> ResponseReturnValue:
    """Every answer, what is unanswered first, and what submitting means."""
    visit, assignment, instrument = answering(number)
    if assignment.is_submitted:
        return redirect(url_for("respond.receipt", number=number))
    draft = visit.draft(assignment, instrument)
    return review_page.shown(visit, assignment, instrument, draft)


@bp.post("/phieu/<int:number>/nop")
def submit(number: int) -> ResponseReturnValue:
    """Seal what the review page showed. Pressed twice, it ends on the same receipt.

    The script, which tries again while the line is down, is told where to go as JSON.
    """
    seen = request.form.get("version", "")
    try:
        visit, assignment, instrument = answering(number)
        with prepared_transaction() as db:
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
        flash(_("Phiếu vừa được sửa trên máy khác. Vui lòng xem lại rồi nộp."), "warning")
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
    visit = present()
    assignment = visit.assignment(number)
    shared = privacy_notice.shared(visit.invited)
    if not assignment.is_submitted:
        return redirect(url_for("respond.section", number=number, page=1))
    own = receipts.receipt(state.keys(), assignment.id)
    following = visit.unsubmitted[0] if visit.unsubmitted else None
    shown = {
        "kept_name": browser_buffer.name(state.keys(), assignment.id),
        "receipt": own,
        **{f"receipt_{index}": group for index, group in enumerate(own.split("-"), start=1)},
        "mark": receipts.grouped(receipts.tag(own).hex()),
        "rated": rated(assignment),
        "following_rated": rated(following) if following else None,
        "supplier": privacy_notice.supplier(visit.invited),
    }
    shared |= {"submitted_on": assignment.submitted_on, "following": following and following.number}
    return prepared_pages.page("respond/receipt.html", _receipt_facts, shared, shown)


def _receipt_facts(submitted_on: date, following: int | None, **shared: Any) -> dict[str, Any]:
    facts = {"submitted_on": submitted_on, "following": following}
    return privacy_notice.told(**shared) | facts
