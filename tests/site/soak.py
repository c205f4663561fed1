"""Load for a long time on two nodes and two workers, and whether anything grows: `make soak`.

`python -m tests.site.soak [--minutes 30]`. Prints a line a minute, then slopes an hour of memory (process by
process), descriptors, files, rows and latencies, and reconciles: acknowledged = submitted = ballots, messages handed over = messages at the mail server,
everybody else of the wave had begun. Exit code 1 if they differ, somebody gave up or waits, or nobody was left to answer before the end.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from math import ceil
from pathlib import Path

import numpy as np
from sqlalchemy import create_engine, text

from benchmarks.flows import serving
from tests.site import installation, mail
from tests.site.installation import Site
from tests.site.load import Load

TABLES = (
    "node_sign",
    "timer_run",
    "attempt_window",
    "staff_session",
    "draft",
    "audit_entry",
)
"""Rows that must not pile up by themselves."""
AT_ONCE, PAUSE = 4, 0.3
MOST_A_MINUTE = 720
"""Forms that so many people with such pauses can submit, were each answered in 0.03 s."""


@dataclass(frozen=True)
class Sample:
    """The installation at one moment."""

    minutes: float
    memory_mb: float
    descriptors: int
    files: int
    rows: int
    connections: int
    late_s: float
    middle_s: float
    failures: int
    processes: dict[str, float] = field(default_factory=dict)
    """Private memory of each process by itself, in MB; PostgreSQL's together, as they come and go."""


def private_mb(pid: int) -> float:
    """Memory that is the process's alone; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0.0
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024 if "RssAnon:" in status else 0.0


def children(pid: int) -> list[int]:
    """The processes that it started."""
    told = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in told.read_text().split()] if told.exists() else []


def processes(site: Site, workers: Sequence[int]) -> dict[str, list[int]]:
    """Everything of the installation by name; a process that took another's place has a name of its own."""
    named: dict[str, list[int]] = {}
    for number, node in enumerate(site.nodes, 1):
        if node.process:
            named[f"node {number}, parent"] = [node.process.pid]
            for pid in node.workers:
                named[f"node {number}, process {pid}"] = [pid]
    for number, pid in enumerate(workers, 1):
        named[f"worker {number}"] = [pid]
    return named


def beside(site: Site) -> dict[str, list[int]]:
    """What others wrote: proxy, pooler and database."""
    named: dict[str, list[int]] = {}
    if site.proxy.process:
        named["nginx"] = [site.proxy.process.pid, *children(site.proxy.process.pid)]
    if site.server:
        pid = int((site.server / "cluster" / "postmaster.pid").read_text().split()[0])
        named["PostgreSQL"] = [pid, *children(pid)]
        named["PgBouncer"] = installation.pooler_pids(site)
    return named


def look(site: Site, load: Load, began: float, since: float, workers: Sequence[int]) -> Sample:
    """Measure it now; latencies are those since `since`."""
    ours = processes(site, workers)
    descriptors = 0
    for pid in (one for pids in ours.values() for one in pids):
        opened = Path(f"/proc/{pid}/fd")
        descriptors += len(list(opened.iterdir())) if opened.exists() else 0
    memory = {name: sum(map(private_mb, pids)) for name, pids in (ours | beside(site)).items()}
    files = sum(1 for one in site.folder.rglob("*") if one.is_file())
    files += sum(1 for one in Path("/dev/shm").glob("surveyapp-metrics-*/*"))
    engine = create_engine(site.url)
    with engine.connect() as connection:
        rows = sum(
            connection.execute(text(f"select count(*) from {table}")).scalar_one()
            for table in TABLES
        )
        asked = text("select count(*) from pg_stat_activity where datname = current_database()")
        connections = connection.execute(asked).scalar_one()
    engine.dispose()
    sight = load.saw(since)
    failed = sum(n for how, n in sight.how.items() if how != "answered")
    now = (time.monotonic() - began) / 60
    whole = sum(memory[name] for name in ours)
    return Sample(
        now, whole, descriptors, files, rows, connections, sight.late, sight.middle, failed, memory
    )


