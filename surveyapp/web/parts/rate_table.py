"""Tables of rates, at the centre and at a desk: on the page and as a file, from the same rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask.wrappers import Response

from surveyapp.campaigns.models import RespondentGroup
from surveyapp.db import reading, transaction
from surveyapp.documents import tables
from surveyapp.documents.charts.bars import rate_bar
from surveyapp.documents.tables import Cell, Column
from surveyapp.fieldwork.counts import folding, queries
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.rules import Counts, headline
from surveyapp.i18n import _, number, percent
from surveyapp.web.http.frame import unit_name
from surveyapp.web.parts.table_rows import Cell as CellShown
from surveyapp.web.parts.table_rows import count_cell, hidden_cell, share_cell, sorted_by


@dataclass(frozen=True)
class RateRow:
    """One row of a table of rates; no figures where they are hidden."""

    code: str
    name: str
    figures: Figures | None
    url: str | None = None
    since: Counts | None = None
    """Net changes since the day before, where the table shows them."""

    @property
    def rise(self) -> float | None:
        """How much RR2 rose since the day before, as a share; None where there was no rate then."""
        if self.figures is None or self.since is None:
            return None
        now, before = self.figures.rate, headline(self.figures.counts - self.since)
        return None if now is None or before is None else now - before

    @property
    def gained(self) -> int:
        """Forms submitted since the day before."""
        return self.since.submitted if self.since else 0

    @property
    def lacking(self) -> int | None:
        """Submitted forms that the plan still asks for; None without a plan."""
        if self.figures is None or self.figures.planned is None:
            return None
        return max(self.figures.planned - self.figures.counts.submitted, 0)


def rate_rows(
    things: Mapping[Any, Any],
    figures: Mapping[Any, Figures],
    *,
    url: Callable[[str], str | None] | None = None,
    since: Mapping[Any, Counts] | None = None,
) -> dict[Any, RateRow]:
    """A row for each of `things` that has figures, by id, in the order of `things`; `url` takes a code."""
    return {
        id_: RateRow(
            thing.code,
            _named(thing),
            figures[id_],
            url(thing.code) if url else None,
            since=None if since is None else since.get(id_, Counts()),
        )
        for id_, thing in things.items()
        if id_ in figures
    }


def _named(thing: Any) -> str:
    name = unit_name(thing)
    return f"{thing.code}. {name}" if isinstance(thing, RespondentGroup) else name


def keep_counts_short() -> None:
    """Fold the waiting changes when a screen would have to add up many of them.

    A screen is right either way, so this writes only what it has just made cheaper to read, and does it
    before the reading begins, in a short transaction of its own: nothing that runs apart has to be
    kept alive for the centre's pages to stay fast. Desks and respondents never fold.
    """
    with reading() as db:
        waiting = queries.unfolded(db, at_most=folding.FOLD_WHEN + 1)
    if waiting > folding.FOLD_WHEN:
        with transaction() as db:
            folding.fold(db)


def worst_first(rows: Sequence[RateRow]) -> list[RateRow]:
    """By response rate, the lowest first; rows without a rate last, in the order they came."""

    def order(row: RateRow) -> tuple[bool, float]:
        rate = row.figures.rate if row.figures else None
        return rate is None, rate or 0

    return sorted(rows, key=order)


def slim_columns(heading: str) -> list[dict[str, Any]]:
    """Columns of `slim_row`."""
    labels = (
        _("Tỷ lệ trả lời"),
        _("So với hôm trước"),
        _("Nộp thêm"),
        _("Đã nộp"),
        _("Được mời"),
        _("Tỷ lệ đạt mẫu"),
        _("Còn thiếu"),
    )
    return [{"label": heading}, *({"label": label, "number": True} for label in labels)]


def slim_row(row: RateRow) -> dict[str, Any]:
    """Name, rate, what changed, its counts and the plan, for a table that stands beside a picture."""
    rate, submitted, *_counts, invited = _cells(row.figures, with_plan=False)
    covered = row.figures.coverage if row.figures else None
    against = (share_cell(covered), count_cell(row.lacking))
    cells = (row.name, rate, *_change(row), submitted, invited, *against)
    return {"cells": cells, "url": row.url}


def plain_columns(heading: str) -> list[dict[str, Any]]:
    """Columns of `plain_row`."""
    labels = (_("Tỷ lệ trả lời"), _("Đã nộp"), _("Được mời"), _("Kế hoạch"), _("Còn thiếu"))
    return [{"label": heading}, *({"label": label, "number": True} for label in labels)]


def plain_row(row: RateRow) -> dict[str, Any]:
    """Name, rate, counts and what is lacking, for a narrow table where nothing is compared with the day before."""
    rate, submitted, *_counts, invited = _cells(row.figures, with_plan=False)
    planned = row.figures.planned if row.figures else None
    cells = (row.name, rate, submitted, invited, count_cell(planned), count_cell(row.lacking))
    return {"cells": cells, "url": row.url}


def _change(row: RateRow) -> tuple[CellShown, CellShown]:
    rise = row.rise
    shown = "–" if rise is None else _("%(n)s điểm", n=signed(rise * 100))
    return sorted_by(rise, shown), {"shown": signed(row.gained, 0), "value": row.gained}


def signed(value: float, digits: int = 1) -> str:
    """A change with its sign; nothing before 0."""
    rounded = round(value, digits)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return sign + number(abs(rounded) if digits else int(abs(rounded)))


def columns(heading: str, *, with_plan: bool = True) -> list[dict[str, Any]]:
    """Columns for the `table` macro: the rate first, so that a phone shows it beside the name."""
    counts = [
        _("Tỷ lệ trả lời"),
        _("Đã nộp"),
        _("Đã bắt đầu"),
        _("Đã gửi lời mời"),
        _("Được mời"),
    ]
    plan = [_("Đã duyệt"), _("Đã lập danh sách"), _("Kế hoạch"), _("Tỷ lệ đạt mẫu")]
    labels = counts + (plan if with_plan else [])
    return [{"label": heading}, *({"label": label, "number": True} for label in labels)]


def table_row(row: RateRow, *, with_plan: bool = True, url: bool = True) -> dict[str, Any]:
    """A row for the `table` macro."""
    return {
        "cells": (row.name, *_cells(row.figures, with_plan)),
        "url": row.url if url else None,
    }


def _cells(figures: Figures | None, with_plan: bool) -> list[Any]:
    if figures is None:
        return [hidden_cell()] * (9 if with_plan else 5)
    counts = figures.counts
    rate = figures.rate
    shown: list[Any] = [
        sorted_by(rate, rate_bar(rate, percent(rate))),
        *(
            count_cell(n)
            for n in (
                counts.submitted,
                counts.begun,
                counts.sent,
                counts.invited,
            )
        ),
    ]
    if with_plan:
        shown += [
            count_cell(figures.approved),
            count_cell(figures.listed),
            count_cell(figures.planned),
        ]
        shown.append(share_cell(figures.coverage))
    return shown


RATES = (
    *("rr2", "rr4", "rr6", "coop2"),
    *("ref1", "ref2", "ref3", "con1", "con2", "con3", "e"),
)
"""Columns of the file: what is known before the opening. COOP4 equals COOP2, since nothing here is 'other'."""


def file(
    kind: str,
    rows: Sequence[RateRow],
    *,
    heading: str,
    title: str,
    notes: Sequence[str],
    name: str,
    with_plan: bool = True,
) -> Response:
    """The rows as `csv` or `xlsx`, all rates included; hidden rows keep their name alone."""
    labels = [
        Column(_("Mã")),
        Column(heading),
        *(Column(rate if rate == "e" else rate.upper(), "share") for rate in RATES),
        *(Column(letter, "count") for letter in ("S", "R", "NC", "U")),
        Column(_("Không thuộc đối tượng"), "count"),
        Column(_("Đã nộp"), "count"),
        Column(_("Đã bắt đầu"), "count"),
        Column(_("Đã gửi lời mời"), "count"),
        Column(_("Được mời"), "count"),
    ]
    if with_plan:
        labels += [
            Column(_("Đã duyệt"), "count"),
            Column(_("Đã lập danh sách"), "count"),
            Column(_("Kế hoạch"), "count"),
            Column(_("Tỷ lệ đạt mẫu"), "share"),
        ]
    lines = [_line(row, with_plan, len(labels)) for row in rows]
    content = tables.write(kind, labels, lines, title=title, notes=notes)
    return Response(
        content,
        mimetype=tables.MEDIA[kind],
        headers={"Content-Disposition": f"attachment; filename={name}.{kind}"},
    )


def _line(row: RateRow, with_plan: bool, width: int) -> list[Cell]:
    figures = row.figures
    if figures is None:
        return [row.code, row.name, *([None] * (width - 2))]
    counts, rates = figures.counts, figures.rates
    line: list[Cell] = [
        row.code,
        row.name,
        *(getattr(rates, rate) for rate in RATES),
        *counts.by_letter.values(),
        counts.submitted,
        counts.begun,
        counts.sent,
        counts.invited,
    ]
    if with_plan:
        line += [figures.approved, figures.listed, figures.planned, figures.coverage]
    return line
