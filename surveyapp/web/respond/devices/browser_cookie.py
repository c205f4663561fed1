"""The cookie by which a browser in which answering began is known for the rest of the campaign.

It holds, for each code it began with, the strand that opens the drafts; without the code it opens
nothing. The session's cookie ends after an hour's rest, this one does not.
"""

import hashlib
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from surveyapp.web.http import sessions, state

COOKIE = sessions.Cookie("phieu_may", "respondent-cookie")
LIFE = timedelta(days=120)
MOST = 8
"""People of one browser, as at an office's computer; whoever came first is forgotten first."""


def strand(code: str) -> bytes | None:
    """What this browser holds for `code`; None where it never began with it."""
    return _held().get(_mark(code))


def remember(response: Response, code: str, own: bytes) -> None:
    """From now on this browser is known as one that began with `code`."""
    held = {mark: each for mark, each in _held().items() if mark != _mark(code)}
    kept = [*held.items(), (_mark(code), own)][-MOST:]
    content = {"begun": [[mark, each.hex()] for mark, each in kept]}
    response.set_cookie(
        COOKIE.name(secure=state.settings().secure),
        sessions.seal(content, COOKIE, state.keys()),
        path="/",
        max_age=LIFE,
        secure=state.settings().secure,
        httponly=True,
        samesite="Lax",
    )


def mark() -> bytes | None:
    """Which browser this is, if somebody began in it; pressing start again gives it no other mark."""
    return next((each.encode() for each in _held()), None)


def _held() -> dict[str, bytes]:
    value = request.cookies.get(COOKIE.name(secure=state.settings().secure))
    content = sessions.unseal(value, COOKIE, state.keys()) if value else None
    return {mark: bytes.fromhex(own) for mark, own in (content or {}).get("begun", [])}


def _mark(code: str) -> str:
    return hashlib.sha256(b"begun with\0" + code.encode()).hexdigest()[:16]
