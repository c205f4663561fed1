"""How long a release of a full round takes, and in how much memory.

`.venv/bin/python -m benchmarks.release [percent of the plan]`; goal: 50,155 responses with about 40
items each in under 40 s and 1.5 GB on two cores, every format, and the receiver's check after it.
"""

import csv
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import update

from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries, service
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack.reading import read_pack
from surveyapp.config import PROJECT
from surveyapp.db import bind, make_engine, reading, transaction
from surveyapp.exports.release import building
from surveyapp.exports.verify import verify
from surveyapp.keys import KeyRing
from surveyapp.tables import metadata
from tests.exports.opened import store_results

NOW = datetime(2024, 2, 20, tzinfo=UTC)
KEYS = KeyRing({1: sha256(b"benchmark").digest()})


def opened_round(percent: int) -> None:
    """Store the 2023 round, opened: `percent` of its plan answered at random, small cells by counts alone."""
    with transaction() as db:
        pack = read_pack(PROJECT / "questionnaires" / "par-index-2023")
        campaign = service.load_pack(db, pack, now=NOW)
        units = {unit.id: unit.code for unit in queries.units(db, campaign.id)}
        groups = {group.id: group.code for group in queries.groups(db, campaign.id)}
        plan = queries.plan(db, campaign.id, side="rated")
        sizes = {(units[u], groups[g]): n * percent // 100 for (g, u), n in plan.items()}
        remarks = tuple(("province", f"- Ý kiến số {n}") for n in range(sum(sizes.values()) // 20))
        store_results(db, campaign, NOW, sizes, remarks=remarks, as_opened=KEYS)
        db.execute(update(Campaign).values(state="opened"))


def processor() -> float:
    """Seconds of one processor used so far, by this process and those it waited for."""
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def published(folder: Path) -> str:
    """How much the public tables tell: means, how wide their bands are, answers merged beyond their own need."""
    means = [row for row in _table(folder, "public/means.csv") if row["rated_unit"] != "all"]
    widths = sorted(float(row["mean_high"]) - float(row["mean_low"]) for row in means)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    least = manifest["disclosure"]["table_minimum"]
    counts: dict[tuple[str, ...], int] = {}
    for row in _table(folder, "scoring/counts.csv"):
        of = (row["rated_unit"], row["group"], row["item"])
        counts[*of, row["option"]] = int(row["n_option"])
        counts[*of, "98"], counts[*of, "missing"] = int(row["n_dont_know"]), int(row["n_missing"])
    merged = total = 0
    for row in _table(folder, "public/answers.csv"):
        if row["rated_unit"] == "all":
            continue
        total += int(row["n_low"])
        run = row["options"].split()
        inside = [counts[row["rated_unit"], row["group"], row["item"], code] for code in run]
        merged += sum(n for n in inside if n >= least) * (len(run) > 1)
    told = sum(bool(row["mean"]) for row in means)
    at = ", ".join(f"{widths[int(len(widths) * q)]:.1f}" for q in (0.5, 0.75, 0.9, 0.99))
    return f"{told} of {len(means)} rows have a mean, bands {at} wide (50, 75, 90, 99 %); {merged / total:.1%} of answers merged beyond their own need (goal 10)"


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Print seconds per step and the peak of memory."""
    percent = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as scratch:
        engine = make_engine(f"sqlite:///{scratch}/survey.sqlite3")
        metadata.create_all(engine)
        bind(engine)
        opened_round(percent)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started, worked = time.perf_counter(), processor()
        with reading() as db:
            campaign = queries.campaign(db, "par-index-2023")
            prepared = building.prepare(db, campaign, out=Path(scratch) / "out", keys=KEYS)
        with transaction() as db:
            folder = building.register(db, campaign, prepared, act=Act("bench", NOW, KEYS))
        built, busy = time.perf_counter(), processor() - worked
        faults = verify(folder)
        verified = time.perf_counter()
        engine.dispose()
        took = f"{built - started:.1f} s, processor {busy:.1f} s"
        print(f"{prepared.responses} responses released in {took} (goal 40)")
        print(f"verified in {verified - built:.1f} s, {len(faults)} faults", *faults[:5])
        print(published(folder))
        for path in sorted(folder.rglob("*.*")):
            print(f"{path.stat().st_size / 1e6:9.1f} MB  {path.relative_to(folder)}")
        print(f"{prepared.archive.stat().st_size / 1e6:9.1f} MB  {prepared.archive.name}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak {peak / 1024:.0f} MB (goal 1,500); {before / 1024:.0f} MB before the release")


if __name__ == "__main__":
    main()
