"""Dispositions, coarse progress and completeness: pure rules of an assignment's life."""

from enum import StrEnum


class Disposition(StrEnum):
    """What has become of an assignment. Exactly one holds at any time.

    `aapor` is the final disposition code for internet surveys of specifically named persons
    (AAPOR Standard Definitions, 10th edition).
    """

    aapor: str

    NOT_SENT = "not_sent", "3.11"
    SENT = "sent", "3.19"
    BOUNCED = "bounced", "3.30"
    STARTED = "started", "2.1121"
    BROKEN_OFF = "broken_off", "2.12"
    BREAK_OFF_SUBMITTED = "break_off_submitted", "2.12"
    PARTIAL = "partial", "1.2"
    COMPLETE = "complete", "1.1"
    REFUSED = "refused", "2.111"
    UNAVAILABLE = "unavailable", "2.26"
    MOVED = "moved", "4.90"
    WRONG_GROUP = "wrong_group", "4.10"
    DUPLICATE = "duplicate", "4.81"
    REMOVED = "removed", "4.90"

    def __new__(cls, value: str, aapor: str) -> "Disposition":
        member = str.__new__(cls, value)
        member._value_ = value
        member.aapor = aapor
        return member


INVITED = frozenset(Disposition) - {Disposition.DUPLICATE, Disposition.REMOVED}
"""Assignments that hold a place in an invitation, whether sent yet or not."""

BEGUN = frozenset(
    {
        Disposition.STARTED,
        Disposition.BROKEN_OFF,
        Disposition.BREAK_OFF_SUBMITTED,
        Disposition.PARTIAL,
        Disposition.COMPLETE,
    }
)
"""Dispositions that only a person who pressed start can have."""

SUBMITTED = frozenset({Disposition.BREAK_OFF_SUBMITTED, Disposition.PARTIAL, Disposition.COMPLETE})
"""Dispositions of a submitted assignment: terminal."""

NOT_ELIGIBLE = frozenset(
    {Disposition.MOVED, Disposition.WRONG_GROUP, Disposition.DUPLICATE, Disposition.REMOVED}
)


CHANNELS = ("email", "sms", "letter", "file", "none")
"""What took the link to the person: a message of ours, a mailing file of the centre's, nothing known."""


def progress_band(answered: int, items: int) -> str:
    """How much is answered, coarsely: none, some (< ½), half (< 4/5), most, all."""
    if not answered:
        return "none"
    if answered >= items:
        return "all"
    share = answered / items
    return "some" if share < 0.5 else "half" if share < 0.8 else "most"


def submitted_disposition(
    answered: int, items: int, *, complete: float, partial: float
) -> Disposition:
    """Complete, partial or break-off by the share of applicable items answered (0..1 thresholds)."""
    share = answered / items if items else 1.0
    if share >= complete:
        return Disposition.COMPLETE
    return Disposition.PARTIAL if share >= partial else Disposition.BREAK_OFF_SUBMITTED


DECLARED = {
    "not_me": Disposition.UNAVAILABLE,
    "moved": Disposition.MOVED,
    "wrong_group": Disposition.WRONG_GROUP,
    "decline": Disposition.REFUSED,
}
"""What a declaration makes of the unsubmitted questionnaires. `not_me` is a non-contact: the person
on the list was not reached, the message came to someone else."""

STARTED_OVER = frozenset(
    {
        Disposition.SENT,
        Disposition.BOUNCED,
        Disposition.STARTED,
        Disposition.BROKEN_OFF,
        Disposition.UNAVAILABLE,
    }
)
"""Dispositions that a new code takes back to `not_sent`: the new link has reached nobody yet."""
