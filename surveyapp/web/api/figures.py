"""Figures for the ministry's own dashboards: JSON for whoever holds a token of the campaign."""

from collections.abc import Mapping
from datetime import date
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.rules import CHANNELS
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import UnknownCampaign
from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading, transaction
from surveyapp.fieldwork import labels
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.errors import TokenRefused
from surveyapp.fieldwork.forecast import series
from surveyapp.fieldwork.forecast.coming_answers import LEVEL
from surveyapp.fieldwork.forecast.projection import ExpectedAnswers
from surveyapp.fieldwork.reports import readers
from surveyapp.fieldwork.representativeness import r_indicator as pictures
from surveyapp.fieldwork.representativeness import strata
from surveyapp.i18n import speaking
from surveyapp.web.http.access import anyone
from surveyapp.web.parts import rate_table

bp = Blueprint("api", __name__, url_prefix="/api/v1/campaigns/<campaign>")
RATES = (
    *("e", "rr2", "rr4", "rr6", "coop2", "coop4"),
    *("ref1", "ref2", "ref3", "con1", "con2", "con3"),
)


def with_token(view: Any) -> Any:
    """Let only holders of a live token of the campaign in; everybody else gets the same 401."""

    @wraps(view)
    def guarded(campaign: str) -> ResponseReturnValue:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        today = clock.day(clock.now())
        try:
            with reading() as db:
                g.api_campaign = campaigns.campaign(db, campaign)
                given = token.strip() if scheme.lower() == "bearer" else ""
                reader = readers.reader(db, given, campaign_id=g.api_campaign.id, today=today)
        except (TokenRefused, UnknownCampaign):
            return _refused(401, "token_refused")
        if reader.used_on != today:
            with transaction() as db:
                readers.mark_token_used(db, reader.id, today=today)
        answer = make_response(view(g.api_campaign))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return anyone(guarded)


@bp.get("/figures")
@with_token
def figures(campaign: Campaign) -> ResponseReturnValue:
    """Counts and rates by group, supplying or rated unit, department or channel; live, or of a past day."""
    by = request.args.get("by", "group")
    if by not in queries.DIMENSIONS:
        return _refused(400, "unknown_dimension")
    try:
        until = _until()
    except ValueError:
        return _refused(400, "bad_day")
    rate_table.keep_counts_short()
    with reading() as db:
        names = _names(db, campaign.id, by)
        by_key = queries.figures(db, campaign.id, by=(by,), until=until)
        whole = queries.figures(db, campaign.id, by=(), until=until).get((), Figures())
    rows = [
        {**names.get(key, {"code": "", "name_vi": "", "name_en": ""}), **_row(row)}
        for (key,), row in by_key.items()
    ]
    return jsonify(
        **_head(campaign, until),
        by=by,
        total=_row(whole),
        rows=sorted(rows, key=lambda row: str(row["code"])),
    )


@bp.get("/curve")
@with_token
def curve(campaign: Campaign) -> ResponseReturnValue:
    """The state at the end of every day on which something changed."""
    rate_table.keep_counts_short()
    with reading() as db:
        points = queries.curve(db, campaign.id)
    return jsonify(
        **_head(campaign, None),
        days=[
            {
                "day": point.day.isoformat(),
                "sent": point.counts.sent,
                "begun": point.counts.begun,
                "submitted": point.counts.submitted,
            }
            for point in points
        ],
    )


