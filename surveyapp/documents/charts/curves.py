"""Curves over days: a cumulative count with its target and the way on, and shares side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from markupsafe import Markup

from surveyapp.documents.charts.surfaces import FILE, PAGE, SVG, Points, Surface
from surveyapp.i18n import _, day, number

_TOP, _PLOT, _BOTTOM = 24, 212, 24
_HIGH = _TOP + _PLOT + _BOTTOM
_EDGE = 8
"""Room beside the drawing in a file, for what stands half outside."""
_STEPS = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


class Curve(Protocol):
    """What `figure` and `picture` can show."""

    def draw(self, surface: Surface) -> Markup:
        """The picture without its frame."""

    def described(self) -> str:
        """The picture in words, for who does not see it."""


def figure(curve: Curve, *, title: str) -> Markup:
    """The curve on a page, described in words for screen readers.

    Text keeps its size at any width, because only the lines themselves are stretched.
    """
    return Markup(
        '<figure class="chart"><figcaption>{}</figcaption>'
        '<svg class="curve" width="100%" height="{}" role="img" aria-label="{}" focusable="false">'
        "<title>{}</title><desc>{}</desc>{}</svg></figure>"
    ).format(title, _HIGH, title, title, curve.described(), curve.draw(PAGE))


def picture(curve: Curve) -> str:
    """The curve as an SVG of its own."""
    view = f"{-_EDGE} 0 {FILE.width + 2 * _EDGE} {_HIGH}"
    return f'<svg xmlns="{SVG}" viewBox="{view}">{curve.draw(FILE)}</svg>'


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


@dataclass(frozen=True)
class TimeCurve:
    """The cumulative count by day between `starts` and `ends`, with an optional target line.

    Days without a point are drawn straight through.
    """

    points: Sequence[CurvePoint]
    starts: date
    ends: date
    target: int | None = None
    target_label: str | None = None
    ahead: Ahead | None = None
    marks: Sequence[date] = ()
    """Days on which something happened to everybody, each an upright line."""

    def draw(self, surface: Surface) -> Markup:
        """The grid, what came, what is expected, the target, the scales and the last count."""
        drawing = _grid(surface) + self._marks(surface) + self._line(surface)
        if self.ahead is not None and len(self.ahead.path) > 1:
            drawing += self._ahead(surface, self.ahead)
        if self.target is not None:
            drawing += self._goal(surface, self.target)
        top = self._top
        steps = [(_y(quarter, 4), number(top * quarter // 4)) for quarter in range(1, 5)]
        drawing += _scale(surface, steps) + _days(surface, self.starts, self.ends)
        return drawing + self._last(surface)

    def described(self) -> str:
        """From when to when it rose how far, towards what."""
        if not self.points:
            return _("Chưa có ngày nào có số liệu.")
        words = _(
            "Từ %(first)s đến %(last)s: tăng từ %(low)s lên %(high)s.",
            first=day(self.points[0].day),
            last=day(self.points[-1].day),
            low=number(self.points[0].total),
            high=number(self.points[-1].total),
        )
        if self.target is not None:
            words += " " + _("Mục tiêu: %(target)s.", target=number(self.target))
        if self.ahead is not None:
            words += " " + _(
                "Dự báo cuối đợt: từ %(low)s đến %(high)s.",
                low=number(round(self.ahead.low)),
                high=number(round(self.ahead.high)),
            )
        return words

    @cached_property
    def _top(self) -> int:
        highest = int(self.ahead.high) + 1 if self.ahead else 0
        return _ceiling(
            max([point.total for point in self.points] + [self.target or 0, highest, 4])
        )

    def _x(self, each: date) -> float:
        return 100 * (each - self.starts).days / max((self.ends - self.starts).days, 1)

    def _line(self, surface: Surface) -> Markup:
        if not self.points:
            return Markup("")
        top = self._top
        line = [(self._x(point.day), 100 * (1 - point.total / top)) for point in self.points]
        if line[0][0] > 0:
            line.insert(0, (0.0, 100.0))
        under = [(line[0][0], 100), *line, (line[-1][0], 100)]
        return surface.plot("curve", line, under, top=_TOP, high=_PLOT)

    def _ahead(self, surface: Surface, ahead: Ahead) -> Markup:
        """The band widens from what is known to where the last day may stand."""
        top = self._top
        way = [(self._x(each), 100 * (1 - n / top)) for each, n in ahead.path]
        end = way[-1][0]
        band = [way[0], *((end, 100 * (1 - n / top)) for n in (ahead.high, ahead.low))]
        return surface.plot("ahead", way, band, top=_TOP, high=_PLOT)

    def _marks(self, surface: Surface) -> Markup:
        return Markup("").join(
            Markup('<line{look} x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>').format(
                look=surface.look("mark"),
                x=surface.across(self._x(each)),
                top=_TOP,
                bottom=_TOP + _PLOT,
            )
            for each in self.marks
        )

    def _goal(self, surface: Surface, target: int) -> Markup:
        y = _y(target, self._top)
        return Markup(
            '<line{look} x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            '<text{words} x="{right}" y="{above:.1f}" text-anchor="end">{label} {n}</text>'
        ).format(
            look=surface.look("goal"),
            words=surface.look("goal-words"),
            left=surface.left,
            right=surface.right,
            y=y,
            above=y - 6,
            label=self.target_label or _("Mục tiêu"),
            n=number(target),
        )

    def _last(self, surface: Surface) -> Markup:
        if not self.points:
            return Markup("")
        last = self.points[-1]
        x, y = self._x(last.day), _y(last.total, self._top)
        return Markup(
            '<circle{dot} cx="{x}" cy="{y:.1f}" r="5"/>'
            '<text{look} x="{x}" y="{beside:.1f}" text-anchor="{anchor}">{n}</text>'
        ).format(
            dot=surface.look("dot"),
            look=surface.look("last"),
            x=surface.across(x),
            y=y,
            beside=y - 12 if y > 40 else y + 22,
            anchor="end" if x > 60 else "start" if x < 15 else "middle",
            n=number(last.total),
        )


@dataclass(frozen=True)
class ShareLines:
    """Shares (0..1) by day, one line each: the first full, the others dashed, each named at its end."""

    lines: Sequence[tuple[str, Sequence[tuple[date, float]]]]

    @property
    def days(self) -> list[date]:
        """Every day that a line has."""
        return [each for _name, points in self.lines for each, _share in points]

    def draw(self, surface: Surface) -> Markup:
        """The grid from 0 to 1, the lines, their names and last values."""
        if not self.days:
            return Markup("")
        starts, ends = min(self.days), max(self.days)
        steps = [(_y(quarter, 4), number(quarter / 4)) for quarter in range(1, 5)]
        drawing, names = _grid(surface) + _scale(surface, steps), Markup("")
        for index, (name, points) in enumerate(self.lines):
            if points:
                line = _share_line(points, starts, max((ends - starts).days, 1))
                part = "second" if index else "curve"
                drawing += surface.plot(part, line, (), top=_TOP, high=_PLOT)
                names += _share_name(surface, name, points[-1][1])
        return drawing + _days(surface, starts, ends) + names

    def described(self) -> str:
        """Each line's first and last value."""
        return " ".join(
            f"{name}: {number(round(points[0][1], 3))} → {number(round(points[-1][1], 3))}."
            for name, points in self.lines
            if points
        )


