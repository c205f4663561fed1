"""Each chart of the centre as a picture to download, and the tables behind those drawn by day."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.documents import chart_files, tables
from surveyapp.documents.chart_files import Picture
from surveyapp.documents.tables import Cell, Column
from surveyapp.fieldwork.reports import charts
from surveyapp.i18n import _, locale, number, percent
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import (
    drill_down,
    forecast,
    overview,
    overview_data,
    representativeness,
)
from surveyapp.web.centre.rates import selection as parts
from surveyapp.web.centre.rates.overview_data import Standing
from surveyapp.web.http.access import allow
from surveyapp.web.parts import province_map

Drawn = tuple[Picture, str, date]
"""A picture, the name of its file and the day its figures are of."""


@bp.get("/charts/<any(days, map, rates, forecast, representativeness):chart>.<any(svg, png):image>")
@allow("operator", "viewer", "auditor")
def chart_file(chart: str, image: str) -> ResponseReturnValue:
    """A chart as it stands on its page, with its title, its date and its denominator in the picture."""
    picture, name, day = _DRAWN[chart]()
    content = chart_files.write(image, picture)
    return _file(content, chart_files.MEDIA[image], f"{name}-{g.campaign.code}-{day}.{image}")


@bp.get("/days/table.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def days_file(format: str) -> ResponseReturnValue:
    """The counts at the end of each day, which the curve of the overview is drawn from."""
    found = _standing()
    columns = [
        Column(_("Hết ngày")),
        *(Column(label, "count") for label in overview.day_labels()),
        Column(_("Được mời"), "count"),
        Column(_("Kế hoạch"), "count"),
    ]
    figures = found.total.figures
    planned = figures.planned if figures else None
    lines: list[list[Cell]] = []
    earlier = 0
    for point in found.points:
        counts = point.counts
        gained, earlier = counts.submitted - earlier, counts.submitted
        lines.append([point.day.isoformat(), gained, counts.submitted, counts.begun, counts.sent, counts.invited, planned])  # fmt: skip
    return _table(format, columns, lines, overview.title_of_curve(), _notes(found), "theo-ngay", found.shown_day)  # fmt: skip


@bp.get("/forecast/days.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def forecast_days_file(format: str) -> ResponseReturnValue:
    """The curve of the forecast page day by day: what came, and what is expected."""
    course = forecast.course()
    columns = [
        Column(_("Hết ngày")),
        Column(_("Đã nộp"), "count"),
        Column(_("Dự báo"), "count"),
        Column(_("Số phiếu"), "count"),
    ]
    came = {point.day: point.counts.submitted for point in course.points}
    expected = {day: round(n, 1) for day, n in course.whole.path} if course.whole else {}
    forms = course.whole.forms if course.whole else None
    lines: list[list[Cell]] = [
        [day.isoformat(), came.get(day), expected.get(day), forms]
        for day in sorted({*came, *expected})
    ]
    return _table(format, columns, lines, course.title, course.notes(), "du-bao-theo-ngay", course.until)  # fmt: skip


@bp.get("/representativeness/<any(days, parts, reminders):table>.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def representativeness_file(table: str, format: str) -> ResponseReturnValue:
    """One of the tables of the page of representativeness."""
    seen = representativeness.look()
    title, columns, lines = representativeness.as_table(seen, table)
    return _table(format, columns, lines, title, seen.notes(), f"dai-dien-{table}", clock.day(seen.now))  # fmt: skip


def _standing() -> Standing:
    now = clock.now()
    until = parts.past_day(request.args, today=clock.day(now))
    with reading() as db:
        return overview_data.read(db, now=now, until=until)


def _notes(found: Standing) -> list[str]:
    title = g.campaign.title_en if locale() == "en" else g.campaign.title_vi
    figures = found.total.figures
    planned = number(figures.planned or 0) if figures else "–"
    invited = number(figures.counts.invited) if figures else "–"
    return [
        title,
        _("Tính đến %(when)s", when=found.when),
        _(
            "Mẫu số: %(planned)s phiếu theo kế hoạch, %(invited)s phiếu được mời.",
            planned=planned,
            invited=invited,
        ),
    ]


def _days() -> Drawn:
    found = _standing()
    opens, closes = clock.day(g.campaign.opens_at), clock.day(g.campaign.closes_at)
    points, ahead = found.submitted(), found.ahead()
    drawn = charts.draw_curve(
        [(point.day, float(point.total)) for point in points],
        starts=opens,
        ends=max(closes, points[-1].day if points else closes),
        target=found.total.figures.planned if found.total.figures else None,
        path=ahead.path if ahead else (),
        band=(ahead.low, ahead.high) if ahead else None,
    )
    notes = [*_notes(found), curve_note()]
    return Picture(overview.title_of_curve(), notes, drawn), "theo-ngay", found.shown_day


def curve_note() -> str:
    """How to read a curve with its forecast."""
    return _("Nét liền: đã có. Nét đứt và vùng tô: dự báo. Nét chấm ngang: kế hoạch.")


def _map() -> Drawn:
    found = _standing()
    rows = found.rows("supplying", "province")
    rates_by_code = {row.code: row.figures.rate if row.figures else None for row in rows}
    names = overview.vietnamese_names(found.names)
    drawn = charts.draw_map(rates_by_code, names, own=overview.own_map())
    answered = sum(row.figures.counts.submitted for row in rows if row.figures)
    eligible = sum(row.figures.counts.maybe_eligible for row in rows if row.figures)
    whole = _(
        "Mẫu số: phiếu của người được mời ở mỗi tỉnh; cả các tỉnh: %(done)s trên %(of)s phiếu.",
        done=number(answered),
        of=number(eligible),
    )
    notes = [*_notes(found)[:2], whole, province_map.disclaimer()]
    return Picture(overview.title_of_map(), notes, drawn, _legend()), "ban-do", found.shown_day


def _legend() -> list[tuple[str, str]]:
    words = province_map.band_words()
    shades = [colour for _bound, colour in charts.BANDS]
    return [*zip(shades, list(words.values())[:4], strict=True), (charts.NO_RATE, words["none"])]


def _rates() -> Drawn:
    now = clock.now()
    wanted = parts.read_selection(request.args, today=clock.day(now))
    with reading() as db:
        names = parts.registry(db, g.campaign.id)
        rows, total = drill_down.rows_of(db, wanted, names)
    bars = []
    for row in rows:
        if row.figures is not None:
            share = row.figures.rate
            words = f"{percent(share)} ({overview.out_of(row.figures)})"
            bars.append((row.name, share, words))
    of = _("Mẫu số: phiếu của người được mời; cộng: %(of)s.", of=overview.out_of(total))
    title = g.campaign.title_en if locale() == "en" else g.campaign.title_vi
    notes = [title, _("Tính đến %(when)s", when=drill_down.when(wanted, now)), of]
    name = f"ty-le-{wanted.by}"
    day = wanted.until or clock.day(now)
    drawn = charts.draw_bars(bars)
    return Picture(drill_down.title(wanted, names), notes, drawn, tallest=10_000), name, day


def _forecast() -> Drawn:
    course = forecast.course()
    opens, closes = clock.day(g.campaign.opens_at), clock.day(g.campaign.closes_at)
    points = [(p.day, float(p.counts.submitted)) for p in course.points if p.day >= opens]
    whole = course.whole
    drawn = charts.draw_curve(
        points,
        starts=opens,
        ends=max(closes, points[-1][0] if points else closes),
        target=None,
        path=whole.path if whole else (),
        band=(whole.low, whole.high) if whole else None,
    )
    return Picture(course.title, course.notes(), drawn), "du-bao", course.until


def _representativeness() -> Drawn:
    seen = representativeness.look()
    drawn = charts.draw_shares(representativeness.lines(seen))
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
