"""Where lists stand, the files they come in, reminders, and the people they name."""

from enum import StrEnum


class ListState(StrEnum):
    """Where one version of a list stands: with the desk, with the centre, or out of use."""

    STAGED = "staged"
    ACCEPTED = "accepted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


MENDABLE = (ListState.STAGED, ListState.RETURNED)
"""The desk may change the lines."""
HANDED_IN = (ListState.ACCEPTED, ListState.APPROVED)
"""The centre has it, approved or not."""
CURRENT = (ListState.STAGED, ListState.ACCEPTED, ListState.APPROVED, ListState.RETURNED)
"""Versions that count; of the others only the history is left."""


class ReceivedState(StrEnum):
    """How far the reading of a file has come that a desk has sent."""

    WORKING = "working"
    UNDERSTOOD = "understood"
    UNCLEAR = "unclear"
    REFUSED = "refused"
    STOPPED = "stopped"
    STORED = "stored"


WAITING_FOR_DESK = (ReceivedState.UNDERSTOOD, ReceivedState.UNCLEAR)
"""The file was read; the desk says whether it was read rightly."""


class ReminderState(StrEnum):
    """What became of an e-mail to a desk."""

    QUEUED = "queued"
    HANDED_OVER = "handed_over"
    FAILED = "failed"


class PersonState(StrEnum):
    """Whether a person, or a person's place in one list, is still named by a list."""

    ACTIVE = "active"
    REMOVED = "removed"