def _share_line(points: Sequence[tuple[date, float]], starts: date, span: int) -> Points:
    return [(100 * (each - starts).days / span, 100 * (1 - _within(v))) for each, v in points]


def _share_name(surface: Surface, name: str, share: float) -> Markup:
    return Markup('<text{} x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
        surface.look("last"),
        surface.right,
        _y(_within(share) * 100, 100) - 10,
        f"{name}: {number(round(share, 3))}",
    )


def _within(share: float) -> float:
    return min(max(share, 0.0), 1.0)


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


def _grid(surface: Surface) -> Markup:
    return Markup("").join(
        Markup('<line{0} x1="{1}" x2="{2}" y1="{3:.1f}" y2="{3:.1f}"/>').format(
            surface.look("grid"), surface.left, surface.right, _y(quarter, 4)
        )
        for quarter in range(5)
    )


def _scale(surface: Surface, steps: Sequence[tuple[float, str]]) -> Markup:
    return Markup("").join(
        Markup('<text{} x="{}" y="{:.1f}">{}</text>').format(
            surface.look("scale"), surface.left, y - 5, words
        )
        for y, words in steps
    )


def _days(surface: Surface, starts: date, ends: date) -> Markup:
    return Markup(
        '<text{look} x="{left}" y="{y}">{starts}</text>'
        '<text{look} x="{right}" y="{y}" text-anchor="end">{ends}</text>'
    ).format(
        look=surface.look("scale"),
        left=surface.left,
        right=surface.right,
        y=_TOP + _PLOT + 18,
        starts=day(starts),
        ends=day(ends),
    )
