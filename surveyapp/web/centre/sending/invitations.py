"""Invitations for operators: issue, hand over to the mailing, replace or end one. Never shows a code."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from surveyapp import clock
from surveyapp.accounts.actions import Action
from surveyapp.accounts.second_person import Deed
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.delivery import labels, person_messages
from surveyapp.followup import queries as calls
from surveyapp.followup.labels import result_name
from surveyapp.i18n import _, _n, locale
from surveyapp.invitations import declarations, queries, service
from surveyapp.invitations import mailing_file as mailing
from surveyapp.invitations.errors import NothingLeftToAnswer, NothingToList, ReasonMissing
from surveyapp.invitations.issuing import outstanding
from surveyapp.web.centre import bp
from surveyapp.web.centre.sending.declarations import WORDS
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act, enter
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.safeguards import people_shown
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.two_persons import two_persons
from surveyapp.web.http.state import keys, settings

CSV, XLSX = "csv", "xlsx"
MEDIA = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/invitations")
@allow("operator", "viewer", "auditor")
def invitations() -> str:
    """How far issuing and handing over are."""
    with reading() as db:
        issued = outstanding.state(db, g.campaign)
        handed = mailing.mailing_state(db, g.campaign.id)
    return render_template(
        "centre/invitations.html",
        issued=issued,
        handed=handed,
        going="going" in request.args,
        may_issue=_may_act() and g.campaign.takes_lists,
        may_act=_may_act(),
    )


@bp.post("/invitations/issue")
@allow("operator")
def issue() -> ResponseReturnValue:
    """One batch; the page comes back with how far it is and goes on by itself where scripts run."""
    with transaction() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        progress = service.issue(db, campaign, keys=keys(), now=clock.now())
    if progress.remaining and progress.done:
        return redirect(url_for("centre.invitations", going=1), code=303)
    flash(_("Đã cấp lời mời cho tất cả những người trong danh sách đã duyệt."), "success")
    return redirect(url_for("centre.invitations"), code=303)


@bp.get("/invitations/mailing")
@allow("operator")
def mailing_file() -> str:
    """What the mailing file is, before one is made."""
    with reading() as db:
        handed = mailing.mailing_state(db, g.campaign.id)
    return render_template("centre/invitations_mailing.html", handed=handed, errors=[])


@bp.post("/invitations/mailing")
@allow("operator")
@fresh_factor
@two_persons(Deed.MAILING_FILE)
def download_mailing() -> ResponseReturnValue:
    """Hand the invitations to a mailing file, on record, and send the file."""
    now, form = clock.now(), request.form
    kind = XLSX if form.get("format") == XLSX else CSV
    everyone = form.get("who") == "everyone"
    try:
        with transaction() as db:
            service.mark_listed(db, g.campaign, everyone=everyone, act=act(now))
    except NothingToList:
        flash(_("Không còn lời mời nào chờ đưa vào tệp gửi."), "info")
        return redirect(url_for("centre.invitations"), code=303)
    rows = _mailing_rows(g.campaign, listed_at=now)
    name = f"loi-moi-{g.campaign.code}-{clock.day(now):%Y%m%d}.{kind}"
    return Response(
        _file(kind, rows),
        mimetype=MEDIA[kind],
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _mailing_rows(campaign: Any, *, listed_at: Any) -> Iterator[mailing.MailingRow]:
    ring, base_url = keys(), settings().addresses.respondent

    def rows() -> Iterator[mailing.MailingRow]:
        with reading() as db:
            yield from service.mailing(
                db, campaign, keys=ring, base_url=base_url, listed_at=listed_at
            )

    return rows()


def _file(kind: str, rows: Iterator[mailing.MailingRow]) -> Iterator[bytes]:
    if kind == CSV:
        return mailing.csv_lines(rows, mailing.headings())
    workbook = BytesIO()
    mailing.write_xlsx(rows, mailing.headings(), workbook)
    return iter([workbook.getvalue()])


@bp.post("/invitations/sent")
@allow("operator")
def confirm_sent() -> ResponseReturnValue:
    """The mailing files went out."""
    with transaction() as db:
        forms = service.mark_sent(db, g.campaign, act=act())
    words = _n("Đã ghi nhận: %(n)s phiếu đã gửi.", "Đã ghi nhận: %(n)s phiếu đã gửi.", forms)
    flash(words, "success")
    return redirect(url_for("centre.invitations"), code=303)


@bp.post("/invitations/search")
@allow("operator")
def search_people() -> ResponseReturnValue:
    """Find people by name, e-mail or phone: by a post, so that no name stands in an address.

    Who looks at people says why; how many were shown is entered, not who and not what was typed.
    """
    text, unit_code = request.form.get("text", "").strip(), request.form.get("unit", "")
    reason = people_shown.typed_reason("search_reason")
    with reading() as db:
        units = campaigns.units(db, g.campaign.id)
        cards = queries.search(db, g.campaign.id, text, unit_code=unit_code) if reason else []
    if reason:
        people_shown.keep_reason(reason)
        facts = {"reason": reason, "people": len(cards)}
        with transaction() as db:
            enter(db, Action.PEOPLE_LOOKED_UP, facts, unit_code=unit_code)
    page = render_template(
        "centre/invitations_people.html",
        cards=cards,
        units=[(unit.code, unit_name(unit)) for unit in units],
        text=text,
        unit_code=unit_code,
        card_unit=_card_unit,
        limit=queries.SEARCH_LIMIT,
        reason=reason,
        errors=[] if reason else _unreasoned("search_reason"),
    )
    return page if reason else (page, 422)


@bp.get("/invitations/<uuid:invitation_id>/")
@allow("operator")
def one_invitation(invitation_id: UUID) -> str:
    """One person's invitation, to replace or end it; whoever comes by the address says why."""
    return _card_page(invitation_id, errors=[])


