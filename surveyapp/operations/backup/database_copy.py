"""The database as one file, taken while it is used, and put into an empty one."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from surveyapp.operations.backup.errors import NotEmpty, ProgramFailed

SECONDS = 3600
NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


def engine_name(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return make_url(url).get_backend_name()


def copy(url: str, folder: Path) -> Path:
    """Write the database as of one moment into `folder`; nobody is kept from writing meanwhile.

    The copy is looked over before it is given. Raises `ProgramFailed`.
    """
    address = make_url(url)
    target = folder / NAMES[address.get_backend_name()]
    if address.get_backend_name() == "sqlite":
        _copy_sqlite(str(address.database), target)
    else:
        run(
            "pg_dump",
            ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"],
            address,
        )
        run("pg_restore", ["--list", str(target)], address)
    return target


def _copy_sqlite(file: str, target: Path) -> None:
    source = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=60)
    copied = sqlite3.connect(target)
    try:
        source.backup(copied, pages=4096)
        (said,) = copied.execute("PRAGMA integrity_check").fetchone()
        if said != "ok":
            raise ProgramFailed("sqlite", said)
        copied.execute("PRAGMA journal_mode=delete")
    finally:
        source.close()
        copied.close()


def put(url: str, source: Path) -> None:
    """Fill the empty database with a copy, in one transaction. Raises `NotEmpty` or `ProgramFailed`."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        target = Path(str(address.database))
        if target.exists():
            raise NotEmpty(str(target))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o600)
        return
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    run("pg_restore", [*arguments, f"--dbname={address.database}", str(source)], address)


def run(program: str, arguments: list[str], address: URL) -> None:
    """A program of PostgreSQL's, told by the environment whom to ask: arguments can be read by everybody."""
    path = shutil.which(program, path=_path())
    if path is None:
        raise ProgramFailed(program, "not installed (apt-get install postgresql-client)")
    try:
        done = subprocess.run(  # noqa: S603  a program of PostgreSQL's, arguments of ours
            [path, *arguments],
            env={**os.environ, **_environment(address)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise ProgramFailed(program, f"not done after {SECONDS} s") from exc
    if done.returncode:
        raise ProgramFailed(program, done.stderr.strip().splitlines()[-1] if done.stderr else "?")


def _path() -> str:
    """Debian keeps the programs of the newest server beside those of the client."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parts[-2])
    return os.pathsep.join([*map(str, reversed(newest)), os.environ.get("PATH", "")])


def _environment(address: URL) -> Mapping[str, str]:
    host = address.query.get("host", address.host or "")
    told = {
        "PGHOST": host if isinstance(host, str) else host[0],
        "PGPORT": str(address.port or ""),
        "PGUSER": address.username or "",
        "PGPASSWORD": str(address.password or ""),
        "PGDATABASE": address.database or "",
        "PGCONNECT_TIMEOUT": "10",
    }
    return {name: value for name, value in told.items() if value}
