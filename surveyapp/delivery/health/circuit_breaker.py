"""Channels at fault: left alone, each time for longer, and written down so that the centre can read why."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveyapp import log
from surveyapp.delivery.models import ChannelRest
from surveyapp.messaging.model import Outcome

REST = timedelta(seconds=2)
LONGEST_REST = timedelta(minutes=10)
DOMAIN_FAULTS = 5
"""Temporary refusals of a mail domain in a row, from which on it is left alone for a while."""
DOMAIN_REST = timedelta(seconds=30)


class Resting:
    """What one worker knows of its channels. Changes are written with its next report."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[datetime, timedelta]] = {}
        self._sound: set[str] = set()
        self._owed: dict[str, ChannelRest | datetime] = {}
        self._refusals: Counter[str] = Counter()
        self._domains: dict[str, tuple[datetime, timedelta]] = {}

    def rests(self, channel: str, *, now: datetime) -> bool:
        """The channel is left alone for now."""
        return channel in self._until and self._until[channel][0] > now

    def domains(self, *, now: datetime) -> dict[str, datetime]:
        """The mail domains that are left alone for now, each with the moment until which."""
        return {domain: until for domain, (until, _) in self._domains.items() if until > now}

    def refused(self, domain: str, *, now: datetime) -> None:
        """The domain put a message off. Several in a row, and it alone rests, each time for longer.

        It is told once: a domain that answers so for ever would fill the log.
        """
        self._refusals[domain] += 1
        if not domain or self._refusals[domain] < DOMAIN_FAULTS:
            return
        if domain not in self._domains:
            log.event("domain.resting", seconds=DOMAIN_REST.seconds)
        _, before = self._domains.get(domain, (now, DOMAIN_REST / 2))
        wait = min(before * 2, LONGEST_REST)
        self._domains[domain] = (now + wait, wait)

    def lift(self) -> None:
        """Somebody asks for an attempt at once: nothing rests."""
        self._until.clear()
        self._domains.clear()
        self._refusals.clear()

    def begin(self, channel: str, outcome: Outcome, *, now: datetime) -> None:
        """The channel itself is at fault: told when it begins to rest, not at every further attempt."""
        if channel not in self._until:
            log.alarm("channel.resting", channel=channel, reason=str(outcome.reason))
        _, before = self._until.get(channel, (now, REST / 2))
        wait = min(before * 2, LONGEST_REST)
        self._until[channel] = (now + wait, wait)
        self._sound.discard(channel)
        self._owed[channel] = ChannelRest(
            channel=channel,
            reason=str(outcome.reason),
            code=outcome.code,
            since=now,
            until=now + wait,
            over_at=None,
        )

    def took(self, channel: str, *, now: datetime, domain: str = "") -> None:
        """The channel took a message for the domain, so whatever was wrong with both is over."""
        self._refusals.pop(domain, None)
        if self._domains.pop(domain, None):
            log.event("domain.takes_again")
        if channel not in self._sound:
            if self._until.pop(channel, None):
                log.event("channel.takes_again", channel=channel)
            self._sound.add(channel)
            self._owed[channel] = now

    def write(self, db: Session) -> None:
        """Write down what changed since the last time; forget it with `written` after the commit."""
        for channel, change in self._owed.items():
            if isinstance(change, datetime):
                over(db, channel, now=change)
            else:
                note(db, change)

    def written(self) -> None:
        """What `write` wrote is committed."""
        self._owed.clear()


def note(db: Session, rest: ChannelRest) -> None:
    """Enter a rest; one that goes on keeps the moment it began."""
    before = db.scalar(select(ChannelRest).where(ChannelRest.channel == rest.channel))
    since = before.since if before is not None and before.over_at is None else rest.since
    db.merge(
        ChannelRest(
            channel=rest.channel,
            reason=rest.reason,
            code=rest.code[:60],
            since=since,
            until=rest.until,
            over_at=None,
        )
    )


def over(db: Session, channel: str, *, now: datetime) -> None:
    """The channel works again."""
    db.execute(
        update(ChannelRest)
        .where(ChannelRest.channel == channel, ChannelRest.over_at.is_(None))
        .values(over_at=now)
    )


def last(db: Session, channel: str) -> ChannelRest | None:
    """The channel's last rest, over or not."""
    return db.scalar(select(ChannelRest).where(ChannelRest.channel == channel))


def last_of_each(db: Session) -> dict[str, ChannelRest]:
    """The last rest of every channel that ever rested, over or not."""
    return {rest.channel: rest for rest in db.scalars(select(ChannelRest))}


def goes_on(rest: ChannelRest | None, *, now: datetime) -> bool:
    """The channel still rests, as far as anybody has told: a worker tries it again at `until`."""
    return rest is not None and rest.over_at is None and rest.until > now - LONGEST_REST
