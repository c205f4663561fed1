"""A door that opens when somebody can answer, and closes when nobody waits; a reload that waits for the new ones."""

import selectors
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.sock import TCP6Socket, TCPSocket
from gunicorn.workers.gthread import ThreadWorker

READY_WITHIN = 60
"""Seconds after which old workers go even if the new ones have not said that they are ready."""


class DrainingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Connections that the kernel has accepted for us would be reset when the last socket closes."""

    ready: Path | None = None
    """What it makes when it takes in the first."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """At a stop the door is closed at once, once whoever stands before it is in: while those inside are
        answered the kernel would let more people in, whom nobody would hear."""
        if enabled:
            for listener in self.sockets:
                self._open(listener)
        elif not self.alive:
            for listener in self.sockets:
                self._drain(listener)
        super().set_accept_enabled(enabled)
        if not (enabled or self.alive):
            for listener in self.sockets:
                listener.close()
        if enabled and self.ready is not None:
            self.ready.touch()
            self.ready = None

    def _open(self, listener: Any) -> None:
        try:
            listener.listen(self.cfg.backlog)
        except OSError as taken:  # another server was bound there too and listened first
            self.log.error("Connection in use: %s", taken)
            sys.exit(Arbiter.WORKER_BOOT_ERROR)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Who was told that the connection stays open is heard once more, and told then that it closes.

        Closed at once it would meet the proxy's next request on its way, and a post is not sent twice.
        """
        if self.alive or fs.cancelled() or fs.exception() or fs.result() is not True:
            super().finish_request(conn, fs)
            return
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.keepalived_conns.append(conn)
        again = partial(self.on_client_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, again)

    def _drain(self, listener: Any) -> None:
        before = -1
        while before != self.nr_conns:
            before = self.nr_conns
            self.accept(listener)


class _Door:
    """Bound, so that the address is ours, and shut until the first worker listens: the proxy goes to the next
    node meanwhile, where the kernel would have let people in to wait for our imports."""

    def set_options(self, sock: socket.socket, bound: bool = False) -> socket.socket:
        """gunicorn's own, without its last line, `listen`."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if not bound:
            sock.bind(self.cfg_addr)  # type: ignore[attr-defined]  # of gunicorn's socket
        sock.setblocking(False)
        sock.set_inheritable(True)
        return sock


class _DoorV4(_Door, TCPSocket):  # type: ignore[misc]  # gunicorn ships no types
    pass


class _DoorV6(_Door, TCP6Socket):  # type: ignore[misc]  # gunicorn ships no types
    pass


def bind_only(server: Any) -> None:
    """Take the addresses of TCP without listening there; of anything else gunicorn takes care."""
    addresses = server.cfg.address
    if server.master_pid or not all(isinstance(one, tuple) for one in addresses):
        return
    doors = []
    for one in addresses:
        kind = _DoorV6 if ":" in one[0] else _DoorV4
        try:
            doors.append(kind(one, server.cfg, server.log))
        except OSError:  # gunicorn tries again, and says why it gives up
            for door in doors:
                door.close()
            return
    server.LISTENERS = doors


def ready_file(folder: Path, pid: int) -> Path:
    """What a worker makes when it can answer."""
    return folder / f"ready-{pid}"


def wait_for_new(server: Any, folder: Path) -> None:
    """Let this reload kill the old workers only when every new one can answer: nobody waits for imports."""
    before: int = server.worker_age
    plain: Callable[[], None] = server.manage_workers

    def manage() -> None:
        server.manage_workers = plain
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end and not _are_ready(server, folder, before):
            time.sleep(0.05)
            server.reap_workers()
            for worker in list(server.WORKERS.values()):
                worker.tmp.notify()  # the arbiter looks at nobody's pulse meanwhile
        plain()

    server.manage_workers = manage


def _are_ready(server: Any, folder: Path, before: int) -> bool:
    fresh = [pid for pid, worker in list(server.WORKERS.items()) if worker.age > before]
    return len(fresh) >= server.num_workers and all(
        ready_file(folder, pid).exists() for pid in fresh
    )
