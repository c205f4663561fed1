"""Handing releases to the scoring stage over HTTP: who may fetch, which file, on record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from surveyapp import clock, limits
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign
from surveyapp.exports.errors import ReleaseAltered, ReleaseAway, UnknownFile
from surveyapp.exports.formats import csv_files
from surveyapp.exports.models import Release
from surveyapp.exports.release import building, kept_files
from surveyapp.exports.release.kept_files import RELEASES
from surveyapp.exports.release.manifest import MANIFEST
from surveyapp.exports.verify import SIGNATURE
from surveyapp.fieldwork.errors import TokenRefused
from surveyapp.fieldwork.reports import readers
from surveyapp.keys import KeyRing
from surveyapp.store import BucketAway, Store

WINDOW = timedelta(minutes=10)
MOST_REFUSALS = 20
MOST_FETCHES = 1000
"""Requests of one token in one window: thirty times all files of a release."""


@dataclass(frozen=True)
class AdmittedReader:
    """A live token for the releases of the campaign."""

    token_id: str
    name: str


@dataclass(frozen=True)
class TurnedAway:
    """Not admitted. `retry_after` in seconds where it asked too often, else None."""

    retry_after: int | None = None


@dataclass(frozen=True)
class ReleaseFile:
    """A file of a release as registered: where it is, its bytes and its SHA-256 in hexadecimal."""

    release: Release
    name: str
    path: Path
    sha256: str


def admit(
    db: Session, campaign: Campaign, token: str, *, address: str, now: datetime, keys: KeyRing
) -> AdmittedReader | TurnedAway:
    """Who asks. A refusal is returned, not raised, because its count must be committed."""
    today = clock.day(now)
    network = keys.mac("limits", f"release|{today.isoformat()}|{address}".encode())
    failures, successes = limits.attempts(db, network, now=now, window=WINDOW)
    if failures >= MOST_REFUSALS and failures > 2 * successes:
        return TurnedAway(_rest(now))
    try:
        kind = readers.RELEASES
        admitted = readers.reader(db, token, campaign_id=campaign.id, today=today, scope=kind)
    except TokenRefused:
        limits.count_attempt(db, network, succeeded=False, now=now, window=WINDOW)
        return TurnedAway()
    own = keys.mac("limits", f"release-token|{admitted.id}".encode())
    if limits.attempts(db, own, now=now, window=WINDOW)[1] >= MOST_FETCHES:
        return TurnedAway(_rest(now))
    for key in (network, own):
        limits.count_attempt(db, key, succeeded=True, now=now, window=WINDOW)
    readers.mark_token_used(db, admitted.id, today=today)
    return AdmittedReader(str(admitted.id), admitted.name)


def _rest(now: datetime) -> int:
    length = int(WINDOW.total_seconds())
    return length - int(now.timestamp()) % length


def ready(
    db: Session, campaign_id: int, *, store: Store
) -> Iterator[tuple[Release, dict[str, Any]]]:
    """Registered releases whose files are on this machine, with their manifests, the newest first.

    `store` as in `kept_files.folder_of`. What is being written is not registered, so it is not among them.
    """
    for one in building.releases(db, campaign_id):
        try:
            yield (
                one,
                kept_files.read_manifest(one, kept_files.folder_of(one, store=store)),
            )
        except (ReleaseAway, ReleaseAltered):
            continue


def find(db: Session, campaign_id: int, number: int, name: str, *, store: Store) -> ReleaseFile:
    """The file `name` of a release: one that its manifest names, the manifest, or its signature.

    The name is looked up, never joined to a path. Raises `UnknownFile`, `ReleaseAway`, `ReleaseAltered`.
    """
    registered = next((r for r in building.releases(db, campaign_id) if r.number == number), None)
    if registered is None:
        raise UnknownFile(number, name)
    folder = kept_files.folder_of(registered, store=store)
    manifest = kept_files.read_manifest(registered, folder)
    sums = {str(one["path"]): str(one["sha256"]) for one in manifest["files"]}
    sums[MANIFEST] = registered.manifest_sha256
    if name == SIGNATURE:
        sums[SIGNATURE] = _sum(folder / SIGNATURE, number)
    if name not in sums:
        raise UnknownFile(number, name)
    listed = {entry: folder / entry for entry in sums}
    if _sum(listed[name], number) != sums[name]:
        raise ReleaseAltered(number)
    return ReleaseFile(registered, name, listed[name], sums[name])


def find_archive(db: Session, campaign_id: int, number: int, *, store: Store) -> ReleaseFile:
    """The same files as one zip. Raises as `find`."""
    manifest = find(db, campaign_id, number, MANIFEST, store=store)
    folder = manifest.path.parent
    archive = folder.with_name(folder.name + ".zip")
    if not archive.exists():
        try:
            archive = store.bring(f"{RELEASES}/{archive.name}")
        except BucketAway as exc:
            raise ReleaseAway(number, archive) from exc
    return ReleaseFile(manifest.release, archive.name, archive, _sum(archive, number))


def record(
    db: Session,
    campaign: Campaign,
    who: AdmittedReader,
    file: ReleaseFile,
    *,
    now: datetime,
    keys: KeyRing,
) -> None:
    """Enter one fetch in the audit trail."""
    audit.record(
        db,
        Act(f"token: {who.name}", now, keys),
        Action.RELEASE_FILE_FETCHED,
        campaign_code=campaign.code,
        facts={
            "token": who.token_id,
            "number": file.release.number,
            "file": file.name,
            "sha256": file.sha256,
        },
    )


def _sum(path: Path, number: int) -> str:
    try:
        seen = path.stat()
    except OSError as exc:
        raise ReleaseAway(number, path) from exc
    return _sum_of(path, seen.st_size, seen.st_mtime_ns, seen.st_ino)


@lru_cache(maxsize=512)
def _sum_of(path: Path, _size: int, _changed: int, _inode: int) -> str:
    return csv_files.sha256(path)
