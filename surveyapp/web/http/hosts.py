"""Under which names the server answers: its own and those of the settings, nobody else's.

What a page or a redirect says about "here" comes from the `Host` of the request. A foreign name in it
would be carried into links and caches, so it is refused before anything is looked up.
"""

from urllib.parse import urlsplit

from flask import Flask, abort, request

from surveyapp.web.http.state import settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
ANY_NAME = ("/health", "/metrics")
"""Probes ask by address; they are told nothing that depends on the name."""


def install(app: Flask) -> None:
    """Refuse foreign names first of all."""
    app.before_request(_refuse_foreign)


def is_ours(host: str) -> bool:
    """`host` is the name of the settings, one of its further names, or this machine while there is no TLS."""
    given = settings()
    if host in (urlsplit(given.base_url).netloc, *given.hosts):
        return True
    return not given.secure and host.partition(":")[0] in LOOPBACK


def _refuse_foreign() -> None:
    if is_ours(request.host):
        return
    path = request.path
    if any(path == probe or path.startswith(f"{probe}/") for probe in ANY_NAME):
        return
    abort(421)
