"""Sixty visitors who send a byte and wait hold up nobody, behind either of the proxies we ship settings for."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from surveyapp.keys import make_key_ring
from tests.ports import free_port

FOLDER = Path(__file__).parents[2] / "docs" / "proxy"
SLOW = 60
PATIENCE = 20
"""Seconds in which a page must come although the slow ones are there; they would hold it for a minute."""


@contextmanager
def running(command: list[str], **options) -> Iterator[subprocess.Popen]:
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def wait_for(address: str) -> None:
    for _try in range(600):
        if status(address) == 200:
            return
        time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture
def application(settings, tmp_path) -> Iterator[int]:
    """The port of a running server with one worker: eight threads, fewer than slow visitors."""
    make_key_ring(settings.keys)
    port = free_port()
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "WEB_CONCURRENCY": "1",
        "DATABASE_URL": settings.database_url,
        "SURVEYAPP_INSTANCE": str(settings.instance),
        "SURVEYAPP_BASE_URL": "http://localhost",
    }
    command = [sys.executable, "-m", "surveyapp", "run", "--port", str(port)]
    with (
        (tmp_path / "log").open("w") as log,
        running(command, env=environment, stdout=log, stderr=log),
    ):
        wait_for(f"http://127.0.0.1:{port}/health")
        yield port


def nginx(folder: Path, upstream: int, port: int) -> list[str]:
    """The command that runs nginx with our file: its names, certificates and ports are changed, no more."""
    shipped = (FOLDER / "nginx.conf").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    first, second = [m.start() for m in re.finditer(r"^server \{", shipped, re.MULTILINE)]
    site = shipped[:first] + shipped[second:]
    site = re.sub(r"^\s*listen \[::\].*\n|^\s*ssl_.*\n", "", site, flags=re.MULTILINE)
    site = re.sub(r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};", site)
    site = site.replace("/var/log/nginx/khaosat.log", str(folder / "nginx.log"))
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"pid {folder}/pid;\ndaemon off;\nuser root;\nevents {{ worker_connections 512; }}\n"
        f"http {{\n{places}{site}\n}}\n"
    )
    return ["nginx", "-c", str(file), "-e", str(folder / "nginx.log")]


def caddy(folder: Path, upstream: int, port: int) -> list[str]:
    """The command that runs Caddy with our file, likewise."""
    site = (FOLDER / "Caddyfile").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    site = site.replace("khaosat.example.vn {", f"http://127.0.0.1:{port} {{", 1)
    site = site.replace("\tlog {", "\tadmin off\n\tlog {", 1)
    file = folder / "Caddyfile"
    file.write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)]


def slow_visitor(port: int) -> socket.socket:
    """A post of a thousand bytes of which one has come."""
    visitor = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    visitor.sendall(
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\n".encode()
        + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nc"
    )
    return visitor


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_slow_visitors_hold_up_nobody(proxy, application, tmp_path):
    port = free_port()
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    with ExitStack() as stack:
        quiet = subprocess.DEVNULL
        command = proxy(tmp_path, application, port)
        stack.enter_context(running(command, env=environment, stdout=quiet, stderr=quiet))
        wait_for(f"http://127.0.0.1:{port}/health")
        for _visitor in range(SLOW):
            stack.enter_context(slow_visitor(port))
        for _page in range(3):
            assert status(f"http://127.0.0.1:{port}/") == 200
