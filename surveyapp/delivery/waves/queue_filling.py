"""Putting a wave's people into the queue: decided while only reading, queued in short transactions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.delivery.models import Wave
from surveyapp.delivery.sending import queue
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import audience, counting, exclusions, staggering
from surveyapp.keys import KeyRing
from surveyapp.messaging import registry

BATCH = 1000


@dataclass(frozen=True)
class QueueBatch:
    """The next people of a wave: their messages, and who is left out of them by unit and reason."""

    wave_id: UUID
    after: UUID | None
    upto: UUID | None
    is_last: bool
    messages: Sequence[tuple[UUID, str, str]]
    """(invitation, channel, mail domain)."""
    begins: Mapping[UUID, datetime]
    skipped: Sequence[tuple[int, str]]


def next_batch(db: Session, wave_id: UUID, *, keys: KeyRing, now: datetime) -> QueueBatch | None:
    """Decide about the next thousand people of a wave that has begun; None when none remain.

    It only reads: who is written to is decided again at the moment of sending.
    """
    wave = db.scalars(_filling(wave_id, now)).one_or_none()
    if wave is None:
        return None
    ids = audience.next_invitations(db, wave, after=wave.filled_to, limit=BATCH)
    groups = audience.group_ids(db, wave)
    decided = counting.decided(db, wave, ids, groups, on=clock.day(now), keys=keys)
    day_of = staggering.days(db, wave)
    return QueueBatch(
        wave_id,
        wave.filled_to,
        ids[-1] if ids else wave.filled_to,
        len(ids) < BATCH,
        [
            (person.invitation_id, channel, registry.domain(channel, person.contact))
            for person, channel, reason in decided
            if not reason
        ],
        {id_: staggering.begins(wave, day_of[id_]) for id_ in ids if id_ in day_of},
        [(person.unit_id, reason) for person, _channel, reason in decided if reason],
    )


def queue_batch(db: Session, batch: QueueBatch, *, now: datetime) -> bool:
    """Queue what was decided, unless another worker has meanwhile. Whether this wave has more.

    Each batch is its own transaction and remembers how far it came; a crash repeats one batch,
    which queues nobody twice and counts nobody twice among those left out.
    """
    locked = _filling(batch.wave_id, now).with_for_update()
    wave = db.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if wave is None:
        return False
    if wave.filled_to != batch.after:
        return True
    queue.add(db, wave, batch.messages, now=now, not_before=batch.begins)
    exclusions.note(db, wave.id, batch.skipped)
    wave.filled_to, wave.is_filled = batch.upto, batch.is_last
    return not wave.is_filled


def _filling(wave_id: UUID, now: datetime) -> Select[Wave]:
    return select(Wave).where(
        Wave.id == wave_id,
        Wave.state == WaveState.RUNNING,
        Wave.is_filled.is_(False),
        Wave.starts_at <= now,
    )
