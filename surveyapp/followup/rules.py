"""Results of a call and what each means: pure rules of the telephone follow-up."""

from datetime import date, timedelta
from enum import StrEnum

from surveyapp.assignments.rules import Disposition
from surveyapp.followup.errors import DateRefused

SHIFT = timedelta(hours=4)
"""How long a reason opens the list: half a working day."""
LEASE = timedelta(minutes=30)
FURTHEST = timedelta(days=366)


class Result(StrEnum):
    """What came of one call, in the order of the form."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"
    UNAVAILABLE = "unavailable"
    REMINDED = "reminded"
    ANSWERED = "answered"
    NEW_LINK = "new_link"
    MOVED = "moved"
    REFUSED = "refused"


REACHED = frozenset({Result.REMINDED, Result.ANSWERED, Result.NEW_LINK, Result.REFUSED})
"""The person herself was spoken to: a contact in AAPOR's sense."""

FOR_SEVERAL = (
    Result.NO_ANSWER,
    Result.BUSY,
    Result.WRONG_NUMBER,
    Result.UNAVAILABLE,
    Result.REMINDED,
    Result.MOVED,
)
"""Results that one press records for several people: a new link, an answer and a refusal are one person's own."""

CALLED = frozenset({Disposition.SENT, Disposition.BOUNCED, Disposition.BEGUN})
"""Forms about which a person is called: asked for, not submitted, nothing said about them."""

DECLARATIONS = {Result.MOVED: "moved", Result.REFUSED: "decline"}
"""Results that say what the person's own page would say; they count like it."""


def check_away(until: date | None, *, today: date) -> date:
    """The day on which calls and reminders go on; raises `DateRefused`."""
    if until is None or not today < until <= today + FURTHEST:
        raise DateRefused(until)
    return until
