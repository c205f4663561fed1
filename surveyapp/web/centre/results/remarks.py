"""Remarks before they leave: read by two persons, with proposals of what to take out, each decision on record."""

from collections.abc import Collection, Mapping

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.exports.disclosure import remark_review, remark_screening
from surveyapp.exports.disclosure.remark_review import (
    RemarkDecision,
    RemarkToReview,
    ReviewStep,
    Stage,
)
from surveyapp.exports.errors import RemarksAltered
from surveyapp.exports.release.results import read_frame
from surveyapp.i18n import _
from surveyapp.responses import queries as responses
from surveyapp.web.centre import bp
from surveyapp.web.centre.results.distributions import item_name
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act, enter
from surveyapp.web.http.safeguards import two_persons
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor

ON_A_PAGE = 10
LEAVES, STAYS = "leaves", "stays"


@bp.get("/remarks")
@allow("operator")
@fresh_factor
def remarks() -> str:
    """Those at one stage, as they were written: the look is on record."""
    return _page()


@bp.post("/remarks")
@allow("operator")
@fresh_factor
def decide_remarks() -> ResponseReturnValue:
    """Record what was chosen on a page; what was left for later stays as it is."""
    try:
        with transaction() as db:
            campaign = campaigns.campaign(db, g.campaign.code)
            decisions = _decisions(request.form)
            if request.form.get("as_proposed"):
                decisions += _as_proposed(db, request.form, {one.remark_id for one in decisions})
            done = remark_review.decide(
                db,
                campaign,
                decisions,
                act=act(),
                one_person=not two_persons.is_demanded(),
            )
    except RemarksAltered as error:
        return _page(altered=error.ids), 422
    if done.total():
        words = _(
            "Đã ghi: %(proposed)s ý kiến chờ người thứ hai, %(settled)s ý kiến đã quyết định xong.",
            proposed=done[ReviewStep.PROPOSED],
            settled=done[ReviewStep.SETTLED],
        )
        flash(words, "success")
    if done[ReviewStep.SAME]:
        flash(
            _(
                "%(n)s ý kiến cần một người khác đồng ý: chưa có gì thay đổi.",
                n=done[ReviewStep.SAME],
            ),
            "info",
        )
    return redirect(url_for("centre.remarks", stage=_stage().value), code=303)


def _stage() -> Stage:
    asked = request.values.get("stage", "")
    return next((one for one in Stage if one.value == asked), Stage.NEW)


def _decisions(form: Mapping[str, str]) -> list[RemarkDecision]:
    """What was chosen for one remark each."""
    decisions = []
    for id_ in _ids(form):
        verdict = form.get(f"verdict.{id_}", "")
        if verdict in (LEAVES, STAYS):
            told = form[f"text.{id_}"] if verdict == LEAVES else None
            decisions.append(RemarkDecision(id_, told))
    return decisions


def _ids(form: Mapping[str, str]) -> list[str]:
    """The remarks that the form holds."""
    ids = [name.removeprefix("text.") for name in form if name.startswith("text.")]
    return [id_ for id_ in ids if len(id_) == 32 and not set(id_) - set("0123456789abcdef")]


def _as_proposed(
    db: Session, form: Mapping[str, str], decided: Collection[str]
) -> list[RemarkDecision]:
    """Of those left open that nobody has read and of which something is to be taken out: without it, as the software
    proposes. A remark with nothing marked needs a decision of its own, and so does the second person's agreement."""
    proposed = remark_review.proposals(db, g.campaign.id, _ids(form), small=_small(db))
    return [
        RemarkDecision(id_, told)
        for id_, told in proposed.items()
        if id_ not in decided and _is_untouched(form[f"text.{id_}"], told)
    ]


def _is_untouched(typed: str, told: str) -> bool:
    """As a browser sends back what it was given."""
    return typed.split() == told.split()


def _small(db: Session) -> dict[str, list[str]]:
    frame = read_frame(db, campaigns.campaign(db, g.campaign.code))
    opened = responses.response_counts(db, g.campaign.id)
    return remark_screening.small_units(frame, opened)


def _page(*, altered: tuple[str, ...] = ()) -> str:
    stage = _stage()
    page = max(1, request.args.get("page", 1, type=int))
    with reading() as db:
        frame = read_frame(db, campaigns.campaign(db, g.campaign.code))
        tally = remark_review.tally(db, g.campaign.id)
        shown = remark_review.to_review(
            db,
            g.campaign.id,
            stage,
            small=_small(db),
            offset=(page - 1) * ON_A_PAGE,
            limit=ON_A_PAGE,
        )
    if shown:
        with transaction() as db:
            enter(db, Action.REMARKS_SHOWN, {"stage": stage.value, "remarks": len(shown)})
    questions = {item.id: item_name(item) for form in frame.asked for item in form.items}
    counts = {Stage.NEW: tally.new, Stage.PROPOSED: tally.proposed, Stage.SETTLED: tally.settled}
    last = max(1, -(-counts[stage] // ON_A_PAGE))
    return render_template(
        "centre/remarks.html",
        stage=stage,
        stages=_stages(),
        counts=counts,
        tally=tally,
        remarks=[_card(one, questions) for one in shown],
        first_number=(page - 1) * ON_A_PAGE,
        marked=sum(one.review is None and bool(one.to_hide) for one in shown),
        later=_("Giữ như đã quyết định") if stage is Stage.SETTLED else _("Để sau"),
        lists_known=all(one.lists_known for one in shown),
        page=page,
        last=last,
        typed=request.form if altered else {},
        altered=altered,
        errors=[(f"text.{id_}", _altered()) for id_ in altered],
    )


def _stages() -> list[tuple[Stage, str]]:
    return [
        (Stage.NEW, _("Chưa ai đọc")),
        (Stage.PROPOSED, _("Chờ người thứ hai")),
        (Stage.SETTLED, _("Đã quyết định")),
    ]


def _altered() -> str:
    return _(
        "Chỉ được che bớt bằng […], không được sửa hay thêm lời. Nếu không còn gì để phát hành, hãy chọn “Không phát hành”."
    )


def _card(one: RemarkToReview, questions: Mapping[str, str]) -> dict[str, object]:
    """What the page shows of a remark: its words in pieces, marked where something is to be taken out."""
    pieces, at = [], 0
    for start, end in one.to_hide:
        pieces += [(one.text[at:start], False), (one.text[start:end], True)]
        at = end
    pieces.append((one.text[at:], False))
    level = _("Cấp bộ") if one.level == "ministry" else _("Cấp tỉnh")
    question = questions.get((one.item or "").removesuffix(".other"), one.item)
    return {
        "id": one.id,
        "about": f"{level} · {question or _('Ý kiến khác')}",
        "pieces": [piece for piece in pieces if piece[0]],
        "proposed": one.proposed,
        "is_whole": one.proposed == one.text,
        "review": one.review,
        "mine": one.review is not None and one.review.first_by == g.actor.username,
    }
