"""The forecast: where each unit × group will stand on the last day, and what one more reminder brings."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.documents import tables
from surveyapp.documents.charts import curves
from surveyapp.documents.charts.curves import Ahead, CurvePoint, TimeCurve
from surveyapp.documents.tables import Column
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.queries import DayFigures
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.forecast import series
from surveyapp.fieldwork.forecast.coming_answers import LEVEL, ExpectedDay
from surveyapp.fieldwork.forecast.projection import ExpectedAnswers, Forecast
from surveyapp.i18n import _, day, locale, number, percent
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import selection
from surveyapp.web.centre.rates.selection import Registry
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name as name_of
from surveyapp.web.parts.narrowed_list import narrowed
from surveyapp.web.parts.table_rows import count_cell, share_cell, sorted_by

TARGETS = (50, 60, 70, 80, 90, 95)
TARGET = 80
"""Per cent answered that a page asks about unless told otherwise."""


@bp.get("/forecast")
@allow("operator", "viewer", "auditor")
def forecast() -> str:
    """Headline, curve with its band, and a table: groups, units, or one unit's groups."""
    group, unit, target = _asked()
    seen = course()
    foreseen, names, whole = seen.foreseen, seen.names, seen.whole
    asked = {"group": group, "supplying": unit, "target": "" if target == TARGET else str(target)}
    listed = narrowed(
        _lines(foreseen, names, group, unit, target),
        words=lambda line: line[0],
        cells=lambda line: _row(*line, target, foreseen)["cells"],
        kept={name: value for name, value in asked.items() if value},
    )
    columns = _columns(by_unit=bool(group))
    return render_template(
        "centre/forecast.html",
        whole=whole,
        founded=foreseen.is_founded,
        gain=_gain(whole, foreseen) if whole else "",
        gain_words=_gain_words(whole, foreseen) if whole else "",
        level=percent(LEVEL, 0),
        until=day(foreseen.until),
        target=target,
        targets=TARGETS,
        reaches=_reached(whole, target) if whole else "",
        curve=curves.figure(seen.curve(), title=_("Phiếu đã nộp và dự báo đến cuối đợt")),
        notes=seen.notes()[1:],
        day_columns=[
            {"label": _("Hết ngày")},
            *(
                {"label": label, "number": True}
                for label in (_("Đã nộp"), _("Dự báo"), _("Thấp"), _("Cao"))
            ),
        ],
        day_rows=_day_rows(seen),
        given={"group": group or None, "supplying": unit or None},
        listed=listed,
        columns=listed.headings(columns) if listed.is_long else columns,
        rows=[_row(*line, target, foreseen) for line in listed.rows],
        chosen=_chosen(names, group, unit),
        group=group,
        unit=unit,
    )


@dataclass(frozen=True)
class ForecastCourse:
    """What came and what is expected of the part that the address asks for."""

    foreseen: Forecast
    names: Registry
    whole: ExpectedAnswers | None
    points: list[DayFigures]
    part: str
    """What the part is called; empty for the whole campaign."""
    days: list[ExpectedDay]
    """What is expected at the end of each coming day."""

    @property
    def until(self) -> date:
        """The last day whose answers are known to the forecast."""
        return self.foreseen.until

    @property
    def title(self) -> str:
        """What the curve is of."""
        words = _("Phiếu đã nộp và dự báo đến cuối đợt")
        return f"{words} – {self.part}" if self.part else words

    def curve(self) -> TimeCurve:
        """Answered forms since the opening, and the way on."""
        opens, closes = clock.day(g.campaign.opens_at), clock.day(g.campaign.closes_at)
        answered = [CurvePoint(p.day, p.counts.submitted) for p in self.points if p.day >= opens]
        ends = max(closes, answered[-1].day if answered else closes)
        whole = self.whole
        ahead = Ahead(whole.path, whole.low, whole.high) if whole else None
        return TimeCurve(answered, starts=opens, ends=ends, ahead=ahead)

    def notes(self) -> list[str]:
        """The campaign, the date and the denominator."""
        forms = number(self.whole.forms) if self.whole else "–"
        return [
            g.campaign.title_en if locale() == "en" else g.campaign.title_vi,
            _("Từ số liệu đến hết ngày %(day)s", day=day(self.until)),
            _("Mẫu số: %(forms)s phiếu của người được mời.", forms=forms),
            _("Vùng tô: khoảng chứa kết quả với xác suất %(level)s.", level=percent(LEVEL, 0)),
        ]


