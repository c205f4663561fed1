"""Attempts per time window, counted in the database so that every worker sees the same number."""

from datetime import datetime, timedelta

from sqlalchemy import Index, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from surveyapp.db import Base


class AttemptWindow(Base):
    """Successes and failures of one network (an HMAC, never an address) in one window."""

    __tablename__ = "attempt_window"
    __table_args__ = (Index("ix_attempt_window_starts_at", "starts_at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    failures: Mapped[int]
    successes: Mapped[int]


def _window(now: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)


def count_attempt(
    db: Session, key: bytes, *, succeeded: bool, now: datetime, window: timedelta
) -> None:
    """Add one attempt to the window of `key` that holds `now`; drop windows a day old."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(AttemptWindow).values(
        key=key,
        starts_at=_window(now, window),
        failures=int(not succeeded),
        successes=int(succeeded),
    )
    db.execute(
        row.on_conflict_do_update(
            index_elements=["key", "starts_at"],
            set_={
                "failures": AttemptWindow.failures + row.excluded.failures,
                "successes": AttemptWindow.successes + row.excluded.successes,
            },
        )
    )
    db.execute(delete(AttemptWindow).where(AttemptWindow.starts_at < now - timedelta(days=1)))


def attempts(db: Session, key: bytes, *, now: datetime, window: timedelta) -> tuple[int, int]:
    """Failures and successes of `key` in the present window."""
    row = db.execute(
        select(AttemptWindow.failures, AttemptWindow.successes).where(
            AttemptWindow.key == key, AttemptWindow.starts_at == _window(now, window)
        )
    ).first()
    return (row.failures, row.successes) if row else (0, 0)
