"""Tables of invitations: one person's way in, never the code itself."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base, EnumText, within
from surveyapp.invitations.states import InvitationState


class Invitation(Base):
    """One person's invitation to one campaign. The code itself is never stored, only its tag.

    revoked: an operator ended it, issuing leaves it alone; lapsed: no list names the person any more,
    issuing revives it when one does. `listed_at`: when it was last put into a mailing file; empty
    again when there is something new to tell the person.
    """

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint(within("state", InvitationState), name="state"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    tag: Mapped[bytes] = mapped_column(unique=True)
    key_number: Mapped[int]
    issue_number: Mapped[int]
    counter: Mapped[int]
    state: Mapped[InvitationState] = mapped_column(EnumText(InvitationState))
    issued_at: Mapped[datetime]
    listed_at: Mapped[datetime | None]


class RetiredTag(Base):
    """The tag of a code that another one replaced, so that its signed link can say so."""

    __tablename__ = "retired_tag"
    __table_args__ = (CheckConstraint("reason in ('replaced')", name="reason"),)

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    reason: Mapped[str]


class Declaration(Base):
    """What an invited person told the centre instead of answering."""

    __tablename__ = "declaration"
    __table_args__ = (
        CheckConstraint("kind in ('not_me','moved','wrong_group','decline')", name="kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), index=True)
    kind: Mapped[str]
    on: Mapped[date]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]


class Handoff(Base):
    """An access code passed from one device to another: encrypted, for ten minutes, once."""

    __tablename__ = "handoff"

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    sealed_code: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)
