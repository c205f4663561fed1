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
from surveyapp.documents.charts import curves, outline_map
from surveyapp.documents.charts.curves import TimeCurve
from surveyapp.documents.charts.outline_map import Area, OutlineMap
from surveyapp.exports.release import rehearsal
from surveyapp.exports.wording import rehearsal_warning
from surveyapp.fieldwork.counts import attention
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.reports import province_outlines
from surveyapp.fieldwork.reports.daily_report import concern_words
from surveyapp.i18n import _, _n, day, number, percent
from surveyapp.invitations import declarations
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import overview_data, selection
from surveyapp.web.centre.rates.overview_data import Overview
from surveyapp.web.centre.rates.selection import Registry, Selection
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name as name_of
from surveyapp.web.http.state import settings
from surveyapp.web.parts import rate_table
from surveyapp.web.parts.rate_table import changing_row, worst_first
from surveyapp.web.parts.table_cells import count_cell, day_cell

SHOWN = 10
"""Rows of a table that goes on elsewhere."""

RISING = 5


@bp.get("/")
@allow("operator", "viewer", "auditor")
def overview() -> str:
    """Headline figures, the curve, levels, groups, units worst first, the map, what needs attention."""
    now = clock.now()
    until = selection.past_day(request.args, today=clock.day(now))
    if not until:
        live.offer(now)
    rate_table.keep_counts_short()
    with reading() as db:
        shown = overview_data.read(db, now=now, until=until)
        warnings = [] if until else _warnings(db, now)
    return render_template(
        "centre/overview.html",
        until=until,
        today=clock.day(now),
        when=shown.when,
        day_before=shown.shown_day - timedelta(days=1),
        warnings=warnings,
        details_url=selection.address(Selection(until=until), "centre.rate_details"),
        concerns=_concerns(shown.concerns, shown.names),
        **_headlines(shown),
        **_pictures(shown),
        **_tables(shown),
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
    total = shown.total
    rows = shown.rows("supplying")
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


def _pictures(shown: Overview) -> dict[str, Any]:
    return {
        "curve": curves.figure(curve(shown), title=title_of_curve()),
        "curve_rows": _days(shown.points),
        "day_columns": _day_columns(),
        "map": _map(shown),
        "ends": day(clock.day(g.campaign.closes_at)),
    }


def _tables(shown: Overview) -> dict[str, Any]:
    provinces = worst_first(shown.rows("supplying", "province"))
    return {
        "columns": rate_table.changing_columns,
        "slim_columns": rate_table.slim_columns,
        "levels": [changing_row(row) for row in shown.levels()],
        "groups": [changing_row(row) for row in shown.rows("group")],
        "foot": changing_row(shown.total),
        "supplying": [changing_row(row) for row in worst_first(shown.rows("supplying"))[:SHOWN]],
        "ministries": [changing_row(row) for row in worst_first(shown.rows("rated", "ministry"))],
        "provinces": [rate_table.slim_row(row) for row in provinces],
    }


def title_of_curve() -> str:
    """What the curve is of."""
    return _("Phiếu đã nộp, cộng dồn theo ngày")


def title_of_map() -> str:
    """What the map is of."""
    return _("Tỷ lệ trả lời theo tỉnh, thành phố lập danh sách")


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
    note = province_outlines.disclaimer() + " " + _("Bảng bên cạnh có cùng số liệu.")
    words = province_outlines.band_words()
    return outline_map.figure(drawn, title=title_of_map(), words=words, note=note)


def province_map(shown: Overview) -> OutlineMap | None:
    """Supplying provinces by rate; None where no map fits or nothing is to be shown."""
    names = {
        unit.code: unit.name_vi for unit in shown.names.units.values() if unit.kind == "province"
    }
    own = province_outlines.own_map(settings().instance, g.campaign.code)
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
                "url": selection.address(
                    Selection(by="group", supplying=names.units[c.unit_id].code)
                ),
                "shown": _("%(done)s trên %(of)s", done=number(c.n), of=number(c.of)),
            }
            for c in concerns
            if c.kind == kind
        ]
        if units:
            grouped.append({"kind": kind, "heading": concern_words(kind), "units": units})
    return grouped
