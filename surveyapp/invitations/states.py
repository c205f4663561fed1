"""Whether an invitation still lets somebody in."""

from enum import StrEnum


class InvitationState(StrEnum):
    """active: its code opens the questionnaires; revoked: ended by an operator, for good; lapsed: no
    list names the person any more, issuing revives it when one does."""

    ACTIVE = "active"
    REVOKED = "revoked"
    LAPSED = "lapsed"
