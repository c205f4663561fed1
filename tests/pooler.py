"""PgBouncer in transaction mode before a PostgreSQL of the tests."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.ports import free_port

SETTINGS = """[databases]
* = host={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
ignore_startup_parameters = extra_float_digits, options
server_connect_timeout = 3
server_login_retry = 1
query_wait_timeout = 5
logfile = {folder}/log
"""


@contextmanager
def running(server: Path, folder: Path, users: Iterable[str] = ()) -> Iterator[int]:
    """The port of a pooler that lends three connections to whoever asks: the server's user, or one of `users`."""
    port, user = free_port(), postgres.server_user()
    name = user or pwd.getpwuid(os.geteuid()).pw_name
    (folder / "users").write_text("".join(f'"{one}" ""\n' for one in (name, *users)))
    (folder / "pgbouncer.ini").write_text(SETTINGS.format(server=server, port=port, folder=folder))
    folder.chmod(0o711)
    for file in folder.iterdir():
        file.chmod(0o644)
    if user is not None:
        shutil.chown(folder, user)
    program = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
    assert program, (
        "PgBouncer is not installed: apt-get install pgbouncer, or run `make test` as root"
    )
    pooler = subprocess.Popen(
        [program, "-q", str(folder / "pgbouncer.ini")],
        user=user,
        group=None if user is None else pwd.getpwnam(user).pw_gid,
        extra_groups=None if user is None else [],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert pooler.poll() is None, (folder / "log").read_text()
                time.sleep(0.05)
        yield port
    finally:
        pooler.terminate()
        pooler.wait(timeout=20)
