"""A page of the questionnaire for one person, put together from what is kept for everybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app, render_template, session, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from surveyapp import clock
from surveyapp.instruments.model import Instrument
from surveyapp.invitations.queries import AssignmentView
from surveyapp.web.http import sessions
from surveyapp.web.parts import deadlines, help_desk
from surveyapp.web.respond import pages
from surveyapp.web.respond.document import (
    browser_buffer,
    page_parts,
    prepared_pages,
    whole_form,
)
from surveyapp.web.respond.document.prepared_pages import Known
from surveyapp.web.respond.visit import Visit, rated

TEMPLATE = "respond/section.html"


def shown(
    visit: Visit,
    assignment: AssignmentView,
    instrument: Instrument,
    answers: Mapping[str, str],
    page: int,
) -> str:
    """The page with what is saved."""
    here = pages.item_ids(instrument, page)
    reached = pages.progress(instrument, answers)
    form = Known(instrument.sha256, instrument)
    own = {
        **_own(visit, assignment, answers, here),
        **due_shown(visit),
        "stepper_shown": prepared_pages.page(
            "respond/progress.html", _steps, {"form": form, "reached": reached, "page": page}
        ),
        "filled": page_parts.filled(instrument, page, answers),
    }
    contact = help_desk.contact(visit.invited.campaign.settings)
    shared: dict[str, Any] = {
        "form": form,
        "number": assignment.number,
        "page": page,
        "contact": tuple(contact.items()),
    }
    if "_flashes" in session:  # told once, to one person
        return render_template(TEMPLATE, **_shared(**shared), **own)
    return prepared_pages.page(TEMPLATE, _shared, shared, own)


def refused(
    visit: Visit,
    assignment: AssignmentView,
    instrument: Instrument,
    answers: Mapping[str, str],
    page: int,
    *,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> str:
    """The page as it was typed, with what is wrong on top and beside the field."""
    form = Known(instrument.sha256, instrument)
    contact = help_desk.contact(visit.invited.campaign.settings)
    facts = {
        **_shared(form, assignment.number, page, tuple(contact.items())),
        **_own(visit, assignment, answers, pages.item_ids(instrument, page)),
        **pages.facts(instrument, answers, page),
        "deadline": visit.deadline,
        "typed": typed,
        "errors": errors,
    }
    return render_template(TEMPLATE, **facts)


def due_shown(visit: Visit) -> dict[str, Markup]:
    """Until when, as pages say it."""
    due = visit.deadline
    shared = {"closes_at": due.closes_at, "ends_at": due.ends_at, "stage": due.stage}
    own = {"due_seconds": due.seconds}
    return {"due_shown": prepared_pages.page("respond/deadline.html", _due, shared, own)}


def _due(closes_at: datetime, ends_at: datetime, stage: int | None) -> dict[str, Any]:
    seconds = prepared_pages.blank("due_seconds")
    return {"deadline": deadlines.at_stage(closes_at, ends_at, stage, seconds=seconds)}


def _steps(form: Known[Instrument], reached: pages.Progress, page: int) -> dict[str, Any]:
    steps = pages.steps(form.content, reached, page)
    return {"steps": steps, "page": page, "left": pages.left(reached)}


def _shared(
    form: Known[Instrument], number: int, page: int, contact: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    """What the page shows to everybody who fills in this questionnaire."""
    instrument = form.content
    mark = whole_form.rendered(instrument).mark
    return {
        **pages.fixed(instrument),
        "page": page,
        "title": pages.title(instrument, page),
        "number": number,
        "contact": dict(contact),
        "idle_minutes": int(sessions.IDLE.total_seconds()) // 60,
        "whole_url": url_for("respond.whole", number=number, mark=mark),
    }


def _own(
    visit: Visit, assignment: AssignmentView, answers: Mapping[str, str], here: list[str]
) -> dict[str, object]:
    """What only this person's page holds, whatever page it is."""
    others = {item: value for item, value in answers.items() if item not in here}
    return {
        "shown": int(clock.now().timestamp()),
        "rated": rated(assignment),
        "other_answers": htmlsafe_json_dumps(others, current_app.json.dumps),
        **browser_buffer.facts(visit.code, assignment.id),
    }
