"""How long a body may take to arrive, route by route: whoever sends a byte a second does not keep a thread.

The proxies that are shipped have limits of their own, and hand a body on once it is whole. This is for whatever
reaches the server past them. A reader waiting in the kernel is woken by closing the reading half of its connection.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import request
from werkzeug.exceptions import RequestTimeout

SECONDS = 15.0
UPLOAD_SECONDS = 120.0
"""12 MB over a line of 100 kB/s."""
_LOOKS_EVERY = 0.2

monotonic = time.monotonic


class TimedBody:
    """The body of one request, read until its time is over; raises `RequestTimeout` then."""

    def __init__(self, body: Any, connection: socket.socket | None, seconds: float) -> None:
        self._body, self._connection = body, connection
        self._until = monotonic() + seconds

    def read(self, size: int = -1) -> bytes:
        """As any stream's."""
        with self._watched():
            content: bytes = self._body.read(size)
        return content

    def readline(self, size: int = -1) -> bytes:
        """As any stream's."""
        with self._watched():
            line: bytes = self._body.readline(size)
        return line

    def readinto(self, buffer: bytearray) -> int:
        """As any stream's."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        self._check()
        if self._connection is not None:
            _watch(self._connection, self._until)
        try:
            yield
        finally:
            if self._connection is not None:
                _waiting.pop(self._connection, None)
        self._check()

    def _check(self) -> None:
        if monotonic() >= self._until:
            raise RequestTimeout


def limit(seconds: float) -> None:
    """Let the body of the present request arrive within so many seconds, or not at all."""
    environ = request.environ
    environ["wsgi.input"] = TimedBody(
        environ["wsgi.input"], environ.get("gunicorn.socket"), seconds
    )


_waiting: dict[socket.socket, float] = {}
_watching = threading.Lock()


def _watch(connection: socket.socket, until: float) -> None:
    """One thread looks after all bodies of the process while there are any; most arrive before it looks."""
    _waiting[connection] = until
    if _watching.acquire(blocking=False):
        threading.Thread(target=_look, name="slow bodies", daemon=True).start()


def _look() -> None:
    while True:
        try:
            while _waiting:
                time.sleep(_LOOKS_EVERY)
                for connection, until in list(_waiting.items()):
                    if monotonic() >= until and _waiting.pop(connection, None) is not None:
                        _wake(connection)
        finally:
            _watching.release()
        # Whoever came between the last look and the release found a thread that was about to end.
        if not _waiting or not _watching.acquire(blocking=False):
            return


def _wake(connection: socket.socket) -> None:
    with suppress(OSError):  # it is gone already
        connection.shutdown(socket.SHUT_RD)
