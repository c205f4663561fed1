"""The health of the channels: self-tests, rests, workers; an operator may try a channel now."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import reading, transaction
from surveyapp.delivery import labels
from surveyapp.delivery.health import canary, worker_watch
from surveyapp.delivery.health import channels as channel_health
from surveyapp.delivery.sending import housekeeping
from surveyapp.delivery.sending.outgoing import Post
from surveyapp.delivery.waves.rate_limits import Limits
from surveyapp.i18n import _
from surveyapp.messaging import registry
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.state import settings


@bp.get("/messages/channels")
@allow("operator", "viewer", "auditor")
def channels() -> str:
    """What each channel can do at this moment and why not, with the workers' signs of life."""
    now = clock.now()
    with reading() as db:
        seen_at = worker_watch.last_seen(db)
        each = channel_health.health(db, there=channels_there(), now=now)
    return render_template(
        "centre/messages_channels.html",
        say=labels,
        limits=Limits.of(settings()),
        health=each,
        seen_at=seen_at,
        is_silent=seen_at is None or seen_at < now - worker_watch.SILENT_AFTER,
        may_act="operator" in g.actor.roles_in(g.campaign.code),
    )


@bp.post("/messages/canary")
@allow("operator")
def send_canary() -> ResponseReturnValue:
    """Try a channel now: a page is printed here, a message is the workers' to send."""
    channel = request.form.get("channel", "")
    addresses = Post.of(settings()).trials.get(channel, ())
    with transaction() as db:
        asked = [one.id for one in canary.request(db, channel, addresses, now=clock.now())]
    if channel == "letter":
        for canary_id in asked:
            housekeeping.try_letters(canary_id, now=clock.now)
    elif addresses:
        flash(_("Đã xếp tin thử vào hàng gửi. Tải lại trang sau ít phút để xem kết quả."), "info")
    else:
        flash(_("Kênh này chưa có địa chỉ nào của trung tâm để gửi thử."), "warning")
    return redirect(url_for("centre.channels"), code=303)


@bp.post("/messages/canary/<uuid:canary_id>/arrived")
@allow("operator")
def canary_arrived(canary_id: UUID) -> ResponseReturnValue:
    """An operator has seen the test message where it should arrive."""
    with transaction() as db:
        canary.arrived(db, canary_id, now=clock.now())
    return redirect(url_for("centre.channels"), code=303)


def channels_there() -> list[str]:
    """The channels that this server has settings for."""
    return [kind.code for kind in registry.KINDS if kind.is_there(settings())]
