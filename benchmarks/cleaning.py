"""How long the centre waits for the cleaning pages of a full round.

`.venv/bin/python -m benchmarks.cleaning [percent of the plan]`; goal: under 1 s once the process has read
the responses. The first visit of a process reads them; a threshold that was not tried before is counted anew.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from benchmarks.release import opened_round
from surveyapp import clock, create_app, schema
from surveyapp.config import Settings
from surveyapp.db import bind, make_engine, transaction
from surveyapp.keys import KeyRing
from surveyapp.tables import metadata
from tests import factories
from tests.web.browsing import sign_in

NOW = datetime(2024, 2, 21, tzinfo=UTC)
PAGE = "/centre/par-index-2023/cleaning"
VISITS = (
    ("rules, first visit of the process", PAGE),
    ("rules, again", PAGE),
    ("rules, a threshold not tried before", f"{PAGE}?at_least.long-run=12"),
    ("rules, two versions side by side", f"{PAGE}?version=0"),
    ("coordination, first visit", f"{PAGE}/coordination"),
    ("coordination, again", f"{PAGE}/coordination"),
    ("report as a page", f"{PAGE}/report.html"),
    ("report on paper", f"{PAGE}/report.pdf"),
)


def main() -> None:
    """Print seconds, and seconds of processor time, per page."""
    percent = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    clock.now = lambda: NOW
    keys = KeyRing({1: sha256(b"benchmark").digest()})
    with tempfile.TemporaryDirectory() as scratch:
        engine = make_engine(f"sqlite:///{scratch}/survey.sqlite3")
        metadata.create_all(engine)
        schema.stamp(engine)
        bind(engine)
        opened_round(percent)
        with transaction() as db:
            factories.staff(db, NOW, "viewer", campaign_code="par-index-2023", keys=keys)
        instance = Path(scratch) / "instance"
        settings = Settings(
            instance=instance,
            database_url=str(engine.url),
            keys=instance / "keys.json",
            base_url="http://localhost",
        )
        client = create_app(settings, keys=keys, engine=engine).test_client()
        sign_in(client, "viewer")
        for name, url in VISITS:
            started, worked = time.perf_counter(), time.process_time()
            answer = client.get(url)
            assert answer.status_code == 200, answer.text
            took, busy = time.perf_counter() - started, time.process_time() - worked
            print(f"{took:6.2f} s, processor {busy:5.2f} s  {name}")
        engine.dispose()


if __name__ == "__main__":
    main()
