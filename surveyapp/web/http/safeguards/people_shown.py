"""Reading about people goes on record: a page that names somebody enters for what reason, before it is sent."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from flask import g, request, session

from surveyapp import clock
from surveyapp.accounts.actions import Action
from surveyapp.db import transaction
from surveyapp.web.http.audit_context import enter

LONGEST_REASON = 300
HOLDS_FOR = timedelta(hours=4)
"""So long a reason once given stands for the people looked up after it, each an entry of its own."""
_KEPT = "reads_for"


class Purpose(StrEnum):
    """What a page is there for that names people only to do one thing: nobody is asked, the page says it."""

    CONTACT_MISSING = "contact_missing"
    DATA_REQUEST = "data_request"
    DECLARATION = "declaration"
    LIST_REVIEW = "list_review"
    MESSAGE_PREVIEW = "message_preview"
    WAVE_CHECK = "wave_check"


def note_shown(reason: str, *, people: int, unit_code: str = "") -> None:
    """Enter that this page shows `people` persons, and whose: ids as they stand in its address."""
    if not people:
        return
    page = (request.endpoint or "").partition(".")[2]
    ids = {name: str(value) for name, value in (request.view_args or {}).items()}
    with transaction() as db:
        facts = {"reason": str(reason), "page": page, "people": people, **ids}
        enter(db, Action.PEOPLE_SHOWN, facts, unit_code=unit_code)


def typed_reason(field: str) -> str:
    """What was typed as a reason, in one line; empty for none."""
    return " ".join(request.form.get(field, "").split())[:LONGEST_REASON]


def keep_reason(reason: str) -> None:
    """From now on people of this campaign are looked up for `reason`, until it has to be said again."""
    until = int((clock.now() + HOLDS_FOR).timestamp())
    session[_KEPT] = [g.campaign.code, until, reason]


def kept_reason() -> str:
    """For what this person said she looks people of this campaign up; empty where she has to say."""
    kept: Any = session.get(_KEPT)
    if not isinstance(kept, list) or kept[0] != g.campaign.code:
        return ""
    return str(kept[2]) if kept[1] > clock.now().timestamp() else ""
