"""The browser as a device: the number it carries from sign-in to sign-in, and what it calls itself."""

import secrets
from hashlib import sha256

from flask import Response, request

from surveyapp.i18n import _
from surveyapp.web.http.sessions import DEVICE
from surveyapp.web.http.state import settings

KEPT_SECONDS = 400 * 24 * 3600
_FEWEST, _MOST = 30, 60
_BROWSERS = (
    ("Edg", "Edge"),
    ("coc_coc", "Coc Coc"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_LONGEST_AGENT = 512
_BETWEEN = " · "


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
    agent = request.headers.get("User-Agent", "")[:_LONGEST_AGENT]
    named = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return _BETWEEN.join(filter(None, (named, system)))


def readable(stored: str) -> str:
    """What `browser` found, as a person reads it: "Chrome trên Windows"; empty where it found nothing."""
    named, _between, system = stored.partition(_BETWEEN)
    return _("%(browser)s trên %(system)s", browser=named, system=system) if system else named


def _carried() -> str | None:
    value = request.cookies.get(DEVICE.name(secure=settings().secure), "")
    return value if _FEWEST < len(value) < _MOST and value.isascii() else None
