"""Releases for the scoring stage: a program with a token of its own lists and fetches them."""

from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import UnknownCampaign
from surveyapp.db import reading, transaction
from surveyapp.exports.download import dry_run as dry_runs
from surveyapp.exports.download import service
from surveyapp.exports.download.service import ReleaseFile, TurnedAway
from surveyapp.exports.errors import ReleaseAltered, ReleaseAway, UnknownFile
from surveyapp.web.http.access import anyone
from surveyapp.web.http.state import keys, store

bp = Blueprint("release_api", __name__, url_prefix="/api/v1/campaigns/<campaign>/releases")
SENT = (200, 206)


def with_release_token(view: Callable[..., ResponseReturnValue]) -> Any:
    """Let only holders of a live token for releases in; everybody else gets the same 401, or 429."""

    @wraps(view)
    def guarded(campaign: str, **parts: Any) -> ResponseReturnValue:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else ""
        who: dict[str, Any] = {"address": request.remote_addr or "", "now": clock.now()}
        try:
            with transaction() as db:
                g.api_campaign = campaigns.campaign(db, campaign)
                g.api_token = service.admit(db, g.api_campaign, given, keys=keys(), **who)
        except UnknownCampaign:
            return _refused(401, "token_refused")
        if isinstance(g.api_token, TurnedAway):
            return _turned(g.api_token)
        answer = make_response(view(**parts))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return anyone(guarded)


@bp.get("")
@with_release_token
def list_releases() -> ResponseReturnValue:
    """The finished releases that this server can hand over, the newest first."""
    with reading() as db:
        releases = list(service.ready(db, g.api_campaign.id, store=store()))
    return jsonify(
        campaign=g.api_campaign.code,
        releases=[
            {
                "number": one.number,
                "built_at": one.built_at.isoformat(timespec="seconds"),
                "responses": one.response_count,
                "manifest_sha256": one.manifest_sha256,
                "files": len(manifest["files"]),
                "bytes": sum(int(each["bytes"]) for each in manifest["files"]),
            }
            for one, manifest in releases
        ],
    )


@bp.get("/feed.json")
@with_release_token
def feed() -> ResponseReturnValue:
    """The same as a JSON Feed 1.1, for programs that look whether something new is there."""
    code = g.api_campaign.code
    with reading() as db:
        releases = list(service.ready(db, g.api_campaign.id, store=store()))
    address = {"campaign": code, "_external": True}
    answer = jsonify(
        version="https://jsonfeed.org/version/1.1",
        title=g.api_campaign.title_vi,
        language="vi",
        feed_url=url_for("release_api.feed", **address),
        items=[
            {
                "id": f"urn:par-survey-release:{code}:{one.number}",
                "title": f"{code}-release-{one.number:03d}",
                "content_text": one.manifest_sha256,
                "date_published": one.built_at.isoformat(timespec="seconds"),
                "url": url_for("release_api.archive", number=one.number, **address),
            }
            for one, _manifest in releases
        ],
    )
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/dry-run")
@with_release_token
def dry_run() -> ResponseReturnValue:
    """Whether a program would understand a release: its format, its key and every column it reads."""
    asked = request.args
    with reading() as db:
        checked = dry_runs.dry_run(
            db, g.api_campaign, keys=keys(), format=asked.get("format"), key=asked.get("key"),
            columns=asked.getlist("column"),
        )  # fmt: skip
    return jsonify(
        campaign=g.api_campaign.code,
        format=checked.format,
        key=checked.key,
        mismatches=[{"of": one.of, "expected": one.expected} for one in checked.mismatches],
    )


@bp.get("/<int:number>.zip")
@with_release_token
def archive(number: int) -> ResponseReturnValue:
    """All files of a release as one zip."""
    return _send(lambda db: service.find_archive(db, g.api_campaign.id, number, store=store()))


@bp.get("/<int:number>/<path:file>")
@with_release_token
def release_file(number: int, file: str) -> ResponseReturnValue:
    """One file of a release; `manifest.json` names the others."""
    return _send(lambda db: service.find(db, g.api_campaign.id, number, file, store=store()))


def _send(find: Callable[[Session], ReleaseFile]) -> ResponseReturnValue:
    """The file or the part asked for; what leaves the server is entered in the trail first."""
    try:
        with reading() as db:
            archive = find(db)
        answer = send_file(
            archive.path, etag=archive.sha256, conditional=True, download_name=archive.path.name
        )
    except UnknownFile:
        return _refused(404, "unknown_file")
    except (ReleaseAway, ReleaseAltered):
        return _refused(404, "not_on_this_server")
    except RequestedRangeNotSatisfiable as error:
        refused = _refused(416, "bad_range")
        refused.headers["Content-Range"] = f"bytes */{error.length}"
        return refused
    answer.headers["Repr-Digest"] = _digest(archive.sha256)
    if request.method == "GET" and answer.status_code in SENT:
        with transaction() as db:
            act: dict[str, Any] = {"now": clock.now(), "keys": keys()}
            service.record(db, g.api_campaign, g.api_token, archive, **act)
    return answer


def _digest(sha256: str) -> str:
    """The SHA-256 of the whole file as RFC 9530 writes it, whatever part is sent."""
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"


def _turned(turned: TurnedAway) -> Response:
    if turned.retry_after is None:
        return _refused(401, "token_refused")
    answer = _refused(429, "too_many_requests")
    answer.headers["Retry-After"] = str(turned.retry_after)
    return answer


def _refused(status: int, error: str) -> Response:
    answer = jsonify(error=error)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
