"""How far a campaign has come, and how a questionnaire stands."""

from enum import StrEnum


class CampaignState(StrEnum):
    """How far a round of the survey has come. It only moves forward, in this order."""

    PREPARING = "preparing"
    OPEN = "open"
    CLOSED = "closed"
    OPENED = "opened"
    RELEASED = "released"


TAKING_LISTS = (CampaignState.PREPARING, CampaignState.OPEN)
"""Lists are handed in and mended and people invited until collection ends."""
BOX_OPENED = (CampaignState.OPENED, CampaignState.RELEASED)
"""The ballots are responses now."""


class ApprovalState(StrEnum):
    """Whether a questionnaire may be asked as it stands now."""

    NEVER = "never"
    CHANGED = "changed"
    WAITING = "waiting"
    APPROVED = "approved"
