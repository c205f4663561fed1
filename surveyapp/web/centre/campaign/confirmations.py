"""What waits for me: what others ask me to agree to, what was agreed and I can carry out, and what became of the rest."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts import queries, second_person
from surveyapp.accounts.access import ROLES
from surveyapp.accounts.models import Confirmation
from surveyapp.accounts.second_person import Deed
from surveyapp.accounts.states import ConfirmationState
from surveyapp.db import reading, transaction
from surveyapp.i18n import _, lazy
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import role_name
from surveyapp.web.http.safeguards import two_persons
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.parts.narrowed_list import narrowed

DEEDS: dict[str, object] = {
    Deed.BOX: lazy("Mở hộp phiếu"),
    Deed.CAMPAIGN_CLOSING: lazy("Khóa thu phiếu"),
    Deed.CAMPAIGN_OPENING: lazy("Mở đợt điều tra"),
    Deed.CENTRE_ROLE: lazy("Cấp tài khoản ở Vụ"),
    Deed.DEADLINE: lazy("Dời hạn thu phiếu"),
    Deed.FACTORS: lazy("Đặt lại xác thực hai bước"),
    Deed.LETTERS: lazy("Tải tập thư giấy có liên kết"),
    Deed.MAILING_FILE: lazy("Tải tệp gửi có liên kết"),
    Deed.REISSUE: lazy("Cấp mã mới cho một người"),
    Deed.REISSUE_MANY: lazy("Cấp mã mới cho nhiều người"),
    Deed.RELEASE: lazy("Lập bản phát hành"),
    Deed.REMOVAL: lazy("Duyệt danh sách làm người đã mời bị bỏ ra"),
    Deed.WAVE: lazy("Gửi một đợt tin có liên kết"),
}
FIELDS: dict[str, object] = {
    "closes_at": lazy("Hạn mới"),
    "reissue_reason": lazy("Lý do"),
    "reason": lazy("Lý do"),
    "format": lazy("Dạng tệp"),
    "who": lazy("Cho ai"),
    "username": lazy("Tên đăng nhập"),
    "name": lazy("Họ và tên"),
    "email": lazy("Thư điện tử"),
    "role": lazy("Vai trò"),
    "unit": lazy("Đơn vị"),
    "invitation_id": lazy("Mã số lời mời"),
    "group": lazy("Nhóm đối tượng"),
    "people": lazy("Số người"),
    "kind": lazy("Dạng tệp"),
    "everyone": lazy("Cả người đã có trong tệp trước"),
    "out": lazy("Ghi vào"),
    "sipas": lazy("Tệp SIPAS"),
    "cleaning": lazy("Tệp quy tắc làm sạch"),
    "remove": lazy("Thu hồi quyền"),
}
VALUES: dict[tuple[str, str], object] = {
    ("who", "waiting"): lazy("Những lời mời chưa vào tệp nào"),
    ("who", "everyone"): lazy("Mọi lời mời còn phiếu chưa gửi"),
    ("format", "xlsx"): lazy("Bảng tính XLSX"),
    ("format", "csv"): lazy("CSV, mã UTF-8"),
}
"""Choices of forms that are no words yet; anything else is shown as it was given."""
STATES: dict[str, object] = {
    ConfirmationState.ASKED: lazy("chờ người thứ hai"),
    ConfirmationState.AGREED: lazy("đã đồng ý, chờ thực hiện"),
    ConfirmationState.DENIED: lazy("không đồng ý"),
    ConfirmationState.CARRIED_OUT: lazy("đã thực hiện"),
    ConfirmationState.TAKEN_BACK: lazy("đã rút"),
}


@dataclass(frozen=True)
class Shown:
    """A request as the page tells it."""

    request: Confirmation
    deed: str
    details: list[tuple[str, str]]
    state: str
    asked_by: str
    answered_by: str
    is_command: bool
    named: tuple[str, ...]
    """Ids of the invitations concerned, where the request names them: each card asks why it is read."""


@bp.get("/confirmations")
@allow("operator", "auditor")
def confirmations() -> str:
    """The queue, what waits for this person first."""
    now, me = clock.now(), g.actor.username
    with reading() as db:
        requests = second_person.of_campaign(db, g.campaign.code)
        names = {one.asked_by for one in requests} | {one.answered_by or "" for one in requests}
        people = queries.display_names(db, names)
    shown = [_shown(one, people, now=now) for one in requests]
    live = [one for one in shown if one.request.expires_at > now]
    asked = [one for one in live if one.request.state == ConfirmationState.ASKED]
    mine_agreed = [one for one in live if _is_mine_to_carry_out(one.request, me)]
    waiting = {id(one) for one in (*asked, *mine_agreed)}
    return render_template(
        "centre/confirmations.html",
        to_answer=[one for one in asked if one.request.asked_by != me],
        to_carry_out=mine_agreed,
        of_mine=[one for one in asked if one.request.asked_by == me],
        others=narrowed(
            [one for one in shown if id(one) not in waiting],
            words=lambda one: f"{one.deed} {one.asked_by} {one.answered_by} {one.state}",
        ),
        may_act="operator" in g.actor.roles_in(g.campaign.code),
        alone=not two_persons.is_demanded(),
    )


def _is_mine_to_carry_out(one: Confirmation, me: str) -> bool:
    return one.state == ConfirmationState.AGREED and one.asked_by == me


def _told(name: str, value: str) -> str:
    if name == "role" and value in ROLES:
        return role_name(value)
    return str(VALUES.get((name, value), value))


def _shown(one: Confirmation, people: dict[str, str], *, now: Any) -> Shown:
    is_over = one.expires_at <= now and one.state in (
        ConfirmationState.ASKED,
        ConfirmationState.AGREED,
    )
    details = [
        (str(FIELDS[name]), ", ".join(_told(name, value) for value in values))
        for name, values in one.fields.items()
        if name in FIELDS and any(values)
    ]
    return Shown(
        one,
        str(DEEDS[one.deed]),
        details,
        _("đã quá hạn") if is_over else str(STATES[one.state]),
        people.get(one.asked_by, one.asked_by),
        people.get(one.answered_by or "", one.answered_by or ""),
        second_person.is_command(one),
        tuple(" ".join(one.fields.get("named", ())).split()),
    )


@bp.post("/confirmations/<uuid:request_id>/agree")
@allow("operator")
@fresh_factor
def agree(request_id: UUID) -> ResponseReturnValue:
    """The second person agrees; whoever asked carries it out within two hours."""
    with transaction() as db:
        second_person.agree(db, g.campaign.code, request_id, act=act())
    flash(_("Đã đồng ý. Người yêu cầu có hai giờ để thực hiện."), "success")
    return _back()


@bp.post("/confirmations/<uuid:request_id>/deny")
@allow("operator")
def deny(request_id: UUID) -> ResponseReturnValue:
    """The second person does not agree."""
    with transaction() as db:
        second_person.deny(db, g.campaign.code, request_id, act=act())
    flash(_("Đã ghi nhận: không đồng ý."), "success")
    return _back()


@bp.post("/confirmations/<uuid:request_id>/take-back")
@allow("operator")
def take_back(request_id: UUID) -> ResponseReturnValue:
    """Who asked asks no more."""
    with transaction() as db:
        second_person.take_back(db, g.campaign.code, request_id, act=act())
    flash(_("Đã rút yêu cầu."), "success")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("centre.confirmations"), code=303)
