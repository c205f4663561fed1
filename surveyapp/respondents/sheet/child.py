"""The child process: limits itself, reads a file from standard input, answers in JSON."""

import json
import resource
import sys
from typing import Any

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import delimited, limits, spreadsheets, zipped

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "GZIP"),
    (b"{\\rtf", "RTF"),
)


def main(file_name: str) -> None:
    """Read, answer, leave. Whatever goes wrong inside is a refusal outside."""
    _limit_itself()
    try:
        # In one piece: `json.dump` to a stream is written in Python and takes four times as long.
        told = json.dumps(read(sys.stdin.buffer.read(), file_name), ensure_ascii=True)
    except errors.FileRefused as refusal:
        told = _refused(refusal.code, refusal.facts)
    except MemoryError:
        told = _refused(errors.ReadingTookTooMuch.code, {})
    except Exception:
        # Damaged bytes make a parser fail in any way at all; each of them is this one refusal.
        told = _refused(errors.BrokenWorkbook.code, {"detected": ""})
    sys.stdout.write(told)


def _refused(code: str, facts: dict[str, Any]) -> str:
    return json.dumps({"refused": code, "facts": facts}, ensure_ascii=True)


def mark(_argument: str) -> None:
    """Mark the workbook on standard input; answers with it, or with a word when it cannot."""
    from surveyapp.respondents.sheet.marks import patching

    _limit_itself()
    try:
        marked = patching.patch(sys.stdin.buffer.read())
    except Exception:
        # Whatever hinders the patch, the same words can be handed out in a workbook written anew.
        marked = b"not patchable"
    sys.stdout.buffer.write(marked)


def _limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(content: bytes, file_name: str) -> dict[str, Any]:
    """Format, remarks and sheets of the file. Raises FileRefused."""
    if content.startswith(b"PK"):
        archive = zipped.open_archive(content)
        kind = zipped.archive_format(archive)
        zipped.refuse_entities(archive)
        sheets = spreadsheets.read_archive(content, archive, kind)
        return {"format": kind, "remarks": zipped.remarks(archive), "sheets": sheets}
    if content.startswith(_OLE):
        return {"format": "xls", "remarks": [], "sheets": spreadsheets.read_ole(content)}
    for magic, name in _FOREIGN:
        if content.startswith(magic):
            raise errors.NotAWorkbook(detected=name)
    sheets = delimited.read(content, file_name)
    return {"format": "csv", "remarks": [], "sheets": sheets}
