"""The centre's first page: where the campaign stands this morning (or stood on a past day), and what needs attention."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import g, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.delivery import labels
from surveyapp.delivery.health import worker_watch
from surveyapp.documents.charts import bars, curves, outline_map
from surveyapp.documents.charts.bars import Part
from surveyapp.documents.charts.curves import TimeCurve
from surveyapp.documents.charts.outline_map import Area, OutlineMap
from surveyapp.exports.labels import rehearsal_warning
from surveyapp.exports.release import rehearsal
from surveyapp.fieldwork.counts import attention, briefing
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.forecast.coming_answers import LEVEL
from surveyapp.fieldwork.labels import reason_words
from surveyapp.fieldwork.reports import province_outlines
from surveyapp.fieldwork.reports.daily_report import concern_words
from surveyapp.i18n import _, _n, day, number, percent
from surveyapp.invitations import declarations
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import next_steps, overview_data, selection
from surveyapp.web.centre.rates.next_steps import Advice, Adviser
from surveyapp.web.centre.rates.overview_data import Overview
from surveyapp.web.centre.rates.selection import Registry, Selection
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name as name_of
from surveyapp.web.http.state import store
from surveyapp.web.parts import rate_table
from surveyapp.web.parts.table_rows import count_cell, day_cell

BEHIND = 5
"""Units, and groups, that the briefing names."""


@bp.get("/")
@allow("operator", "viewer", "auditor")
def overview() -> str:
    """Deadline, pace, why forms are missing, where most of them, what to do next; then curve, map, attention."""
    now = clock.now()
    until = selection.past_day(request.args, today=clock.day(now))
    if not until:
        live.offer(now)
    rate_table.keep_counts_short()
    with reading() as db:
        shown = overview_data.read(db, now=now, until=until)
        warnings = [] if until else _warnings(db, now)
        adviser = next_steps.adviser(db, now)
    return render_template(
        "centre/overview.html",
        until=until,
        today=clock.day(now),
        when=shown.when,
        day_before=shown.shown_day - timedelta(days=1),
        warnings=warnings,
        details_url=selection.address(Selection(until=until), "centre.rate_details"),
        concerns=_concerns(shown.concerns, shown.names),
        behind=_behind(shown, adviser),
        may_act="operator" in g.actor.roles_in(g.campaign.code),
        **_headlines(shown),
        **_pictures(shown),
    )


def _warnings(db: Session, now: datetime) -> list[tuple[str, str, str]]:
    """What is out of order today: the words, and the address and words of the page that tells more."""
    said = []
    if rehearsed := rehearsal_warning(rehearsal.status(db, g.campaign, now=now)):
        page = url_for("centre.releases", _anchor="rehearsal")
        said.append((rehearsed, page, _("Xem lần diễn tập")))
    for one in worker_watch.troubles(db, g.campaign.id, now=now):
        page = url_for("centre.one_wave", wave_id=one.wave_id)
        said.append((labels.trouble(one), page, _("Xem đợt gửi")))
    if told := declarations.count_waiting(db, g.campaign.id):
        words = _n(
            "%(n)s điều người được mời báo lại đang chờ xử lý.",
            "%(n)s điều người được mời báo lại đang chờ xử lý.",
            told,
        )
        said.append((words, url_for("centre.declarations"), _("Xem ai báo gì")))
    page = url_for("centre.channels")
    channels = worker_watch.channel_troubles(db, now=now)
    return said + [(labels.trouble(one), page, _("Xem các kênh gửi")) for one in channels]


def _headlines(shown: Overview) -> dict[str, Any]:
    total, rise = shown.total, shown.total.rise
    closes = g.campaign.closes_at
    return {
        "total": total.figures,
        "gained": total.gained,
        "lacking": total.lacking,
        "rise": None if rise is None else rate_table.signed(rise * 100),
        "begun": total.since.begun if total.since else 0,
        "pace": shown.pace(),
        "days_left": (clock.day(closes) - shown.shown_day).days,
        "closes": closes,
        "reasons": reasons_bar(total.figures),
    }


def reasons_bar(total: Figures | None) -> Markup | None:
    """Why forms of invited people are missing, as one bar; None where nobody is invited."""
    if total is None or not total.counts.invited:
        return None
    counted = briefing.reasons(total.counts)
    parts = [Part(name, words, counted[name]) for name, words in reason_words() if counted[name]]
    left = total.counts.invited - total.counts.submitted
    return bars.parts_of_whole(parts, title=_("Vì sao còn thiếu: %(n)s phiếu", n=number(left)))


def _behind(shown: Overview, adviser: Adviser) -> list[dict[str, Any]]:
    """The units and groups with the most forms missing, each with what to do next."""
    headings = (("supplying", _("Đơn vị còn thiếu nhiều nhất")), ("group", _("Nhóm còn thiếu nhiều nhất")))  # fmt: skip
    behind = []
    for dimension, heading in headings:
        things, rows = shown.names.of(dimension), shown.figures[dimension]
        lines = []
        for id_ in briefing.furthest_behind(rows, most=BEHIND):
            thing = things[id_]
            is_unit = dimension == "supplying"
            code = {"unit": thing.code} if is_unit else {"group": thing.code}
            lines.append(_line(thing, rows[id_], adviser.advise(rows[id_], **code), code))
        behind.append({"heading": heading, "lines": lines, "all": dimension})
    return behind


def _line(thing: Any, figures: Figures, advice: Advice, code: dict[str, str]) -> dict[str, Any]:
    unit = code.get("unit")
    page = (
        url_for("centre.one_unit", code=unit)
        if unit
        else selection.address(Selection(by="supplying", group=thing.code))
    )
    return {
        "name": name_of(thing) if unit else f"{thing.code}. {name_of(thing)}",
        "url": page,
        "missing": briefing.missing(figures),
        "rate": percent(figures.rate),
        "advice": advice,
    }


def _pictures(shown: Overview) -> dict[str, Any]:
    return {
        "curve": curves.figure(curve(shown), title=title_of_curve()),
        "curve_legend": curve_legend(),
        "curve_rows": _days(shown.points),
        "day_columns": _day_columns(),
        "map": _map(shown),
        "ends": day(clock.day(g.campaign.closes_at)),
    }


def title_of_curve() -> str:
    """What the curve is of."""
    return _("Phiếu đã nộp, cộng dồn theo ngày")


def title_of_map() -> str:
    """What the map is of."""
    return _("Tỷ lệ trả lời theo tỉnh, thành phố lập danh sách")


def curve_legend() -> str:
    """How to read the curve: what each line is, what the band means, and on what the forecast stands."""
    return _(
        "Nét liền: đã nộp. Nét đứt: dự báo, nếu không nhắc thêm ngoài các đợt đã xác nhận. Vùng tô: khoảng"
        " mà kết quả cuối đợt rơi vào với xác suất %(level)s. Nét chấm ngang: kế hoạch.",
        level=percent(LEVEL, 0),
    )


def curve(shown: Overview) -> TimeCurve:
    """Submitted forms by day, the plan and the forecast."""
    opens, closes = clock.day(g.campaign.opens_at), clock.day(g.campaign.closes_at)
    submitted = shown.submitted()
    return TimeCurve(
        submitted,
        starts=opens,
        ends=max(closes, submitted[-1].day if submitted else closes),
        target=shown.total.figures.planned if shown.total.figures else None,
        target_label=_("Kế hoạch"),
        ahead=shown.ahead(),
    )


def _day_columns() -> list[dict[str, Any]]:
    return [{"label": _("Hết ngày")}, *({"label": label, "number": True} for label in day_labels())]


def day_labels() -> tuple[str, ...]:
    """The counts of the table by day."""
    return _("Nộp trong ngày"), _("Đã nộp"), _("Đã bắt đầu"), _("Đã gửi lời mời")


def _days(points: Sequence[DayFigures]) -> list[dict[str, Any]]:
    """The curve as a table, the latest day first."""
    rows = []
    earlier = 0
    for point in points:
        counts = point.counts
        numbers = (counts.submitted - earlier, counts.submitted, counts.begun, counts.sent)
        rows.append({"cells": (day_cell(point.day), *map(count_cell, numbers))})
        earlier = counts.submitted
    return rows[::-1]


def _map(shown: Overview) -> Markup | None:
    drawn = province_map(shown)
    if drawn is None:
        return None
    note = province_outlines.disclaimer()
    words = province_outlines.band_words(drawn.bounds)
    return outline_map.figure(drawn, title=title_of_map(), words=words, note=note)


def province_map(shown: Overview) -> OutlineMap | None:
    """Supplying provinces by rate; None where no map fits or nothing is to be shown."""
    names = {
        unit.code: unit.name_vi for unit in shown.names.units.values() if unit.kind == "province"
    }
    own = province_outlines.own_map(store(), g.campaign.code)
    outlines = province_outlines.outlines_for(names, own=own)
    areas = {
        row.code: Area(row.figures.rate, _told(row.name, row.figures))
        for row in shown.rows("supplying", "province")
        if row.figures is not None
    }
    return OutlineMap(outlines, areas) if outlines and areas else None


def _told(name: str, figures: Figures) -> str:
    return f"{name}: {percent(figures.rate)} ({out_of(figures)})"


def out_of(row: Figures) -> str:
    """Submitted of those who may be eligible, in words."""
    return _(
        "%(done)s trên %(of)s",
        done=number(row.counts.submitted),
        of=number(row.counts.maybe_eligible),
    )


def _concerns(concerns: Sequence[attention.UnitConcern], names: Registry) -> list[dict[str, Any]]:
    """Grouped by what is the matter, each unit with a link to its figures."""
    grouped = []
    for kind in attention.KINDS:
        units = [
            {
                "name": name_of(names.units[c.unit_id]),
                "url": url_for("centre.one_unit", code=names.units[c.unit_id].code),
                "shown": _("%(done)s trên %(of)s", done=number(c.n), of=number(c.of)),
            }
            for c in concerns
            if c.kind == kind
        ]
        if units:
            grouped.append({"kind": kind, "heading": concern_words(kind), "units": units})
    return grouped
