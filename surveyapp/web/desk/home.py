"""A desk's first page: which lists are asked for, what stands of each, what to do next."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.db import reading, transaction
from surveyapp.i18n import _
from surveyapp.operations.personal_data import requests
from surveyapp.respondents import queries, service
from surveyapp.respondents.deadlines import desks
from surveyapp.respondents.lists.uploads import intake
from surveyapp.web.desk import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.parts.list_words import STATES, deadline, kind_name, versus_plan


@bp.get("/")
@allow("coordinator")
def home() -> str:
    """The unit's lists as a checklist against the plan, with the deadline in words."""
    today = clock.day(clock.now())
    with reading() as db:
        rows = queries.expected(db, g.campaign.id, unit_id=g.unit.id)
        due = desks.due_of(db, g.campaign, g.unit.id)
        received = intake.waiting_files(db, unit_id=g.unit.id)
        address = desks.address_of(db, g.unit.id)
        corrections = requests.corrections_of_unit(db, g.unit.id)
    return render_template(
        "desk/home.html",
        rows=rows,
        received={file.kind_id: file for file in received},
        done=sum(row.is_handed_in for row in rows),
        unit_name=unit_name(g.unit),
        due=deadline(due, today=today),
        due_day=due,
        is_extended=due > g.campaign.lists_due,
        is_late=today > due,
        address=address,
        corrections=corrections,
        is_open=g.campaign.is_open,
        takes_lists=g.campaign.takes_lists,
        states=STATES,
        kind_name=kind_name,
        versus_plan=versus_plan,
    )


@bp.post("/address")
@allow("coordinator")
def write_address() -> ResponseReturnValue:
    """Where the desk is reminded about its lists."""
    with transaction() as db:
        service.write_address(
            db, g.campaign, g.unit, email=request.form.get("email", "").strip(), act=act()
        )
    flash(_("Đã lưu địa chỉ nhận nhắc của đầu mối."), "success")
    return redirect(url_for("desk.home"), code=303)
