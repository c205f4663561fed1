"""A whole wave against a real SMTP server in a process of its own, with workers that are killed.

`.venv/bin/python -m benchmarks.sending [people] [workers] [kills] [--faults] [--completing N]
[--postgres]`; goals: at least 150 messages/s per worker on loopback, each person at least one message,
duplicates under 1 per 1,000, nothing lost with 200 kills. Faults: 450 and 421 at random, 550, slow and
reset after DATA at addresses of their own; what is reset was taken, so a second copy of it cannot be
avoided. With `--completing N` the wave is a reminder and N people a second submit while it goes: nobody
who submitted more than a minute before may be reminded (exit code 1 if one is, or anybody is lost).
"""

import argparse
import os
import random
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveyapp import clock, schema
from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.cli import main as cli
from surveyapp.db import bind, bound, make_engine, reading, transaction
from surveyapp.delivery.models import Canary, Delivery, Wave
from surveyapp.delivery.waves import lifecycle, planning
from surveyapp.delivery.waves.planning import WavePlan
from surveyapp.invitations import service
from surveyapp.invitations.models import Invitation
from surveyapp.keys import make_key_ring, read_key_ring
from surveyapp.respondents.models import Person
from surveyapp.tables import metadata
from tests import factories, postgres
from tests.invitations.roster import Roster, opened
from tests.messaging import mailserver

RATES = "busy=4,closing=1,slow=0"
FAULTS = {7: "reset1-", 8: "gone-", 9: "slow1-"}
"""Every 2,000th address: taken but never acknowledged, unknown, five seconds late."""


def main() -> None:
    """Invite the people, send the wave, count what the server took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("people", type=int, nargs="?", default=5_000)
    options.add_argument("workers", type=int, nargs="?", default=1)
    options.add_argument("kills", type=int, nargs="?", default=0)
    options.add_argument("--faults", action="store_true")
    options.add_argument("--completing", type=float, default=0.0, metavar="N")
    options.add_argument("--postgres", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'survey.sqlite3'}"
        if given.postgres:
            folder.chmod(0o711)
            postgres.start(folder / "postgres")
            postgres.execute(folder / "postgres", "CREATE DATABASE survey")
            url = postgres.url(folder / "postgres", "survey")
        try:
            _measure(folder, url, given)
        finally:
            if given.postgres:
                postgres.stop(folder / "postgres")


def _measure(folder: Path, url: str, given: argparse.Namespace) -> None:
    make_key_ring(folder / "keys.json")
    engine = make_engine(url)
    metadata.create_all(engine)
    schema.stamp(engine)
    bind(engine)
    kind = "reminder_not_started" if given.completing else "invitation"
    wave_id = _prepare(folder, given.people, kind, faults=given.faults)
    completing = Completing(given.completing)
    faults = ("--rates", RATES) if given.faults else ()
    with mailserver.running(folder / "mail", *faults) as server:
        environment = _environment(folder, url, server.port)
        began = time.perf_counter()
        with completing:
            kills = _run(environment, given, wave_id)
        seconds = time.perf_counter() - began
        received = server.received()
    is_good = _report(given, seconds, kills, received, completing.completed)
    _report_states(wave_id)
    engine.dispose()
    if not is_good:
        raise SystemExit(1)


def _prepare(folder: Path, people: int, kind: str, *, faults: bool) -> object:
    """People with an address each, invited, and a confirmed wave of this kind without limits."""
    keys, now = read_key_ring(folder / "keys.json"), clock.now()
    with transaction() as db:
        campaign = opened(db, datetime(2024, 1, 15, 3, tzinfo=UTC))
        campaign.opens_at, campaign.closes_at = now - timedelta(days=1), now + timedelta(days=9)
        _people(db, campaign, people, faults=faults)
    while True:
        with transaction() as db:
            campaign = campaigns.campaign(db, "tiny")
            progress = service.issue(db, campaign, keys=keys, now=now)
        if not progress.remaining:
            break
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        if kind != "invitation":
            db.execute(update(Assignment).values(disposition="sent"))
        plan = WavePlan(
            kind=kind,
            starts_at=now,
            channels=("email",),
            quiet_from=0,
            quiet_until=0,
            per_minute=1_000_000,
            per_day=1_000_000,
            per_domain=1_000_000,
        )
        counted, act = planning.count(db, campaign, plan, keys=keys), Act("bench", now, keys)
        wave = planning.plan_wave(db, campaign, plan, counted, act=act)
        lifecycle.confirm(db, campaign, wave.id, counted, typed=str(wave.people), act=act)
        wave.state = "running"  # there is no mailbox to look for a test message in
        return wave.id


class Completing:
    """So many people a second submit their questionnaires, until told to stop."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self.completed: dict[str, datetime] = {}
        """By e-mail address, when."""
        self._stop = Event()
        self._thread = Thread(target=self._run)

    def __enter__(self) -> "Completing":
        if self.per_second:
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        if self.per_second:
            self._thread.join()

    def _run(self) -> None:
        with reading() as db:
            forms = list(
                db.execute(
                    select(Assignment.id, Person.email)
                    .join(Invitation, Invitation.id == Assignment.invitation_id)
                    .join(Person, Person.id == Invitation.person_id)
                )
            )
        random.Random(7).shuffle(forms)
        for form, email in forms:
            if self._stop.wait(1 / self.per_second):
                return
            with transaction() as db:
                service.mark_submitted(db, form, today=clock.day(clock.now()))
            self.completed[email] = clock.now()


