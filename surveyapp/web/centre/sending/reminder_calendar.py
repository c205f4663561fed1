"""The calendar of the waves: what was sent and what is planned, day by day, beside holidays and the forecast."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import reading, transaction
from surveyapp.delivery import labels, queries
from surveyapp.delivery.models import Wave
from surveyapp.delivery.queries import WaveProgress
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import cautions, counting, planning, staggering
from surveyapp.delivery.waves.planning import WavePlan
from surveyapp.documents.charts import curves
from surveyapp.documents.charts.curves import Ahead, CurvePoint, TimeCurve
from surveyapp.fieldwork.counts import queries as counts
from surveyapp.fieldwork.forecast import series
from surveyapp.fieldwork.forecast.coming_answers import LEVEL
from surveyapp.fieldwork.forecast.projection import ExpectedAnswers, Forecast
from surveyapp.i18n import _, day, percent
from surveyapp.web.centre import bp
from surveyapp.web.centre.sending.waves import audience_words, mayact
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.state import keys
from surveyapp.web.parts.dates import read_day, read_moment, typed_moment
from surveyapp.web.parts.narrowed_list import narrowed

PLANNED_HERE = ("reminder_not_started", "reminder_begun", "last_day", "invitation")
"""Kinds of wave that are planned ahead; the first is proposed."""
HOUR = "08:00"
WEEK = timedelta(days=7)

Faults = list[tuple[str, str]]


@dataclass(frozen=True)
class CalendarDay:
    """One day of the time line with the waves of which a share begins on it."""

    day: date
    is_round: bool
    """Answers are taken on it."""
    is_today: bool
    is_holiday: bool
    is_weekend: bool
    waves: Sequence[Wave]


@bp.get("/messages/calendar")
@allow("operator", "viewer", "auditor")
def reminder_calendar() -> str:
    """Every wave on the time line; planned ones are added, moved and deleted here."""
    asked = read_day(request.args.get("day", ""))
    return _page({"starts_at": f"{HOUR} {asked:%d/%m/%Y}" if asked else ""}, errors=[])


@bp.post("/messages/calendar")
@allow("operator")
def plan_on_calendar() -> ResponseReturnValue:
    """Put a wave for everybody on the calendar, as a draft."""
    given = request.form.to_dict()
    starts_at = read_moment(given.get("starts_at", ""))
    if given.get("kind") not in PLANNED_HERE:
        return _page(given, errors=[("kind", _("Vui lòng chọn một mục trong danh sách."))]), 422
    if starts_at is None:
        return _page(given, errors=[("starts_at", _moment_wanted())]), 422
    plan = WavePlan(kind=given["kind"], starts_at=starts_at)
    with reading() as db:
        counted = planning.count(db, g.campaign, plan, keys=keys())
    with transaction() as db:
        wave = planning.plan_wave(db, g.campaign, plan, counted, act=act())
    flash(
        _("Đã đưa vào lịch dưới dạng bản thảo. Đến gần ngày, vui lòng xác nhận để gửi."), "success"
    )
    return _to_calendar(wave.id)


@bp.post("/messages/wave/<uuid:wave_id>/move")
@allow("operator")
def move_wave(wave_id: UUID) -> ResponseReturnValue:
    """Let a wave begin at another moment; what was confirmed has to be confirmed anew."""
    field = f"starts_at-{wave_id}"
    typed = request.form.get(field, "")
    starts_at = read_moment(typed)
    if starts_at is None:
        return _page({field: typed}, errors=[(field, _moment_wanted())]), 422
    with reading() as db:
        counted = planning.count_moved(db, g.campaign, wave_id, starts_at, keys=keys())
    with transaction() as db:
        planning.move(db, g.campaign, wave_id, starts_at, counted, act=act())
    flash(_("Đã dời đợt gửi. Đợt gửi là bản thảo cho đến khi được xác nhận."), "success")
    return _to_calendar(wave_id)


def _moment_wanted() -> str:
    return _("Vui lòng ghi giờ và ngày, ví dụ 08:00 15/01/2024.")


def _to_calendar(wave_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("centre.reminder_calendar", _anchor=f"wave-{wave_id}"), code=303)


def _page(given: dict[str, str], *, errors: Faults) -> str:
    now = clock.now()
    with reading() as db:
        waves = queries.waves_of(db, g.campaign.id)
        confirmed = series.foresee(db, g.campaign, now=now)
        has_drafts = any(_is_draft_ahead(one.wave, now) for one in waves)
        planned = series.foresee_planned(db, g.campaign, now=now) if has_drafts else confirmed
        points = counts.curve(db, g.campaign.id, until=confirmed.until)
    in_order = sorted(waves, key=lambda one: one.wave.starts_at)
    return render_template(
        "centre/reminder_calendar.html",
        given=given,
        errors=errors,
        say=labels,
        may_act=mayact(),
        weeks=weeks([one.wave for one in waves], today=clock.day(now)),
        holidays=[each for each in sorted(g.campaign.holidays) if _in_round(each)],
        coming=narrowed(
            [_agenda(one, now) for one in in_order if planning.is_movable(one.wave)],
            words=lambda one: labels.kind_name(one["wave"].kind),
            filters={"kind": lambda one, kind: one["wave"].kind == kind},
            per_page=10,
        ),
        gone=[one for one in reversed(in_order) if not planning.is_movable(one.wave)],
        crowded=cautions.crowded(
            [one.wave for one in waves], least_days=g.campaign.least_days_between_messages
        ),
        kinds=[(kind, labels.kind_name(kind)) for kind in PLANNED_HERE],
        last_day=day(clock.day(g.campaign.closes_at - timedelta(seconds=1))),
        expected=_expected(confirmed, planned) if confirmed.is_founded else None,
        curve=_curve(planned, points),
        until=day(confirmed.until),
        level=percent(LEVEL, 0),
    )


def weeks(waves: Sequence[Wave], *, today: date) -> list[list[CalendarDay]]:
    """The weeks of the round from Monday to Sunday, with those in which a wave lies outside it."""
    on: dict[date, list[Wave]] = defaultdict(list)
    for wave in sorted(waves, key=lambda one: one.starts_at):
        if wave.state != WaveState.STOPPED:
            for begins in dict.fromkeys(clock.day(each) for each, _share in staggering.plan(wave)):
                on[begins].append(wave)
    opens, closes = _round()
    far = [each for each in on if opens - WEEK * 4 <= each <= closes + WEEK * 4]
    first, last = min([opens, *far]), max([closes, *far])
    first -= timedelta(days=first.weekday())
    shown = []
    while first <= last:
        shown.append([_day(first + timedelta(days=n), on, today) for n in range(7)])
        first += WEEK
    return shown


def _day(each: date, on: dict[date, list[Wave]], today: date) -> CalendarDay:
    return CalendarDay(
        each,
        is_round=_in_round(each),
        is_today=each == today,
        is_holiday=each in g.campaign.holidays,
        is_weekend=each.weekday() >= 5,
        waves=on.get(each, ()),
    )


def _round() -> tuple[date, date]:
    closes = clock.day(g.campaign.closes_at - timedelta(seconds=1))
    return clock.day(g.campaign.opens_at), closes


def _in_round(each: date) -> bool:
    opens, closes = _round()
    return opens <= each <= closes


def _is_draft_ahead(wave: Wave, now: datetime) -> bool:
    return wave.state == WaveState.DRAFT and wave.starts_at > now


def _agenda(one: WaveProgress, now: datetime) -> dict[str, Any]:
    """A wave that has not begun, with what is to be said against its moment."""
    wave = one.wave
    warned = cautions.cautions(wave, g.campaign, counting.kept(wave), now=now)
    return {
        "wave": wave,
        "is_draft": wave.state == WaveState.DRAFT,
        "audience": audience_words(wave.audience),
        "typed": typed_moment(wave.starts_at),
        "cautions": [labels.caution(each) for each in warned],
    }


def _expected(confirmed: Forecast, planned: Forecast) -> list[tuple[str, ExpectedAnswers | None]]:
    return [
        (_("Theo các đợt đã xác nhận"), confirmed.of()),
        (_("Nếu gửi cả các bản thảo trên lịch"), planned.of()),
    ]


def _curve(foreseen: Forecast, points: Sequence[counts.DayFigures]) -> str:
    whole, (opens, closes) = foreseen.of(), _round()
    answered = [CurvePoint(p.day, p.counts.submitted) for p in points if p.day >= opens]
    if not answered or whole is None:
        return ""
    reminded = [each for each in foreseen.reminders if opens <= each <= closes]
    ends = max(closes, answered[-1].day)
    ahead = Ahead(whole.path, whole.low, whole.high)
    curve = TimeCurve(answered, starts=opens, ends=ends, ahead=ahead, marks=reminded)
    return curves.figure(curve, title=_("Phiếu đã nộp, dự báo và các ngày nhắc"))
