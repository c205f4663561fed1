"""What a desk declares and is granted: headcounts, its address, a later deadline, reminders."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, ExpectedList, ListKind, Unit
from surveyapp.db import rows_changed
from surveyapp.i18n import _, _n
from surveyapp.respondents import queries
from surveyapp.respondents.errors import (
    BadDeskAddress,
    BadHeadcount,
    DeadlineNotLater,
    ListNotExpected,
)
from surveyapp.respondents.models import DeskAddress, DeskReminder, Headcount, ListDeadline
from surveyapp.respondents.states import ListState, ReminderState

MOST_PEOPLE = 60_000
_ADDRESS = re.compile(r"[^@\s<>,;:\"]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


@dataclass(frozen=True, slots=True)
class LateList:
    """A list not handed in: `missing`, `staged` (its file is here, not confirmed) or `returned`."""

    kind: ListKind
    state: str
    must_count: int


def how_far(late: LateList) -> str:
    """How far a list is that the centre does not have yet."""
    if late.state == ListState.RETURNED:
        return _("đã trả lại, chờ sửa")
    if late.state != ListState.STAGED:
        return _("chưa có tệp")
    if late.must_count:
        return _n(
            "đã có tệp, còn %(n)s lỗi phải sửa",
            "đã có tệp, còn %(n)s lỗi phải sửa",
            late.must_count,
        )
    return _("đã có tệp, chưa xác nhận gửi")


@dataclass(frozen=True, slots=True)
class LateUnit:
    """A unit with lists not handed in: which, since when they are due, where to write."""

    unit: Unit
    due: date
    is_overdue: bool
    lists: tuple[LateList, ...]
    email: str
    reminded_at: datetime | None
    reminder_state: str


def due_of(db: Session, campaign: Campaign, unit_id: int) -> date:
    """The day by which this unit hands in its lists."""
    granted = db.get(ListDeadline, unit_id)
    return max(granted.due, campaign.lists_due) if granted else campaign.lists_due


def extend(
    db: Session, campaign: Campaign, unit: Unit, *, due: date, reason: str, act: Act
) -> None:
    """Grant one unit a later day. Raises `DeadlineNotLater`."""
    present = due_of(db, campaign, unit.id)
    if due <= present:
        raise DeadlineNotLater(present)
    db.merge(
        ListDeadline(
            unit_id=unit.id, due=due, reason=reason, granted_by=act.actor, granted_at=act.now
        )
    )
    facts = {"due": due.isoformat(), "before": present.isoformat()}
    audit.record(
        db,
        act,
        Action.DESK_DEADLINE_EXTENDED,
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts=facts,
    )


def declare_headcount(
    db: Session, campaign: Campaign, unit: Unit, kind: ListKind, *, declared: int, act: Act
) -> None:
    """Store how many people of this kind the unit has; its next check compares the list with it.

    Raises `BadHeadcount`, `ListNotExpected`.
    """
    if db.get(ExpectedList, (unit.id, kind.id)) is None:
        raise ListNotExpected(unit.code, kind.code)
    if not 0 <= declared <= MOST_PEOPLE:
        raise BadHeadcount(MOST_PEOPLE)
    db.merge(
        Headcount(
            unit_id=unit.id,
            kind_id=kind.id,
            declared=declared,
            declared_by=act.actor,
            declared_at=act.now,
        )
    )
    facts = {"kind": kind.code, "declared": declared}
    audit.record(
        db,
        act,
        Action.DESK_HEADCOUNT_DECLARED,
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts=facts,
    )


def write_address(db: Session, campaign: Campaign, unit: Unit, *, email: str, act: Act) -> None:
    """Store where this desk is reminded. Raises `BadDeskAddress`."""
    if len(email) > 200 or not _ADDRESS.fullmatch(email):
        raise BadDeskAddress
    db.merge(DeskAddress(unit_id=unit.id, email=email, written_by=act.actor, written_at=act.now))
    audit.record(
        db, act, Action.DESK_ADDRESS_WRITTEN, campaign_code=campaign.code, unit_code=unit.code
    )


def address_of(db: Session, unit_id: int) -> str:
    """Where the unit's desk is written to; empty while it has not said."""
    stored = db.get(DeskAddress, unit_id)
    return stored.email if stored else ""


