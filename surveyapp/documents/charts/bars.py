"""Bars: rates one under the other, a rate in a table cell, and bars cut into the parts of a distribution."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from surveyapp.documents.charts.surfaces import FILE, PAGE, SVG, Surface
from surveyapp.i18n import _, number, percent

_ROW, _STARTS, _ENDS = 26, 300, 560
"""Height of a row in a file, and from where to where its bar goes."""
_LABEL = 46
"""Letters of a label that have room beside its bar in a file."""


@dataclass(frozen=True)
class RateBar:
    """One bar: `done` out of `of`; no denominator means no rate, not 0 %."""

    label: str
    done: int
    of: int
    url: str | None = None

    @property
    def share(self) -> float | None:
        """The rate, 0..1, or none without a denominator."""
        return self.done / self.of if self.of else None

    @property
    def counts(self) -> str:
        """What the rate is made of, in words."""
        return _("%(done)s trên %(of)s", done=number(self.done), of=number(self.of))


def rate_bars(rows: Iterable[RateBar], *, title: str, target: float | None = None) -> Markup:
    """A list of labelled bars in the given order, each with its rate and counts as real text.

    `target` (0..1) draws a mark on every bar and colours those below it. The bars are pictures
    of the text beside them and hidden from screen readers.
    """
    bars = Markup("\n").join(
        Markup(
            '<li><span>{}</span>{}<span class="rate-shown number">{}</span>'
            '<span class="of number">{}</span></li>'
        ).format(
            _label(row.label, row.url), _track(row.share, target), percent(row.share), row.counts
        )
        for row in rows
    )
    note = (
        Markup('<p class="note">{}</p>').format(
            _("Vạch đứng là mục tiêu %(target)s.", target=percent(target, 0))
        )
        if target is not None
        else Markup("")
    )
    return Markup(
        '<figure class="chart"><figcaption>{}</figcaption><ul class="bars">{}</ul>{}</figure>'
    ).format(title, bars, note)


def picture(rows: Sequence[RateBar]) -> str:
    """The same bars as an SVG of its own."""
    drawn = Markup("").join(_drawn_row(row, index * _ROW) for index, row in enumerate(rows))
    high = max(len(rows), 1) * _ROW
    return f'<svg xmlns="{SVG}" viewBox="0 0 {FILE.width} {high}">{drawn}</svg>'


def rate_bar(share: float | None, shown: str, target: float | None = None) -> Markup:
    """A rate inside a table cell: its bar and its words."""
    words = escape(shown)
    return Markup(f'<span class="rate">{_track(share, target)}<span class="number">{words}</span></span>')  # noqa: S704  # fmt: skip


def _track(share: float | None, target: float | None) -> Markup:
    return Markup(  # noqa: S704  numbers in markup of ours: a page has two hundred of them
        '<svg class="track" viewBox="0 0 100 8" preserveAspectRatio="none" '
        f'aria-hidden="true" focusable="false">{_bar(PAGE, share, target)}</svg>'
    )


def _bar(surface: Surface, share: float | None, target: float | None = None) -> str:
    """One bar on its ground, 100 units long and 8 high, with the mark of a target."""
    drawn = f'<rect{surface.look("ground")} width="100" height="8"/>'
    if share is not None:
        part = "filled short" if target is not None and share < target else "filled"
        drawn += f'<rect{surface.look(part)} width="{min(share, 1) * 100:.2f}" height="8"/>'
    if target is not None:
        x = min(target * 100, 99.4)
        drawn += f'<rect{surface.look("target")} x="{x:.2f}" width="0.6" height="8"/>'
    return drawn


def _drawn_row(row: RateBar, y: int) -> Markup:
    label = row.label
    if len(label) > _LABEL:
        label = label[: _LABEL - 1].rstrip() + "…"
    text = Markup('<text{} x="{}" y="{}" text-anchor="{}">{}</text>')
    words = f"{percent(row.share)} ({row.counts})"
    bar = Markup(_bar(FILE, row.share))  # noqa: S704  drawn above
    return (
        text.format(FILE.look("scale"), _STARTS - 10, y + 17, "end", label)
        + Markup(
            '<svg x="{}" y="{}" width="{}" height="14" viewBox="0 0 100 8" '
            'preserveAspectRatio="none">{}</svg>'
        ).format(_STARTS, y + 6, _ENDS - _STARTS, bar)
        + text.format(FILE.look("scale"), _ENDS + 8, y + 17, "start", words)
    )


def _label(label: str, url: str | None) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, label) if url else escape(label)


@dataclass(frozen=True)
class StackedBar:
    """One bar cut into parts: (class, share 0..1) from the left, and the words beside it."""

    label: str
    parts: Sequence[tuple[str, float]]
    told: str
    url: str | None = None


_ROOM_FOR_WORDS = 0.14

VEIL = Markup(
    '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="veil" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect class="paper" width="7" height="7"/><path class="hatch" d="M0 7L7 0"/></pattern>'
    "</defs></svg>"
)
"""The hatching of what is hidden."""


def stacked_bars(
    rows: Iterable[StackedBar], legend: Sequence[tuple[str, str]], *, title: str
) -> Markup:
    """Bars of one length, each cut by shares in the order given; `legend` is (class, words).

    The pictures are hidden from screen readers: a table of the same figures stands beside them.
    A page with `veiled` parts holds `VEIL` once.
    """
    keys = Markup("").join(
        Markup(
            '<li><svg class="key" width="20" height="14" aria-hidden="true" focusable="false">{}'
            "</svg>{}</li>"
        ).format(_piece(cls, 0, 1), words)
        for cls, words in legend
    )
    bars = Markup("\n").join(map(_stacked, rows))
    return Markup(
        '<figure class="chart"><figcaption>{}</figcaption><ul class="legend">{}</ul>'
        '<ul class="bars stacked">{}</ul></figure>'
    ).format(title, keys, bars)


@dataclass(frozen=True)
class Part:
    """A part of a whole: its class, its words, how many, and where more of it is told."""

    name: str
    label: str
    n: int
    url: str | None = None


def parts_of_whole(parts: Sequence[Part], *, title: str) -> Markup:
    """One bar cut into its parts, and the parts in words with their counts beneath, in the same order.

    The bar is hidden from screen readers: the words say all of it.
    """
    whole, x, drawn, said = sum(part.n for part in parts), 0.0, Markup(""), Markup("")
    for index, part in enumerate(parts, 1):
        share = part.n / whole if whole else 0.0
        drawn += _piece(f"part-{index}", x, share)
        x += share
        said += Markup(
            '<li><svg class="key" width="14" height="14" aria-hidden="true" focusable="false">{}'
            '</svg>{} <strong class="number">{}</strong> <span class="of">{}</span></li>'
        ).format(
            _piece(f"part-{index}", 0, 1),
            _label(part.label, part.url),
            number(part.n),
            percent(share, 0),
        )
    return Markup(
        '<figure class="chart whole-parts"><figcaption>{}</figcaption>'
        '<svg class="whole" width="100%" height="22" aria-hidden="true" focusable="false">{}</svg>'
        '<ul class="legend counted">{}</ul></figure>'
    ).format(title, drawn, said)


def _stacked(row: StackedBar) -> Markup:
    drawn, x = Markup(""), 0.0
    for cls, share in row.parts:
        drawn += _piece(cls, x, share)
        if share >= _ROOM_FOR_WORDS and cls != "veiled":
            drawn += Markup(
                '<text class="on-{}" x="{:.2f}%" y="16" text-anchor="middle">{}</text>'
            ).format(cls, 100 * (x + share / 2), percent(share, 0))
        x += share
    return Markup(
        '<li><span>{}</span><svg class="whole" width="100%" height="22" aria-hidden="true" '
        'focusable="false">{}</svg><span class="of number">{}</span></li>'
    ).format(_label(row.label, row.url), drawn, row.told)


def _piece(cls: str, x: float, share: float) -> Markup:
    return Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="100%"/>').format(
        cls, 100 * x, 100 * share
    )
