"""Error pages: what went wrong, whether anything is lost, what to do next. Nothing of the request is told."""

import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException, InternalServerError

from surveyapp import db as database
from surveyapp import log
from surveyapp.errors import SurveyError
from surveyapp.i18n import _
from surveyapp.web.http.error_pages import account_refusals  # noqa: F401  registers its words
from surveyapp.web.http.error_pages.refusals import Words, words_for
from surveyapp.web.http.headers import BareResponse, SurveyResponse
from surveyapp.web.http.monitoring import metrics
from surveyapp.web.http.safeguards.sent_fields import SurveyRequest
from surveyapp.web.http.sessions import is_staff_path, respondent_code
from surveyapp.web.parts import help_desk

RETRY_SECONDS = 10
"""A database that returns is found within a second; browsers and proxies need not wait longer."""


class SurveyFlask(Flask):
    """Flask, but its log of an error names the route, never the path: a path may hold a link."""

    request_class = SurveyRequest
    response_class = SurveyResponse

    def redirect(self, location: str, code: int = 302) -> Response:
        """To another address, with nothing beside it: browsers show nobody what stands there."""
        return BareResponse(b"", code, {"Location": location})

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view and no hook of ours is a coroutine, so none is asked at every request."""
        return func

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Log class and place of the error under a number that the page shows."""
        g.error_id = secrets.token_hex(4)
        if exc_info[1] is not None:
            log.failure(exc_info[1], route=_route(), error_id=g.error_id)


def _route() -> str | None:
    return request.url_rule.rule if request.url_rule else None


def install(app: Flask) -> None:
    """One handler per family of failures."""
    app.register_error_handler(SurveyError, _rule_broken)
    app.register_error_handler(CSRFError, token_refused)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(InternalServerError, _unexpected)
    for kind in (*database.UNREACHABLE, database.DatabaseFault):
        app.register_error_handler(kind, _database_failed)


def token_refused(_error: CSRFError | None = None) -> Response:
    """The token against forged posts is missing or of another session."""
    return _page("csrf", 400)


def _rule_broken(error: SurveyError) -> Response:
    note_refusal(error)
    return page_of(words_for(error))


def note_refusal(error: SurveyError) -> None:
    """A rule was broken: counted and logged by its kind, nothing of the request."""
    log.event("refused", reason=type(error).__name__, route=_route())
    metrics.refused(type(error).__name__)


def page_of(words: Words) -> Response:
    """A page that says `words`, or the same as JSON to a script that asks for it."""
    if _wants_json():
        response = make_response(
            jsonify(error=words.title, message=words.message, next=words.next_step)
        )
    else:
        response = make_response(
            render_template(
                "errors/error.html",
                heading=words.title,
                message=words.message,
                next_step=words.next_step,
                **_way_home(words.contact, is_anothers=words.is_anothers),
            )
        )
    response.status_code = words.status
    if words.retry_after:
        response.headers["Retry-After"] = str(words.retry_after)
    return response


def _refused(error: HTTPException) -> Response:
    if error.response is not None and error.code is not None and error.code < 400:
        return make_response(error.response)  # a redirect to the address with its slash
    return _page(str(error.code), error.code or 500, headers=error)


def _unexpected(_error: Exception) -> Response:
    return _page("500", 500)


def _database_failed(error: Exception) -> Response:
    """503 where the state of the database is the reason, told apart in the log and on the page."""
    if not database.of_database(error):
        raise error
    fault = database.fault_of(error)
    g.database_fault = fault
    log.failure(error, route=_route(), fault=fault, sqlstate=database.sqlstate(error))
    response = _page("503", 503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(name: str, status: int, *, headers: HTTPException | None = None) -> Response:
    if _wants_json():
        response = make_response(jsonify(error=name))
    else:
        facts = {
            "error_id": g.get("error_id"),
            "database_fault": g.get("database_fault"),
            **_way_home(),
        }
        try:
            body = render_template(f"errors/{name}.html", **facts)
        except TemplateNotFound:
            body = render_template("errors/400.html", **facts)
        response = make_response(body)
    response.status_code = status
    if headers is not None:
        for header, value in headers.get_headers():
            if header in {"Allow", "Retry-After"}:
                response.headers[header] = value
    return response


def _way_home(
    contact: dict[str, str] | None = None, *, is_anothers: bool = False
) -> dict[str, object]:
    """Where the page leads; a respondent's names the help desk, and the link in the message where nothing is open."""
    if is_staff_path(request.path):
        return {"home_url": "/account/start"}
    named = {"contact": contact or help_desk.nearest()}
    if respondent_code() is not None and not is_anothers:
        return {
            "home_url": url_for("respond.hub"),
            "way_on_label": _("Về danh sách phiếu"),
            **named,
        }
    return {"home_url": "/", "dead_end": True, **named}


def _wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True  # whatever the address, a program asks
    return request.accept_mimetypes.best == "application/json"
