"""Dispositions that follow from what became of messages, for many invitations at once."""

from collections.abc import Collection
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.invitations.deltas import Cell, Deltas
from surveyapp.invitations.models import Assignment, AssignmentEvent
from surveyapp.invitations.rules import Disposition


def turn(
    db: Session,
    campaign_id: int,
    invitation_ids: Collection[UUID],
    *,
    before: Collection[Disposition],
    after: Disposition,
    event: str,
    today: date,
    progress: Collection[str] = (),
) -> int:
    """Give the unsubmitted forms of these invitations that stand in `before` the disposition `after`.

    Of `progress` only, where it is given. Each gets its event, and the counts their deltas. How many forms turned; whoever began
    meanwhile is left alone.
    """
    if not invitation_ids:
        return 0
    # Read under a lock first: the counts need the disposition that each form comes from.
    standing = db.execute(
        select(
            Assignment.id,
            Assignment.disposition,
            Assignment.supplying_unit_id,
            Assignment.rated_unit_id,
            Assignment.group_id,
            func.coalesce(Assignment.department_id, 0),
        )
        .where(
            Assignment.campaign_id == campaign_id,
            Assignment.invitation_id.in_(invitation_ids),
            Assignment.state == "active",
            Assignment.disposition.in_(before),
            *((Assignment.progress.in_(progress),) if progress else ()),
        )
        .order_by(Assignment.id)
        .with_for_update()
    ).all()
    if not standing:
        return 0
    ids = [row[0] for row in standing]
    db.execute(
        update(Assignment)
        .where(Assignment.id.in_(ids))
        .values(disposition=after)
        .execution_options(synchronize_session=False)
    )
    deltas = Deltas()
    for _id, was, *cell in standing:
        deltas.move(Cell(*cell), was, after)
    deltas.write(db, campaign_id, today=today)
    note = {"event": event, "on": today, "note": ""}
    db.execute(
        insert(AssignmentEvent), [{"id": uuid4(), "assignment_id": id_, **note} for id_ in ids]
    )
    return len(ids)
