"""Faults injected under load, one after the other, and what people saw: `make fault-test`.

`python -m tests.site.faults [--short] [--only NAME]`. Prints a table; exit code 1 if anything acknowledged is lost.
"""

import argparse
import contextlib
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.flows import serving
from tests import postgres
from tests.site import installation, mail
from tests.site.installation import Site
from tests.site.load import Load
from tests.site.mail import Mail


@dataclass(frozen=True)
class Disturbance:
    """What is done to the installation, how long it is left so, and how it is mended."""

    name: str
    inject: Callable[[Site], None]
    heal: Callable[[Site], None]
    seconds: float
    short: float


def _mail(site: Site) -> Mail:
    assert isinstance(site.mail, Mail)
    return site.mail


def _nothing(_site: Site) -> None: ...


def _read_only(site: Site, value: str) -> None:
    assert site.server is not None
    postgres.execute(
        site.server,
        f"alter database survey set default_transaction_read_only = {value}",
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'survey'",
    )


def _kill_database(site: Site) -> None:
    assert site.server is not None
    cluster = str(site.server / "cluster")
    postgres._run("pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop", cwd=site.server)


def _start_database(site: Site) -> None:
    assert site.server is not None
    log = str(site.server / "server.log")
    cluster = str(site.server / "cluster")
    postgres._run("pg_ctl", "-D", cluster, "-l", log, "-w", "start", cwd=site.server)


def _pooler(site: Site, number: int) -> None:
    """The pooler alone is stopped: to the nodes the database is cut off."""
    for pid in installation.pooler_pids(site):
        os.kill(pid, number)


def _fill(site: Site) -> None:
    """Not a byte is left for the database."""
    if site.disk is None:
        return
    with (site.disk / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))


def _make_room(site: Site) -> None:
    """The filler goes; a database that gave up is started."""
    if site.disk is not None:
        (site.disk / "filler").unlink()
    if site.server and not (site.server / "cluster" / "postmaster.pid").exists():
        _start_database(site)


def _clock(site: Site, seconds: int) -> None:
    """The first node alone believes another time; it answers half of the requests.

    Injected where the program asks for the time: the machine's own clock is everybody's, and libfaketime, which
    lies to whole processes, keeps gunicorn's workers from ever being ready.
    """
    folder = site.folder.parent / "clock"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(WRONG_CLOCK)
    node = site.nodes[0]
    path = f"{folder}:{site.environment.get('PYTHONPATH', '')}"
    node.more = {"CLOCK_OFFSET": str(seconds), "PYTHONPATH": path} if seconds else {}
    node.restart()


def _use_up_memory(site: Site) -> None:
    """Processes of the first node get no byte more than they have: each allocation that needs one fails."""
    for pid in site.nodes[0].workers:
        status = Path(f"/proc/{pid}/status").read_text()
        now = int(status.partition("VmSize:")[2].split()[0]) * 1024
        resource.prlimit(pid, resource.RLIMIT_AS, (now, now))


WRONG_CLOCK = """
import os
from datetime import timedelta
from surveyapp import clock
right, offset = clock.now, timedelta(seconds=int(os.environ["CLOCK_OFFSET"]))
clock.now = lambda: right() + offset
"""
FAULTS = (
    Disturbance("nothing", _nothing, _nothing, 10, 3),
    Disturbance("database killed", _kill_database, _start_database, 5, 2),
    Disturbance(
        "database stopped",
        lambda site: site.signal_database(signal.SIGSTOP),
        lambda site: site.signal_database(signal.SIGCONT),
        60,
        8,
    ),
    Disturbance(
        "database cut off",
        lambda site: _pooler(site, signal.SIGSTOP),
        lambda site: _pooler(site, signal.SIGCONT),
        30,
        8,
    ),
    Disturbance(
        "database read-only",
        lambda site: _read_only(site, "on"),
        lambda site: _read_only(site, "off"),
        10,
        4,
    ),
    Disturbance("disk full", _fill, _make_room, 20, 6),
    Disturbance(
        "worker killed",
        lambda site: os.kill(site.nodes[0].workers[0], signal.SIGKILL),
        _nothing,
        10,
        4,
    ),
    Disturbance(
        "node lost", lambda site: site.nodes[0].kill(), lambda site: site.nodes[0].start(), 15, 5
    ),
    Disturbance("node reloaded", lambda site: site.nodes[0].reload(), _nothing, 5, 2),
    Disturbance(
        "clock 10 min fast", lambda site: _clock(site, 600), lambda site: _clock(site, 0), 20, 5
    ),
    Disturbance(
        "clock 10 min slow", lambda site: _clock(site, -600), lambda site: _clock(site, 0), 20, 5
    ),
    Disturbance("out of memory", _use_up_memory, lambda site: site.nodes[0].restart(), 20, 6),
    Disturbance(
        "mail server down",
        lambda site: _mail(site).kill_server(),
        lambda site: _mail(site).start_server(),
        30,
        8,
    ),
    Disturbance("proxy restarted", lambda site: site.proxy.restart(), _nothing, 5, 2),
)
ON_SQLITE = ("nothing", "disk full", "worker killed", "out of memory", "mail server down")
"""What is another matter there than on PostgreSQL."""