def _people(db: Session, campaign: object, people: int, *, faults: bool) -> None:
    def prefix(n: int) -> str:
        return FAULTS.get(n % 2000, "") if faults else ""

    named = factories.people(people)
    contacts = [
        (named[n][0], f"{prefix(n)}n{n}@d{n % 90}.example.vn", named[n][1]) for n in range(people)
    ]
    Roster(db, campaign).crowd("01", "council", contacts)  # type: ignore[arg-type]


def _environment(folder: Path, url: str, port: int) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SURVEYAPP_")},
        "DATABASE_URL": url,
        "SURVEYAPP_INSTANCE": str(folder),
        "SURVEYAPP_KEYS": str(folder / "keys.json"),
        "SURVEYAPP_BASE_URL": "http://127.0.0.1:8000",
        "SURVEYAPP_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "SURVEYAPP_MAIL_FROM": "Vụ CCHC <khaosat@bench.example.vn>",
        "SURVEYAPP_MAIL_BOUNCES": "tra-lai@bench.example.vn",
        "SURVEYAPP_LOG_LEVEL": "ERROR",
        "SURVEYAPP_SEND_PER_MINUTE": "0",
        "SURVEYAPP_SEND_PER_DAY": "0",
        "SURVEYAPP_SEND_PER_DOMAIN": "0",
        "SURVEYAPP_SEND_PER_DOMAIN_DAY": "0",
    }


