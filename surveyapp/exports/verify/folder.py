"""The check of a release folder: its manifest, its signature, its files, and then what they say."""

import csv
import hashlib
import json
import re
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from .checks.cross import cross_faults
from .checks.described import described_faults
from .checks.formats import format_faults
from .contents import content_faults
from .ddi import ddi_faults
from .ed25519 import is_signed
from .faults import ReleaseFault
from .layout import (
    DOCUMENTS,
    FORMAT,
    FORMAT_OF_KINDS,
    MANIFEST,
    NEEDED,
    OPTIONAL,
    SCHEMA,
    SIGNATURE,
    UNLISTED,
)
from .schema import misfits
from .tables import table_faults

MOST_BYTES, MOST_FILES = 2_000_000_000, 1_000
"""That a zip may unpack to."""

UNREADABLE = (
    ValueError, LookupError, TypeError, ArithmeticError, AttributeError, OSError, EOFError, RecursionError, csv.Error,
    ParseError, zipfile.BadZipFile, zlib.error, NotImplementedError,
)  # fmt: skip
"""What readers raise over a file that is none of its kind."""


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
        except (*UNREADABLE, RuntimeError) as error:
            return [ReleaseFault(release.name, "bad_zip", str(error)[:80])]


def unpacked(archive: Path, scratch: Path) -> Path:
    """The one folder that the zip holds, unpacked below `scratch`. Raises `ValueError` for anything else."""
    with zipfile.ZipFile(archive) as packed:
        members = packed.infolist()
        names = [one.filename for one in members if not one.is_dir()]
        tops = {name.partition("/")[0] for name in names}
        # the library cuts a name at a NUL, and leaves a link a file that holds where it led
        strange = [
            one.filename for one in members if one.orig_filename != one.filename or _is_odd(one)
        ]
        if len(tops) != 1 or strange or len({name.casefold() for name in names}) != len(names):
            raise ValueError("not the folder of one release")
        if sum(one.file_size for one in members) > MOST_BYTES or len(members) > MOST_FILES:
            raise ValueError("too large")
        packed.extractall(scratch)
    return scratch / tops.pop()


def _is_odd(member: zipfile.ZipInfo) -> bool:
    """No folder or plain file, or nowhere below the folder."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    parts = member.filename.split("/")
    return (
        kind not in (0, stat.S_IFREG, stat.S_IFDIR)
        or "\\" in member.filename
        or bool({"", ".", ".."} & set(parts[:-1] if member.is_dir() else parts))
    )


def _verify_folder(folder: Path, key: str | None, *, formats: bool) -> list[ReleaseFault]:
    try:
        manifest = json.loads(
            (folder / MANIFEST).read_text(encoding="utf-8"),
            object_pairs_hook=_once,
            parse_constant=_none,
        )
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
    faults = faults or sorted([*_read("tables", table_faults, folder), *ddi_faults(folder)])
    if faults:
        return faults
    told = [
        *_read("contents", content_faults, folder, manifest),
        *_read("cross", cross_faults, folder, manifest),
        *_read("described", described_faults, folder, manifest),
    ]
    if formats:
        told += _read("formats", format_faults, folder)
    return sorted(told)


def _read(
    name: str, check: Callable[..., Iterable[ReleaseFault]], *arguments: Any
) -> list[ReleaseFault]:
    """What a check finds; where it cannot read on, that is a fault, and what it found until then stands."""
    faults: list[ReleaseFault] = []
    try:
        faults.extend(check(*arguments))
    except UNREADABLE as error:
        faults.append(
            ReleaseFault(MANIFEST, "unreadable", f"{name}: {type(error).__name__} {error}"[:120])
        )
    return faults


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """No name stands twice in an object: readers would not agree which one counts."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def _none(constant: str) -> Any:
    """NaN and Infinity are no JSON."""
    raise ValueError(constant)


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
    needed = {*NEEDED, *DOCUMENTS}
    needed |= {f"questionnaires/{one['code']}.json" for one in manifest["instruments"]}
    for path in sorted(needed - set(listed)):
        yield ReleaseFault(path, "missing_file", "manifest")
    for path in sorted(set(listed) - needed - set(OPTIONAL)):
        yield ReleaseFault(path, "extra_file", "manifest")
    for standing in folder.rglob("*"):
        name = standing.relative_to(folder).as_posix()
        if standing.is_symlink() or (
            not standing.is_dir() and name not in listed and name not in UNLISTED
        ):
            yield ReleaseFault(name, "extra_file", "")
    for name, file in listed.items():
        listed_file = folder / name
        if name not in needed and name not in OPTIONAL:
            continue  # told above, and nobody knows where its path leads
        if not listed_file.is_file():
            yield ReleaseFault(name, "missing_file", "")
            continue
        if listed_file.stat().st_size != file["bytes"]:
            yield ReleaseFault(name, "bytes", f"{listed_file.stat().st_size} != {file['bytes']}")
        with listed_file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        if digest != file["sha256"]:
            yield ReleaseFault(name, "sha256", digest)
