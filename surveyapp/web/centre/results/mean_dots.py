"""Published means as dots and as rows: one unit beside its neighbours, many units beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from surveyapp.documents.charts.dots import DotRow
from surveyapp.documents.tables import Cell, Column
from surveyapp.exports.download.published_reader import Band, PublishedMean
from surveyapp.exports.download.unit_results import PlacedMean, Quartiles, change_words
from surveyapp.i18n import _, tenths
from surveyapp.web.parts.result_table import band
from surveyapp.web.parts.table_rows import NONE, count_cell, sorted_by


def placed_row(label: str, placed: PlacedMean, url: str | None = None) -> DotRow:
    """A unit's mean over the box of its neighbours."""
    before = placed.before.middle if placed.before else None
    return DotRow(
        label, band(placed.own.band), placed.own.middle, placed.own.reach, placed.quartiles, before, url=url
    )  # fmt: skip


def mean_row(
    label: str, mean: PublishedMean, quartiles: Quartiles | None, url: str | None
) -> DotRow:
    """One of many units."""
    return DotRow(label, band(mean.band), mean.middle, mean.reach, quartiles, url=url)


def spread_row(
    label: str, middles: Sequence[float], quartiles: Quartiles | None, url: str | None
) -> DotRow:
    """Every unit of a criterion in one row."""
    low, high = tenths(min(middles)), tenths(max(middles))
    told = low if low == high else _("%(low)s đến %(high)s", low=low, high=high)
    return DotRow(label, told, quartiles=quartiles, others=middles, url=url)


def legend(*parts: str) -> list[tuple[str, str]]:
    """(part, words) of those named."""
    words = {
        "mean-dot": _("trung bình của đơn vị"),
        "interval": _("khoảng 95 %"),
        "quartiles": _("nửa giữa của các đơn vị được so, vạch là trung vị"),
        "before": _("đợt trước"),
        "other": _("mỗi chấm là một đơn vị"),
    }
    return [(part, words[part]) for part in parts]


def columns(heading: str, *, counted: bool, with_before: bool) -> list[dict[str, Any]]:
    """Columns for the `table` macro, in the order of `row`; `counted` where rows have responses of their own."""
    labels = [_("Trung bình (0–100)"), _("Khoảng 95 %")]
    labels += [_("Phiếu trả lời")] if counted else []
    labels += [_("Nửa giữa của các đơn vị được so"), _("Trung vị"), _("Số đơn vị được so")]
    labels += [_("Đợt trước"), _("So với đợt trước")] if with_before else []
    return [{"label": heading}, *({"label": label, "number": True} for label in labels)]


def row(label: str, placed: PlacedMean, *, counted: bool, with_before: bool) -> dict[str, Any]:
    """A row for the `table` macro."""
    own, quartiles = placed.own, placed.quartiles
    cells: list[Any] = [
        sorted_by(own.middle, band(own.band), 4),
        sorted_by(own.reach[0], between(own.reach), 4),
        *([count_cell(own.responses)] if counted else []),
        sorted_by(quartiles[0], between((quartiles[0], quartiles[2])), 4) if quartiles else NONE,
        sorted_by(quartiles[1], tenths(quartiles[1]), 4) if quartiles else NONE,
        count_cell(placed.neighbours),
    ]
    if with_before:
        before = placed.before
        cells.append(sorted_by(before.middle, band(before.band), 4) if before else NONE)
        cells.append(change_words(placed.change) if placed.change else NONE)
    return {"cells": (label, *cells)}


def between(ends: Band) -> str:
    """From the lower end to the upper."""
    return f"{tenths(ends[0])} – {tenths(ends[1])}"


def file_columns() -> list[Column]:
    """Columns of `file_rows`."""
    return [
        Column(_("Mã tiêu chí")),
        Column(_("Tiêu chí")),
        Column(_("Mã đơn vị")),
        Column(_("Đơn vị")),
        *(Column(label, "points") for label in (_("Trung bình, từ"), _("Trung bình, đến"))),
        *(Column(label, "points") for label in (_("Khoảng 95 %, từ"), _("Khoảng 95 %, đến"))),
        Column(_("Nhóm")),
        Column(_("Số câu hỏi"), "count"),
    ]


def file_rows(
    spread: Mapping[str, Mapping[str, PublishedMean]],
    titles: Mapping[str, str],
    names: Mapping[str, str],
) -> list[list[Cell]]:
    """One row per criterion × unit."""
    return [
        [
            criterion, titles[criterion], unit, names[unit], *mean.band, *mean.reach, mean.made_of[0],
            int(mean.made_of[1]),
        ]
        for criterion, of_units in spread.items()
        for unit, mean in of_units.items()
    ]  # fmt: skip
