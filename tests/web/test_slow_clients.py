"""Sixty visitors who send a byte and wait hold up nobody, behind either of the proxies we ship settings for."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.web.serving import PATIENCE, running, serving, status, wait_for

FOLDER = Path(__file__).parents[2] / "docs" / "proxy"
SLOW = 60


@pytest.fixture
def application(settings, tmp_path) -> Iterator[int]:
    """The port of a running server with one worker: eight threads, fewer than slow visitors."""
    with serving(settings, tmp_path, base_url="http://localhost") as port:
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