def course() -> ForecastCourse:
    """The course of the part that the address asks for."""
    group, unit, _target = _asked()
    with reading() as db:
        names = selection.registry(db, g.campaign.id)
        foreseen = series.foresee(db, g.campaign, now=clock.now())
        where = _where(names, group, unit)
        points = queries.curve(db, g.campaign.id, where=where, until=foreseen.until)
    chosen = "; ".join(which for _what, which, _url in _chosen(names, group, unit))
    keys = _keys(foreseen, where)
    days = foreseen.by_day(keys)
    return ForecastCourse(foreseen, names, foreseen.of(keys), points, chosen, days)


@bp.get("/forecast/table.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def forecast_file(format: str) -> ResponseReturnValue:
    """Every supplying unit × group with its forecast, as a file."""
    with reading() as db:
        names = selection.registry(db, g.campaign.id)
        foreseen = series.foresee(db, g.campaign, now=clock.now())
    columns = [
        Column(_("Mã đơn vị")),
        Column(_("Đơn vị lập danh sách")),
        Column(_("Nhóm")),
        Column(_("Số phiếu"), "count"),
        Column(_("Đã nộp"), "count"),
        Column(_("Dự báo tỷ lệ cuối đợt"), "share"),
        Column(_("Thấp"), "share"),
        Column(_("Cao"), "share"),
        Column(_("Thêm nếu nhắc một lần nữa"), "count"),
    ]
    lines = []
    for key in foreseen.keys():  # noqa: SIM118  not a mapping
        expected, unit = foreseen.cell(key), names.units[key[0]]
        if expected is None or expected.bounds is None:
            continue
        code = names.groups[key[1]].code
        gain = round(expected.reminder, 1)
        counts = (expected.forms, expected.so_far, expected.rate, *expected.bounds, gain)
        lines.append([unit.code, name_of(unit), code, *counts])
    content = tables.write(
        format,
        columns,
        lines,
        title=_("Dự báo tỷ lệ trả lời"),
        notes=(g.campaign.title_vi, _("Từ số liệu đến hết ngày %(day)s", day=day(foreseen.until))),
    )
    name = f"du-bao-{g.campaign.code}-{foreseen.until}.{format}"
    return content, {
        "Content-Type": tables.MEDIA[format],
        "Content-Disposition": f"attachment; filename={name}",
    }


def _day_rows(seen: ForecastCourse) -> list[dict[str, Any]]:
    """The curve as a table, the last day first."""
    came = {point.day: point.counts.submitted for point in seen.points}
    expected = {each.day: each for each in seen.days}

    def told(each: date) -> tuple[str, ...]:
        if each not in expected:
            return ("–",) * 3
        ahead = expected[each]
        return tuple(number(round(n)) for n in (ahead.expected, ahead.low, ahead.high))

    return [
        {
            "cells": (
                day(each),
                number(came[each]) if each in came else "–",
                *told(each),
            )
        }
        for each in sorted({*came, *expected}, reverse=True)
    ]


def _asked() -> tuple[str, str, int]:
    group, unit = request.args.get("group", "")[:40], request.args.get("supplying", "")[:40]
    target = request.args.get("target", "")
    return group, unit, int(target) if target in {str(t) for t in TARGETS} else TARGET


def _where(names: Registry, group: str, unit: str) -> Scope:
    groups = frozenset(each.id for each in names.groups.values() if each.code == group)
    units = [each.id for each in names.units.values() if each.code == unit]
    return Scope(groups=groups if group else None, supplying=(units or [-1])[0] if unit else None)


def _keys(foreseen: Forecast, where: Scope) -> list[tuple[int, int]]:
    return [
        (unit, group)
        for unit, group in foreseen.keys()  # noqa: SIM118  not a mapping
        if (where.groups is None or group in where.groups) and where.supplying in (None, unit)
    ]


Line = tuple[str, str | None, ExpectedAnswers | None]


def _lines(foreseen: Forecast, names: Registry, group: str, unit: str, target: int) -> list[Line]:
    """Rows worst first: of a group its units, of a unit its groups, else the groups."""
    things: Any = names.units if group and not unit else names.groups
    lines: list[Line] = []
    for thing in things.values():
        is_unit = things is names.units
        where = _where(names, group if is_unit else thing.code, thing.code if is_unit else unit)
        keys = _keys(foreseen, where)
        if not keys or (group and not is_unit and thing.code != group):
            continue
        named = name_of(thing) if is_unit else f"{thing.code}. {name_of(thing)}"
        into: dict[str, Any] = {"supplying" if is_unit else "group": thing.code}
        url = None
        if is_unit or not unit:
            url = url_for("centre.forecast", target=None if target == TARGET else target, **into)
        lines.append((named, url, foreseen.of(keys)))
    if group and not unit:
        lines.sort(key=lambda line: (line[2] is None, (line[2].rate or 0) if line[2] else 0))
    return lines


def _columns(*, by_unit: bool) -> list[dict[str, Any]]:
    heads = (
        _("Dự báo cuối đợt"),
        _("Khoảng %(level)s", level=percent(LEVEL, 0)),
        _("Hiện nay"),
        _("Đã nộp"),
        _("Số phiếu"),
        _("Đạt mục tiêu"),
        _("Thêm nếu nhắc"),
    )
    first = _("Đơn vị lập danh sách") if by_unit else _("Nhóm đối tượng")
    return [{"label": first}, *({"label": head, "number": True} for head in heads)]


def _gain(expected: ExpectedAnswers, foreseen: Forecast) -> str:
    """What a reminder brings; a dash where none was sent and what is supposed of one shows nothing."""
    gain = round(expected.reminder)
    return "+" + number(gain) if gain or foreseen.reminder_is_seen else "–"


def _gain_words(expected: ExpectedAnswers, foreseen: Forecast) -> str:
    if foreseen.reminder_is_seen:
        return _("phiếu, nếu nhắc tất cả vào ngày mai")
    if round(expected.reminder):
        return _("phiếu; giả định, vì đợt này chưa có lần nhắc nào để học")
    return _("chưa ước tính được: đợt này chưa có lần nhắc nào để học")


def _row(
    name: str, url: str | None, expected: ExpectedAnswers | None, target: int, foreseen: Forecast
) -> dict[str, Any]:
    if expected is None or expected.bounds is None:
        return {"cells": (name, *(["–"] * 7)), "url": url}
    low, high = expected.bounds
    now = expected.so_far / expected.forms
    return {
        "url": url,
        "cells": (
            name,
            share_cell(expected.rate),
            sorted_by(high - low, f"{percent(low, 0)} – {percent(high, 0)}"),
            share_cell(now),
            count_cell(expected.so_far),
            count_cell(expected.forms),
            _reached(expected, target),
            sorted_by(expected.reminder, _gain(expected, foreseen), 1),
        ),
    }


def _reached(expected: ExpectedAnswers, target: int) -> str:
    """When the target is reached, in words."""
    reached = expected.reaches(target / 100)
    if reached is None:
        return _("không kịp")
    first = expected.path[0][0] if expected.path else None
    return _("đã đạt") if reached == first else day(reached)


def _chosen(names: Registry, group: str, unit: str) -> list[tuple[str, str, str]]:
    """What the page is narrowed to: (what, which, the address without it)."""
    chosen = []
    if group:
        which = next((name_of(t) for t in names.groups.values() if t.code == group), group)
        url = url_for("centre.forecast", supplying=unit or None)
        chosen.append((_("Nhóm đối tượng"), which, url))
    if unit:
        which = next((name_of(t) for t in names.units.values() if t.code == unit), unit)
        url = url_for("centre.forecast", group=group or None)
        chosen.append((_("Đơn vị lập danh sách"), which, url))
    return chosen
