"""Where mail providers and SMS gateways report by a call what became of our messages."""

import hmac
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock, small_json
from surveyapp.db import transaction
from surveyapp.delivery.returned import provider_reports
from surveyapp.messaging import registry
from surveyapp.messaging.errors import ChannelMisconfigured, NoticeRefused
from surveyapp.web.http.access import anyone
from surveyapp.web.http.guard import by_bearer
from surveyapp.web.http.state import keys, settings

bp = Blueprint("reported", __name__, url_prefix="/api/v1/delivery")
MOST = 200


@bp.post("/<any(mail, sms):channel>")
@anyone
@by_bearer
def report(channel: str) -> ResponseReturnValue:
    """Enter one report or a list of them, all or none, for whoever holds the token of the settings."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    _require(given, settings().delivery_token)
    return _enter(channel, _reports)


@bp.get("/sms/<token>")
@bp.post("/sms/<token>")
@anyone
@by_bearer
def receipt(token: str) -> ResponseReturnValue:
    """Enter one receipt of a gateway that can give no header: its own token stands in the address.

    The one GET that changes something; what fetches addresses to look at them holds no token.
    """
    _require(token, settings().sms_receipt_token)
    if request.method == "HEAD":
        return ""
    return _enter("sms", lambda: [request.args.to_dict()] if request.args else _reports())


@bp.post("/signed/<channel>")
@anyone
@by_bearer
def signed(channel: str) -> ResponseReturnValue:
    """Enter one event that its provider has signed; whoever cannot sign learns nothing of the address."""
    kind = registry.BY_CODE.get(channel)
    try:
        if kind is None or kind.is_genuine is None:
            abort(404)
        if not kind.is_genuine(settings(), dict(request.headers), request.get_data()):
            abort(404)
    except ChannelMisconfigured:
        abort(404)
    return _enter(channel, _reports)


def _require(given: str, token: str) -> None:
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        abort(404)


def _enter(channel: str, reports: Callable[[], list[dict[str, Any]]]) -> ResponseReturnValue:
    told: dict[str, Any] = {"settings": settings(), "keys": keys(), "now": clock.now()}
    try:
        with transaction() as db:
            became = [_take(db, channel, fields, told) for fields in reports()]
    except NoticeRefused as error:
        return jsonify(error="refused", field=error.field), 400
    except ChannelMisconfigured:
        abort(404)
    except provider_reports.NotYetKnown:
        return jsonify(error="not_yet_known"), 503, {"Retry-After": "10"}
    return jsonify(became=became)


def _take(db: Session, channel: str, fields: dict[str, Any], told: dict[str, Any]) -> str:
    if channel == "mail":
        return provider_reports.take_mail(db, fields, **told)
    return provider_reports.take_receipt(db, fields, channel=channel, **told)


def _json() -> Any:
    try:
        return small_json.read(request.get_data())
    except ValueError as exc:
        raise NoticeRefused("body") from exc


def _reports() -> list[dict[str, Any]]:
    sent: Any = _json() if request.is_json else request.form.to_dict()
    reports: list[Any] = sent if isinstance(sent, list) else [sent]
    if len(reports) > MOST or not all(isinstance(one, dict) and one for one in reports):
        raise NoticeRefused("body")
    return reports
