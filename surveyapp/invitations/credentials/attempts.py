"""How often codes may be typed: per network by failures against successes, and for all together.

Only the typed form is limited, for a signed link cannot be guessed. A ministry or a carrier sits
behind one address: its many successes excuse its failures. No code is ever locked: a lock would be a weapon.
"""

import ipaddress
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from surveyapp import clock, limits, log
from surveyapp.invitations.errors import TooManyAttempts
from surveyapp.keys import KeyRing

NETWORK_WINDOW = timedelta(minutes=10)
NETWORK_FAILURES = 20
NETWORK_HARD_LIMIT = 200
FAILURES_PER_SUCCESS = 2
GLOBAL_WINDOW = timedelta(minutes=1)
GLOBAL_FAILURES = 600
GLOBAL_PAUSE = 60

Counted = TypeVar("Counted")


class Network(NamedTuple):
    """Where typed codes come from today: keyed hashes, for no address is kept."""

    own: bytes
    everyone: bytes


def network(keys: KeyRing, address: str, *, now: datetime) -> Network:
    """The network of an address: one IPv4 address, or the /64 of an IPv6 one; another each day."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        named = address
    else:
        mapped = getattr(found, "ipv4_mapped", None)
        found = mapped or found
        prefix = 32 if found.version == 4 else 64
        named = str(ipaddress.ip_network((found, prefix), strict=False))
    day = clock.day(now)
    return Network(_hash(keys, day, named), _hash(keys, day, "*"))


def _hash(keys: KeyRing, day: date, named: str) -> bytes:
    return keys.mac("limits", f"code|{day.isoformat()}|{named}".encode())


def check(db: Session, network: Network, *, now: datetime) -> None:
    """Raise `TooManyAttempts` before a code is looked up. If counting itself fails, let people in."""
    failures, successes = _counting(
        db, lambda: limits.attempts(db, network.own, now=now, window=NETWORK_WINDOW), (0, 0)
    )
    suspicious = failures >= NETWORK_FAILURES and failures > FAILURES_PER_SUCCESS * successes
    if suspicious or failures >= NETWORK_HARD_LIMIT:
        raise TooManyAttempts(_rest(now, NETWORK_WINDOW))
    # The window before counts too, so that the pause lasts a minute wherever in one it began.
    unknown = max(_unknown(db, network, now), _unknown(db, network, now - GLOBAL_WINDOW))
    if unknown >= GLOBAL_FAILURES:
        log.alarm("typed_codes_paused", unknown_codes=unknown)
        raise TooManyAttempts(GLOBAL_PAUSE)


def _unknown(db: Session, network: Network, moment: datetime) -> int:
    failures, _ = _counting(
        db, lambda: limits.attempts(db, network.everyone, now=moment, window=GLOBAL_WINDOW), (0, 0)
    )
    return failures


def count(db: Session, network: Network, *, succeeded: bool, now: datetime) -> None:
    """Count one well-formed code that was looked up. A slip of the finger is not counted: its check
    digit gives it away without a look-up, and nothing can be guessed by it."""

    def add() -> None:
        limits.count_attempt(db, network.own, succeeded=succeeded, now=now, window=NETWORK_WINDOW)
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


def _rest(now: datetime, window: timedelta) -> int:
    length = int(window.total_seconds())
    return length - int(now.timestamp()) % length
