"""Whom a wave left out and why: counted when it is filled, and the counts of a whole wave to take away."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Unit
from surveyapp.db import add_up
from surveyapp.delivery.models import Delivery, SkippedCount
from surveyapp.invitations.models import Invitation
from surveyapp.respondents.models import Person

NOT_QUEUED = "not_queued"
"""Stands for a delivery's state where no message was made at all."""


def note(db: Session, wave_id: UUID, skipped: Iterable[tuple[int, str]]) -> None:
    """Add people left out, each (supplying unit, reason), to the wave's counts."""
    rows = [
        {"wave_id": wave_id, "unit_id": unit_id, "reason": reason, "people": n}
        for (unit_id, reason), n in sorted(Counter(skipped).items())
    ]
    add_up(db, cast(Table, SkippedCount.__table__), rows, into="people")


def by_reason(db: Session, wave_id: UUID) -> Counter[str]:
    """People for whom the wave queued nothing, by reason."""
    rows = db.execute(
        select(SkippedCount.reason, func.sum(SkippedCount.people))
        .where(SkippedCount.wave_id == wave_id)
        .group_by(SkippedCount.reason)
    )
    return Counter({reason: int(people) for reason, people in rows})


def per_unit(db: Session, wave_id: UUID) -> Sequence[tuple[Unit, str, str, str, int]]:
    """(unit, channel, state, reason, how many) of all messages and of everybody left out.

    By unit. The state is a delivery's, or `not_queued` with no channel.
    """
    sent = db.execute(
        select(Unit, Delivery.channel, Delivery.state, Delivery.reason, func.count())
        .join(Person, Person.unit_id == Unit.id)
        .join(Invitation, Invitation.person_id == Person.id)
        .join(Delivery, Delivery.invitation_id == Invitation.id)
        .where(Delivery.wave_id == wave_id)
        .group_by(Unit.id, Delivery.channel, Delivery.state, Delivery.reason)
    )
    counted: Counter[tuple[Unit, str, str, str]] = Counter()
    for unit, channel, state, reason, n in sent:
        word = "" if reason == "recovered" else reason.partition(" ")[0]
        counted[unit, channel, state, word] += n
    skipped = db.execute(
        select(Unit, SkippedCount.reason, SkippedCount.people)
        .join(SkippedCount, SkippedCount.unit_id == Unit.id)
        .where(SkippedCount.wave_id == wave_id)
    )
    for unit, reason, n in skipped:
        counted[unit, "", NOT_QUEUED, reason] += n
    in_order = sorted(counted.items(), key=lambda one: (one[0][0].position, *one[0][1:]))
    return [(*key, n) for key, n in in_order]
