"""Write the next migration from the difference between the models and the migrations.

python -m tools.migration "Lists can be held for review"
A revision that stands is never rewritten: databases were made by it.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from surveyapp.db import make_engine
from surveyapp.schema import MIGRATIONS, alembic_config, migrate, newest

VERSIONS = MIGRATIONS / "versions"


def write(message: str) -> Path:
    """The new file: numbered after the last one, compared against a database just migrated."""
    number = f"{int(newest()) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/survey.sqlite3")
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
    parser.add_argument("message", help="what changes, as a sentence about the survey")
    print(write(parser.parse_args().message))


if __name__ == "__main__":
    main()
