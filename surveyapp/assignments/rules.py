"""Dispositions: pure rules of an assignment's life. None of them depends on what was answered."""

from enum import StrEnum

from surveyapp.messaging import registry


class Disposition(StrEnum):
    """What has become of an assignment. Exactly one holds at any time.

    `aapor` is the final disposition code for internet surveys of specifically named persons
    (AAPOR Standard Definitions, 10th edition). Two are the code of a whole class, since what divides it
    must not stand beside a name: a form begun and not submitted is a refusal or break-off (2.10), whether
    or not anything was answered (2.1121, 2.12); a submitted one an interview (1.0), complete or partial
    (1.1, 1.2). How complete the submitted are is counted after the opening, from the responses.
    """

    aapor: str

    NOT_SENT = "not_sent", "3.11"
    SENT = "sent", "3.19"
    BOUNCED = "bounced", "3.30"
    BEGUN = "begun", "2.10"
    SUBMITTED = "submitted", "1.0"
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

STARTED = frozenset({Disposition.BEGUN, Disposition.SUBMITTED})
"""Dispositions that only a person who pressed start can have."""

NOT_ELIGIBLE = frozenset(
    {Disposition.MOVED, Disposition.WRONG_GROUP, Disposition.DUPLICATE, Disposition.REMOVED}
)


CHANNELS = (*registry.CODES, "file", "none")
"""What took the link to the person: a message of ours, a mailing file of the centre's, nothing known."""

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
        Disposition.BEGUN,
        Disposition.UNAVAILABLE,
    }
)
"""Dispositions that a new code takes back to `not_sent`: the new link has reached nobody yet."""
