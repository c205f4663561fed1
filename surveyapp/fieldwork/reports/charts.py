"""Pictures for documents: the curve with its forecast and the map, as SVG with colours of their own.

Pages draw theirs with classes (web/charts.py); paper has no stylesheet.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from surveyapp.fieldwork.reports.province_outlines import shapes_for
from surveyapp.i18n import day as day_words
from surveyapp.i18n import number

_SVG = "http://www.w3.org/2000/svg"
_FONT = 'font-family="Be Vietnam Pro, Arial, sans-serif"'
QUOTE = {'"': "&quot;"}
BANDS = ((0.25, "#e3ebf3"), (0.5, "#a9c3dd"), (0.75, "#5e8dbb"), (9.0, "#1b4a7f"))
"""Upper bound of each band and its shade; each is clearly darker than the one before, also in grey."""
NO_RATE = "#ffffff"
_INK, _LINE, _BLUE, _BAND = "#1a1a1a", "#c8c8c8", "#1b4a7f", "#d5e1ee"
_WIDE, _HIGH, _LEFT, _BOTTOM, _TOP = 720, 300, 64, 28, 16


def shade(rate: float | None) -> str:
    """The colour of a rate on the map."""
    if rate is None:
        return NO_RATE
    return next(colour for bound, colour in BANDS if rate < bound)


def draw_map(
    rates: Mapping[str, float | None], names: Mapping[str, str], *, own: Path | None = None
) -> str:
    """The map on which the provinces (Vietnamese `names` by code) stand; empty where none fits.

    `own` is the operators' file, drawn rather than ours where there is one.
    """
    shapes = shapes_for(names, own=own)
    if shapes is None:
        return ""
    outlines = "".join(
        f'<path id="p{escape(code, QUOTE)}" d="{outline}" fill="{shade(rates.get(code))}">'
        f"<title>{escape(names.get(code, ''))}</title></path>"
        for code, (outline, _name) in shapes.provinces.items()
    )
    rest = str(shapes.rest).replace("<text ", f'<text stroke="none" fill="{_INK}" ')
    return (
        f'<svg xmlns="{_SVG}" viewBox="{escape(shapes.view, QUOTE)}" stroke="#6b6b6b">{outlines}'
        f'<g fill="none" {_FONT} font-size="12">{rest}</g></svg>'
    )


def draw_bars(rows: Sequence[tuple[str, float | None, str]]) -> str:
    """One bar a row from 0 to 100 %, in the given order: its label, its share (None: no rate), its words."""
    high, start, end = 26, 300, 560
    drawn = []
    for place, (label, share, words) in enumerate(rows):
        y = place * high
        drawn.append(_text(start - 10, y + 17, _short(label), "end"))
        drawn.append(
            f'<rect x="{start}" y="{y + 6}" width="{end - start}" height="14" fill="{BANDS[0][1]}"/>'
        )
        if share is not None:
            wide = (end - start) * min(share, 1)
            drawn.append(
                f'<rect x="{start}" y="{y + 6}" width="{wide:.1f}" height="14" fill="{_BLUE}"/>'
            )
        drawn.append(_text(end + 8, y + 17, words, "start"))
    return f'<svg xmlns="{_SVG}" viewBox="0 0 {_WIDE} {max(len(rows), 1) * high}">{"".join(drawn)}</svg>'


def _short(label: str, longest: int = 46) -> str:
    return label if len(label) <= longest else label[: longest - 1].rstrip() + "…"


def draw_shares(lines: Sequence[tuple[str, Sequence[tuple[date, float]]]]) -> str:
    """Shares (0..1) by day, one line each (the first full, the others dashed), named at its end."""
    days = [day for _name, points in lines for day, _share in points]
    if not days:
        return f'<svg xmlns="{_SVG}" viewBox="0 0 {_WIDE} {_HIGH}"></svg>'
    starts, ends = min(days), max(days)
    span, right = max((ends - starts).days, 1), _WIDE - 150
    drawn = []
    for quarter in range(5):
        y = _TOP + (_HIGH - _TOP - _BOTTOM) * (1 - quarter / 4)
        drawn.append(
            f'<path d="M{_LEFT},{y:.1f}H{right}" stroke="{_LINE}" stroke-width="0.7" fill="none"/>'
        )
        drawn.append(_text(_LEFT - 6, y + 4, number(quarter / 4), "end"))
    for place, (name, points) in enumerate(lines):
        placed = [
            (
                _LEFT + (right - _LEFT) * (day - starts).days / span,
                _TOP + (_HIGH - _TOP - _BOTTOM) * (1 - min(max(share, 0), 1)),
            )
            for day, share in points
        ]
        dashes = 'stroke-dasharray="7 4"' if place else ""
        drawn.append(_polyline(" ".join(f"{x:.1f},{y:.1f}" for x, y in placed), dashes))
        if placed:
            drawn.append(_text(placed[-1][0] + 8, placed[-1][1] + 4, name, "start"))
    drawn.append(_text(_LEFT, _HIGH - 8, day_words(starts), "start"))
    drawn.append(_text(right, _HIGH - 8, day_words(ends), "end"))
    return f'<svg xmlns="{_SVG}" viewBox="0 0 {_WIDE} {_HIGH}">{"".join(drawn)}</svg>'


def draw_curve(
    points: Sequence[tuple[date, float]],
    *,
    starts: date,
    ends: date,
    target: int | None,
    path: Sequence[tuple[date, float]] = (),
    band: tuple[float, float] | None = None,
) -> str:
    """Answered forms by day, the expected way on from there (dashed) and where it may end (shaded)."""
    greatest = max([n for _, n in points] + [target or 0, *(band or ()), 4.0])
    span = max((ends - starts).days, 1)

    def at(day: date, n: float) -> str:
        x = _LEFT + (_WIDE - _LEFT - 10) * (day - starts).days / span
        return f"{x:.1f},{_TOP + (_HIGH - _TOP - _BOTTOM) * (1 - n / greatest):.1f}"

    drawn = [_grid(greatest)]
    if path and band:
        low, high = band
        corner = [at(path[0][0], path[0][1]), at(path[-1][0], high), at(path[-1][0], low)]
        drawn.append(f'<polygon points="{" ".join(corner)}" fill="{_BAND}"/>')
        way = " ".join(at(*point) for point in path)
        drawn.append(_polyline(way, 'stroke-dasharray="6 5"'))
    if target:
        y = at(starts, target).partition(",")[2]
        drawn.append(
            f'<path d="M{_LEFT},{y}H{_WIDE - 10}" stroke="{_INK}" stroke-dasharray="3 3" fill="none"/>'
        )
    if points:
        drawn.append(_polyline(" ".join(at(*point) for point in points), ""))
        x, y = at(*points[-1]).split(",")
        drawn.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{_BLUE}"/>')
    drawn.append(_text(_LEFT, _HIGH - 8, day_words(starts), "start"))
    drawn.append(_text(_WIDE - 10, _HIGH - 8, day_words(ends), "end"))
    return f'<svg xmlns="{_SVG}" viewBox="0 0 {_WIDE} {_HIGH}">{"".join(drawn)}</svg>'


def _grid(greatest: float) -> str:
    lines = []
    for quarter in range(5):
        y = _TOP + (_HIGH - _TOP - _BOTTOM) * (1 - quarter / 4)
        lines.append(
            f'<path d="M{_LEFT},{y:.1f}H{_WIDE - 10}" stroke="{_LINE}" stroke-width="0.7" fill="none"/>'
        )
        lines.append(_text(_LEFT - 6, y + 4, number(round(greatest * quarter / 4)), "end"))
    return "".join(lines)


def _polyline(points: str, more: str) -> str:
    return f'<polyline points="{points}" fill="none" stroke="{_BLUE}" stroke-width="2.4" {more}/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    look = f'{_FONT} font-size="12" stroke="none" fill="{_INK}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'
