"""Where the files of a registered release are on this machine, and that they are those registered."""

import json
from pathlib import Path
from typing import Any

from surveyapp.exports.errors import ReleaseAltered, ReleaseAway
from surveyapp.exports.formats import csv_files
from surveyapp.exports.models import Release
from surveyapp.exports.release.manifest import MANIFEST
from surveyapp.store import BucketAway, Store

RELEASES = "releases"
"""The part of the store in which releases are."""


def folder_of(registered: Release, *, store: Store | None, beside: Path | None = None) -> Path:
    """Where the files of a release are on this machine, brought here from the store if need be; `beside` is
    where else releases are put. Raises `ReleaseAway`."""
    built = Path(registered.folder)
    try:
        brought = store.bring(f"{RELEASES}/{built.name}") if store else built
    except BucketAway as exc:
        raise ReleaseAway(registered.number, built) from exc
    for folder in (brought, (beside or built.parent) / built.name, built):
        if (folder / MANIFEST).is_file():
            return folder
    raise ReleaseAway(registered.number, built)


def read_manifest(registered: Release, folder: Path) -> dict[str, Any]:
    """The manifest, if it is the one the register knows. Raises `ReleaseAltered`."""
    if csv_files.sha256(folder / MANIFEST) != registered.manifest_sha256:
        raise ReleaseAltered(registered.number)
    content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return content


def files_of(registered: Release, folder: Path, paths: list[str]) -> list[Path]:
    """Those files of a release, each the one its manifest names. Raises `ReleaseAltered`."""
    sums = {one["path"]: one["sha256"] for one in read_manifest(registered, folder)["files"]}
    for path in paths:
        if not (folder / path).is_file() or csv_files.sha256(folder / path) != sums.get(path):
            raise ReleaseAltered(registered.number)
    return [folder / path for path in paths]
