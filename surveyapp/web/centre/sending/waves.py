"""Sending for operators: waves, their confirmation and progress, the health of the channels, units on hold."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts.second_person import Deed
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.delivery import labels, queries, rules
from surveyapp.delivery.errors import CountMistyped, CountMoved, WarningsUnread, WaveRefused
from surveyapp.delivery.health import channels, worker_watch
from surveyapp.delivery.letters import batches
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import (
    cautions,
    counting,
    lifecycle,
    planning,
    staggering,
    unit_holds,
    wave_lookup,
)
from surveyapp.delivery.waves.counting import DryRun
from surveyapp.i18n import _, _n, locale
from surveyapp.web.centre import bp
from surveyapp.web.centre.sending.channels import channels_there
from surveyapp.web.centre.sending.wave_form import faults, spread_of
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.people_shown import Purpose, note_shown
from surveyapp.web.http.safeguards.two_persons import two_persons
from surveyapp.web.http.state import keys
from surveyapp.web.parts.narrowed_list import narrowed


@bp.get("/messages")
@allow("operator", "viewer", "auditor")
def messages() -> str:
    """Waves, the health of the channels, contacts that are asked for, units on hold."""
    live.offer(clock.now())
    with reading() as db:
        shown = {
            "waves": narrowed(
                queries.waves_of(db, g.campaign.id),
                words=lambda one: labels.kind_name(one.wave.kind),
                filters={
                    "kind": lambda one, kind: one.wave.kind == kind,
                    "state": lambda one, state: one.wave.state == state,
                },
            ),
            "troubles": [
                *worker_watch.troubles(db, g.campaign.id, now=clock.now()),
                *worker_watch.channel_troubles(db, now=clock.now()),
            ],
            "health": channels.health(db, there=channels_there(), now=clock.now()),
            "asked": queries.requests_per_unit(db, g.campaign.id),
            "held": queries.holds(db, g.campaign.id),
            "units": [(u.code, unit_name(u)) for u in campaigns.units(db, g.campaign.id)],
        }
    return render_template(
        "centre/messages.html",
        kinds=[(kind, labels.kind_name(kind)) for kind in rules.KINDS],
        states=[(str(state), labels.wave_state(state)[0]) for state in WaveState],
        say=labels,
        unit_name=unit_name,
        may_act=mayact(),
        **shown,
    )


@bp.get("/messages/wave/<uuid:wave_id>/")
@allow("operator", "viewer", "auditor")
def one_wave(wave_id: UUID) -> str:
    """A draft with its dry run, or how far a wave has come."""
    return _wave_page(wave_id, errors=[])


@bp.post("/messages/wave/<uuid:wave_id>/recount")
@allow("operator")
def recount_wave(wave_id: UUID) -> ResponseReturnValue:
    """Count again whom the draft would reach."""
    _recount(wave_id, _counted(wave_id))
    return _to_wave(wave_id)


def _would_go() -> bool:
    """The form has the number to type, and every warning ticked: else no second person is asked."""
    wave_id = (request.view_args or {})["wave_id"]
    with reading() as db:
        wave = wave_lookup.wave(db, g.campaign.id, wave_id)
        now, kept = clock.now(), counting.kept(wave)
        warned = {one.kind for one in cautions.cautions(wave, g.campaign, kept, now=now)}
    typed = "".join(sign for sign in request.form.get("typed", "") if sign.isdigit())
    return typed == str(wave.people) and warned <= set(request.form.getlist("heeded"))


@bp.post("/messages/wave/<uuid:wave_id>/confirm")
@allow("operator")
@fresh_factor
@two_persons(Deed.WAVE, when=_would_go)
def confirm_wave(wave_id: UUID) -> ResponseReturnValue:
    """Let the wave go, once the number of people was typed and each warning confirmed.

    It is counted anew before the transaction that writes: nobody who answers waits for that.
    """
    typed, heeded = request.form.get("typed", ""), request.form.getlist("heeded")
    counted = _counted(wave_id)
    try:
        with transaction() as db:
            lifecycle.confirm(
                db, g.campaign, wave_id, counted, typed=typed, heeded=heeded, act=act()
            )
    except CountMistyped as error:
        return _wave_page(wave_id, errors=[("typed", " ".join(labels.refusal(error)))]), 422
    except WarningsUnread as error:
        words = " ".join(labels.refusal(error))
        return _wave_page(wave_id, errors=[(f"heeded-{error.kinds[0]}", words)]), 422
    except CountMoved as error:
        _recount(wave_id, counted)
        return _wave_page(wave_id, errors=[("typed", " ".join(labels.refusal(error)))]), 409
    flash(_("Đã xác nhận. Đợt gửi bắt đầu sau khi thư thử đến nơi."), "success")
    return _to_wave(wave_id)


def _counted(wave_id: UUID) -> DryRun:
    with reading() as db:
        wave = wave_lookup.wave(db, g.campaign.id, wave_id)
        return counting.dry_run(db, wave, campaign=g.campaign, keys=keys())


def _recount(wave_id: UUID, counted: DryRun) -> None:
    with transaction() as db:
        lifecycle.recount(db, g.campaign, wave_id, counted, act=act())


@bp.post("/messages/wave/<uuid:wave_id>/spread")
@allow("operator")
def spread_wave(wave_id: UUID) -> ResponseReturnValue:
    """Spread a wave over other days, as long as nothing of it is queued."""
    shares = spread_of(request.form.get("spread", ""))
    try:
        with transaction() as db:
            wave = wave_lookup.locked(db, g.campaign, wave_id)
            staggering.change(db, g.campaign, wave, shares, act=act())
    except WaveRefused as error:
        return _wave_page(wave_id, errors=faults(error)), 422
    return _to_wave(wave_id)


@bp.post("/messages/wave/<uuid:wave_id>/<any(pause, resume):step>")
@allow("operator")
def change_wave(wave_id: UUID, step: str) -> ResponseReturnValue:
    """Pause or go on with a wave."""
    change = {"pause": lifecycle.pause, "resume": lifecycle.resume}[step]
    with transaction() as db:
        change(db, g.campaign, wave_id, act=act())
    return _to_wave(wave_id)


@bp.post("/messages/wave/<uuid:wave_id>/stop")
@allow("operator")
def stop_wave(wave_id: UUID) -> ResponseReturnValue:
    """Give up what is not sent yet, for good: only when that was ticked."""
    if not request.form.get("sure"):
        words = _("Vui lòng đánh dấu để xác nhận: dừng hẳn thì không gửi tiếp đợt này được nữa.")
        return _wave_page(wave_id, errors=[("sure", words)]), 422
    with transaction() as db:
        lifecycle.stop(db, g.campaign, wave_id, act=act())
    return _to_wave(wave_id)


@bp.post("/messages/wave/<uuid:wave_id>/retry")
@allow("operator")
def retry_wave(wave_id: UUID) -> ResponseReturnValue:
    """Try at once what waits for another attempt or was given up."""
    with transaction() as db:
        n = lifecycle.retry_now(db, g.campaign, wave_id, act=act())
    flash(_n("Đang gửi lại %(n)s tin.", "Đang gửi lại %(n)s tin.", n), "success")
    return _to_wave(wave_id)


@bp.post("/messages/wave/<uuid:wave_id>/delete")
@allow("operator")
def delete_wave(wave_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    with transaction() as db:
        planning.delete_draft(db, g.campaign, wave_id, act=act())
    flash(_("Đã xóa bản thảo."), "success")
    back = "reminder_calendar" if request.form.get("from") == "calendar" else "messages"
    return redirect(url_for(f"centre.{back}"), code=303)


@bp.post("/messages/hold")
@allow("operator")
def hold_unit() -> ResponseReturnValue:
    """Send nothing to a unit's people for now."""
    with transaction() as db:
        unit = campaigns.unit(db, g.campaign.id, request.form.get("unit", ""))
        unit_holds.hold(db, g.campaign, unit, reason=request.form.get("reason", ""), act=act())
    return redirect(url_for("centre.messages"), code=303)


