"""Load for a long time on two nodes and two workers, and whether anything grows: `make soak`.

`python -m tests.site.soak [--minutes 30]`. Prints a line a minute, then slopes an hour of memory, descriptors, files,
rows and latencies, and reconciles: acknowledged = submitted = ballots, messages handed over = messages at the mail server,
everybody else of the wave had begun. Exit code 1 if they differ, somebody gave up or waits, or nobody was left to answer before the end.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
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


def look(site: Site, load: Load, began: float, since: float, workers: Sequence[int]) -> Sample:
    """Measure it now; latencies are those since `since`."""
    pids = [pid for node in site.nodes if node.process for pid in (node.process.pid, *node.workers)]
    pids += list(workers)
    memory, descriptors = 0, 0
    for pid in pids:
        status = Path(f"/proc/{pid}/status")
        if status.exists():
            told = dict(line.split(":", 1) for line in status.read_text().splitlines())
            memory += int(told["RssAnon"].split()[0])
            descriptors += len(list(Path(f"/proc/{pid}/fd").iterdir()))
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
    return Sample(
        now, memory / 1024, descriptors, files, rows, connections, sight.late, sight.middle, failed
    )


def slopes(samples: Sequence[Sample]) -> dict[str, float]:
    """How much each grows an hour, by least squares, after the first fifth, in which caches fill."""
    kept = samples[len(samples) // 5 :]
    minutes = np.array([one.minutes for one in kept])
    names = [name for name in asdict(kept[0]) if name != "minutes"]
    return {
        name: float(np.polyfit(minutes, [getattr(one, name) for one in kept], 1)[0] * 60)
        for name in names
    }


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
                print({k: round(v, 3) for k, v in asdict(samples[-1]).items()}, flush=True)
        account = load.account()
        mail.all_through(sending, site.url, max(60, minutes * 30))
        sent, is_sent_well = mail.reconciled(sending, site.url)
    print("\nslope an hour: " + ", ".join(f"{k} {v:+.3f}" for k, v in slopes(samples).items()))
    print(
        f"acknowledged {account.acknowledged} = submitted {account.submitted} = ballots {account.ballots}; lost {account.lost}"
    )
    print(sent)
    for failure in load.failures[:5]:
        print(f"gave up: {failure}")
    if load.ran_out:
        print("nobody was left to answer: the last minutes are those of an idle installation")
    sys.exit(not (account.is_whole and is_sent_well) or bool(load.failures) or load.ran_out)


if __name__ == "__main__":
    main()
