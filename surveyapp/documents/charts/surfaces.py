"""What a chart is drawn on: a page, whose stylesheet colours it by class, or a file, which brings its colours.

A page stretches a chart to the width it has; a file has a width of its own. A part of a chart goes by one name
on both: on a page that is its class, if it has one.
"""

from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup

SVG = "http://www.w3.org/2000/svg"
FONT = 'font-family="Be Vietnam Pro, Arial, sans-serif"'
INK, BLUE, EDGE, WHITE = "#1a1a1a", "#1b4a7f", "#6b6b6b", "#ffffff"
SHADES = ("#e3ebf3", "#a9c3dd", "#5e8dbb", BLUE)
"""The bands of the map from the lowest; each clearly darker than the one before, also in grey."""

Points = Sequence[tuple[float, float]]
"""Corners of a line: per cent of the width from the left, per cent of the height from the top."""


class Surface(Protocol):
    """What the drawings ask of a page and of a file."""

    left: str
    right: str

    def look(self, part: str) -> Markup:
        """The attributes of a part, each after a space."""

    def across(self, percent: float) -> str:
        """So far from the left."""

    def plot(self, part: str, line: Points, area: Points, *, top: int, high: int) -> Markup:
        """A line over an area, either of which may be empty, between `top` and `top` + `high`."""

    def named(self, code: str) -> Markup:
        """The attribute by which an area of a map is told from others."""

    def band(self, band: str) -> Markup:
        """The attribute that fills an area of a map: 1 to 4, or none."""

    def words(self, drawing: Markup) -> Markup:
        """What was drawn elsewhere, its texts readable here."""


_NOTHING = Markup("")
_CLASSES = {
    part: Markup(f' class="{part}"')  # noqa: S704  names of ours
    for part in (
        *("goal", "goal-words", "last", "ahead", "second", "mark"),
        *("ground", "filled", "filled short", "target"),
        *("absent", "rest"),
        *("mean-dot", "interval", "quartiles", "median", "before", "other"),
    )
}


class PageSurface:
    """A page: classes, and lines that stretch with the window while texts keep their size."""

    left, right = "0", "100%"

    def look(self, part: str) -> Markup:
        """Its class."""
        return _CLASSES.get(part, _NOTHING)

    def across(self, percent: float) -> str:
        """In per cent."""
        return f"{percent:.2f}%"

    def plot(self, part: str, line: Points, area: Points, *, top: int, high: int) -> Markup:
        """In a drawing of its own, whose two directions stretch apart."""
        shapes = _shape("polygon", area) + _shape("polyline", line)
        return Markup(
            '<svg{} x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100" '
            'preserveAspectRatio="none">{}</svg>'
        ).format(self.look(part), top, high, shapes)

    def named(self, code: str) -> Markup:  # noqa: ARG002  only files name them
        """Nothing: a page may hold two maps, and names stand once."""
        return _NOTHING

    def band(self, band: str) -> Markup:
        """A hatching, so that colour is not all that tells."""
        return Markup(f' fill="url(#band-{band})"')  # noqa: S704  a name of ours

    def words(self, drawing: Markup) -> Markup:
        """As it is: the stylesheet sees to it."""
        return drawing


_TEXT = f'{FONT} font-size="12" stroke="none" fill="{INK}"'
_LINE = f'fill="none" stroke="{BLUE}" stroke-width="2.4" stroke-linejoin="round"'
_ATTRIBUTES = {
    "grid": 'stroke="#c8c8c8" stroke-width="0.7"',
    "mark": f'stroke="{INK}" stroke-width="1" stroke-dasharray="2 4"',
    "goal": f'stroke="{INK}" stroke-dasharray="3 3"',
    "scale": _TEXT,
    "goal-words": _TEXT,
    "last": f'{_TEXT} font-weight="bold"',
    "dot": f'fill="{BLUE}"',
    "curve line": _LINE,
    "curve area": 'fill="#eaf1fb"',
    "ahead line": f'{_LINE} stroke-dasharray="6 5"',
    "ahead area": 'fill="#d5e1ee"',
    "second line": f'{_LINE} stroke-dasharray="7 4"',
    "ground": f'fill="{SHADES[0]}"',
    "filled": f'fill="{BLUE}"',
    "filled short": 'fill="#8a5a00"',
    "target": f'fill="{INK}"',
    "absent": f'fill="{WHITE}"',
    "mean-dot": f'fill="{BLUE}"',
    "interval": f'stroke="{BLUE}" stroke-width="9"',
    "quartiles": 'fill="#d9dde2"',
    "median": f'stroke="{EDGE}" stroke-width="8"',
    "before": f'fill="{WHITE}" stroke="#8a5a00" stroke-width="9"',
    "other": f'fill="{EDGE}"',
    "rest": f'fill="none" {_TEXT.partition(" stroke=")[0]}',
}


class FileSurface:
    """A file: attributes, since no stylesheet reaches it, and one width."""

    width = 720
    left, right = "0", "720"

    def look(self, part: str) -> Markup:
        """Its colours and letters."""
        return Markup(f" {_ATTRIBUTES[part]}")  # noqa: S704  attributes of ours

    def across(self, percent: float) -> str:
        """In units of the drawing."""
        return f"{percent * self.width / 100:.1f}"

    def plot(self, part: str, line: Points, area: Points, *, top: int, high: int) -> Markup:
        """In the drawing itself: stretched lines would be thicker one way than the other."""
        drawn = Markup("")
        for tag, which, corners in (("polygon", "area", area), ("polyline", "line", line)):
            placed = [(x * self.width / 100, top + y * high / 100) for x, y in corners]
            drawn += _shape(tag, placed, self.look(f"{part} {which}") if corners else "")
        return drawn

    def named(self, code: str) -> Markup:
        """As in the files that maps come from."""
        return Markup(' id="p{}"').format(code)

    def band(self, band: str) -> Markup:
        """A shade."""
        return Markup(f' fill="{band_colour(band)}"')  # noqa: S704  a colour of ours

    def words(self, drawing: Markup) -> Markup:
        """With ink for the texts, which stand among outlines that are not filled."""
        return Markup(str(drawing).replace("<text ", f'<text stroke="none" fill="{INK}" '))  # noqa: S704  markup already


def band_colour(band: str) -> str:
    """The colour of a band in files."""
    return WHITE if band == "none" else SHADES[int(band) - 1]


def _shape(tag: str, corners: Points, look: str = "") -> Markup:
    if not corners:
        return _NOTHING
    points = " ".join(f"{_short(x)},{_short(y)}" for x, y in corners)
    return Markup(f'<{tag}{look} points="{points}"/>')  # noqa: S704  numbers in markup of ours


def _short(n: float) -> str:
    return str(n) if isinstance(n, int) else f"{n:.2f}"


PAGE, FILE = PageSurface(), FileSurface()
