"""Where waves, messages and test messages stand."""

from enum import StrEnum


class WaveState(StrEnum):
    """draft: being planned; testing: confirmed, waits for its canaries; running; paused keeps what is
    queued; stopped gives it up; done: nothing is left to send."""

    DRAFT = "draft"
    TESTING = "testing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


GOING = (WaveState.TESTING, WaveState.RUNNING)
"""It sends, or will as soon as its canaries have arrived."""
NOT_OVER = (*GOING, WaveState.PAUSED)
"""Confirmed, and something may still be sent."""
OVER = (WaveState.STOPPED, WaveState.DONE)
"""Nothing of it will be sent any more."""


class DeliveryState(StrEnum):
    """Where one message on one channel stands."""

    QUEUED = "queued"
    LEASED = "leased"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    SOFT_BOUNCE = "soft_bounce"
    HARD_BOUNCE = "hard_bounce"
    SUPPRESSED = "suppressed"
    FAILED = "failed"


class CanaryState(StrEnum):
    """How a test message fared: trying and sent are on the way, the others are over."""

    TRYING = "trying"
    SENT = "sent"
    ARRIVED = "arrived"
    MISSED = "missed"
    REFUSED = "refused"


ON_ITS_WAY = (CanaryState.TRYING, CanaryState.SENT)
LOST = (CanaryState.MISSED, CanaryState.REFUSED)
"""It did not arrive in time, or the channel would not take it."""
UNSEEN = (CanaryState.SENT, CanaryState.MISSED)
"""The channel took it and nobody has seen it yet, in time or late."""
