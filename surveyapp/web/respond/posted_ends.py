"""What a post ended at is shown under an address of its own, so that Back never meets a form to be sent again.

The words lie sealed in a cookie of an hour, in both languages: the next page may be asked for in either. A browser
that sent no cookie keeps none, so it is answered at once.
"""

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from surveyapp import i18n
from surveyapp.errors import SurveyError
from surveyapp.web.http import locale, sessions, state
from surveyapp.web.http.error_pages import errors
from surveyapp.web.http.error_pages.refusals import Words, words_for
from surveyapp.web.respond import bp, sealed_page

COOKIE = sessions.Cookie("phieu_bao", "respondent-cookie")
LIFE = timedelta(hours=1)


def by_redirect() -> bool:
    """A form of a page was sent in, by a browser that keeps what it is given."""
    wants_page = request.accept_mimetypes.best != "application/json"
    return request.method == "POST" and wants_page and bool(request.cookies)


def lead(address: str, told: dict[str, Any]) -> ResponseReturnValue:
    """To the page at `address`, which finds there what it has to tell."""
    packed = base64.b64encode(zlib.compress(json.dumps(told, ensure_ascii=False).encode()))
    response = redirect(address, code=303)
    value = sessions.seal({"told": packed.decode()}, COOKIE, state.keys())
    response.set_cookie(_name(), value, path="/", max_age=LIFE, **_flags())
    return response


def lead_out(endpoint: str, told: dict[str, Any], **values: Any) -> ResponseReturnValue:
    """The session's end: our cookies go by name, but for what the next page has to tell, which is no code."""
    spoken: dict[str, Any] = {}
    if i18n.locale() != i18n.DEFAULT:
        spoken[locale.FIELD] = i18n.locale()
    sessions.end_respondent()
    response = make_response(lead(url_for(endpoint, **spoken, **values), told))
    sealed_page.forget(response)
    return response


def told() -> dict[str, Any]:
    """What the last post left to tell; empty where it left nothing."""
    value = request.cookies.get(_name())
    content = sessions.unseal(value, COOKIE, state.keys()) if value else None
    if not content:
        return {}
    left: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(content["told"])))
    return left


def forget(response: Response) -> None:
    """Somebody's questionnaire is open: what was told before is over."""
    if _name() in request.cookies:
        response.delete_cookie(_name(), path="/", **_flags())


def page_of(write: Callable[[], Words]) -> ResponseReturnValue:
    """A page that says what `write` writes; after a post under its own address.

    What passes by itself is answered at once: loading the page anew tries again.
    """
    if not by_redirect() or write().status >= 500:
        return errors.page_of(write())
    written = {}
    for language in i18n.LOCALES:
        with i18n.speaking(language):
            written[language] = asdict(write())
    return lead(url_for("respond.not_done"), {"words": written})


@bp.errorhandler(SurveyError)
def rule_broken(error: SurveyError) -> ResponseReturnValue:
    """As everywhere, but after a post under an address of its own."""
    errors.note_refusal(error)
    return page_of(lambda: words_for(error))


@bp.get("/khong-thuc-hien")
def not_done() -> ResponseReturnValue:
    """Why what was sent in was not done; the same however often it is loaded."""
    left = told()
    if "forged" in left:
        return errors.token_refused()
    written = left.get("words")
    if written is None:
        return redirect(url_for("respond.home"))
    return errors.page_of(Words(**written[i18n.locale()]))


def _name() -> str:
    return COOKIE.name(secure=state.settings().secure)


def _flags() -> dict[str, Any]:
    return {"secure": state.settings().secure, "httponly": True, "samesite": "Lax"}
