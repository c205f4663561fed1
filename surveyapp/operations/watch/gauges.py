"""How the installation stands, as numbers: for `/metrics` and for the page of the centre."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from surveyapp import timers
from surveyapp.accounts.models import StaffSession
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.states import AssignmentState
from surveyapp.config import Settings
from surveyapp.delivery.health import worker_watch
from surveyapp.delivery.models import Delivery
from surveyapp.delivery.states import DeliveryState
from surveyapp.operations.backup import service as backups
from surveyapp.operations.installation import ownership

STEP = 100
"""Submissions are told in whole hundreds: the times of single ones would help to find a ballot."""
_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Gauge:
    """One number now, under the name it has in `/metrics`."""

    name: str
    about: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def read(db: Session, settings: Settings, *, now: datetime) -> list[Gauge]:
    """Every gauge that can be read."""
    return [
        *_sending(db, now=now),
        *_upkeep(db, now=now),
        *_people(db, now=now),
        *_disk(settings),
        *_locks(db),
    ]


def _sending(db: Session, *, now: datetime) -> Iterator[Gauge]:
    waiting = db.execute(
        select(Delivery.channel, func.count(), func.min(Delivery.not_before))
        .where(Delivery.state == DeliveryState.QUEUED, Delivery.not_before <= now)
        .group_by(Delivery.channel)
    ).all()
    for channel, count, oldest in waiting:
        labels = {"channel": channel}
        yield Gauge("survey_queue_messages", "Messages whose time has come", count, labels)
        age = (now - oldest).total_seconds()
        yield Gauge("survey_queue_age_seconds", "Age of the oldest of them", age, labels)
    if not waiting:
        yield Gauge(
            "survey_queue_messages", "Messages whose time has come", 0, {"channel": "email"}
        )
    lately = db.execute(
        select(Delivery.channel, Delivery.state, func.count())
        .where(Delivery.attempted_at > now - _DAY)
        .group_by(Delivery.channel, Delivery.state)
    )
    for channel, state, count in lately:
        labels = {"channel": channel, "state": str(state)}
        yield Gauge("survey_messages_day", "Messages tried within 24 hours", count, labels)
    seen_at = worker_watch.last_seen(db)
    if seen_at is not None:
        age = (now - seen_at).total_seconds()
        yield Gauge("survey_worker_sign_age_seconds", "Since a worker's last sign", age)


def _upkeep(db: Session, *, now: datetime) -> Iterator[Gauge]:
    last = backups.last(db)
    if last is not None:
        age = (now - last.taken_at).total_seconds()
        yield Gauge("survey_backup_age_seconds", "Since the last backup", age)
        yield Gauge("survey_backup_bytes", "Size of the last backup", last.size)
    for name, run in timers.runs(db).items():
        labels = {"timer": name.partition(":")[0]}
        age = (now - run.started_at).total_seconds()
        yield Gauge("survey_timer_age_seconds", "Since the timer's last run", age, labels)
        failed = float(run.outcome == timers.FAILED)
        yield Gauge("survey_timer_failed", "Its last run failed", failed, labels)
    for kind in ("web", "worker"):
        n = sum(node.kind == kind for node in ownership.alive(db, now=now))
        yield Gauge("survey_nodes", "Machines that gave a sign lately", n, {"kind": kind})


def _people(db: Session, *, now: datetime) -> Iterator[Gauge]:
    submitted = db.scalar(select(func.count()).where(Assignment.state == AssignmentState.SUBMITTED))
    whole = (submitted or 0) // STEP * STEP
    yield Gauge("survey_submitted", "Forms submitted, in whole hundreds", whole)
    sessions = db.scalar(
        select(func.count()).where(StaffSession.seen_at > now - timedelta(hours=1))
    )
    yield Gauge("survey_staff_sessions", "Staff who did something within the hour", sessions or 0)


def _disk(settings: Settings) -> Iterator[Gauge]:
    if settings.instance.exists():
        usage = shutil.disk_usage(settings.instance)
        yield Gauge("survey_disk_free_ratio", "Free share of the disk", usage.free / usage.total)


def _locks(db: Session) -> Iterator[Gauge]:
    if db.get_bind().dialect.name != "postgresql":
        return
    waiting = db.scalar(
        text(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
    )
    yield Gauge("survey_lock_waits", "Statements that wait for a lock", int(waiting or 0))
    used = db.scalar(
        text("select count(*) from pg_stat_activity where datname = current_database()")
    )
    yield Gauge("survey_database_connections", "Connections to the database", int(used or 0))
