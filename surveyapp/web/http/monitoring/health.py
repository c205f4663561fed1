"""Whether the server works, for the machines that watch it."""

import hmac

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from surveyapp import db as database
from surveyapp import log
from surveyapp.web.http.access import anyone
from surveyapp.web.http.monitoring import metrics
from surveyapp.web.http.state import settings

bp = Blueprint("health", __name__)


@bp.get("/health")
@anyone
def health() -> ResponseReturnValue:
    """200 while the database answers, 503 while it does not."""
    try:
        name = database.answers()
    except database.UNREACHABLE as exc:
        log.failure(exc, route="/health")
        return jsonify(status="unavailable", database=None), 503
    return jsonify(status="ok", database=name)


@bp.get("/metrics")
@anyone
def counters() -> ResponseReturnValue:
    """Counters for Prometheus, for whoever holds the token of the settings; else there is no such page."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        abort(404)
    return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)
