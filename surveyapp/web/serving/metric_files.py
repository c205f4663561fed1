"""The counters of processes that ended: added up in one file, so that weeks leave no thousand of them."""

import os
import re
import shutil
import struct
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict

PREFIX = "surveyapp-metrics-"
_DEAD = "ended"
UNREADABLE = (ValueError, OSError, struct.error)
"""What reading a file raises that is just being made, or whose process was killed while it made it."""


def make_folder(parent: Path) -> Path:
    """A folder for the counters of this master; those of masters that were killed go."""
    for folder in parent.glob(f"{PREFIX}*"):
        number = folder.name.removeprefix(PREFIX).partition("-")[0]
        mine = folder.stat().st_uid == os.geteuid()
        if mine and not (number.isdecimal() and Path("/proc", number).exists()):
            shutil.rmtree(folder, ignore_errors=True)
    folder = parent / f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}"
    folder.mkdir(mode=0o700)
    return folder


def fold(folder: Path, pid: int) -> None:
    """Add what a process counted to what all ended ones did, and remove its files."""
    for file in folder.glob(f"*_{pid}.db"):
        kind = file.name.partition("_")[0]
        if kind in {"counter", "histogram"}:
            _add(file, folder / f"{kind}_{_DEAD}.db")
        file.unlink(missing_ok=True)
    (folder / f"ready-{pid}").unlink(missing_ok=True)


def _add(source: Path, target: Path) -> None:
    total = MmapedDict(str(target))  # type: ignore[no-untyped-call]  # the library has no types here
    try:
        for key, value, timestamp, _at in MmapedDict.read_all_values_from_file(str(source)):  # type: ignore[no-untyped-call]  # the library has no types here
            before, _when = total.read_value(key)  # type: ignore[no-untyped-call]  # the library has no types here
            total.write_value(key, before + value, timestamp)  # type: ignore[no-untyped-call]  # the library has no types here
    except UNREADABLE:
        return  # it was killed while it made the file: the server must not fall for that
    finally:
        total.close()  # type: ignore[no-untyped-call]  # the library has no types here


def readable(folder: Path) -> list[str]:
    """The files that can be counted now, by path; one that is just being made is counted the next time."""
    return [str(file) for file in sorted(folder.glob("*.db")) if _is_readable(file)]


def _is_readable(file: Path) -> bool:
    try:
        for _one in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]  # the library has no types here
            pass
    except UNREADABLE:
        return False
    return True


def pids(folder: Path) -> set[int]:
    """The processes that have files there."""
    matches = (re.search(r"_([0-9]+)\.db$", one.name) for one in folder.glob("*.db"))
    return {int(one[1]) for one in matches if one}
