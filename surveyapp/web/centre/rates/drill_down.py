"""Rates by group, unit and department, narrowed row by row, with all rates and their formulas."""

from dataclasses import replace
from datetime import datetime

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.rules import Disposition
from surveyapp.db import reading
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.i18n import _, day, moment
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import selection as parts
from surveyapp.web.centre.rates.selection import Registry, Selection
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name as name_of
from surveyapp.web.parts import rate_table, rate_words
from surveyapp.web.parts.rate_table import Row


@bp.get("/rates")
@allow("operator", "viewer", "auditor")
def rates() -> str:
    """One table of the chosen part by the chosen dimension."""
    now = clock.now()
    wanted = parts.read_selection(request.args, today=clock.day(now))
    if wanted.until is None:
        live.offer(now)
    rate_table.keep_counts_short()
    with reading() as db:
        names = parts.registry(db, g.campaign.id)
        rows, total = rows_of(db, wanted, names)
    return render_template(
        "centre/rates.html",
        wanted=wanted,
        chosen=parts.chosen(wanted, names),
        tabs=_tabs(wanted),
        columns=rate_table.columns(parts.dimension_name(wanted.by), with_plan=wanted.has_plan),
        rows=[rate_table.table_row(row, with_plan=wanted.has_plan) for row in rows],
        foot=rate_table.table_row(Row("", _("Cộng"), total), with_plan=wanted.has_plan),
        total=total,
        when=when(wanted, now),
        today=clock.day(now),
        caption=title(wanted, names),
        downloads=[
            (kind.upper(), parts.address(wanted, "centre.rates_file", format=kind))
            for kind in ("xlsx", "csv")
        ]
        + [
            (kind.upper(), parts.address(wanted, "centre.chart_file", chart="rates", image=kind))
            for kind in ("png", "svg")
        ],
        details_url=parts.address(wanted, "centre.rate_details"),
        remind_url=_remind(wanted),
    )


@bp.get("/rates/table.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def rates_file(format: str) -> ResponseReturnValue:
    """The same table as a file, with every rate known before the opening."""
    now = clock.now()
    wanted = parts.read_selection(request.args, today=clock.day(now))
    rate_table.keep_counts_short()
    with reading() as db:
        names = parts.registry(db, g.campaign.id)
        rows, total = rows_of(db, wanted, names)
    return rate_table.file(
        format,
        [*rows, Row("", _("Cộng"), total)],
        heading=parts.dimension_name(wanted.by),
        title=title(wanted, names),
        notes=(g.campaign.title_vi, _("Tính đến %(when)s", when=when(wanted, now))),
        with_plan=wanted.has_plan,
        name=f"ty-le-{g.campaign.code}-{wanted.by}-{wanted.until or clock.day(now)}",
    )


@bp.get("/rates/details")
@allow("operator", "viewer", "auditor")
def rate_details() -> str:
    """All outcome rates of the chosen part, how they are computed, and the counts they come from."""
    now = clock.now()
    wanted = parts.read_selection(request.args, today=clock.day(now))
    if wanted.until is None:
        live.offer(now)
    rate_table.keep_counts_short()
    with reading() as db:
        names = parts.registry(db, g.campaign.id)
        found = queries.figures(
            db, g.campaign.id, by=(), where=wanted.where(names), until=wanted.until
        )
    total = found.get((), Figures())
    return render_template(
        "centre/rate_details.html",
        total=total,
        chosen=parts.chosen(wanted, names),
        rates=rate_words.rates_in_words(total.counts),
        dispositions=[
            (rate_words.disposition_name(d), d.aapor, rate_words.part_of(d), total.counts.of({d}))
            for d in Disposition
        ],
        when=when(wanted, now),
        back=parts.address(wanted),
    )


def _remind(wanted: Selection) -> str:
    """Where a reminder to the chosen unit or group is begun; empty for who may not, or for the whole."""
    if not (wanted.supplying or wanted.group) or "operator" not in g.actor.roles_in(
        g.campaign.code
    ):
        return ""
    return url_for(
        "centre.new_wave",
        kind="reminder_not_started",
        unit=wanted.supplying or None,
        group=wanted.group or None,
    )


def rows_of(db: Session, wanted: Selection, names: Registry) -> tuple[list[Row], Figures]:
    """Rows of the part, groups in the campaign's order and all others worst first, and the total."""
    where = wanted.where(names)
    facts = {"where": where, "until": wanted.until}
    found = queries.figures(db, g.campaign.id, by=(wanted.by,), **facts)  # type: ignore[arg-type]
    things = names.of(wanted.by)
    rows = [
        Row(thing.code, _named(wanted.by, thing), found[id_,], _open(wanted, thing.code))
        for id_, thing in things.items()
        if (id_,) in found
    ]
    if (0,) in found:
        rows.append(Row("", _("Không gắn với sở, ban, ngành"), found[0,]))
    total = queries.total(row.figures for row in rows if row.figures is not None)
    if wanted.by == "department":
        whole = queries.figures(db, g.campaign.id, by=(), **facts)  # type: ignore[arg-type]
        total = whole.get((), total)  # departments have no plan; the part they belong to has one
    return rows if wanted.by == "group" else rate_table.worst_first(rows), total


def _named(dimension: str, thing: parts.Named) -> str:
    return f"{thing.code}. {name_of(thing)}" if dimension == "group" else name_of(thing)


def _open(wanted: Selection, code: str) -> str | None:
    return parts.address(wanted.into(wanted.by, code)) if wanted.is_open(wanted.by) else None


def _tabs(wanted: Selection) -> list[tuple[str, str, bool]]:
    return [
        (parts.dimension_name(by), parts.address(replace(wanted, by=by)), wanted.by == by)
        for by in parts.DIMENSIONS
        if wanted.is_open(by) or wanted.by == by
    ]


def when(wanted: Selection, now: datetime) -> str:
    """The moment the figures are true of, in words."""
    if wanted.until is not None:
        return _("hết ngày %(day)s", day=day(wanted.until))
    return moment(now)


def title(wanted: Selection, names: Registry) -> str:
    """What the table is of."""
    words = _("Tỷ lệ trả lời theo: %(dimension)s", dimension=parts.dimension_name(wanted.by))
    narrowed = "; ".join(which for _what, which, _url in parts.chosen(wanted, names))
    return f"{words} – {narrowed}" if narrowed else words
