"""The check of a release folder: its manifest, its signature, its files, and then what they say."""

import hashlib
import json
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .checks.cross import cross_faults
from .checks.described import described_faults
from .checks.formats import format_faults
from .contents import content_faults
from .ddi import ddi_faults
from .ed25519 import is_signed
from .faults import ReleaseFault
from .layout import FORMAT, FORMAT_OF_KINDS, MANIFEST, NEEDED, SCHEMA, SIGNATURE, UNLISTED
from .schema import misfits
from .tables import table_faults

MOST_BYTES = 2_000_000_000
"""That a zip may unpack to."""


def verify(release: Path, *, key: str | None = None, formats: bool = False) -> list[ReleaseFault]:
    """Every fault of a release, a folder or the zip of one; empty when it is whole.

    `key` is the public key that the sender named by another way; without it any key will do. `formats` reads
    the files of other programs too, and raises `NoReader` where a library is missing.
    The codes are listed in docs/release-contract.md.
    """
    if release.is_dir():
        return _verify_folder(release, key, formats=formats)
    with tempfile.TemporaryDirectory(prefix="par-release-") as scratch:
        try:
            return _verify_folder(unpacked(release, Path(scratch)), key, formats=formats)
        except (OSError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
            return [ReleaseFault(release.name, "bad_zip", str(error)[:80])]


def unpacked(archive: Path, scratch: Path) -> Path:
    """The one folder that the zip holds, unpacked below `scratch`. Raises `ValueError` for anything else."""
    with zipfile.ZipFile(archive) as packed:
        names = [one.filename for one in packed.infolist() if not one.is_dir()]
        tops = {name.partition("/")[0] for name in names}
        strange = [n for n in names if n.startswith(("/", "\\")) or ".." in Path(n).parts]
        if len(tops) != 1 or strange or len(set(names)) != len(names):
            raise ValueError("not the folder of one release")
        if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
            raise ValueError("too large")
        packed.extractall(scratch)
    return scratch / tops.pop()


def _verify_folder(folder: Path, key: str | None, *, formats: bool) -> list[ReleaseFault]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
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
    if faults:
        return faults
    of_formats = format_faults(folder) if formats else []
    told = [*content_faults(folder, manifest), *cross_faults(folder, manifest)]
    return sorted([*told, *described_faults(folder), *of_formats])


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
    for path, times in Counter(file["path"] for file in manifest["files"]).items():
        if times > 1:
            yield ReleaseFault(path, "duplicate_path", str(times))
    number = f"{manifest['campaign']['code']}-release-{manifest['release']:03d}"
    if re.fullmatch(r".+-release-[0-9]{3,}", folder.name) and folder.name != number:
        yield ReleaseFault(folder.name, "other_name", number)
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
