"""How gunicorn serves: few processes, threads for waiting, nothing about a request in its log."""

import contextlib
import ctypes
import gc
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from surveyapp import traces
from surveyapp.web.serving import draining, metric_files

traces.leave_none()
umask = traces.UMASK
worker_class = "surveyapp.web.serving.draining.DrainingWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
worker_connections = 20
"""Threads × 2.5: what waits longer is better off in the proxy's queue than in ours."""
max_requests = 20_000
max_requests_jitter = 20_000
"""As wide again: workers that began together do not end together."""
keepalive = 75
"""Longer than the proxy keeps its connections (docs/proxy): a request never meets one that closes."""
timeout = 60
graceful_timeout = 30
"""Also longer than the proxy keeps them: by the end of a stop it has closed those that rest."""
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  memory, not disk
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"

_MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path("/tmp")  # noqa: S108
_COUNTERS = "PROMETHEUS_MULTIPROC_DIR"
if not Path(os.environ.get(_COUNTERS, "/nowhere")).is_dir():  # a reload reads this file again
    os.environ[_COUNTERS] = str(metric_files.make_folder(_MEMORY))


def _counters() -> Path:
    return Path(os.environ[_COUNTERS])


class QuietLogger(Logger):
    """gunicorn's log of failures, without the address of the caller or of the page."""

    def exception(self, msg: object, *_args: object, **_kwargs: object) -> None:  # noqa: ARG002
        kind = sys.exc_info()[0]
        super().error("failed outside the application: %s", kind.__name__ if kind else "unknown")

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        if "ip=" in str(msg):
            super().warning("a request was not valid HTTP")
        else:
            super().warning(msg, *args, **kwargs)


logger_class = QuietLogger


_MOST_ARENAS = -8
"""M_ARENA_MAX of glibc's mallopt: threads that take turns need no memory of their own to allocate from."""


def post_fork(_server: Any, _worker: Any) -> None:
    """Before the worker's first thread: what one of them gives back, all can take."""
    with contextlib.suppress(AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_MOST_ARENAS, 2)


def on_starting(server: Any) -> None:
    """The address is taken; the door opens when the first worker can answer."""
    draining.bind_only(server)


def post_worker_init(worker: Any) -> None:
    """The application is loaded: once it is warm a reload may end those before."""
    from surveyapp.web.desk import background  # the parent of the workers needs none of it
    from surveyapp.web.http import state
    from surveyapp.web.serving import warming

    warming.warm(worker.wsgi)
    if state.is_ours(worker.wsgi):  # benchmarks serve another beside it
        background.watch(state.keys_of(worker.wsgi))
    gc.collect()
    gc.freeze()  # what was loaded stays: no collection walks through it again
    worker.ready = draining.ready_file(_counters(), worker.pid)


def on_reload(server: Any) -> None:
    """Old workers go on until the new ones can answer."""
    draining.wait_for_new(server, _counters())


def child_exit(_server: Any, worker: Any) -> None:
    """Keep what a worker that ended has counted, forget its gauges and its files."""
    metric_files.fold(_counters(), worker.pid)


def on_exit(_server: Any) -> None:
    """Take the counters away with the server."""
    shutil.rmtree(_counters(), ignore_errors=True)
