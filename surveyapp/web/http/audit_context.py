"""The act of a staff page: who is signed in, now, under this server's keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.web.http.state import keys


def act(now: datetime | None = None) -> Act:
    """What this request does, at `now` or at the present moment."""
    second = g.get("second_person")
    agreed_by = str(second.answered_by) if second is not None else ""
    return Act(g.actor.username, now or clock.now(), keys(), agreed_by)


def enter(db: Session, action: Action, facts: Mapping[str, Any], *, unit_code: str = "") -> None:
    """Enter what is done to the page's campaign into the audit trail."""
    code = g.campaign.code
    audit.record(db, act(), action, campaign_code=code, unit_code=unit_code, facts=facts)
