"""What one person was sent: by day, channel and outcome, never the words, the link or the address.

What was not sent because she had begun or submitted is left out: its hour would tell the hour of her answering.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.delivery.states import DeliveryState


@dataclass(frozen=True)
class SentMessage:
    """One message on one channel, and what became of it up to now."""

    kind: str
    channel: str
    state: DeliveryState
    reason: str
    attempts: int
    day: date | None
    """The day of what became of it, or of the last attempt; None before the first."""


def messages_of(db: Session, invitation_id: UUID) -> Sequence[SentMessage]:
    """The messages of one invitation, the latest first."""
    rows = db.execute(
        select(
            Wave.kind,
            Delivery.channel,
            Delivery.state,
            Delivery.reason,
            Delivery.attempts,
            func.coalesce(Delivery.settled_at, Delivery.attempted_at),
        )
        .join(Wave, Wave.id == Delivery.wave_id)
        .where(Delivery.invitation_id == invitation_id, Delivery.state != DeliveryState.SUPPRESSED)
        .order_by(Wave.starts_at.desc(), Delivery.not_before.desc())
    )
    return [
        SentMessage(kind, channel, state, reason, attempts, clock.day(at) if at else None)
        for kind, channel, state, reason, attempts, at in rows
    ]
