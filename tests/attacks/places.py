"""Where sheets lie in the files of a database, and in its write-ahead log."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from tests.attacks.scene import Scene

PAGE = {"sqlite": 4096, "postgresql": 8192}
PATTERNS = {
    "naive": re.compile(rb"=((?:[0-9]{0,2}\|){15,}[0-9]{0,2})="),
    "real": re.compile(rb'(\{"[A-Z0-9-]+": ?"[0-9]+"(?:, ?"[A-Z0-9-]+": ?"[0-9]+")*\})'),
}


def files(folder: Path) -> Iterator[Path]:
    """Every file, folder by folder, in the order of names."""
    for inner, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(inner, name) for name in sorted(names))


def in_files(scene: "Scene", side: str) -> dict[str, tuple[int, int, int]]:
    """The first place of each sheet in the tables: file, page, and how far from the end of the page."""
    postgres = scene.engine.dialect.name == "postgresql"
    if postgres:
        with scene.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
    page, known = PAGE[scene.engine.dialect.name], _sheets(scene, side)
    first_seen: dict[str, tuple[int, int, int]] = {}
    for number, path in enumerate(files(scene.files / "base" if postgres else scene.files)):
        with suppress(OSError):
            for told, offset in _told(path.read_bytes(), side):
                if told in known:
                    location = (number, offset // page, -(offset % page))
                    first_seen.setdefault(known[told], location)
    return first_seen


def archive(scene: "Scene") -> None:
    """Read what the log gained since the last time and note sheets that were not there before."""
    postgres = scene.engine.dialect.name == "postgresql"
    gained = [_since(scene)] if postgres else [path.read_bytes() for path in _logs(scene)]
    for side, noted in scene.log.items():
        known, seen = _sheets(scene, side), set(noted)
        for content in gained:
            for told, _ in _told(content, side):
                if told in known and known[told] not in seen:
                    seen.add(known[told])
                    noted.append(known[told])


def _logs(scene: "Scene") -> Iterator[Path]:
    return (path for path in files(scene.files) if path.name.endswith("-wal"))


def _since(scene: "Scene") -> bytes:
    """PostgreSQL's log from where it was last read to its end, in the order in which it was written.

    Not file by file: a segment no longer needed is renamed to come after the others, with its old
    content, whenever anybody on the same server makes it write a checkpoint.
    """
    with scene.engine.connect() as connection:
        timeline, end = connection.execute(
            text(
                "SELECT timeline_id, CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS bigint) "
                "FROM pg_control_checkpoint()"
            )
        ).one()
        size = connection.execute(
            text("SELECT bytes_per_wal_segment FROM pg_control_init()")
        ).scalar_one()
        connection.rollback()
    at, scene.log_read = scene.log_read or end // size * size, end
    content = b""
    while at < end:
        segment, offset = divmod(at, size)
        high, low = divmod(segment, 0x100000000 // size)
        length = min(size - offset, end - at)
        path = scene.files / "pg_wal" / f"{timeline:08X}{high:08X}{low:08X}"
        with suppress(FileNotFoundError), path.open("rb") as log:
            log.seek(offset)
            content += log.read(length)
        at += length
    return content


def _told(content: bytes, side: str) -> Iterator[tuple[bytes, int]]:
    return ((match[1], match.start()) for match in PATTERNS[side].finditer(content))


def _sheets(scene: "Scene", side: str) -> dict[bytes, str]:
    """What a sheet looks like in the files."""
    if side == "naive":
        return {person.sheet.encode(): person.sheet for person in scene.people}
    return {_as_json(person): person.sheet for person in scene.people}


def _as_json(person) -> bytes:  # type: ignore[no-untyped-def]
    fields = ", ".join(
        f'"{item.id}": "{person.answers[item.id]}"'
        for item in person.form.instrument.items
        if item.id in person.answers
    )
    return f"{{{fields}}}".encode()
