"""Ports for servers that are started by number, or stopped and started again on the same one."""

import os
import random
import socket
from itertools import islice

LOWEST, EACH = 20_000, 2_000
"""Below the range from which systems lend ports to whoever connects: nobody takes one by chance meanwhile."""


def free_port() -> int:
    """A port of this machine that nobody listens on; every worker of a run has a range of its own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 6
    first = LOWEST + worker * EACH
    for port in islice(iter(lambda: random.randrange(first, first + EACH), None), EACH):
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
