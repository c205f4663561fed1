"""Faults injected under load, one after the other, and what people saw: `make fault-test`.

`python -m tests.site.faults [--short] [--only NAME]`. Prints a table; exit code 1 if anything acknowledged is lost.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.flows import serving
from tests import postgres
from tests.site import installation
from tests.site.installation import Site
from tests.site.load import Load


@dataclass(frozen=True)
class Fault:
    """What is done to the installation, how long it is left so, and how it is mended."""

    name: str
    inject: Callable[[Site], None]
    heal: Callable[[Site], None]
    seconds: float
    short: float


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
    found = subprocess.run(
        ["pgrep", "-f", str(site.folder.parent / "pooler" / "pgbouncer.ini")],
        capture_output=True,
        text=True,
        check=True,
    )
    for pid in found.stdout.split():
        os.kill(int(pid), number)


def _fill(site: Site) -> None:
    """Not a byte is left for the database."""
    if site.disk is None:
        return
    with (site.disk / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))


def _make_room(site: Site) -> None:
    """The filler goes; a database that gave up is started."""
    assert site.server is not None
    if site.disk is not None:
        (site.disk / "filler").unlink()
    if not (site.server / "cluster" / "postmaster.pid").exists():
        _start_database(site)


FAULTS = (
    Fault("nothing", _nothing, _nothing, 10, 3),
    Fault("database killed", _kill_database, _start_database, 5, 2),
    Fault(
        "database stopped",
        lambda site: site.signal_database(signal.SIGSTOP),
        lambda site: site.signal_database(signal.SIGCONT),
        60,
        8,
    ),
    Fault(
        "database cut off",
        lambda site: _pooler(site, signal.SIGSTOP),
        lambda site: _pooler(site, signal.SIGCONT),
        30,
        8,
    ),
    Fault(
        "database read-only",
        lambda site: _read_only(site, "on"),
        lambda site: _read_only(site, "off"),
        10,
        4,
    ),
    Fault("disk full", _fill, _make_room, 20, 6),
    Fault(
        "worker killed",
        lambda site: os.kill(site.nodes[0].workers[0], signal.SIGKILL),
        _nothing,
        10,
        4,
    ),
    Fault(
        "node lost", lambda site: site.nodes[0].kill(), lambda site: site.nodes[0].start(), 15, 5
    ),
    Fault("node reloaded", lambda site: site.nodes[0].reload(), _nothing, 5, 2),
    Fault("proxy restarted", lambda site: site.proxy.restart(), _nothing, 5, 2),
)
NOT_RUN = (
    (
        "clock ± 10 min",
        "the machine's clock is everybody's; `surveyapp doctor` compares it with the database's",
    ),
    ("out of memory", "killed by the kernel is killed: see worker killed"),
    ("mail server down", "tests/delivery/test_worker.py"),
)


def run(load: Load, fault: Fault, *, short: bool) -> str:
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
    arguments = parser.parse_args()
    chosen = [one for one in FAULTS if arguments.only in (None, one.name)]
    with serving.scratch() as scratch, whole(scratch, arguments.short) as load:
        print(HEAD, flush=True)
        for fault in chosen:
            print(run(load, fault, short=arguments.short), flush=True)
        load.__exit__()
        account = load.account()
    for name, why in NOT_RUN:
        print(f"| {name} | not run: {why} |")
    print(
        f"\nacknowledged {account.acknowledged} = submitted {account.submitted} = ballots {account.ballots}"
    )
    for failure in load.failures[:5]:
        print(f"gave up: {failure}")
    sys.exit(not account.is_whole)


class whole:  # noqa: N801  a context manager that reads like a function
    """Installation and load together."""

    def __init__(self, scratch: Path, short: bool) -> None:
        self._made = installation.running(scratch, people=2000 if short else 12_000)

    def __enter__(self) -> Load:
        self._load = Load(self._made.__enter__(), pause=0.05)
        return self._load.__enter__()

    def __exit__(self, *reason: object) -> None:
        self._load.__exit__()
        self._made.__exit__(None, None, None)


if __name__ == "__main__":
    main()