@bp.get("/forecast")
@with_token
def forecast(campaign: Campaign) -> ResponseReturnValue:
    """Expected final rates from the end of yesterday, per supplying unit × group and in all."""
    now = clock.now()
    with reading() as db:
        foreseen = series.foresee(db, campaign, now=now)
        units = _names(db, campaign.id, "supplying")
        groups = _names(db, campaign.id, "group")
    cells = [
        {"unit": units[unit]["code"], "group": groups[group]["code"], **_expected(expected)}
        for unit, group in foreseen.keys()  # noqa: SIM118  not a mapping
        if (expected := foreseen.cell((unit, group))) is not None
    ]
    whole = foreseen.of()
    return jsonify(
        **_head(campaign, foreseen.until),
        level=LEVEL,
        total=_expected(whole) if whole else None,
        path=[{"day": d.isoformat(), "submitted": round(n, 1)} for d, n in whole.path]
        if whole
        else [],
        days=[
            {
                "day": each.day.isoformat(),
                "submitted": round(each.expected, 1),
                "low": each.low,
                "high": each.high,
            }
            for each in foreseen.by_day()
        ],
        cells=cells,
    )


@bp.get("/representativeness")
@with_token
def representativeness(campaign: Campaign) -> ResponseReturnValue:
    """R-indicator, coefficient of variation and partial indicators, live."""
    rate_table.keep_counts_short()
    with reading() as db:
        measured = pictures.measure(strata.strata(db, campaign.id))
    if measured is None:
        return jsonify(**_head(campaign, None), r=None, cv=None, variables=[])
    return jsonify(
        **_head(campaign, None),
        r=_rounded(measured.r),
        cv=_rounded(measured.cv),
        variables=[
            {
                "name": variable.name,
                "unconditional": round(variable.unconditional, 4),
                "conditional": round(variable.conditional, 4),
                "categories": [
                    {
                        "code": category.name,
                        "forms": category.tally.forms,
                        "submitted": category.tally.answered,
                        "unconditional": round(category.unconditional, 4),
                        "conditional": round(category.conditional, 4),
                    }
                    for category in variable.categories
                ],
            }
            for variable in measured.variables
        ],
    )


def _until() -> date | None:
    """The past day asked for; None for live figures. Raises `ValueError`."""
    text = request.args.get("until", "")
    if not text:
        return None
    day = date.fromisoformat(text)
    return day if day < clock.day(clock.now()) else None


def _head(campaign: Campaign, until: date | None) -> dict[str, Any]:
    now = clock.now()
    return {
        "campaign": campaign.code,
        "state": campaign.state,
        "at": now.isoformat(timespec="seconds"),
        "until": (until or clock.day(now)).isoformat(),
        "is_live": until is None,
    }


def _row(row: Figures) -> dict[str, Any]:
    counts = row.counts
    return {
        "planned": row.planned,
        "listed": row.listed,
        "approved": row.approved,
        "invited": counts.invited,
        "sent": counts.sent,
        "begun": counts.begun,
        "submitted": counts.submitted,
        "letters": counts.by_letter,
        "coverage": _rounded(row.coverage),
        "rates": {name: _rounded(getattr(row.rates, name)) for name in RATES},
    }


def _expected(expected: ExpectedAnswers) -> dict[str, Any]:
    bounds = expected.bounds
    return {
        "forms": expected.forms,
        "submitted": expected.so_far,
        "rate": _rounded(expected.rate),
        "low": _rounded(bounds[0]) if bounds else None,
        "high": _rounded(bounds[1]) if bounds else None,
        "reminder_gain": round(expected.reminder, 1),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _names(db: Session, campaign_id: int, dimension: str) -> Mapping[Any, dict[str, str]]:
    if dimension == "channel":
        return _channels()
    things: Any = campaigns.units(db, campaign_id)
    if dimension in ("group", "department"):
        read = campaigns.groups if dimension == "group" else campaigns.departments
        things = read(db, campaign_id)
    return {
        thing.id: {"code": thing.code, "name_vi": thing.name_vi, "name_en": thing.name_en}
        for thing in things
    }


def _channels() -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {code: {"code": code} for code in CHANNELS}
    for language in ("vi", "en"):
        with speaking(language):
            for code, name in names.items():
                name[f"name_{language}"] = labels.channel_name(code)
    return names


def _refused(status: int, error: str) -> Response:
    answer = jsonify(error=error)
    answer.status_code = status
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
