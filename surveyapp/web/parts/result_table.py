"""Results as rows: which part of the public tables a page shows, as charts, tables and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from surveyapp.documents.charts import bars
from surveyapp.documents.charts.bars import StackedBar
from surveyapp.documents.tables import Cell, Column
from surveyapp.exports.disclosure.public_tables import MISSING
from surveyapp.exports.download.published_reader import Distribution, PublishedTables
from surveyapp.i18n import _, day, locale, number, percent, tenths
from surveyapp.instruments.kinds.kind import NOT_ASKED, AnswerCategory
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import DONT_KNOW, InstrumentItem
from surveyapp.web.parts.table_rows import NONE, count_cell, sorted_by

SHADES = 5


@dataclass(frozen=True)
class ResultLine:
    """One row: what it is of, where it leads, and the distribution, none where no table has it."""

    unit: str
    group: str
    label: str
    url: str | None
    distribution: Distribution | None

    @property
    def mean(self) -> float | None:
        """The middle of the distribution's; none where no table has it."""
        return self.distribution.middle if self.distribution else None


@dataclass(frozen=True)
class ScaleRows:
    """Rows whose items share one scale: one chart and its table."""

    options: tuple[AnswerCategory, ...]
    best: str
    dont_know: bool
    lines: tuple[ResultLine, ...]
    item: InstrumentItem

    @property
    def scale(self) -> str:
        """The scale by its two ends."""
        if not kind_of(self.item).scores(self.item):
            return _("Số phiếu chọn từng phương án")
        ends = self.options[0], self.options[-1]
        first, last = (option.get(locale()) for option in ends)
        return _("Thang từ “%(first)s” đến “%(last)s”", first=first, last=last)


def parts(lines: Sequence[ResultLine]) -> list[ScaleRows]:
    """The rows by scale, scales in the order they come; rows of no table at all are left out."""
    by_scale: dict[Any, list[ResultLine]] = {}
    for line in lines:
        if line.distribution is not None:
            item = line.distribution.item
            key = tuple((o.code, o.vi) for o in _options(item)), item.best, kind_of(item).is_several
            by_scale.setdefault(key, []).append(line)
    return [_part(lines) for lines in by_scale.values()]


def _part(lines: list[ResultLine]) -> ScaleRows:
    items = [line.distribution.item for line in lines if line.distribution is not None]
    offered = any(item.dont_know for item in items)
    return ScaleRows(_options(items[0]), items[0].best, offered, tuple(lines), items[0])


def _options(item: InstrumentItem) -> tuple[AnswerCategory, ...]:
    return tuple(one for one in kind_of(item).categories(item) if one.role == "option")


def worst_first(lines: Sequence[ResultLine]) -> list[ResultLine]:
    """By mean, the lowest first; rows without one last, in the order they came."""
    return sorted(lines, key=lambda line: (line.mean is None, line.mean or 0))


def chart(part: ScaleRows) -> Markup:
    """The rows as stacked bars: every share is out of all responses of its row."""
    if kind_of(part.item).is_several:
        return bars.stacked_bars(
            _bars_of_options(part), [("shade-4", _("đã chọn"))], title=part.scale
        )
    legend = [(shade(part, o.code), o.get(locale())) for o in part.options]
    legend += [("unsure", dont_know())] if part.dont_know else []
    legend += [("blank", not_answered()), ("veiled", _("gộp nhiều phương án vì quá ít phiếu"))]
    return bars.stacked_bars([_bar(part, line) for line in part.lines], legend, title=part.scale)


def _bars_of_options(part: ScaleRows) -> list[StackedBar]:
    """Of a question with several answers a bar for each option: their shares do not add up."""
    option_bars = []
    for line in part.lines:
        assert line.distribution is not None  # parts() keeps only these
        of = line.distribution.responses
        for option in part.options:
            low, high = line.distribution.between(option.code)
            shown = [("shade-4", low / of), ("veiled", (high - low) / of)]
            told = percent(low / of) if low == high else f"≤ {percent(high / of)}"
            label = f"{line.label}: {option.get(locale())}"
            option_bars.append(StackedBar(label, [one for one in shown if one[1]], told, line.url))
    return option_bars


def shade(part: ScaleRows, code: str) -> str:
    """The class that colours an option: the better, the deeper."""
    codes = [option.code for option in part.options]
    index = codes.index(code)
    if part.best == codes[0]:
        index = len(codes) - 1 - index
    return f"shade-{round(index * (SHADES - 1) / max(len(codes) - 1, 1))}"


def _bar(part: ScaleRows, line: ResultLine) -> StackedBar:
    """Options told alone in their shades; what is told of several together hatched, where the first stands."""
    distribution = line.distribution
    assert distribution is not None  # parts() keeps only these
    classes = {option.code: shade(part, option.code) for option in part.options}
    classes |= {DONT_KNOW: "unsure", MISSING: "blank", NOT_ASKED: "blank"}
    shown: list[tuple[str, float]] = []
    drawn, of = set[tuple[str, ...]](), distribution.responses
    for code in distribution.codes:
        run = distribution.run_of(code)
        if len(run) > 1 and run not in drawn:
            shown.append(("veiled", distribution.counts[run][1] / of))
        elif len(run) == 1:
            shown.append((classes[code], distribution.between(code)[0] / of))
        drawn.add(run)
    rest = 1 - sum(share for _, share in shown)
    shown = [(name, share) for name, share in shown if share]
    return StackedBar(
        line.label,
        [*shown, *([("veiled", rest)] if rest > 1e-9 else [])],
        _told(distribution),
        line.url,
    )


