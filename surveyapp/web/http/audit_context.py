"""Who acts on a staff page, when, and under which keys: what services and the audit trail ask for."""

from typing import Any

from flask import g
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.web.http.state import keys


def act() -> dict[str, Any]:
    """`actor`, `now` and `keys` of this request, as keywords of a service."""
    return {"actor": g.actor.username, "now": clock.now(), "keys": keys()}


def enter(db: Session, action: str, facts: dict[str, Any], *, unit_code: str = "") -> None:
    """Enter what is done to the page's campaign into the audit trail."""
    code = g.campaign.code
    audit.record(db, action=action, campaign_code=code, unit_code=unit_code, facts=facts, **act())
