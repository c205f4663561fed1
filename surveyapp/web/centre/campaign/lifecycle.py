"""The life of a campaign: prepare, open, prolong, close, open the box, release. Each step is asked for twice."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts.actions import Action
from surveyapp.accounts.second_person import Deed
from surveyapp.campaigns import approvals, service
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import CampaignError
from surveyapp.campaigns.labels import STATES, refusal
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import ApprovalState, CampaignState
from surveyapp.db import bound, reading, transaction
from surveyapp.delivery import queries as delivery
from surveyapp.exports.cleaning import rulesets
from surveyapp.i18n import _, moment, number
from surveyapp.respondents.people import rosters
from surveyapp.responses import draft_secret
from surveyapp.responses import service as responses
from surveyapp.responses.errors import BoxError, NotRegistered
from surveyapp.responses.sealed_box import (
    custody,
    name_grams,
    opening,
    registration,
    sealed_export,
)
from surveyapp.responses.sealed_box.labels import attested, not_compacted
from surveyapp.responses.sealed_box.labels import refusal as box_refusal
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act, enter
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.two_persons import two_persons
from surveyapp.web.http.state import keys, settings
from surveyapp.web.parts.dates import read_moment, typed_moment

FAR = timedelta(days=14)
"""A deadline moved by more than this may be a slip of the hand."""


def _has_moment() -> bool:
    until = read_moment(request.form.get("closes_at", ""))
    return until is not None and bool(request.form.get("heeded") or not _doubt_deadline(until))


def _closing_confirmed() -> bool:
    return _is_confirmed("close_confirmed")


def _box_confirmed() -> bool:
    return _is_confirmed("box_confirmed")


@bp.get("/life")
@allow("operator", "viewer", "auditor")
def life() -> str:
    """Calendar, state and, for operators, the steps that can be taken now."""
    return _page()


@bp.post("/life/key")
@allow("operator")
@fresh_factor
def make_box_key() -> ResponseReturnValue:
    """The box key of a campaign in the server's custody."""
    try:
        with transaction() as db:
            campaign = campaigns.campaign(db, g.campaign.code)
            mark = responses.make_box_key(
                db, campaign, folder=custody.key_folder(settings()), act=act()
            )
    except (BoxError, CampaignError) as error:
        return _refused(error, "key")
    flash(_("Đã tạo khóa hộp phiếu. Dấu của khóa: %(mark)s", mark=mark), "success")
    return _back()


@bp.post("/life/open")
@allow("operator")
@fresh_factor
@two_persons(Deed.CAMPAIGN_OPENING)
def open_campaign() -> ResponseReturnValue:
    """Freeze the campaign; collection begins at its opening moment."""
    now = clock.now()
    try:
        with transaction() as db:
            service.open_campaign(db, g.campaign.code, now=now)
            enter(db, Action.CAMPAIGN_OPENED, {})
            campaign = campaigns.campaign(db, g.campaign.code)
            draft_secret.make(db, campaign, where=_secrets(), act=act())
    except (BoxError, CampaignError) as error:
        return _refused(error, "open")
    flash(_("Đã mở đợt điều tra."), "success")
    return _back()


@bp.post("/life/custodians")
@allow("operator")
@fresh_factor
def take_custodians_file() -> ResponseReturnValue:
    """What custodians made on their machine: the public half of a key, or what they attest."""
    file = request.files.get("custody_file")
    if file is None or not file.filename:
        return _page([("custody_file", _("Vui lòng chọn tệp do chương trình opener ghi ra."))]), 422
    try:
        with transaction() as db:
            campaign = campaigns.campaign(db, g.campaign.code)
            registration.take(db, campaign, file.read(), name=file.filename, act=act())
    except (BoxError, CampaignError) as error:
        return _refused(error, "custody_file")
    flash(_("Đã ghi nhận tệp của người giữ khóa."), "success")
    return _back()


@bp.post("/life/deadline")
@allow("operator")
@fresh_factor
@two_persons(Deed.DEADLINE, when=_has_moment)
def move_deadline() -> ResponseReturnValue:
    """Move the end of collection; links already sent follow it."""
    now = clock.now()
    until = read_moment(request.form.get("closes_at", ""))
    if until is None:
        words = _("Vui lòng ghi ngày và giờ, ví dụ 17:00 31/01/2024.")
        return _page([("closes_at", words)]), 422
    if not request.form.get("heeded") and (doubt := _doubt_deadline(until)):
        return _page([("heeded", doubt)], doubt=doubt), 422
    try:
        with transaction() as db:
            before = campaigns.campaign(db, g.campaign.code).closes_at
            service.move_deadline(db, g.campaign.code, closes_at=until, now=now)
            facts = {"from": before.isoformat(), "to": until.isoformat()}
            enter(db, Action.DEADLINE_MOVED, facts)
    except CampaignError as error:
        return _refused(error, "closes_at")
    flash(
        _("Hạn mới: %(until)s. Các liên kết đã gửi theo hạn này.", until=moment(until)), "success"
    )
    return _back()


