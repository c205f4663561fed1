"""Load, backup, more load, everything destroyed, restored: is every acknowledged submission before the mark there?

`make restore-drill`, or `python -m tests.site.restore_drill [--people 40]`, on both engines. Exit code 1 if one is missing.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.flows import serving
from surveyapp.operations.backup import sealed_file
from tests import postgres
from tests.kills.harness import Tally
from tests.site import installation
from tests.site.installation import Site
from tests.site.load import Load


def command(site: Site, *words: str) -> str:
    """A command of the administrator; what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "surveyapp", *words],
        cwd=serving.ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"surveyapp {' '.join(words)}\n{done.stdout}{done.stderr}"
    return done.stdout


def destroy(site: Site) -> None:
    """Nodes, database and instance are gone; the ring on paper and the backup are elsewhere."""
    site.proxy.stop()
    for node in site.nodes:
        node.kill()
    if site.server is None:
        for file in site.folder.glob("survey.sqlite3*"):
            file.unlink()
    else:
        postgres.execute(site.server, "drop database survey with (force)", "create database survey")
    for name in ("releases", "maps", "outbox", "spool"):
        shutil.rmtree(site.folder / name, ignore_errors=True)


def drill(scratch: Path, *, sqlite: bool, people: int, processes: int = 2) -> tuple[str, bool]:
    """One engine: the report, and whether all is well."""
    public, secret = sealed_file.make_key()
    (scratch / "secret").write_text(secret)
    with installation.running(
        scratch, people=3 * people, nodes=1, processes=processes, sqlite=sqlite
    ) as site:
        site.environment |= {
            "SURVEYAPP_BACKUP_RECIPIENT": public,
            "SURVEYAPP_BACKUPS": str(scratch / "backups"),
        }
        load = Load(site)
        links = iter(site.known["links"])
        for _ in range(people):
            load.one_form(next(links))
        before = dict(load.tally.acknowledged)
        others = site.known["links"][people : 2 * people]
        with Load(site, tally=Tally(), links=others):  # are at work while it is taken
            command(site, "backup", "take")
        (backup,) = (scratch / "backups").glob("*.backup")
        later = [site.known["links"][-1 - n] for n in range(people // 2)]
        receipts = {link: load.one_form(link) for link in later}
        destroy(site)
        direct = site.environment | {"DATABASE_URL": site.url}
        told, site.environment = site.environment, direct
        said = command(site, "restore", str(backup), "--secret", str(scratch / "secret"))
        site.environment = told
        for node in site.nodes:
            node.start()
        site.proxy.start()
        load.tally.acknowledged = dict(before)
        missing = load.account().lost
        again = {link: load.one_form(link) for link in later}
        load.tally.acknowledged = before | {link: {one} for link, one in again.items()}
        after = load.account().lost
    is_well = missing == 0 and after == 0 and again == receipts
    report = (
        f"{'SQLite' if sqlite else 'PostgreSQL'}: acknowledged before the mark {len(before)}, missing {missing}; "
        f"acknowledged after it {len(receipts)}, all submitted again with the same receipt: {again == receipts}\n  "
        + said.strip().replace("\n", "\n  ")
    )
    return report, is_well


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=40, help="who submits before the backup")
    people = parser.parse_args().people
    well = True
    for sqlite in (True, False):
        with serving.scratch() as scratch:
            report, is_well = drill(scratch, sqlite=sqlite, people=people)
        print(report, flush=True)
        well = well and is_well
    sys.exit(not well)


if __name__ == "__main__":
    main()
