"""Dispositions that follow from what became of messages, for many invitations at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from surveyapp.assignments.count_deltas import Cell, Deltas
from surveyapp.assignments.models import LOCK_ORDER, Assignment, AssignmentEvent
from surveyapp.assignments.rules import Disposition

BATCH = 1000


def turn(
    db: Session,
    campaign_id: int,
    invitation_ids: Collection[UUID] | Select[Any],
    *,
    before: Collection[Disposition],
    after: Disposition,
    event: str,
    today: date,
    progress: Collection[str] = (),
    channel: str = "",
) -> int:
    """Give the unsubmitted forms of these invitations that stand in `before` the disposition `after`.

    Of `progress` only, where it is given. Each gets its event, and the counts their deltas. How many
    forms turned; whoever began meanwhile is left alone. `channel` is what took the message there:
    forms that count as sent by it are counted under it, as are those in hand of which no channel is
    known (letters and mailing files are confirmed days after they went out, so with them the
    submitted too).
    """
    if not isinstance(invitation_ids, Select) and not invitation_ids:
        return 0
    standing = _standing(db, campaign_id, invitation_ids, before, progress, channel)
    deltas, stands = Deltas(), defaultdict(list)
    turned = []
    for is_turned, id_, was, *cell in standing:
        place = Cell._make(cell)
        is_taken = channel and (place.channel == "none" or after == Disposition.SENT)
        now_in, now_by = after if is_turned else was, channel if is_taken else place.channel
        deltas.move(place, was, now_in, channel=now_by)
        stands[now_in, now_by].append(id_)
        if is_turned:
            turned.append(id_)
    deltas.write(db, campaign_id, today=today)
    for values, ids in stands.items():
        _write(db, ids, *values)
    if turned:
        note = {"event": event, "on": today, "note": ""}
        events = [{"id": uuid4(), "assignment_id": id_, **note} for id_ in turned]
        db.execute(insert(AssignmentEvent), events)
    return len(turned)


def _standing(
    db: Session,
    campaign_id: int,
    invitation_ids: Collection[UUID] | Select[Any],
    before: Collection[Disposition],
    progress: Collection[str],
    channel: str,
) -> Sequence[Row[*tuple[Any, ...]]]:
    # Read under a lock first: the counts need the disposition that each form comes from.
    turns = and_(
        Assignment.state == "active",
        Assignment.disposition.in_(before),
        *((Assignment.progress.in_(progress),) if progress else ()),
    )
    in_hand = ("active", "submitted") if channel in ("letter", "file") else ("active",)
    is_nameless = and_(Assignment.state.in_(in_hand), Assignment.channel == "none")
    return db.execute(
        select(
            turns.label("turns"),
            Assignment.id,
            Assignment.disposition,
            Assignment.supplying_unit_id,
            Assignment.rated_unit_id,
            Assignment.group_id,
            func.coalesce(Assignment.department_id, 0),
            Assignment.channel,
        )
        .where(
            Assignment.campaign_id == campaign_id,
            Assignment.invitation_id.in_(invitation_ids),
            or_(turns, is_nameless) if channel else turns,
        )
        .order_by(*LOCK_ORDER)
        .with_for_update()
    ).all()


def _write(db: Session, ids: Sequence[UUID], disposition: str, channel: str) -> None:
    """Each form once: a row written twice would make PostgreSQL ask its invitation for leave."""
    for start in range(0, len(ids), BATCH):
        db.execute(
            update(Assignment)
            .where(Assignment.id.in_(ids[start : start + BATCH]))
            .values(disposition=disposition, channel=channel)
            .execution_options(synchronize_session=False)
        )
