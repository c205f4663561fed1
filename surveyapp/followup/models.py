"""Tables of the telephone follow-up. A call knows an invitation: nothing of answers, drafts or ballots."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base


class CallShift(Base):
    """The time in which one operator may see whom to call, and the reason given for it."""

    __tablename__ = "call_shift"
    __table_args__ = (Index("ix_call_shift_campaign_id_operator", "campaign_id", "operator"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    operator: Mapped[str]
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class CallLease(Base):
    """One operator is calling this person until then; nobody else calls her meanwhile."""

    __tablename__ = "call_lease"

    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    operator: Mapped[str]
    until: Mapped[datetime]


class CallAttempt(Base):
    """One call and what came of it. No free words: nobody is to write down what a person said."""

    __tablename__ = "call_attempt"
    __table_args__ = (
        CheckConstraint(
            "result in ('no_answer','busy','wrong_number','unavailable','reminded','answered',"
            "'new_link','moved','refused')",
            name="result",
        ),
        CheckConstraint("(result = 'unavailable') = (away_until is not null)", name="away"),
        Index("ix_call_attempt_campaign_id_result", "campaign_id", "result"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), index=True)
    result: Mapped[str]
    at: Mapped[datetime]
    operator: Mapped[str]
    away_until: Mapped[date | None]


class UnitNote(Base):
    """What the centre noted about a unit: of its desk and its work, never of what a person said."""

    __tablename__ = "unit_note"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    text: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
