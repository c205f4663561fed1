"""Writing the files of a release: CSV that no spreadsheet runs as a formula, hashes, zip."""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from surveyapp.documents.tables import inert

_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)

Value = str | int | float | None

_PLAIN = re.compile("[0-9A-Za-z., ]*")
"""A line none of whose cells needs a quotation mark or an apostrophe, if it has as many commas as it should."""


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Write UTF-8 without BOM, commas, lines ended by LF; None is empty. Returns the number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(heading) + "\n")
        for row in rows:
            file.write(_line(row) + "\n")
            written += 1
    return written


def _line(row: Sequence[Value]) -> str:
    """One row. Most are of letters and digits alone, asked at once: a full round has fourteen million cells."""
    try:
        joined = ",".join(row)  # type: ignore[arg-type]  # others than texts are told by the error
    except TypeError:
        return ",".join(map(_cell, row))
    if joined.count(",") == len(row) - 1 and _PLAIN.fullmatch(joined):
        return joined
    return ",".join(map(_cell, row))


def _cell(value: Value) -> str:
    if not value and isinstance(value, str):
        return value  # most cells of the responses: asked of other groups only
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, int):
        return str(value)
    if value.isalnum():
        return value
    value = inert(value)
    if any(sign in value for sign in ',"\n\r'):
        return '"' + value.replace('"', '""') + '"'
    return value


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON for people and programs: UTF-8, indented, keys in the order given."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listing(folder: Path) -> list[dict[str, Any]]:
    """Path, bytes and SHA-256 of every file below `folder`, by path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
        }
        for path in paths
    ]


def make_read_only(folder: Path) -> None:
    """Nobody changes a file of a release by accident."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)


def write_zip(folder: Path, archive: Path, *, name: str) -> None:
    """Pack `folder` under `name`: the same files give the same bytes, whatever the clock says."""
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = zipfile.ZipInfo(
                f"{name}/{path.relative_to(folder).as_posix()}", _FIRST_DAY_OF_ZIP
            )
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o100444 << 16
            with packed.open(member, "w") as target, path.open("rb") as source:
                while block := source.read(1 << 20):
                    target.write(block)
    archive.chmod(0o444)
