"""A desk's own rates: until the end of yesterday, by group and department, small cells hidden."""

from datetime import date, timedelta

from flask import g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.counts.small_cells import hidden_rows
from surveyapp.i18n import _, day
from surveyapp.web.desk import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name as name_of
from surveyapp.web.parts import rate_table
from surveyapp.web.parts.rate_table import RateRow


@bp.get("/rates")
@allow("coordinator")
def rates() -> str:
    """Figures of the unit alone, never of a person, and never of today."""
    until = _yesterday()
    with reading() as db:
        groups, departments, total = _tables(db, until)
    return render_template(
        "desk/rates.html",
        total=total,
        group_columns=rate_table.columns(_("Nhóm đối tượng"), with_plan=False),
        groups=[rate_table.table_row(row, with_plan=False) for row in groups],
        department_columns=rate_table.columns(_("Sở, ban, ngành"), with_plan=False),
        departments=[rate_table.table_row(row, with_plan=False) for row in departments],
        any_hidden=any(row.figures is None for row in (*groups, *departments)),
        least=g.campaign.table_minimum,
        until=day(until),
    )


@bp.get("/rates/<any(groups, departments):which>.<any(csv, xlsx):format>")
@allow("coordinator")
def rates_file(which: str, format: str) -> ResponseReturnValue:
    """One of the two tables as a file, with the same cells hidden."""
    until = _yesterday()
    with reading() as db:
        groups, departments, _total = _tables(db, until)
    headings = {"groups": _("Nhóm đối tượng"), "departments": _("Sở, ban, ngành")}
    return rate_table.file(
        format,
        groups if which == "groups" else departments,
        heading=headings[which],
        title=_("Tỷ lệ trả lời: %(unit)s", unit=name_of(g.unit)),
        notes=(g.campaign.title_vi, _("Tính đến hết ngày %(day)s", day=day(until))),
        name=f"ty-le-{g.campaign.code}-{g.unit.code}-{until}",
        with_plan=False,
    )


def _yesterday() -> date:
    return clock.day(clock.now()) - timedelta(days=1)


def _tables(db: Session, until: date) -> tuple[list[RateRow], list[RateRow], Figures]:
    """Rows by group in the campaign's order, rows by department worst first, and the unit's total."""
    where = Scope(supplying=g.unit.id)
    by_group, by_department = (
        {
            id_: figures
            for (id_,), figures in queries.figures(
                db, g.campaign.id, by=(dimension,), where=where, until=until
            ).items()
        }
        for dimension in ("group", "department")
    )
    groups = {each.id: each for each in campaigns.groups(db, g.campaign.id)}
    departments = {each.id: each for each in campaigns.departments(db, g.campaign.id)}
    group_rows = _shown(list(rate_table.rate_rows(groups, by_group).values()))
    department_rows = list(rate_table.rate_rows(departments, by_department).values())
    without = (
        [RateRow("", _("Không gắn với sở, ban, ngành"), by_department[0])]
        if 0 in by_department
        else []
    )
    total = queries.total(by_group.values())
    # A unit without departments would see its total once more as the one row of an empty table.
    rows = _shown([*department_rows, *without]) if department_rows else []
    return group_rows, rate_table.worst_first(rows), total


def _shown(rows: list[RateRow]) -> list[RateRow]:
    """The rows, without the figures of those a desk may not see."""
    invited = {row.code: row.figures.counts.invited for row in rows if row.figures is not None}
    away = hidden_rows(invited, least=g.campaign.table_minimum)
    return [RateRow(row.code, row.name, None if row.code in away else row.figures) for row in rows]
