"""Representativeness: R, its parts, whom to remind, and whether the last sending still changes anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import g, render_template
from markupsafe import Markup

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.documents.charts import curves
from surveyapp.documents.charts.curves import ShareLines
from surveyapp.documents.tables import Cell, Column
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.representativeness import r_indicator as rules
from surveyapp.fieldwork.representativeness import strata as strata_counts
from surveyapp.fieldwork.representativeness.r_indicator import (
    Category,
    DayPicture,
    Representativeness,
    Stratum,
    StratumCounts,
    Suggestion,
    Variable,
)
from surveyapp.fieldwork.representativeness.strata import ResponseCourse
from surveyapp.i18n import _, day, locale, moment, number, percent
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import next_steps, selection
from surveyapp.web.centre.rates.next_steps import Advice, Adviser
from surveyapp.web.centre.rates.selection import Registry
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name as name_of
from surveyapp.web.parts import rate_table
from surveyapp.web.parts.table_rows import count_cell, day_cell, share_cell, sorted_by


@bp.get("/representativeness")
@allow("operator", "viewer", "auditor")
def representativeness() -> str:
    """R today, by variable and category, the course over days, the subgroups to remind."""
    seen = look()
    measured, named, course = seen.measured, seen.named, seen.course
    may_act = "operator" in g.actor.roles_in(g.campaign.code)
    return render_template(
        "centre/representativeness.html",
        measured=measured,
        when=moment(seen.now),
        notes=seen.notes()[1:],
        chart=_chart(lines(seen)),
        r=_index(measured.r) if measured else "–",
        largest=_largest(measured, named) if measured else "",
        effect=course.effect,
        effect_words=_effect(course.effect) if course.effect else "",
        variables=[_variable(variable, named) for variable in measured.variables]
        if measured
        else [],
        columns=_columns(),
        suggestions=[
            _suggestion(each, named, seen.advise(each.stratum), may_act=may_act)
            for each in rules.suggest(seen.strata)
        ],
        suggestion_columns=_suggestion_columns(),
        course_columns=_course_columns(),
        course=[_day_row(point) for point in course.pictures[::-1]],
    )


@dataclass(frozen=True)
class RepresentativenessView:
    """What the page and its files are made of."""

    now: datetime
    strata: Mapping[Stratum, StratumCounts]
    course: ResponseCourse
    measured: Representativeness | None
    named: tuple[dict[str, str], ...]
    units: Mapping[str, Figures]
    """By code, the whole unit: what is done next is the unit's matter."""
    adviser: Adviser

    def advise(self, stratum: Stratum) -> Advice:
        """What to do next about a unit's group."""
        unit, group = stratum.supplying, stratum.group
        return self.adviser.advise(self.units.get(unit, Figures()), unit=unit, group=group)

    def notes(self) -> list[str]:
        """The campaign, the date and the denominator."""
        forms = number(self.measured.whole.forms) if self.measured else "–"
        return [
            g.campaign.title_en if locale() == "en" else g.campaign.title_vi,
            _("Tính đến %(when)s", when=moment(self.now)),
            _("Mẫu số: %(forms)s phiếu của người được mời.", forms=forms),
        ]


def look() -> RepresentativenessView:
    """The present picture, and the course of it up to the end of yesterday."""
    now = clock.now()
    rate_table.keep_counts_short()
    with reading() as db:
        names = selection.registry(db, g.campaign.id)
        strata = strata_counts.strata(db, g.campaign.id)
        course = strata_counts.course(db, g.campaign.id, until=clock.day(now) - timedelta(days=1))
        adviser = next_steps.adviser(db, now)
        by_unit = queries.figures(db, g.campaign.id, by=("supplying",))
    units = {names.units[id_].code: each for (id_,), each in by_unit.items()}
    return RepresentativenessView(
        now, strata, course, rules.measure(strata), _names(names), units, adviser
    )


def title_of_course() -> str:
    """What the chart is of."""
    return _("R (theo đơn vị và nhóm) và tỷ lệ trả lời đến hết mỗi ngày")


def _chart(drawn: ShareLines) -> Markup:
    return curves.figure(drawn, title=title_of_course()) if drawn.days else Markup("")


