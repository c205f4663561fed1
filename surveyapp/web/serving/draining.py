"""A worker that, told to stop, first takes what waits at its door, and a reload that waits for the new ones."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

READY_WITHIN = 60
"""Seconds after which old workers go even if the new ones have not said that they are ready."""


class DrainingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Connections that the kernel has accepted for us would be reset when the last socket closes."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Before the door is closed, whoever stands before it comes in."""
        if not enabled and not self.alive:
            for listener in self.sockets:
                self._drain(listener)
        super().set_accept_enabled(enabled)

    def _drain(self, listener: Any) -> None:
        before = -1
        while before != self.nr_conns:
            before = self.nr_conns
            self.accept(listener)


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
