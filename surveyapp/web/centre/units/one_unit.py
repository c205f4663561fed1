"""Everything about one supplying unit: rate and curve, reasons, contacts, messages, lists, calls, notes, what to do next."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Unit
from surveyapp.db import reading, transaction
from surveyapp.delivery import labels, unit_messages
from surveyapp.delivery import queries as deliveries
from surveyapp.delivery.waves import unit_holds
from surveyapp.documents.charts import curves
from surveyapp.documents.charts.curves import CurvePoint, TimeCurve
from surveyapp.fieldwork.counts import briefing, queries
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.followup import queries as calls
from surveyapp.followup import unit_notes
from surveyapp.followup.labels import result_name
from surveyapp.i18n import _
from surveyapp.respondents import queries as respondents
from surveyapp.respondents.deadlines import desks
from surveyapp.web.centre import bp
from surveyapp.web.centre.rates import next_steps, selection
from surveyapp.web.centre.rates.overview import reasons_bar
from surveyapp.web.centre.rates.selection import Selection
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.safeguards.people_shown import Purpose, note_shown
from surveyapp.web.parts import rate_table
from surveyapp.web.parts.list_words import STATES, kind_name, versus_plan
from surveyapp.web.parts.narrowed_list import narrowed

CONTACTS = 10
"""Contacts to mend on a page."""


@bp.get("/units/<code>/")
@allow("operator", "viewer", "auditor")
def one_unit(code: str) -> str:
    """The unit as it stands now."""
    return _page(code)


@bp.post("/units/<code>/notes")
@allow("operator")
def note_unit(code: str) -> ResponseReturnValue:
    """Keep a note about the unit: of its desk and its work, never of a person."""
    text = request.form.get("note", "").strip()
    if not text:
        return _page(code, errors=[("note", _("Vui lòng ghi nội dung."))]), 422
    with transaction() as db:
        unit = campaigns.unit(db, g.campaign.id, code)
        unit_notes.write(db, g.campaign, unit, text, act=act())
    flash(_("Đã ghi chú."), "success")
    return redirect(url_for("centre.one_unit", code=code, _anchor="notes"), code=303)


def _page(code: str, errors: list[tuple[str, str]] | None = None) -> str:
    now = clock.now()
    live.offer(now)
    rate_table.keep_counts_short()
    may_act = "operator" in g.actor.roles_in(g.campaign.code)
    with reading() as db:
        unit = campaigns.unit(db, g.campaign.id, code)
        shown = {
            **_figures(db, unit),
            "requests": narrowed(
                deliveries.contact_requests(db, unit.id) if may_act else [],
                words=lambda _one: "",
                per_page=CONTACTS,
                page_of="centre.one_unit",
                kept={"code": code},
            ),
            "asked": dict(unit_messages.asked_contacts(db, g.campaign.id)).get(unit.id, 0),
            "waves": unit_messages.waves_of_unit(db, unit.id),
            "lists": _lists(db, unit),
            "calls": calls.results_of_unit(db, g.campaign.id, unit.id),
            "notes": unit_notes.of_unit(db, unit.id),
            "hold": unit_holds.of_unit(db, unit.id),
            "late": next(
                (
                    late
                    for late in desks.late_units(db, g.campaign, today=clock.day(now))
                    if late.unit.id == unit.id
                ),
                None,
            ),
        }
    note_shown(Purpose.CONTACT_MISSING, people=len(shown["requests"].rows), unit_code=code)
    return render_template(
        "centre/unit.html",
        unit=unit,
        has_results=g.campaign.is_released,
        name=unit_name(unit),
        say=labels,
        result_name=result_name,
        kind_name=kind_name,
        list_states=STATES,
        versus_plan=versus_plan,
        may_act=may_act,
        errors=errors or [],
        typed=request.form,
        when=selection.when(None, now),
        rates_url=selection.address(Selection(by="department", supplying=code)),
        **shown,
    )


def _figures(db: Session, unit: Unit) -> dict[str, Any]:
    where = Scope(supplying=unit.id)
    by_group = queries.figures(db, g.campaign.id, by=("group",), where=where)
    by_department = queries.figures(db, g.campaign.id, by=("department",), where=where)
    total, names = queries.total(by_group.values()), selection.registry(db, g.campaign.id)
    advice = next_steps.adviser(db, clock.now()).advise(total, unit=unit.code)
    points = queries.curve(db, g.campaign.id, where=where)

    def rows(things: Any, figures: Any, dimension: str) -> list[Any]:
        flat = {key[0]: row for key, row in figures.items()}
        chosen = Selection(supplying=unit.code)
        made = rate_table.rate_rows(
            things, flat, url=lambda code: selection.address(chosen.into(dimension, code))
        )
        return [rate_table.plain_row(row) for row in made.values()]

    return {
        "total": total,
        "missing": briefing.missing(total),
        "advice": advice,
        "others": [other for other in _acts(unit) if other[1] != advice.url],
        "reasons": reasons_bar(total),
        "curve": curves.figure(_curve(points, total), title=_("Phiếu đã nộp, cộng dồn theo ngày")),
        "columns": rate_table.plain_columns,
        "groups": rows(names.groups, by_group, "group"),
        "departments": rows(names.departments, by_department, "department"),
    }


def _acts(unit: Unit) -> list[tuple[str, str]]:
    """What can be done at any time, whatever is advised: words and addresses."""

    def wave(kind: str) -> str:
        return url_for("centre.new_wave", kind=kind, unit=unit.code)

    return [
        (_("Nhắc người chưa bắt đầu"), wave("reminder_not_started")),
        (_("Nhắc người làm dở"), wave("reminder_begun")),
        (_("Gọi điện"), url_for("centre.calls", unit=unit.code)),
    ]


def _curve(points: list[DayFigures], total: Figures) -> TimeCurve:
    opens = clock.day(g.campaign.opens_at)
    closes = clock.day(g.campaign.closes_at)
    came = [CurvePoint(p.day, p.counts.submitted) for p in points if p.day >= opens]
    return TimeCurve(
        came,
        starts=opens,
        ends=max(closes, came[-1].day if came else closes),
        target=total.planned,
        target_label=_("Kế hoạch"),
    )


def _lists(db: Session, unit: Unit) -> list[Any]:
    """(expected list, every version of it) of the unit."""
    return [
        (one, respondents.versions(db, unit_id=unit.id, kind_id=one.kind.id))
        for one in respondents.expected(db, g.campaign.id, unit_id=unit.id)
    ]
