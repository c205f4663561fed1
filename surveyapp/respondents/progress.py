"""How far the reading of a file is, told while it goes on."""

import sys
from collections.abc import Callable

STAGES = ("unpacking", "reading", "checking", "comparing")
EVERY = 1000
"""Rows between two reports."""

Progress = Callable[[str, int, int], None]
"""Called with a stage, the rows done and the rows in all (0, 0 where rows are not counted)."""


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """For callers who wait in silence."""


_has_parent = True


def tell_nobody() -> None:
    """From now on this process reports to no parent: nobody reads its standard error."""
    global _has_parent
    _has_parent = False


def tell_parent(stage: str, done: int, total: int) -> None:
    """From the reading child process to the one that waits: a line on standard error now and then."""
    if _has_parent and not done % EVERY:
        sys.stderr.write(f"{stage} {done} {total}\n")
        sys.stderr.flush()
