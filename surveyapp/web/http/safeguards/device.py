"""The browser as a device: the number it carries from sign-in to sign-in, and what it calls itself."""

import base64
import binascii
import hmac
import secrets
from hashlib import sha256
from typing import Any

from flask import Response, request

from surveyapp.web.http.sessions import DEVICE, OPENED
from surveyapp.web.http.state import keys, settings

KEPT_SECONDS = 400 * 24 * 3600
_FEWEST, _MOST = 30, 60
_BROWSERS = (
    ("Edg", "Edge"),
    ("coc_coc", "Coc Coc"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def known() -> bytes | None:
    """What is stored of the device's number; none where it carries none."""
    value = _carried()
    return sha256(value.encode()).digest() if value else None


def carry(response: Response) -> bytes:
    """Let the browser keep its number, a new one if it has none; what is stored of it."""
    value = _carried() or secrets.token_urlsafe(32)
    name = DEVICE.name(secure=settings().secure)
    response.set_cookie(
        name,
        value,
        max_age=KEPT_SECONDS,
        path="/",
        secure=settings().secure,
        httponly=True,
        samesite="Lax",
    )
    return sha256(value.encode()).digest()


def remember_opening(response: Response, code: str) -> None:
    """A link or a code opened questionnaires here: typing a code here is not slowed by strangers.

    The cookie is made of the code, so pressing start again and again gives no new one; without the key
    ring neither the code nor the person can be told from it. It ends with the respondent's session here.
    """
    mark = keys().mac("device", code.encode())[:16]
    value = base64.urlsafe_b64encode(mark + keys().mac("device", b"mark|" + mark)[:16]).decode()
    flags: dict[str, Any] = {"secure": settings().secure, "httponly": True, "samesite": "Lax"}
    response.set_cookie(_opened_name(), value, max_age=KEPT_SECONDS, path="/", **flags)


def forget_opening(response: Response) -> None:
    """Whoever leaves leaves nothing behind in the browser."""
    flags: dict[str, Any] = {"secure": settings().secure, "httponly": True, "samesite": "Lax"}
    response.delete_cookie(_opened_name(), path="/", **flags)


def opened_before() -> bytes | None:
    """The mark of the device, if something was opened on it before and it was not left since."""
    try:
        raw = base64.urlsafe_b64decode(request.cookies.get(_opened_name(), ""))
    except (binascii.Error, ValueError):
        return None
    mark, tag = raw[:16], raw[16:]
    known = (keys().mac("device", b"mark|" + mark, number)[:16] for number in keys().roots)
    return mark if any(hmac.compare_digest(each, tag) for each in known) else None


def _opened_name() -> str:
    return OPENED.name(secure=settings().secure)


def browser() -> str:
    """Browser and system in two words, for the person's own list of sessions."""
    agent = request.headers.get("User-Agent", "")
    named = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " · ".join(filter(None, (named, system)))


def _carried() -> str | None:
    value = request.cookies.get(DEVICE.name(secure=settings().secure), "")
    return value if _FEWEST < len(value) < _MOST and value.isascii() else None