def _told(distribution: Distribution) -> str:
    n = _("%(n)s phiếu", n=number(distribution.responses))
    if kind_of(distribution.item).is_number and distribution.median:
        labels = {one.code: one.get(locale()) for one in _options(distribution.item)}
        ends = dict.fromkeys((labels[distribution.median[0]], labels[distribution.median[-1]]))
        return _("trung vị %(band)s · %(n)s", band=" … ".join(ends), n=n)
    return (
        n
        if distribution.mean is None
        else _("TB %(mean)s · %(n)s", mean=band(distribution.mean), n=n)
    )


def band(mean: tuple[float, float]) -> str:
    """A mean and how far it may be off either way, for all that is told."""
    middle, off = (mean[0] + mean[1]) / 2, (mean[1] - mean[0]) / 2
    return f"{tenths(middle)} ± {tenths(off)}" if off >= 0.05 else tenths(middle)


def columns(part: ScaleRows, heading: str) -> list[dict[str, Any]]:
    """Columns for the `table` macro, in the order of `row`."""
    labels = [
        _("Trung bình (0–100)"),
        _("Phiếu trả lời"),
        *(option.get(locale()) for option in part.options),
        *([dont_know()] if part.dont_know else []),
        not_answered(),
    ]
    return [{"label": heading}, *({"label": label, "number": True} for label in labels)]


def row(part: ScaleRows, line: ResultLine) -> dict[str, Any]:
    """A row for the `table` macro."""
    distribution = line.distribution
    assert distribution is not None  # parts() keeps only these
    codes = [option.code for option in part.options]
    codes += [DONT_KNOW] if part.dont_know else []
    cells = [_cell(distribution, code) for code in (*codes, MISSING)]
    return {
        "cells": (line.label, _mean(distribution), count_cell(distribution.responses), *cells),
        "url": line.url,
    }


def _cell(distribution: Distribution, code: str) -> dict[str, Any]:
    """A count with its share; of options told together that each is at most so many."""
    if code == DONT_KNOW and not distribution.item.dont_know:
        return NONE
    low, high = distribution.between(code)
    words = Markup('<span>{} <span class="muted small">{}</span></span>')
    if low == high:
        return {
            "shown": words.format(number(low), percent(low / distribution.responses)),
            "value": low,
        }
    told = f"≤ {number(high)}" if not low else f"{number(low)}–{number(high)}"
    share = f"≤ {percent(high / distribution.responses)}"
    if low:
        share = f"{percent(low / distribution.responses)}–{percent(high / distribution.responses)}"
    veiled = Markup('<span class="muted">{} <span class="small">{}</span></span>')
    return {"shown": veiled.format(told, share), "value": (low + high) / 2}


def _mean(distribution: Distribution) -> dict[str, Any]:
    if distribution.mean is None:
        return NONE
    return sorted_by(distribution.middle, band(distribution.mean), 4)


def file_columns() -> list[Column]:
    """Columns of `file_rows`: long, so that items on different scales share them."""
    return [
        Column(_("Mã đơn vị")),
        Column(_("Đơn vị")),
        Column(_("Nhóm")),
        Column(_("Mã câu hỏi")),
        Column(_("Câu hỏi")),
        Column(_("Mã phương án")),
        Column(_("Phương án")),
        Column(_("Gộp với")),
        Column(_("Số phiếu chọn, ít nhất"), "count"),
        Column(_("Số phiếu chọn, nhiều nhất"), "count"),
        Column(_("Tỷ lệ, ít nhất"), "share"),
        Column(_("Tỷ lệ, nhiều nhất"), "share"),
        Column(_("Trung bình, từ"), "points"),
        Column(_("Trung bình, đến"), "points"),
        Column(_("Phiếu trả lời (mẫu số)"), "count"),
        Column(_("Bản phát hành số"), "count"),
        Column(_("Ngày phát hành")),
    ]


def file_rows(
    lines: Sequence[ResultLine], published: PublishedTables, names: Mapping[str, str]
) -> list[list[Cell]]:
    """One row per shown row × option, the least and the most that chose it. `names` of units by code."""
    told: list[Cell] = [published.release.number, day(published.release.built_at)]
    rows: list[list[Cell]] = []
    for line in lines:
        distribution = line.distribution
        if distribution is None:
            continue
        item, of = distribution.item, distribution.responses
        labels = {option.code: option.get(locale()) for option in _options(item)}
        labels |= {DONT_KNOW: dont_know(), MISSING: not_answered(), NOT_ASKED: not_asked()}
        first: list[Cell] = [line.unit, names[line.unit], line.group]
        first += [item.id, item.text.get(locale())]
        for code in distribution.codes:
            low, high = distribution.between(code)
            merged = " ".join(one for one in distribution.run_of(code) if one != code)
            counted: list[Cell] = [merged, low, high, low / of, high / of]
            rows.append(
                [
                    *first,
                    code,
                    labels[code],
                    *counted,
                    *(distribution.mean or (None, None)),
                    of,
                    *told,
                ]
            )
    return rows


def hidden() -> str:
    """What stands in a cell that the public table hides."""
    return _("ẩn")


def dont_know() -> str:
    """Heading of the answers off the scale."""
    return _("Không biết")


def not_asked() -> str:
    """Heading of those whom the routing did not lead to the question."""
    return _("Không được hỏi")


def not_answered() -> str:
    """Heading of the answers that are missing."""
    return _("Không trả lời")