def late_units(db: Session, campaign: Campaign, *, today: date) -> list[LateUnit]:
    """Units with lists not handed in, the longest overdue first, then in the registry's order."""
    waiting: dict[int, tuple[Unit, list[LateList]]] = {}
    for row in queries.expected(db, campaign.id):
        if not row.is_handed_in:
            must_count = row.current.must_count if row.current else 0
            late_list = LateList(row.kind, row.state, must_count)
            waiting.setdefault(row.unit.id, (row.unit, []))[1].append(late_list)
    granted = _by_unit(db, select(ListDeadline.unit_id, ListDeadline.due))
    addresses = _by_unit(db, select(DeskAddress.unit_id, DeskAddress.email))
    reminders = _last_reminders(db)
    late = []
    for unit, lists in waiting.values():
        due = max(granted.get(unit.id, campaign.lists_due), campaign.lists_due)
        last = reminders.get(unit.id)
        late.append(
            LateUnit(
                unit=unit,
                due=due,
                is_overdue=today > due,
                lists=tuple(lists),
                email=addresses.get(unit.id, ""),
                reminded_at=last.asked_at if last else None,
                reminder_state=last.state if last else "",
            )
        )
    return sorted(late, key=lambda row: (row.due, row.unit.kind, row.unit.position))


def _by_unit(db: Session, query: Any) -> Mapping[int, Any]:
    return {row[0]: row[1] for row in db.execute(query)}


def _last_reminders(db: Session) -> Mapping[int, DeskReminder]:
    last = (
        select(DeskReminder.unit_id, func.max(DeskReminder.asked_at).label("at"))
        .group_by(DeskReminder.unit_id)
        .subquery()
    )
    rows = db.scalars(
        select(DeskReminder).join(
            last, (last.c.unit_id == DeskReminder.unit_id) & (last.c.at == DeskReminder.asked_at)
        )
    )
    return {row.unit_id: row for row in rows}


def ask_reminders(db: Session, campaign: Campaign, *, act: Act, today: date) -> int:
    """Queue one e-mail for every late desk with an address; how many. One a desk and day."""
    queued = 0
    for late in late_units(db, campaign, today=today):
        is_fresh = late.reminded_at is not None and (act.now - late.reminded_at).days < 1
        if not late.email or is_fresh:
            continue
        db.add(
            DeskReminder(
                id=uuid.uuid4(),
                unit_id=late.unit.id,
                email=late.email,
                state=ReminderState.QUEUED,
                asked_by=act.actor,
                asked_at=act.now,
                code="",
            )
        )
        facts = {"lists": len(late.lists)}
        audit.record(
            db,
            act,
            Action.DESK_REMINDED,
            campaign_code=campaign.code,
            unit_code=late.unit.code,
            facts=facts,
        )
        queued += 1
    db.flush()
    return queued


def queued_reminders(db: Session) -> Sequence[DeskReminder]:
    """What still has to be sent, the oldest first."""
    return db.scalars(
        select(DeskReminder)
        .where(DeskReminder.state == ReminderState.QUEUED)
        .order_by(DeskReminder.asked_at)
    ).all()


def give_up_queued(db: Session, *, code: str, now: datetime) -> int:
    """No reminder that waits goes out any more; how many. The centre asks again for those it wants."""
    given_up = db.execute(
        update(DeskReminder)
        .where(DeskReminder.state == ReminderState.QUEUED)
        .values(state=ReminderState.FAILED, code=code, tried_at=now)
    )
    return rows_changed(given_up)


def reminder_tried(
    db: Session, reminder_id: uuid.UUID, *, state: str, code: str, now: datetime
) -> None:
    """Write what became of one e-mail; one that is to be tried again stays queued."""
    db.execute(
        update(DeskReminder)
        .where(DeskReminder.id == reminder_id)
        .values(state=state, code=code[:200], tried_at=now)
    )
