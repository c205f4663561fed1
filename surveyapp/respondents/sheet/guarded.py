"""Reads a workbook in a child process that cannot take more than its share of memory and time."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from surveyapp.respondents import errors
from surveyapp.respondents.progress import STAGES, Progress, untold
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.marks.marking import Marking
from surveyapp.respondents.sheet.workbook import Workbook, workbook_from_reply

# The child needs this package but not the web application around it: an empty
# `surveyapp` stands in for ours, so that it starts in 50 ms and in 30 MB.
_STARTER = (
    "import sys, types; p = types.ModuleType('surveyapp'); p.__path__ = [sys.argv[1]];"
    " sys.modules['surveyapp'] = p;"
    " from surveyapp.respondents.sheet import child; getattr(child, sys.argv[2])(sys.argv[3])"
)
_PACKAGE = str(Path(__file__).resolve().parents[2])


def read_workbook(content: bytes, file_name: str, *, progress: Progress = untold) -> Workbook:
    """Every sheet of an XLSX, XLSM, XLS, ODS or CSV file as rows of text.

    Raises a FileRefused when it is none of these, too large, protected or dangerous.
    Formulas, macros and external links are never evaluated: the stored values are read.
    """
    refuse_by_size(len(content))
    if not content.strip():
        raise errors.EmptyWorkbook
    progress("unpacking", 0, 0)
    try:
        reply = json.loads(_child("main", file_name[-100:], content, progress))
    except ValueError as exc:
        raise errors.ReadingTookTooMuch from exc
    if "refused" in reply:
        raise errors.refused_as(reply["refused"], reply["facts"])
    return workbook_from_reply(file_name, reply)


def refuse_by_size(size: int) -> None:
    """Raise FileTooLarge for a file of more bytes than a list can have."""
    if size > limits.FILE_BYTES:
        megabytes = round(size / limits.MEGABYTE, 1)
        raise errors.FileTooLarge(size=megabytes, limit=limits.FILE_BYTES // limits.MEGABYTE)


def mark_workbook(content: bytes, marking: Marking) -> bytes | None:
    """The workbook with these marks and nothing else changed, or None where it must be written anew.

    Raises ReadingTookTooMuch.
    """
    told = json.dumps(marking.to_json()).encode() + b"\n"
    reply = _child("mark", "", told + content)
    if not reply:
        raise errors.ReadingTookTooMuch
    return reply if reply.startswith(b"PK") else None


def _child(task: str, argument: str, given: bytes, progress: Progress = untold) -> bytes:
    """What the child process answers. Raises ReadingTookTooMuch after `WALL_SECONDS`."""
    readable, writable = os.pipe()
    told = threading.Thread(target=_relay, args=(readable, progress), daemon=True)
    told.start()
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter, our own code
            [sys.executable, "-I", "-B", "-c", _STARTER, _PACKAGE, task, argument],
            input=given,
            stdout=subprocess.PIPE,
            stderr=writable,
            timeout=limits.WALL_SECONDS,
            check=False,
            env={"PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as exc:
        raise errors.ReadingTookTooMuch from exc
    finally:
        os.close(writable)
        told.join()
    return child.stdout


def _relay(readable: int, progress: Progress) -> None:
    """Pass on what the child says of its progress: `stage done total`, one line each."""
    with os.fdopen(readable, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            stage, *numbers = line.split() or [""]
            if stage in STAGES and len(numbers) == 2 and all(n.isdecimal() for n in numbers):
                progress(stage, int(numbers[0]), int(numbers[1]))
