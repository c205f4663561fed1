"""The environment file and systemd's units as this installation needs them."""

import os
import pwd
import shutil
from collections.abc import Mapping
from pathlib import Path

from surveyapp.config import PROJECT

UNITS = PROJECT / "deploy" / "systemd"


def make_folder(folder: Path) -> None:
    """A folder that others may pass through, whatever this process masks; one that is there stays as it is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def make_own_folder(folder: Path) -> None:
    """A folder of the services' user alone: a service may write into it, and not make it."""
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def write_environment(path: Path, settings: Mapping[str, str], *, user: str) -> None:
    """Never overwrites: what stands there holds passwords that are nowhere else."""
    make_folder(path.parent)
    lines = [f"{name}={_quoted(value)}" for name, value in settings.items()]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
    path.chmod(0o640)
    give(path, user, group_only=True)


def _quoted(value: str) -> str:
    return f'"{value}"' if set(value) & set(" #;'") else value


def write_units(folder: Path, *, user: str, environment_file: Path) -> list[str]:
    """The units of deploy/systemd with this installation's paths; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for unit in sorted(UNITS.iterdir()):
        words = (
            unit.read_text()
            .replace("/opt/surveyapp", str(PROJECT))
            .replace("/etc/surveyapp/surveyapp.env", str(environment_file))
            .replace("User=surveyapp", f"User={user}")
            .replace("Group=surveyapp", f"Group={user}")
        )
        (folder / unit.name).write_text(words)
        (folder / unit.name).chmod(0o644)
        written.append(unit.name)
    return written


def give(path: Path, user: str, *, group_only: bool = False) -> None:
    """To the user of the services, where we may: root installs, somebody else runs."""
    if os.geteuid() != 0 or user not in {entry.pw_name for entry in pwd.getpwall()}:
        return
    group = pwd.getpwnam(user).pw_gid
    shutil.chown(path, None if group_only else user, group)
    if path.is_dir():
        for inner in path.rglob("*"):
            shutil.chown(inner, user, group)
