"""What invited people said instead of answering: counts for all of the centre, names for operators."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.i18n import _, _n, lazy, locale, number
from surveyapp.invitations import declarations as declared
from surveyapp.invitations.declarations import WaitingChoice
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.numbers import whole
from surveyapp.web.http.safeguards.people_shown import Purpose, note_shown

WORDS = {
    "not_me": (
        lazy("Nhận nhầm thư"),
        lazy(
            "Thư đến nhầm người: tìm thư điện tử, số điện thoại đúng với đơn vị, sửa trong danh sách"
            " rồi cấp mã mới."
        ),
    ),
    "wrong_group": (
        lazy("Không đúng nhóm đối tượng"),
        lazy("Đối chiếu với danh sách; nếu sai, sửa hoặc bỏ người này rồi cấp lại lời mời."),
    ),
    "moved": (
        lazy("Đã chuyển công tác"),
        lazy("Hỏi lại đơn vị; còn thời gian thì đơn vị thêm người thay vào danh sách."),
    ),
    "decline": (
        lazy("Từ chối trả lời"),
        lazy("Không phải làm gì: người này không bị nhắc nữa. Trang này không nêu tên."),
    ),
}
"""What it is called, and what is to be done about it."""


@bp.get("/declarations")
@allow("operator", "viewer", "auditor")
def declarations() -> str:
    """How many said what; to operators also who, where something is to be done."""
    return _page(_choice(request.args), page=whole(request.args.get("page", "")) or 1)


@bp.post("/declarations")
@allow("operator")
def find_declarations() -> str:
    """The first page of those who match. Posted, so that no name stands in an address."""
    text = request.form.get("search", "").strip()[:100]
    return _page(replace(_choice(request.form), text=text), page=1)


def _choice(given: MultiDict[str, str]) -> WaitingChoice:
    kind = given.get("kind", "")
    return WaitingChoice(
        kind=kind if kind in declared.TO_SETTLE else "", unit_code=given.get("unit", "")[:40]
    )


def _page(choice: WaitingChoice, *, page: int) -> str:
    may_act = "operator" in g.actor.roles_in(g.campaign.code)
    with reading() as db:
        tally = declared.tally(db, g.campaign.id)
        waiting, matching = (
            declared.waiting(db, g.campaign.id, choice, page=page) if may_act else ([], 0)
        )
        seen = declared.waiting_mark(db, g.campaign.id, choice) if choice.unit_code else ""
        by_unit = declared.waiting_units(db, g.campaign.id, replace(choice, text=""))
        names = {unit.code: unit_name(unit) for unit in campaigns.units(db, g.campaign.id)}
    note_shown(Purpose.DECLARATION, people=len(waiting))
    return render_template(
        "centre/declarations.html",
        now=clock.now(),
        kinds=[(*WORDS[kind], said) for kind, said in tally.items()],
        waiting=waiting,
        matching=matching,
        page=page,
        pages=max(1, -(-matching // declared.PAGE)),
        address=url_for("centre.declarations", **_kept(choice), page="PAGE"),
        choice=choice,
        units=[
            (code, _("%(unit)s (%(n)s)", unit=names[code], n=number(n)))
            for code, n in by_unit.items()
        ],
        of_unit=by_unit.get(choice.unit_code, 0),
        seen=seen,
        unit_called=names.get(choice.unit_code, ""),
        options=[(kind, WORDS[kind][0]) for kind in declared.TO_SETTLE],
        name=lambda kind: WORDS[kind][0],
        unit=lambda one: one.unit_en if locale() == "en" else one.unit_vi,
        may_act=may_act,
        kept=_kept(choice),
    )


def _kept(choice: WaitingChoice) -> dict[str, Any]:
    """The choice stays in the addresses of the page; a name that was searched for does not."""
    given = {"kind": choice.kind, "unit": choice.unit_code}
    return {name: value for name, value in given.items() if value}


@bp.post("/declarations/settle-unit")
@allow("operator")
def settle_declarations() -> ResponseReturnValue:
    """What was to be done about the people of one unit is done."""
    choice = _choice(request.form)
    with transaction() as db:
        seen = request.form.get("seen", "")
        settled = declared.settle_unit(db, g.campaign, choice, seen=seen, act=act())
    if settled:
        words = _n(
            "Đã ghi nhận %(n)s điều là đã xử lý.", "Đã ghi nhận %(n)s điều là đã xử lý.", settled
        )
        flash(words, "success")
        return redirect(url_for("centre.declarations"), code=303)
    flash(_("Những điều chờ xử lý vừa thay đổi: vui lòng xem lại rồi bấm lần nữa."), "warning")
    return redirect(url_for("centre.declarations", **_kept(choice)), code=303)


@bp.post("/declarations/<uuid:declaration_id>/settle")
@allow("operator")
def settle_declaration(declaration_id: UUID) -> ResponseReturnValue:
    """What was to be done is done."""
    with transaction() as db:
        is_new = declared.settle(db, g.campaign, declaration_id, act=act())
    if is_new:
        flash(_("Đã ghi nhận là đã xử lý."), "success")
    else:
        flash(_("Người khác đã ghi nhận việc này trước."), "info")
    return redirect(url_for("centre.declarations", **_kept(_choice(request.args))), code=303)
