"""A desk's own rates: until the end of yesterday, by group and department, small cells hidden."""

from datetime import date, timedelta

from flask import g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.queries import Figures, Where
from surveyapp.fieldwork.counts.small_cells import LEAST, hidden
from surveyapp.i18n import _, day
from surveyapp.web.desk import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name as name_of
from surveyapp.web.parts import rate_table
from surveyapp.web.parts.rate_table import Row


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
        least=LEAST,
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


def _tables(db: Session, until: date) -> tuple[list[Row], list[Row], Figures]:
    """Rows by group in the campaign's order, rows by department worst first, and the unit's total."""
    facts = {"where": Where(supplying=g.unit.id), "until": until}
    by_group = queries.figures(db, g.campaign.id, by=("group",), **facts)  # type: ignore[arg-type]
    by_department = queries.figures(db, g.campaign.id, by=("department",), **facts)  # type: ignore[arg-type]
    groups = {group.id: group for group in campaigns.groups(db, g.campaign.id)}
    departments = {each.id: each for each in campaigns.departments(db, g.campaign.id)}
    group_rows = _shown(
        [
            Row(group.code, f"{group.code}. {name_of(group)}", by_group[id_,])
            for id_, group in groups.items()
            if (id_,) in by_group
        ]
    )
    without = (
        [Row("", _("Không gắn với sở, ban, ngành"), by_department[0,])]
        if (0,) in by_department
        else []
    )
    department_rows = [
        Row(each.code, name_of(each), by_department[id_,])
        for id_, each in departments.items()
        if (id_,) in by_department
    ]
    total = queries.total(by_group.values())
    # A unit without departments would see its total once more as the one row of an empty table.
    rows = _shown([*department_rows, *without]) if department_rows else []
    return group_rows, rate_table.worst_first(rows), total


def _shown(rows: list[Row]) -> list[Row]:
    """The rows, without the figures of those a desk may not see."""
    invited = {row.code: row.figures.counts.invited for row in rows if row.figures is not None}
    away = hidden(invited)
    return [Row(row.code, row.name, None if row.code in away else row.figures) for row in rows]
