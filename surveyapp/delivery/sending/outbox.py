"""A worker's note of what it has just handed over, so that a killed worker is not repeated.

The database learns of messages in groups. A line written to a file survives the death of the process
(not of the machine: there the lease runs out, and at most one group goes out twice with the same
link and Message-ID). A line holds the delivery's id and the server's reference, no address.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

SUFFIX = ".outbox"


class Outbox:
    """The file of one worker, locked while it lives: whoever can lock another's knows that it is dead."""

    def __init__(self, folder: Path, worker: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder, self.worker = folder, worker
        self._file = os.open(
            folder / f"{worker}{SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600
        )
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def note(self, delivery_id: UUID, invitation_id: UUID, reference: str) -> None:
        """Remember that this message was taken."""
        line = json.dumps([delivery_id.hex, invitation_id.hex, reference]) + "\n"
        os.write(self._file, line.encode())

    def clear(self) -> None:
        """The database knows everything noted so far."""
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Take the file away; nothing may be left in it."""
        (self.folder / f"{self.worker}{SUFFIX}").unlink(missing_ok=True)
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:  # what is noted and not settled waits for the next worker
            os.close(self._file)

    def orphans(self) -> Iterator[tuple[str, list[tuple[UUID, UUID, str]]]]:
        """(worker, what it had handed over) of every dead worker of this machine.

        Its file is removed once the caller comes back for the next: settle first.
        """
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            if path.stem == self.worker:
                continue
            try:
                file = os.open(path, os.O_RDWR)
            except FileNotFoundError:
                continue
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                continue
            try:
                yield path.stem, list(_read(path))
                path.unlink(missing_ok=True)
            finally:
                os.close(file)


def _read(path: Path) -> Iterator[tuple[UUID, UUID, str]]:
    try:
        text = path.read_text()
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            delivery_id, invitation_id, reference = json.loads(line)
        except ValueError:
            continue  # the process died within the line
        yield UUID(delivery_id), UUID(invitation_id), reference
