"""How often codes may be typed: per network by failures against successes, and for all together.

Only the typed form is limited, for a signed link cannot be guessed. A ministry or a carrier sits behind one
address: its many successes excuse its failures. Beyond the limit nobody is refused: a stranger's browser works
for some seconds (`proven`), or somebody waits (`waited`, one a minute and network); a device on which a code or a
link once opened (`device`) is not slowed by strangers at all. No code is ever locked: a lock would be a weapon.

What that lets through: a network's strangers may be wrong DAY_CAP times a day by working and 1,440 times by
waiting, so 64 networks guess at most 64 x 3,940 x 35 days = 8.8 million codes in a campaign. 30,000 of 2.7e14
codes open something: 0.00098 expected hits.
"""

import ipaddress
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from surveyapp import clock, limits, log
from surveyapp.invitations.errors import ChallengeNeeded
from surveyapp.keys import KeyRing

NETWORK_WINDOW = timedelta(minutes=10)
NETWORK_FAILURES = 20
NETWORK_HARD_LIMIT = 200
FAILURES_PER_SUCCESS = 2
GLOBAL_WINDOW = timedelta(minutes=1)
GLOBAL_FAILURES = 600
DAY = timedelta(days=1)
DAY_FREE, DAY_CAP = 1_000, 2_500
DEVICE_FAILURES = 10
EFFORT, DOUBLINGS = 60_000, 5
"""Hashes a stranger's browser tries at most, doubled for every fifty wrong codes of the network that day."""

Counted = TypeVar("Counted")


class Network(NamedTuple):
    """Where typed codes come from today: keyed hashes, for no address is kept."""

    own: bytes
    everyone: bytes
    own_day: bytes


def network(keys: KeyRing, address: str, *, now: datetime) -> Network:
    """The network of an address: one IPv4 address, or the /64 of an IPv6 one; another each day."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        named = address
    else:
        mapped = getattr(parsed, "ipv4_mapped", None)
        parsed = mapped or parsed
        prefix = 32 if parsed.version == 4 else 64
        named = str(ipaddress.ip_network((parsed, prefix), strict=False))
    day = clock.day(now)
    return Network(_hash(keys, day, named), _hash(keys, day, "*"), _hash(keys, day, f"day {named}"))


def _hash(keys: KeyRing, day: date, named: str) -> bytes:
    return keys.mac("limits", f"code|{day.isoformat()}|{named}".encode())


def device_tag(keys: KeyRing, device: bytes) -> bytes:
    """What is counted for a device; which one it is cannot be read from it."""
    return keys.mac("limits", b"device|" + device)


def check(
    db: Session,
    network: Network,
    *,
    now: datetime,
    device: bytes | None = None,
    proven: bool = False,
    waited: bool = False,
) -> None:
    """Raise `ChallengeNeeded` before a code is looked up. If counting itself fails, let people in."""
    if device is not None and _failures(db, device, DAY, now) < DEVICE_FAILURES:
        return
    if not _is_suspicious(db, network, now):
        return
    failures, successes = _in(db, network.own_day, DAY, _of_day(now))
    may_work = failures < DAY_CAP + FAILURES_PER_SUCCESS * successes
    if proven and may_work:
        return
    if waited and _is_first_of_the_minute(db, network, now):
        return
    raise ChallengeNeeded(EFFORT * 2 ** min(failures // 50, DOUBLINGS) if may_work else 0)


def _is_suspicious(db: Session, network: Network, now: datetime) -> bool:
    failures, successes = _in(db, network.own, NETWORK_WINDOW, now)
    if failures >= NETWORK_FAILURES and failures > FAILURES_PER_SUCCESS * successes:
        return True
    if failures >= NETWORK_HARD_LIMIT:
        return True
    failures, successes = _in(db, network.own_day, DAY, _of_day(now))
    if failures >= DAY_FREE and failures > FAILURES_PER_SUCCESS * successes:
        return True
    # The window before counts too, so that it lasts a minute wherever in one it began.
    unknown = max(_unknown(db, network, now), _unknown(db, network, now - GLOBAL_WINDOW))
    if unknown >= GLOBAL_FAILURES:
        log.alarm("typed_codes_challenged", unknown_codes=unknown)
        return True
    return False


def _of_day(now: datetime) -> datetime:
    """One moment of now's day in Vietnam: windows begin at midnight in UTC, and a network would have two a day."""
    end = datetime.combine(clock.day(now), time.max, tzinfo=clock.VIETNAM)
    return end.astimezone(now.tzinfo)


def _in(db: Session, key: bytes, window: timedelta, now: datetime) -> tuple[int, int]:
    return _counting(db, lambda: limits.attempts(db, key, now=now, window=window), (0, 0))


def _failures(db: Session, key: bytes, window: timedelta, now: datetime) -> int:
    return _in(db, key, window, now)[0]


def _is_first_of_the_minute(db: Session, network: Network, now: datetime) -> bool:
    """Nobody of the network who waited was let in this minute; from now on somebody was."""
    key = network.own_day[:31] + b"w"
    if _in(db, key, GLOBAL_WINDOW, now) != (0, 0):
        return False
    _counting(
        db,
        lambda: limits.count_attempt(db, key, succeeded=True, now=now, window=GLOBAL_WINDOW),
        None,
    )
    return True


def _unknown(db: Session, network: Network, moment: datetime) -> int:
    failures, _ = _counting(
        db, lambda: limits.attempts(db, network.everyone, now=moment, window=GLOBAL_WINDOW), (0, 0)
    )
    return failures


def count(
    db: Session, network: Network, *, succeeded: bool, now: datetime, device: bytes | None = None
) -> None:
    """Count one well-formed code that was looked up. A slip of the finger is not counted: its check
    digit gives it away without a look-up, and nothing can be guessed by it."""

    def add() -> None:
        limits.count_attempt(db, network.own, succeeded=succeeded, now=now, window=NETWORK_WINDOW)
        limits.count_attempt(db, network.own_day, succeeded=succeeded, now=_of_day(now), window=DAY)
        if device is not None and not succeeded:
            limits.count_attempt(db, device, succeeded=False, now=now, window=DAY)
        if not succeeded:
            limits.count_attempt(
                db, network.everyone, succeeded=False, now=now, window=GLOBAL_WINDOW
            )

    _counting(db, add, None)


def _counting(db: Session, question: Callable[[], Counted], otherwise: Counted) -> Counted:
    """What the counter says; `otherwise`, and an alarm, when it is broken: the survey goes on."""
    try:
        with db.begin_nested():
            return question()
    except SQLAlchemyError:
        log.alarm("attempt_counter_failed")
        return otherwise
