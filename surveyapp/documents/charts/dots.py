"""Dots on a scale from 0 to 100: a mean with its interval, the quartiles of others, the mean of a round before.

One dot a row, or the dots of many in one row. On a page the rows stretch with the window and stand beside words;
on paper a row is a small picture in a table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from surveyapp.documents.charts.surfaces import FILE, PAGE, SVG, Surface

_MARKS = (0, 25, 50, 75, 100)
Ends = tuple[float, float]


@dataclass(frozen=True)
class DotRow:
    """One row. `value` is the dot, `interval` its line, `quartiles` the box and stroke of others, `before` the ring
    of a round before, `others` the small dots of many; `told` are the words beside it."""

    label: str
    told: str
    value: float | None = None
    interval: Ends | None = None
    quartiles: tuple[float, float, float] | None = None
    before: float | None = None
    others: Sequence[float] = ()
    url: str | None = None


def dot_rows(rows: Iterable[DotRow], legend: Sequence[tuple[str, str]], *, title: str) -> Markup:
    """Rows in the order given; `legend` is (part, words), parts being those of `key`.

    The pictures are hidden from screen readers: a table of the same figures stands beside them.
    """
    keys = Markup("").join(
        Markup("<li>{}{}</li>").format(
            _svg("key", _marks(PAGE, _SAMPLES[part], high=22), 28), words
        )
        for part, words in legend
    )
    scale = Markup("").join(
        Markup('<text x="{}" y="12" text-anchor="{}">{}</text>').format(
            PAGE.across(at), {0: "start", 100: "end"}.get(at, "middle"), at
        )
        for at in _MARKS
    )
    head = Markup('<li class="scale" aria-hidden="true"><span></span>{}<span></span></li>').format(
        _svg("dots", scale)
    )
    drawn = Markup("\n").join(
        Markup('<li><span>{}</span>{}<span class="of number">{}</span></li>').format(
            Markup('<a href="{}">{}</a>').format(row.url, row.label)
            if row.url
            else escape(row.label),
            _svg("dots", _grid(PAGE, 22) + _marks(PAGE, row, high=22)),
            row.told,
        )
        for row in rows
    )
    return Markup(
        '<figure class="chart"><figcaption>{}</figcaption><ul class="legend">{}</ul>'
        '<ul class="bars dotted">{}{}</ul></figure>'
    ).format(title, keys, head, drawn)


def picture(row: DotRow) -> str:
    """One row as an SVG of its own, for a cell on paper."""
    drawn = _grid(FILE, 96) + _marks(FILE, row, high=96)
    return f'<svg xmlns="{SVG}" viewBox="-20 0 {FILE.width + 40} 96">{drawn}</svg>'


def _svg(name: str, drawn: Markup, wide: int | None = None) -> Markup:
    return Markup(
        '<svg class="{}" width="{}" height="22" aria-hidden="true" focusable="false">{}</svg>'
    ).format(name, wide or "100%", drawn)


def _grid(surface: Surface, high: int) -> Markup:
    return Markup("").join(_upright(surface, "grid", at, 0, high) for at in _MARKS)


def _marks(surface: Surface, row: DotRow, *, high: int) -> Markup:
    """What lies under the dot, then the dot."""
    middle, drawn = high / 2, Markup("")
    if row.quartiles:
        low, median, top = row.quartiles
        drawn += Markup('<rect{} x="{}" y="{}" width="{}" height="{}"/>').format(
            surface.look("quartiles"), surface.across(low), high * 0.18,
            surface.across(max(top - low, 0.3)), high * 0.64,
        )  # fmt: skip
        drawn += _upright(surface, "median", median, high * 0.18, high * 0.82)
    if row.interval:
        low, top = row.interval
        drawn += Markup('<line{} x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            surface.look("interval"), surface.across(low), surface.across(top), middle, middle
        )
    for at in row.others:
        drawn += _circle(surface, "other", at, middle, high / 7)
    if row.before is not None:
        drawn += _circle(surface, "before", row.before, middle, high / 4.6)
    if row.value is not None:
        drawn += _circle(surface, "mean-dot", row.value, middle, high / 4.4)
    return drawn


def _upright(surface: Surface, part: str, at: float, top: float, bottom: float) -> Markup:
    x = surface.across(at)
    look = surface.look(part)
    return Markup('<line{} x1="{}" x2="{}" y1="{:.4g}" y2="{:.4g}"/>').format(
        look, x, x, top, bottom
    )


def _circle(surface: Surface, part: str, at: float, y: float, radius: float) -> Markup:
    return Markup('<circle{} cx="{}" cy="{:.4g}" r="{:.3g}"/>').format(
        surface.look(part), surface.across(at), y, radius
    )


_SAMPLES = {
    "mean-dot": DotRow("", "", value=50),
    "interval": DotRow("", "", interval=(10, 90)),
    "quartiles": DotRow("", "", quartiles=(15, 50, 85)),
    "before": DotRow("", "", before=50),
    "other": DotRow("", "", others=(20, 50, 80)),
}
"""What each part looks like, for a legend."""
