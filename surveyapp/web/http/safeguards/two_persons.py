"""What two persons do together: the form waits until another person has agreed to it, to the letter."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.accounts import second_person
from surveyapp.accounts.second_person import Deed, SentForm
from surveyapp.db import transaction
from surveyapp.i18n import _
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.safeguards.fresh_factor import OURS
from surveyapp.web.http.state import settings

View = TypeVar("View", bound=Callable[..., Any])
MARK = "two_persons"


def always() -> bool:
    """Whatever the form says."""
    return True


def two_persons(deed: Deed, *, when: Callable[[], bool] = always) -> Callable[[View], View]:
    """Mark a view whose form is carried out only when a second person agreed; `when` looks at the form.

    A form that would be refused anyway need not bother anybody: let `when` say so.
    """

    def mark(view: View) -> View:
        setattr(view, MARK, (deed, when))
        return view

    return mark


def install(app: Flask) -> None:
    """Enforce the mark, after it is known who asks, that the form is ours and the second factor fresh."""
    app.before_request(_demand)
    app.after_request(_give_back)


def is_demanded() -> bool:
    """In a demonstration one person does both, and every such page says so."""
    return not settings().demo


def _demand() -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    marked = getattr(view, MARK, None)
    if marked is None or g.get("actor") is None or not is_demanded():
        return None
    deed, when = marked
    if not when():
        return None
    fields = {name: request.form.getlist(name) for name in sorted(request.form) if name not in OURS}
    form = SentForm(g.campaign.code, deed, request.path, fields)
    with transaction() as db:
        agreed = second_person.take(db, form, act=act())
        if agreed is None:
            second_person.ask(db, form, act=act())
        g.second_person = agreed
    if agreed is not None:
        return None
    flash(_("Việc này cần người thứ hai đồng ý. Yêu cầu đã được ghi và chờ ở trang này."), "info")
    return redirect(url_for("centre.confirmations"), code=303)


def _give_back(response: Response) -> Response:
    """A deed that was refused after all has not used its agreement up."""
    agreed = g.get("second_person")
    if agreed is not None and response.status_code >= 400:
        with transaction() as db:
            second_person.give_back(db, agreed.id)
    return response
