"""The server as it is run: gunicorn answers, and its log holds nothing about who came."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from surveyapp.keys import make_key_ring
from tests.ports import free_port

LINK = "/t/7123456789012345~forged"


@pytest.fixture
def address(settings, tmp_path: Path) -> Iterator[str]:
    """A running server on a free port; its log goes to `tmp_path/log`."""
    make_key_ring(settings.keys)
    port = free_port()
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "WEB_CONCURRENCY": "1",
        "DATABASE_URL": settings.database_url,
        "SURVEYAPP_INSTANCE": str(settings.instance),
        "SURVEYAPP_BASE_URL": f"http://127.0.0.1:{port}",
    }
    with (tmp_path / "log").open("w") as log:
        command = [sys.executable, "-m", "surveyapp", "run", "--port", str(port)]
        with subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server:
            try:
                _wait(f"http://127.0.0.1:{port}/health", server)
                yield f"http://127.0.0.1:{port}"
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=60)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert server.poll() is None, "the server ended by itself"
        if _status(address) == 200:
            return
        time.sleep(0.1)
    raise AssertionError("the server did not answer within a minute")


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def test_the_server_answers_and_its_log_names_neither_link_nor_address(address, tmp_path):
    assert _status(address + LINK) == 404
    assert _status(address + "/no/such/page?code=7123456789012345") == 404
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as raw:
        raw.sendall(b"NOT HTTP 7123456789012345\r\n\r\n")
        assert b"400" in raw.recv(200)
    written = (tmp_path / "log").read_text()
    assert "TamperedLink" in written
    for secret in ("7123456789012345", "/t/7", "no/such", "127.0.0.1"):
        assert secret not in written
    assert not (tmp_path / ".gunicorn").exists()  # no control socket
