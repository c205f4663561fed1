"""A chart as a file of its own: the drawing under its title, over its date and what it is out of."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from surveyapp.documents.charts.surfaces import EDGE, FONT, INK, SVG, WHITE
from surveyapp.documents.pdf import write_png

TEMPLATE = Path(__file__).with_name("picture.typ")
MEDIA = {"svg": "image/svg+xml", "png": "image/png"}
_WIDE, _EDGE = 760, 20
_VIEW = re.compile(r'viewBox="[-0-9.]+[ ,]+[-0-9.]+[ ,]+([0-9.]+)[ ,]+([0-9.]+)"')


@dataclass(frozen=True)
class Picture:
    """`drawing` is an SVG element with a viewBox; `legend` says what its colours mean: (colour, words)."""

    title: str
    notes: Sequence[str]
    drawing: str
    legend: Sequence[tuple[str, str]] = ()
    tallest: int = 800


def write(kind: str, picture: Picture) -> bytes:
    """The picture as `svg`, or as `png` with twice as many dots as units."""
    svg = _framed(picture)
    return svg.encode() if kind == "svg" else write_png(TEMPLATE, {"picture": svg})


def _framed(picture: Picture) -> str:
    parts, y = [], 34
    for line in textwrap.wrap(picture.title, 66):
        parts.append(_words(_EDGE, y, line, size=19, weight="bold"))
        y += 26
    wide = _WIDE - 2 * _EDGE
    match = _VIEW.search(picture.drawing)
    across, down = (float(n) for n in match.groups()) if match else (1.0, 1.0)
    high = min(wide * down / across, picture.tallest)
    position = f'<svg x="{_EDGE}" y="{y - 8}" width="{wide}" height="{high:.0f}" '
    parts.append(picture.drawing.replace("<svg ", position, 1))
    y += round(high) + 14
    x = _EDGE
    for colour, words in picture.legend:
        step = 40 + 7 * len(words)
        if x + step > _WIDE and x > _EDGE:
            x, y = _EDGE, y + 22
        parts.append(
            f'<rect x="{x}" y="{y - 11}" width="22" height="13" fill="{colour}" stroke="{EDGE}"/>'
        )
        parts.append(_words(x + 28, y, words, size=12))
        x += step
    y += 26 if picture.legend else 4
    for line in [line for note in picture.notes for line in textwrap.wrap(note, 108)]:
        parts.append(_words(_EDGE, y, line, size=12))
        y += 18
    return (
        f'<svg xmlns="{SVG}" width="{_WIDE}" height="{y}" viewBox="0 0 {_WIDE} {y}">'
        f'<title>{escape(picture.title)}</title><rect width="100%" height="100%" fill="{WHITE}"/>'
        f"{''.join(parts)}</svg>"
    )


def _words(x: int, y: int, words: str, *, size: int, weight: str = "normal") -> str:
    look = f'{FONT} font-size="{size}" font-weight="{weight}" fill="{INK}"'
    return f'<text x="{x}" y="{y}" {look}>{escape(words)}</text>'
