"""Whether a questionnaire that was given to somebody can still be answered."""

from enum import StrEnum


class AssignmentState(StrEnum):
    """The three states of an assignment; its disposition says more. Submitted is terminal."""

    ACTIVE = "active"
    SUBMITTED = "submitted"
    REVOKED = "revoked"
