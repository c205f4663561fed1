"""Headers on every response, errors included, and compression of text."""

import re
import secrets
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from wsgiref.types import WSGIEnvironment

from deflate import gzip_compress
from flask import Flask, Response, request, session
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.urls import iri_to_uri

from surveyapp.log import bind_request
from surveyapp.web.http.sessions import RESPONDENT
from surveyapp.web.http.state import settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types ours",
    )
)
"""No page has an inline script or style, so none needs a nonce and all can be prepared ahead. `ours` is the one
policy by which our scripts put a page of ours into the document; text from elsewhere cannot become one."""
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
FIXED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": PERMISSIONS,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
TWO_YEARS = 63_072_000
SHORTEST_COMPRESSED = 600
QUICK, DENSE, SHORT = 1, 6, 16 * 1024
"""Levels of libdeflate: up to 16 kB the first, which makes 3 % more bytes in less than half the time, once a sixth of
a page; what is longer is what people on a thin line wait for."""
DENSEST = 12
"""For what is compressed once: a twentieth smaller than zlib makes it."""
COMPRESSED_TYPES = frozenset({"text/html", "text/csv", "text/plain", "application/json"})
_PLAIN_ADDRESS = re.compile(r"(?:/[A-Za-z0-9_~-]+)+/?(?:\?[A-Za-z0-9_=&%-]+)?(?:#[A-Za-z0-9_-]+)?")


def install(app: Flask) -> None:
    """Mark each request with an id, and each response with its headers."""
    app.before_request(lambda: bind_request(secrets.token_hex(6)))
    app.after_request(_compress)
    app.after_request(_without_body)  # runs before it
    app.after_request(_add_headers)


class SurveyResponse(Response):
    """Flask's response, sent with the headers that are the same on every page.

    Werkzeug copies all headers once more and looks at each again before they are sent: of a page that took
    as long as the statement that reads it. Here only what it would change is looked at.
    """

    ours: Mapping[str, tuple[str, str]] = {}
    """Headers by their names in small letters; one that the response has by itself stands."""

    def get_wsgi_response(
        self, environ: WSGIEnvironment
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """What is sent: body, status, headers."""
        own = {name.lower() for name, _ in self.headers}
        if "content-length" not in own or "content-location" in own or _has_no_body(self):
            body, status, headers = super().get_wsgi_response(environ)
        else:
            if "location" in own:
                self.headers["Location"] = _in_ascii(self.headers["Location"])
            body, status = self.get_app_iter(environ), self.status
            headers = self.headers.to_wsgi_list()
        headers += [pair for name, pair in self.ours.items() if name not in own]
        return body, status, headers


class BareResponse(SurveyResponse):
    """Nothing but headers, and none that says what kind of thing the body is."""

    default_mimetype = None


def _in_ascii(address: str) -> str:
    """As Werkzeug writes it; of our own addresses, which are written so, it takes nothing apart."""
    return address if _PLAIN_ADDRESS.fullmatch(address) else iri_to_uri(address)


def _has_no_body(response: Response) -> bool:
    return response.status_code < 200 or response.status_code in {204, 304}


def _add_headers(response: Response) -> Response:
    assert isinstance(response, SurveyResponse)
    response.ours = _fixed(settings().secure, _referrer_policy())
    return response


@cache
def _fixed(secure: bool, referrer_policy: str) -> dict[str, tuple[str, str]]:
    """Every header of ours by its name in small letters."""
    told = {**FIXED, "Referrer-Policy": referrer_policy}
    if secure:
        told["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"
    return {name.lower(): (name, value) for name, value in told.items()}


def _referrer_policy() -> str:
    # Under `no-referrer` a browser without Sec-Fetch-Site (iPhones before 2023) posts with
    # `Origin: null`, and the pages before a session have no token to fall back on. `strict-origin`
    # tells the host alone, never the path, which may hold a link.
    is_respondent = getattr(session, "cookie", None) is RESPONDENT
    return "strict-origin" if is_respondent and "code" not in session else "no-referrer"


def _without_body(response: Response) -> Response:
    """A redirect's body is read by nobody."""
    if 300 <= response.status_code < 400 and not response.is_streamed:
        response.set_data(b"")
    return response


def _compress(response: Response) -> Response:
    """gzip. The one secret in a page, the token against forged posts, is masked anew each time."""
    if (
        response.mimetype not in COMPRESSED_TYPES
        or response.direct_passthrough
        or response.is_streamed
        or "Content-Encoding" in response.headers
        or response.status_code in {204, 304}
    ):
        return response
    response.headers.add("Vary", "Accept-Encoding")
    if not takes_gzip(request.headers.get("Accept-Encoding", "")):
        return response
    body = response.get_data()
    if len(body) >= SHORTEST_COMPRESSED:
        level = QUICK if len(body) <= SHORT else DENSE
        response.set_data(bytes(gzip_compress(body, level)))
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Whether a browser that sends this `Accept-Encoding` unpacks gzip."""
    return bool(parse_accept_header(accepted, Accept).quality("gzip"))
