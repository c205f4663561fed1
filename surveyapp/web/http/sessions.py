"""Two encrypted cookies, one for respondents and one for staff, behind Flask's `session`.

A Flask session is signed but readable, and the code in a respondent's cookie opens the questionnaire
for weeks: so cookies are sealed with AES-GCM under the key ring, which lets any node open them.
"""

import base64
import binascii
import json
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, Request, Response, session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SessionInterface

from surveyapp import clock
from surveyapp.i18n import locale
from surveyapp.keys import KeyRing

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)
SEEN_AGAIN = 30
"""Seconds after which a post is noted anew in the cookie: one that follows at once sets none."""
STAFF_PATHS = ("/account", "/desk", "/centre", "/styleguide")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
CSRF_FIELD = "csrf_token"
MOST_UNTOLD = 6
"""Messages that wait for the next page: many posts in a row without one would outgrow what a browser keeps."""
OWN_DIGITS = 4
"""Of the code, the last ones stand on the page: enough for two people at one computer to know their own."""
_NONCE = 12
_serializer = TaggedJSONSerializer()


def is_staff_path(path: str) -> bool:
    """The address belongs to desks, the centre or accounts, so the staff cookie goes with it."""
    return any(path == room or path.startswith(room + "/") for room in STAFF_PATHS)


@dataclass(frozen=True)
class Cookie:
    """One of the two cookies: its name without the TLS prefix and the purpose of its key."""

    plain_name: str
    purpose: str

    def name(self, *, secure: bool) -> str:
        return f"__Host-{self.plain_name}" if secure else self.plain_name


RESPONDENT = Cookie("phieu", "respondent-cookie")
STAFF = Cookie("canbo", "staff-cookie")
DEVICE = Cookie("thietbi", "device")
"""A random number that says no more than: somebody signed in here before. It outlives sessions."""


class SurveySession(SecureCookieSession):
    """Flask's session, and whether it belongs to staff, and what it held if it was found to be over."""

    cookie: Cookie = RESPONDENT
    ended: dict[str, Any] | None = None


def seal(content: dict[str, Any], cookie: Cookie, keys: KeyRing) -> str:
    """The cookie's value: nonce and ciphertext, bound to the cookie they were made for."""
    nonce = os.urandom(_NONCE)
    plain = _serializer.dumps(content).encode()
    sealed = _cipher(keys.key(cookie.purpose)).encrypt(nonce, plain, cookie.plain_name.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def unseal(value: str, cookie: Cookie, keys: KeyRing) -> dict[str, Any] | None:
    """The content under whichever live key it was sealed; None for anything else."""
    try:
        raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return None
    for key in keys.keys(cookie.purpose):
        try:
            plain = _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], cookie.plain_name.encode())
        except (InvalidTag, ValueError):
            continue
        # Only what is no plain JSON, such as a message for the next page, is tagged: {" t": [...]}.
        content = json.loads(plain) if b'{" ' not in plain else _serializer.loads(plain.decode())
        return content if isinstance(content, dict) else None
    return None


def sent_with(request: Request, name: str) -> str | None:
    """The value of one cookie of ours, which is never quoted; of several of one name the first."""
    for pair in request.environ.get("HTTP_COOKIE", "").split(";"):
        sent_name, _, value = pair.partition("=")
        if sent_name.strip() == name:
            return str(value.strip())
    return None


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    """Made once for a key, of which there are a few."""
    return AESGCM(key)


class SealedSessions(SessionInterface):
    """Opens the cookie that goes with the path; sets it only where a change must be kept."""

    def __init__(self, keys: KeyRing, *, secure: bool) -> None:
        self.keys, self.secure = keys, secure

    def open_session(self, app: Flask, request: Request) -> SurveySession:  # noqa: ARG002  Flask hands it in
        cookie = STAFF if is_staff_path(request.path) else RESPONDENT
        value = sent_with(request, cookie.name(secure=self.secure))
        content = unseal(value, cookie, self.keys) if value else None
        is_over = cookie is RESPONDENT and content is not None and _is_over(content)
        opened = SurveySession({} if is_over else content)
        opened.cookie, opened.ended = cookie, content if is_over else None
        return opened

    def save_session(self, app: Flask, session: Any, response: Response) -> None:  # noqa: ARG002  Flask hands it in
        from flask import request

        # What an address names for good is the same under every cookie.
        is_fixed = "immutable" in response.headers.get("Cache-Control", "")
        if (session.accessed or session.modified) and not is_fixed:
            headers = response.headers
            vary = headers.get("Vary")
            headers["Vary"] = f"{vary}, Cookie" if vary else "Cookie"
        if session.cookie is RESPONDENT:
            # Mail scanners and chat previews open links: reading must leave nothing behind.
            if request.method in SAFE_METHODS:
                return
            if "code" in session:
                touch_respondent()
        if not session.modified:
            return
        name = session.cookie.name(secure=self.secure)
        flags: dict[str, Any] = {"secure": self.secure, "httponly": True, "samesite": "Lax"}
        if not session:
            response.delete_cookie(name, path="/", **flags)
            return
        if len(untold := session.get("_flashes", ())) > MOST_UNTOLD:
            session["_flashes"] = untold[-MOST_UNTOLD:]
        value = seal(dict(session), session.cookie, self.keys)
        response.set_cookie(name, value, path="/", **flags)