def _run(environment: dict[str, str], given: argparse.Namespace, wave_id: object) -> int:
    """Keep so many workers alive until the wave is over; kill one each time some more are sent."""
    kills, rng = 0, random.Random()
    workers = [_worker(environment) for _ in range(given.workers)]
    between = max(given.people // (given.kills + 1), 1)
    next_kill = rng.randint(1, 2 * between) if given.kills else given.people + 1
    while (sent := _sent(wave_id)) is not None:
        time.sleep(rng.uniform(0.05, 0.3))
        if not given.kills and not all(worker.is_alive() for worker in workers):
            raise SystemExit("a worker ended by itself")
        at_work = _at_work(workers, Path(environment["SURVEYAPP_INSTANCE"], "outbox"))
        if kills < given.kills and sent >= next_kill and at_work:
            victim = rng.choice(at_work)
            workers[victim].kill()
            workers[victim].join()
            workers[victim] = _worker(environment)
            kills += 1
            next_kill += rng.randint(1, 2 * between - 1)
    for worker in workers:
        worker.terminate()
        worker.join(60)
    return kills


def _at_work(workers: list[ForkProcess], outboxes: Path) -> list[int]:
    """The places of those workers that have started: they have a file to note in what they send."""
    return [n for n, one in enumerate(workers) if any(outboxes.glob(f"*-{one.pid}-*.outbox"))]


def _worker(environment: dict[str, str]) -> ForkProcess:
    """`surveyapp worker` in a process of its own, which need not read its modules anew."""
    worker = get_context("fork").Process(target=_serve, args=(environment,))
    worker.start()
    return worker


def _serve(environment: dict[str, str]) -> None:
    standing = bound()
    if standing is not None:
        standing.dispose(close=False)  # connections are the parent's
    os.environ.clear()
    os.environ.update(environment)
    cli.main(["worker"], prog_name="surveyapp", standalone_mode=False)


def _sent(wave_id: object) -> int | None:
    """How many messages of the wave are settled; None when it is over."""
    with reading() as db:
        canaries = db.scalars(select(Canary.id).where(Canary.state == "sent")).all()
    if canaries:  # nobody reads the centre's mailbox here: what was sent there has arrived
        with transaction() as db:
            db.execute(update(Canary).where(Canary.id.in_(canaries)).values(state="arrived"))
    with reading() as db:
        wave = db.scalars(select(Wave).where(Wave.id == wave_id)).one()
        is_open = Delivery.state.in_(("queued", "leased"))
        all_of_it = select(is_open, func.count()).where(Delivery.wave_id == wave_id)
        counted = {bool(open_): n for open_, n in db.execute(all_of_it.group_by(is_open))}
    is_over = wave.is_filled and not counted.get(True, 0)
    return None if is_over else counted.get(False, 0)


def _report(
    given: argparse.Namespace,
    seconds: float,
    kills: int,
    received: list[mailserver.Received],
    completed: dict[str, datetime],
) -> bool:
    """Print what was measured; whether nobody was lost and nobody reminded too late."""
    received = [
        one for one in received if "bench.example.vn" not in one.recipient
    ]  # the test message
    tokens = Counter(one.envelope_sender for one in received)
    reached = {one.recipient for one in received}
    with reading() as db:
        everybody = set(db.scalars(select(Person.email)))
    gone = {address for address in everybody if address.startswith("gone-")}
    lost = everybody - gone - reached - set(completed)
    late = _reminded_late(received, completed)
    twice = sum(n - 1 for n in tokens.values())
    rate = len(received) / seconds / given.workers
    per_thousand = 1000 * twice / max(len(received), 1)
    print(f"people           {given.people}, {len(gone)} of them at a dead address")
    print(f"workers, kills   {given.workers}, {kills}")
    print(f"seconds          {seconds:.1f}  ({rate:.0f} messages/s per worker; goal 150)")
    print(f"reached          {len(reached)} people, {len(received)} messages")
    print(f"lost             {len(lost)}  (goal 0)")
    print(f"duplicates       {twice}  ({per_thousand:.2f} per 1,000; goal < 1)")
    if given.completing:
        print(
            f"completed        {len(completed)} meanwhile, {len(set(completed) - reached)} of them not reminded"
        )
        print(f"reminded late    {late}  (goal 0: more than a minute after completing)")
    return not lost and not late


def _reminded_late(received: list[mailserver.Received], completed: dict[str, datetime]) -> int:
    """Messages whose date, taken just before they are handed over, is a minute past completion."""
    late = 0
    for one in received:
        at = completed.get(one.recipient)
        dated = parsedate_to_datetime(str(one.mail["Date"])) if at else None
        late += bool(at and dated and dated > at + timedelta(minutes=1))
    return late


def _report_states(wave_id: object) -> None:
    with reading() as db:
        states = dict(
            db.execute(
                select(Delivery.state, func.count())
                .where(Delivery.wave_id == wave_id)
                .group_by(Delivery.state)
            ).all()
        )
        dispositions = dict(
            db.execute(
                select(Assignment.disposition, func.count()).group_by(Assignment.disposition)
            ).all()
        )
    print(f"deliveries       {states}")
    print(f"dispositions     {dispositions}")


if __name__ == "__main__":
    main()
