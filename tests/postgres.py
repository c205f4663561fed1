"""A PostgreSQL of the test run's own: started once when first needed, shared by all workers."""

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "fsync": "on",  # the server refuses to start on a database that may forget an answer
    "jit": "off",
    "log_min_messages": "fatal",
}
TEMPLATE = "survey_template"


class PostgresMissing(RuntimeError):
    """No PostgreSQL server program is installed on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "Half of the tests need PostgreSQL's server programs (initdb, pg_ctl) and found none in "
            "/usr/lib/postgresql/*/bin or PATH. Install them: apt-get install postgresql, "
            "or run `make test` as root, which does."
        )


class PostgresBroken(RuntimeError):
    """A server program stopped with an error; its output is the message."""


@cache
def programs() -> Path:
    """The folder of the newest PostgreSQL server programs. Raises `PostgresMissing`."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest_first = sorted(debian, key=lambda path: float(path.parts[-3]), reverse=True)
    if newest_first:
        return newest_first[0].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise PostgresMissing
    return Path(on_path).resolve().parent


def server_user() -> str | None:
    """Whom the server runs as: initdb refuses root, so root lends it to `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(program: str, *arguments: str, cwd: Path) -> None:
    user = server_user()
    done = subprocess.run(
        [programs() / program, *arguments],
        cwd=cwd,
        user=user,
        group=None if user is None else pwd.getpwnam(user).pw_gid,
        extra_groups=None if user is None else [],
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
        stdout=(output := (cwd / f"{program}.log").open("w+")),
        stderr=subprocess.STDOUT,
        check=False,
    )
    with output:
        if done.returncode:
            output.seek(0)
            server_log = cwd / "server.log"
            more = server_log.read_text() if server_log.exists() else ""
            raise PostgresBroken(f"{program} {' '.join(arguments)}\n{output.read()}{more}")


def url(folder: Path, name: str) -> str:
    """The SQLAlchemy address of database `name` on the server in `folder`."""
    user = server_user() or pwd.getpwuid(os.geteuid()).pw_name
    return f"postgresql+psycopg://{user}@/{name}?host={folder}"


def pooled_url(name: str, port: int) -> str:
    """The address of database `name` through the PgBouncer that listens on `port`."""
    user = server_user() or pwd.getpwuid(os.geteuid()).pw_name
    return f"postgresql+psycopg://{user}@127.0.0.1:{port}/{name}?pgbouncer=yes"


def execute(folder: Path, *statements: str, name: str = "postgres") -> None:
    """Run statements outside any transaction, as CREATE DATABASE must be."""
    address = url(folder, name).replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep the other workers of this run out of the block."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start(folder: Path) -> None:
    """Start the run's server in `folder` unless another worker did already."""
    with alone(folder.parent):
        if (folder / "server.log").exists():
            return
        programs()
        folder.mkdir()
        user = server_user()
        if user is not None:
            shutil.chown(folder, user)
        cluster = str(folder / "cluster")
        _run("initdb", "-D", cluster, "--encoding=UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-sync", cwd=folder)  # fmt: skip
        with (folder / "cluster" / "postgresql.conf").open("a") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in SETTINGS.items())
            file.write(f"unix_socket_directories = '{folder}'\n")
        _run("pg_ctl", "-D", cluster, "-l", str(folder / "server.log"), "-w", "start", cwd=folder)


def restart(folder: Path) -> None:
    """As after a power cut: every process of the server in `folder` ends at once, and it starts again."""
    cluster = str(folder / "cluster")
    _run("pg_ctl", "-D", cluster, "-l", str(folder / "server.log"), "-m", "immediate", "-w", "restart", cwd=folder)  # fmt: skip


def stop(folder: Path) -> None:
    """Stop the server in `folder` if it runs."""
    if (folder / "cluster" / "postmaster.pid").exists():
        _run("pg_ctl", "-D", str(folder / "cluster"), "-m", "immediate", "-w", "stop", cwd=folder)
