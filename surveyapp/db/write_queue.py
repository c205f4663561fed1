"""Single statements that commit by themselves, in order: how a save waits for its turn to write.

PostgreSQL runs such a statement in one round trip and joins the commits of many by itself. SQLite has one
writer at a time and lets the others sleep and ask again, for longer and longer. Here they stand in a queue
instead: the threads of a process leave their statements to whoever is in front, who takes the file's turn,
runs all that wait in one transaction and tells each what became of its own. Between processes a lock on a
file beside the database gives the turn, in the order in which they came.
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from surveyapp.db import prepared

MOST = 64
"""Statements of one commit: nobody in front waits for an endless queue behind."""


@dataclass(eq=False)
class _Waiting:
    """One statement in the queue and what became of it."""

    text: str
    values: Any
    done: threading.Event = field(default_factory=threading.Event)
    changed: int = 0
    fault: BaseException | None = None
    leads: bool = False


class WriteQueue:
    """The writers of one process on one SQLite file."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.turn = FileTurn(engine.url.database)
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._is_led = False

    def write(self, text: str, values: Any) -> int:
        """Run the statement in its turn and commit it; how many rows it changed."""
        mine = _Waiting(text, values)
        with self._lock:
            self._waiting.append(mine)
            mine.leads = not self._is_led
            self._is_led = True
        if not mine.leads:
            mine.done.wait()
        if mine.leads:
            self._lead()
        if mine.fault is not None:
            raise mine.fault
        return mine.changed

    def _lead(self) -> None:
        """Write for all who wait, once; then the next in the queue leads, or nobody."""
        batch: list[_Waiting] = []
        try:
            with self.turn.taken():
                with self._lock:
                    while self._waiting and len(batch) < MOST:
                        batch.append(self._waiting.popleft())
                self._commit_each(batch)
        except BaseException as fault:
            for each in batch:
                each.fault = fault
            raise
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._is_led = following is not None
                if following is not None:
                    following.leads = True
            for each in batch:
                each.done.set()
            if following is not None:
                following.done.set()

    def _commit_each(self, batch: list[_Waiting]) -> None:
        """All in one commit; where that fails, each by itself, so that one takes no other along."""
        try:
            self._commit(batch)
        except DBAPIError:
            if len(batch) == 1:
                raise
            for each in batch:
                try:
                    self._commit([each])
                except DBAPIError as fault:
                    each.fault = fault

    def _commit(self, batch: list[_Waiting]) -> None:
        with prepared.lent(self._engine) as connection:
            prepared.run(connection, "BEGIN IMMEDIATE", ())
            for each in batch:
                each.changed = prepared.run(connection, each.text, each.values)
            connection.commit()


class FileTurn:
    """The turn to write on one SQLite file: among threads a lock, among processes one on a file beside it."""

    def __init__(self, database: str | None) -> None:
        self._path = f"{database}-turn" if database and database != ":memory:" else None
        self._threads = threading.Lock()
        self._file: int | None = None
        self._process = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn, asleep until the kernel gives it, and hand it on afterwards."""
        with self._threads:
            if self._path is None:
                yield
                return
            file = self._opened(self._path)
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def _opened(self, path: str) -> int:
        """A file of this very process: one that a fork brought along would share its lock."""
        if self._file is None or self._process != os.getpid():
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._process = os.getpid()
        return self._file