def _doubt_deadline(until: datetime) -> str:
    """Why the new deadline is to be confirmed by itself: earlier than people were told, or far away."""
    before = g.campaign.closes_at
    if before <= until <= before + FAR or until <= clock.now():
        return ""
    with reading() as db:
        told = delivery.people_told(db, g.campaign.id)
    if until < before:
        return _(
            "Hạn mới sớm hơn hạn cũ (%(before)s): %(n)s người còn phiếu chưa nộp đã nhận tin ghi hạn cũ.",
            before=moment(before),
            n=number(told),
        )
    return _(
        "Hạn mới muộn hơn hạn cũ %(days)s ngày: %(n)s người còn phiếu chưa nộp đã nhận tin ghi hạn cũ.",
        days=(until - before).days,
        n=number(told),
    )


@bp.post("/life/close")
@allow("operator")
@fresh_factor
@two_persons(Deed.CAMPAIGN_CLOSING, when=_closing_confirmed)
def close_campaign() -> ResponseReturnValue:
    """End collection for good, once the campaign's code is typed."""
    if not _is_confirmed("close_confirmed"):
        return _unconfirmed("close_confirmed")
    now = clock.now()
    try:
        with transaction() as db:
            service.close_campaign(db, g.campaign.code, now=now)
            name_grams.keep(db, g.campaign.id, rosters.full_names(db, g.campaign.id))
            enter(db, Action.CAMPAIGN_CLOSED, {})
    except (BoxError, CampaignError) as error:
        return _refused(error, "close_confirmed")
    with transaction() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        draft_secret.destroy(db, campaign, where=_secrets(), act=act())
    flash(_("Đã khóa thu phiếu. Từ lúc này không phiếu nào nộp được nữa."), "success")
    return _back()


@bp.get("/life/draft-minutes.pdf")
@allow("operator", "viewer", "auditor")
def draft_minutes() -> ResponseReturnValue:
    """Minutes of the destruction of the drafts' secret, to be signed; 404 before it."""
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        content = draft_secret.minutes(db, campaign)
    if content is None:
        abort(404)
    name = f"{campaign.code}-drafts.pdf"
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=name)


@bp.post("/life/box")
@allow("operator")
@fresh_factor
@two_persons(Deed.BOX, when=_box_confirmed)
def open_box() -> ResponseReturnValue:
    """Open the box with the key on this server, once the campaign's code is typed. Takes a while."""
    if not _is_confirmed("box_confirmed"):
        return _unconfirmed("box_confirmed")
    try:
        private_key = custody.read_private_key(custody.key_folder(settings()), g.campaign.code)
        with transaction() as db:
            campaign = campaigns.campaign(db, g.campaign.code)
            opened = opening.open_box(
                db,
                campaign,
                private_key=private_key,
                rules=rulesets.frozen(db, campaign),
                act=act(),
            )
    except (BoxError, CampaignError) as error:
        return _refused(error, "box_confirmed")
    engine = bound()
    if engine is not None and not opening.compact(engine):
        flash(not_compacted(), "warning")
    flash(
        _("Đã mở hộp: %(n)s phiếu, đã xáo trộn và bỏ dấu niêm phong.", n=opened.ballots), "success"
    )
    return _back()


def _page(errors: list[tuple[str, str]] | None = None, *, doubt: str = "") -> str:
    now = clock.now()
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        box = opening.check_box(db, campaign, keys=keys()) if campaign.is_closed else None
        held = _custody(db, campaign) if campaign.custody == "offline" else None
        secret = draft_secret.standing(db, campaign)
        statuses = approvals.standings(db, campaign.id) if campaign.is_preparing else []
    return render_template(
        "centre/life.html",
        life=campaign,
        state=STATES[campaign.state],
        steps=[(STATES[step], step == campaign.state) for step in CampaignState],
        answering=campaign.is_collecting(now),
        closes_local=typed_moment(campaign.closes_at),
        typed=request.form.get("closes_at"),
        box=box,
        custody=held,
        draft_secret=secret,
        unapproved=[each.code for each in statuses if each.state != ApprovalState.APPROVED],
        may_act="operator" in g.actor.roles_in(g.campaign.code),
        errors=errors or [],
        doubt=doubt,
    )


def _secrets() -> Path:
    return draft_secret.folder(settings())


def _custody(db: Session, campaign: Campaign) -> dict[str, Any]:
    """Who holds the key, what they attested, and by which print they know this server."""
    try:
        custodians = registration.custodians(db, campaign)
    except NotRegistered:
        custodians = ()
    return {
        "custodians": [one.name for one in custodians],
        "attested": [
            (attested(one.kind), one.made_on, ", ".join(map(str, one.custodians)))
            for one in registration.attestations(db, campaign.id)
        ],
        "server_key": sealed_export.key_print(keys()),
        "unread": [one.name for one in registration.shares_never_checked(db, campaign)]
        if custodians
        else [],
    }


def _refused(error: BoxError | CampaignError, field: str) -> ResponseReturnValue:
    words = box_refusal(error) if isinstance(error, BoxError) else refusal(error)
    return _page([(field, words)]), 409


def _is_confirmed(field: str) -> bool:
    return request.form.get(field, "").strip().casefold() == str(g.campaign.code).casefold()


def _unconfirmed(field: str) -> ResponseReturnValue:
    words = _("Để chắc chắn, vui lòng gõ đúng mã đợt: %(code)s", code=g.campaign.code)
    return _page([(field, words)]), 422


def _back() -> ResponseReturnValue:
    return redirect(url_for("centre.life"), code=303)
