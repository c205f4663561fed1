"""Addresses of an open questionnaire carry the mark of its invitation, so that Back, history and bookmarks
of a shared computer tell the truth: under somebody else's mark nothing is shown and nothing written.

The mark is no secret and opens nothing. It is made of the code, so it says nothing to whoever has not got it.
"""

import base64
from typing import Any

from flask import g, request

from surveyapp.errors import SurveyError
from surveyapp.web.http import sessions, state
from surveyapp.web.respond import bp

FIELD = "cua"
MARK_BYTES = 6
PERSONAL = frozenset(
    f"respond.{name}"
    for name in (
        "hub",
        "section",
        "review",
        "receipt",
        "other_device",
        "elsewhere",
        "confirm_declaration_typed",
    )
)
"""The pages that a browser keeps in its history. What is sent in is tied by its token (`guard.py`)."""


class AnothersAddress(SurveyError):
    """The address belongs to another invitation than the one open in this browser."""


def mark(code: str) -> str:
    """The opaque part for whoever has this code; the same while the oldest key of the ring lives."""
    keys = state.keys()
    whole = keys.mac("draft", b"own address\0" + code.encode(), min(keys.roots))
    return base64.urlsafe_b64encode(whole[:MARK_BYTES]).decode()


def present() -> str:
    """The mark of the invitation that is open here; empty where none is, a blank on a page made for all."""
    if (blank := g.get("own_mark_blank")) is not None:
        return str(blank)
    code = sessions.respondent_code()
    if code is None:
        return ""
    held: tuple[str, str] | None = g.get("own_mark")
    if held is None or held[0] != code:
        held = g.own_mark = (code, mark(code))
    return held[1]


@bp.url_defaults
def _marked(endpoint: str, values: dict[str, Any]) -> None:
    """Every address that a browser shows while a questionnaire is open carries its mark."""
    if endpoint in PERSONAL and (mine := present()):
        values.setdefault(FIELD, mine)


@bp.before_request
def _same_invitation() -> None:
    """Raises `AnothersAddress` under the mark of another invitation; without any, the session decides."""
    given = request.args.get(FIELD)
    if given and (mine := present()) and given != mine:
        raise AnothersAddress


def back_path() -> str:
    """The present address with its mark, for the button of the language."""
    mine = present() if request.endpoint in PERSONAL else ""
    return f"{request.path}?{FIELD}={mine}" if mine else request.path