@bp.post("/messages/release")
@allow("operator")
def release_unit() -> ResponseReturnValue:
    """Let a unit's people get messages again."""
    with transaction() as db:
        unit = campaigns.unit(db, g.campaign.id, request.form.get("unit", ""))
        unit_holds.release(db, g.campaign, unit, act=act())
    return redirect(url_for("centre.messages"), code=303)


def mayact() -> bool:
    """The person reading may change something here."""
    return "operator" in g.actor.roles_in(g.campaign.code)


def _to_wave(wave_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("centre.one_wave", wave_id=wave_id), code=303)


def _wave_page(wave_id: UUID, *, errors: list[tuple[str, str]]) -> str:
    with reading() as db:
        wave = wave_lookup.wave(db, g.campaign.id, wave_id)
        now, is_draft = clock.now(), wave.state == WaveState.DRAFT
        if not is_draft:
            live.offer(now)
        dry = counting.kept(wave) if is_draft else None
        sample = counting.sample(db, wave, keys=keys()) if is_draft and mayact() else []
        shown = {
            "wave": wave,
            "progress": queries.progress(db, wave),
            "waiting": queries.waiting_to_retry(db, wave.id, now=now),
            "dry": dry,
            "sample": sample,
            "cautions": cautions.cautions(wave, g.campaign, dry, now=now) if dry else [],
            "may_move": counting.may_move(wave.people),
            "letters_waiting": batches.waiting(db, g.campaign, wave_id) if not is_draft else [],
            "piles": (piles := batches.batches(db, g.campaign, wave_id)),
            "shown_piles": narrowed(
                piles,
                words=lambda one: f"{one[1].code} {unit_name(one[1])}",
                filters={
                    "posted": lambda one, posted: bool(one[0].confirmed_at) == (posted == "yes")
                },
                per_page=10,
            ),
            "days": staggering.plan(wave),
            "channel_troubles": [
                one
                for one in worker_watch.channel_troubles(db, now=now)
                if one.channel in wave.channels and wave.is_going
            ],
            "may_spread": staggering.is_open(wave),
        }
    note_shown(Purpose.WAVE_CHECK, people=len(sample))
    return render_template(
        "centre/messages_wave.html",
        errors=errors,
        heeded=request.form.getlist("heeded"),
        say=labels,
        unit_name=unit_name,
        unit_words=lambda p: p.unit_name_en if locale() == "en" else p.unit_name_vi,
        channel_names=", ".join(labels.channel_name(channel) for channel in wave.channels),
        audience_words=audience_words(wave.audience),
        may_act=mayact(),
        **shown,
    )


def audience_words(audience: dict[str, Any]) -> str:
    """Whom a wave is for, in words."""
    levels = {"ministry": _("cấp bộ"), "province": _("cấp tỉnh")}
    parts = [levels.get(audience.get("level", ""), "")]
    parts += [_("đơn vị %(codes)s", codes=", ".join(audience["units"]))] * bool(audience["units"])
    parts += [_("nhóm %(codes)s", codes=", ".join(audience["groups"]))] * bool(audience["groups"])
    if audience.get("calls"):
        parts.append(_("người xin liên kết mới qua điện thoại"))
    return "; ".join(filter(None, parts)) or _("mọi người được mời")
