"""Pictures for documents: the curve with its forecast and the map, as SVG with colours of their own.

Pages draw theirs with classes (web/charts.py); paper has no stylesheet.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from surveyapp.i18n import day as day_words
from surveyapp.i18n import number

MAPS = Path(__file__).resolve().parent.parent / "static" / "maps"
PICTURE = Path(__file__).with_name("picture.typ")
_SVG = "http://www.w3.org/2000/svg"
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


def draw_map(rates: Mapping[str, float | None], names: Mapping[str, str]) -> str:
    """The map on which the provinces (`names` by code) stand under their names; empty where none fits.

    The file is drawn whole, with all it shows beside the provinces.
    """
    best, most = None, 0
    for file in sorted(MAPS.glob("*.svg")):
        root = ElementTree.parse(file).getroot()  # noqa: S314  a file of ours
        known = sum(
            code in names and (title or "").casefold() in names[code].casefold()
            for code, title in _titles(root).items()
        )
        if known > most:
            best, most = root, known
    if best is None or most * 2 < len(names):
        return ""
    for path in best.iter(f"{{{_SVG}}}path"):
        code = path.get("id", "").removeprefix("p")
        if path.get("id", "").startswith("p"):
            path.set("fill", shade(rates.get(code)))
            path.set("stroke", "#6b6b6b")
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(best, encoding="unicode")


def _titles(root: ElementTree.Element) -> dict[str, str]:
    return {
        path.get("id", "")[1:]: path.findtext(f"{{{_SVG}}}title", "")
        for path in root.iter(f"{{{_SVG}}}path")
        if path.get("id", "").startswith("p")
    }


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
    font = 'font-family="Be Vietnam Pro" font-size="12"'
    return f'<text x="{x}" y="{y:.1f}" {font} fill="{_INK}" text-anchor="{anchor}">{escape(words)}</text>'
