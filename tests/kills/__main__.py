"""Kills under submission: `python -m tests.kills` (make kill-test), ten minutes; `--kills 200` for a glance."""

import argparse
import sys
import time

from benchmarks.flows import serving
from tests import postgres
from tests.kills.harness import AT_ONCE, CLIENTS, Account, Tally
from tests.kills.run import run


def main() -> None:
    """Kill on PostgreSQL and on SQLite, print the table, and fail if anything was lost or is double."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=2000, help="on PostgreSQL")
    parser.add_argument("--restarts", type=int, default=20, help="of PostgreSQL, immediate")
    parser.add_argument("--sqlite", type=int, default=200, help="kills on SQLite")
    parser.add_argument("--seconds", type=float, default=900, help="most for each engine")
    options = parser.parse_args()
    whole = True
    with serving.scratch() as folder:
        postgres.start(folder / "postgres")
        postgres.execute(folder / "postgres", "CREATE DATABASE kills")
        for engine, url, kills, restarts in (
            (
                "PostgreSQL",
                postgres.url(folder / "postgres", "kills"),
                options.kills,
                options.restarts,
            ),
            ("SQLite", f"sqlite:///{folder}/sqlite/survey.sqlite3", options.sqlite, 0),
        ):
            if not kills:
                continue
            began = time.monotonic()
            tally, account = run(
                folder / engine.lower().replace("postgresql", "instance"),
                url,
                kills=kills,
                restarts=restarts,
                server=folder / "postgres" if restarts else None,
                seconds=options.seconds,
            )
            print(told(engine, tally, account, time.monotonic() - began), flush=True)
            whole &= account.is_whole
    sys.exit(not whole)


def told(engine: str, tally: Tally, account: Account, seconds: float) -> str:
    """The figures of one engine."""
    lines = [
        ("SIGKILLs of workers", tally.kills),
        ("of these with a Submit on its way", tally.kills_under_way),
        ("immediate restarts of the database", tally.restarts),
        (f"people, {CLIENTS} clients each, {AT_ONCE} at once", len(tally.acknowledged)),
        ("requests", tally.asked),
        ("answered by nothing", tally.broken),
        ("answered: try later", tally.busy),
        ("acknowledged", account.acknowledged),
        ("submitted", account.submitted),
        ("ballots", account.ballots),
        ("lost", account.lost),
        ("double", account.double),
        ("ballots nobody was told of", account.unasked),
    ]
    return "\n".join([f"{engine}, {seconds:.0f} s", *(f"  {n:>7,}  {name}" for name, n in lines)])


if __name__ == "__main__":
    main()