def lines(seen: RepresentativenessView) -> ShareLines:
    """R and the response rate by day."""
    pictures = seen.course.pictures
    return ShareLines(
        [
            (_("Chỉ số R"), [(each.day, each.r) for each in pictures]),
            (_("Tỷ lệ trả lời"), [(each.day, each.rate) for each in pictures]),
        ]
    )


def as_table(
    seen: RepresentativenessView, table: str
) -> tuple[str, list[Column], list[list[Cell]]]:
    """`days`, `parts` or `reminders` for a file: its title, columns and rows."""
    made: dict[
        str, tuple[str, Callable[[RepresentativenessView], list[list[Cell]]], list[Column]]
    ] = {
        "days": (
            title_of_course(),
            lambda seen: [[p.day.isoformat(), p.r, p.rate] for p in seen.course.pictures],
            [Column(_("Hết ngày")), Column("R", "index"), Column(_("Tỷ lệ trả lời"), "share")],
        ),
        "parts": (
            _("Phần riêng của từng nhóm nhỏ"),
            _part_lines,
            [
                Column(_("Cách chia")),
                Column(_("Nhóm nhỏ")),
                Column(_("Tỷ lệ"), "share"),
                Column(_("Số phiếu"), "count"),
                Column(_("Còn chờ"), "count"),
                Column(_("Phần riêng"), "index"),
                Column(_("Phần riêng có điều kiện"), "index"),
            ],
        ),
        "reminders": (
            _("Nhóm nào tụt lại"),
            _reminder_lines,
            [
                Column(_("Nhóm nhỏ")),
                Column(_("Tỷ lệ"), "share"),
                Column(_("Số phiếu"), "count"),
                Column(_("Còn chờ"), "count"),
                Column(_("R nếu đạt mức chung"), "index"),
                Column(_("Nên làm tiếp")),
            ],
        ),
    }
    title, rows, columns = made[table]
    return title, columns, rows(seen)


def _part_lines(seen: RepresentativenessView) -> list[list[Cell]]:
    """Each variable as a whole, then its categories."""
    rows: list[list[Cell]] = []
    for variable in seen.measured.variables if seen.measured else ():
        words = seen.named[rules.VARIABLES.index(variable.name)]
        name = variable_name(variable.name)
        rows.append(
            [name, _("Cộng"), None, None, None, variable.unconditional, variable.conditional]
        )
        for each in variable.categories:
            tally = each.tally
            of_it: list[Cell] = [tally.rate, tally.forms, tally.waiting]
            called = words.get(each.name, each.name)
            rows.append([name, called, *of_it, each.unconditional, each.conditional])
    return rows


def _reminder_lines(seen: RepresentativenessView) -> list[list[Cell]]:
    return [
        [
            _stratum(each.stratum, seen.named),
            each.tally.rate,
            each.tally.forms,
            each.tally.waiting,
            each.r_then,
            seen.advise(each.stratum).words,
        ]
        for each in rules.suggest(seen.strata)
    ]


def _names(names: Registry) -> tuple[dict[str, str], ...]:
    """What the codes of each variable stand for, in the order of `VARIABLES`."""
    units = {each.code: name_of(each) for each in names.units.values()}
    return (
        {strata_counts.MINISTRIES: _("Bộ, cơ quan ngang bộ")},
        {each.code: f"{each.code}. {name_of(each)}" for each in names.groups.values()},
        {
            "": _("Không gắn với sở, ban, ngành"),
            **{each.code: name_of(each) for each in names.departments.values()},
        },
        units,
        units,
    )


def variable_name(name: str) -> str:
    """A variable in words."""
    return {
        "region": _("Vùng"),
        "group": _("Nhóm đối tượng"),
        "department": _("Sở, ban, ngành"),
        "supplying": _("Đơn vị lập danh sách"),
        "rated": _("Đơn vị được đánh giá"),
    }[name]


def _largest(measured: Representativeness, named: tuple[dict[str, str], ...]) -> str:
    """Between which categories response differs most, and which of them is lowest."""
    most = measured.largest
    if most is None or measured.r is None:
        return ""
    words, lowest = named[rules.VARIABLES.index(most.name)], most.categories[0]
    return _(
        "Chênh lệch lớn nhất: theo %(variable)s (%(part)s). Kéo xuống nhiều nhất: %(name)s, %(rate)s so với %(whole)s chung.",
        variable=variable_name(most.name).lower(),
        part=_index(most.unconditional),
        name=words.get(lowest.name, lowest.name),
        rate=percent(lowest.tally.rate),
        whole=percent(measured.whole.rate),
    )


