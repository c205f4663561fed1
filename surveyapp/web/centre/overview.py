"""The centre's first page: where the campaign stands this morning, and what needs attention."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import g, render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.fieldwork import attention, queries, snapshots
from surveyapp.fieldwork.models import SnapshotDay
from surveyapp.fieldwork.queries import DayFigures, Figures
from surveyapp.fieldwork.rules import Counts
from surveyapp.i18n import _, day, moment, number
from surveyapp.invitations.delivery import watch, wording
from surveyapp.web import charts, provincemap, ratetable
from surveyapp.web.access import allow
from surveyapp.web.centre import bp
from surveyapp.web.centre import selection as parts
from surveyapp.web.centre.selection import LEVELS, Registry, Selection
from surveyapp.web.frame import unit_name as name_of
from surveyapp.web.ratetable import Row
from surveyapp.web.state import settings

SHOWN = 10
"""Rows of a table that goes on elsewhere."""


@bp.get("/")
@allow("operator", "viewer", "auditor")
def overview() -> str:
    """Headline figures, the curve, levels, groups, units worst first, the map, what needs attention."""
    now = clock.now()
    today = clock.day(now)
    ratetable.keep_counts_short()
    with reading() as db:
        names = parts.registry(db, g.campaign.id)
        by_group = _by(db, "group")
        by_supplying = _by(db, "supplying")
        by_rated = _by(db, "rated")
        before = queries.counted(db, g.campaign.id, by=(), until=today - timedelta(days=1))
        concerns = attention.concerns(db, g.campaign.id, by_supplying, today=today)
        troubles = watch.troubles(db, g.campaign.id, now=now)
        points = queries.curve(db, g.campaign.id)
        kept = snapshots.last_forecast(db, g.campaign.id)
    total = queries.total(by_group.values())
    yesterday = before.get((), Counts())
    return render_template(
        "centre/overview.html",
        total=total,
        gained=total.counts.submitted - yesterday.submitted,
        when=moment(now),
        curve=_curve(points, total, today, kept),
        curve_rows=_days(points),
        columns=ratetable.columns,
        slim_columns=ratetable.slim_columns,
        day_columns=_day_columns(),
        levels=[ratetable.table_row(row) for row in _levels(by_group, names)],
        groups=[ratetable.table_row(row) for row in _rows("group", by_group, names)],
        foot=ratetable.table_row(Row("", _("Cộng"), total)),
        supplying=_worst("supplying", by_supplying, names),
        ministries=_worst("rated", by_rated, names, kind="ministry"),
        shown=SHOWN,
        map=_map(by_supplying, names),
        provinces=_worst("supplying", by_supplying, names, kind="province", slim=True),
        concerns=_concerns(concerns, names),
        troubles=[(wording.trouble(one), one.wave_id) for one in troubles],
        details_url=url_for("centre.rate_details"),
    )


def _by(db: Session, dimension: str) -> dict[int, Figures]:
    found = queries.figures(db, g.campaign.id, by=(dimension,))
    return {key[0]: row for key, row in found.items()}


def _levels(by_group: Mapping[int, Figures], names: Registry) -> list[Row]:
    rows = []
    for level in LEVELS:
        of_level = [
            row
            for id_, row in by_group.items()
            if id_ in names.groups and names.groups[id_].level == level
        ]
        if of_level:
            url = parts.address(Selection(level=level))
            rows.append(Row(level, parts.level_name(level), queries.total(of_level), url))
    return rows


def _rows(dimension: str, found: Mapping[int, Figures], names: Registry) -> list[Row]:
    """Every unit or group with something to show, in the registry's order."""
    return [
        Row(
            thing.code,
            f"{thing.code}. {name_of(thing)}" if dimension == "group" else name_of(thing),
            found[id_],
            parts.address(Selection().into(dimension, thing.code)),
        )
        for id_, thing in names.of(dimension).items()
        if id_ in found
    ]


def _worst(
    dimension: str,
    found: Mapping[int, Figures],
    names: Registry,
    *,
    kind: str = "",
    slim: bool = False,
) -> list[dict[str, Any]]:
    of_kind = {
        id_: row
        for id_, row in found.items()
        if id_ in names.units and kind in ("", names.units[id_].kind)
    }
    rows = ratetable.worst_first(_rows(dimension, of_kind, names))
    if slim:
        return [ratetable.slim_row(row) for row in rows]
    return [ratetable.table_row(row) for row in rows[:SHOWN]]


def _curve(
    points: list[DayFigures], total: Figures, today: date, kept: SnapshotDay | None
) -> Markup:
    opens, closes = clock.day(g.campaign.opens_at), clock.day(g.campaign.closes_at)
    submitted = [charts.CurvePoint(p.day, p.counts.submitted) for p in points if p.day >= opens]
    if not submitted and today >= opens:
        submitted = [charts.CurvePoint(min(today, closes), total.counts.submitted)]
    return charts.time_curve(
        submitted,
        title=_("Phiếu đã nộp, cộng dồn theo ngày"),
        starts=opens,
        ends=max(closes, submitted[-1].day if submitted else closes),
        target=total.planned,
        target_label=_("Kế hoạch"),
        ahead=_ahead(points, kept) if kept is not None and kept.day < today < closes else None,
    )


def _ahead(points: list[DayFigures], kept: SnapshotDay) -> charts.Ahead | None:
    """The forecast of the last night: made then, because it takes longer than this page may.

    It foretells answered forms; what was submitted beside them is taken to stay as much.
    """
    then = [point.counts for point in points if point.day <= kept.day]
    if not then or kept.low is None or kept.high is None:
        return None
    beside = then[-1].submitted - then[-1].answered
    path = [(each, n + beside) for each, n in snapshots.path(kept)]
    return charts.Ahead(path, kept.low + beside, kept.high + beside)


def _day_columns() -> list[dict[str, Any]]:
    counts = (_("Nộp trong ngày"), _("Đã nộp"), _("Đã bắt đầu"), _("Đã gửi lời mời"))
    return [{"label": _("Hết ngày")}, *({"label": label, "number": True} for label in counts)]


def _days(points: list[DayFigures]) -> list[dict[str, Any]]:
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
                    {"shown": number(point.counts.started), "value": point.counts.started},
                    {"shown": number(point.counts.sent), "value": point.counts.sent},
                )
            }
        )
        earlier = submitted
    return rows[::-1]


def _map(found: Mapping[int, Figures], names: Registry) -> Markup | None:
    provinces = {
        unit.code: provincemap.Province(unit.code, name_of(unit), row.rates.rr2, _out_of(row))
        for id_, row in found.items()
        if (unit := names.units.get(id_)) is not None and unit.kind == "province"
    }
    own = settings().instance / "maps" / f"{g.campaign.code}.svg"
    in_vietnamese = {u.code: u.name_vi for u in names.units.values() if u.kind == "province"}
    shapes = provincemap.shapes_for(in_vietnamese, own=own)
    if shapes is None or not provinces:
        return None
    title = _("Tỷ lệ trả lời theo tỉnh, thành phố lập danh sách")
    return provincemap.province_map(shapes, provinces, title=title)


def _out_of(row: Figures) -> str:
    return _(
        "%(done)s trên %(of)s",
        done=number(row.counts.answered),
        of=number(row.counts.maybe_eligible),
    )


def _concerns(found: list[attention.Concern], names: Registry) -> list[dict[str, Any]]:
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
