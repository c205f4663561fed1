"""A server of the run's own, people with links, and the kills."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.flows import serving
from tests import postgres
from tests.kills import harness
from tests.kills.harness import AT_ONCE, Account, Tally

CONFIG = Path(__file__).with_name("gunicorn_preloaded.py")


@contextmanager
def staged(folder: Path, url: str, people: int) -> Iterator[tuple[serving.Server, dict]]:
    """A campaign that collects, with as many links, behind gunicorn."""
    import json

    folder.mkdir(mode=0o700, exist_ok=True)
    built = [sys.executable, "-W", "ignore", "-m", "benchmarks.flows.stage", str(folder), url]
    subprocess.run([*built, str(people), "0"], check=True, cwd=serving.ROOT, timeout=400)
    for file in folder.glob("*.sqlite3*"):
        file.chmod(0o600)
    known = json.loads((folder / "stage.json").read_text())
    environment = {
        "DATABASE_URL": url,
        "SURVEYAPP_INSTANCE": str(folder),
        "SURVEYAPP_KEYS": str(folder / "keys.json"),
        "SURVEYAPP_BASE_URL": "http://127.0.0.1:8000",
        "SURVEYAPP_LOG_LEVEL": "ERROR",
    }
    log = folder / "server.log"
    with serving.gunicorn("wsgi:app", environment, log, config=CONFIG) as server:
        yield server, known


def run(
    folder: Path,
    url: str,
    *,
    kills: int,
    restarts: int = 0,
    server: Path | None = None,
    seconds: float = 600,
) -> tuple[Tally, Account]:
    """The kills on one engine; `server` is the folder of the PostgreSQL that is restarted."""
    people = kills + 2 * AT_ONCE  # each round kills at least once, or is the last
    restart = None if server is None else lambda: postgres.restart(server)
    with staged(folder, url, people) as (web, known):
        (_, items) = known["form"]["sections"][0]
        tally = harness.rounds(
            web.port,
            web.process.pid,
            iter(known["links"]),
            items[0],
            kills=kills,
            restarts=restarts,
            restart=restart,
            seconds=seconds,
        )
    key = bytes.fromhex(known["box"])
    return tally, harness.account(url, tally, key, known["campaign"])
