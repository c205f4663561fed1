"""The check of a release folder: its manifest, its signature, its files, and then what they say."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .contents import content_faults
from .ddi import ddi_faults
from .ed25519 import is_signed
from .faults import ReleaseFault
from .layout import FORMAT, FORMAT_OF_KINDS, MANIFEST, NEEDED, SCHEMA, SIGNATURE, UNLISTED
from .schema import misfits
from .tables import table_faults


def verify(folder: Path, *, key: str | None = None) -> list[ReleaseFault]:
    """Every fault of a release folder; empty when it is whole.

    `key` is the public key that the sender named by another way; without it any key will do.
    The codes are listed in docs/release-contract.md.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [ReleaseFault(MANIFEST, "no_manifest", type(error).__name__)]
    if isinstance(manifest, dict) and manifest.get("format", FORMAT) not in (
        FORMAT,
        FORMAT_OF_KINDS,
    ):
        return [ReleaseFault(MANIFEST, "unknown_format", str(manifest["format"]))]
    faults = [
        ReleaseFault(MANIFEST, "manifest_shape", where) for where in misfits(manifest, SCHEMA)
    ]
    if faults:
        return faults
    faults = sorted([*_signature_faults(folder, manifest, key), *_file_faults(folder, manifest)])
    # Only whole files are worth reading, and only tables of the right shape worth counting in.
    faults = faults or sorted([*table_faults(folder), *ddi_faults(folder)])
    return faults or sorted(content_faults(folder, manifest))


def _signature_faults(
    folder: Path, manifest: Mapping[str, Any], key: str | None
) -> Iterator[ReleaseFault]:
    signing_key = manifest["signing"]["public_key"]
    if key is not None and signing_key != key.strip().lower():
        yield ReleaseFault(MANIFEST, "other_key", signing_key)
    try:
        signature = bytes.fromhex((folder / SIGNATURE).read_text(encoding="ascii").strip())
        sound = is_signed(bytes.fromhex(signing_key), (folder / MANIFEST).read_bytes(), signature)
    except (OSError, ValueError):
        sound = False
    if not sound:
        yield ReleaseFault(SIGNATURE, "bad_signature", "")


def _file_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    listed = {file["path"]: file for file in manifest["files"]}
    for needed in NEEDED:
        if needed not in listed:
            yield ReleaseFault(needed, "missing_file", "manifest")
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or (path.is_file() and name not in listed and name not in UNLISTED):
            yield ReleaseFault(name, "extra_file", "")
    for name, file in listed.items():
        path = folder / name
        if Path(name).is_absolute() or ".." in Path(name).parts or not path.is_file():
            yield ReleaseFault(name, "missing_file", "")
            continue
        if path.stat().st_size != file["bytes"]:
            yield ReleaseFault(name, "bytes", f"{path.stat().st_size} != {file['bytes']}")
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        if digest != file["sha256"]:
            yield ReleaseFault(name, "sha256", digest)
