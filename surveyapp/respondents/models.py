"""Tables of respondent lists, their lines and findings, and of the persons they yield."""

import uuid
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base, EnumText, within
from surveyapp.respondents.findings import Finding
from surveyapp.respondents.states import (
    HANDED_IN,
    MENDABLE,
    WAITING_FOR_DESK,
    ListState,
    PersonState,
    ReceivedState,
    ReminderState,
)


class RespondentList(Base):
    """One version of a unit's list of one kind.

    staged: read and shown with its findings; accepted: confirmed by the desk; approved: its lines are
    persons; returned: sent back by the centre with a note; superseded: a later version took its place.
    `line_count` counts the lines that stand, `must_count` and `check_count` the open findings. A
    version without a file declares that the unit has nobody for this list. While `hold_note`
    says why it is held for review, it cannot be approved.
    """

    __tablename__ = "respondent_list"
    __table_args__ = (
        UniqueConstraint("unit_id", "kind_id", "version"),
        CheckConstraint(within("state", ListState), name="state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("list_kind.id"))
    version: Mapped[int]
    state: Mapped[ListState] = mapped_column(EnumText(ListState))
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    file: Mapped[bytes] = mapped_column(deferred=True)
    understanding: Mapped[dict[str, Any]] = mapped_column(JSON)
    line_count: Mapped[int]
    left_out_count: Mapped[int] = mapped_column(default=0)
    must_count: Mapped[int]
    check_count: Mapped[int]
    staged_by: Mapped[str]
    staged_at: Mapped[datetime]
    accepted_by: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    hold_note: Mapped[str] = mapped_column(default="")

    @property
    def is_mendable(self) -> bool:
        """The desk may change its lines."""
        return self.state in MENDABLE

    @property
    def is_handed_in(self) -> bool:
        """The centre has it, approved or not."""
        return self.state in HANDED_IN


class ReceivedFile(Base):
    """A file on its way into a list: kept while it is read and until its reading is confirmed.

    working: being read, `stage` and rows `done` of `total` say how far; understood: `understanding` and
    `preview` wait for a person; unclear: readable, but not as a list until a person points at the
    headings (`refusal` says why); refused, stopped: nothing more comes of it; stored: it became the
    version `list_id`. `table` holds its sheets as they were read (`sheet.kept`). File and table go when
    it is refused or stored, the row with the unit's next file.
    """

    __tablename__ = "received_file"
    __table_args__ = (
        Index("ix_received_file_unit_id_kind_id", "unit_id", "kind_id"),
        CheckConstraint(within("state", ReceivedState), name="state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("list_kind.id"))
    file_name: Mapped[str]
    file: Mapped[bytes] = mapped_column(deferred=True)
    table: Mapped[bytes] = mapped_column(deferred=True, default=b"")
    state: Mapped[ReceivedState] = mapped_column(
        EnumText(ReceivedState), default=ReceivedState.WORKING
    )
    stage: Mapped[str] = mapped_column(default="unpacking")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    understanding: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    preview: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    refusal: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    list_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("respondent_list.id"))
    received_by: Mapped[str]
    received_at: Mapped[datetime]
    told_at: Mapped[datetime]
    worker: Mapped[str] = mapped_column(default="")
    """Which piece of work holds it: one that was taken up by another stores nothing any more."""
    confirmed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What a person said when confirming; None while the first half is at work."""

    @property
    def waits_for_desk(self) -> bool:
        """It was read; the desk says whether it was read rightly."""
        return self.state in WAITING_FOR_DESK


class ListLine(Base):
    """One person's row: the cells as they were sent, and the values as they were understood.

    `mends` are the cells the desk wrote anew; values and findings always follow from cells and mends.
    A line left out stays for the record but yields nobody. `name_key` and `department_id` repeat what
    the values say, for comparing lists and for counting.
    """

    __tablename__ = "list_line"

    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("respondent_list.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[dict[str, str]] = mapped_column(JSON)
    values: Mapped[dict[str, str]] = mapped_column(JSON)
    mends: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    left_out: Mapped[bool] = mapped_column(default=False)
    name_key: Mapped[str] = mapped_column(index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))


LINES = cast("Table", ListLine.__table__)
"""For writing thousands of lines at once, past the unit of work, which takes as long again."""


class ListFinding(Base):
    """A fault or remark on a line (0 = the whole list); `code` and `facts` give the words."""

    __tablename__ = "list_finding"
    __table_args__ = (
        CheckConstraint("severity in ('must','check','note')", name="severity"),
        Index("ix_list_finding_list_id_line", "list_id", "line"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("respondent_list.id"))
    line: Mapped[int]
    column: Mapped[str]
    severity: Mapped[str]
    code: Mapped[str]
    value: Mapped[str]
    proposal: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)

    def plain(self) -> Finding:
        """The finding as the rules gave it."""
        return Finding(
            self.line,
            self.column,
            self.severity,
            self.code,
            self.value,
            self.proposal,
            self.facts,
        )


FINDINGS = cast("Table", ListFinding.__table__)


class ListDeadline(Base):
    """A later day by which one unit hands in its lists, and why the centre granted it."""

    __tablename__ = "list_deadline"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    due: Mapped[date]
    reason: Mapped[str]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]


class Headcount(Base):
    """How many people of one list kind a unit says it has, apart from the list it hands in."""

    __tablename__ = "headcount"
    __table_args__ = (CheckConstraint("declared >= 0", name="declared"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("list_kind.id"), primary_key=True)
    declared: Mapped[int]
    declared_by: Mapped[str]
    declared_at: Mapped[datetime]


class DeskAddress(Base):
    """Where a desk is written to about its lists: an office address, of no respondent."""

    __tablename__ = "desk_address"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    email: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime]


class DeskReminder(Base):
    """An e-mail to one desk about lists that are not in yet, and what became of it."""

    __tablename__ = "desk_reminder"
    __table_args__ = (
        CheckConstraint(within("state", ReminderState), name="state"),
        Index("ix_desk_reminder_unit_id", "unit_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    email: Mapped[str]
    state: Mapped[ReminderState] = mapped_column(
        EnumText(ReminderState), default=ReminderState.QUEUED
    )
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(default="")


class Person(Base):
    """Someone a unit named. The only table with names and contacts of respondents."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(within("state", PersonState), name="state"),
        Index("ix_person_unit_id_name_key", "unit_id", "name_key"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    full_name: Mapped[str]
    name_key: Mapped[str]
    position: Mapped[str]
    workplace: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    state: Mapped[PersonState] = mapped_column(EnumText(PersonState), default=PersonState.ACTIVE)


class PersonEntry(Base):
    """A person's place in one list kind: it yields the forms of that kind's groups."""

    __tablename__ = "person_entry"
    __table_args__ = (
        UniqueConstraint("person_id", "kind_id", "department_id"),
        Index("ix_person_entry_list_id", "list_id"),
        CheckConstraint(within("state", PersonState), name="state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("list_kind.id"))
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("respondent_list.id"))
    line: Mapped[int]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    district: Mapped[str]
    association: Mapped[str]
    state: Mapped[PersonState] = mapped_column(EnumText(PersonState), default=PersonState.ACTIVE)


class ListForms(Base):
    """Kept count of the forms one list yields in one cell; `department_id` 0 where they have none.

    `listed`: the lines that stood when the desk accepted it; `approved`: active entries that came
    from it. Which lists count is told by their state, so a superseded one needs no change here.
    """

    __tablename__ = "list_forms"

    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("respondent_list.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True)
    rated_unit_id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    listed: Mapped[int]
    approved: Mapped[int]
