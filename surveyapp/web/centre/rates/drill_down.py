"""Rates by group, unit and department, narrowed row by row, with all rates and their formulas."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.rules import Disposition
from surveyapp.db import reading
from surveyapp.fieldwork import labels
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.i18n import _
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import next_steps, selection
from surveyapp.web.centre.rates.next_steps import Advice
from surveyapp.web.centre.rates.selection import Registry, Selection
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.parts import rate_table
from surveyapp.web.parts.narrowed_list import narrowed
from surveyapp.web.parts.rate_table import RateRow


@dataclass(frozen=True)
class RatesTable:
    """The rows that an address asks for: groups in the campaign's order, all others worst first."""

    selection: Selection
    names: Registry
    now: datetime
    rows: Sequence[RateRow]
    total: Figures

    @property
    def title(self) -> str:
        """What the table is of."""
        of = selection.dimension_name(self.selection.by)
        words = _("Tỷ lệ trả lời theo: %(dimension)s", dimension=of)
        narrowed = selection.chosen(self.selection, self.names)
        which = "; ".join(name for _what, name, _url in narrowed)
        return f"{words} – {which}" if which else words

    @property
    def when(self) -> str:
        """The moment the figures are true of, in words."""
        return selection.when(self.selection.until, self.now)

    @property
    def day(self) -> date:
        """The day whose figures these are."""
        return self.selection.until or clock.day(self.now)


def read_table(db: Session) -> RatesTable:
    """The table that the address asks for, live or of a past day."""
    now = clock.now()
    asked = selection.read_selection(request.args, today=clock.day(now))
    rate_table.keep_counts_short()
    names = selection.registry(db, g.campaign.id)
    rows, total = _rows(db, asked, names)
    return RatesTable(asked, names, now, rows, total)


@bp.get("/rates")
@allow("operator", "viewer", "auditor")
def rates() -> str:
    """One table of the chosen part by the chosen dimension: found, sorted and paged by the address."""
    with reading() as db:
        table = read_table(db)
        advice = _advice(db, table)
    asked, total = table.selection, RateRow("", _("Cộng"), table.total)
    if asked.until is None:
        live.offer(table.now)

    def shown(row: RateRow) -> dict[str, Any]:
        return rate_table.table_row(row, with_plan=asked.has_plan)

    listed = narrowed(
        table.rows,
        words=lambda row: f"{row.code} {row.name}",
        cells=lambda row: shown(row)["cells"],
        kept=asked.arguments(),
    )
    columns = rate_table.columns(selection.dimension_name(asked.by), with_plan=asked.has_plan)
    return render_template(
        "centre/rates.html",
        asked=asked,
        chosen=selection.chosen(asked, table.names),
        unit_url=url_for("centre.one_unit", code=asked.supplying) if asked.supplying else None,
        tabs=_tabs(asked),
        listed=listed,
        columns=listed.headings(columns) if listed.is_long else columns,
        rows=[shown(row) for row in listed.rows],
        foot=None if listed.is_narrowed else shown(total),
        total=table.total,
        when=table.when,
        today=clock.day(table.now),
        caption=table.title,
        downloads=_downloads(asked),
        details_url=selection.address(asked, "centre.rate_details"),
        advice=advice,
        may_act="operator" in g.actor.roles_in(g.campaign.code),
    )


def _downloads(asked: Selection) -> list[tuple[str, str]]:
    tables = [
        (kind.upper(), selection.address(asked, "centre.rates_file", format=kind))
        for kind in ("xlsx", "csv")
    ]
    pictures = [
        (kind.upper(), selection.address(asked, "centre.chart_file", chart="rates", image=kind))
        for kind in ("png", "svg")
    ]
    return tables + pictures


@bp.get("/rates/table.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def rates_file(format: str) -> ResponseReturnValue:
    """The same table as a file, with every rate known before the opening."""
    with reading() as db:
        table = read_table(db)
    by = table.selection.by
    return rate_table.file(
        format,
        [*table.rows, RateRow("", _("Cộng"), table.total)],
        heading=selection.dimension_name(by),
        title=table.title,
        notes=(g.campaign.title_vi, _("Tính đến %(when)s", when=table.when)),
        with_plan=table.selection.has_plan,
        name=f"ty-le-{g.campaign.code}-{by}-{table.day}",
    )


@bp.get("/rates/details")
@allow("operator", "viewer", "auditor")
def rate_details() -> str:
    """All outcome rates of the chosen part, how they are computed, and the counts they come from."""
    now = clock.now()
    asked = selection.read_selection(request.args, today=clock.day(now))
    if asked.until is None:
        live.offer(now)
    rate_table.keep_counts_short()
    with reading() as db:
        names = selection.registry(db, g.campaign.id)
        total = _whole(db, asked, names)
    return render_template(
        "centre/rate_details.html",
        total=total,
        chosen=selection.chosen(asked, names),
        rates=labels.rates_in_words(total.counts),
        dispositions=[
            (labels.disposition_name(d), d.aapor, labels.part_of(d), total.counts.of({d}))
            for d in Disposition
        ],
        when=selection.when(asked.until, now),
        back=selection.address(asked),
    )


def _advice(db: Session, table: RatesTable) -> Advice | None:
    """For the chosen unit, or the chosen group; none for the whole and for a past day."""
    asked, names = table.selection, table.names
    if asked.until is not None or not (asked.supplying or asked.group):
        return None
    part = Selection(supplying=asked.supplying) if asked.supplying else Selection(group=asked.group)
    figures = _whole(db, part, names)
    return next_steps.adviser(db, table.now).advise(
        figures, unit=asked.supplying, group=asked.group
    )


def _rows(db: Session, asked: Selection, names: Registry) -> tuple[list[RateRow], Figures]:
    """Rows of the part, groups in the campaign's order and all others worst first, and the total."""
    by_key = queries.figures(
        db, g.campaign.id, by=(asked.by,), where=asked.where(names), until=asked.until
    )
    by_id = {id_: figures for (id_,), figures in by_key.items()}
    made = rate_table.rate_rows(names.of(asked.by), by_id, url=lambda code: _open(asked, code))
    rows = list(made.values())
    if 0 in by_id:
        rows.append(RateRow("", _("Không gắn với sở, ban, ngành"), by_id[0]))
    total = queries.total(row.figures for row in rows if row.figures is not None)
    if asked.by == "department":  # departments have no plan; the part they belong to has one
        total = _whole(db, asked, names, default=total)
    return rows if asked.by == "group" else rate_table.worst_first(rows), total


def _whole(
    db: Session, asked: Selection, names: Registry, *, default: Figures | None = None
) -> Figures:
    """The chosen part in one row."""
    part = queries.figures(db, g.campaign.id, by=(), where=asked.where(names), until=asked.until)
    return part.get((), default or Figures())


def _open(asked: Selection, code: str) -> str | None:
    if asked == Selection(by="supplying"):  # the whole campaign, now: a unit has a page of its own
        return url_for("centre.one_unit", code=code)
    return selection.address(asked.into(asked.by, code)) if asked.is_open(asked.by) else None


def _tabs(asked: Selection) -> list[tuple[str, str, bool]]:
    return [
        (selection.dimension_name(by), selection.address(replace(asked, by=by)), asked.by == by)
        for by in selection.DIMENSIONS
        if asked.is_open(by) or asked.by == by
    ]
