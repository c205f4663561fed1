"""The table of attacks: `python -m tests.attacks` (make attack), about five minutes; `--short` for a glance."""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests import postgres
from tests.attacks import run
from tests.attacks.interface import table
from tests.attacks.scene import FULL, SHORT


def main() -> None:
    """Run all, print the table, and fail if one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    sizes = SHORT if parser.parse_args().short else FULL
    began, lines = time.monotonic(), []
    folder = Path(tempfile.mkdtemp(prefix="surveyapp-attacks-"))
    folder.chmod(0o711)  # PostgreSQL runs as a user of its own
    try:
        sqlite = folder / "sqlite"
        sqlite.mkdir()
        with run.on_sqlite(sqlite, sizes) as scene:
            lines += run.lines(scene)
        postgres.start(folder / "postgres")
        with run.on_postgresql(folder / "postgres", sizes) as scene:
            lines += run.lines(scene)
    finally:
        postgres.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    print(table(lines))
    held = sum(line.holds for line in lines)
    print(
        f"{sum(sizes)} people in {len(sizes)} cells of {min(sizes)} to {max(sizes)};"
        f" {held} of {len(lines)} hold; {time.monotonic() - began:.0f} s"
    )
    sys.exit(held != len(lines))


if __name__ == "__main__":
    main()