def slopes(samples: Sequence[Sample]) -> dict[str, float]:
    """How much each grows an hour, by least squares, after the first fifth, in which caches fill."""
    kept = samples[len(samples) // 5 :]
    minutes = np.array([one.minutes for one in kept])
    names = [name for name in asdict(kept[0]) if name not in ("minutes", "processes")]
    return {
        name: float(np.polyfit(minutes, [getattr(one, name) for one in kept], 1)[0] * 60)
        for name in names
    }


def memory_table(samples: Sequence[Sample]) -> Iterator[str]:
    """Each process's memory: first, at two thirds, last, and the slope an hour of the last two thirds."""
    yield "| process | after min | MB | at two thirds | at the end | slope an hour |"
    yield "|---|---|---|---|---|---|"
    names = dict.fromkeys(name for one in samples for name in one.processes)
    for name in names:
        has = [one for one in samples if name in one.processes]
        kept = has[len(has) // 3 :]
        slope = (
            np.polyfit([one.minutes for one in kept], [one.processes[name] for one in kept], 1)[0]
            if len(kept) > 2
            else float("nan")
        )
        third = has[len(has) * 2 // 3].processes[name]
        yield (
            f"| {name} | {has[0].minutes:.1f} | {has[0].processes[name]:.1f} | {third:.1f} "
            f"| {has[-1].processes[name]:.1f} | {slope * 60:+.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    minutes = parser.parse_args().minutes
    people = int(minutes * MOST_A_MINUTE) + 200
    with (
        serving.scratch() as scratch,
        installation.running(scratch, people=people) as site,
        ExitStack() as opened,
    ):
        limit = ceil(people / minutes * 1.25)  # the wave goes on for four fifths of the time
        site.environment |= {
            "SURVEYAPP_SEND_PER_DOMAIN": str(limit),
            "SURVEYAPP_SEND_PER_MINUTE": "0",
            "SURVEYAPP_SEND_PER_DOMAIN_DAY": "0",
        }
        sending = opened.enter_context(
            mail.running(scratch / "mail", site.environment, site.mail_port)
        )
        sending.start_workers(2)
        sending.send_wave()
        workers = sending.workers
        samples, began = [], time.monotonic()
        with Load(site, at_once=AT_ONCE, pause=PAUSE) as load:
            while time.monotonic() < began + minutes * 60:
                since = time.monotonic()
                time.sleep(min(60, max(5, minutes * 60 / 20)))
                samples.append(look(site, load, began, since, [one.pid for one in workers]))
                installation.answers(site.nodes[0].port, "/health/ready")
                figures = asdict(samples[-1])
                named = figures.pop("processes")
                figures["handed_over"] = sending.count(site.url)
                figures["submitted"] = len(load.tally.acknowledged)
                print({k: round(v, 3) for k, v in figures.items()}, flush=True)
                print("   ", {k: round(v, 1) for k, v in named.items()}, flush=True)
        account = load.account()
        print("\nslope an hour: " + ", ".join(f"{k} {v:+.3f}" for k, v in slopes(samples).items()))
        print("\n".join(memory_table(samples)))
        print(
            f"acknowledged {account.acknowledged} = submitted {account.submitted} = ballots {account.ballots}; lost {account.lost}",
            flush=True,
        )
        mail.all_through(sending, site.url, max(60, minutes * 30))
        sent, is_sent_well = mail.reconciled(sending, site.url)
    print(sent)
    for failure in load.failures[:5]:
        print(f"gave up: {failure}")
    if load.ran_out:
        print("nobody was left to answer: the last minutes are those of an idle installation")
    sys.exit(not (account.is_whole and is_sent_well) or bool(load.failures) or load.ran_out)


if __name__ == "__main__":
    main()
