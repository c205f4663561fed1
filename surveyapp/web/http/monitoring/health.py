"""Whether the server works, for the machines that watch it."""

import hmac
import platform

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from surveyapp import clock, log
from surveyapp import db as database
from surveyapp.operations.installation import readiness
from surveyapp.operations.watch import gauges
from surveyapp.web.http.access import anyone
from surveyapp.web.http.monitoring import metrics
from surveyapp.web.http.state import keys, settings

bp = Blueprint("health", __name__)
NODE = platform.node()


@bp.get("/health/live")
@anyone
def live() -> ResponseReturnValue:
    """200 while this process answers at all. Asks no database: a node is not killed because that is away.

    It says under which address it believes to be reached, by which `surveyapp doctor` knows the proxy.
    """
    return jsonify(status="ok", scheme=request.scheme, host=request.host)


@bp.get("/health/ready")
@bp.get("/health")
@anyone
def ready() -> ResponseReturnValue:
    """200 while requests may come here, 503 with what is missing while they must go elsewhere."""
    states = readiness.look(NODE, kind="web", keys=keys(), now=clock.now())
    is_ready = all(one == readiness.OK for one in states.values())
    if not is_ready:
        log.alarm("not_ready", **states)
    return jsonify(status="ok" if is_ready else "unavailable", **states), 200 if is_ready else 503


@bp.get("/metrics")
@anyone
def counters() -> ResponseReturnValue:
    """Counters for Prometheus, for whoever holds the token of the settings; else there is no such page."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        abort(404)
    try:
        with database.reading() as db:
            now = gauges.read(db, settings(), now=clock.now())
    except database.UNREACHABLE:
        now = [gauges.Gauge("survey_database_up", "The database answers", 0)]
    else:
        now.append(gauges.Gauge("survey_database_up", "The database answers", 1))
    return Response(metrics.exposition(now), content_type=metrics.CONTENT_TYPE)
