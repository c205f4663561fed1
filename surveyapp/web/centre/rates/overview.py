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
from surveyapp.exports.release import rehearsal
from surveyapp.exports.wording import rehearsal_warning
from surveyapp.fieldwork.counts import attention
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.reports import province_outlines
from surveyapp.i18n import _, _n, day, number
from surveyapp.invitations import declarations
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import overview_data
from surveyapp.web.centre.rates import selection as parts
from surveyapp.web.centre.rates.overview_data import Standing
from surveyapp.web.centre.rates.selection import Registry, Selection
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name as name_of
from surveyapp.web.http.state import settings
from surveyapp.web.parts import charts, province_map, rate_table
from surveyapp.web.parts.rate_table import changing_row, worst_first

SHOWN = 10
"""Rows of a table that goes on elsewhere."""

RISING = 5


@bp.get("/")
@allow("operator", "viewer", "auditor")
def overview() -> str:
    """Headline figures, the curve, levels, groups, units worst first, the map, what needs attention."""
    now = clock.now()
    until = parts.past_day(request.args, today=clock.day(now))
    if not until:
        live.offer(now)
    rate_table.keep_counts_short()
    with reading() as db:
        found = overview_data.read(db, now=now, until=until)
        warnings = [] if until else _warnings(db, now)
    return render_template(
        "centre/overview.html",
        until=until,
        today=clock.day(now),
        when=found.when,
        day_before=found.shown_day - timedelta(days=1),
        warnings=warnings,
        details_url=parts.address(Selection(until=until), "centre.rate_details"),
        concerns=_concerns(found.concerns, found.names),
        **_headlines(found),
        **_pictures(found),
        **_tables(found),
    )


def _warnings(db: Session, now: datetime) -> list[tuple[str, str, str]]:
    """What is out of order today: the words, and the address and words of the page that tells more."""
    said = []
    if rehearsed := rehearsal_warning(rehearsal.standing(db, g.campaign, now=now)):
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


def _headlines(found: Standing) -> dict[str, Any]:
    total = found.total
    rows = found.rows("supplying")
    rising = sorted((row for row in rows if row.gained > 0), key=lambda row: -row.gained)
    still = [row for row in rows if row.gained <= 0 and row.figures and row.figures.counts.sent]
    rise = total.rise
    return {
        "total": total.figures,
        "gained": total.gained,
        "lacking": total.lacking,
        "rise": None if rise is None else rate_table.signed(rise * 100),
        "begun": total.since.begun if total.since else 0,
        "rising": [(row.name, row.url, row.gained) for row in rising[:RISING]],
        "risen": len(rising),
        "still": [(row.name, row.url) for row in still],
    }


def _pictures(found: Standing) -> dict[str, Any]:
    return {
        "curve": _curve(found),
        "curve_rows": _days(found.points),
        "day_columns": _day_columns(),
        "map": _map(found),
        "ends": day(clock.day(g.campaign.closes_at)),
    }


def _tables(found: Standing) -> dict[str, Any]:
    provinces = worst_first(found.rows("supplying", "province"))
    return {
        "columns": rate_table.changing_columns,
        "slim_columns": rate_table.slim_columns,
        "levels": [changing_row(row) for row in found.levels()],
        "groups": [changing_row(row) for row in found.rows("group")],
        "foot": changing_row(found.total),
        "supplying": [changing_row(row) for row in worst_first(found.rows("supplying"))[:SHOWN]],
        "ministries": [changing_row(row) for row in worst_first(found.rows("rated", "ministry"))],
        "provinces": [rate_table.slim_row(row) for row in provinces],
    }


def title_of_curve() -> str:
    """What the curve is of."""
    return _("Phiếu đã nộp, cộng dồn theo ngày")


def title_of_map() -> str:
    """What the map is of."""
    return _("Tỷ lệ trả lời theo tỉnh, thành phố lập danh sách")


def _curve(found: Standing) -> Markup:
    opens, closes = clock.day(g.campaign.opens_at), clock.day(g.campaign.closes_at)
    submitted = found.submitted()
    return charts.time_curve(
        submitted,
        title=title_of_curve(),
        starts=opens,
        ends=max(closes, submitted[-1].day if submitted else closes),
        target=found.total.figures.planned if found.total.figures else None,
        target_label=_("Kế hoạch"),
        ahead=found.ahead(),
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
        submitted = point.counts.submitted
        gained = submitted - earlier
        rows.append(
            {
                "cells": (
                    {"shown": day(point.day), "value": point.day.toordinal()},
                    {"shown": number(gained), "value": gained},
                    {"shown": number(submitted), "value": submitted},
                    {"shown": number(point.counts.begun), "value": point.counts.begun},
                    {"shown": number(point.counts.sent), "value": point.counts.sent},
                )
            }
        )
        earlier = submitted
    return rows[::-1]


def _map(found: Standing) -> Markup | None:
    provinces = {
        row.code: province_map.Province(row.code, row.name, row.figures.rate, out_of(row.figures))
        for row in found.rows("supplying", "province")
        if row.figures is not None
    }
    drawn = province_outlines.shapes_for(vietnamese_names(found.names), own=own_map())
    if drawn is None or not provinces:
        return None
    return province_map.province_map(drawn, provinces, title=title_of_map())


def vietnamese_names(names: Registry) -> dict[str, str]:
    """The provinces' names by code as maps have them."""
    return {unit.code: unit.name_vi for unit in names.units.values() if unit.kind == "province"}


def own_map() -> Any:
    """Where the operators' own map of the campaign would be."""
    return province_outlines.own_map(settings().instance, g.campaign.code)


def out_of(row: Figures) -> str:
    """Submitted of those who may be eligible, in words."""
    return _(
        "%(done)s trên %(of)s",
        done=number(row.counts.submitted),
        of=number(row.counts.maybe_eligible),
    )


def _concerns(found: Sequence[attention.Concern], names: Registry) -> list[dict[str, Any]]:
    """Grouped by what is the matter, each unit with a link to its figures."""
    words = {
        "quiet": _("Ba ngày qua không có ai bắt đầu trả lời"),
        "bounced": _("Hơn 5 phần trăm lời mời bị trả lại"),
        "short": _("Danh sách đã duyệt thiếu hơn một phần mười so với kế hoạch"),
    }
    grouped = []
    for kind, heading in words.items():
        units = [
            {
                "name": name_of(names.units[c.unit_id]),
                "url": parts.address(Selection(by="group", supplying=names.units[c.unit_id].code)),
                "shown": _("%(done)s trên %(of)s", done=number(c.n), of=number(c.of)),
            }
            for c in found
            if c.kind == kind
        ]
        if units:
            grouped.append({"kind": kind, "heading": heading, "units": units})
    return grouped
