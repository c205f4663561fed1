"""Tables of rates, at the centre and at a desk: on the page and as a file, from the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask.wrappers import Response
from markupsafe import Markup

from surveyapp.db import reading, transaction
from surveyapp.documents import tables
from surveyapp.documents.tables import Cell, Column
from surveyapp.fieldwork import queries, service
from surveyapp.fieldwork.queries import Figures
from surveyapp.i18n import _, number, percent


@dataclass(frozen=True)
class Row:
    """One row of a table of rates; no figures where they are hidden."""

    code: str
    name: str
    figures: Figures | None
    url: str | None = None
    tone: str | None = None


def keep_counts_short() -> None:
    """Fold the waiting changes when a screen would have to add up many of them.

    A screen is right either way, so this writes only what it has just made cheaper to read, and does it
    before the reading begins, in a short transaction of its own: nothing that runs apart has to be
    kept alive for the centre's pages to stay fast. Desks and respondents never fold.
    """
    with reading() as db:
        waiting = queries.unfolded(db, at_most=service.FOLD_WHEN + 1)
    if waiting > service.FOLD_WHEN:
        with transaction() as db:
            service.fold(db)


def worst_first(rows: Sequence[Row]) -> list[Row]:
    """By response rate, the lowest first; rows without a rate last, in the order they came."""

    def order(row: Row) -> tuple[bool, float]:
        rate = row.figures.rates.rr2 if row.figures else None
        return rate is None, rate or 0

    return sorted(rows, key=order)


def slim_columns(heading: str) -> list[dict[str, Any]]:
    """Columns of `slim_row`."""
    labels = (_("Tỷ lệ trả lời"), _("Đã nộp"), _("Được mời"))
    return [{"label": heading}, *({"label": label, "number": True} for label in labels)]


def slim_row(row: Row) -> dict[str, Any]:
    """Name, rate and its two counts, for a table that stands beside a picture."""
    rate, submitted, *rest = _cells(row.figures, with_plan=False)
    return {"cells": (row.name, rate, submitted, rest[-1]), "url": row.url, "tone": row.tone}


def columns(heading: str, *, with_plan: bool = True) -> list[dict[str, Any]]:
    """Columns for the `table` macro: the rate first, so that a phone shows it beside the name."""
    counts = [
        _("Tỷ lệ trả lời"),
        _("Đã nộp"),
        _("Đạt yêu cầu"),
        _("Đã bắt đầu"),
        _("Đã gửi lời mời"),
        _("Được mời"),
    ]
    plan = [_("Đã duyệt"), _("Đã lập danh sách"), _("Kế hoạch"), _("Tỷ lệ đạt mẫu")]
    labels = counts + (plan if with_plan else [])
    return [{"label": heading}, *({"label": label, "number": True} for label in labels)]


def table_row(row: Row, *, with_plan: bool = True, url: bool = True) -> dict[str, Any]:
    """A row for the `table` macro."""
    return {
        "cells": (row.name, *_cells(row.figures, with_plan)),
        "url": row.url if url else None,
        "tone": row.tone,
    }


def _cells(figures: Figures | None, with_plan: bool) -> list[Any]:
    if figures is None:
        hidden = {"shown": _("ẩn"), "value": ""}
        return [hidden] * (10 if with_plan else 6)
    counts = figures.counts
    rate = figures.rates.rr2
    shown: list[Any] = [
        {"shown": _bar(rate), "value": "" if rate is None else f"{rate:.5f}"},
        *(
            _count(n)
            for n in (
                counts.submitted,
                counts.complete,
                counts.started,
                counts.sent,
                counts.invited,
            )
        ),
    ]
    if with_plan:
        shown += [_count(figures.approved), _count(figures.listed), _count(figures.planned)]
        covered = figures.coverage
        shown += [{"shown": percent(covered), "value": "" if covered is None else f"{covered:.5f}"}]
    return shown


def _count(n: int | None) -> dict[str, object]:
    return {"shown": "–", "value": ""} if n is None else {"shown": number(n), "value": n}


def _bar(rate: float | None) -> Markup:
    macros = current_app.jinja_env.get_template("parts/figures.html").module
    return Markup(macros.rate_bar(rate, percent(rate)))  # type: ignore[attr-defined]  # noqa: S704  our own macro


RATES = (
    *("rr1", "rr2", "rr3", "rr4", "rr5", "rr6"),
    *("coop1", "coop2", "ref1", "ref2", "ref3", "con1", "con2", "con3", "e"),
)
"""Columns of the file; COOP3 and COOP4 equal COOP1 and COOP2, since nothing here is 'other'."""


def file(
    kind: str,
    rows: Sequence[Row],
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
        *(Column(letter, "count") for letter in ("I", "P", "R", "NC", "U")),
        Column(_("Không thuộc đối tượng"), "count"),
        Column(_("Đã nộp"), "count"),
        Column(_("Đạt yêu cầu"), "count"),
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


def _line(row: Row, with_plan: bool, width: int) -> list[Cell]:
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
        counts.complete,
        counts.started,
        counts.sent,
        counts.invited,
    ]
    if with_plan:
        line += [figures.approved, figures.listed, figures.planned, figures.coverage]
    return line