def _index(value: float | None) -> str:
    if value is None:
        return "–"
    shown = f"{value:.3f}"
    return shown if locale() == "en" else shown.replace(".", ",")


def _columns() -> list[dict[str, Any]]:
    heads = (
        _("Tỷ lệ"),
        _("Số phiếu"),
        _("Còn chờ"),
        _("Phần riêng"),
        _("Phần riêng có điều kiện"),
    )
    return [{"label": _("Nhóm nhỏ")}, *({"label": head, "number": True} for head in heads)]


def _variable(variable: Variable, named: tuple[dict[str, str], ...]) -> dict[str, Any]:
    words = named[rules.VARIABLES.index(variable.name)]
    return {
        "name": variable_name(variable.name),
        "unconditional": _index(variable.unconditional),
        "conditional": _index(variable.conditional),
        "rows": [_category(each, words) for each in variable.categories],
    }


def _category(each: Category, words: dict[str, str]) -> dict[str, Any]:
    tally = each.tally
    return {
        "cells": (
            words.get(each.name, each.name),
            share_cell(tally.rate),
            count_cell(tally.forms),
            count_cell(tally.waiting),
            sorted_by(each.unconditional, _signed(each.unconditional)),
            sorted_by(each.conditional, _index(each.conditional)),
        )
    }


def _signed(value: float) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "") + _index(abs(value))


def _suggestion_columns() -> list[dict[str, Any]]:
    heads = (_("Tỷ lệ"), _("Số phiếu"), _("Còn chờ"), _("R nếu đạt mức chung"))
    numbers = ({"label": head, "number": True} for head in heads)
    return [{"label": _("Nhóm nhỏ")}, *numbers, {"label": _("Nên làm tiếp")}]


def _suggestion(
    each: Suggestion, named: tuple[dict[str, str], ...], advice: Advice, *, may_act: bool
) -> dict[str, Any]:
    told: str | Markup = advice.words
    if may_act and advice.url:
        told = Markup('<a href="{}">{}</a>').format(advice.url, advice.words)
    return {
        "cells": (
            _stratum(each.stratum, named),
            share_cell(each.tally.rate),
            count_cell(each.tally.forms),
            count_cell(each.tally.waiting),
            sorted_by(each.r_then, _index(each.r_then)),
            told,
        ),
    }


def _stratum(stratum: Stratum, named: tuple[dict[str, str], ...]) -> str:
    """The unit and its group in words; the region is the unit's."""
    parts = zip(rules.VARIABLES, stratum, named, strict=True)
    chosen = [words.get(code, code) for name, code, words in parts if code and name != "region"]
    return " · ".join(reversed(chosen))


def _course_columns() -> list[dict[str, Any]]:
    heads = (_("R theo đơn vị và nhóm"), _("Tỷ lệ trả lời"))
    return [{"label": _("Hết ngày")}, *({"label": head, "number": True} for head in heads)]


def _day_row(point: DayPicture) -> dict[str, Any]:
    return {
        "cells": (
            day_cell(point.day),
            sorted_by(point.r, _index(point.r)),
            share_cell(point.rate),
        )
    }


def _effect(effect: rules.WaveEffect) -> str:
    """What the last sending did, and what follows from it."""
    facts = {
        "day": day(effect.sent_on),
        "r": _index(effect.latest.r),
        "rate": percent(effect.latest.rate),
    }
    before = effect.before
    words = _("Từ lần gửi đầu tiên ngày %(day)s: R là %(r)s, tỷ lệ trả lời %(rate)s.", **facts)
    if before is not None:
        facts |= {"r_before": _index(before.r), "before": percent(before.rate)}
        words = _(
            "Từ lần gửi ngày %(day)s: R từ %(r_before)s thành %(r)s, tỷ lệ trả lời từ %(before)s thành %(rate)s.",
            **facts,
        )
    if effect.has_stopped:
        return (
            words
            + " "
            + _(
                "Ba ngày qua cả hai gần như không đổi: lần gửi này không còn làm thay đổi bức tranh."
            )
        )
    return words + " " + _("Bức tranh vẫn đang thay đổi.")
