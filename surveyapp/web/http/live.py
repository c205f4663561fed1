"""Pages whose figures change by themselves: the script asks again now and then, and is told if nothing changed.

Such a request is no use of the session by a person, so it keeps none alive and shows no message that
waits for the next page.
"""

import re
from datetime import datetime
from hashlib import sha256

from flask import Flask, Response, g, request

from surveyapp.i18n import clock_time, moment

HEADER = "X-Live"
EVERY_SECONDS = 45
_PLACE = b'data-tag=""'
_TOKEN = re.compile(rb'(name="csrf_token" value=")[^"]*')


def install(app: Flask) -> None:
    """Mark the pages that offer it, and answer 304 where the script has the page already."""
    app.after_request(_tag)
    app.context_processor(
        lambda: {"live_seconds": EVERY_SECONDS if "live" in g else 0, "live_again": is_again()}
    )


def offer(now: datetime) -> None:
    """The present page, whose figures are those of `now`, may be asked for again by its script."""
    g.live = now


def is_again() -> bool:
    """A script asks, not a person."""
    return request.headers.get(HEADER) == "1"


def _tag(response: Response) -> Response:
    """What stands on the page, but for the moment it was made and the masked token, is its version."""
    if "live" not in g or response.status_code != 200 or request.method != "GET":
        return response
    body = _TOKEN.sub(rb"\1", response.get_data())
    body = body.replace(moment(g.live).encode(), b"")
    version = sha256(body).hexdigest()[:32]
    response.set_data(response.get_data().replace(_PLACE, _PLACE[:-1] + version.encode() + b'"', 1))
    response.set_etag(version, weak=True)
    response.headers[HEADER] = clock_time(g.live)
    if is_again():
        response.make_conditional(request)
    return response
