"""A wave of e-mail in an installation: its server, its workers, and what was handed over beside what arrived.

`python -m tests.site.mail` plans and confirms a wave in the installation of its environment.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.flows import serving
from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.campaigns.models import Campaign
from surveyapp.cli.main import database
from surveyapp.db import reading, transaction
from surveyapp.delivery.health import canary
from surveyapp.delivery.models import Canary
from surveyapp.delivery.states import CanaryState
from surveyapp.delivery.waves import cautions, lifecycle, planning
from surveyapp.delivery.waves.planning import WavePlan
from tests.messaging import mailserver
from tests.site import installation

HANDED = text("select count(*) from delivery where state in ('handed_over', 'delivered')")
WAITING = text("select count(*) from delivery where state in ('queued', 'leased')")
GIVEN_UP = text("select count(*) from delivery where state in ('failed', 'hard_bounce')")
LEFT_OUT = text(
    "select coalesce((select sum(people) from skipped_count), 0)"
    " + (select count(*) from delivery where state = 'suppressed')"
)
NOT_BEGUN_BUT_LEFT_OUT = text(
    "select count(*) from delivery where state = 'suppressed' and invitation_id in"
    " (select invitation_id from assignment where disposition = 'sent')"
)
TO_BE_ASKED = text(
    "select count(*) from invitation where exists (select 1 from wave where is_filled)"
)
"""Everybody, once the wave's queue is complete; nobody before."""


@dataclass
class Mail:
    """The server, which may be killed and started on the same port, and the workers that send to it."""

    folder: Path
    port: int
    environment: Mapping[str, str]
    server: mailserver.MailServer
    opened: ExitStack
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_workers(self, count: int) -> None:
        command = [sys.executable, "-m", "surveyapp", "worker"]
        with (self.folder / "workers.log").open("ab") as log:
            for _ in range(count):
                one = subprocess.Popen(
                    command, cwd=serving.ROOT, env=dict(self.environment), stdout=log, stderr=log
                )
                self.workers.append(one)

    def kill_server(self) -> None:
        self.server.process.kill()
        self.server.process.wait()

    def start_server(self) -> None:
        self.server = self.opened.enter_context(mailserver.running(self.folder, port=self.port))

    def send_wave(self) -> None:
        """Everybody with an address is to get a message."""
        command = [sys.executable, "-W", "ignore", "-m", "tests.site.mail"]
        done = subprocess.run(
            command,
            cwd=serving.ROOT,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def count(self, url: str, statement=HANDED) -> int:
        engine = create_engine(url)
        with engine.connect() as connection:
            n: int = connection.execute(statement).scalar_one()
        engine.dispose()
        return n

    def arrived(self) -> Counter[str]:
        """How many messages each address has; the self-test's own not among them."""
        taken = (one.recipient for one in self.server.received())
        return Counter(one for one in taken if one != installation.BOUNCES)

    def stop_workers(self) -> None:
        """As systemd stops them: what is held is handed over or given back first."""
        for one in self.workers:
            one.terminate()
        for one in self.workers:
            one.wait(120)
        self.workers.clear()


def all_through(mail: Mail, url: str, seconds: float) -> None:
    """Wait until nobody of the wave waits any longer, which the limits of sending must allow in this time."""
    installation.until(
        lambda: mail.count(url, TO_BE_ASKED) and not mail.count(url, WAITING),
        "somebody of the wave waits beyond the time that the limits need",
        seconds,
    )


def reconciled(mail: Mail, url: str) -> tuple[str, bool]:
    """After the last of the workers: what was handed over against what arrived, in words, and whether it agrees.

    A message that arrived and was not reported before its worker was killed may arrive twice, never be missing.
    Whoever should have been written to was, or has begun meanwhile, or waits: nobody else is left out.
    """
    mail.stop_workers()
    handed, waiting, left_out, given_up = (
        mail.count(url, statement) for statement in (HANDED, WAITING, LEFT_OUT, GIVEN_UP)
    )
    wrongly = mail.count(url, NOT_BEGUN_BUT_LEFT_OUT)
    asked = mail.count(url, TO_BE_ASKED)
    vanished = asked - handed - waiting - left_out - given_up if asked else 0
    arrived = mail.arrived()
    twice = sum(n - 1 for n in arrived.values())
    words = (
        f"messages handed over {handed} = at the mail server {len(arrived)}, twice {twice}; left out, as they had begun, "
        f"{left_out} (wrongly {wrongly}), given up {given_up}, still waiting {waiting}, unaccounted for {vanished}"
    )
    return words, handed == len(arrived) and not (wrongly or given_up or vanished)


@contextmanager
def running(folder: Path, environment: Mapping[str, str], port: int) -> Iterator[Mail]:
    """Server and, when asked for, workers; all stopped afterwards."""
    with ExitStack() as opened:
        server = opened.enter_context(mailserver.running(folder, port=port))
        mail = Mail(folder, port, environment, server, opened)
        opened.callback(mail.stop_workers)
        yield mail


def main() -> None:
    """A wave to everybody; its test message is confirmed as an operator does who has seen it."""
    now = clock.now()
    plan = WavePlan(
        kind="reminder_not_started",
        starts_at=now,
        quiet_from=0,
        quiet_until=0,
        per_minute=100_000,
        per_day=100_000,
        per_domain=100_000,
        channels=("email",),
    )
    with database() as server:
        with reading() as db:
            campaign = db.query(Campaign).one()
            counted = planning.count(db, campaign, plan, keys=server.keys)
        with transaction() as db:
            campaign, act = db.query(Campaign).one(), Act("operator", now, server.keys)
            wave = planning.plan_wave(db, campaign, plan, counted, act=act)
            warned = cautions.cautions(wave, campaign, counted, now=now)
            heeded = [one.kind for one in warned]
            typed = str(counted.people)
            lifecycle.confirm(db, campaign, wave.id, counted, typed=typed, heeded=heeded, act=act)
        installation.until(_is_seen, "the test message did not leave")
    print(counted.people)


def _is_seen() -> bool:
    with transaction() as db:
        sent = db.query(Canary).filter(Canary.state == CanaryState.SENT).first()
        return sent is not None and canary.arrived(db, sent.id, now=clock.now())


if __name__ == "__main__":
    main()
