"""Each chart of the centre as a picture to download, and the tables behind those drawn by day."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.documents import tables
from surveyapp.documents.charts import bars, curves, outline_map, picture_files
from surveyapp.documents.charts.bars import RateBar
from surveyapp.documents.charts.picture_files import Picture
from surveyapp.documents.tables import Cell, Column
from surveyapp.fieldwork.forecast.coming_answers import ExpectedDay
from surveyapp.fieldwork.reports import province_outlines
from surveyapp.i18n import _, locale, number
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import (
    drill_down,
    forecast,
    overview,
    overview_data,
    representativeness,
    selection,
)
from surveyapp.web.centre.rates.overview_data import Overview
from surveyapp.web.http.access import allow

Drawn = tuple[Picture, str, date]
"""A picture, the name of its file and the day its figures are of."""


@bp.get("/charts/<any(days, map, rates, forecast, representativeness):chart>.<any(svg, png):image>")
@allow("operator", "viewer", "auditor")
def chart_file(chart: str, image: str) -> ResponseReturnValue:
    """A chart as it stands on its page, with its title, its date and its denominator in the picture."""
    picture, name, day = _DRAWN[chart]()
    content = picture_files.write(image, picture)
    return _file(content, picture_files.MEDIA[image], f"{name}-{g.campaign.code}-{day}.{image}")


@bp.get("/days/table.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def days_file(format: str) -> ResponseReturnValue:
    """The counts at the end of each day, which the curve of the overview is drawn from."""
    shown = _overview()
    columns = [
        Column(_("Hết ngày")),
        *(Column(label, "count") for label in overview.day_labels()),
        Column(_("Được mời"), "count"),
        Column(_("Kế hoạch"), "count"),
    ]
    figures = shown.total.figures
    planned = figures.planned if figures else None
    lines: list[list[Cell]] = []
    earlier = 0
    for point in shown.points:
        counts = point.counts
        gained, earlier = counts.submitted - earlier, counts.submitted
        lines.append([point.day.isoformat(), gained, counts.submitted, counts.begun, counts.sent, counts.invited, planned])  # fmt: skip
    return _table(format, columns, lines, overview.title_of_curve(), _notes(shown), "theo-ngay", shown.shown_day)  # fmt: skip


@bp.get("/forecast/days.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def forecast_days_file(format: str) -> ResponseReturnValue:
    """The curve of the forecast page day by day: what came, and what is expected."""
    course = forecast.course()
    columns = [
        Column(_("Hết ngày")),
        Column(_("Đã nộp"), "count"),
        Column(_("Dự báo"), "count"),
        Column(_("Thấp"), "count"),
        Column(_("Cao"), "count"),
        Column(_("Số phiếu"), "count"),
    ]
    came = {point.day: point.counts.submitted for point in course.points}
    expected = {each.day: each for each in course.days}
    forms = course.whole.forms if course.whole else None
    lines: list[list[Cell]] = [
        [day.isoformat(), came.get(day), *_three(expected.get(day)), forms]
        for day in sorted({*came, *expected})
    ]
    return _table(format, columns, lines, course.title, course.notes(), "du-bao-theo-ngay", course.until)  # fmt: skip


def _three(each: ExpectedDay | None) -> tuple[float | None, ...]:
    return (None,) * 3 if each is None else (round(each.expected, 1), each.low, each.high)


@bp.get("/representativeness/<any(days, parts, reminders):table>.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def representativeness_file(table: str, format: str) -> ResponseReturnValue:
    """One of the tables of the page of representativeness."""
    seen = representativeness.look()
    title, columns, lines = representativeness.as_table(seen, table)
    return _table(format, columns, lines, title, seen.notes(), f"dai-dien-{table}", clock.day(seen.now))  # fmt: skip


def _overview() -> Overview:
    now = clock.now()
    until = selection.past_day(request.args, today=clock.day(now))
    with reading() as db:
        return overview_data.read(db, now=now, until=until)


def _notes(shown: Overview) -> list[str]:
    title = g.campaign.title_en if locale() == "en" else g.campaign.title_vi
    figures = shown.total.figures
    planned = number(figures.planned or 0) if figures else "–"
    invited = number(figures.counts.invited) if figures else "–"
    return [
        title,
        _("Tính đến %(when)s", when=shown.when),
        _(
            "Mẫu số: %(planned)s phiếu theo kế hoạch, %(invited)s phiếu được mời.",
            planned=planned,
            invited=invited,
        ),
    ]


def _days() -> Drawn:
    shown = _overview()
    drawn = curves.picture(overview.curve(shown))
    notes = [*_notes(shown), curve_note()]
    return Picture(overview.title_of_curve(), notes, drawn), "theo-ngay", shown.shown_day


def curve_note() -> str:
    """How to read a curve with its forecast."""
    return overview.curve_legend()


def _map() -> Drawn:
    shown = _overview()
    rows = shown.rows("supplying", "province")
    provinces = overview.province_map(shown)
    drawn = outline_map.picture(provinces) if provinces else ""
    answered = sum(row.figures.counts.submitted for row in rows if row.figures)
    eligible = sum(row.figures.counts.maybe_eligible for row in rows if row.figures)
    whole = _(
        "Mẫu số: phiếu của người được mời ở mỗi tỉnh; cả các tỉnh: %(done)s trên %(of)s phiếu.",
        done=number(answered),
        of=number(eligible),
    )
    notes = [*_notes(shown)[:2], whole, province_outlines.disclaimer()]
    bounds = provinces.bounds if provinces else outline_map.BOUNDS
    legend = outline_map.coloured(province_outlines.band_words(bounds))
    return Picture(overview.title_of_map(), notes, drawn, legend), "ban-do", shown.shown_day


def _rates() -> Drawn:
    with reading() as db:
        table = drill_down.read_table(db)
    drawn = [
        RateBar(row.name, row.figures.counts.submitted, row.figures.counts.maybe_eligible)
        for row in table.rows
        if row.figures is not None
    ]
    notes = [
        g.campaign.title_en if locale() == "en" else g.campaign.title_vi,
        _("Tính đến %(when)s", when=table.when),
        _(
            "Mẫu số: phiếu của người được mời; cộng: %(of)s.",
            of=overview.out_of(table.total),
        ),
    ]
    picture = Picture(table.title, notes, bars.picture(drawn), tallest=10_000)
    return picture, f"ty-le-{table.selection.by}", table.day


def _forecast() -> Drawn:
    course = forecast.course()
    drawn = curves.picture(course.curve())
    return Picture(course.title, course.notes(), drawn), "du-bao", course.until


def _representativeness() -> Drawn:
    seen = representativeness.look()
    drawn = curves.picture(representativeness.lines(seen))
    picture = Picture(representativeness.title_of_course(), seen.notes(), drawn)
    return picture, "dai-dien", clock.day(seen.now)


_DRAWN: dict[str, Callable[[], Drawn]] = {
    "days": _days,
    "map": _map,
    "rates": _rates,
    "forecast": _forecast,
    "representativeness": _representativeness,
}


def _table(
    kind: str,
    columns: Sequence[Column],
    lines: Sequence[Sequence[Cell]],
    title: str,
    notes: Sequence[str],
    name: str,
    day: date,
) -> ResponseReturnValue:
    content = tables.write(kind, columns, lines, title=title, notes=notes)
    return _file(content, tables.MEDIA[kind], f"{name}-{g.campaign.code}-{day}.{kind}")


def _file(content: Any, media: str, name: str) -> ResponseReturnValue:
    return content, {"Content-Type": media, "Content-Disposition": f"attachment; filename={name}"}
