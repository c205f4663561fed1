"""Write the next migration from the difference between the models and the migrations.

python -m tools.migration "Lists can be held for review"
python -m tools.migration --initial        before the first release: rewrite the one initial revision
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from surveyapp.db import make_engine
from surveyapp.schema import MIGRATIONS, alembic_config, migrate

VERSIONS = MIGRATIONS / "versions"


def write(message: str) -> Path:
    """The new file: numbered after the last one, compared against a database just migrated."""
    number = f"{len(list(VERSIONS.glob('*.py'))) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/survey.sqlite3")
        if number != "0001":
            migrate(engine)
        with engine.connect() as connection:
            config = alembic_config(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()
    file = next(VERSIONS.glob(f"{number}_*.py"))
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "# ###" not in line))
    subprocess.run([Path(sys.executable).with_name("ruff"), "format", "-q", file], check=True)
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("message", nargs="?", help="what changes, as a sentence about the survey")
    parser.add_argument("--initial", action="store_true", help="rewrite the one initial revision")
    arguments = parser.parse_args()
    if arguments.initial == bool(arguments.message):
        parser.error("give a message, or --initial")
    if arguments.initial:
        written = list(VERSIONS.glob("*.py"))
        if len(written) > 1:
            parser.error("there are later revisions: add one more instead")
        for file in written:
            file.unlink()
    print(write(arguments.message or "Initial tables"))


if __name__ == "__main__":
    main()
