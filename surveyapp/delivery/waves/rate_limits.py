"""How much may go out now: a wave's own limits, and those of the server over all waves and workers."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Self
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from surveyapp.config import Settings
from surveyapp.delivery import rules
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.delivery.states import WaveState

SLICE = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
UNLIMITED = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Attempts that all waves and workers of the database share, in a minute and on a Vietnamese day.

    `per_domain` is a minute's for one mail domain, `per_domain_day` a day's.
    """

    per_minute: int = UNLIMITED
    per_day: int = UNLIMITED
    per_domain: int = UNLIMITED
    per_domain_day: int = UNLIMITED

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The limits of these settings; 0 is none."""
        return cls(
            per_minute=settings.send_per_minute or UNLIMITED,
            per_day=settings.send_per_day or UNLIMITED,
            per_domain=settings.send_per_domain or UNLIMITED,
            per_domain_day=settings.send_per_domain_day or UNLIMITED,
        )


@dataclass(frozen=True)
class SendingAllowance:
    """How many messages may go now, and what is left for each mail domain written to of late."""

    messages: int
    spare: dict[str, int]
    other_domains: int
    """What any domain not in `spare` may get."""


def room(db: Session, wave: Wave, limits: Limits, *, now: datetime) -> SendingAllowance:
    """What the wave may send at `now`.

    Attempts are counted where they are noted, on the deliveries, from the moment of the lease: a
    worker that dies with messages in hand has used them up. The caller holds the lock of `take_turn`.
    """
    minute = _attempts(db, now - MINUTE)
    own = Counter({domain: n for (of, domain), n in minute.items() if of == wave.id})
    rooms = [wave.per_minute - own.total(), limits.per_minute - minute.total()]
    rooms += _slices(db, wave, limits, now=now)
    today = rules.start_of_day(now)
    spent = 0
    if min(rooms) > 0:
        spent = _count(db, today)
        rooms += [wave.per_day - _count(db, today, Delivery.wave_id == wave.id)]
        rooms += [limits.per_day - spent]
    spare = {domain: wave.per_domain - n for domain, n in own.items() if domain}
    most = min(wave.per_domain, limits.per_domain, limits.per_domain_day)
    _spare_no_more(spare, _by_domain(minute), limits.per_domain, most=most)
    if spent and spent >= limits.per_domain_day - most:
        _spare_no_more(spare, _by_domain(_attempts(db, today)), limits.per_domain_day, most=most)
    return SendingAllowance(min(rooms), spare, most)


def _slices(db: Session, wave: Wave, limits: Limits, *, now: datetime) -> list[int]:
    """An even stream rather than a burst each minute: a sixth of the limit in ten seconds."""
    if min(wave.per_minute, limits.per_minute) < 60:
        return []
    of_late = _attempts(db, now - SLICE)
    own = sum(n for (of, _domain), n in of_late.items() if of == wave.id)
    return [ceil(wave.per_minute / 6) - own, ceil(limits.per_minute / 6) - of_late.total()]


def _spare_no_more(spare: dict[str, int], used: Counter[str], limit: int, *, most: int) -> None:
    for domain, n in used.items():
        if domain:
            spare[domain] = min(spare.get(domain, most), limit - n)


def _attempts(db: Session, since: datetime) -> Counter[tuple[UUID, str]]:
    """Attempts after `since` by (wave, mail domain)."""
    rows = db.execute(
        select(Delivery.wave_id, Delivery.domain, func.count())
        .where(Delivery.attempted_at > since, Delivery.channel.in_(rules.SENT_BY_WORKER))
        .group_by(Delivery.wave_id, Delivery.domain)
    )
    return Counter({(wave_id, domain): n for wave_id, domain, n in rows})


def _by_domain(attempts: Counter[tuple[UUID, str]]) -> Counter[str]:
    used: Counter[str] = Counter()
    for (_wave_id, domain), n in attempts.items():
        used[domain] += n
    return used


def _count(db: Session, since: datetime, *more: ColumnElement[bool]) -> int:
    sent = Delivery.channel.in_(rules.SENT_BY_WORKER)
    counted = select(func.count()).select_from(Delivery)
    return db.execute(counted.where(Delivery.attempted_at > since, sent, *more)).scalar_one()


def take_turn(db: Session, wave_id: UUID) -> Wave | None:
    """The wave, if it runs, once no other worker is counting: the limits hold across waves.

    Everybody who leases locks all running waves in one order, so two workers on two waves wait for
    each other, too. On SQLite the write lock does that.
    """
    running = db.scalars(
        select(Wave)
        .where(Wave.state == WaveState.RUNNING)
        .order_by(Wave.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return next((wave for wave in running.all() if wave.id == wave_id), None)
