"""What timers start claims its turn first, so that of several at once only one does the work.

Cron lines stand on every node, people run the same command by hand, a slow run meets the next one. Without
a claim each of them sends the same messages. A turn is held for a limited time: that of a process which
was killed is taken by the next one after it.
"""

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from surveyapp.db import Base, rows_changed, transaction

HOLD = timedelta(minutes=15)
DONE, FAILED = "done", "failed"


class TimerRun(Base):
    """What a timer starts, when it last began and ended; held while it runs, so that two never do."""

    __tablename__ = "timer_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    holder: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True)
class Turn:
    """`is_ours`: nobody else does this work now."""

    name: str
    is_ours: bool
    holder: str = ""
    hold: timedelta = HOLD

    def is_still_ours(self, now: datetime) -> bool:
        """Asked before each message: hold on for as long again; False once another took over meanwhile."""
        with transaction() as db:
            held = db.execute(
                update(TimerRun)
                .where(TimerRun.name == self.name, TimerRun.holder == self.holder)
                .values(held_until=now + self.hold)
            )
            return rows_changed(held) == 1


def claim(db: Session, name: str, *, holder: str, now: datetime, hold: timedelta = HOLD) -> bool:
    """Take the turn, unless another holds it. Commit before the work begins."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = {"started_at": now, "held_until": now + hold, "holder": holder, "outcome": ""}
    row = insert(TimerRun).values(name=name, **fresh)
    taken = db.execute(
        row.on_conflict_do_update(
            index_elements=["name"],
            set_=fresh,
            where=or_(TimerRun.held_until.is_(None), TimerRun.held_until <= now),
        ).returning(TimerRun.name)
    )
    return taken.first() is not None


def end(db: Session, name: str, *, holder: str, outcome: str, now: datetime) -> None:
    """The work is over; a turn that somebody else has taken meanwhile is left alone."""
    db.execute(
        update(TimerRun)
        .where(TimerRun.name == name, TimerRun.holder == holder)
        .values(held_until=None, ended_at=now, outcome=outcome)
    )


def runs(db: Session) -> dict[str, TimerRun]:
    """The last run of each, by name."""
    return {run.name: run for run in db.scalars(select(TimerRun).order_by(TimerRun.name))}


@contextmanager
def turn(name: str, *, now: Callable[[], datetime], hold: timedelta = HOLD) -> Iterator[Turn]:
    """Hold the turn while the block runs. Whoever gets one that is not theirs does nothing."""
    holder = f"{platform.node()[:40]}-{os.getpid()}-{token_hex(4)}"
    with transaction() as db:
        is_ours = claim(db, name, holder=holder, now=now(), hold=hold)
    if not is_ours:
        yield Turn(name, False)
        return
    outcome = FAILED
    try:
        yield Turn(name, True, holder, hold)
        outcome = DONE
    except SystemExit as ended:
        outcome = FAILED if ended.code else DONE
        raise
    finally:
        with transaction() as db:
            end(db, name, holder=holder, outcome=outcome, now=now())
