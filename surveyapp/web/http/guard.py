"""Posts are taken only from our own pages: by where they come from, and by a token.

Every unsafe request passes `check_origin`; all but the few views marked `without_token` (they come
before there is a cookie) must carry a token as well. What is unclear is refused. Views marked
`by_bearer` are called by machines, without a cookie that another site could misuse.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer

from surveyapp.web.http.safeguards import slow_bodies
from surveyapp.web.http.sessions import CSRF_FIELD, SAFE_METHODS
from surveyapp.web.http.state import settings

View = TypeVar("View", bound=Callable[..., Any])

UPLOAD_BYTES = 12 * 1024 * 1024


class ForeignOrigin(CSRFError):  # type: ignore[misc]  # Flask-WTF ships no types
    """The post comes from another site, or does not say where it comes from."""


def without_token(view: View) -> View:
    """Mark a respondent's view that is posted to before there is a cookie to compare a token with."""
    view.takes_no_token = True  # type: ignore[attr-defined]  # a mark on the view
    return view


def by_bearer(view: View) -> View:
    """Mark a view that machines call: it goes by the `Authorization` header and reads no cookie."""
    view.by_bearer = True  # type: ignore[attr-defined]  # a mark on the view
    return view


def takes_upload(view: View) -> View:
    """Mark a view that receives a file of up to 12 MB; every other request ends at 64 kB."""
    view.takes_upload = True  # type: ignore[attr-defined]  # a mark on the view
    return view


def marked(name: str) -> bool:
    """The view of the present request carries the mark `name`."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, name, False))


class MaskedTokens(CSRFProtect):  # type: ignore[misc]  # Flask-WTF ships no types
    """Flask-WTF's tokens, masked anew in each response.

    Pages are compressed. A secret that stands unchanged in compressed pages can be guessed from
    their lengths where they repeat what the reader sent (BREACH). Flask-WTF's token has a changing
    time and signature but a constant beginning; XOR with a fresh mask of full length leaves none.
    """

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_token
        app.context_processor(lambda: {"csrf_token": masked_token})

    def given(self) -> str | None:
        """The token that came with the request, unmasked."""
        return self._get_csrf_token()

    def _get_csrf_token(self) -> str | None:
        given = super()._get_csrf_token()
        return unmask(given) if given else None


def masked_token() -> str:
    """A token for a form on the page being written, different in every response."""
    secret, key = session.get(CSRF_FIELD), current_app.secret_key
    plain = (_signed(key, secret) if secret and key else generate_csrf()).encode()
    mask = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(mask + _joined(plain, mask)).decode().rstrip("=")


@lru_cache(maxsize=4096)
def _signed(key: str | bytes, secret: str) -> str:
    """Flask-WTF's token of a session: signed once for all its pages, for it does not grow old."""
    return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(secret))


def _joined(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))


def unmask(token: str) -> str | None:
    """The token under the mask; None for what is none."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        half, odd = divmod(len(raw), 2)
        return None if odd else _joined(raw[:half], raw[half:]).decode("ascii")
    except (binascii.Error, ValueError):
        return None


def token_fits(given: str | None, secret: str) -> bool:
    """The token a form carried was made for the session that held `secret`."""
    plain = unmask(given) if given else None
    key = current_app.secret_key
    if plain is None or key is None:
        return False
    try:
        made_for = URLSafeTimedSerializer(key, salt="wtf-csrf-token").loads(plain)
        return hmac.compare_digest(str(made_for), secret)
    except BadData:
        return False


def install(app: Flask) -> None:
    """Check every request before its view runs."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a page lives as long as its session
    app.config["WTF_CSRF_SSL_STRICT"] = (
        False  # it wants a Referer, which we ask browsers not to send
    )
    tokens = MaskedTokens(app)
    app.before_request(lambda: _check(tokens))


def _check(tokens: MaskedTokens) -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.method in SAFE_METHODS:
        return
    seconds = slow_bodies.SECONDS
    if getattr(view, "takes_upload", False):
        request.max_content_length, seconds = UPLOAD_BYTES, slow_bodies.UPLOAD_SECONDS
    slow_bodies.limit(seconds)
    if getattr(view, "by_bearer", False):
        return
    comes_from_here = _comes_from_here()
    if comes_from_here and getattr(view, "takes_no_token", False):
        return
    if not _is_of_this_session(tokens.given()):
        tokens.protect()


def _is_of_this_session(given: str | None) -> bool:
    """The very token that this process signed for the session; any other is for Flask-WTF to judge."""
    secret, key = session.get(CSRF_FIELD), current_app.secret_key
    if not (given and secret and key):
        return False
    return hmac.compare_digest(given, _signed(key, secret))


def _comes_from_here() -> bool:
    """True if the browser says so, False if it says nothing. Raises `ForeignOrigin` otherwise.

    Browsers before 2023 send no Sec-Fetch-Site, and pages that ask for no referrer make them send
    `Origin: null`: then the token decides, and without a token the post is refused.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise ForeignOrigin(f"Sec-Fetch-Site: {site}")
        return True
    origin = request.headers.get("Origin", "null")
    if origin == "null":
        return False
    ours = {urlsplit(settings().base_url).netloc, request.host}
    if urlsplit(origin).netloc not in ours:
        raise ForeignOrigin("another origin")
    return True
