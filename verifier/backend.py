"""Builds the receiver's check as a wheel and as one file, from the very files the server checks with.

`pip install ./verifier` uses it; `python verifier/backend.py FOLDER` writes both files into FOLDER.
The same source gives the same bytes.
"""

import hashlib
import sys
import tomllib
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "surveyapp" / "exports" / "verify"
PACKAGE = "par_release_verify"
MAIN = f"import sys\n\nfrom {PACKAGE}.command import main\n\nsys.exit(main())\n"


def get_requires_for_build_wheel(config_settings: object = None) -> list[str]:  # noqa: ARG001
    """Nothing."""
    return []


def build_wheel(
    wheel_directory: str,
    config_settings: object = None,  # noqa: ARG001  the frontend names them
    metadata_directory: object = None,  # noqa: ARG001
) -> str:
    """Write the wheel (PEP 427) and return its name."""
    project = _project(HERE)
    version = _version()
    info = f"{PACKAGE}-{version}.dist-info"
    files = {f"{PACKAGE}/{name}": content for name, content in _sources().items()}
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n"
        f"Summary: {project['description']}\nRequires-Python: {project['requires-python']}\n"
    ) + "".join(
        f"Provides-Extra: {extra}\n"
        + "".join(f'Requires-Dist: {one}; extra == "{extra}"\n' for one in libraries)
        for extra, libraries in project["optional-dependencies"].items()
    )
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: {PACKAGE}\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    scripts = "".join(
        f"{name} = {entry_point}\n" for name, entry_point in project["scripts"].items()
    )
    files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{scripts}"
    record = "".join(f"{name},{_digest(content)}\n" for name, content in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    name = f"{PACKAGE}-{version}-py3-none-any.whl"
    _write_zip(Path(wheel_directory) / name, files)
    return name


def build_single_file(path: Path) -> None:
    """Write the check as one file that runs as `python3 verify.pyz FOLDER`."""
    files = {f"{PACKAGE}/{name}": content for name, content in _sources().items()}
    _write_zip(path, files | {"__main__.py": MAIN})


def _project(folder: Path) -> dict[str, Any]:
    with (folder / "pyproject.toml").open("rb") as file:
        project: dict[str, Any] = tomllib.load(file)["project"]
    return project


def _version() -> str:
    """The server's own."""
    written = (HERE.parent / "surveyapp" / "version.py").read_text(encoding="utf-8")
    return written.partition('VERSION = "')[2].partition('"')[0]


def _sources() -> dict[str, str]:
    return {
        path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(SOURCE.rglob("*.py"))
    }


def _digest(content: str) -> str:
    digest = urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
    return f"sha256={digest},{len(content.encode())}"


def _write_zip(path: Path, files: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            archive.writestr(member, content)


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    build_wheel(str(out))
    build_single_file(out / "verify.pyz")
