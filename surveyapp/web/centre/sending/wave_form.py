"""A wave described: the form, what is wrong with it, and the draft with its count."""

import re
from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.delivery import labels, rules
from surveyapp.delivery.errors import WaveRefused
from surveyapp.delivery.waves import planning
from surveyapp.delivery.waves.planning import WavePlan
from surveyapp.delivery.waves.staggering import ONE_DAY
from surveyapp.i18n import _
from surveyapp.web.centre import bp
from surveyapp.web.centre.sending.channels import channels_there
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.numbers import whole
from surveyapp.web.http.state import keys
from surveyapp.web.parts.dates import read_moment

LEVELS = ("ministry", "province")
NUMBERS = ("quiet_from", "quiet_until", "per_minute", "per_day", "per_domain")


@bp.get("/messages/new")
@allow("operator")
def new_wave() -> str:
    """Describe a wave; an address may bring the kind, units and groups along."""
    given = {
        "kind": request.args.get("kind", "invitation"),
        "units": request.args.getlist("unit"),
        "groups": request.args.getlist("group"),
        "channels": ["email", "sms"],
        "starts_at": request.args.get("starts_at", "")[:40],
    }
    return _wave_form(given, errors=[])


@bp.post("/messages/new")
@allow("operator")
def make_wave() -> ResponseReturnValue:
    """Keep the wave as a draft and show whom it would reach."""
    form = request.form
    given: dict[str, Any] = {**form}
    for name in ("groups", "channels", "units"):
        given[name] = form.getlist(name)
    plan, errors = _described(given)
    if plan is None:
        return _wave_form(given, errors=errors), 422
    try:
        with reading() as db:
            counted = planning.count(db, g.campaign, plan, keys=keys())
        with transaction() as db:
            wave = planning.plan_wave(db, g.campaign, plan, counted, act=act())
    except WaveRefused as error:
        return _wave_form(given, errors=faults(error)), 422
    return redirect(url_for("centre.one_wave", wave_id=wave.id), code=303)


def _wave_form(given: dict[str, Any], *, errors: list[tuple[str, str]]) -> str:
    with reading() as db:
        groups = [(group.code, unit_name(group)) for group in campaigns.groups(db, g.campaign.id)]
        units = campaigns.units(db, g.campaign.id)
        by_level = [(level, [u for u in units if u.kind == level]) for level in LEVELS]
    return render_template(
        "centre/messages_new.html",
        given=given,
        errors=errors,
        groups=groups,
        by_level=[(level_name(level), of_level) for level, of_level in by_level if of_level],
        unit_name=unit_name,
        kinds=[(kind, labels.kind_name(kind)) for kind in rules.KINDS],
        channels=[(channel, labels.channel_name(channel)) for channel in channels_there()],
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
    with reading() as db:
        known = {unit.code for unit in campaigns.units(db, g.campaign.id)}
    units = [code for code in given["units"] if code in known]
    if len(units) < len(given["units"]):
        errors.append(("units", _("Vui lòng chọn đơn vị trong danh sách.")))
    starts_at = _start(given.get("starts_at", ""))
    if starts_at is None:
        errors.append(("starts_at", _("Vui lòng ghi giờ và ngày, ví dụ 08:00 15/01/2024.")))
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


def _start(text: str) -> datetime | None:
    """A moment on a Vietnamese clock; now where nothing is given."""
    return read_moment(text) if text.strip() else clock.now()


def level_name(level: str) -> str:
    """A level of government as the form says it."""
    return {"ministry": _("Bộ, cơ quan ngang bộ"), "province": _("Tỉnh, thành phố")}[level]


def faults(error: WaveRefused) -> list[tuple[str, str]]:
    """What was refused, field by field, in words."""
    said = {
        "missing": _("Vui lòng chọn ít nhất một kênh gửi."),
        "hour": _("Vui lòng nhập giờ từ 0 đến 23."),
        "limit": _("Vui lòng nhập số từ 1 đến 1.000.000."),
        "unknown": _("Vui lòng chọn một mục trong danh sách."),
        "shares": _("Vui lòng nhập từ 1 đến 31 số nguyên, mỗi số từ 1 đến 100, ví dụ: 5, 45, 50"),
        "sum": _("Tổng các tỷ lệ phải bằng 100."),
    }
    return [(field, said[fault]) for field, fault in error.faults.items()]
