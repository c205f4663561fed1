"""Builds a wheel of pure Python out of files that stand in the server's source; needs nothing but Python.

The back ends in `verifier/` and `opener/` use it. The same source gives the same bytes.
"""

import hashlib
import tomllib
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]


def project(folder: Path) -> dict[str, Any]:
    """The `[project]` table of a folder's pyproject.toml."""
    with (folder / "pyproject.toml").open("rb") as file:
        described: dict[str, Any] = tomllib.load(file)["project"]
    return described


def server_version() -> str:
    """As `surveyapp/version.py` states it, read without importing the server."""
    written = (PROJECT / "surveyapp" / "version.py").read_text(encoding="utf-8")
    return written.partition('VERSION = "')[2].partition('"')[0]


def build(out: Path, *, folder: Path, package: str, files: Mapping[str, bytes]) -> str:
    """Write the wheel (PEP 427) of the package described in `folder` and return its name.

    `files` by their path inside the package. The version is the server's own.
    """
    described = project(folder)
    version = server_version()
    info = f"{package}-{version}.dist-info"
    members = {f"{package}/{name}": content for name, content in files.items()}
    needed = "".join(f"Requires-Dist: {one}\n" for one in described.get("dependencies", ()))
    members[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {described['name']}\nVersion: {version}\n"
        f"Summary: {described['description']}\nRequires-Python: {described['requires-python']}\n{needed}"
    ).encode()
    members[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: pure_wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    scripts = "".join(
        f"{name} = {entry_point}\n" for name, entry_point in described["scripts"].items()
    )
    members[f"{info}/entry_points.txt"] = f"[console_scripts]\n{scripts}".encode()
    record = "".join(f"{name},{_digest(content)}\n" for name, content in members.items())
    members[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    name = f"{package}-{version}-py3-none-any.whl"
    write_zip(out / name, members)
    return name


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """A zip of `files`, without times."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            archive.writestr(member, content)


def _digest(content: bytes) -> str:
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"sha256={digest},{len(content)}"
