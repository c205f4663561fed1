"""Sending for operators: waves, their confirmation and progress, the health of the channels, units on hold."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts.second_person import Deed
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.delivery import labels, queries, rules
from surveyapp.delivery.errors import CountMistyped, WaveRefused
from surveyapp.delivery.health import channels, worker_watch
from surveyapp.delivery.letters import batches
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import lifecycle, staggering, unit_holds
from surveyapp.delivery.waves.lifecycle import WavePlan
from surveyapp.delivery.waves.staggering import ONE_DAY
from surveyapp.i18n import _, locale
from surveyapp.web.centre import bp
from surveyapp.web.centre.sending.channels import channels_there
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.numbers import whole
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.two_persons import two_persons
from surveyapp.web.http.state import keys

LEVELS = ("ministry", "province")
NUMBERS = ("quiet_from", "quiet_until", "per_minute", "per_day", "per_domain")


@bp.get("/messages")
@allow("operator", "viewer", "auditor")
def messages() -> str:
    """Waves, the health of the channels, contacts that are asked for, units on hold."""
    live.offer(clock.now())
    with reading() as db:
        shown = {
            "waves": queries.waves_of(db, g.campaign.id),
            "troubles": [
                *worker_watch.troubles(db, g.campaign.id, now=clock.now()),
                *worker_watch.channel_troubles(db, now=clock.now()),
            ],
            "health": channels.health(db, there=channels_there(), now=clock.now()),
            "asked": queries.requests_per_unit(db, g.campaign.id),
            "held": queries.holds(db, g.campaign.id),
            "units": _units(db),
        }
    return render_template(
        "centre/messages.html", say=labels, unit_name=unit_name, may_act=mayact(), **shown
    )


@bp.get("/messages/new")
@allow("operator")
def new_wave() -> str:
    """Describe a wave; an address may bring the kind, units and groups along."""
    given = {
        "kind": request.args.get("kind", "invitation"),
        "units": ", ".join(request.args.getlist("unit")),
        "groups": request.args.getlist("group"),
        "channels": ["email", "sms"],
    }
    return _wave_form(given, errors=[])


@bp.post("/messages/new")
@allow("operator")
def make_wave() -> ResponseReturnValue:
    """Keep the wave as a draft and show whom it would reach."""
    form = request.form
    given: dict[str, Any] = {**form, "groups": form.getlist("groups")}
    given["channels"] = form.getlist("channels")
    plan, errors = _described(given)
    if plan is None:
        return _wave_form(given, errors=errors), 422
    try:
        with transaction() as db:
            wave = lifecycle.plan_wave(db, g.campaign, plan, act=act())
    except WaveRefused as error:
        return _wave_form(given, errors=_faults(error)), 422
    return redirect(url_for("centre.one_wave", wave_id=wave.id), code=303)


@bp.get("/messages/wave/<uuid:wave_id>/")
@allow("operator", "viewer", "auditor")
def one_wave(wave_id: UUID) -> str:
    """A draft with its dry run, or how far a wave has come."""
    return _wave_page(wave_id, errors=[])


@bp.post("/messages/wave/<uuid:wave_id>/recount")
@allow("operator")
def recount_wave(wave_id: UUID) -> ResponseReturnValue:
    """Count again whom the draft would reach."""
    with transaction() as db:
        lifecycle.recount(db, lifecycle.wave(db, g.campaign.id, wave_id), keys=keys())
    return _to_wave(wave_id)


@bp.post("/messages/wave/<uuid:wave_id>/confirm")
@allow("operator")
@fresh_factor
@two_persons(Deed.WAVE)
def confirm_wave(wave_id: UUID) -> ResponseReturnValue:
    """Let the wave go, once the number of people was typed."""
    typed = request.form.get("typed", "")
    try:
        with transaction() as db:
            lifecycle.confirm(db, g.campaign, wave_id, typed=typed, act=act())
    except CountMistyped as error:
        return _wave_page(wave_id, errors=[("typed", " ".join(labels.refusal(error)))]), 422
    flash(_("Đã xác nhận. Đợt gửi bắt đầu sau khi thư thử đến nơi."), "success")
    return _to_wave(wave_id)


@bp.post("/messages/wave/<uuid:wave_id>/spread")
@allow("operator")
def spread_wave(wave_id: UUID) -> ResponseReturnValue:
    """Spread a wave over other days, as long as nothing of it is queued."""
    shares = spread_of(request.form.get("spread", ""))
    try:
        with transaction() as db:
            wave = lifecycle.locked(db, g.campaign, wave_id)
            staggering.change(db, g.campaign, wave, shares, act=act())
    except WaveRefused as error:
        return _wave_page(wave_id, errors=_faults(error)), 422
    return _to_wave(wave_id)


@bp.post("/messages/wave/<uuid:wave_id>/<any(pause, resume, stop):step>")
@allow("operator")
def change_wave(wave_id: UUID, step: str) -> ResponseReturnValue:
    """Pause, go on with, or give up a wave."""
    change = {"pause": lifecycle.pause, "resume": lifecycle.resume, "stop": lifecycle.stop}[step]
    with transaction() as db:
        change(db, g.campaign, wave_id, act=act())
    return _to_wave(wave_id)


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


def _units(db: Any) -> list[tuple[str, str]]:
    return [(unit.code, unit_name(unit)) for unit in campaigns.units(db, g.campaign.id)]


def _wave_form(given: dict[str, Any], *, errors: list[tuple[str, str]]) -> str:
    with reading() as db:
        groups = [(group.code, unit_name(group)) for group in campaigns.groups(db, g.campaign.id)]
    return render_template(
        "centre/messages_new.html",
        given=given,
        errors=errors,
        groups=groups,
        kinds=[(kind, labels.kind_name(kind)) for kind in rules.KINDS],
        channels=[(channel, labels.channel_name(channel)) for channel in rules.CHANNELS],
        defaults={name: WavePlan.__dataclass_fields__[name].default for name in NUMBERS},
    )


def _described(given: dict[str, Any]) -> tuple[WavePlan | None, list[tuple[str, str]]]:
    """The plan that the form describes, or what is wrong with the form."""
    errors: list[tuple[str, str]] = []
    numbers = {}
    for name in NUMBERS:
        number = whole(str(given.get(name, "")))
        if number is None:
            errors.append((name, _("Vui lòng nhập một số nguyên.")))
        numbers[name] = number or 0
    units = [code.strip() for code in given.get("units", "").split(",") if code.strip()]
    with reading() as db:
        known = {unit.code for unit in campaigns.units(db, g.campaign.id)}
    if unknown := [code for code in units if code not in known]:
        errors.append(("units", _("Không có đơn vị mang mã: %(codes)s", codes=", ".join(unknown))))
    starts_at = _moment(given.get("starts_at", ""))
    if starts_at is None:
        errors.append(("starts_at", _("Vui lòng nhập ngày giờ, ví dụ 2024-01-15T08:00.")))
    if errors or starts_at is None:
        return None, errors
    return WavePlan(
        kind=given.get("kind", ""),
        starts_at=starts_at,
        channels=tuple(given["channels"]),
        language=given.get("language", "vi"),
        level=given.get("level", "") if given.get("level") in LEVELS else "",
        units=tuple(units),
        groups=tuple(given["groups"]),
        quiet_from=numbers["quiet_from"],
        quiet_until=numbers["quiet_until"],
        per_minute=numbers["per_minute"],
        per_day=numbers["per_day"],
        per_domain=numbers["per_domain"],
        spread=spread_of(given.get("spread", "")),
    ), []


def spread_of(text: str) -> tuple[int, ...]:
    """`5, 45, 50` as shares of days; one day where nothing is given, no day for what is no number."""
    shares = [whole(part) for part in re.split(r"[\s,;%]+", text.strip(" ,;%")) if part]
    return tuple(share or 0 for share in shares) or ONE_DAY


def _moment(text: str) -> datetime | None:
    """A moment as a browser writes it, on a Vietnamese clock; now where nothing is given."""
    if not text.strip():
        return clock.now()
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=clock.VIETNAM)
    except ValueError:
        return None


def _faults(error: WaveRefused) -> list[tuple[str, str]]:
    said = {
        "missing": _("Vui lòng chọn ít nhất một kênh gửi."),
        "hour": _("Vui lòng nhập giờ từ 0 đến 23."),
        "limit": _("Vui lòng nhập số từ 1 đến 1.000.000."),
        "unknown": _("Vui lòng chọn một mục trong danh sách."),
        "shares": _("Vui lòng nhập từ 1 đến 31 số nguyên, mỗi số từ 1 đến 100, ví dụ: 5, 45, 50"),
        "sum": _("Tổng các tỷ lệ phải bằng 100."),
    }
    return [(field, said[fault]) for field, fault in error.faults.items()]


def _wave_page(wave_id: UUID, *, errors: list[tuple[str, str]]) -> str:
    with reading() as db:
        wave = lifecycle.wave(db, g.campaign.id, wave_id)
        is_draft = wave.state == WaveState.DRAFT
        if not is_draft:
            live.offer(clock.now())
        shown = {
            "wave": wave,
            "progress": queries.progress(db, wave),
            "dry": lifecycle.dry_run(db, wave, keys=keys()) if is_draft else None,
            "letters_waiting": batches.waiting(db, wave_id) if not is_draft else [],
            "piles": batches.batches(db, wave_id),
            "days": staggering.plan(wave),
            "channel_troubles": [
                one
                for one in worker_watch.channel_troubles(db, now=clock.now())
                if one.channel in wave.channels and wave.is_going
            ],
            "may_spread": staggering.is_open(wave),
        }
    return render_template(
        "centre/messages_wave.html",
        errors=errors,
        say=labels,
        unit_name=unit_name,
        unit_words=lambda p: p.unit_name_en if locale() == "en" else p.unit_name_vi,
        channel_names=", ".join(labels.channel_name(channel) for channel in wave.channels),
        audience_words=_audience_words(wave.audience),
        may_act=mayact(),
        **shown,
    )


def _audience_words(audience: dict[str, Any]) -> str:
    levels = {"ministry": _("cấp bộ"), "province": _("cấp tỉnh")}
    parts = [levels.get(audience.get("level", ""), "")]
    parts += [_("đơn vị %(codes)s", codes=", ".join(audience["units"]))] * bool(audience["units"])
    parts += [_("nhóm %(codes)s", codes=", ".join(audience["groups"]))] * bool(audience["groups"])
    if audience.get("calls"):
        parts.append(_("người xin liên kết mới qua điện thoại"))
    return "; ".join(filter(None, parts)) or _("mọi người được mời")