def _seconds() -> int:
    return int(clock.now().timestamp())


def _is_over(content: dict[str, Any]) -> bool:
    now = _seconds()
    seen, started = content.get("seen"), content.get("started")
    if not isinstance(seen, int) or not isinstance(started, int):
        return True
    return now - seen > IDLE.total_seconds() or now - started > ABSOLUTE.total_seconds()


def begin_respondent(code: str, strand: bytes | None) -> None:
    """From now on this browser answers for `code`, with the `strand` that opens its drafts, if it has
    one. Whatever it held before is forgotten, but for the token of the same person's other tabs."""
    same = session.get(CSRF_FIELD) if respondent_code() == code else None
    session.clear()
    now = _seconds()
    session.update(
        {
            "code": code,
            "started": now,
            "seen": now,
            "locale": locale(),
            CSRF_FIELD: same or _token(),
        }
    )
    if strand is not None:
        hold_strand(strand)


def hold_strand(strand: bytes) -> None:
    """What opens the drafts of this browser."""
    session["strand"] = strand.hex()


def respondent_strand() -> bytes | None:
    """What this browser's session opens drafts with; None where it may see none."""
    strand = session.get("strand")
    return bytes.fromhex(strand) if isinstance(strand, str) else None


def _present() -> SurveySession:
    """The session itself: Flask's `session` looks it up anew at every use, of which a page has dozens."""
    present: SurveySession = session._get_current_object()  # type: ignore[attr-defined]  # Werkzeug's proxies have it
    return present


def respondent_code() -> str | None:
    """The code this browser answers for; None before start, after the end, or after an hour's rest."""
    code = _present().get("code")
    return code if isinstance(code, str) else None


def holds_another(code: str) -> bool:
    """The browser has somebody else's questionnaire open."""
    return respondent_code() not in (None, code)


def own_digits() -> str:
    """By which a person knows that the page is theirs; nothing before anybody has begun."""
    return (respondent_code() or "")[-OWN_DIGITS:]


def end_respondent() -> None:
    """Forget the code."""
    session.clear()


def note(name: str, told: object) -> None:
    """Keep what the next page has to tell, after a redirect; without a code if nobody has begun."""
    if "code" not in session:
        session.update({"started": _seconds(), "seen": _seconds(), "locale": locale()})
    session[name] = told


def noted(name: str) -> Any:
    """What was kept for this page; None where nothing was."""
    return session.get(name)


def respondent_session_is_over() -> bool:
    """The browser had a session, but rested longer than an hour or began half a day ago."""
    return ended_respondent() is not None


def ended_respondent() -> tuple[str, str] | None:
    """Code and secret against forged posts of the session that is over; None where none was.

    Whoever sits there now need not be whom the code belongs to: show and save nothing by it.
    """
    ended: dict[str, Any] = getattr(session, "ended", None) or {}
    code, secret = ended.get("code"), ended.get(CSRF_FIELD)
    return (code, secret) if isinstance(code, str) and isinstance(secret, str) else None


def session_language() -> str | None:
    """The language this browser's session speaks, or spoke before it ended."""
    ended: dict[str, Any] = getattr(session, "ended", None) or {}
    spoken = session.get("locale", ended.get("locale"))
    return spoken if isinstance(spoken, str) else None


def respondent_seconds_left() -> int:
    """Seconds until the session ends unless something is posted; 0 without a session."""
    held = _present()
    if held.get("code") is None:
        return 0
    now = _seconds()
    idle = int(held["seen"]) + int(IDLE.total_seconds()) - now
    absolute = int(held["started"]) + int(ABSOLUTE.total_seconds()) - now
    return max(0, min(idle, absolute))


def respondent_session_is_final() -> bool:
    """Nothing that is posted makes the session longer: it ends half a day after it began."""
    held = _present()
    if held.get("code") is None:
        return False
    return (
        int(held["seen"]) + IDLE.total_seconds() >= int(held["started"]) + ABSOLUTE.total_seconds()
    )


def begin_staff(session_id: str) -> None:
    """Put a fresh staff session into the cookie, with a fresh token against forged posts."""
    session.clear()
    session.update({"sid": session_id, CSRF_FIELD: _token()})


def staff_session_id() -> str | None:
    """The id of the staff session this browser holds; whether it is live the database knows."""
    session_id = session.get("sid") if getattr(session, "cookie", None) is STAFF else None
    return session_id if isinstance(session_id, str) else None


def end_staff() -> None:
    """Forget the staff session in this browser."""
    session.clear()


def touch_respondent() -> int:
    """Something was posted just now: seconds until the session ends, counted afresh."""
    if respondent_code() is not None and _seconds() - int(session["seen"]) >= SEEN_AGAIN:
        session["seen"] = _seconds()
    return respondent_seconds_left()


def _token() -> str:
    return secrets.token_hex(20)
