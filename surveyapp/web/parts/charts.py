"""Charts drawn on the server: pure functions to markup; colours come from classes, so dark mode and print hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from surveyapp.i18n import _, day, number, percent

_TOP = 24
_PLOT = 212
_BOTTOM = 24
_STEPS = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


@dataclass(frozen=True)
class RateRow:
    """One bar: `done` out of `of`; no denominator means no rate, not 0 %."""

    label: str
    done: int
    of: int
    url: str | None = None

    @property
    def share(self) -> float | None:
        """The rate, 0..1, or none without a denominator."""
        return self.done / self.of if self.of else None


@dataclass(frozen=True)
class CurvePoint:
    """The cumulative count at the end of a day."""

    day: date
    total: int


@dataclass(frozen=True)
class Ahead:
    """The expected way on from the last day seen, and between which counts it may end."""

    path: Sequence[tuple[date, float]]
    low: float
    high: float


def rate_bars(rows: Iterable[RateRow], *, title: str, target: float | None = None) -> Markup:
    """A list of labelled bars in the given order, each with its rate and counts as real text.

    `target` (0..1) draws a mark on every bar and colours those below it. The bars are pictures
    of the text beside them and hidden from screen readers.
    """
    bars = Markup("\n").join(_bar(row, target) for row in rows)
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


def _bar(row: RateRow, target: float | None) -> Markup:
    share = row.share
    label = (
        Markup('<a href="{}">{}</a>').format(row.url, row.label) if row.url else escape(row.label)
    )
    picture = Markup('<rect class="ground" width="100" height="8"/>')
    if share is not None:
        low = " short" if target is not None and share < target else ""
        picture += Markup('<rect class="filled{}" width="{:.2f}" height="8"/>').format(
            low, min(share, 1) * 100
        )
    if target is not None:
        picture += Markup('<rect class="target" x="{:.2f}" width="0.6" height="8"/>').format(
            min(target * 100, 99.4)
        )
    return Markup(
        '<li><span>{}</span><svg class="track" viewBox="0 0 100 8" preserveAspectRatio="none" '
        'aria-hidden="true" focusable="false">{}</svg><span class="rate-shown number">{}</span>'
        '<span class="of number">{}</span></li>'
    ).format(
        label,
        picture,
        percent(share),
        _("%(done)s trên %(of)s", done=number(row.done), of=number(row.of)),
    )


@dataclass(frozen=True)
class StackedRow:
    """One bar cut into parts: (class, share 0..1) from the left, and the words beside it."""

    label: str
    parts: Sequence[tuple[str, float]]
    told: str
    url: str | None = None


_ROOM_FOR_WORDS = 0.14


def stacked_bars(
    rows: Iterable[StackedRow], legend: Sequence[tuple[str, str]], *, title: str
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


VEIL = Markup(
    '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="veil" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect class="paper" width="7" height="7"/><path class="hatch" d="M0 7L7 0"/></pattern>'
    "</defs></svg>"
)
"""The hatching of what is hidden."""


def _stacked(row: StackedRow) -> Markup:
    label = (
        Markup('<a href="{}">{}</a>').format(row.url, row.label) if row.url else escape(row.label)
    )
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
    ).format(label, drawn, row.told)


def _piece(cls: str, x: float, share: float) -> Markup:
    return Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="100%"/>').format(
        cls, 100 * x, 100 * share
    )


def time_curve(
    points: Sequence[CurvePoint],
    *,
    title: str,
    starts: date,
    ends: date,
    target: int | None = None,
    target_label: str | None = None,
    ahead: Ahead | None = None,
) -> Markup:
    """The cumulative count by day between `starts` and `ends`, with an optional target line.

    Days without a point are drawn straight through. The picture is described in words for
    screen readers; text keeps its size at any width, because only the line itself is stretched.
    """
    highest = int(ahead.high) + 1 if ahead else 0
    top = _ceiling(max([point.total for point in points] + [target or 0, highest, 4]))
    span = max((ends - starts).days, 1)
    placed = [(100 * (point.day - starts).days / span, point) for point in points]
    drawing = _grid() + _line(placed, top)
    if ahead is not None and len(ahead.path) > 1:
        drawing += _ahead(ahead, starts, span, top)
    if target is not None:
        drawing += _goal(target, top, target_label or _("Mục tiêu"))
    drawing += _scale(top) + _days(starts, ends)
    if placed:
        drawing += _last(*placed[-1], top)
    return Markup(
        '<figure class="chart"><figcaption>{}</figcaption>'
        '<svg class="curve" width="100%" height="{}" role="img" aria-label="{}" focusable="false">'
        "<title>{}</title><desc>{}</desc>{}</svg></figure>"
    ).format(
        title, _TOP + _PLOT + _BOTTOM, title, title, _described(points, target, ahead), drawing
    )


def _described(points: Sequence[CurvePoint], target: int | None, ahead: Ahead | None = None) -> str:
    if not points:
        return _("Chưa có ngày nào có số liệu.")
    words = _(
        "Từ %(first)s đến %(last)s: tăng từ %(low)s lên %(high)s.",
        first=day(points[0].day),
        last=day(points[-1].day),
        low=number(points[0].total),
        high=number(points[-1].total),
    )
    if target is not None:
        words += " " + _("Mục tiêu: %(target)s.", target=number(target))
    if ahead is not None:
        words += " " + _(
            "Dự báo cuối đợt: từ %(low)s đến %(high)s.",
            low=number(round(ahead.low)),
            high=number(round(ahead.high)),
        )
    return words


def _ceiling(greatest: int) -> int:
    """The least round number, divisible into four whole steps, that is not below `greatest`."""
    size = 1
    while True:
        for step in _STEPS:
            quarter = step * size
            if quarter == int(quarter) and quarter * 4 >= greatest:
                return int(quarter * 4)
        size *= 10


def _y(total: float, top: int) -> float:
    return _TOP + _PLOT * (1 - total / top)


def _grid() -> Markup:
    return Markup("").join(
        Markup('<line x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>').format(_y(quarter, 4))
        for quarter in range(5)
    )


def _scale(top: int) -> Markup:
    return Markup("").join(
        Markup('<text x="0" y="{:.1f}">{}</text>').format(
            _y(quarter, 4) - 5, number(top * quarter // 4)
        )
        for quarter in range(1, 5)
    )


def _line(placed: Sequence[tuple[float, CurvePoint]], top: int) -> Markup:
    if not placed:
        return Markup("")
    path = [(x, 100 * (1 - point.total / top)) for x, point in placed]
    if path[0][0] > 0:
        path.insert(0, (0.0, 100.0))
    drawn = " ".join(f"{x:.2f},{y:.2f}" for x, y in path)
    under = f"{path[0][0]:.2f},100 {drawn} {path[-1][0]:.2f},100"
    return Markup(
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none">'
        '<polygon points="{}"/><polyline points="{}"/></svg>'
    ).format(_TOP, _PLOT, under, drawn)


def _ahead(ahead: Ahead, starts: date, span: int, top: int) -> Markup:
    """The band widens from what is known to where the last day may stand."""
    way = [(100 * (day - starts).days / span, n) for day, n in ahead.path]

    def placed(corners: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{x:.2f},{100 * (1 - n / top):.2f}" for x, n in corners)

    first, last = way[0], way[-1]
    band = placed([first, (last[0], ahead.high), (last[0], ahead.low)])
    return Markup(
        '<svg class="ahead" x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100" '
        'preserveAspectRatio="none"><polygon points="{}"/><polyline points="{}"/></svg>'
    ).format(_TOP, _PLOT, band, placed(way))


def _days(starts: date, ends: date) -> Markup:
    y = _TOP + _PLOT + 18
    return Markup(
        '<text x="0" y="{0}">{1}</text><text x="100%" y="{0}" text-anchor="end">{2}</text>'
    ).format(y, day(starts), day(ends))


def _goal(target: int, top: int, label: str) -> Markup:
    y = _y(target, top)
    return Markup(
        '<line class="goal" x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>'
        '<text class="goal-words" x="100%" y="{1:.1f}" text-anchor="end">{2} {3}</text>'
    ).format(y, y - 6, label, number(target))


def _last(x: float, point: CurvePoint, top: int) -> Markup:
    y = _y(point.total, top)
    anchor = "end" if x > 60 else "start" if x < 15 else "middle"
    return Markup(
        '<circle cx="{0:.2f}%" cy="{1:.1f}" r="5"/>'
        '<text class="last" x="{0:.2f}%" y="{2:.1f}" text-anchor="{3}">{4}</text>'
    ).format(x, y, y - 12 if y > 40 else y + 22, anchor, number(point.total))


def share_lines(lines: Sequence[tuple[str, Sequence[tuple[date, float]]]], *, title: str) -> Markup:
    """Shares (0..1) by day, one line each: the first full, the others dashed, each named at its end."""
    days = [each for _name, points in lines for each, _value in points]
    if not days:
        return Markup("")
    starts, span = min(days), max((max(days) - min(days)).days, 1)
    drawing, names, said = _grid() + _share_scale(), Markup(""), []
    for place, (name, points) in enumerate(lines):
        if not points:
            continue
        way = [(100 * (each - starts).days / span, value) for each, value in points]
        drawn = " ".join(f"{x:.2f},{100 * (1 - min(max(v, 0), 1)):.2f}" for x, v in way)
        drawing += Markup(
            '<svg{} x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100" '
            'preserveAspectRatio="none"><polyline points="{}"/></svg>'
        ).format(Markup(' class="second"') if place else "", _TOP, _PLOT, drawn)
        words = f"{name}: {number(round(points[-1][1], 3))}"
        names += Markup(
            '<text class="last" x="100%" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(_y(min(max(points[-1][1], 0), 1) * 100, 100) - 10, words)
        said.append(
            f"{name}: {number(round(points[0][1], 3))} → {number(round(points[-1][1], 3))}."
        )
    return Markup(
        '<figure class="chart"><figcaption>{}</figcaption>'
        '<svg class="curve" width="100%" height="{}" role="img" aria-label="{}" focusable="false">'
        "<title>{}</title><desc>{}</desc>{}</svg></figure>"
    ).format(
        title, _TOP + _PLOT + _BOTTOM, title, title, " ".join(said),
        drawing + _days(starts, max(days)) + names,
    )  # fmt: skip


def _share_scale() -> Markup:
    return Markup("").join(
        Markup('<text x="0" y="{:.1f}">{}</text>').format(_y(quarter, 4) - 5, number(quarter / 4))
        for quarter in range(1, 5)
    )
