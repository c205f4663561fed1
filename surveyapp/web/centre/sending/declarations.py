"""What invited people said instead of answering: counts for all of the centre, names for operators."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import reading, transaction
from surveyapp.i18n import _, lazy, locale
from surveyapp.invitations import declarations as declared
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
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
    may_act = "operator" in g.actor.roles_in(g.campaign.code)
    with reading() as db:
        tally = declared.tally(db, g.campaign.id)
        waiting = declared.waiting(db, g.campaign.id) if may_act else []
    note_shown(Purpose.DECLARATION, people=len(waiting))
    return render_template(
        "centre/declarations.html",
        now=clock.now(),
        kinds=[(*WORDS[kind], said) for kind, said in tally.items()],
        waiting=waiting,
        left=sum(said.waiting for said in tally.values()) - len(waiting),
        name=lambda kind: WORDS[kind][0],
        unit=lambda one: one.unit_en if locale() == "en" else one.unit_vi,
        may_act=may_act,
    )


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
    return redirect(url_for("centre.declarations"), code=303)
