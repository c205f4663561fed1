"""A real server of the survey on a free port, for the tests that need more than the test client."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surveyapp.config import Settings
from surveyapp.keys import make_key_ring
from tests.ports import free_port

PATIENCE = 20
"""Seconds in which a page must come, whoever else is there."""


@contextmanager
def running(command: list[str], **options) -> Iterator[subprocess.Popen]:
    """The process while the block runs; then it is asked to end."""
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


@contextmanager
def serving(settings: Settings, folder: Path, base_url: str = "") -> Iterator[int]:
    """The port of a running server with one worker; its log goes to `folder/log`."""
    make_key_ring(settings.keys)
    port = free_port()
    environment = {
        **os.environ,
        "HOME": str(folder),
        "WEB_CONCURRENCY": "1",
        "DATABASE_URL": settings.database_url,
        "SURVEYAPP_INSTANCE": str(settings.instance),
        "SURVEYAPP_BASE_URL": base_url or f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "surveyapp", "run", "--port", str(port)]
    with (
        (folder / "log").open("w") as log,
        running(command, env=environment, stdout=log, stderr=log) as server,
    ):
        wait_for(f"http://127.0.0.1:{port}/health", server)
        yield port


def status(address: str) -> int:
    """The status of a page, 0 where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def wait_for(address: str, server: subprocess.Popen | None = None) -> None:
    """Until the page answers; fails as soon as the server has ended by itself.

    A server that lives is given ten minutes: a machine that stands still for a while is not its fault.
    """
    until = time.monotonic() + 600
    while status(address) != 200:
        assert server is None or server.poll() is None, "the server ended by itself"
        assert time.monotonic() < until, f"{address} does not answer"
        time.sleep(0.1)
