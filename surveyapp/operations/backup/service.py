"""A backup: the database and the files of the instance, in one encrypted file that was read back."""

import gzip
import hashlib
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp import schema
from surveyapp.db import reading
from surveyapp.operations.backup import database_copy, sealed_file
from surveyapp.operations.backup.errors import BackupUnreadable
from surveyapp.operations.installation import ownership
from surveyapp.operations.models import BackupRecord
from surveyapp.version import VERSION

SUFFIX = ".backup"
STORED, LOCAL = ("releases", "maps"), ("outbox", "spool")
PARTS = (*STORED, *LOCAL)
"""Folders of the store and of the instance that go along. Never: the key ring, private halves of box keys, secrets of
drafts. With one of them a backup alone would open what it must not."""


@dataclass(frozen=True)
class Backup:
    """One backup that was taken and read back."""

    path: Path
    taken_at: datetime
    size: int
    digest: str
    revision: str
    members: tuple[str, ...]


def take(
    folder: Path, *, url: str, instance: Path, store: Path, recipient: str, now: datetime
) -> Backup:
    """Write a backup into `folder` and read it back. The moment it speaks for is `now`.

    Raises `ProgramFailed`, and `BackupUnreadable` where what was written does not read the same.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with reading() as db:
        installation = ownership.find(db)
        identity = installation.identity if installation else ""
        revision = schema.revision(db.connection()) or ""
        fingerprints = {str(number): known for number, known in ownership.in_use(db).items()}
    path = folder / f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"
    facts = {
        "identity": identity,
        "taken_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "revision": revision,
        "engine": database_copy.engine_name(url),
        "version": VERSION,
        "keys": fingerprints,
    }
    fresh = path.with_suffix(".writing")
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".copy-") as scratch:
            copied = database_copy.copy(url, Path(scratch))
            with fresh.open("xb") as out:
                fresh.chmod(0o600)
                writer = sealed_file.Writer(out, facts, sealed_file.read_public(recipient))
                written = _pack(writer, copied, list(_files(instance, store)))
                writer.close()
        if _read_back(fresh, writer.key) != written:
            raise BackupUnreadable(fresh, "does not read back as it was written")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return Backup(path, now, path.stat().st_size, _digest(path), revision, tuple(written))


def _pack(
    writer: sealed_file.Writer, copied: Path, files: list[tuple[str, Path]]
) -> dict[str, str]:
    """Everything as a compressed archive; returns the digest of each member."""
    written: dict[str, str] = {}
    with (
        gzip.GzipFile(fileobj=writer, mode="wb", compresslevel=3) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        for name, path in [(copied.name, copied), *files]:
            written[name] = _digest(path)
            archive.add(path, arcname=name, recursive=False)
    return written


def place_of(part: str, *, instance: Path, store: Path) -> Path:
    """Where a folder of a backup lies."""
    return (store if part in STORED else instance) / part


def _files(instance: Path, store: Path) -> Iterator[tuple[str, Path]]:
    for part in PARTS:
        folder = place_of(part, instance=instance, store=store)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder.parent).as_posix(), path


def _read_back(path: Path, key: bytes) -> dict[str, str]:
    with opened(path, key) as archive:
        return {
            member.name: hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }


@contextmanager
def opened(path: Path, key: bytes) -> Iterator[tarfile.TarFile]:
    """The archive in a backup, to be read once from its beginning to its end."""
    stream = BufferedReader(sealed_file.Reader(path, key))
    try:
        with (
            gzip.GzipFile(fileobj=stream) as packed,
            tarfile.open(fileobj=packed, mode="r|") as archive,
        ):
            yield archive
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as exc:
        raise BackupUnreadable(path, "altered or cut short") from exc


def verify(path: Path, secret: str) -> int:
    """Read a whole backup with the secret key; how many files it holds. Raises `BackupUnreadable`."""
    key = sealed_file.unwrap(path, sealed_file.read_secret(secret))
    return len(_read_back(path, key))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record(db: Session, backup: Backup) -> None:
    """Let the database know, so that the doctor and the alarms know the age of the last one."""
    db.merge(
        BackupRecord(
            digest=backup.digest,
            taken_at=backup.taken_at,
            size=backup.size,
            revision=backup.revision,
        )
    )


def last(db: Session) -> BackupRecord | None:
    """The newest backup that was taken."""
    return db.scalars(select(BackupRecord).order_by(BackupRecord.taken_at.desc()).limit(1)).first()


def rotate(folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups of the folder; returns what went."""
    backups = sorted(folder.glob(f"*{SUFFIX}"), reverse=True)
    return _removed(backups[max(keep, 1) :])


def _removed(paths: Iterable[Path]) -> list[Path]:
    gone = []
    for path in paths:
        path.unlink()
        gone.append(path)
    return gone