def run(load: Load, fault: Disturbance, *, short: bool) -> str:
    """One line of the table."""
    began = time.monotonic()
    fault.inject(load.site)
    time.sleep(fault.short if short else fault.seconds)
    fault.heal(load.site)
    healed = time.monotonic()
    installation.until(
        lambda: any(one.how == "answered" for one in load.seen if one.at > healed), fault.name
    )
    back = min(one.at for one in list(load.seen) if one.how == "answered" and one.at > healed)
    time.sleep(1)
    sight = load.saw(began)
    lost = load.account().lost
    away = sum(n for how, n in sight.how.items() if how.startswith("5"))
    return (
        f"| {fault.name} | {healed - began:.1f} | {sight.how['answered']} | {away} | {sight.how['broken']} "
        f"| {sight.longest:.1f} | {sight.silence:.1f} | {back - healed:.1f} | {lost} |"
    )


HEAD = """
| fault | lasted s | answered | 5xx with words | no answer | longest wait s | nobody answered for s | back after s | acknowledged lost |
|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="seconds instead of a minute")
    parser.add_argument("--only", help="one fault by name")
    parser.add_argument("--engine", choices=("postgresql", "sqlite"), help="one alone")
    arguments = parser.parse_args()
    well = True
    for engine in ("postgresql", "sqlite"):
        if arguments.engine in (None, engine):
            well = table(engine == "sqlite", short=arguments.short, only=arguments.only) and well
    sys.exit(not well)


def table(sqlite: bool, *, short: bool, only: str | None) -> bool:
    """All faults of one engine; whether nothing that was acknowledged or handed over is lost."""
    chosen = [
        one for one in FAULTS if only in (None, one.name) and (not sqlite or one.name in ON_SQLITE)
    ]
    print(f"\n{'SQLite' if sqlite else 'PostgreSQL'}{HEAD}", flush=True)
    with serving.scratch() as scratch, whole(scratch, short=short, sqlite=sqlite) as load:
        for fault in chosen:
            print(run(load, fault, short=short), flush=True)
        load.__exit__()
        account = load.account()
        sent, is_sent_well = mail.reconciled(_mail(load.site), load.site.url)
    print(
        f"\nacknowledged {account.acknowledged} = submitted {account.submitted} = ballots {account.ballots}; {sent}"
    )
    if load.ran_out:
        print("nobody was left to answer: the last faults met an idle installation")
    for failure in load.failures[:5]:
        print(f"gave up: {failure}")
    return account.is_whole and is_sent_well


class whole:  # noqa: N801  a context manager that reads like a function
    """Installation, a wave of mail that goes out, and load together."""

    def __init__(self, scratch: Path, *, short: bool, sqlite: bool) -> None:
        self._scratch, self._opened = scratch, contextlib.ExitStack()
        people = 2000 if short else 12_000
        self._made = installation.running(
            scratch, people=people, nodes=1 if sqlite else 2, sqlite=sqlite
        )

    def __enter__(self) -> Load:
        site = self._opened.enter_context(self._made)
        sending = mail.running(self._scratch / "mail", site.environment, site.mail_port)
        site.mail = self._opened.enter_context(sending)
        site.mail.start_workers(1)
        site.mail.send_wave()
        self._load = Load(site, pause=0.05)
        return self._load.__enter__()

    def __exit__(self, *reason: object) -> None:
        self._load.__exit__()
        self._opened.close()


if __name__ == "__main__":
    main()
