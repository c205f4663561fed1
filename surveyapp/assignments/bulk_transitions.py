"""Moves that follow from what became of messages, for many invitations at once."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import Session

from surveyapp.assignments import transitions
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.assignments.transitions import AssignmentChange


def move_forms(
    db: Session,
    campaign_id: int,
    invitation_ids: Collection[UUID] | Select[Any],
    move: str,
    *,
    after: Disposition,
    today: date,
    before: Collection[Disposition] | None = None,
    begun: bool | None = None,
    channel: str = "",
) -> int:
    """Carry out `move` on the unsubmitted forms of these invitations that it may start from.

    Of those that stand in `before`, or were `begun` or not, only, where either is given. How many forms
    moved; whoever began meanwhile is left alone. `channel` is what took the message there: forms that
    count as sent by it are counted under it, as are those in hand of which no channel is known (letters
    and mailing files are confirmed days after they went out, so with them the submitted too).
    """
    if not isinstance(invitation_ids, Select) and not invitation_ids:
        return 0
    starts_from = before if before is not None else transitions.MOVES[move].before
    moves = and_(
        Assignment.state == AssignmentState.ACTIVE,
        Assignment.disposition.in_(starts_from),
        *((Assignment.begun_on.is_not(None) == begun,) if begun is not None else ()),
    )
    in_hand = (
        (AssignmentState.ACTIVE, AssignmentState.SUBMITTED)
        if channel in ("letter", "file")
        else (AssignmentState.ACTIVE,)
    )
    is_nameless = and_(Assignment.state.in_(in_hand), Assignment.channel == "none")
    locked = transitions.lock_all(
        db,
        Assignment.campaign_id == campaign_id,
        Assignment.invitation_id.in_(invitation_ids),
        or_(moves, is_nameless) if channel else moves,
    )
    moved, elsewhere = [], []
    for each in locked:
        is_moved = (
            each.state == AssignmentState.ACTIVE
            and each.disposition in starts_from
            and begun in (None, each.begun_on is not None)
        )
        is_taken = channel and (each.channel == "none" or after == Disposition.SENT)
        values = {"channel": channel} if is_taken else {}
        if is_moved:
            moved.append(AssignmentChange(each, after, values))
        else:
            elsewhere.append(AssignmentChange(each, each.disposition, values))
    changes = {move: moved, "count_elsewhere": elsewhere}
    transitions.write(db, changes, today=today)
    return len(moved)
