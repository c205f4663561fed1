"""The browser as a device: the number it carries from sign-in to sign-in, and what it calls itself."""

import secrets
from hashlib import sha256

from flask import Response, request

from surveyapp.web.http.sessions import DEVICE
from surveyapp.web.http.state import settings

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


def browser() -> str:
    """Browser and system in two words, for the person's own list of sessions."""
    agent = request.headers.get("User-Agent", "")
    named = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " · ".join(filter(None, (named, system)))


def _carried() -> str | None:
    value = request.cookies.get(DEVICE.name(secure=settings().secure), "")
    return value if _FEWEST < len(value) < _MOST and value.isascii() else None