@bp.post("/invitations/<uuid:invitation_id>/")
@allow("operator")
def read_invitation(invitation_id: UUID) -> ResponseReturnValue:
    """Why this person is looked at; each card opened with it is an entry."""
    reason = people_shown.typed_reason("search_reason")
    if not reason:
        return _card_page(invitation_id, errors=_unreasoned("search_reason")), 422
    people_shown.keep_reason(reason)
    return redirect(url_for("centre.one_invitation", invitation_id=invitation_id), code=303)


def _contact_is_new() -> bool:
    """Whoever could change an address and get a new link sent to it could answer for its owner."""
    if not _reason().strip():
        return False  # refused anyway
    invitation_id = (request.view_args or {})["invitation_id"]
    with reading() as db:
        return queries.lists_approved_since(db, g.campaign.id, invitation_id)


@bp.post("/invitations/<uuid:invitation_id>/reissue")
@allow("operator")
@fresh_factor
@two_persons(Deed.REISSUE, when=_contact_is_new)
def reissue(invitation_id: UUID) -> ResponseReturnValue:
    """A new code; the old link is dead and what was begun under it is discarded."""
    try:
        with transaction() as db:
            service.reissue(db, g.campaign, invitation_id, reason=_reason(), act=act())
    except (ReasonMissing, NothingLeftToAnswer) as error:
        return _card_page(invitation_id, errors=_faults(error, "reissue_reason")), 422
    words = _("Đã cấp mã mới. Liên kết cũ không còn dùng được; mã mới có trong tệp gửi tiếp theo.")
    flash(words, "success")
    return redirect(url_for("centre.one_invitation", invitation_id=invitation_id), code=303)


@bp.post("/invitations/<uuid:invitation_id>/revoke")
@allow("operator")
def revoke(invitation_id: UUID) -> ResponseReturnValue:
    """End an invitation; what was submitted stays."""
    try:
        with transaction() as db:
            service.revoke(db, g.campaign, invitation_id, reason=_reason(), act=act())
    except (ReasonMissing, NothingLeftToAnswer) as error:
        return _card_page(invitation_id, errors=_faults(error, "revoke_reason")), 422
    flash(_("Đã thu hồi lời mời. Phiếu đã gửi, nếu có, vẫn được giữ."), "success")
    return redirect(url_for("centre.one_invitation", invitation_id=invitation_id), code=303)


def _reason() -> str:
    return request.form.get("reissue_reason") or request.form.get("revoke_reason") or ""


def _unreasoned(field: str) -> list[tuple[str, str]]:
    return [(field, _("Vui lòng ghi vì sao cần xem thông tin của người này."))]


def _faults(error: ReasonMissing | NothingLeftToAnswer, field: str) -> list[tuple[str, str]]:
    if isinstance(error, ReasonMissing):
        return [(field, _("Vui lòng ghi lý do: lý do được lưu trong nhật ký."))]
    return [("", _("Người này không còn phiếu nào chưa gửi nên không có gì để thay hoặc thu hồi."))]


def _card_page(invitation_id: UUID, *, errors: list[tuple[str, str]]) -> str:
    with reading() as db:
        card = queries.card(db, g.campaign.id, invitation_id)
        messages = person_messages.messages_of(db, invitation_id)
        called = calls.calls_to(db, invitation_id)
        said = declarations.of_person(db, invitation_id)
    reason = people_shown.kept_reason()
    if not reason:
        return render_template(
            "centre/invitations_reason.html", invitation_id=invitation_id, errors=errors
        )
    people_shown.note_shown(reason, people=1)
    return render_template(
        "centre/invitations_one.html",
        card=card,
        card_unit=_card_unit,
        messages=messages,
        called=called,
        said=[(WORDS[kind][0], on, settled) for kind, on, settled in said],
        say=labels,
        result_name=result_name,
        day_of=clock.day,
        errors=errors,
        reason=reason,
    )


def _card_unit(card: queries.InvitationCard) -> str:
    return card.unit_name_en if locale() == "en" else card.unit_name_vi


def _may_act() -> bool:
    return "operator" in g.actor.roles_in(g.campaign.code)
