"""Tables of the questionnaires people are asked to fill in, and of what happened to each."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.assignments.states import AssignmentState
from surveyapp.db import Base, EnumText, within


class Assignment(Base):
    """One questionnaire that one invited person is asked to fill in about one rated unit.

    `number` counts from 1 within the invitation and is what the person's addresses show. `begun_on` is
    the day on which the person pressed start under the present code, `submitted_on` that of submission: a
    finer time would help to find the ballot. Nothing here depends on what was answered.
    A form that a second list would give on the same rated unit is kept as a revoked row with the
    disposition `duplicate`; `second_form` marks it where the campaign allows both. `channel` is what
    took the present link to the person.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("invitation_id", "group_id", "rated_unit_id"),
        UniqueConstraint("invitation_id", "number"),
        Index(
            "uq_assignment_one_form_per_rated_unit",
            "invitation_id",
            "rated_unit_id",
            unique=True,
            sqlite_where=text("state <> 'revoked' and not second_form"),
            postgresql_where=text("state <> 'revoked' and not second_form"),
        ),
        CheckConstraint(within("state", AssignmentState), name="state"),
        CheckConstraint("(state = 'submitted') = (submitted_on is not null)", name="submitted"),
        CheckConstraint(
            "(state = 'submitted') = (disposition = 'submitted')", name="submitted_disposition"
        ),
        CheckConstraint(
            "(state = 'revoked') = (disposition in ('removed','duplicate'))",
            name="revoked_disposition",
        ),
        CheckConstraint("disposition <> 'begun' or begun_on is not null", name="begun"),
        CheckConstraint("length(channel) between 1 and 20", name="channel"),
        Index("ix_assignment_campaign_id_state", "campaign_id", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    group_id: Mapped[int] = mapped_column(ForeignKey("respondent_group.id"))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    supplying_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    rated_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    second_form: Mapped[bool] = mapped_column(default=False)
    state: Mapped[AssignmentState] = mapped_column(EnumText(AssignmentState))
    disposition: Mapped[str]
    begun_on: Mapped[date | None]
    channel: Mapped[str] = mapped_column(default="none")
    submitted_on: Mapped[date | None]


LOCK_ORDER = (Assignment.invitation_id, Assignment.number)
"""The order in which whoever locks several assignments takes them, so that nobody waits in a circle."""


class AssignmentEvent(Base):
    """Something that happened to an assignment, by day; the disposition follows from these.

    Issuing is implied by the row and submission by `submitted_on`, so neither is an event: an order of
    submissions finer than the day would help to find a ballot. Hence no hidden rowid either.
    """

    __tablename__ = "assignment_event"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  SQLAlchemy reads a plain dict

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id"), index=True)
    event: Mapped[str]
    on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")


class CountDelta(Base):
    """A change of one cell of the counts: no assignment, no person. Fieldwork folds and deletes it.

    The key is drawn at random and the table keeps no hidden rowid: a running number would tell in which
    order people submitted.
    """

    __tablename__ = "count_delta"
    __table_args__ = (CheckConstraint("length(id) = 16", name="id"), {"sqlite_with_rowid": False})

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    supplying_unit_id: Mapped[int]
    rated_unit_id: Mapped[int]
    group_id: Mapped[int]
    department_id: Mapped[int]
    channel: Mapped[str]
    disposition: Mapped[str]
    day: Mapped[date]
    change: Mapped[int]
